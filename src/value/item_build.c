/*
 * item_build.c
 *	  Putting an item's bytes together from a tree of values.
 *
 * Two passes: Measure() sorts and sizes the tree from the leaves up, because a
 * container's width depends on the size of what it holds; Write() then puts
 * every byte down once.
 */
#include "base/compat.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "value/item_build.h"

#define NARROW_MAX	0xFFFF

static uint32 Measure(ValueNode *node);
static char *Write(const ValueNode *node, char *p);

void
ValueNodeSetLeaf(ValueNode *node, const AttributeValue *value)
{
	node->branch = false;
	node->leaf = *value;
	node->count = 0;
	node->children = NULL;
}

void
ValueNodeSetBranch(ValueNode *node, AttributeType type, uint32 count)
{
	node->branch = true;
	node->leaf.tag = type;
	node->leaf.len = 0;
	node->leaf.data = NULL;
	node->count = count;
	node->children = count > 0 ? palloc0(count * sizeof(ValueNode)) : NULL;
}

static int
CompareNodeNames(const void *a, const void *b)
{
	const ValueNode *left = a;
	const ValueNode *right = b;

	return CompareBytes(left->name, left->name_len, right->name, right->name_len);
}

static void
SortMembers(ValueNode *map)
{
	for (uint32 i = 1; i < map->count; i++)
	{
		if (CompareNodeNames(&map->children[i - 1], &map->children[i]) > 0)
		{
			qsort(map->children, map->count, sizeof(ValueNode), CompareNodeNames);
			return;
		}
	}
}

/* Sets the sizes of the tree; sorts the maps and decides on their width. */
static uint32
Measure(ValueNode *node)
{
	bool		is_map = node->leaf.tag == ATTRIBUTE_M;
	uint64		data = 0;
	uint64		entries = (uint64) node->count * (is_map ? 2 : 1) + 1;
	uint64		size;

	if (!node->branch)
	{
		node->size = 1 + node->leaf.len;
		return node->size;
	}

	check_stack_depth();
	if (is_map)
		SortMembers(node);
	for (uint32 i = 0; i < node->count; i++)
	{
		data += Measure(&node->children[i]);
		if (is_map)
			data += node->children[i].name_len;
	}
	if (data > NARROW_MAX || node->count > NARROW_MAX)
		node->leaf.tag |= VALUE_WIDE;
	size = 1 + entries * ((node->leaf.tag & VALUE_WIDE) ? 4 : 2) + data;
	if (size > MaxAllocSize / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("attribute value is too large")));
	node->size = (uint32) size;
	return node->size;
}

static inline char *
PutInteger(char *p, uint32 value, bool wide)
{
	*p++ = (char) value;
	*p++ = (char) (value >> 8);
	if (wide)
	{
		*p++ = (char) (value >> 16);
		*p++ = (char) (value >> 24);
	}
	return p;
}

static char *
WriteBranch(const ValueNode *node, char *p)
{
	bool		wide = (node->leaf.tag & VALUE_WIDE) != 0;
	bool		is_map = (node->leaf.tag & VALUE_TYPE_MASK) == ATTRIBUTE_M;
	uint32		offset = 0;

	p = PutInteger(p, node->count, wide);
	if (is_map)
	{
		for (uint32 i = 0; i < node->count; i++)
			p = PutInteger(p, offset += node->children[i].name_len, wide);
	}
	for (uint32 i = 0; i < node->count; i++)
		p = PutInteger(p, offset += node->children[i].size, wide);
	if (is_map)
	{
		for (uint32 i = 0; i < node->count; i++)
		{
			memcpy(p, node->children[i].name, node->children[i].name_len);
			p += node->children[i].name_len;
		}
	}
	for (uint32 i = 0; i < node->count; i++)
		p = Write(&node->children[i], p);
	return p;
}

static char *
Write(const ValueNode *node, char *p)
{
	*p++ = (char) node->leaf.tag;
	if (node->branch)
		return WriteBranch(node, p);
	if (node->leaf.len > 0)
		memcpy(p, node->leaf.data, node->leaf.len);
	return p + node->leaf.len;
}

DynamoItem *
ItemBuild(ValueNode *root)
{
	uint32		size = offsetof(DynamoItem, value) + Measure(root);
	DynamoItem *item = palloc(size);

	SET_VARSIZE(item, size);
	item->version = ITEM_VERSION;
	Write(root, (char *) item->value);
	return item;
}

AttributeValue
AttributeValueBuild(ValueNode *root)
{
	AttributeValue value;
	uint32		size = Measure(root);
	char	   *bytes = palloc(size);

	Write(root, bytes);
	value.tag = (uint8) bytes[0];
	value.data = bytes + 1;
	value.len = size - 1;
	return value;
}

static int
CompareElements(const void *a, const void *b)
{
	const AttributeValue *left = a;
	const AttributeValue *right = b;

	return CompareBytes(left->data, left->len, right->data, right->len);
}

bool
SetBuild(AttributeType type, AttributeValue *elements, uint32 count, AttributeValue *set)
{
	uint64		data = 0;
	bool		wide;
	uint32		offset = 0;
	char	   *p;

	qsort(elements, count, sizeof(AttributeValue), CompareElements);
	for (uint32 i = 0; i < count; i++)
	{
		if (i > 0 && CompareElements(&elements[i - 1], &elements[i]) == 0)
			return false;
		data += elements[i].len;
	}
	wide = data > NARROW_MAX || count > NARROW_MAX;
	set->tag = type | (wide ? VALUE_WIDE : 0);
	set->len = data + ((uint64) count + 1) * (wide ? 4 : 2);
	p = palloc(set->len);
	set->data = p;
	p = PutInteger(p, count, wide);
	for (uint32 i = 0; i < count; i++)
		p = PutInteger(p, offset += elements[i].len, wide);
	for (uint32 i = 0; i < count; i++)
	{
		memcpy(p, elements[i].data, elements[i].len);
		p += elements[i].len;
	}
	return true;
}
