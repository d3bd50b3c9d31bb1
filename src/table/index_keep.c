/*
 * index_keep.c
 *	  Keeping a table's secondary indexes as its items change.
 *
 * Entries are rows of the index's side table and are written as heap tuples
 * with their index entries, without executor nodes.  New ones are collected by
 * leaf and inserted together, which is what makes COPY fast.
 *
 * Uniqueness of entries is not checked: an entry's key ends in the item's own,
 * so the item table's primary key vouches for it.  It would even be wrong to:
 * of two sessions that insert one item, both get here before either gets to
 * the primary key, which then decides who is right and what the error says.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "table/index_entry.h"
#include "table/index_keep.h"
#include "table/key_hints.h"
#include "table/key_lookup.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "value/item_json.h"

/* A leaf of the side table that is being written to. */
typedef struct SideLeaf
{
	Relation	rel;
	EState	   *estate;			/* these two only where the executor's help is needed */
	ResultRelInfo *rri;
	uint64		hint;			/* what stands for the last entry's key in key_hints.h */
	int			nslots;			/* entries to be inserted */
	int			max_slots;
	TupleTableSlot **slots;
} SideLeaf;

/* One index at work. */
typedef struct Keeper
{
	const IndexDesc *index;
	TableDesc  *side;
	SideLeaf   *leaves;			/* as many as side has */
} Keeper;

static void IndexKeep(TableDesc *table, const IndexDesc *index, const ItemChange *changes, int count);
static void OpenKeeper(Keeper *keeper, TableDesc *table, const IndexDesc *index);
static void KeepEntry(Keeper *keeper, const ItemChange *change);
static void Put(Keeper *keeper, IndexEntry *entry);
static bool Replace(Keeper *keeper, IndexEntry *entry);
static void Remove(Keeper *keeper, IndexEntry *entry);
static bool FindEntry(Keeper *keeper, IndexEntry *entry, LeafScan *scan);
static SideLeaf *OpenLeaf(Keeper *keeper, const TableLeaf *leaf);
static bool EnsureSnapshot(void);
static void OpenExecutor(SideLeaf *leaf);
static void FlushLeaf(SideLeaf *leaf);
static bool InsertIntoKey(SideLeaf *leaf);
static void InsertByExecutor(SideLeaf *leaf);
static void CloseKeeper(Keeper *keeper);
static TupleTableSlot *MakeSlot(Relation rel, const TableDesc *side, const TableLeaf *leaf,
								const IndexEntry *entry);
static void CheckLocalSize(const TableDesc *table, const DynamoItem *item);

void
IndexesKeep(TableDesc *table, const ItemChange *changes, int count)
{
	for (int i = 0; i < table->nindexes; i++)
	{
		if (table->indexes[i].status != INDEX_DELETING)
			IndexKeep(table, &table->indexes[i], changes, count);
	}
	for (int i = 0; i < count; i++)
	{
		if (changes[i].after)
			CheckLocalSize(table, changes[i].after);
	}
}

static void
IndexKeep(TableDesc *table, const IndexDesc *index, const ItemChange *changes, int count)
{
	Keeper		keeper;

	OpenKeeper(&keeper, table, index);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		KeepEntry(&keeper, &changes[i]);
	}
	CloseKeeper(&keeper);
}

void
IndexFill(TableDesc *table, const IndexDesc *index, const DynamoItem *item)
{
	IndexEntry	entry = IndexEntryIfValid(index, item);
	LeafScan	scan;
	Keeper		keeper;

	if (!entry.present)
		return;
	OpenKeeper(&keeper, table, index);
	if (FindEntry(&keeper, &entry, &scan))
		LeafScanEnd(&scan);
	else
		Put(&keeper, &entry);
	CloseKeeper(&keeper);
}

static void
OpenKeeper(Keeper *keeper, TableDesc *table, const IndexDesc *index)
{
	keeper->index = index;
	keeper->side = TableDescOfIndex(table, index);
	keeper->leaves = palloc0(keeper->side->nleaves * sizeof(SideLeaf));
}

/*
 * An index that is being built gets the entry even if it did not change: the
 * builder may have missed the item (index_build.c).
 */
