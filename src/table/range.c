/*
 * range.c
 *	  Ordered reads: one partition key (Query) or a whole table (Scan).
 *
 * Segments.  The partition key's hash h decides on the leaf (h mod modulus);
 * the rest of h (h / modulus, mixed) decides on the place within it.  Leaf and
 * place together are a point on a line on which every leaf has an equal
 * stretch, and a segment is an equal piece of that line.  So a segment needs
 * only the leaves its piece touches, and an item is in exactly one.
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "table/range.h"
#include "table/range_executor.h"
#include "table/store_executor.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* hash, bounds, start: a row comparison takes one key, and a member for each column */
#define MAX_SCAN_KEYS	(INDEX_MAX_HASH_KEYS + RANGE_MAX_BOUNDS + 1)

struct Range
{
	TableDesc  *table;
	const RangeSpec *spec;
	Snapshot	snapshot;
	RangeCursor *cursor;		/* the executor reads; NULL: we do */
	TableDesc  *items;			/* of an index: its table, if row security
								 * applies to that */
	bool		open;			/* scan is open */
	LeafScan	scan;
	const TableLeaf *leaves;	/* as the table was when the range began */
	int			leaf;			/* the one being read */
	int			last_leaf;
	int			start_leaf;		/* where spec->start lives, or -1 */
	ScanKeyData keys[MAX_SCAN_KEYS];
	ScanKeyData row[DESC_MAX_KEYS]; /* members of a row comparison */
	MemoryContext item_context; /* what the current item needed */
};

/* The leaf of a partition key, and its place there. */
static int
PlaceOf(TableDesc *table, const Datum *hash_key, uint64 *place)
{
	uint64		hash = TablePartitionHash(table, hash_key);
	int			leaf = TableLeafOfHash(table, hash);
	uint64		rest = hash / table->modulus;

	*place = DatumGetUInt64(hash_uint32_extended((uint32) rest, rest >> 32));
	return leaf;
}

/* floor(((leaf, place) as a point) * total / nleaves), see above. */
static uint32
SegmentOfPoint(const TableDesc *table, int leaf, uint64 place, uint32 total_segments)
{
	uint128		point = ((uint128) leaf << 64) | place;

	return (uint32) (((point * total_segments) >> 64) / table->nleaves);
}

uint32
RangeSegmentOf(TableDesc *table, const Datum *hash_key, uint32 total_segments)
{
	uint64		place;
	int			leaf = PlaceOf(table, hash_key, &place);

	return SegmentOfPoint(table, leaf, place, total_segments);
}

/*
 * "columns from first on > start" (or <): a plain comparison of one column, or
 * one row comparison, so that the index skips.  Its members compare three-way,
 * as the executor makes them.
 */
static void
StartKey(Range *range, ScanKey scan_key, int first)
{
	TableDesc  *table = range->table;
	StrategyNumber strategy = range->spec->backward ? BTLessStrategyNumber : BTGreaterStrategyNumber;

	if (first == table->nkeys - 1)
	{
		LeafScanKey(scan_key, table, first, strategy, range->spec->start->datums[first]);
		return;
	}
	for (int i = first; i < table->nkeys; i++)
	{
		TableKey   *key = &table->keys[i];

		ScanKeyEntryInitializeWithInfo(&range->row[i], SK_ROW_MEMBER, i + 1, strategy, InvalidOid,
									   key->collation, &key->order, range->spec->start->datums[i]);
	}
	range->row[table->nkeys - 1].sk_flags |= SK_ROW_END;
	MemSet(scan_key, 0, sizeof(ScanKeyData));
	scan_key->sk_flags = SK_ROW_HEADER;
	scan_key->sk_attno = first + 1;
	scan_key->sk_strategy = strategy;
	scan_key->sk_argument = PointerGetDatum(&range->row[first]);
}

/*
 * Whether the start makes a bound superfluous.  It does so with one that lies
 * behind it; left in, the index might begin there and read again all that
 * earlier pages have read.
 */
static bool
IsBehindStart(const RangeSpec *spec, const RangeBound *bound)
{
	if (spec->start == NULL)
		return false;
	if (spec->backward)
		return bound->strategy == BTLessStrategyNumber || bound->strategy == BTLessEqualStrategyNumber;
	return bound->strategy == BTGreaterStrategyNumber || bound->strategy == BTGreaterEqualStrategyNumber;
}

