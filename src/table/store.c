/*
 * store.c
 *	  The direct store: one item by its primary key.
 *
 * A write looks the key up, lets the caller decide on what it found, and
 * updates or deletes that very tuple without locking it first: TM_Ok proves
 * that nobody changed it meanwhile, anything else means looking again with a
 * new snapshot.  An absent key is inserted speculatively, as INSERT ... ON
 * CONFLICT does, so that a racing writer is seen and waited for.  Only an
 * insertion and an update that moved off its page open the other indexes.
 */
#include "base/compat.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "table/key_lookup.h"
#include "table/leaf_scan.h"
#include "table/lock_wait.h"
#include "table/store.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/rel.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "value/error_codes.h"
#include "value/key.h"

/* How many locks the keys of a table share. */
#define KEY_STRIPES		256

/* Tells these locks from SQL's advisory locks, which use 1 and 2. */
#define KEY_LOCK_SPACE	3

/* One StoreModify() at work. */
typedef struct Modify
{
	TableDesc  *table;
	const TableLeaf *leaf;
	const ItemKey *key;
	StoreDecide decide;
	void	   *arg;
	bool		keep_old;
	bool		absence_held;	/* the key is locked, so what is not there stays away */
	DynamoItem *old;			/* copy for the caller */
	LeafScan	scan;
	Snapshot	snapshot;
} Modify;

void
ItemKeyComplete(const TableDesc *table, ItemKey *key)
{
	for (int i = 0; i < table->nkeys; i++)
		key->datums[i] = KeyDatum(&key->values[i]);
}

ItemKey
ItemKeyIn(const TableDesc *table, const DynamoItem *item)
{
	ItemKey		key;

	for (int i = 0; i < table->nkeys; i++)
	{
		if (!ItemFind(item, table->keys[i].name, table->keys[i].name_len, &key.values[i]))
			elog(ERROR, "stored item has no key \"%s\"", table->keys[i].name);
	}
	ItemKeyComplete(table, &key);
	return key;
}

static void
CheckDirect(const TableDesc *table)
{
	const char *obstacle = table->direct_obstacle;

	if (table->row_security && check_enable_rls(table->relid, InvalidOid, true) == RLS_ENABLED)
		obstacle = "row security";
	if (obstacle)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("Table %s has %s, which the API operations would ignore; use plain SQL on it",
						table->table_name, obstacle)));
}

TableDesc *
StoreOpen(const char *table_name, AclMode mode, const char *missing)
{
	bool		writes = (mode & ~ACL_SELECT) != 0;
	TableDesc  *table;

	if (writes)
	{
		PreventCommandIfReadOnly("a DynamoDB write");
		PreventCommandIfParallelMode("a DynamoDB write");
	}
	/* taking the lock may tell us of changes; then look again */
	for (;;)
	{
		table = TableDescFindOrError(table_name, missing);
		LockWaitRelation(table->relid, writes ? RowExclusiveLock : AccessShareLock);
		if (table->valid)
			break;
		UnlockRelationOid(table->relid, writes ? RowExclusiveLock : AccessShareLock);
		CHECK_FOR_INTERRUPTS();
	}
	if (pg_class_aclmask(table->relid, GetUserId(), mode, ACLMASK_ALL) != mode)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for table %s", get_rel_name(table->relid)),
				 err_generic_string(PG_DIAG_TABLE_NAME, table->table_name)));
	CheckDirect(table);
	return table;
}

const TableLeaf *
StoreLockLeaf(TableDesc **table, const TableLeaf *leaf, LOCKMODE lockmode)
{
	TableDesc  *fresh;

	LockWaitRelation(leaf->relid, lockmode);
	if (likely((*table)->valid))
		return leaf;
	fresh = TableDescRefresh(*table);
	CheckDirect(fresh);
	*table = fresh;
	for (int i = 0; i < fresh->nleaves; i++)
	{
		if (fresh->leaves[i].relid == leaf->relid)
			return &fresh->leaves[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("a partition of item table \"%s\" is missing", fresh->table_name)));
}

static DynamoItem *
CopyItem(const DynamoItem *item)
{
	DynamoItem *copy = palloc(VARSIZE(item));

	memcpy(copy, item, VARSIZE(item));
	return copy;
}

DynamoItem *
StoreGet(TableDesc *table, const ItemKey *key)
{
	Snapshot	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	DynamoItem *item = StoreGetAsOf(table, key, snapshot);

	UnregisterSnapshot(snapshot);
	return item;
}

DynamoItem *
StoreGetAsOf(TableDesc *table, const ItemKey *key, Snapshot snapshot)
{
	const TableLeaf *leaf = StoreLockLeaf(&table, TableLeafFor(table, key->datums), AccessShareLock);
	LeafScan	scan;
	DynamoItem *item = NULL;

	if (KeyLookup(&scan, table, leaf, key, AccessShareLock, snapshot))
		item = CopyItem(LeafScanItem(&scan));
	LeafScanEnd(&scan);
	return item;
}

