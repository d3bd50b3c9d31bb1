/*
 * index_triggers.c
 *	  The triggers of tables with secondary indexes.
 */
#include "base/compat.h"

#include "access/table.h"
#include "access/tableam.h"
#include "base/owner_scope.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "storage/bufmgr.h"
#include "table/index_triggers.h"
#include "table/leaf_scan.h"
#include "table/relation_ddl.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(dynamo_truncate_entries);
PG_FUNCTION_INFO_V1(dynamo_guard_entries);

/* While the extension itself empties a side table. */
static bool truncating = false;

static Oid
TriggerFunction(const char *name)
{
	return LookupFuncName(list_make2(makeString("dynamo"), makeString(pstrdup(name))), 0, NULL, true);
}

static Oid
MarkFunction(void)
{
	return TriggerFunction("truncate_entries");
}

/*
 * Whether an enabled trigger runs the function.  Looking that up may have
 * rebuilt the relcache entry, and with it the list.
 */
static bool
HasTrigger(Relation rel, Oid function)
{
	for (int i = 0; rel->trigdesc && i < rel->trigdesc->numtriggers; i++)
	{
		const Trigger *trigger = &rel->trigdesc->triggers[i];

		if (trigger->tgfoid == function && trigger->tgenabled != TRIGGER_DISABLED)
			return true;
	}
	return false;
}

bool
LeafIsMarked(Relation leaf)
{
	if (leaf->trigdesc == NULL || !leaf->trigdesc->trig_truncate_after_statement)
		return false;
	return HasTrigger(leaf, MarkFunction());
}

bool
SideIsGuarded(Relation rel)
{
	return rel->trigdesc != NULL && HasTrigger(rel, TriggerFunction("guard_entries"));
}

/* How many triggers of the function are enabled ALWAYS. */
static int
CountAlways(Relation rel, Oid function)
{
	int			count = 0;

	for (int i = 0; rel->trigdesc && i < rel->trigdesc->numtriggers; i++)
	{
		const Trigger *trigger = &rel->trigdesc->triggers[i];

		count += trigger->tgfoid == function && trigger->tgenabled == TRIGGER_FIRES_ALWAYS;
	}
	return count;
}

bool
LeafIsMarkedAlways(Relation leaf)
{
	return CountAlways(leaf, MarkFunction()) == 1;
}

bool
SideIsGuardedAlways(Relation side_leaf)
{
	return CountAlways(side_leaf, TriggerFunction("guard_entries")) == 2;
}

bool
RelationHasOtherTriggers(Relation rel)
{
	Oid			function;

	if (rel->trigdesc == NULL)
		return false;
	function = MarkFunction();
	for (int i = 0; rel->trigdesc && i < rel->trigdesc->numtriggers; i++)
	{
		if (rel->trigdesc->triggers[i].tgfoid != function)
			return true;
	}
	return false;
}

/* ---- TRUNCATE ---- */

static bool
LeavesAreEmpty(const TableDesc *table)
{
	bool		empty = true;

	for (int i = 0; empty && i < table->nleaves; i++)
	{
		Relation	leaf = table_open(table->leaves[i].relid, AccessShareLock);

		empty = RelationGetNumberOfBlocks(leaf) == 0;
		table_close(leaf, NoLock);
	}
	return empty;
}

/* Whoever may truncate the item table need not own the side table. */
static void
TruncateSide(const TableDesc *side)
{
	Relation	root = table_open(side->relid, AccessShareLock);
	char	   *name = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(root)),
												  RelationGetRelationName(root));
	OwnerScope	scope = OwnerScopeEnter(side->relid);

	table_close(root, NoLock);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	truncating = true;
	PG_TRY();
	{
		if (SPI_execute(psprintf("TRUNCATE %s", name), false, 0) != SPI_OK_UTILITY)
			elog(ERROR, "SPI_execute failed");
	}
	PG_FINALLY();
	{
		truncating = false;
	}
	PG_END_TRY();
	SPI_finish();
	OwnerScopeLeave(&scope);
}

/* The leaf of the item table that an entry's item is in. */
static int
ItemLeaf(TableDesc *table, const TableDesc *side, const TableLeaf *leaf, TupleTableSlot *slot)
{
	const TableKey *key = &table->keys[0];

	for (int i = 0; i < side->nkeys; i++)
	{
		bool		isnull;
		Datum		datum;

		if (strcmp(side->keys[i].name, key->name) != 0)
			continue;
		datum = slot_getattr(slot, leaf->key_columns[i], &isnull);
		return TableLeafOfHash(table, TablePartitionHash(table, &datum));
	}
	elog(ERROR, "entries of index \"%s\" do not have the table's key", side->index_name);
}

/* Deletes the entries of items of one leaf from a leaf of the side table. */
static void
DeleteEntries(TableDesc *table, int item_leaf, const TableDesc *side, const TableLeaf *leaf)
{
	Relation	rel = table_open(leaf->relid, RowExclusiveLock);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo entry", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		if (ItemLeaf(table, side, leaf, slot) == item_leaf)
			simple_table_tuple_delete(rel, &slot->tts_tid, snapshot);
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
	table_close(rel, NoLock);
}

static int
LeafNumber(const TableDesc *table, Oid leaf)
{
	for (int i = 0; i < table->nleaves; i++)
	{
		if (table->leaves[i].relid == leaf)
			return i;
	}
	elog(ERROR, "relation %u is no leaf of item table \"%s\"", leaf, table->table_name);
}

static void
TruncateEntries(TableDesc *table, Oid leaf)
{
	int			item_leaf = LeafNumber(table, leaf);
	bool		all = LeavesAreEmpty(table);

	for (int i = 0; i < table->nindexes; i++)
	{
		TableDesc  *side = TableDescOfIndex(table, &table->indexes[i]);

		if (LeavesAreEmpty(side))
			continue;
		if (all)
		{
			TruncateSide(side);
			continue;
		}
		for (int j = 0; j < side->nleaves; j++)
			DeleteEntries(table, item_leaf, side, &side->leaves[j]);
	}
}

/* dynamo.truncate_entries(): AFTER TRUNCATE on a leaf of an item table. */
Datum
dynamo_truncate_entries(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Oid			leaf;
	TableDesc  *table;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		elog(ERROR, "dynamo.truncate_entries() is a trigger on TRUNCATE");
	leaf = RelationGetRelid(trigger->tg_relation);
	table = TableDescOfLeaf(leaf);
	if (table)
		TruncateEntries(table, leaf);
	return PointerGetDatum(NULL);
}

/* ---- the guard ---- */

/* A restore or replication, which bring the items as well. */
static bool
ComesWithItems(void)
{
	return ActivePortal == NULL || ActivePortal->commandTag == CMDTAG_COPY;
}

void
IndexEntriesRefuse(Relation side)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("entries of a secondary index cannot be changed: \"%s\"",
					RelationGetRelationName(side)),
			 errhint("Change the items of the table; the index follows.")));
}

/* dynamo.guard_entries(): BEFORE INSERT, UPDATE, DELETE or TRUNCATE on a side table. */
Datum
dynamo_guard_entries(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "dynamo.guard_entries() is a trigger");
	if (!truncating && !ComesWithItems())
		IndexEntriesRefuse(trigger->tg_relation);
	return PointerGetDatum(NULL);
}
