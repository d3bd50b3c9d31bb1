/*
 * tuple_check.c
 *	  What must hold of a tuple before it is stored in an item table's leaf.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "executor/executor.h"
#include "table/leaf_keys.h"
#include "table/tuple_check.h"
#include "value/item_build.h"
#include "value/item_json.h"
#include "value/key.h"

/* A key's value by its column; the item must say the same or nothing. */
typedef struct KeyState
{
	AttributeValue value;
	bool		missing;		/* the item has no such attribute */
} KeyState;

static void
RaiseContradiction(Relation rel, const LeafKey *key)
{
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("item contradicts key column \"%s\" of item table \"%s\"",
					NameStr(TupleDescAttr(RelationGetDescr(rel), key->column - 1)->attname),
					RelationGetRelationName(rel)),
			 errdetail("Attribute \"%s\" of the item must be of type %s and equal to the column, or be left out.",
					   key->name, AttributeTypeName(key->type)),
			 errtable(rel)));
}

/* Checks one key; tells what its column says. */
static KeyState
CheckKey(Relation rel, const LeafKey *key, bool is_hash, TupleTableSlot *slot, const DynamoItem *item)
{
	AttributeValue value;
	KeyState	state;
	bool		isnull;
	Datum		datum = slot_getattr(slot, key->column, &isnull);

	if (isnull)
		elog(ERROR, "key column of an item table is null");
	state.value = KeyAttributeValue(key->type, datum);
	state.missing = !ItemFind(item, key->name, key->name_len, &value);
	if (!state.missing && (AttributeValueType(&value) != key->type ||
						   CompareBytes(value.data, value.len, state.value.data, state.value.len) != 0))
		RaiseContradiction(rel, key);
	KeyCheckValue(NULL, key->name, &state.value, is_hash);
	return state;
}

/* The item with its missing keys added. */
static DynamoItem *
CompleteItem(const LeafKeys *leaf, const DynamoItem *item, const KeyState *keys)
{
	AttributeValue root = ItemValue(item);
	Container	map = ContainerOpen(&root);
	ValueNode	tree = {0};
	uint32		count = 0;

	ValueNodeSetBranch(&tree, ATTRIBUTE_M, map.count + leaf->nkeys);
	for (; count < map.count; count++)
	{
		ValueNode  *node = &tree.children[count];
		AttributeValue value = MapMember(&map, count, &node->name, &node->name_len);

		ValueNodeSetLeaf(node, &value);
	}
	for (int i = 0; i < leaf->nkeys; i++)
	{
		if (!keys[i].missing)
			continue;
		tree.children[count].name = leaf->keys[i].name;
		tree.children[count].name_len = leaf->keys[i].name_len;
		ValueNodeSetLeaf(&tree.children[count++], &keys[i].value);
	}
	tree.count = count;
	return ItemBuild(&tree);
}

/* Puts another item into the slot's tuple; the slot owns the new tuple. */
static void
ReplaceItem(Relation rel, TupleTableSlot *slot, AttrNumber item_column, DynamoItem *item)
{
	TupleDesc	desc = RelationGetDescr(rel);
	Datum	   *values = palloc(desc->natts * sizeof(Datum));
	ItemPointerData tid = slot->tts_tid;
	MemoryContext caller;

	slot_getallattrs(slot);
	memcpy(values, slot->tts_values, desc->natts * sizeof(Datum));
	values[item_column - 1] = ItemPGetDatum(item);
	caller = MemoryContextSwitchTo(slot->tts_mcxt);
	ExecForceStoreHeapTuple(heap_form_tuple(desc, values, slot->tts_isnull), slot, true);
	MemoryContextSwitchTo(caller);
	slot->tts_tid = tid;
}

void
TupleCheck(Relation rel, TupleTableSlot *slot)
{
	const LeafKeys *leaf = LeafKeysFor(rel);
	KeyState	keys[TABLE_MAX_KEYS];
	DynamoItem *item;
	Datum		datum;
	bool		isnull;
	bool		complete = true;

	if (leaf == NULL)
		return;
	datum = slot_getattr(slot, leaf->item_column, &isnull);
	if (isnull)
		elog(ERROR, "item column of an item table is null");
	item = DatumGetItemP(datum);
	for (int i = 0; i < leaf->nkeys; i++)
	{
		keys[i] = CheckKey(rel, &leaf->keys[i], i == 0, slot, item);
		complete = complete && !keys[i].missing;
	}
	if (!complete)
	{
		item = CompleteItem(leaf, item, keys);
		ItemCheckSize(item);
		ReplaceItem(rel, slot, leaf->item_column, item);
	}
}
