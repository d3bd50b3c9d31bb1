/*
 * permissions.c
 *	  Whether a role may call an operation over HTTP: what it may by SQL.
 */
#include "base/compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type_d.h"
#include "commands/dbcommands.h"
#include "http/permissions.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#define SCHEMA		"dynamo"

/* More verdicts than this are not kept: then all are forgotten. */
#define MAX_KEPT	10000

typedef struct VerdictKey
{
	Oid			role;
	const Operation *operation;
} VerdictKey;

/* Only what is allowed is kept. */
typedef struct Verdict
{
	VerdictKey	key;
} Verdict;

static HTAB *verdicts = NULL;
static bool stale = false;

static void Start(void);
static void Changed(Datum arg, int cache_id, uint32 hash);
static void Forget(void);
static void Judge(Oid role, const Operation *operation);
static char *FunctionName(const Operation *operation);

void
PermissionCheck(Oid role, const Operation *operation)
{
	VerdictKey	key;

	if (verdicts == NULL)
		Start();
	if (stale || hash_get_num_entries(verdicts) >= MAX_KEPT)
		Forget();
	memset(&key, 0, sizeof(key));	/* with the padding, which is hashed */
	key.role = role;
	key.operation = operation;
	if (hash_search(verdicts, &key, HASH_FIND, NULL) != NULL)
		return;
	Judge(role, operation);
	hash_search(verdicts, &key, HASH_ENTER, NULL);
}

static void
Start(void)
{
	static const int caches[] = {AUTHOID, AUTHMEMROLEMEM, DATABASEOID, NAMESPACEOID, PROCOID};
	HASHCTL		control = {.keysize = sizeof(VerdictKey), .entrysize = sizeof(Verdict)};

	verdicts = hash_create("dynamo permissions", 64, &control, HASH_ELEM | HASH_BLOBS);
	for (size_t i = 0; i < lengthof(caches); i++)
		CacheRegisterSyscacheCallback(caches[i], Changed, (Datum) 0);
}

static void
Changed(Datum arg, int cache_id, uint32 hash)
{
	stale = true;
}

static void
Forget(void)
{
	HASH_SEQ_STATUS scan;
	const Verdict *verdict;

	stale = false;
	hash_seq_init(&scan, verdicts);
	while ((verdict = hash_seq_search(&scan)) != NULL)
		hash_search(verdicts, &verdict->key, HASH_REMOVE, NULL);
}

/* What PostgreSQL asks before it runs SELECT dynamo.get_item(...). */
static void
Judge(Oid role, const Operation *operation)
{
	char	   *name = FunctionName(operation);
	Oid			argument = JSONOID;
	Oid			schema = get_namespace_oid(SCHEMA, false);
	List	   *path = list_make2(makeString(SCHEMA), makeString(name));
	Oid			function = LookupFuncName(path, 1, &argument, true);
	AclResult	result;

	result = DatabaseAclCheck(MyDatabaseId, role);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_DATABASE, get_database_name(MyDatabaseId));
	result = SchemaAclCheck(schema, role);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, SCHEMA);
	if (!OidIsValid(function))
		elog(ERROR, "operation %s has no SQL function", operation->name);
	result = FunctionAclCheck(function, role);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_FUNCTION, name);
}

/* "GetItem": get_item */
static char *
FunctionName(const Operation *operation)
{
	StringInfoData name;

	initStringInfo(&name);
	for (const char *c = operation->name; *c != '\0'; c++)
	{
		if (*c >= 'A' && *c <= 'Z' && name.len > 0)
			appendStringInfoChar(&name, '_');
		appendStringInfoChar(&name, pg_ascii_tolower((unsigned char) *c));
	}
	return name.data;
}