static void
KeepEntry(Keeper *keeper, const ItemChange *change)
{
	const IndexDesc *index = keeper->index;
	IndexEntry	before = IndexEntryIfValid(index, change->before);
	IndexEntry	after = IndexEntryOf(index, change->after);

	if (index->status == INDEX_ACTIVE && IndexEntryEquals(&before, &after))
		return;
	if (before.present && after.present && IndexEntryHasKey(index, &before, &after) &&
		Replace(keeper, &after))
		return;
	if (before.present)
		Remove(keeper, &before);
	if (after.present)
		Put(keeper, &after);
}

/* ---- one entry ---- */

static void
Put(Keeper *keeper, IndexEntry *entry)
{
	const TableLeaf *leaf;
	SideLeaf   *side_leaf;

	ItemKeyComplete(keeper->side, &entry->key);
	leaf = TableLeafFor(keeper->side, entry->key.datums);
	side_leaf = OpenLeaf(keeper, leaf);
	side_leaf->hint = KeyHintHash(keeper->side, leaf, &entry->key);
	if (side_leaf->nslots == side_leaf->max_slots)
	{
		side_leaf->max_slots = Max(1, side_leaf->max_slots * 2);
		side_leaf->slots = side_leaf->slots == NULL ?
			palloc(side_leaf->max_slots * sizeof(TupleTableSlot *)) :
			repalloc(side_leaf->slots, side_leaf->max_slots * sizeof(TupleTableSlot *));
	}
	side_leaf->slots[side_leaf->nslots++] = MakeSlot(side_leaf->rel, keeper->side, leaf, entry);
}

/* Gives the entry of that key its new content; false if there is none. */
static bool
Replace(Keeper *keeper, IndexEntry *entry)
{
	TableUpdateIndexes update_indexes = UPDATE_NO_INDEXES;
	LeafScan	scan;
	TupleTableSlot *slot;
	SideLeaf   *leaf;

	if (!FindEntry(keeper, entry, &scan))
		return false;
	slot = MakeSlot(scan.rel, keeper->side, scan.leaf, entry);
	simple_table_tuple_update(scan.rel, &scan.slot->tts_tid, slot, SnapshotSelf, &update_indexes);
	if (update_indexes != UPDATE_NO_INDEXES)
	{
		bool		pushed = EnsureSnapshot();

		leaf = OpenLeaf(keeper, scan.leaf);
		OpenExecutor(leaf);
		ExecInsertIndexesAfterUpdate(leaf->rri, slot, leaf->estate, update_indexes);
		if (pushed)
			PopActiveSnapshot();
	}
	ExecDropSingleTupleTableSlot(slot);
	LeafScanEnd(&scan);
	return true;
}

/* An index that is still being built may not have the entry yet. */
static void
Remove(Keeper *keeper, IndexEntry *entry)
{
	LeafScan	scan;

	if (!FindEntry(keeper, entry, &scan))
		return;
	simple_table_tuple_delete(scan.rel, &scan.slot->tts_tid, SnapshotSelf);
	LeafScanEnd(&scan);
}

/*
 * Finds the row of an entry; true with the scan open on it.  SnapshotSelf,
 * because the row may be newer than the statement's snapshot, but is committed
 * or our own: whoever else wrote it held the item before us.
 */
static bool
FindEntry(Keeper *keeper, IndexEntry *entry, LeafScan *scan)
{
	const TableLeaf *leaf;

	ItemKeyComplete(keeper->side, &entry->key);
	leaf = TableLeafFor(keeper->side, entry->key.datums);
	LockRelationOid(leaf->relid, RowExclusiveLock);
	if (KeyLookup(scan, keeper->side, leaf, &entry->key, RowExclusiveLock, SnapshotSelf))
		return true;
	LeafScanEnd(scan);
	return false;
}

/* ---- leaves of the side table ---- */

static SideLeaf *
OpenLeaf(Keeper *keeper, const TableLeaf *leaf)
{
	SideLeaf   *side_leaf = &keeper->leaves[leaf - keeper->side->leaves];

	if (side_leaf->rel == NULL)
		side_leaf->rel = table_open(leaf->relid, RowExclusiveLock);
	return side_leaf;
}

/*
 * An index on an expression may run SQL, which wants an active snapshot; the
 * API's direct way has none.  True: one was pushed.
 */
static bool
EnsureSnapshot(void)
{
	if (ActiveSnapshotSet())
		return false;
	PushActiveSnapshot(GetTransactionSnapshot());
	return true;
}

static void
OpenExecutor(SideLeaf *leaf)
{
	if (leaf->rri)
		return;
	leaf->estate = CreateExecutorState();
	leaf->rri = makeNode(ResultRelInfo);
	InitResultRelInfo(leaf->rri, leaf->rel, 0, NULL, 0);
	ExecOpenIndices(leaf->rri, false);
}

