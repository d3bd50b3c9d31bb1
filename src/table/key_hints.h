/*
 * key_hints.h
 *	  Where keys were last seen: hints from a key to a place in its leaf.
 *
 * A hint spares the descent of the primary key's index.  It may be wrong in
 * any way: of another key, of a tuple that is gone, of a page that is gone.
 * Whoever follows it checks what it finds there, and looks into the index if
 * it is not what was asked for.
 *
 * The hints are in shared memory, so they exist only where the library is
 * preloaded; elsewhere none is ever found.
 */
#ifndef DYNAMO_KEY_HINTS_H
#define DYNAMO_KEY_HINTS_H

#include "storage/itemptr.h"
#include "table/store.h"

/* Declares dynamo.key_hints.  Only while the library is preloaded. */
extern void KeyHintsInit(void);

/* What stands for a key of a leaf in the calls below. */
extern uint64 KeyHintHash(const TableDesc *table, const TableLeaf *leaf, const ItemKey *key);

/* The place where the key may be; false: unknown. */
extern bool KeyHintFind(uint64 hash, ItemPointer place);

/* Notes the place, as an index would: the start of a HOT chain. */
extern void KeyHintSet(uint64 hash, const ItemPointerData *place);

#endif							/* DYNAMO_KEY_HINTS_H */
