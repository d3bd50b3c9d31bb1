/*
 * store.h
 *	  The only way to one item: open its table, read it, write it.
 *
 * There are two ways.  The direct one, for plain local tables, uses no SPI, no
 * planner, no executor node.  Where something else must have its say (row
 * security for the role, triggers, foreign keys, constraints, more columns, a
 * partition elsewhere) statements do it: store_executor.h, chosen by the table
 * and the current role, never by the caller.  A row that the role may not see is
 * then not there: it is not read, and to put an item in its place raises
 * ERRCODE_INSUFFICIENT_PRIVILEGE, as does to change one that may only be seen.  A
 * write that a trigger suppresses is done without effect.
 *
 * What row security would have to check before it goes to a foreign partition
 * is refused with the same error, because PostgreSQL does not check it there.
 *
 * StoreOpen() refuses tables with rules, with partitions that are partitioned
 * themselves, and with secondary indexes that a partition passes by.
 *
 * Locks: StoreOpen() takes the relation lock of an ordinary read or write on
 * the root, the operations take it on the leaf; all are kept until the
 * transaction ends.  A write waits for a row that another transaction holds.
 *
 * Snapshots: under READ COMMITTED every operation sees what is committed when
 * it starts, under REPEATABLE READ and SERIALIZABLE what the transaction's
 * snapshot sees; there a write that lost a race raises
 * ERRCODE_T_R_SERIALIZATION_FAILURE.
 *
 * Items given back are copies in the caller's memory context.
 */
#ifndef DYNAMO_STORE_H
#define DYNAMO_STORE_H

#include "nodes/parsenodes.h"
#include "storage/lockdefs.h"
#include "table/table_desc.h"
#include "utils/snapshot.h"

/* A primary key of a table or an index, as values and as datums of the key columns. */
typedef struct ItemKey
{
	AttributeValue values[DESC_MAX_KEYS];
	Datum		datums[DESC_MAX_KEYS];
} ItemKey;

/* Fills in key->datums from key->values. */
extern void ItemKeyComplete(const TableDesc *table, ItemKey *key);

/* The key that an item, or an index entry, has in a table or index. */
extern ItemKey ItemKeyIn(const TableDesc *table, const DynamoItem *item);

/*
 * The table for an operation that needs all the privileges in mode; locked
 * for it.  missing is the message of the ResourceNotFoundException.
 */
extern TableDesc *StoreOpen(const char *table_name, AclMode mode, const char *missing);

/*
 * Locks a leaf.  What the lock waited for may have changed the table: then
 * *table is described anew and checked as StoreOpen() checks it, and the leaf
 * of the new description is what comes back.
 */
extern const TableLeaf *StoreLockLeaf(TableDesc **table, const TableLeaf *leaf, LOCKMODE lockmode);

/* The item of that key, or NULL; as a registered snapshot sees it. */
extern DynamoItem *StoreGet(TableDesc *table, const ItemKey *key);
extern DynamoItem *StoreGetAsOf(TableDesc *table, const ItemKey *key, Snapshot snapshot);

/*
 * The same for an item as it is stored, for whomever to see, by the direct way;
 * the leaf is locked.
 */
extern DynamoItem *StoreGetStored(TableDesc *table, const TableLeaf *leaf, const ItemKey *key,
								  Snapshot snapshot);

/* The size of a leaf on disk, with what is TOASTed. */
extern uint64 TableLeafBytes(const TableLeaf *leaf);

typedef enum StoreAction
{
	STORE_NOTHING,
	STORE_PUT,
	STORE_DELETE,
	STORE_HOLD					/* let nobody change it until the transaction ends */
} StoreAction;

/*
 * Locks on keys, so that the absence of an item can be held: whoever inserts
 * through StoreModify() locks the key with RowExclusiveLock, whoever holds its
 * absence with ShareLock, both until the transaction ends.  A lock is on one of
 * a fixed number of stripes of a table's keys, so that a transaction that
 * inserts very many items does not fill the lock table.
 *
 * StoreModify() takes what it needs.  A transaction on several keys takes the
 * locks of all of them first, in the order of table and stripe, lest two
 * transactions wait for each other.
 */
extern uint32 StoreKeyStripe(const TableDesc *table, const ItemKey *key);
extern void StoreLockStripe(const TableDesc *table, uint32 stripe, LOCKMODE lockmode);

/*
 * Decides what becomes of the item of a key.  old is the item as it is (NULL:
 * none) and lives until the call returns; for STORE_PUT *item is what to
 * store, with that very key.  May be called again with a newer old if another
 * transaction was faster.  May raise an error.
 */
typedef StoreAction (*StoreDecide) (const DynamoItem *old, void *arg, DynamoItem **item);

/*
 * Reads, decides, writes.  Gives back the old item if keep_old, else NULL.
 * *stored, if not NULL, is left alone unless something other than decide had a
 * say: then it becomes the item as it was stored, in the caller's context.
 */
extern DynamoItem *StoreModify(TableDesc *table, const ItemKey *key, StoreDecide decide, void *arg,
							   bool keep_old, DynamoItem **stored);

#endif							/* DYNAMO_STORE_H */