/* Inserts the entries that have been collected. */
static void
FlushLeaf(SideLeaf *leaf)
{
	CommandId	cid = GetCurrentCommandId(true);

	if (leaf->nslots == 1)
	{
		table_tuple_insert(leaf->rel, leaf->slots[0], cid, 0, NULL);
		KeyHintSet(leaf->hint, &leaf->slots[0]->tts_tid);
	}
	else
		table_multi_insert(leaf->rel, leaf->slots, leaf->nslots, cid, 0, NULL);
	if (!InsertIntoKey(leaf))
		InsertByExecutor(leaf);
	for (int i = 0; i < leaf->nslots; i++)
		ExecDropSingleTupleTableSlot(leaf->slots[i]);
	leaf->nslots = 0;
}

/*
 * Puts the new rows into the primary key's index without the executor's
 * apparatus, which costs a single row as much as the index does.  False, with
 * nothing done: somebody has given the leaf other indexes.
 */
static bool
InsertIntoKey(SideLeaf *leaf)
{
	List	   *oids = RelationGetIndexList(leaf->rel);
	Relation	index;
	IndexInfo  *info;

	if (list_length(oids) != 1 || linitial_oid(oids) != PrimaryKeyIndex(leaf->rel))
		return false;
	index = index_open(linitial_oid(oids), RowExclusiveLock);
	info = BuildIndexInfo(index);
	for (int i = 0; i < leaf->nslots; i++)
	{
		Datum		values[INDEX_MAX_KEYS];
		bool		nulls[INDEX_MAX_KEYS];

		FormIndexDatum(info, leaf->slots[i], NULL, values, nulls);
		index_insert(index, values, nulls, &leaf->slots[i]->tts_tid, leaf->rel, UNIQUE_CHECK_NO, false, info);
	}
	index_close(index, RowExclusiveLock);
	return true;
}

/* The same with whatever indexes there are. */
static void
InsertByExecutor(SideLeaf *leaf)
{
	bool		pushed = EnsureSnapshot();
	bool		conflict;

	OpenExecutor(leaf);
	for (int i = 0; i < leaf->nslots; i++)
	{
		ExecInsertIndexesSpeculative(leaf->rri, leaf->slots[i], leaf->estate, &conflict, NIL);
		ResetPerTupleExprContext(leaf->estate);
	}
	if (pushed)
		PopActiveSnapshot();
}

static void
CloseKeeper(Keeper *keeper)
{
	for (int i = 0; i < keeper->side->nleaves; i++)
	{
		SideLeaf   *leaf = &keeper->leaves[i];

		if (leaf->rel == NULL)
			continue;
		if (leaf->nslots > 0)
			FlushLeaf(leaf);
		if (leaf->rri)
		{
			ExecCloseIndices(leaf->rri);
			FreeExecutorState(leaf->estate);
		}
		table_close(leaf->rel, NoLock);
	}
}

/* A slot with the entry's row; its key's datums are filled in. */
static TupleTableSlot *
MakeSlot(Relation rel, const TableDesc *side, const TableLeaf *leaf, const IndexEntry *entry)
{
	TupleTableSlot *slot = table_slot_create(rel, NULL);

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, RelationGetDescr(rel)->natts * sizeof(bool));
	for (int i = 0; i < side->nkeys; i++)
	{
		slot->tts_values[leaf->key_columns[i] - 1] = entry->key.datums[i];
		slot->tts_isnull[leaf->key_columns[i] - 1] = false;
	}
	slot->tts_values[leaf->item_column - 1] = ItemPGetDatum(entry->item);
	slot->tts_isnull[leaf->item_column - 1] = false;
	return ExecStoreVirtualTuple(slot);
}

/* ---- limits ---- */

/* An item and its entries in all local indexes together have an item's limit. */
static void
CheckLocalSize(const TableDesc *table, const DynamoItem *item)
{
	uint64		size = ItemSize(item);

	for (int i = 0; i < table->nindexes; i++)
	{
		IndexEntry	entry;

		if (table->indexes[i].kind != INDEX_LOCAL)
			continue;
		entry = IndexEntryOf(&table->indexes[i], item);
		if (entry.present)
			size += ItemSize(entry.item);
	}
	ItemSizeCheck(size);
}
