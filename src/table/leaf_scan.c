/*
 * leaf_scan.c
 *	  An index scan over one leaf's primary key: shared by store.c and range.c.
 */
#include "base/compat.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "table/leaf_scan.h"

void
LeafScanKey(ScanKey scan_key, TableDesc *table, int i, StrategyNumber strategy, Datum datum)
{
	TableKey   *key = &table->keys[i];

	ScanKeyEntryInitializeWithInfo(scan_key, 0, i + 1, strategy, InvalidOid, key->collation,
								   &key->operators[strategy], datum);
}

void
LeafScanBegin(LeafScan *scan, const TableLeaf *leaf, LOCKMODE lockmode,
			  Snapshot snapshot, ScanKey keys, int nkeys)
{
	scan->leaf = leaf;
	scan->rel = table_open(leaf->relid, lockmode);
	scan->index = index_open(leaf->index, lockmode);
	scan->slot = table_slot_create(scan->rel, NULL);
	scan->scan = IndexBeginScan(scan->rel, scan->index, snapshot, nkeys);
	index_rescan(scan->scan, keys, nkeys, NULL, 0);
}

bool
LeafScanNext(LeafScan *scan, ScanDirection direction)
{
	return index_getnext_slot(scan->scan, direction, scan->slot);
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
	index_endscan(scan->scan);
	ExecDropSingleTupleTableSlot(scan->slot);
	index_close(scan->index, NoLock);
	table_close(scan->rel, NoLock);
}
