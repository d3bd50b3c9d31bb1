/*
 * tuple_check.c
 *	  What must hold of a tuple before it is stored in an item table's leaf.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "catalog/partition.h"
#include "executor/executor.h"
#include "table/table_desc.h"
#include "table/tuple_check.h"
#include "utils/lsyscache.h"
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
RaiseContradiction(Relation rel, const TableKey *key, AttrNumber column)
{
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("item contradicts key column \"%s\" of item table \"%s\"",
					NameStr(TupleDescAttr(RelationGetDescr(rel), column - 1)->attname),
					RelationGetRelationName(rel)),
			 errdetail("Attribute \"%s\" of the item must be of type %s and equal to the column, or be left out.",
					   key->name, AttributeTypeName(key->type)),
			 errtable(rel)));
}

/*
 * A rewrite may be about to change a column's type, of which the descriptor
 * does not know yet.
 */
static void
CheckColumnType(Relation rel, AttrNumber column, Oid type)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(rel), column - 1);

	if (attribute->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("type of column \"%s\" of an item table cannot be changed",
						NameStr(attribute->attname))));
}

/* Checks key number i; tells what its column says. */
static KeyState
CheckKey(Relation rel, const TableDesc *table, const TableLeaf *leaf, int i,
		 TupleTableSlot *slot, const DynamoItem *item)
{
	const TableKey *key = &table->keys[i];
	AttrNumber	column = leaf->key_columns[i];
	AttributeValue value;
	KeyState	state;
	bool		isnull;
	Datum		datum = slot_getattr(slot, column, &isnull);

	if (isnull)
		elog(ERROR, "key column of an item table is null");
	CheckColumnType(rel, column, key->column_type);
	state.value = KeyAttributeValue(key->type, datum);
	state.missing = !ItemFind(item, key->name, key->name_len, &value);
	if (!state.missing && (AttributeValueType(&value) != key->type ||
						   CompareBytes(value.data, value.len, state.value.data, state.value.len) != 0))
		RaiseContradiction(rel, key, column);
	KeyCheckValue(key->name, &state.value, i == 0);
	return state;
}

/* The item with its missing keys added. */
static DynamoItem *
CompleteItem(const TableDesc *table, const DynamoItem *item, const KeyState *keys)
{
	AttributeValue root = ItemValue(item);
	Container	map = ContainerOpen(&root);
	ValueNode	tree = {0};
	uint32		count = 0;

	ValueNodeSetBranch(&tree, ATTRIBUTE_M, map.count + table->nkeys);
	for (; count < map.count; count++)
	{
		ValueNode  *node = &tree.children[count];
		AttributeValue value = MapMember(&map, count, &node->name, &node->name_len);

		ValueNodeSetLeaf(node, &value);
	}
	for (int i = 0; i < table->nkeys; i++)
	{
		if (!keys[i].missing)
			continue;
		tree.children[count].name = table->keys[i].name;
		tree.children[count].name_len = table->keys[i].name_len;
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

/*
 * While ALTER TABLE changes the type of a key column, the primary key is gone
 * and nothing can be checked.
 */
static void
RefuseBlindRewrite(Relation rel)
{
	Oid			leaf = rel->rd_rel->relrewrite;

	if (OidIsValid(leaf) && get_rel_relispartition(leaf) &&
		CatalogFindRelation(get_partition_parent(leaf, true)) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("type of a key column of an item table cannot be changed")));
}

void
TupleCheck(Relation rel, TupleTableSlot *slot)
{
	const TableLeaf *leaf;
	Oid			relid = OidIsValid(rel->rd_rel->relrewrite) ? rel->rd_rel->relrewrite : RelationGetRelid(rel);
	TableDesc  *table = TableDescOfLeaf(relid, &leaf);
	KeyState	keys[TABLE_MAX_KEYS];
	DynamoItem *item;
	Datum		datum;
	bool		isnull;
	bool		complete = true;

	if (table == NULL)
	{
		RefuseBlindRewrite(rel);
		return;
	}
	CheckColumnType(rel, leaf->item_column, table->item_type);
	datum = slot_getattr(slot, leaf->item_column, &isnull);
	if (isnull)
		elog(ERROR, "item column of an item table is null");
	item = DatumGetItemP(datum);
	for (int i = 0; i < table->nkeys; i++)
	{
		keys[i] = CheckKey(rel, table, leaf, i, slot, item);
		complete = complete && !keys[i].missing;
	}
	if (!complete)
	{
		item = CompleteItem(table, item, keys);
		ItemCheckSize(item);
		ReplaceItem(rel, slot, leaf->item_column, item);
	}
}
