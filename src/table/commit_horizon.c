/*
 * commit_horizon.c
 *	  Commits that can be seen already but are not on disk yet.
 *
 * Where its last commits end, each worker tells the others in shared memory.
 * That becomes known only after a commit, which others may see a moment before:
 * so a worker first says that it is about to commit, and whoever meets that
 * takes the end of all WAL for the end of the commit.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "access/xloginsert.h"
#include "catalog/pg_control.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "replication/syncrep.h"
#include "replication/walsender.h"
#include "replication/walsender_private.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "table/commit_horizon.h"

/* What a worker says of itself; in a cache line of its own. */
typedef struct CommitSlot
{
	pg_atomic_uint32 committing;	/* the synchronous_commit of a commit under way */
	pg_atomic_uint32 level;		/* the highest of all commits */
	pg_atomic_uint64 local;		/* end of the last commit that is to be flushed */
	pg_atomic_uint64 remote;	/* ... and to reach standbys */
	char		padding[PG_CACHE_LINE_SIZE - 2 * sizeof(pg_atomic_uint32) - 2 * sizeof(pg_atomic_uint64)];
} CommitSlot;

static int	slot_count = 0;
static CommitSlot *slots = NULL;
static CommitSlot *my_slot = NULL;

static shmem_request_hook_type next_request_hook = NULL;
static shmem_startup_hook_type next_startup_hook = NULL;

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
CommitHorizonInit(int workers)
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
CommitHorizonJoin(int worker)
{
	Assert(worker < slot_count);
	my_slot = &slots[worker];
	if (pg_atomic_read_u32(&my_slot->committing) != SYNCHRONOUS_COMMIT_OFF)
		pg_atomic_write_u64(&my_slot->local, EndOfWal());
	pg_atomic_write_u32(&my_slot->committing, SYNCHRONOUS_COMMIT_OFF);
}

void
CommitHorizonAnnounce(int level)
{
	pg_atomic_write_u32(&my_slot->committing, level);
	pg_memory_barrier();
}

void
CommitHorizonPublish(XLogRecPtr end, int level)
{
	if (level > (int) pg_atomic_read_u32(&my_slot->level))
		pg_atomic_write_u32(&my_slot->level, level);
	if (level > SYNCHRONOUS_COMMIT_LOCAL_FLUSH)
		pg_atomic_write_u64(&my_slot->remote, end);
	pg_atomic_write_u64(&my_slot->local, end);
	pg_write_barrier();
}

void
CommitHorizonWithdraw(void)
{
	pg_atomic_write_u32(&my_slot->committing, SYNCHRONOUS_COMMIT_OFF);
}

void
CommitHorizonExtend(CommitHorizon *horizon, XLogRecPtr end, int level)
{
	horizon->local = Max(horizon->local, end);
	if (level > SYNCHRONOUS_COMMIT_LOCAL_FLUSH)
		horizon->remote = Max(horizon->remote, end);
	horizon->level = Max(horizon->level, level);
}

void
CommitHorizonLook(CommitHorizon *horizon)
{
	for (int i = 0; i < slot_count; i++)
	{
		CommitSlot *slot = &slots[i];
		int			committing = pg_atomic_read_u32(&slot->committing);
		XLogRecPtr	remote;

		pg_read_barrier();
		if (committing != SYNCHRONOUS_COMMIT_OFF)
			CommitHorizonExtend(horizon, EndOfWal(), committing);
		CommitHorizonExtend(horizon, pg_atomic_read_u64(&slot->local), SYNCHRONOUS_COMMIT_LOCAL_FLUSH);
		remote = pg_atomic_read_u64(&slot->remote);
		if (remote != InvalidXLogRecPtr)
			CommitHorizonExtend(horizon, remote, pg_atomic_read_u32(&slot->level));
	}
}

#ifdef USE_ASSERT_CHECKING

static bool
StandbysHave(XLogRecPtr place)
{
	bool		applied = synchronous_commit == SYNCHRONOUS_COMMIT_REMOTE_APPLY;
	XLogRecPtr	reached;

	LWLockAcquire(SyncRepLock, LW_SHARED);
	reached = WalSndCtl->lsn[applied ? SYNC_REP_WAIT_APPLY : SYNC_REP_WAIT_FLUSH];
	LWLockRelease(SyncRepLock);
	return place <= reached;
}

/*
 * Several processes may wait for the same place, as the server's own never do.
 * It can do with that, but where it checks assertions it insists on places of
 * their own; there each makes one, behind the other.
 */
static XLogRecPtr
OwnPlace(XLogRecPtr place)
{
	char		nothing = 0;
	XLogRecPtr	last = XactLastRecEnd;

	if (SyncRepStandbyNames == NULL || SyncRepStandbyNames[0] == '\0' || StandbysHave(place))
		return place;
	XLogBeginInsert();
	XLogRegisterData(&nothing, sizeof(nothing));
	place = XLogInsert(RM_XLOG_ID, XLOG_NOOP);
	XLogFlush(place);
	XactLastRecEnd = last;		/* no transaction has written */
	return place;
}

#else
#define OwnPlace(place)	(place)
#endif

/*
 * Told to end while it waits for standbys, the process does not know whether
 * they have it.
 */
static bool
WaitForStandbys(const CommitHorizon *horizon)
{
	int			level = synchronous_commit;

	synchronous_commit = horizon->level;
	assign_synchronous_commit(synchronous_commit, NULL);
	HOLD_INTERRUPTS();
	SyncRepWaitForLSN(OwnPlace(horizon->remote), true);
	RESUME_INTERRUPTS();
	synchronous_commit = level;
	assign_synchronous_commit(synchronous_commit, NULL);
	return !ProcDiePending;
}

bool
CommitHorizonWait(const CommitHorizon *horizon)
{
	if (horizon->local != InvalidXLogRecPtr)
		XLogFlush(horizon->local);
	return horizon->remote == InvalidXLogRecPtr || WaitForStandbys(horizon);
}

void
CommitHorizonReach(void)
{
	CommitHorizon horizon = {0};

	if (slots == NULL || my_slot != NULL)
		return;
	CommitHorizonLook(&horizon);
	(void) CommitHorizonWait(&horizon);
}
