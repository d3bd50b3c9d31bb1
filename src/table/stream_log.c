/*
 * stream_log.c
 *	  The records of streams, as the feeding worker files them: reading them.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "table/catalog.h"
#include "table/stream_log.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/pg_lsn.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "value/item_difference.h"

/* Columns of dynamo.stream_periods. */
#define Anum_period			1
#define Anum_first_lsn		2

/* Columns of dynamo.stream_feed. */
#define Anum_position		1

/* The index on a partition has these columns, in this order. */
#define INDEX_STREAM		1
#define INDEX_SHARD			2
#define INDEX_COMMIT_LSN	3

/* What is asked for. */
typedef struct LogScan
{
	int32		stream_id;
	int			shard;
	StreamPosition from;
	TimestampTz horizon;		/* what was committed before is too old */
	StreamLogVisitor visit;
	void	   *arg;
} LogScan;

StreamPeriod
StreamPeriodOf(TimestampTz time)
{
	return time / (STREAM_PERIOD_HOURS * USECS_PER_HOUR);
}

Oid
StreamPeriodRelation(StreamPeriod period)
{
	return CatalogRelationOid(psprintf("stream_records_%d", (int) (period % STREAM_PERIODS)));
}

static TimestampTz
Horizon(void)
{
	return GetCurrentTimestamp() - STREAM_RETENTION_HOURS * USECS_PER_HOUR;
}

/* Whether the whole period was over before that time. */
static bool
PeriodIsBefore(StreamPeriod period, TimestampTz time)
{
	return period < StreamPeriodOf(time);
}

/* ---- one partition ---- */

static const DynamoItem *
ItemColumn(TupleTableSlot *slot, AttrNumber column)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, column, &isnull);

	return isnull ? NULL : DatumGetItemP(value);
}

static Datum
Column(TupleTableSlot *slot, AttrNumber column)
{
	bool		isnull;

	return slot_getattr(slot, column, &isnull);
}

static StreamPosition
PositionOf(TupleTableSlot *slot)
{
	StreamPosition position = {
		.commit_lsn = DatumGetLSN(Column(slot, STREAM_RECORD_COMMIT_LSN)),
		.number = DatumGetInt32(Column(slot, STREAM_RECORD_NUMBER)),
	};

	return position;
}

/* It is stored whole only if there is no new one. */
static const DynamoItem *
OldImage(TupleTableSlot *slot, const DynamoItem *new_image)
{
	bool		isnull;
	Datum		difference = slot_getattr(slot, STREAM_RECORD_OLD_DIFFERENCE, &isnull);

	if (isnull || new_image == NULL)
		return ItemColumn(slot, STREAM_RECORD_OLD_IMAGE);
	return ItemApply(new_image, DatumGetByteaP(difference));
}

/* The tuple's record. */
static StreamLogRecord
RecordOf(TupleTableSlot *slot)
{
	StreamLogRecord record = {
		.stream_id = DatumGetInt32(Column(slot, STREAM_RECORD_STREAM)),
		.shard = DatumGetInt32(Column(slot, STREAM_RECORD_SHARD)),
		.position = PositionOf(slot),
		.committed_at = DatumGetTimestampTz(Column(slot, STREAM_RECORD_COMMITTED_AT)),
		.event = (StreamEvent) DatumGetChar(Column(slot, STREAM_RECORD_EVENT)),
		.by_service = DatumGetBool(Column(slot, STREAM_RECORD_BY_SERVICE)),
		.keys = ItemColumn(slot, STREAM_RECORD_KEYS),
		.new_image = ItemColumn(slot, STREAM_RECORD_NEW_IMAGE),
	};

	record.old_image = OldImage(slot, record.new_image);
	return record;
}

/* Visits the tuple's record if it is asked for; false: enough. */
static bool
VisitTuple(const LogScan *ask, TupleTableSlot *slot, MemoryContext context)
{
	StreamPosition position = PositionOf(slot);
	MemoryContext caller;
	StreamLogRecord record;
	bool		more;

	if (position.commit_lsn == ask->from.commit_lsn && position.number < ask->from.number)
		return true;
	if (DatumGetTimestampTz(Column(slot, STREAM_RECORD_COMMITTED_AT)) < ask->horizon)
		return true;
	caller = MemoryContextSwitchTo(context);
	record = RecordOf(slot);
	MemoryContextSwitchTo(caller);
	more = ask->visit(&record, ask->arg);
	MemoryContextReset(context);
	return more;
}

