/*
 * access_method.h
 *	  The table access method "dynamo": heap with a conscience.
 *
 * It stores, logs, vacuums and recovers as heap does, because it calls heap.
 * Before a tuple is stored in an item table's leaf it is checked: the item
 * must not contradict the key columns, and a key missing in the item is
 * filled in from its column.  Behind the change the table's secondary indexes
 * follow it (index_keep.h).  A relation that is no item table's leaf is plain
 * heap.
 */
#ifndef DYNAMO_ACCESS_METHOD_H
#define DYNAMO_ACCESS_METHOD_H

#include "base/compat.h"

#include "utils/rel.h"

extern bool RelationUsesDynamoAccessMethod(Relation rel);

#endif							/* DYNAMO_ACCESS_METHOD_H */
