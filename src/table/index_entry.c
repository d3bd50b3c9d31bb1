/*
 * index_entry.c
 *	  What an index holds of an item.
 */
#include "base/compat.h"

#include "table/index_entry.h"
#include "value/error_codes.h"
#include "value/item_build.h"
#include "value/key.h"

/* Raises the service's error for a value that cannot be key number i of the index. */
static void
CheckKeyValue(const IndexDesc *index, int i, const AttributeValue *value)
{
	const IndexKey *key = &index->keys[i];

	if (AttributeValueType(value) != key->type)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s",
						key->attribute.name, AttributeTypeName(key->type),
						AttributeTypeName(AttributeValueType(value)), index->name)));
	KeyCheckValue(index->name, key->attribute.name, value, i < index->nhash);
}

static bool
IsKeyValue(const IndexDesc *index, int i, const AttributeValue *value)
{
	uint32		limit = i < index->nhash ? HASH_KEY_MAX_SIZE : RANGE_KEY_MAX_SIZE;

	return AttributeValueType(value) == index->keys[i].type && value->len > 0 && value->len <= limit;
}

/* Reads the entry's keys; false if one is missing, or not valid. */
static bool
ReadKeys(const IndexDesc *index, const DynamoItem *item, ItemKey *key, bool raise)
{
	bool		complete = true;

	for (int i = 0; i < index->nentry_keys; i++)
	{
		const IndexAttribute *attribute = &index->keys[i].attribute;

		if (!ItemFind(item, attribute->name, attribute->name_len, &key->values[i]))
			complete = false;
		else if (i < index->nkeys && raise)
			CheckKeyValue(index, i, &key->values[i]);
		else if (i < index->nkeys)
			complete = complete && IsKeyValue(index, i, &key->values[i]);
	}
	return complete;
}

/*
 * The attributes that the index keeps of an item.  Both are in ascending order,
 * so one walk over the two finds them.
 */
static DynamoItem *
KeepAttributes(const IndexDesc *index, const DynamoItem *item)
{
	AttributeValue root = ItemValue(item);
	Container	map = ContainerOpen(&root);
	ValueNode	tree = {0};
	uint32		count = 0;
	int			k = 0;

	ValueNodeSetBranch(&tree, ATTRIBUTE_M, Min(map.count, (uint32) index->nkept));
	for (uint32 i = 0; i < map.count && k < index->nkept; i++)
	{
		const char *name;
		uint32		name_len;
		AttributeValue value = MapMember(&map, i, &name, &name_len);

		while (k < index->nkept &&
			   CompareBytes(index->kept[k].name, index->kept[k].name_len, name, name_len) < 0)
			k++;
		if (k == index->nkept ||
			CompareBytes(index->kept[k].name, index->kept[k].name_len, name, name_len) != 0)
			continue;
		tree.children[count].name = name;
		tree.children[count].name_len = name_len;
		ValueNodeSetLeaf(&tree.children[count++], &value);
	}
	tree.count = count;
	return ItemBuild(&tree);
}

static IndexEntry
MakeEntry(const IndexDesc *index, const DynamoItem *item, bool raise)
{
	IndexEntry	entry = {0};

	if (item)
		entry.present = ReadKeys(index, item, &entry.key, raise);
	if (entry.present)
		entry.item = index->projection == INDEX_PROJECT_ALL ? item : KeepAttributes(index, item);
	return entry;
}

IndexEntry
IndexEntryOf(const IndexDesc *index, const DynamoItem *item)
{
	return MakeEntry(index, item, true);
}

IndexEntry
IndexEntryIfValid(const IndexDesc *index, const DynamoItem *item)
{
	return MakeEntry(index, item, false);
}

bool
IndexKeeps(const IndexDesc *index, const char *name, uint32 name_len)
{
	if (index->projection == INDEX_PROJECT_ALL)
		return true;
	for (int i = 0; i < index->nkept; i++)
	{
		if (CompareBytes(index->kept[i].name, index->kept[i].name_len, name, name_len) == 0)
			return true;
	}
	return false;
}

bool
IndexEntryEquals(const IndexEntry *a, const IndexEntry *b)
{
	if (!a->present || !b->present)
		return a->present == b->present;
	return VARSIZE(a->item) == VARSIZE(b->item) && memcmp(a->item, b->item, VARSIZE(a->item)) == 0;
}

bool
IndexEntryHasKey(const IndexDesc *index, const IndexEntry *a, const IndexEntry *b)
{
	for (int i = 0; i < index->nentry_keys; i++)
	{
		const AttributeValue *x = &a->key.values[i];
		const AttributeValue *y = &b->key.values[i];

		if (CompareBytes(x->data, x->len, y->data, y->len) != 0)
			return false;
	}
	return true;
}
