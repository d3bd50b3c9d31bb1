/*
 * key_lookup.c
 *	  Finding the row of one primary key, in a table or an index.
 *
 * First at the place where it was last seen (key_hints.h), then in the index.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "table/key_hints.h"
#include "table/key_lookup.h"

/* Whether the current tuple has that key. */
static bool
HasKey(LeafScan *scan, TableDesc *table, const ItemKey *key)
{
	for (int i = 0; i < table->nkeys; i++)
	{
		TableKey   *k = &table->keys[i];

		if (!DatumGetBool(FunctionCall2Coll(&k->operators[BTEqualStrategyNumber], k->collation,
											LeafScanKeyDatum(scan, i), key->datums[i])))
			return false;
	}
	return true;
}

/*
 * The tuple at the place where the key was last seen, if it has that key: no
 * second one of the key can be visible.  The index must be looked into where
 * serializability depends on what was not found there.
 */
static bool
LookupByHint(LeafScan *scan, TableDesc *table, const ItemKey *key, uint64 hash, Snapshot snapshot)
{
	ItemPointerData place;

	return !IsolationIsSerializable() && KeyHintFind(hash, &place) &&
		LeafScanFetch(scan, &place, snapshot) && HasKey(scan, table, key);
}

bool
KeyLookup(LeafScan *scan, TableDesc *table, const TableLeaf *leaf, const ItemKey *key,
		  LOCKMODE lockmode, Snapshot snapshot)
{
	uint64		hash = KeyHintHash(table, leaf, key);
	ScanKeyData keys[DESC_MAX_KEYS];

	LeafScanOpen(scan, leaf, NoLock);
	if (LookupByHint(scan, table, key, hash, snapshot))
		return true;
	for (int i = 0; i < table->nkeys; i++)
		LeafScanKey(&keys[i], table, i, BTEqualStrategyNumber, key->datums[i]);
	LeafScanStart(scan, lockmode, snapshot, keys, table->nkeys);
	if (!LeafScanNext(scan, ForwardScanDirection))
		return false;
	KeyHintSet(hash, &scan->place);
	return true;
}

/* The next one to ask for the key finds the new tuple at once. */
void
KeyLookupNote(const TableDesc *table, const TableLeaf *leaf, const ItemKey *key, TupleTableSlot *slot)
{
	KeyHintSet(KeyHintHash(table, leaf, key), &slot->tts_tid);
}
