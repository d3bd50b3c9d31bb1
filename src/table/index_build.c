/*
 * index_build.c
 *	  Filling an index that is added to a table with items in it.
 *
 * A batch reads tuples in the order of their places and locks each, so that
 * its entry cannot change before the batch commits.  A tuple that somebody
 * else has locked ends the batch; the next one begins with waiting for it,
 * holding nothing.  So the builder is never part of a deadlock.
 *
 * What a batch does not see was written after the index was added, and has its
 * entry from there; what was updated or deleted before it could be locked, too.
 * That is why writers write an entry that is CREATING even if it did not change
 * (index_keep.c): the item may have moved to a place that was read already.
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "base/owner_scope.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "table/index_build.h"
#include "table/index_ddl.h"
#include "table/index_keep.h"
#include "table/worker_request.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* Where a batch ends. */
#define BATCH_TUPLES	500
#define BATCH_MS		1000

/* ---- asking for the builder ---- */

void
IndexBuildRequest(Oid table)
{
	static WorkerRequest builder = {
		.function = INDEX_BUILDER_FUNCTION,
		.name = INDEX_BUILDER_NAME,
		.deed = "added a secondary index",
		.work = "build the index",
		.otherwise = "the index is built after the next start of the server",
	};

	WorkerRequestAtCommit(&builder);
}

/* ---- building ---- */

/* The table of the index, and the index; false if there is nothing to build. */
static bool
FindIndex(const IndexBuild *build, TableDesc **table, IndexDesc **index)
{
	TableRow   *row = CatalogFindRelation(build->table);

	*table = row ? TableDescFind(row->table_name) : NULL;
	*index = *table ? TableIndex(*table, build->index_name) : NULL;
	return *index && (*index)->status == INDEX_CREATING;
}

/* Goes back to the leaf's start if it is another than before, or rewritten. */
static void
FollowFile(IndexBuild *build, Relation rel)
{
	if (build->relation == RelationGetRelid(rel) && build->file == rel->rd_rel->relfilenode)
		return;
	build->relation = RelationGetRelid(rel);
	build->file = rel->rd_rel->relfilenode;
	ItemPointerSet(&build->next, 0, FirstOffsetNumber);
}

/*
 * Locks the tuple of the slot against writers: true if it is there and can be
 * locked; *held if somebody else holds it.
 */
static bool
LockTuple(Relation rel, TupleTableSlot *slot, Snapshot snapshot, bool wait, bool *held)
{
	ItemPointerData tid = slot->tts_tid;
	TM_FailureData failure;
	TM_Result	result = table_tuple_lock(rel, &tid, snapshot, slot, GetCurrentCommandId(true),
										  LockTupleShare, wait ? LockWaitBlock : LockWaitSkip, 0, &failure);

	*held = result == TM_WouldBlock;
	return result == TM_Ok;
}

static void
AddEntry(TableDesc *table, const IndexDesc *index, AttrNumber item_column, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		item = slot_getattr(slot, item_column, &isnull);

	IndexFill(table, index, DatumGetItemP(item));
}

static bool
IsOver(instr_time begun)
{
	instr_time	passed;

	INSTR_TIME_SET_CURRENT(passed);
	INSTR_TIME_SUBTRACT(passed, begun);
	return INSTR_TIME_GET_MILLISEC(passed) >= BATCH_MS;
}

/*
 * Adds the entry of the tuple in the slot; false: somebody else holds it, and
 * the next batch begins with it.
 */
static bool
TakeTuple(IndexBuild *build, TableDesc *table, const IndexDesc *index, const TableLeaf *leaf, Relation rel,
		  Snapshot snapshot, TupleTableSlot *slot)
{
	bool		held;

	build->next = slot->tts_tid;
	if (LockTuple(rel, slot, snapshot, build->wait, &held))
		AddEntry(table, index, leaf->item_column, slot);
	build->wait = held;
	if (!held)
		ItemPointerInc(&build->next);
	return !held;
}

/* Reads on in one leaf; false at its end. */
static bool
BuildFromLeaf(IndexBuild *build, TableDesc *table, const IndexDesc *index, const TableLeaf *leaf)
{
	Relation	rel = table_open(leaf->relid, RowShareLock);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TupleTableSlot *locked = table_slot_create(rel, NULL);
	ItemPointerData last;
	TableScanDesc scan;
	instr_time	begun;
	bool		more = true;
	bool		taken = true;

	INSTR_TIME_SET_CURRENT(begun);
	FollowFile(build, rel);
	ItemPointerSet(&last, MaxBlockNumber, MaxOffsetNumber);
	scan = table_beginscan_tidrange(rel, snapshot, &build->next, &last);
	for (int count = 0; more && taken && count < BATCH_TUPLES && !IsOver(begun); count++)
	{
		CHECK_FOR_INTERRUPTS();
		more = table_scan_getnextslot_tidrange(scan, ForwardScanDirection, slot);
		if (!more)
			break;
		ExecCopySlot(locked, slot);
		locked->tts_tid = slot->tts_tid;
		taken = TakeTuple(build, table, index, leaf, rel, snapshot, locked);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(locked);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	table_close(rel, NoLock);
	return more;
}

bool
IndexBuildBatch(IndexBuild *build)
{
	TableDesc  *table;
	IndexDesc  *index;
	OwnerScope	scope;

	if (!FindIndex(build, &table, &index) || build->leaf >= table->nleaves)
		return false;
	scope = OwnerScopeEnter(index->side);
	if (!BuildFromLeaf(build, table, index, &table->leaves[build->leaf]))
		build->leaf++;
	OwnerScopeLeave(&scope);
	return true;
}

void
IndexBuildFinish(const IndexBuild *build)
{
	IndexRow   *row;

	CatalogLock();
	row = IndexCatalogFind(build->table, build->index_name);
	if (row == NULL || row->status != INDEX_CREATING)
		return;
	row->status = INDEX_ACTIVE;
	row->backfilling = false;
	IndexChange(row);
}

List *
IndexesToBuild(void)
{
	List	   *all = IndexCatalogListAll();
	List	   *rows = NIL;
	ListCell   *cell;

	foreach(cell, all)
	{
		IndexRow   *row = lfirst(cell);

		if (row->status == INDEX_CREATING)
			rows = lappend(rows, row);
	}
	return rows;
}