uint64
TableLeafBytes(const TableLeaf *leaf)
{
	Relation	rel = table_open(leaf->relid, AccessShareLock);
	uint64		bytes = table_relation_size(rel, MAIN_FORKNUM);

	if (OidIsValid(rel->rd_rel->reltoastrelid))
	{
		Relation	toast = table_open(rel->rd_rel->reltoastrelid, AccessShareLock);

		bytes += table_relation_size(toast, MAIN_FORKNUM);
		table_close(toast, AccessShareLock);
	}
	table_close(rel, NoLock);
	return bytes;
}

/* A slot with the tuple to store. */
static TupleTableSlot *
MakeTuple(const Modify *modify, DynamoItem *item)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(modify->scan.rel), &TTSOpsVirtual);

	/* columns besides these can only be dropped ones: see CheckDirect() */
	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	for (int i = 0; i < modify->table->nkeys; i++)
	{
		AttrNumber	column = modify->leaf->key_columns[i];

		slot->tts_values[column - 1] = modify->key->datums[i];
		slot->tts_isnull[column - 1] = false;
	}
	slot->tts_values[modify->leaf->item_column - 1] = ItemPGetDatum(item);
	slot->tts_isnull[modify->leaf->item_column - 1] = false;
	return ExecStoreVirtualTuple(slot);
}

/* What ExecInsertIndexTuples() needs to work on a leaf outside a plan. */
typedef struct IndexWork
{
	EState	   *estate;
	ResultRelInfo *rri;
} IndexWork;

/* An index on an expression may run SQL, which wants an active snapshot. */
static IndexWork
OpenIndexes(const Modify *modify, bool speculative)
{
	Relation	rel = modify->scan.rel;
	IndexWork	work;

	PushActiveSnapshot(modify->snapshot);
	work.estate = CreateExecutorState();
	work.rri = makeNode(ResultRelInfo);
	InitResultRelInfo(work.rri, rel, 0, NULL, 0);
	ExecOpenIndices(work.rri, speculative);
	return work;
}

static void
CloseIndexes(IndexWork *work)
{
	ExecCloseIndices(work->rri);
	FreeExecutorState(work->estate);
	PopActiveSnapshot();
}

static void
RaiseSerializationFailure(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update")));
}

/* True: done.  False: somebody else was faster, look again. */
static bool
JudgeResult(TM_Result result)
{
	switch (result)
	{
		case TM_Ok:
			return true;
		case TM_Updated:
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				RaiseSerializationFailure();
			return false;
		case TM_SelfModified:
			ereport(ERROR,
					(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
					 errmsg("item was already modified by the current command")));
			return false;
		default:
			elog(ERROR, "unexpected result %d of a tuple modification", (int) result);
	}
}

/*
 * Locks the tuple that is to be written, where the write may not wait for that.
 * The write's own way not to wait would take any lock for an obstacle.  False:
 * somebody else was faster, look again.
 */
static bool
LockTupleAtOnce(Modify *modify, LockTupleMode mode)
{
	ItemPointerData tid = modify->scan.slot->tts_tid;
	TupleTableSlot *slot;
	TM_FailureData failure;
	TM_Result	result;

	if (LockWaitAllowed())
		return true;
	slot = table_slot_create(modify->scan.rel, NULL);
	result = table_tuple_lock(modify->scan.rel, &tid, modify->snapshot, slot, GetCurrentCommandId(true),
							  mode, LockWaitSkip, 0, &failure);
	ExecDropSingleTupleTableSlot(slot);
	if (result == TM_WouldBlock)
		LockWaitRaise();
	return JudgeResult(result);
}

static bool
UpdateTuple(Modify *modify, DynamoItem *item)
{
	Relation	rel = modify->scan.rel;
	TupleTableSlot *slot;
	TM_FailureData failure;
	LockTupleMode lockmode;
	TableUpdateIndexes update_indexes = UPDATE_NO_INDEXES;
	TM_Result	result;

	CheckCmdReplicaIdentity(rel, CMD_UPDATE);
	if (!LockTupleAtOnce(modify, LockTupleNoKeyExclusive))
		return false;
	slot = MakeTuple(modify, item);
	result = table_tuple_update(rel, &modify->scan.slot->tts_tid, slot, GetCurrentCommandId(true),
								modify->snapshot, InvalidSnapshot, true, &failure, &lockmode,
								&update_indexes);
	if (result == TM_Ok && update_indexes != UPDATE_NO_INDEXES)
	{
		IndexWork	work = OpenIndexes(modify, false);

		ExecInsertIndexesAfterUpdate(work.rri, slot, work.estate, update_indexes);
		CloseIndexes(&work);
		KeyLookupNote(modify->table, modify->leaf, modify->key, slot);
	}
	ExecDropSingleTupleTableSlot(slot);
	return JudgeResult(result);
}

