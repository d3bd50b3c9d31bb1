/*
 * commit_group.c
 *	  Durable commits of several requests with one flush of WAL.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_type.h"
#include "http/commit_group.h"
#include "http/metrics.h"
#include "miscadmin.h"
#include "table/commit_horizon.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* How long the setting of a role is believed. */
#define SETTING_MS		1000

#define NAME			"synchronous_commit"

/* The setting of a role. */
typedef struct RoleSetting
{
	Oid			role;
	TimestampTz checked;		/* when it was read */
	char		value[NAMEDATALEN]; /* empty: none */
} RoleSetting;

static HTAB *role_settings = NULL;
static CommitHorizon wanted;	/* what CommitGroupFlush() waits for */
static int	level_before;		/* synchronous_commit outside the transaction */

/* ---- the setting of a role ---- */

/* What a list of "name=value" says of ours, into value; false: nothing. */
static bool
FindInList(ArrayType *list, char *value)
{
	Datum	   *members;
	int			count;
	bool		found = false;

	deconstruct_array(list, TEXTOID, -1, false, TYPALIGN_INT, &members, NULL, &count);
	for (int i = 0; i < count && !found; i++)
	{
		char	   *member = TextDatumGetCString(members[i]);

		found = strncmp(member, NAME "=", sizeof(NAME)) == 0;
		if (found)
			strlcpy(value, member + sizeof(NAME), NAMEDATALEN);
	}
	return found;
}

/* What one row of pg_db_role_setting says, into value; false: nothing. */
static bool
ReadSetting(Relation catalog, Oid database, Oid role, char *value)
{
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		isnull = true;
	Datum		config = (Datum) 0;
	bool		found;

	ScanKeyInit(&keys[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(database));
	ScanKeyInit(&keys[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(role));
	scan = systable_beginscan(catalog, DbRoleSettingDatidRolidIndexId, true, NULL, lengthof(keys), keys);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		config = heap_getattr(tuple, Anum_pg_db_role_setting_setconfig, RelationGetDescr(catalog), &isnull);
	found = !isnull && FindInList(DatumGetArrayTypeP(config), value);
	systable_endscan(scan);
	return found;
}

/* The role's setting as PostgreSQL looks for it when a session begins. */
static void
FindSetting(Oid role, char *value)
{
	Relation	catalog = table_open(DbRoleSettingRelationId, AccessShareLock);

	value[0] = '\0';
	(void) (ReadSetting(catalog, MyDatabaseId, role, value) ||
			ReadSetting(catalog, InvalidOid, role, value) ||
			ReadSetting(catalog, MyDatabaseId, InvalidOid, value) ||
			ReadSetting(catalog, InvalidOid, InvalidOid, value));
	table_close(catalog, AccessShareLock);
}

static void
MakeRoleSettings(void)
{
	HASHCTL		control = {.keysize = sizeof(Oid), .entrysize = sizeof(RoleSetting)};

	role_settings = hash_create("dynamo role settings", 16, &control, HASH_ELEM | HASH_BLOBS);
}

void
CommitGroupAdoptRole(Oid role)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();
	RoleSetting *setting;
	bool		found;

	if (role_settings == NULL)
		MakeRoleSettings();
	setting = hash_search(role_settings, &role, HASH_ENTER, &found);
	if (!found)
		setting->checked = 0;
	if (TimestampDifferenceExceeds(setting->checked, now, SETTING_MS))
	{
		FindSetting(role, setting->value);
		setting->checked = now;
	}
	if (setting->value[0] != '\0')
		(void) set_config_option(NAME, setting->value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL,
								 true, WARNING, false);
}

/* ---- commits ---- */

void
CommitGroupBegin(void)
{
	level_before = synchronous_commit;
}

/* With synchronous_commit off nobody has to wait, and nobody is told. */
static void
CommitAsynchronously(int level)
{
	bool		writes = level != SYNCHRONOUS_COMMIT_OFF && TransactionIdIsValid(GetTopTransactionIdIfAny());

	if (writes)
		CommitHorizonAnnounce(level);
	synchronous_commit = SYNCHRONOUS_COMMIT_OFF;
	XactLastCommitEnd = InvalidXLogRecPtr;
	CommitTransactionCommand();
	if (XactLastCommitEnd != InvalidXLogRecPtr)
		MetricAdd(METRIC_COMMITS, 1);
	if (writes && XactLastCommitEnd != InvalidXLogRecPtr)
	{
		CommitHorizonPublish(XactLastCommitEnd, level);
		CommitHorizonExtend(&wanted, XactLastCommitEnd, level);
	}
}

static void
CommitIsOver(void)
{
	CommitHorizonWithdraw();
	synchronous_commit = level_before;
}

/*
 * The variable is set past the machinery of settings, which puts it back at
 * the end of a transaction that has set it, and only then.
 */
void
CommitGroupCommit(int level)
{
	PG_TRY();
	{
		CommitAsynchronously(level);
	}
	PG_CATCH();
	{
		CommitIsOver();
		PG_RE_THROW();
	}
	PG_END_TRY();
	CommitIsOver();
}

void
CommitGroupNoteRead(void)
{
	CommitHorizonLook(&wanted);
}

bool
CommitGroupFlush(void)
{
	bool		durable;

	if (wanted.local != InvalidXLogRecPtr && XLogNeedsFlush(wanted.local))
		MetricAdd(METRIC_FLUSHES, 1);
	durable = CommitHorizonWait(&wanted);
	memset(&wanted, 0, sizeof(wanted));
	return durable;
}
