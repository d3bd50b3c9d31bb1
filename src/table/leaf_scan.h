/*
 * leaf_scan.h
 *	  Reading one leaf by its primary key: shared by store.c and range.c.
 *
 * LeafScanBegin() is for an index scan.  Who may know better where the tuple
 * is takes LeafScanOpen() and LeafScanFetch(), and LeafScanStart() if that
 * finds nothing.  LeafScanEnd() ends either.
 */
#ifndef DYNAMO_LEAF_SCAN_H
#define DYNAMO_LEAF_SCAN_H

#include "access/genam.h"
#include "executor/tuptable.h"
#include "table/table_desc.h"
#include "utils/snapshot.h"

typedef struct LeafScan
{
	const TableLeaf *leaf;
	Relation	rel;
	Relation	index;			/* NULL until the scan is started */
	IndexScanDesc scan;
	ItemPointerData place;		/* of the current tuple as the index knows it:
								 * where its HOT chain starts */
	TupleTableSlot *slot;		/* the current tuple */
} LeafScan;

/* The scan key "key column number i, by strategy, datum". */
extern void LeafScanKey(ScanKey scan_key, TableDesc *table, int i, StrategyNumber strategy, Datum datum);

/*
 * Opens the leaf with the lock mode and starts the scan.  keys must live as
 * long as the scan.  The snapshot must be registered by the caller.
 */
extern void LeafScanBegin(LeafScan *scan, const TableLeaf *leaf, LOCKMODE lockmode,
						  Snapshot snapshot, ScanKey keys, int nkeys);

/* The two halves of LeafScanBegin(): the leaf, and the index. */
extern void LeafScanOpen(LeafScan *scan, const TableLeaf *leaf, LOCKMODE lockmode);
extern void LeafScanStart(LeafScan *scan, LOCKMODE lockmode, Snapshot snapshot, ScanKey keys, int nkeys);

/*
 * Makes the tuple at that place, if there is any that the snapshot sees, the
 * current one.  The place may be wrong in any way.
 */
extern bool LeafScanFetch(LeafScan *scan, const ItemPointerData *place, Snapshot snapshot);

extern bool LeafScanNext(LeafScan *scan, ScanDirection direction);

/*
 * The item of the current tuple: de-TOASTed if need be, else in the page,
 * which stays pinned until the next tuple is fetched.
 */
extern DynamoItem *LeafScanItem(LeafScan *scan);

/* The datum of key column number i of the current tuple. */
extern Datum LeafScanKeyDatum(LeafScan *scan, int i);

/* Ends the scan; the lock stays until the transaction ends. */
extern void LeafScanEnd(LeafScan *scan);

#endif							/* DYNAMO_LEAF_SCAN_H */