static bool
DeleteTuple(Modify *modify)
{
	TM_FailureData failure;

	CheckCmdReplicaIdentity(modify->scan.rel, CMD_DELETE);
	if (!LockTupleAtOnce(modify, LockTupleExclusive))
		return false;
	return JudgeResult(table_tuple_delete(modify->scan.rel, &modify->scan.slot->tts_tid,
										  GetCurrentCommandId(true), modify->snapshot,
										  InvalidSnapshot, true, &failure, false));
}

/*
 * Inserts where the look-up found nothing.  If there is a conflicting key all
 * the same, waits for its transaction to end and returns false.
 */
static bool
InsertTuple(Modify *modify, DynamoItem *item)
{
	Relation	rel = modify->scan.rel;
	TupleTableSlot *slot = MakeTuple(modify, item);
	IndexWork	work = OpenIndexes(modify, true);
	List	   *arbiters = list_make1_oid(modify->leaf->index);
	TransactionId xid = GetCurrentTransactionId();
	ItemPointerData conflicting;
	bool		conflict = false;
	uint32		token;

	StoreLockStripe(modify->table, StoreKeyStripe(modify->table, modify->key), RowExclusiveLock);
	token = SpeculativeInsertionLockAcquire(xid);
	table_tuple_insert_speculative(rel, slot, GetCurrentCommandId(true), 0, NULL, token);
	ExecInsertIndexesSpeculative(work.rri, slot, work.estate, &conflict, arbiters);
	table_tuple_complete_speculative(rel, slot, token, !conflict);
	SpeculativeInsertionLockRelease(xid);
	if (conflict &&
		ExecFindIndexConflict(work.rri, slot, work.estate, &conflicting, arbiters) &&
		IsolationUsesXactSnapshot())
		RaiseSerializationFailure();
	CloseIndexes(&work);
	if (!conflict)
		KeyLookupNote(modify->table, modify->leaf, modify->key, slot);
	ExecDropSingleTupleTableSlot(slot);
	return !conflict;
}

/* Keeps the tuple from being changed. */
static bool
HoldTuple(Modify *modify)
{
	ItemPointerData tid = modify->scan.slot->tts_tid;
	TM_FailureData failure;

	return JudgeResult(table_tuple_lock(modify->scan.rel, &tid, modify->snapshot, modify->scan.slot,
										GetCurrentCommandId(true), LockTupleShare,
										LockWaitAllowed() ? LockWaitBlock : LockWaitError, 0,
										&failure));
}

/* Keeps the key from being inserted; what came before the lock is looked for again. */
static bool
HoldAbsence(Modify *modify)
{
	if (modify->absence_held)
		return true;
	StoreLockStripe(modify->table, StoreKeyStripe(modify->table, modify->key), ShareLock);
	modify->absence_held = true;
	return false;
}

/* One try: look up, decide, write.  False: look again. */
static bool
TryModify(Modify *modify)
{
	bool		found = KeyLookup(&modify->scan, modify->table, modify->leaf, modify->key,
								  RowExclusiveLock, modify->snapshot);
	DynamoItem *old = found ? LeafScanItem(&modify->scan) : NULL;
	DynamoItem *item = NULL;

	modify->old = old && modify->keep_old ? CopyItem(old) : NULL;
	switch (modify->decide(old, modify->arg, &item))
	{
		case STORE_NOTHING:
			return true;
		case STORE_PUT:
			return found ? UpdateTuple(modify, item) : InsertTuple(modify, item);
		case STORE_DELETE:
			return found ? DeleteTuple(modify) : true;
		case STORE_HOLD:
			return found ? HoldTuple(modify) : HoldAbsence(modify);
	}
	elog(ERROR, "unknown store action");
}

uint32
StoreKeyStripe(const TableDesc *table, const ItemKey *key)
{
	uint64		hash = 0;

	for (int i = 0; i < table->nkeys; i++)
		hash = hash_bytes_extended((const unsigned char *) key->values[i].data, key->values[i].len, hash);
	return (uint32) (hash % KEY_STRIPES);
}

void
StoreLockStripe(const TableDesc *table, uint32 stripe, LOCKMODE lockmode)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, table->relid, stripe, KEY_LOCK_SPACE);
	if (LockAcquire(&tag, lockmode, false, !LockWaitAllowed()) == LOCKACQUIRE_NOT_AVAIL)
		LockWaitRaise();
}

DynamoItem *
StoreModify(TableDesc *table, const ItemKey *key, StoreDecide decide, void *arg, bool keep_old)
{
	Modify		modify = {.key = key, .decide = decide, .arg = arg, .keep_old = keep_old};
	bool		done;

	modify.leaf = StoreLockLeaf(&table, TableLeafFor(table, key->datums), RowExclusiveLock);
	modify.table = table;
	do
	{
		CHECK_FOR_INTERRUPTS();
		modify.snapshot = RegisterSnapshot(GetTransactionSnapshot());
		done = TryModify(&modify);
		LeafScanEnd(&modify.scan);
		UnregisterSnapshot(modify.snapshot);
	} while (!done);
	CommandCounterIncrement();
	return modify.old;
}
