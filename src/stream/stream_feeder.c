/*
 * stream_feeder.c
 *	  The background worker that feeds the streams of a database.
 *
 * It decodes what has been flushed and files the records of whole transactions,
 * with the position that it has reached, in a transaction of its own.  That is
 * committed asynchronously: if the server crashes before it is on disk, what it
 * has filed is decoded again from the same WAL, and is the same.  The server is
 * told that WAL is no longer needed when what was made of it is on disk.
 *
 * All that outlives the process is in the database and in the slot, so whatever
 * goes wrong is raised as an error, and the next worker goes on.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_namespace.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "replication/message.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "stream/stream_batch.h"
#include "stream/stream_feeder.h"
#include "stream/stream_period.h"
#include "stream/stream_plugin.h"
#include "stream/stream_slot.h"
#include "stream/stream_stats.h"
#include "table/stream_catalog.h"
#include "table/stream_ddl.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "worker/databases.h"
#include "worker/worker.h"

extern PGDLLEXPORT void DynamoStreamFeederMain(Datum arg);
extern PGDLLEXPORT void DynamoStreamFeederAtStartMain(Datum arg);

/* Tells the feeder's lock from other advisory locks; see store.h. */
#define FEEDER_LOCK_SPACE	6

/* So much is filed at once, unless a transaction is larger. */
#define BATCH_RECORDS		10000
#define BATCH_BYTES			(16 * 1024 * 1024)

/* WAL without records is passed over without a word for so long. */
#define QUIET_BYTES			(16 * 1024 * 1024)

/* Milliseconds between looks at the WAL, and at the catalog. */
#define LOOK_INTERVAL		20
#define INSPECT_INTERVAL	200

/* Milliseconds between two warnings of the same. */
#define WARNING_INTERVAL	(5 * 60 * 1000)

static int	max_wal;			/* dynamo.stream_max_wal, in megabytes */

/* What the feeder knows of itself. */
typedef struct Feeder
{
	bool		decoding;		/* there is a slot, and it is used */
	XLogRecPtr	filed;			/* how far the log has come */
	XLogRecPtr	commit;			/* end of the commit that said so */
	XLogRecPtr	confirmed;		/* what the slot was told last */
	XLogRecPtr	marker;			/* the closing streams end before this; 0: none */
	Bitmapset  *closing;		/* ids of streams that were DISABLING then */
	TimestampTz inspected_at;
	TimestampTz warned_at;
	StreamStats *stats;
	MemoryContext context;		/* reset in each turn */
} Feeder;

static bool
TryLock(void)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, FEEDER_LOCK_SPACE);
	return LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
}

static void
Unlock(void)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, FEEDER_LOCK_SPACE);
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

/* ---- filing ---- */

/* Files what was decoded, and where the log stands then. */
static void
File(Feeder *feeder)
{
	XLogRecPtr	position = StreamDecodingPosition();
	uint64		records = StreamBatchCount();

	Begin();
	StreamBatchFile(position);
	Commit();
	pg_atomic_fetch_add_u64(&feeder->stats->records, records);
	feeder->filed = position;
	feeder->commit = XactLastCommitEnd;
	pgstat_report_stat(false);
}

/* Finds the partition to file in, as long as there is nothing to be filed. */
static void
EnterPeriod(Feeder *feeder)
{
	StreamPeriod period;

	Begin();
	period = StreamPeriodEnter(feeder->filed);
	Commit();
	StreamBatchBegin(period);
}

static bool
BatchIsFull(void)
{
	return StreamBatchCount() >= BATCH_RECORDS || StreamBatchBytes() >= BATCH_BYTES;
}

/*
 * Decodes and files what is flushed by now, or a batch of it; true if there is
 * more.  What comes meanwhile may wait for the next turn: the fewer turns, the
 * less they cost.
 */
