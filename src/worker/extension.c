/*
 * extension.c
 *	  Whether the extension is created in the worker's database.
 *
 * The answer is remembered until a schema of the database changes: creating
 * or dropping the extension creates or drops the schema "dynamo".
 */
#include "base/compat.h"

#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/syscache.h"
#include "value/error_codes.h"
#include "worker/worker.h"

static bool registered = false;
static bool present = false;

static void ForgetExtension(Datum arg, int cacheid, uint32 hashvalue);

void
WorkerRequireExtension(void)
{
	if (likely(present))
		return;
	if (!registered)
		CacheRegisterSyscacheCallback(NAMESPACEOID, ForgetExtension, (Datum) 0);
	registered = true;

	/* Set before looking, so that a change seen while looking unsets it. */
	present = true;
	if (OidIsValid(get_extension_oid("dynamo", true)))
		return;
	present = false;
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_SERVICE_UNAVAILABLE),
			 errmsg("The extension \"dynamo\" is not created in the database \"%s\"",
					get_database_name(MyDatabaseId))));
}

/* Called when a schema of the database, perhaps another one, changes. */
static void
ForgetExtension(Datum arg, int cacheid, uint32 hashvalue)
{
	present = false;
}
