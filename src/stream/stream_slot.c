/*
 * stream_slot.c
 *	  The replication slot of the worker that feeds the streams of a database,
 *	  and decoding by it in this process.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlogreader.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "replication/decode.h"
#include "replication/logical.h"
#include "replication/slot.h"
#include "storage/proc.h"
#include "storage/spin.h"
#include "stream/stream_slot.h"
#include "table/stream_ddl.h"
#include "utils/guc.h"
#include "utils/inval.h"

#define PLUGIN			"dynamo"
#define PLUGIN_LIST		"output_plugin_libraries"

/* Milliseconds that the slot's making may wait for each running transaction. */
#define CREATE_TIMEOUT	(60 * 1000)

static int	ReadPage(XLogReaderState *reader, XLogRecPtr page, int len, XLogRecPtr record, char *buffer);

/* While a slot is made one waits for WAL. */
static XLogReaderRoutine waiting_routine = {
	.page_read = read_local_xlog_page,
	.segment_open = wal_segment_open,
	.segment_close = wal_segment_close,
};

static XLogReaderRoutine reader_routine = {
	.page_read = ReadPage,
	.segment_open = wal_segment_open,
	.segment_close = wal_segment_close,
};

static LogicalDecodingContext *decoding = NULL;

/* What is known to be flushed: one need not ask for every record. */
static XLogRecPtr flushed = InvalidXLogRecPtr;

/* Transactions that committed before this are passed over. */
static XLogRecPtr decoding_start = InvalidXLogRecPtr;

/* The library is preloaded, so whoever runs the server has approved it. */
void
StreamSlotInit(void)
{
	const char *list = GetConfigOption(PLUGIN_LIST, true, false);

	if (list)
		SetConfigOption(PLUGIN_LIST, *list ? psprintf("%s, " PLUGIN, list) : PLUGIN, PGC_POSTMASTER, PGC_S_OVERRIDE);
}

/* Reads what of the slot is shared; false if there is no slot. */
static bool
ReadSlot(ReplicationSlotPersistentData *data)
{
	ReplicationSlot *slot = SearchNamedReplicationSlot(StreamSlotName(), true);

	if (slot == NULL)
		return false;
	SpinLockAcquire(&slot->mutex);
	*data = slot->data;
	SpinLockRelease(&slot->mutex);
	return true;
}

bool
StreamSlotIsThere(void)
{
	ReplicationSlotPersistentData data;

	return ReadSlot(&data);
}

bool
StreamSlotIsUsable(void)
{
	ReplicationSlotPersistentData data;

	return ReadSlot(&data) && data.database == MyDatabaseId && strcmp(NameStr(data.plugin), PLUGIN) == 0 &&
		data.confirmed_flush != InvalidXLogRecPtr && !SlotIsInvalid(&data);
}

void
StreamSlotCreate(void)
{
	LogicalDecodingContext *context;
	int			caller_timeout = LockTimeout;

	/*
	 * The WAL of the new slot is kept while it waits.  Who has waited for so
	 * long gives up, and the next worker begins again, farther on.
	 */
	LockTimeout = CREATE_TIMEOUT;
	SlotCreateEphemeral(StreamSlotName());
	context = CreateInitDecodingContext(PLUGIN, NIL, false, InvalidXLogRecPtr, &waiting_routine,
										NULL, NULL, NULL);
	DecodingContextFindStartpoint(context);
	FreeDecodingContext(context);
	ReplicationSlotPersist();
	ReplicationSlotRelease();
	LockTimeout = caller_timeout;
}

void
StreamSlotDrop(void)
{
	ReplicationSlotPersistentData data;

	if (ReadSlot(&data))
		ReplicationSlotDrop(StreamSlotName(), true);
}

uint64
StreamSlotKeeps(void)
{
	ReplicationSlotPersistentData data;
	XLogRecPtr	now = GetXLogInsertRecPtr();

	if (!ReadSlot(&data) || data.restart_lsn == InvalidXLogRecPtr || data.restart_lsn > now)
		return 0;
	return now - data.restart_lsn;
}

/* ---- decoding ---- */

void
StreamDecodingBegin(XLogRecPtr start)
{
	MemoryContext caller = CurrentMemoryContext;

	/*
	 * Outside of a transaction the process would be marked as one that decodes
	 * and does nothing else: others leave the transactions of such out of their
	 * snapshots, and would take records that are being filed for those of a
	 * transaction that has failed.
	 */
	StartTransactionCommand();
	MemoryContextSwitchTo(TopMemoryContext);
	SlotAcquire(StreamSlotName());
	decoding = CreateDecodingContext(start, NIL, false, &reader_routine, NULL, NULL, NULL);
	CommitTransactionCommand();
	MemoryContextSwitchTo(caller);
	if (MyProc->statusFlags & PROC_IN_LOGICAL_DECODING)
		elog(ERROR, "the process is marked as decoding only");
	decoding_start = Max(start, MyReplicationSlot->data.confirmed_flush);
	XLogBeginRead(decoding->reader, MyReplicationSlot->data.restart_lsn);

	/* what is cached may not be so at the moment that is decoded */
	InvalidateSystemCaches();
}

void
StreamDecodingEnd(void)
{
	FreeDecodingContext(decoding);
	decoding = NULL;
	ReplicationSlotRelease();
	InvalidateSystemCaches();
}

/* Reading begins earlier, where transactions may have begun that committed later. */
XLogRecPtr
StreamDecodingPosition(void)
{
	return Max(decoding->reader->EndRecPtr, decoding_start);
}

/* Whether WAL is flushed up to there. */
static bool
IsFlushed(XLogRecPtr end)
{
	if (flushed < end)
		flushed = GetFlushRecPtr(NULL);
	return end <= flushed;
}

/*
 * What is flushed may end within a record.  Who waited for the rest would keep
 * waiting what was decoded before it.
 */
static int
ReadPage(XLogReaderState *reader, XLogRecPtr page, int len, XLogRecPtr record, char *buffer)
{
	if (!IsFlushed(page + len))
		return XLREAD_FAIL;
	return read_local_xlog_page(reader, page, len, record, buffer);
}

bool
StreamDecodingStep(void)
{
	MemoryContext caller;
	XLogRecord *record;
	char	   *message = NULL;

	if (!IsFlushed(decoding->reader->EndRecPtr + 1))
		return false;

	/* the reader allocates buffers when it needs them, and keeps them */
	caller = MemoryContextSwitchTo(decoding->context);
	record = XLogReadRecord(decoding->reader, &message);
	if (message)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read WAL for the streams: %s", message)));
	if (record)
		LogicalDecodingProcessRecord(decoding, decoding->reader);
	MemoryContextSwitchTo(caller);
	return record != NULL;
}

void
StreamDecodingConfirm(XLogRecPtr position)
{
	LogicalConfirmReceivedLocation(position);
}