/* How many of the first columns have but one value in the range of a Query. */
static int
FixedColumns(const TableDesc *table, const RangeSpec *spec)
{
	int			fixed = table->nhash;

	for (int i = 0; i < spec->nbounds; i++)
	{
		if (spec->bounds[i].strategy == BTEqualStrategyNumber)
			fixed = spec->bounds[i].key + 1;
	}
	return fixed;
}

/* The scan keys of a Query; returns how many. */
static int
QueryKeys(Range *range)
{
	const RangeSpec *spec = range->spec;
	TableDesc  *table = range->table;
	int			fixed = FixedColumns(table, spec);
	int			n = 0;

	for (int i = 0; i < table->nhash; i++)
		LeafScanKey(&range->keys[n++], table, i, BTEqualStrategyNumber, spec->hash[i]);
	for (int i = 0; i < spec->nbounds; i++)
	{
		const RangeBound *bound = &spec->bounds[i];

		if (IsBehindStart(spec, bound))
			continue;
		LeafScanKey(&range->keys[n++], table, bound->key, bound->strategy, bound->datum);
	}
	if (spec->start && fixed < table->nkeys)
		StartKey(range, &range->keys[n++], fixed);
	return n;
}

/* The scan keys of a Scan on the current leaf; returns how many. */
static int
ScanKeys(Range *range)
{
	if (range->leaf != range->start_leaf)
		return 0;
	StartKey(range, &range->keys[0], 0);
	return 1;
}

static void
OpenLeaf(Range *range)
{
	const TableLeaf *leaf = &range->leaves[range->leaf];
	int			nkeys;

	leaf = StoreLockLeaf(&range->table, leaf, AccessShareLock);
	nkeys = range->spec->has_hash ? QueryKeys(range) : ScanKeys(range);
	LeafScanBegin(&range->scan, leaf, AccessShareLock, range->snapshot, range->keys, nkeys);
	range->open = true;
}

static void
CloseLeaf(Range *range)
{
	if (range->open)
		LeafScanEnd(&range->scan);
	range->open = false;
}

/* The leaves that the segment's piece of the line touches. */
static void
SegmentLeaves(Range *range)
{
	const RangeSpec *spec = range->spec;
	uint64		nleaves = range->table->nleaves;
	uint64		total = spec->total_segments;

	if (range->table->has_gap)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a partition of item table \"%s\" is missing", range->table->table_name)));
	range->leaf = (int) (spec->segment * nleaves / total);
	range->last_leaf = (int) (((spec->segment + 1) * nleaves + total - 1) / total) - 1;
	if (spec->start)
	{
		uint64		place;

		range->start_leaf = PlaceOf(range->table, spec->start->datums, &place);
		range->leaf = Max(range->leaf, range->start_leaf);
	}
}

/* Lets the executor read, or check what is read, if it must. */
static void
HeedExecutor(Range *range)
{
	TableDesc  *table = range->table;
	TableDesc  *items;

	if (table->index_name == NULL)
	{
		if (ExecutorReads(table) && range->leaf <= range->last_leaf)
			range->cursor = RangeCursorOpen(table, range->spec, range->snapshot);
		return;
	}
	items = TableDescFindOrError(table->table_name, "the table is gone");
	if (ExecutorReads(items))
		range->items = items;
}

Range *
RangeBegin(TableDesc *table, const RangeSpec *spec)
{
	Range	   *range = palloc0(sizeof(Range));

	range->table = table;
	range->leaves = table->leaves;
	range->spec = spec;
	range->start_leaf = -1;
	range->item_context = AllocSetContextCreate(CurrentMemoryContext, "dynamo range item",
												ALLOCSET_DEFAULT_SIZES);
	range->snapshot = RegisterSnapshot(GetTransactionSnapshot());
	if (spec->has_hash)
	{
		range->leaf = TableLeafFor(table, spec->hash) - table->leaves;
		range->last_leaf = range->leaf;
		/* if every column is fixed there is nothing behind the one item */
		if (spec->start && FixedColumns(table, spec) == table->nkeys)
			range->last_leaf = range->leaf - 1;
	}
	else
		SegmentLeaves(range);
	if (!spec->as_stored)
		HeedExecutor(range);
	return range;
}

