/*
 * index_keep.h
 *	  Keeping a table's secondary indexes as its items change.
 *
 * The access method calls this behind every change of a leaf that is kept
 * (leaf_keys.h), in the transaction and command of that change; so nothing
 * that changes an item passes the indexes by, and what undoes the change undoes
 * their entries.
 *
 * Entries of one item are found by its own primary key, so writers of
 * different items never wait for each other here.
 */
#ifndef DYNAMO_INDEX_KEEP_H
#define DYNAMO_INDEX_KEEP_H

#include "table/table_desc.h"

/* What became of one item; NULL: it was not there, or is gone. */
typedef struct ItemChange
{
	const DynamoItem *before;
	const DynamoItem *after;
} ItemChange;

/*
 * Brings the entries of the changed items up to date in all indexes of the
 * table.  An entry that did not change is not touched.  Raises the service's
 * ValidationException for an item that an index cannot hold.
 */
extern void IndexesKeep(TableDesc *table, const ItemChange *changes, int count);

/*
 * Adds the entry of an item to an index that is being built, unless it is there
 * or the index cannot hold the item.
 */
extern void IndexFill(TableDesc *table, const IndexDesc *index, const DynamoItem *item);

#endif							/* DYNAMO_INDEX_KEEP_H */
