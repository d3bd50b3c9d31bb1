/*
 * stream_batch.c
 *	  Records that have been decoded and are to be filed together.
 *
 * What is filed is WAL again, which the same worker decodes.  So it is written
 * under an origin that the plugin passes over.
 */
#include "base/relation_extend.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/hio.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "replication/origin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "stream/stream_batch.h"
#include "table/catalog.h"
#include "utils/builtins.h"
#include "utils/pg_lsn.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"
#include "value/item_difference.h"

/* Records in memory, in kilobytes; more of them wait on disk. */
#define BATCH_MEMORY	(64 * 1024)

/* Tuples that are inserted at once. */
#define CHUNK	100

/* Pages that a partition is extended by; more than a chunk of usual records needs. */
#define EXTENT	64

static TupleDesc desc = NULL;
static Tuplestorestate *store = NULL;

/* Keeps to a few buffers: the log shall not push the tables out of memory. */
static BulkInsertState bulk = NULL;

static StreamPeriod period = 0;
static BlockNumber filled = InvalidBlockNumber; /* the period's records end before */
static uint64 count = 0;
static uint64 bytes = 0;

void
StreamBatchInit(void)
{
	MemoryContext caller = CurrentMemoryContext;
	Relation	rel;

	replorigin_session_origin = DoNotReplicateId;
	StartTransactionCommand();
	rel = table_open(StreamPeriodRelation(0), AccessShareLock);
	MemoryContextSwitchTo(TopMemoryContext);
	bulk = GetBulkInsertState();
	desc = CreateTupleDescCopy(RelationGetDescr(rel));
	store = tuplestore_begin_heap(false, true, BATCH_MEMORY);
	table_close(rel, AccessShareLock);
	CommitTransactionCommand();
	MemoryContextSwitchTo(caller);
}

void
StreamBatchBegin(StreamPeriod new_period)
{
	if (period != new_period)
		filled = InvalidBlockNumber;
	period = new_period;
}

/* value is a varlena, or NULL. */
static void
SetColumn(Datum *values, bool *nulls, AttrNumber column, const void *value)
{
	nulls[column - 1] = value == NULL;
	values[column - 1] = PointerGetDatum(value);
	if (value)
		bytes += VARSIZE(value);
}

/* Most changes are of a few attributes: what both images have is filed once. */
static void
SetImages(Datum *values, bool *nulls, const StreamLogRecord *record)
{
	const DynamoItem *old = record->old_image;
	const bytea *difference = NULL;

	if (old && record->new_image)
	{
		difference = ItemDifference(record->new_image, old);
		old = NULL;
	}
	SetColumn(values, nulls, STREAM_RECORD_NEW_IMAGE, record->new_image);
	SetColumn(values, nulls, STREAM_RECORD_OLD_IMAGE, old);
	SetColumn(values, nulls, STREAM_RECORD_OLD_DIFFERENCE, difference);
}

void
StreamBatchAdd(const StreamLogRecord *record)
{
	Datum		values[STREAM_RECORD_COLUMNS] = {0};
	bool		nulls[STREAM_RECORD_COLUMNS] = {false};

	values[STREAM_RECORD_PERIOD - 1] = Int16GetDatum(period % STREAM_PERIODS);
	values[STREAM_RECORD_STREAM - 1] = Int32GetDatum(record->stream_id);
	values[STREAM_RECORD_SHARD - 1] = Int32GetDatum(record->shard);
	values[STREAM_RECORD_COMMIT_LSN - 1] = LSNGetDatum(record->position.commit_lsn);
	values[STREAM_RECORD_NUMBER - 1] = Int32GetDatum(record->position.number);
	values[STREAM_RECORD_COMMITTED_AT - 1] = TimestampTzGetDatum(record->committed_at);
	values[STREAM_RECORD_EVENT - 1] = CharGetDatum(record->event);
	values[STREAM_RECORD_BY_SERVICE - 1] = BoolGetDatum(record->by_service);
	SetColumn(values, nulls, STREAM_RECORD_KEYS, record->keys);
	SetImages(values, nulls, record);
	tuplestore_putvalues(store, desc, values, nulls);
	count++;
}

uint64
StreamBatchCount(void)
{
	return count;
}