static bool
Feed(Feeder *feeder)
{
	bool		more = true;

	while (more && !BatchIsFull() && StreamDecodingPosition() - feeder->filed < QUIET_BYTES)
	{
		CHECK_FOR_INTERRUPTS();
		more = StreamDecodingStep();
	}
	if (StreamBatchCount() > 0 || StreamDecodingPosition() - feeder->filed >= QUIET_BYTES ||
		(feeder->marker && StreamDecodingPosition() >= feeder->marker))
		File(feeder);
	return more;
}

/* Lets the server have the WAL back whose records are on disk. */
static void
Confirm(Feeder *feeder)
{
	if (feeder->confirmed == feeder->filed || GetFlushRecPtr(NULL) < feeder->commit)
		return;
	StreamDecodingConfirm(feeder->filed);
	feeder->confirmed = feeder->filed;
}

/* ---- beginning ---- */

/* What was changed before that moment is lost for streams that should have it. */
static void
TrimStreams(Feeder *feeder, XLogRecPtr first_lsn)
{
	ListCell   *cell;

	foreach(cell, StreamCatalogList(NULL))
	{
		StreamRow  *row = lfirst(cell);

		if (row->status != STREAM_ENABLED)
			continue;
		ereport(WARNING,
				(errmsg("stream \"%s\" of table \"%s\" is trimmed: changes of the table are not in it",
						row->label, row->table_name),
				 errdetail("The WAL that had them is not kept by a replication slot any more.")));
		row->first_lsn = first_lsn;
		StreamCatalogUpdate(row);
		pg_atomic_fetch_add_u64(&feeder->stats->trims, 1);
	}
}

/*
 * Makes the slot.  A stream that is ENABLED by then had another slot once: in
 * a database that this is a copy of, or before the WAL became too much.
 */
static void
BeginAnew(Feeder *feeder)
{
	XLogRecPtr	start;

	StreamSlotDrop();
	StreamSlotCreate();
	StreamDecodingBegin(InvalidXLogRecPtr);
	start = StreamDecodingPosition();
	Begin();
	TrimStreams(feeder, start);
	StreamBatchFile(start);
	Commit();
}

/* A slot without a log was left behind by an extension that was dropped. */
static void
BeginDecoding(Feeder *feeder)
{
	XLogRecPtr	filed;

	Begin();
	filed = StreamLogEnd();
	Commit();
	if (filed != InvalidXLogRecPtr && StreamSlotIsUsable())
		StreamDecodingBegin(filed);
	else
		BeginAnew(feeder);
	feeder->decoding = true;
	feeder->filed = StreamDecodingPosition();
	feeder->confirmed = feeder->filed;
	feeder->marker = InvalidXLogRecPtr;
}

/* Without the slot no WAL is kept. */
static void
EndDecoding(Feeder *feeder)
{
	if (feeder->decoding)
		StreamDecodingEnd();
	feeder->decoding = false;
	StreamSlotDrop();
	pg_atomic_write_u64(&feeder->stats->wal_bytes, 0);
}

/* ---- streams that begin and end ---- */

/* Says where the streams end that are DISABLING, as soon as there are any. */
static void
MarkEnd(Feeder *feeder, const List *streams)
{
	MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
	ListCell   *cell;

	bms_free(feeder->closing);
	feeder->closing = NULL;
	foreach(cell, streams)
	{
		const StreamRow *row = lfirst(cell);

		if (row->status == STREAM_DISABLING)
			feeder->closing = bms_add_member(feeder->closing, row->id);
	}
	MemoryContextSwitchTo(caller);
	if (feeder->closing == NULL)
		return;

	/* what ended them was committed before; when this is decoded, so is that */
	feeder->marker = WriteLogicalMessage("dynamo stream end");
	XLogFlush(feeder->marker);
}

/* What commits from now on is decoded, and so is what commits after the row did. */
static void
OpenStream(StreamRow *row)
{
	row->status = STREAM_ENABLED;
	StreamCatalogUpdate(row);
}

/* All that belongs to it has been filed. */
static void
CloseStream(StreamRow *row, XLogRecPtr last_lsn)
{
	row->status = STREAM_DISABLED;
	row->last_lsn = last_lsn;
	StreamCatalogUpdate(row);
}

