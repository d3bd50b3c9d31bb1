/*
 * access_method.c
 *	  The table access method "dynamo": heap with a conscience.
 *
 * The routine is a copy of heap's with the writing callbacks replaced by ones
 * that check the tuple first.  Two of heap's callbacks insist that
 * rel->rd_tableam is heap's own routine (heap_getnext() checks it); they run
 * inside WithHeap(), the only place that switches it:
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
#include "table/tuple_check.h"
#include "utils/inval.h"
#include "utils/memutils.h"

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

/* TupleCheck() that leaves no garbage in the caller's context. */
static void
Check(Relation rel, TupleTableSlot *slot)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo tuple check",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);

	TupleCheck(rel, slot);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

static void
dynamo_tuple_insert(Relation rel, TupleTableSlot *slot, CommandId cid, int options, BulkInsertState bistate)
{
	Check(rel, slot);
	heap->tuple_insert(rel, slot, cid, options, bistate);
}

static void
dynamo_tuple_insert_speculative(Relation rel, TupleTableSlot *slot, CommandId cid, int options,
								BulkInsertState bistate, uint32 specToken)
{
	Check(rel, slot);
	heap->tuple_insert_speculative(rel, slot, cid, options, bistate, specToken);
}

static void
dynamo_multi_insert(Relation rel, TupleTableSlot **slots, int nslots, CommandId cid, int options,
					BulkInsertState bistate)
{
	for (int i = 0; i < nslots; i++)
		Check(rel, slots[i]);
	heap->multi_insert(rel, slots, nslots, cid, options, bistate);
}

static TM_Result
dynamo_tuple_update(Relation rel, ItemPointer otid, TupleTableSlot *slot, CommandId cid,
					Snapshot snapshot, Snapshot crosscheck, bool wait, TM_FailureData *tmfd,
					LockTupleMode *lockmode, TableUpdateIndexes *update_indexes)
{
	Check(rel, slot);
	return heap->tuple_update(rel, otid, slot, cid, snapshot, crosscheck, wait, tmfd, lockmode,
							  update_indexes);
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
		routine.tuple_insert = dynamo_tuple_insert;
		routine.tuple_insert_speculative = dynamo_tuple_insert_speculative;
		routine.multi_insert = dynamo_multi_insert;
		routine.tuple_update = dynamo_tuple_update;
		routine.relation_toast_am = dynamo_relation_toast_am;
		routine.index_build_range_scan = dynamo_index_build_range_scan;
		routine.index_validate_scan = dynamo_index_validate_scan;
	}
	PG_RETURN_POINTER(&routine);
}