/* Whether the current tuple belongs to the segment. */
static bool
InSegment(Range *range)
{
	const RangeSpec *spec = range->spec;
	Datum		hash_key[INDEX_MAX_HASH_KEYS];
	MemoryContext caller;
	uint32		segment;

	if (spec->has_hash || spec->total_segments == 1)
		return true;
	MemoryContextReset(range->item_context);
	caller = MemoryContextSwitchTo(range->item_context);
	for (int i = 0; i < range->table->nhash; i++)
		hash_key[i] = LeafScanKeyDatum(&range->scan, i);
	segment = RangeSegmentOf(range->table, hash_key, spec->total_segments);
	MemoryContextSwitchTo(caller);
	return segment == spec->segment;
}

/* Moves to the next tuple of the range; false at its end. */
static bool
Advance(Range *range)
{
	ScanDirection direction = range->spec->backward ? BackwardScanDirection : ForwardScanDirection;

	while (range->leaf <= range->last_leaf)
	{
		CHECK_FOR_INTERRUPTS();
		if (!range->open)
			OpenLeaf(range);
		if (LeafScanNext(&range->scan, direction))
		{
			if (InSegment(range))
				return true;
			continue;
		}
		CloseLeaf(range);
		range->leaf++;
	}
	return false;
}

/* Whether an item that the executor has read belongs to the segment. */
static bool
IsOfSegment(Range *range, const DynamoItem *item)
{
	const RangeSpec *spec = range->spec;
	MemoryContext caller;
	ItemKey		key;
	uint32		segment;

	if (spec->has_hash || spec->total_segments == 1)
		return true;
	MemoryContextReset(range->item_context);
	caller = MemoryContextSwitchTo(range->item_context);
	key = ItemKeyIn(range->table, item);
	segment = RangeSegmentOf(range->table, key.datums, spec->total_segments);
	MemoryContextSwitchTo(caller);
	return segment == spec->segment;
}

/* The next item that the executor has; NULL at the end. */
static DynamoItem *
NextOfCursor(Range *range)
{
	DynamoItem *item;

	do
	{
		CHECK_FOR_INTERRUPTS();
		item = RangeCursorNext(range->cursor);
	} while (item && !IsOfSegment(range, item));
	return item;
}

/* Whether the role may see the item of an index entry. */
static bool
MaySee(Range *range, const DynamoItem *entry)
{
	MemoryContext caller = MemoryContextSwitchTo(range->item_context);
	ItemKey		key = ItemKeyIn(range->items, entry);
	bool		visible = StoreGetAsOf(range->items, &key, range->snapshot) != NULL;

	MemoryContextSwitchTo(caller);
	return visible;
}

/* The current tuple's item. */
static DynamoItem *
CurrentItem(Range *range)
{
	MemoryContext caller;
	DynamoItem *item;

	MemoryContextReset(range->item_context);
	caller = MemoryContextSwitchTo(range->item_context);
	item = LeafScanItem(&range->scan);
	MemoryContextSwitchTo(caller);
	return item;
}

DynamoItem *
RangeNext(Range *range)
{
	if (range->cursor)
		return NextOfCursor(range);
	while (Advance(range))
	{
		DynamoItem *item = CurrentItem(range);

		if (range->items == NULL || MaySee(range, item))
			return item;
	}
	return NULL;
}

DynamoItem *
RangeFetch(Range *range, TableDesc *table, const ItemKey *key)
{
	const TableLeaf *leaf;

	if (!range->spec->as_stored)
		return StoreGetAsOf(table, key, range->snapshot);
	leaf = StoreLockLeaf(&table, TableLeafFor(table, key->datums), AccessShareLock);
	return StoreGetStored(table, leaf, key, range->snapshot);
}

void
RangeEnd(Range *range)
{
	CloseLeaf(range);
	if (range->cursor)
		RangeCursorClose(range->cursor);
	UnregisterSnapshot(range->snapshot);
	MemoryContextDelete(range->item_context);
	pfree(range);
}