static bool
IsOver(const StreamRow *row)
{
	return row->status == STREAM_DISABLED &&
		row->ended_at + STREAM_RETENTION_HOURS * USECS_PER_HOUR < GetCurrentTimestamp();
}

static void
InspectStream(Feeder *feeder, StreamRow *row)
{
	bool		ended = feeder->marker && feeder->filed >= feeder->marker;

	if (row->status == STREAM_ENABLING)
		OpenStream(row);
	else if (row->status == STREAM_DISABLING && ended && bms_is_member(row->id, feeder->closing))
		CloseStream(row, feeder->filed);
	else if (IsOver(row))
		StreamCatalogDelete(row);
}

static void
InspectStreams(Feeder *feeder, const List *streams)
{
	ListCell   *cell;

	foreach(cell, streams)
		InspectStream(feeder, lfirst(cell));
	if (feeder->marker && feeder->filed >= feeder->marker)
		feeder->marker = InvalidXLogRecPtr;
	else if (!feeder->marker)
		MarkEnd(feeder, streams);
}

/* Whether there are changes to be taken up. */
static bool
IsAnyAlive(const List *streams)
{
	ListCell   *cell;

	foreach(cell, streams)
	{
		if (((const StreamRow *) lfirst(cell))->status != STREAM_DISABLED)
			return true;
	}
	return false;
}

/*
 * Gives up the slot, which nothing needs any more, and the process, if there is
 * nothing to come either.  Whoever enables a stream holds the catalog's lock,
 * and counts on a slot that he sees.
 */
static void
Rest(Feeder *feeder)
{
	List	   *streams;

	LockRelationOid(CatalogRelationOid("tables"), ShareUpdateExclusiveLock);
	streams = StreamCatalogList(NULL);
	if (IsAnyAlive(streams))
		return;
	EndDecoding(feeder);
	if (streams != NIL)
		return;
	Unlock();
	Commit();
	proc_exit(0);
}

/* Looks at the streams, in a transaction; true if decoding has to begin. */
static bool
Look(Feeder *feeder)
{
	List	   *streams;

	/* the extension may have been dropped, and the catalog with it */
	if (!OidIsValid(get_extension_oid("dynamo", true)))
	{
		EndDecoding(feeder);
		Commit();
		proc_exit(0);
	}
	streams = StreamCatalogList(NULL);
	if (!feeder->decoding && IsAnyAlive(streams))
		return true;
	InspectStreams(feeder, streams);
	if (streams == NIL || (feeder->decoding && !IsAnyAlive(streams)))
		Rest(feeder);
	return false;
}

/* ---- the cap on WAL ---- */

static void
Warn(Feeder *feeder, uint64 megabytes)
{
	TimestampTz now = GetCurrentTimestamp();

	if (feeder->warned_at && !TimestampDifferenceExceeds(feeder->warned_at, now, WARNING_INTERVAL))
		return;
	feeder->warned_at = now;
	ereport(WARNING,
			(errmsg("the streams of database \"%s\" keep " UINT64_FORMAT " MB of WAL",
					get_database_name(MyDatabaseId), megabytes),
			 errdetail("At %d MB (\"dynamo.stream_max_wal\") they are trimmed.", max_wal),
			 errhint("Look for a transaction that has been open for long.")));
}

/* Gives up the WAL if it has become too much; the streams have a gap then. */
static void
CapWal(Feeder *feeder)
{
	uint64		bytes = StreamSlotKeeps();
	uint64		limit = (uint64) max_wal * 1024 * 1024;

	pg_atomic_write_u64(&feeder->stats->wal_bytes, bytes);
	pg_atomic_write_u64(&feeder->stats->wal_limit, limit);
	if (!StreamStatsAlarm(bytes, limit))
		return;
	if (bytes <= limit)
	{
		Begin();
		Warn(feeder, bytes / (1024 * 1024));
		Commit();
		return;
	}
	StreamDecodingEnd();
	BeginAnew(feeder);
	feeder->filed = StreamDecodingPosition();
	feeder->confirmed = feeder->filed;
}

