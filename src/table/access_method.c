/*
 * access_method.c
 *	  The table access method "dynamo": heap with a conscience.
 *
 * The routine is a copy of heap's with the writing callbacks replaced by ones
 * that check the tuple first and keep the secondary indexes afterwards, and
 * those that begin a scan by ones that wait for what the scan may see to be on
 * disk (commit_horizon.h).  Two of heap's callbacks insist that rel->rd_tableam
 * is heap's own routine (heap_getnext() checks it); they run inside WithHeap(),
 * the only place that switches it:
 *
 *	- it puts ours back in PG_FINALLY, error or not;
 *	- a relcache rebuild in between restores ours in the relation ("only heap
 *	  AM is supported"), so the switched relations stand on a stack and a
 *	  relcache callback switches them again.
 *
 * VACUUM FULL and CLUSTER copy tuples without these callbacks.  An ALTER TABLE
 * that rewrites may change what is in them, so it is checked as any write.
 */
#include "base/compat.h"

#include "access/heapam.h"
#include "access/tableam.h"
#include "catalog/index.h"
#include "catalog/pg_am_d.h"
#include "fmgr.h"
#include "table/access_method.h"
#include "table/commit_horizon.h"
#include "table/index_keep.h"
#include "table/index_triggers.h"
#include "table/leaf_keys.h"
#include "table/tuple_check.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(dynamo_tableam_handler);

/* A relation that is heap's for the moment. */
typedef struct Switched
{
	Relation	rel;
	struct Switched *outer;
} Switched;

static TableAmRoutine routine;
static const TableAmRoutine *heap = NULL;
static Switched *switched = NULL;

bool
RelationUsesDynamoAccessMethod(Relation rel)
{
	return rel->rd_tableam == &routine;
}

static MemoryContext
BeginWork(MemoryContext *caller)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo tuple", ALLOCSET_SMALL_SIZES);

	*caller = MemoryContextSwitchTo(context);
	return context;
}

/* TupleCheck() that leaves no garbage in the caller's context. */
static void
Check(Relation rel, TupleTableSlot *slot)
{
	MemoryContext caller;
	MemoryContext context = BeginWork(&caller);

	TupleCheck(rel, slot);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

/* ---- keeping indexes ---- */

/*
 * Whether changes of the relation go into secondary indexes.  A leaf that is
 * marked must have some: without its rows in the catalog the entries of what
 * is written now would be missing, and nobody would know.
 */
static bool
IsKept(Relation rel)
{
	const LeafKeys *leaf;
	TableDesc  *table;

	if (likely(rel->trigdesc == NULL))
		return false;
	leaf = LeafKeysFor(rel);
	if (leaf ? !leaf->kept : !LeafIsMarked(rel))
		return false;
	table = leaf ? TableDescOfLeaf(RelationGetRelid(rel)) : NULL;
	if (table == NULL || table->nindexes == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("indexes of item table partition \"%s\" are not in the catalog",
						RelationGetRelationName(rel)),
				 errhint("Restore dynamo.tables and dynamo.indexes before the items.")));
	return true;
}

static DynamoItem *
SlotItem(TupleTableSlot *slot, AttrNumber item_column)
{
	bool		isnull;
	Datum		datum = slot_getattr(slot, item_column, &isnull);

	if (isnull)
		elog(ERROR, "item column of an item table is null");
	return DatumGetItemP(datum);
}

/*
 * Brings the indexes up to date with what became of tuples: before and after
 * are arrays, or NULL where there was or is nothing.
 */
