/*
 * key_lookup.h
 *	  Finding the row of one primary key, in a table or an index.
 */
#ifndef DYNAMO_KEY_LOOKUP_H
#define DYNAMO_KEY_LOOKUP_H

#include "table/leaf_scan.h"
#include "table/store.h"

/*
 * Looks up a key in its leaf, on which the caller holds a lock; true if the
 * snapshot sees a row of it, which is then the scan's current tuple.  In either
 * case the scan is to be ended by LeafScanEnd().  key's datums are filled in.
 */
extern bool KeyLookup(LeafScan *scan, TableDesc *table, const TableLeaf *leaf, const ItemKey *key,
					  LOCKMODE lockmode, Snapshot snapshot);

/* Notes where a row of the key was stored, unless that was in a HOT chain. */
extern void KeyLookupNote(const TableDesc *table, const TableLeaf *leaf, const ItemKey *key,
						  TupleTableSlot *slot);

#endif							/* DYNAMO_KEY_LOOKUP_H */
