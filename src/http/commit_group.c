/*
 * commit_group.c
 *	  Durable commits of several requests with one flush of WAL.
 *
 * Where its last commits end, each worker tells the others in shared memory.
 * That becomes known only after a commit, which others may see a moment before:
 * so a worker first says that it is about to commit, and whoever meets that
 * takes the end of all WAL for the end of the commit.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_type.h"
#include "http/commit_group.h"
#include "http/metrics.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "replication/syncrep.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
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

/* What a worker says of itself; in a cache line of its own. */
typedef struct CommitSlot
{
	pg_atomic_uint32 committing;	/* the synchronous_commit of a commit under way */
	pg_atomic_uint32 level;		/* the highest of all commits */
	pg_atomic_uint64 local;		/* end of the last commit that is to be flushed */
	pg_atomic_uint64 remote;	/* ... and to reach standbys */
	char		padding[PG_CACHE_LINE_SIZE - 2 * sizeof(pg_atomic_uint32) - 2 * sizeof(pg_atomic_uint64)];
} CommitSlot;

/* The setting of a role. */
typedef struct RoleSetting
{
	Oid			role;
	TimestampTz checked;		/* when it was read */
	char		value[NAMEDATALEN]; /* empty: none */
} RoleSetting;

static int	slot_count;
static CommitSlot *slots = NULL;
static CommitSlot *my_slot = NULL;
static HTAB *role_settings = NULL;

/* What CommitGroupFlush() waits for. */
static XLogRecPtr wanted_local = InvalidXLogRecPtr;
static XLogRecPtr wanted_remote = InvalidXLogRecPtr;
static int	wanted_level = SYNCHRONOUS_COMMIT_OFF;

static int	level_before;		/* synchronous_commit outside the transaction */

static shmem_request_hook_type next_request_hook = NULL;
static shmem_startup_hook_type next_startup_hook = NULL;

/* ---- shared memory ---- */

static void
RequestMemory(void)
{
	if (next_request_hook)
		next_request_hook();
	RequestAddinShmemSpace(CACHELINEALIGN(slot_count * sizeof(CommitSlot)));
}

static void
AttachMemory(void)
{
	bool		found;

	if (next_startup_hook)
		next_startup_hook();
	slots = ShmemInitStruct("dynamo commits", slot_count * sizeof(CommitSlot), &found);
	for (int i = 0; !found && i < slot_count; i++)
	{
		pg_atomic_init_u32(&slots[i].committing, SYNCHRONOUS_COMMIT_OFF);
		pg_atomic_init_u32(&slots[i].level, SYNCHRONOUS_COMMIT_OFF);
		pg_atomic_init_u64(&slots[i].local, InvalidXLogRecPtr);
		pg_atomic_init_u64(&slots[i].remote, InvalidXLogRecPtr);
	}
}

void
CommitGroupInit(int workers)
{
	slot_count = workers;
	next_request_hook = shmem_request_hook;
	shmem_request_hook = RequestMemory;
	next_startup_hook = shmem_startup_hook;
	shmem_startup_hook = AttachMemory;
}

/*
 * The end of all WAL, as it can be flushed and waited for.  Where the last
 * record ends with its page, GetXLogInsertRecPtr() tells the place behind the
 * next page's header, which nobody may have written yet: XLogFlush() fails on
 * that, and standbys never get there.
 */
static XLogRecPtr
EndOfWal(void)
{
	XLogRecPtr	lsn = GetXLogInsertRecPtr();

	if (XLogSegmentOffset(lsn, wal_segment_size) == SizeOfXLogLongPHD)
		return lsn - SizeOfXLogLongPHD;
	if (lsn % XLOG_BLCKSZ == SizeOfXLogShortPHD)
		return lsn - SizeOfXLogShortPHD;
	return lsn;
}

/* A predecessor may have ended in the middle of a commit. */
void
CommitGroupStart(int worker)
{
	Assert(worker < slot_count);
	my_slot = &slots[worker];
	if (pg_atomic_read_u32(&my_slot->committing) != SYNCHRONOUS_COMMIT_OFF)
		pg_atomic_write_u64(&my_slot->local, EndOfWal());
	pg_atomic_write_u32(&my_slot->committing, SYNCHRONOUS_COMMIT_OFF);
}

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