/* Visits what one partition has; false: enough. */
static bool
ReadPartition(const LogScan *ask, StreamPeriod period, MemoryContext context)
{
	Relation	rel = table_open(StreamPeriodRelation(period), AccessShareLock);
	Relation	index = index_open(linitial_oid(RelationGetIndexList(rel)), AccessShareLock);
	IndexScanDesc scan = IndexBeginScan(rel, index, GetActiveSnapshot(), 3);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	ScanKeyData keys[3];
	bool		more = true;

	ScanKeyInit(&keys[0], INDEX_STREAM, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(ask->stream_id));
	ScanKeyInit(&keys[1], INDEX_SHARD, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(ask->shard));
	ScanKeyInit(&keys[2], INDEX_COMMIT_LSN, BTGreaterEqualStrategyNumber, F_PG_LSN_GE,
				LSNGetDatum(ask->from.commit_lsn));
	index_rescan(scan, keys, 3, NULL, 0);
	while (more && index_getnext_slot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		more = VisitTuple(ask, slot, context);
	}
	ExecDropSingleTupleTableSlot(slot);
	index_endscan(scan);
	index_close(index, AccessShareLock);
	table_close(rel, AccessShareLock);
	return more;
}

/* ---- the ring ---- */

/*
 * The periods that there are, in order, and where each begins: at most
 * STREAM_PERIODS; returns how many.
 */
static int
ReadPeriods(StreamPeriod *periods, XLogRecPtr *starts)
{
	Relation	catalog = table_open(CatalogRelationOid("stream_periods"), AccessShareLock);
	Relation	index = index_open(CatalogRelationOid("stream_periods_pkey"), AccessShareLock);
	SysScanDesc scan = systable_beginscan_ordered(catalog, index, GetActiveSnapshot(), 0, NULL);
	HeapTuple	tuple;
	int			count = 0;

	while (count < STREAM_PERIODS && (tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		bool		isnull;

		periods[count] = DatumGetInt64(heap_getattr(tuple, Anum_period, RelationGetDescr(catalog), &isnull));
		starts[count] = DatumGetLSN(heap_getattr(tuple, Anum_first_lsn, RelationGetDescr(catalog), &isnull));
		count++;
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(catalog, AccessShareLock);
	return count;
}

/* Visits what there is from the position on, in all partitions that may have any. */
static void
ReadRing(const LogScan *ask)
{
	StreamPeriod periods[STREAM_PERIODS];
	XLogRecPtr	starts[STREAM_PERIODS];
	int			count = ReadPeriods(periods, starts);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo stream records",
												  ALLOCSET_DEFAULT_SIZES);
	bool		more = true;

	for (int i = 0; more && i < count; i++)
	{
		bool		behind = i + 1 < count && starts[i + 1] <= ask->from.commit_lsn;

		if (!behind && !PeriodIsBefore(periods[i], ask->horizon))
			more = ReadPartition(ask, periods[i], context);
	}
	MemoryContextDelete(context);
}

void
StreamLogRead(int32 stream_id, int shard, StreamPosition from, StreamLogVisitor visit, void *arg)
{
	LogScan		ask = {
		.stream_id = stream_id,
		.shard = shard,
		.from = from,
		.horizon = Horizon(),
		.visit = visit,
		.arg = arg,
	};

	ReadRing(&ask);
}

/* Visitor: whether the first record is too old. */
static bool
IsOld(const StreamLogRecord *record, void *arg)
{
	*(bool *) arg = record->committed_at < Horizon();
	return false;
}

bool
StreamLogIsTrimmed(int32 stream_id, int shard, StreamPosition from)
{
	bool		old = false;
	LogScan		ask = {
		.stream_id = stream_id,
		.shard = shard,
		.from = from,
		.horizon = DT_NOBEGIN,
		.visit = IsOld,
		.arg = &old,
	};
	StreamPeriod periods[STREAM_PERIODS];
	XLogRecPtr	starts[STREAM_PERIODS];

	/* what stood before the oldest period that is left is gone */
	if (ReadPeriods(periods, starts) > 0 && from.commit_lsn < starts[0])
		return true;
	ReadRing(&ask);
	return old;
}

XLogRecPtr
StreamLogEnd(void)
{
	Relation	catalog = table_open(CatalogRelationOid("stream_feed"), AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, GetActiveSnapshot(), 0, NULL);
	HeapTuple	tuple = systable_getnext(scan);
	XLogRecPtr	end = 0;
	bool		isnull;

	if (HeapTupleIsValid(tuple))
		end = DatumGetLSN(heap_getattr(tuple, Anum_position, RelationGetDescr(catalog), &isnull));
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return end;
}
