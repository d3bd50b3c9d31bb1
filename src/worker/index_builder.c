/*
 * index_builder.c
 *	  The background worker that builds new indexes.
 *
 * It builds whatever index of its database is CREATING and ends when there is
 * none.  A lock on each index's side table lets several builders run side by
 * side without doing the same work.
 *
 * Expressions of a side table's indexes are its owner's code, and may raise
 * errors, or take their time.  So the indexes take turns, a batch each, which
 * has a time limit; one that fails is set aside for longer and longer
 * (index_attempts.h).  A builder that has only such ones left waits for them,
 * unless another one does already.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "table/index_attempts.h"
#include "table/index_build.h"
#include "table/index_catalog.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
#include "worker/databases.h"
#include "worker/index_builder.h"
#include "worker/worker.h"

extern PGDLLEXPORT void DynamoIndexBuilderMain(Datum arg);
extern PGDLLEXPORT void DynamoIndexBuilderAtStartMain(Datum arg);

/* Tells the builder's locks from SQL's advisory locks, which use 1 and 2. */
#define BUILDER_LOCK_SPACE	4

/* What stands for a side table in the lock of the builder that waits. */
#define WAITING_BUILDER		InvalidOid

/* How long a batch may take, whose items take no second together if all is well. */
#define BATCH_LIMIT_MS		60000

/* How long a lock is waited for before the other indexes have their turn. */
#define LOCK_TIMEOUT		"1s"

/* How long a builder sleeps before it looks for other indexes to wait for. */
#define SLEEP_MS			5000

/* An index that this builder has locked. */
typedef struct BuildTask
{
	Oid			side;
	IndexBuild	build;
	bool		begun;			/* the attempt is noted */
	TimestampTz due;			/* when it has its next turn */
} BuildTask;

static List *tasks = NIL;		/* in TopMemoryContext */

/* ---- locks ---- */

static bool
TryLock(Oid side)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, side, 0, BUILDER_LOCK_SPACE);
	return LockAcquire(&tag, ExclusiveLock, true, true) == LOCKACQUIRE_OK;
}

static void
Unlock(Oid side)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, side, 0, BUILDER_LOCK_SPACE);
	LockRelease(&tag, ExclusiveLock, true);
}

/* ---- transactions ---- */

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
	MemoryContextSwitchTo(TopMemoryContext);
}

/* ---- what there is to do ---- */

static BuildTask *
FindTask(Oid side)
{
	ListCell   *cell;

	foreach(cell, tasks)
	{
		BuildTask  *task = lfirst(cell);

		if (task->side == side)
			return task;
	}
	return NULL;
}

/* Takes the index on, unless another builder has it. */
static void
AddTask(const IndexRow *row)
{
	MemoryContext caller;
	BuildTask  *task;

	if (!TryLock(row->side))
		return;
	caller = MemoryContextSwitchTo(TopMemoryContext);
	task = palloc0(sizeof(BuildTask));
	task->side = row->side;
	task->build.table = row->table;
	task->build.index_name = pstrdup(row->index_name);
	tasks = lappend(tasks, task);
	MemoryContextSwitchTo(caller);
	task->due = IndexAttemptDue(row->side);
}

static void
DropTask(BuildTask *task)
{
	Unlock(task->side);
	tasks = list_delete_ptr(tasks, task);
	pfree(task->build.index_name);
	pfree(task);
}

/* Takes on every index that is to be built and that no other builder has. */
static void
FindTasks(void)
{
	ListCell   *cell;

	Begin();
	if (OidIsValid(get_extension_oid("dynamo", true)))
	{
		foreach(cell, IndexesToBuild())
		{
			const IndexRow *row = lfirst(cell);

			if (FindTask(row->side) == NULL)
				AddTask(row);
		}
	}
	Commit();
}

/* ---- doing it ---- */

static void
NoteAttempt(BuildTask *task)
{
	Begin();
	IndexAttemptNote(task->side);
	Commit();
	task->begun = true;
}