/* Notes the end of a commit that somebody has to wait for. */
static void
Want(XLogRecPtr end, int level)
{
	wanted_local = Max(wanted_local, end);
	if (level > SYNCHRONOUS_COMMIT_LOCAL_FLUSH)
		wanted_remote = Max(wanted_remote, end);
	wanted_level = Max(wanted_level, level);
}

/* Tells the others of a commit. */
static void
Publish(XLogRecPtr end, int level)
{
	if (level > (int) pg_atomic_read_u32(&my_slot->level))
		pg_atomic_write_u32(&my_slot->level, level);
	if (level > SYNCHRONOUS_COMMIT_LOCAL_FLUSH)
		pg_atomic_write_u64(&my_slot->remote, end);
	pg_atomic_write_u64(&my_slot->local, end);
	pg_write_barrier();
}

/* With synchronous_commit off nobody has to wait, and nobody is told. */
static void
CommitAsynchronously(int level)
{
	bool		writes = level != SYNCHRONOUS_COMMIT_OFF && TransactionIdIsValid(GetTopTransactionIdIfAny());

	if (writes)
	{
		pg_atomic_write_u32(&my_slot->committing, level);
		pg_memory_barrier();
	}
	synchronous_commit = SYNCHRONOUS_COMMIT_OFF;
	XactLastCommitEnd = InvalidXLogRecPtr;
	CommitTransactionCommand();
	if (XactLastCommitEnd != InvalidXLogRecPtr)
		MetricAdd(METRIC_COMMITS, 1);
	if (writes && XactLastCommitEnd != InvalidXLogRecPtr)
	{
		Publish(XactLastCommitEnd, level);
		Want(XactLastCommitEnd, level);
	}
}

void
CommitGroupBegin(void)
{
	level_before = synchronous_commit;
}

/*
 * The variable is set past the machinery of settings, which puts it back at
 * the end of a transaction that has set it, and only then.
 */
void
CommitGroupCommit(void)
{
	int			level = synchronous_commit;

	PG_TRY();
	{
		CommitAsynchronously(level);
	}
	PG_FINALLY();
	{
		pg_atomic_write_u32(&my_slot->committing, SYNCHRONOUS_COMMIT_OFF);
		synchronous_commit = level_before;
	}
	PG_END_TRY();
}

void
CommitGroupNoteRead(void)
{
	for (int i = 0; i < slot_count; i++)
	{
		CommitSlot *slot = &slots[i];
		int			committing = pg_atomic_read_u32(&slot->committing);

		pg_memory_barrier();
		if (committing != SYNCHRONOUS_COMMIT_OFF)
			Want(EndOfWal(), committing);
		Want(pg_atomic_read_u64(&slot->local), SYNCHRONOUS_COMMIT_LOCAL_FLUSH);
		if (pg_atomic_read_u64(&slot->remote) != InvalidXLogRecPtr)
			Want(pg_atomic_read_u64(&slot->remote), pg_atomic_read_u32(&slot->level));
	}
}

/*
 * Told to end while it waits for standbys, the worker does not know whether
 * they have it, so it must not answer.
 */
static bool
WaitForStandbys(void)
{
	int			level = synchronous_commit;

	synchronous_commit = wanted_level;
	assign_synchronous_commit(synchronous_commit, NULL);
	HOLD_INTERRUPTS();
	SyncRepWaitForLSN(wanted_remote, true);
	RESUME_INTERRUPTS();
	synchronous_commit = level;
	assign_synchronous_commit(synchronous_commit, NULL);
	return !ProcDiePending;
}

bool
CommitGroupFlush(void)
{
	bool		durable = true;

	if (wanted_local != InvalidXLogRecPtr && XLogNeedsFlush(wanted_local))
	{
		XLogFlush(wanted_local);
		MetricAdd(METRIC_FLUSHES, 1);
	}
	if (wanted_remote != InvalidXLogRecPtr)
		durable = WaitForStandbys();
	wanted_local = wanted_remote = InvalidXLogRecPtr;
	wanted_level = SYNCHRONOUS_COMMIT_OFF;
	return durable;
}
