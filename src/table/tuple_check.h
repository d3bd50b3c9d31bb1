/*
 * tuple_check.h
 *	  What must hold of a tuple before it is stored in an item table's leaf.
 */
#ifndef DYNAMO_TUPLE_CHECK_H
#define DYNAMO_TUPLE_CHECK_H

#include "executor/tuptable.h"
#include "utils/rel.h"

/*
 * Checks the tuple in the slot if rel is an item table's leaf, or what such a
 * leaf is rewritten into, and puts the keys into the item where they are
 * missing; the slot then holds the completed tuple.  Raises
 * ERRCODE_CHECK_VIOLATION for a contradiction and the service's
 * ValidationException for a broken limit.
 */
extern void TupleCheck(Relation rel, TupleTableSlot *slot);

#endif							/* DYNAMO_TUPLE_CHECK_H */