/* One batch, or the end; false: the index is built, or gone. */
static bool
RunBatch(BuildTask *task)
{
	bool		more;

	if (!task->begun)
		NoteAttempt(task);
	Begin();
	more = IndexBuildBatch(&task->build);
	if (!more)
	{
		IndexBuildFinish(&task->build);
		IndexAttemptForget(task->side);
	}
	Commit();
	return more;
}

/* What the owner is to read: the error as PostgreSQL would show it. */
static char *
ErrorText(const ErrorData *error)
{
	return error->context ? psprintf("%s\nCONTEXT:  %s", error->message, error->context) : pstrdup(error->message);
}

/* Ends the transaction; a lock that was waited for in vain is no failure. */
static void
TakeError(BuildTask *task)
{
	ErrorData  *error;

	HOLD_INTERRUPTS();
	disable_timeout(STATEMENT_TIMEOUT, false);
	MemoryContextSwitchTo(TopMemoryContext);
	error = CopyErrorData();
	if (error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE)
		EmitErrorReport();
	AbortOutOfAnyTransaction();
	FlushErrorState();
	RESUME_INTERRUPTS();

	if (error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE)
	{
		char	   *text = ErrorText(error);

		Begin();
		task->due = IndexAttemptFailed(task->side, text);
		Commit();
		task->begun = false;
		pfree(text);
	}
	FreeErrorData(error);
}

/* The index's turn: a batch, whatever comes of it. */
static void
RunTask(BuildTask *task)
{
	IndexBuild	before = task->build;
	volatile bool more = true;

	PG_TRY();
	{
		enable_timeout_after(STATEMENT_TIMEOUT, BATCH_LIMIT_MS);
		more = RunBatch(task);
		disable_timeout(STATEMENT_TIMEOUT, false);
	}
	PG_CATCH();
	{
		task->build = before;
		task->build.wait = true;
		TakeError(task);
	}
	PG_END_TRY();
	if (!more)
		DropTask(task);
}

/* Gives every index that is due its turn; false if none was. */
static bool
RunTasks(void)
{
	List	   *all = list_copy(tasks);
	TimestampTz now = GetCurrentTimestamp();
	bool		ran = false;
	ListCell   *cell;

	foreach(cell, all)
	{
		BuildTask  *task = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (task->due > now)
			continue;
		RunTask(task);
		ran = true;
	}
	list_free(all);
	return ran;
}

/* Until the first index is due, or others may be there; false: another builder does that. */
static bool
WaitForTasks(void)
{
	static bool waiting = false;
	long		wait = SLEEP_MS;
	ListCell   *cell;

	if (!waiting && !TryLock(WAITING_BUILDER))
		return false;
	waiting = true;
	foreach(cell, tasks)
	{
		const BuildTask *task = lfirst(cell);

		wait = Min(wait, TimestampDifferenceMilliseconds(GetCurrentTimestamp(), task->due));
	}
	pgstat_report_activity(STATE_IDLE, NULL);
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, wait, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
	pgstat_report_activity(STATE_RUNNING, "building indexes");
	return true;
}

/* What is set for sessions may not keep an index from being built: as autovacuum does. */
static void
OverrideSettings(void)
{
	SetConfigOption("lock_timeout", LOCK_TIMEOUT, PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("search_path", "pg_catalog, pg_temp", PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("default_transaction_isolation", "read committed", PGC_SUSET, PGC_S_OVERRIDE);
}

/* Builds what there is to be built in the worker's database. */
static void
BuildAll(void)
{
	OverrideSettings();
	pgstat_report_activity(STATE_RUNNING, "building indexes");
	FindTasks();
	while (tasks != NIL)
	{
		if (!RunTasks() && !WaitForTasks())
			break;
		FindTasks();
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
	RESUME_CANCEL_INTERRUPTS();
	BuildAll();
}

void
IndexBuilderInit(void)
{
	int			databases = list_length(DatabasesServed());

	for (int i = 0; i < databases; i++)
		WorkerRegister(INDEX_BUILDER_NAME, INDEX_BUILDER_NAME, "DynamoIndexBuilderAtStartMain", i);
}
