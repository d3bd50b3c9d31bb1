/*
 * item_difference.h
 *	  What of one item is not as in another.
 *
 * An item's bytes are three parts: the directory of its attributes, their names
 * and their values.  Of each part a difference has how many bytes are the same
 * at the beginning and at the end, and what stands between them.  So it is
 * small where one attribute was changed, added or removed, or neighbouring
 * ones; and never larger than the item by more than ITEM_DIFFERENCE_HEADER.
 *
 * Results belong to the current memory context.
 */
#ifndef DYNAMO_ITEM_DIFFERENCE_H
#define DYNAMO_ITEM_DIFFERENCE_H

#include "value/item.h"

#define ITEM_DIFFERENCE_PARTS	3

/* Of one part; in front of a difference's bytes stand those of all. */
typedef struct ItemPartDifference
{
	uint32		head;			/* bytes that are the same at the beginning */
	uint32		tail;			/* and at the end */
	uint32		len;			/* bytes between them */
} ItemPartDifference;

#define ITEM_DIFFERENCE_HEADER	(ITEM_DIFFERENCE_PARTS * sizeof(ItemPartDifference))

/* What makes an item of another one. */
extern bytea *ItemDifference(const DynamoItem *from, const DynamoItem *to);

/*
 * Makes it so.  Raises ERRCODE_DATA_CORRUPTED if the difference cannot be one
 * from that item; other untrusted bytes are for ItemVerify() to find.
 */
extern DynamoItem *ItemApply(const DynamoItem *from, const bytea *difference);

#endif							/* DYNAMO_ITEM_DIFFERENCE_H */
