/*
 * index_builder.c
 *	  The background worker that builds new indexes.
 *
 * It builds whatever index of its database is CREATING, one after another, and
 * ends when there is none.  A lock on each index's side table lets several
 * builders run side by side without doing the same work.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/lock.h"
#include "table/index_build.h"
#include "table/index_catalog.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "worker/databases.h"
#include "worker/index_builder.h"
#include "worker/worker.h"

extern PGDLLEXPORT void DynamoIndexBuilderMain(Datum arg);
extern PGDLLEXPORT void DynamoIndexBuilderAtStartMain(Datum arg);

/* Tells the builder's locks from SQL's advisory locks, which use 1 and 2. */
#define BUILDER_LOCK_SPACE	4

static bool
TryLockIndex(Oid side)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, side, 0, BUILDER_LOCK_SPACE);
	return LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
}

static void
UnlockIndex(Oid side)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, side, 0, BUILDER_LOCK_SPACE);
	LockRelease(&tag, ExclusiveLock, true);
}

static void
Begin(void)
{
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
}

static void
Commit(void)
{
	PopActiveSnapshot();
	CommitTransactionCommand();
}

/*
 * The next index to be built that is behind this side table in the order of
 * OIDs, copied to the current context, and locked; false if there is none.
 */
static bool
NextIndex(IndexBuild *build, Oid *side)
{
	MemoryContext caller = CurrentMemoryContext;
	IndexRow   *next = NULL;
	ListCell   *cell;

	Begin();
	if (OidIsValid(get_extension_oid("dynamo", true)))
	{
		foreach(cell, IndexesToBuild())
		{
			IndexRow   *row = lfirst(cell);

			if (row->side > *side && (next == NULL || row->side < next->side))
				next = row;
		}
	}
	if (next)
	{
		MemSet(build, 0, sizeof(IndexBuild));
		build->table = next->table;
		build->index_name = MemoryContextStrdup(caller, next->index_name);
		*side = next->side;
	}
	Commit();
	MemoryContextSwitchTo(caller);
	return next != NULL;
}

static void
BuildIndex(IndexBuild *build)
{
	bool		more = true;

	while (more)
	{
		CHECK_FOR_INTERRUPTS();
		Begin();
		more = IndexBuildBatch(build);
		Commit();
	}
	Begin();
	IndexBuildFinish(build);
	Commit();
}

/* What is set for sessions may not keep an index from being built: as autovacuum does. */
static void
OverrideSettings(void)
{
	SetConfigOption("lock_timeout", "0", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("default_transaction_isolation", "read committed", PGC_SUSET, PGC_S_OVERRIDE);
}

/* Builds what there is to be built in the worker's database. */
static void
BuildAll(void)
{
	IndexBuild	build;
	Oid			side = InvalidOid;

	OverrideSettings();
	pgstat_report_activity(STATE_RUNNING, "building indexes");
	while (NextIndex(&build, &side))
	{
		if (!TryLockIndex(side))
			continue;
		BuildIndex(&build);
		UnlockIndex(side);
	}
	proc_exit(0);
}

/* arg is the OID of the database. */
void
DynamoIndexBuilderMain(Datum arg)
{
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(arg), InvalidOid, 0);
	BuildAll();
}

/* arg says which of the databases that the settings name. */
void
DynamoIndexBuilderAtStartMain(Datum arg)
{
	ServedDatabase *database = list_nth(DatabasesServed(), DatumGetInt32(arg));

	WorkerStartIn(database->name);
	BuildAll();
}

void
IndexBuilderInit(void)
{
	int			databases = list_length(DatabasesServed());

	for (int i = 0; i < databases; i++)
		WorkerRegister(INDEX_BUILDER_NAME, INDEX_BUILDER_NAME, "DynamoIndexBuilderAtStartMain", i);
}
