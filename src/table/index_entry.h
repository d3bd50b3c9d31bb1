/*
 * index_entry.h
 *	  What an index holds of an item.
 */
#ifndef DYNAMO_INDEX_ENTRY_H
#define DYNAMO_INDEX_ENTRY_H

#include "table/store.h"

/* An entry; its keys point into the item that it is of. */
typedef struct IndexEntry
{
	bool		present;		/* false: the item has none in this index */
	ItemKey		key;			/* values only */
	const DynamoItem *item;		/* the attributes that the index projects */
} IndexEntry;

/*
 * The entry of an item, or none if the item is NULL or lacks an attribute of
 * the index's key schema.  Allocates in the current context.  An attribute may
 * be there that cannot be the index's key, because it has another type, is
 * empty or too long: IndexEntryOf() raises the service's ValidationException
 * then, with IndexEntryIfValid() the item has no entry.
 */
extern IndexEntry IndexEntryOf(const IndexDesc *index, const DynamoItem *item);
extern IndexEntry IndexEntryIfValid(const IndexDesc *index, const DynamoItem *item);

/* Whether entries hold the attribute of that name. */
extern bool IndexKeeps(const IndexDesc *index, const char *name, uint32 name_len);

/* Whether two entries of one index say the same. */
extern bool IndexEntryEquals(const IndexEntry *a, const IndexEntry *b);

/* Whether two entries of one index have the same key, the table's included. */
extern bool IndexEntryHasKey(const IndexDesc *index, const IndexEntry *a, const IndexEntry *b);

#endif							/* DYNAMO_INDEX_ENTRY_H */
