/*
 * check_table.c
 *	  dynamo.check_table(): do a table and its secondary indexes agree?
 *
 * Every item is held against the entry it should have, and every entry against
 * the item it should be of, all as one snapshot sees them.
 */
#include "base/compat.h"

#include "access/table.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "table/access_method.h"
#include "table/index_entry.h"
#include "table/index_triggers.h"
#include "table/range.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "value/item_build.h"

PG_FUNCTION_INFO_V1(dynamo_check_table);

#define RESULT_COLUMNS	3

/* Where the findings go. */
typedef struct Report
{
	ReturnSetInfo *result;
	TableDesc  *table;
	const char *index_name;		/* NULL: the table itself */
} Report;

/* An item of the table's key attributes only. */
static DynamoItem *
KeyItem(const TableDesc *table, const DynamoItem *item)
{
	ItemKey		key = ItemKeyIn(table, item);
	ValueNode	tree = {0};

	ValueNodeSetBranch(&tree, ATTRIBUTE_M, table->nkeys);
	for (int i = 0; i < table->nkeys; i++)
	{
		tree.children[i].name = table->keys[i].name;
		tree.children[i].name_len = table->keys[i].name_len;
		ValueNodeSetLeaf(&tree.children[i], &key.values[i]);
	}
	return ItemBuild(&tree);
}

/* Adds a row; item is what to show the key of, or NULL. */
static void
Add(const Report *report, const char *problem, const DynamoItem *item)
{
	Datum		values[RESULT_COLUMNS];
	bool		nulls[RESULT_COLUMNS] = {false};

	nulls[0] = report->index_name == NULL;
	if (!nulls[0])
		values[0] = CStringGetTextDatum(report->index_name);
	values[1] = CStringGetTextDatum(problem);
	nulls[2] = item == NULL;
	if (item)
		values[2] = ItemPGetDatum(KeyItem(report->table, item));
	tuplestore_putvalues(report->result->setResult, report->result->setDesc, values, nulls);
}

/* Looks for the entry that an item should have. */
static void
CheckItem(const Report *report, const IndexDesc *index, TableDesc *side, Range *range, const DynamoItem *item)
{
	IndexEntry	wanted = IndexEntryIfValid(index, item);
	IndexEntry	found = {.present = true};

	if (!wanted.present)
		return;
	ItemKeyComplete(side, &wanted.key);
	found.item = RangeFetch(range, side, &wanted.key);
	if (found.item == NULL)
		Add(report, "the item has no entry in the index", item);
	else if (!IndexEntryEquals(&wanted, &found))
		Add(report, "the entry differs from the item", item);
}

/* Reads the keys of an entry; false if one is missing. */
static bool
ReadEntryKey(const IndexDesc *index, const DynamoItem *entry, ItemKey *key)
{
	for (int i = 0; i < index->nentry_keys; i++)
	{
		const IndexAttribute *attribute = &index->keys[i].attribute;

		if (!ItemFind(entry, attribute->name, attribute->name_len, &key->values[i]))
			return false;
	}
	return true;
}

/* Looks for the item that an entry should be of. */
static void
CheckEntry(const Report *report, const IndexDesc *index, TableDesc *side, Range *range,
		   const DynamoItem *entry)
{
	IndexEntry	found = {.present = true, .item = entry};
	IndexEntry	wanted;
	ItemKey		key;

	if (!ReadEntryKey(index, entry, &found.key))
	{
		Add(report, "the entry lacks a key", NULL);
		return;
	}
	key = ItemKeyIn(report->table, entry);
	wanted = IndexEntryIfValid(index, RangeFetch(range, report->table, &key));
	if (!wanted.present || !IndexEntryHasKey(index, &wanted, &found))
		Add(report, "the entry belongs to no item", entry);
}

typedef void (*CheckOne) (const Report *report, const IndexDesc *index, TableDesc *side,
						  Range *range, const DynamoItem *item);

/* Calls the check for everything in a table or an index. */
static void
CheckAll(const Report *report, const IndexDesc *index, TableDesc *side, TableDesc *read, CheckOne check)
{
	RangeSpec	spec = {.total_segments = 1, .as_stored = true};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo check", ALLOCSET_DEFAULT_SIZES);
	Range	   *range = RangeBegin(read, &spec);
	MemoryContext caller;
	DynamoItem *item;

	while ((item = RangeNext(range)) != NULL)
	{
		caller = MemoryContextSwitchTo(context);
		check(report, index, side, range, item);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(context);
	}
	RangeEnd(range);
	MemoryContextDelete(context);
}

static void
CheckGuards(const Report *report, const TableDesc *side)
{
	for (int i = 0; i < side->nleaves; i++)
	{
		Relation	leaf = table_open(side->leaves[i].relid, AccessShareLock);

		if (!SideIsGuardedAlways(leaf))
			Add(report, psprintf("triggers dynamo_guard of \"%s\" are not enabled ALWAYS", RelationGetRelationName(leaf)), NULL);
		table_close(leaf, NoLock);
	}
}

static void
CheckIndex(Report *report, const IndexDesc *index)
{
	TableDesc  *side;

	report->index_name = index->name;
	if (index->status != INDEX_ACTIVE)
	{
		Add(report, "the index is not built yet", NULL);
		return;
	}
	side = TableDescOfIndex(report->table, index);
	CheckGuards(report, side);
	CheckAll(report, index, side, report->table, CheckItem);
	CheckAll(report, index, side, side, CheckEntry);
}

static void
CheckLeaves(const Report *report)
{
	for (int i = 0; i < report->table->nleaves; i++)
	{
		Relation	leaf = table_open(report->table->leaves[i].relid, AccessShareLock);
		const char *name = RelationGetRelationName(leaf);

		if (!RelationUsesDynamoAccessMethod(leaf))
			Add(report, psprintf("partition \"%s\" does not use the access method dynamo", name), NULL);
		else if (report->table->nindexes > 0 && !LeafIsMarked(leaf))
			Add(report, psprintf("partition \"%s\" has no enabled trigger dynamo_indexes, so its changes pass the indexes by", name),
				NULL);
		else if (report->table->nindexes > 0 && !LeafIsMarkedAlways(leaf))
			Add(report, psprintf("trigger dynamo_indexes of partition \"%s\" is not enabled ALWAYS", name), NULL);
		table_close(leaf, NoLock);
	}
	if (report->table->has_gap)
		Add(report, "a partition is missing", NULL);
}

/* dynamo.check_table(table_name): for its owner; no rows if all is well. */
Datum
dynamo_check_table(PG_FUNCTION_ARGS)
{
	char	   *table_name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Report		report = {.result = (ReturnSetInfo *) fcinfo->resultinfo};
	Relation	root;

	InitMaterializedSRF(fcinfo, 0);
	report.table = TableDescFindOrError(table_name, psprintf("table \"%s\" does not exist", table_name));
	root = table_open(report.table->relid, AccessShareLock);
	if (!has_privs_of_role(GetUserId(), root->rd_rel->relowner))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, RelationGetRelationName(root));
	CheckLeaves(&report);
	for (int i = 0; i < report.table->nindexes && !report.table->has_gap; i++)
		CheckIndex(&report, &report.table->indexes[i]);
	table_close(root, NoLock);
	return (Datum) 0;
}