uint64
StreamBatchBytes(void)
{
	return bytes;
}

/* ---- filing ---- */

/* Where records go: a partition, its index, and slots for a chunk. */
typedef struct Filing
{
	Relation	rel;
	Relation	index;
	IndexInfo  *index_info;
	TupleTableSlot *slots[CHUNK];
	MemoryContext context;		/* reset after each chunk */
} Filing;

static void
FilingBegin(Filing *filing)
{
	filing->rel = table_open(StreamPeriodRelation(period), RowExclusiveLock);
	filing->index = index_open(linitial_oid(RelationGetIndexList(filing->rel)), RowExclusiveLock);
	filing->index_info = BuildIndexInfo(filing->index);
	for (int i = 0; i < CHUNK; i++)
		filing->slots[i] = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	filing->context = AllocSetContextCreate(CurrentMemoryContext, "dynamo stream filing", ALLOCSET_DEFAULT_SIZES);
}

static void
FilingEnd(Filing *filing)
{
	for (int i = 0; i < CHUNK; i++)
		ExecDropSingleTupleTableSlot(filing->slots[i]);
	ReleaseBulkInsertStatePin(bulk);
	index_close(filing->index, NoLock);
	table_close(filing->rel, NoLock);
	MemoryContextDelete(filing->context);
}

/* Fills slots from the store; returns how many. */
static int
NextChunk(Filing *filing)
{
	int			n = 0;

	while (n < CHUNK && tuplestore_gettupleslot(store, true, false, filing->slots[n]))
		n++;
	return n;
}

/*
 * Makes room for a chunk.  16 and later extend a relation by many pages at once
 * on their own; before, each page would be written for that.
 */
static void
ExtendPartition(Filing *filing)
{
	BlockNumber end = RelationGetNumberOfBlocks(filing->rel);

	if (filled == InvalidBlockNumber || filled > end)
		filled = end;
	if (end - filled < EXTENT / 2)
		RelationExtendBy(filing->rel, EXTENT, bulk->strategy);
}

static void
InsertIntoIndex(Filing *filing, TupleTableSlot *slot)
{
	Datum		values[INDEX_MAX_KEYS];
	bool		nulls[INDEX_MAX_KEYS];

	FormIndexDatum(filing->index_info, slot, NULL, values, nulls);
	index_insert(filing->index, values, nulls, &slot->tts_tid, filing->rel, UNIQUE_CHECK_NO, false,
				 filing->index_info);
}

static void
InsertChunk(Filing *filing, int n)
{
	MemoryContext caller = MemoryContextSwitchTo(filing->context);

	if (n == CHUNK)
		ExtendPartition(filing);
	heap_multi_insert(filing->rel, filing->slots, n, GetCurrentCommandId(true), 0, bulk);
	for (int i = 0; i < n; i++)
		InsertIntoIndex(filing, filing->slots[i]);
	if (filled != InvalidBlockNumber)
		filled = Max(filled, ItemPointerGetBlockNumber(&filing->slots[n - 1]->tts_tid) + 1);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(filing->context);
}

static void
FileRecords(void)
{
	Filing		filing;
	int			n;

	FilingBegin(&filing);
	while ((n = NextChunk(&filing)) > 0)
	{
		CHECK_FOR_INTERRUPTS();
		InsertChunk(&filing, n);
	}
	FilingEnd(&filing);
	tuplestore_clear(store);
	count = 0;
	bytes = 0;
}

/* dynamo.stream_feed has one row, with one column. */
static void
SetPosition(XLogRecPtr position)
{
	Relation	catalog = table_open(CatalogRelationOid("stream_feed"), RowExclusiveLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	HeapTuple	old = systable_getnext(scan);
	Datum		values[1] = {LSNGetDatum(position)};
	bool		nulls[1] = {false};
	HeapTuple	new = heap_form_tuple(RelationGetDescr(catalog), values, nulls);

	if (HeapTupleIsValid(old))
		CatalogTupleUpdate(catalog, &old->t_self, new);
	else
		CatalogTupleInsert(catalog, new);
	systable_endscan(scan);
	table_close(catalog, RowExclusiveLock);
}

void
StreamBatchFile(XLogRecPtr position)
{
	if (count > 0)
		FileRecords();
	SetPosition(position);
}