static void
Keep(Relation rel, TupleTableSlot **before, TupleTableSlot **after, int count)
{
	MemoryContext caller;
	MemoryContext context = BeginWork(&caller);
	AttrNumber	item_column = LeafKeysFor(rel)->item_column;
	TableDesc  *table = TableDescOfLeaf(RelationGetRelid(rel));
	ItemChange *changes = palloc0(count * sizeof(ItemChange));

	for (int i = 0; i < count; i++)
	{
		if (before)
			changes[i].before = SlotItem(before[i], item_column);
		if (after)
			changes[i].after = SlotItem(after[i], item_column);
	}
	IndexesKeep(table, changes, count);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

/* The same for one tuple that was updated or deleted: the old one is read again. */
static void
KeepChanged(Relation rel, ItemPointer tid, TupleTableSlot *after)
{
	TupleTableSlot *before = table_slot_create(rel, NULL);

	if (!heap->tuple_fetch_row_version(rel, tid, SnapshotAny, before))
		elog(ERROR, "tuple that was changed is gone");
	Keep(rel, &before, after ? &after : NULL, 1);
	ExecDropSingleTupleTableSlot(before);
}

/* ---- callbacks ---- */

/* Its snapshot is older than the scan, so this is all that the scan can see. */
static TableScanDesc
dynamo_scan_begin(Relation rel, Snapshot snapshot, int nkeys, struct ScanKeyData *key,
				  ParallelTableScanDesc pscan, uint32 flags)
{
	CommitHorizonReach();
	return heap->scan_begin(rel, snapshot, nkeys, key, pscan, flags);
}

static struct IndexFetchTableData *
dynamo_index_fetch_begin(Relation rel)
{
	CommitHorizonReach();
	return heap->index_fetch_begin(rel);
}

static void
dynamo_tuple_insert(Relation rel, TupleTableSlot *slot, CommandId cid, int options, BulkInsertState bistate)
{
	Check(rel, slot);
	heap->tuple_insert(rel, slot, cid, options, bistate);
	if (IsKept(rel))
		Keep(rel, NULL, &slot, 1);
}

static void
dynamo_tuple_insert_speculative(Relation rel, TupleTableSlot *slot, CommandId cid, int options,
								BulkInsertState bistate, uint32 specToken)
{
	Check(rel, slot);
	heap->tuple_insert_speculative(rel, slot, cid, options, bistate, specToken);
}

/* Only now is it known that the tuple stays. */
static void
dynamo_tuple_complete_speculative(Relation rel, TupleTableSlot *slot, uint32 specToken, bool succeeded)
{
	heap->tuple_complete_speculative(rel, slot, specToken, succeeded);
	if (succeeded && IsKept(rel))
		Keep(rel, NULL, &slot, 1);
}

static void
dynamo_multi_insert(Relation rel, TupleTableSlot **slots, int nslots, CommandId cid, int options,
					BulkInsertState bistate)
{
	MemoryContext caller;
	MemoryContext context = BeginWork(&caller);

	for (int i = 0; i < nslots; i++)
	{
		TupleCheck(rel, slots[i]);
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	heap->multi_insert(rel, slots, nslots, cid, options, bistate);
	if (IsKept(rel))
		Keep(rel, NULL, slots, nslots);
}

static TM_Result
dynamo_tuple_update(Relation rel, ItemPointer otid, TupleTableSlot *slot, CommandId cid,
					Snapshot snapshot, Snapshot crosscheck, bool wait, TM_FailureData *tmfd,
					LockTupleMode *lockmode, TableUpdateIndexes *update_indexes)
{
	ItemPointerData old = *otid;	/* the caller may have it in the slot */
	TM_Result	result;

	Check(rel, slot);
	result = heap->tuple_update(rel, otid, slot, cid, snapshot, crosscheck, wait, tmfd, lockmode,
								update_indexes);
	if (result == TM_Ok && IsKept(rel))
		KeepChanged(rel, &old, slot);
	return result;
}

static TM_Result
dynamo_tuple_delete(Relation rel, ItemPointer tid, CommandId cid, Snapshot snapshot, Snapshot crosscheck,
					bool wait, TM_FailureData *tmfd, bool changingPart)
{
	TM_Result	result = heap->tuple_delete(rel, tid, cid, snapshot, crosscheck, wait, tmfd, changingPart);

	if (result == TM_Ok && IsKept(rel))
		KeepChanged(rel, tid, NULL);
	return result;
}

/* TOAST data is kept in plain heap. */
static Oid
dynamo_relation_toast_am(Relation rel)
{
	return HEAP_TABLE_AM_OID;
}

/* ---- running heap's index builders ---- */

/* Relcache callback: a rebuild has put our routine back; switch again. */
static void
SwitchAgain(Datum arg, Oid relid)
{
	for (Switched *s = switched; s != NULL; s = s->outer)
	{
		if (!OidIsValid(relid) || RelationGetRelid(s->rel) == relid)
			s->rel->rd_tableam = heap;
	}
}

typedef void (*HeapWork) (void *arg);

static void
WithHeap(Relation rel, HeapWork work, void *arg)
{
	static bool registered = false;
	Switched	frame = {.rel = rel, .outer = switched};

	if (!registered)
	{
		CacheRegisterRelcacheCallback(SwitchAgain, (Datum) 0);
		registered = true;
	}
	switched = &frame;
	rel->rd_tableam = heap;
	PG_TRY();
	{
		work(arg);
	}
	PG_FINALLY();
	{
		switched = frame.outer;
		rel->rd_tableam = &routine;
	}
	PG_END_TRY();
}

typedef struct BuildScan
{
	Relation	table_rel;
	Relation	index_rel;
	IndexInfo  *index_info;
	bool		allow_sync;
	bool		anyvisible;
	bool		progress;
	BlockNumber start_blockno;
	BlockNumber numblocks;
	IndexBuildCallback callback;
	void	   *callback_state;
	TableScanDesc scan;
	double		tuples;
} BuildScan;

static void
RunBuildScan(void *arg)
{
	BuildScan  *b = arg;

	b->tuples = heap->index_build_range_scan(b->table_rel, b->index_rel, b->index_info, b->allow_sync,
											 b->anyvisible, b->progress, b->start_blockno, b->numblocks,
											 b->callback, b->callback_state, b->scan);
}

static double
dynamo_index_build_range_scan(Relation table_rel, Relation index_rel, struct IndexInfo *index_info,
							  bool allow_sync, bool anyvisible, bool progress,
							  BlockNumber start_blockno, BlockNumber numblocks,
							  IndexBuildCallback callback, void *callback_state, TableScanDesc scan)
{
	BuildScan	b = {table_rel, index_rel, index_info, allow_sync, anyvisible, progress,
		start_blockno, numblocks, callback, callback_state, scan, 0};

	WithHeap(table_rel, RunBuildScan, &b);
	return b.tuples;
}

typedef struct ValidateScan
{
	Relation	table_rel;
	Relation	index_rel;
	IndexInfo  *index_info;
	Snapshot	snapshot;
	ValidateIndexState *state;
} ValidateScan;

static void
RunValidateScan(void *arg)
{
	ValidateScan *v = arg;

	heap->index_validate_scan(v->table_rel, v->index_rel, v->index_info, v->snapshot, v->state);
}

static void
dynamo_index_validate_scan(Relation table_rel, Relation index_rel, struct IndexInfo *index_info,
						   Snapshot snapshot, struct ValidateIndexState *state)
{
	ValidateScan v = {table_rel, index_rel, index_info, snapshot, state};

	WithHeap(table_rel, RunValidateScan, &v);
}

Datum
dynamo_tableam_handler(PG_FUNCTION_ARGS)
{
	if (heap == NULL)
	{
		heap = GetHeapamTableAmRoutine();
		routine = *heap;
		routine.scan_begin = dynamo_scan_begin;
		routine.index_fetch_begin = dynamo_index_fetch_begin;
		routine.tuple_insert = dynamo_tuple_insert;
		routine.tuple_insert_speculative = dynamo_tuple_insert_speculative;
		routine.tuple_complete_speculative = dynamo_tuple_complete_speculative;
		routine.multi_insert = dynamo_multi_insert;
		routine.tuple_update = dynamo_tuple_update;
		routine.tuple_delete = dynamo_tuple_delete;
		routine.relation_toast_am = dynamo_relation_toast_am;
		routine.index_build_range_scan = dynamo_index_build_range_scan;
		routine.index_validate_scan = dynamo_index_validate_scan;
	}
	PG_RETURN_POINTER(&routine);
}
