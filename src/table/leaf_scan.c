/*
 * leaf_scan.c
 *	  Reading one leaf by its primary key: shared by store.c and range.c.
 */
#include "base/compat.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "storage/bufmgr.h"
#include "table/leaf_scan.h"
#include "utils/rel.h"

void
LeafScanKey(ScanKey scan_key, TableDesc *table, int i, StrategyNumber strategy, Datum datum)
{
	TableKey   *key = &table->keys[i];

	ScanKeyEntryInitializeWithInfo(scan_key, 0, i + 1, strategy, InvalidOid, key->collation,
								   &key->operators[strategy], datum);
}

void
LeafScanOpen(LeafScan *scan, const TableLeaf *leaf, LOCKMODE lockmode)
{
	scan->leaf = leaf;
	scan->rel = table_open(leaf->relid, lockmode);
	scan->slot = table_slot_create(scan->rel, NULL);
	scan->index = NULL;
}

void
LeafScanStart(LeafScan *scan, LOCKMODE lockmode, Snapshot snapshot, ScanKey keys, int nkeys)
{
	scan->index = index_open(scan->leaf->index, lockmode);
	scan->scan = IndexBeginScan(scan->rel, scan->index, snapshot, nkeys);
	index_rescan(scan->scan, keys, nkeys, NULL, 0);
}

void
LeafScanBegin(LeafScan *scan, const TableLeaf *leaf, LOCKMODE lockmode,
			  Snapshot snapshot, ScanKey keys, int nkeys)
{
	LeafScanOpen(scan, leaf, lockmode);
	LeafScanStart(scan, lockmode, snapshot, keys, nkeys);
}

/*
 * Whether the leaf has that block.  A length that storage remembers may be too
 * small by now but not too large: whoever cuts a relation short makes all
 * others forget it before they can have a lock.
 */
static bool
HasBlock(Relation rel, BlockNumber block)
{
	BlockNumber known = RelationGetSmgr(rel)->smgr_cached_nblocks[MAIN_FORKNUM];

	if (likely(known != InvalidBlockNumber && block < known))
		return true;
	return block < RelationGetNumberOfBlocks(rel);
}

bool
LeafScanFetch(LeafScan *scan, const ItemPointerData *place, Snapshot snapshot)
{
	IndexFetchTableData *fetch;
	ItemPointerData tid = *place;
	bool		call_again = false;
	bool		found;

	if (!HasBlock(scan->rel, ItemPointerGetBlockNumber(place)))
		return false;
	fetch = table_index_fetch_begin(scan->rel);
	found = table_index_fetch_tuple(fetch, &tid, snapshot, scan->slot, &call_again, NULL);
	table_index_fetch_end(fetch);
	scan->place = *place;
	return found;
}

/* As index_getnext_slot(), but keeps the place. */
bool
LeafScanNext(LeafScan *scan, ScanDirection direction)
{
	ItemPointer tid;

	while ((tid = index_getnext_tid(scan->scan, direction)) != NULL)
	{
		scan->place = *tid;
		if (index_fetch_heap(scan->scan, scan->slot))
			return true;
	}
	return false;
}

DynamoItem *
LeafScanItem(LeafScan *scan)
{
	bool		isnull;
	Datum		datum = slot_getattr(scan->slot, scan->leaf->item_column, &isnull);

	if (isnull)
		elog(ERROR, "item column of an item table is null");
	return DatumGetItemP(datum);
}

Datum
LeafScanKeyDatum(LeafScan *scan, int i)
{
	bool		isnull;
	Datum		datum = slot_getattr(scan->slot, scan->leaf->key_columns[i], &isnull);

	if (isnull)
		elog(ERROR, "key column of an item table is null");
	return datum;
}

void
LeafScanEnd(LeafScan *scan)
{
	if (scan->index)
	{
		index_endscan(scan->scan);
		index_close(scan->index, NoLock);
	}
	ExecDropSingleTupleTableSlot(scan->slot);
	table_close(scan->rel, NoLock);
}