/* ---- the worker ---- */

/* From time to time. */
static void
Inspect(Feeder *feeder)
{
	TimestampTz now = GetCurrentTimestamp();
	bool		begin;

	if (feeder->inspected_at && !TimestampDifferenceExceeds(feeder->inspected_at, now, INSPECT_INTERVAL))
		return;
	feeder->inspected_at = now;
	Begin();
	begin = Look(feeder);
	Commit();
	if (begin)
		BeginDecoding(feeder);
	if (!feeder->decoding)
		return;
	EnterPeriod(feeder);
	CapWal(feeder);
	Confirm(feeder);
}

static void
Wait(long milliseconds)
{
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds,
					 PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	if (WorkerStopRequested())
		proc_exit(1);
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
}

/* Whether this database is served and has streams, or a slot of former ones. */
static bool
IsNeeded(Feeder *feeder)
{
	bool		needed = false;

	Begin();
	feeder->stats = StreamStatsOf(get_database_name(MyDatabaseId));
	if (feeder->stats == NULL || !OidIsValid(get_extension_oid("dynamo", true)))
		StreamSlotDrop();
	else
		needed = StreamCatalogList(NULL) != NIL || StreamSlotIsThere();
	Commit();
	return needed;
}

static void
FeedStreams(void)
{
	Feeder		feeder = {0};

	CreateAuxProcessResourceOwner();
	if (!TryLock() || !IsNeeded(&feeder))
		proc_exit(0);
	SetConfigOption("synchronous_commit", "off", PGC_USERSET, PGC_S_SESSION);
	pgstat_report_activity(STATE_RUNNING, "feeding streams");
	StreamSlotInit();
	StreamBatchInit();
	stream_sink = StreamBatchAdd;
	feeder.context = AllocSetContextCreate(TopMemoryContext, "dynamo stream feeder", ALLOCSET_DEFAULT_SIZES);
	for (;;)
	{
		bool		more;

		MemoryContextReset(feeder.context);
		MemoryContextSwitchTo(feeder.context);
		Inspect(&feeder);
		more = feeder.decoding && Feed(&feeder);
		if (!more)
			Wait(feeder.decoding ? LOOK_INTERVAL : INSPECT_INTERVAL);
	}
}

/* arg is the OID of the database. */
void
DynamoStreamFeederMain(Datum arg)
{
	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(arg), InvalidOid, 0);
	FeedStreams();
}

/* arg says which of the databases that the settings name. */
void
DynamoStreamFeederAtStartMain(Datum arg)
{
	ServedDatabase *database = list_nth(DatabasesServed(), DatumGetInt32(arg));

	WorkerStartIn(database->name);
	FeedStreams();
}

/* StreamServerHook. */
static bool
ServesThisDatabase(void)
{
	const char *name = get_database_name(MyDatabaseId);
	ListCell   *cell;

	foreach(cell, DatabasesServed())
	{
		if (strcmp(((ServedDatabase *) lfirst(cell))->name, name) == 0)
			return true;
	}
	return false;
}

void
StreamFeederInit(void)
{
	int			databases = list_length(DatabasesServed());

	DefineCustomIntVariable("dynamo.stream_max_wal",
							"Sets how much WAL the streams of a database may keep the server from removing.",
							"If it is more, the streams are trimmed: changes are missing, and readers are told so."
							" 0 means no limit.",
							&max_wal,
							16384,
							0, MAX_KILOBYTES,
							PGC_SIGHUP,
							GUC_UNIT_MB,
							NULL, NULL, NULL);
	StreamStatsInit();
	stream_server_hook = ServesThisDatabase;
	for (int i = 0; i < databases; i++)
		WorkerRegister(STREAM_FEEDER_NAME, STREAM_FEEDER_NAME, "DynamoStreamFeederAtStartMain", i);
}
