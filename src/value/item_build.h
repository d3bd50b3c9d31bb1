/*
 * item_build.h
 *	  Putting an item's bytes together from a tree of values.
 *
 * A ValueNode is one AttributeValue to be written.  A leaf is an
 * AttributeValue view: a scalar, or a whole container taken as it stands from
 * another item (so a projection or an update copies what it does not change
 * as one run of bytes).  A branch is an M or L with children of its own.
 *
 * Nodes, the payloads they point to and the finished item belong to the
 * memory context that was current when each was made.
 */
#ifndef DYNAMO_ITEM_BUILD_H
#define DYNAMO_ITEM_BUILD_H

#include "value/item.h"

typedef struct ValueNode
{
	const char *name;			/* member name if the parent is an M */
	uint32		name_len;
	bool		branch;			/* children are used, not leaf.data */
	AttributeValue leaf;		/* of a branch only leaf.tag (M or L) counts */
	uint32		count;
	struct ValueNode *children; /* array of count */
	uint32		size;			/* encoded size with tag, set by the builder */
} ValueNode;

/*
 * The bytes of the tree, whose root must be an M.  Sorts the children of every
 * M by name in place; names must be unique by then.  Checks no limit.
 */
extern DynamoItem *ItemBuild(ValueNode *root);

/* The same for any value: a view into newly allocated memory. */
extern AttributeValue AttributeValueBuild(ValueNode *root);

/*
 * A set's payload from count elements: sorts them in place.  Returns false if
 * two are equal.  The view's payload is newly allocated.
 */
extern bool SetBuild(AttributeType type, AttributeValue *elements, uint32 count, AttributeValue *set);

/* A leaf node from a view; a branch node with room for count children. */
extern void ValueNodeSetLeaf(ValueNode *node, const AttributeValue *value);
extern void ValueNodeSetBranch(ValueNode *node, AttributeType type, uint32 count);

#endif							/* DYNAMO_ITEM_BUILD_H */
