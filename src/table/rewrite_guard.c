/*
 * rewrite_guard.c
 *	  The event trigger that guards secondary indexes and streams against
 *	  ALTER TABLE.
 *
 * A rewrite inserts into a new relation, row after row, and nothing tells which
 * old row a new one is of; so the entries cannot follow, nor does a stream tell of
 * it.  Most rewrites leave the items as they are (SET UNLOGGED, a column that is
 * added, the type of another one), but one that computes the items anew is
 * refused, and so is one that does so with entries.  VACUUM FULL and CLUSTER
 * only copy.
 */
#include "base/compat.h"

#include "access/table.h"
#include "commands/event_trigger.h"
#include "fmgr.h"
#include "nodes/parsenodes.h"
#include "table/index_triggers.h"
#include "table/stream_catalog.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#define ITEM_COLUMN		"item"

PG_FUNCTION_INFO_V1(dynamo_guard_rewrite);

/* Whether the statement gives a column new values: this one, or, if NULL, any that there was. */
static bool
Computes(const AlterTableStmt *statement, const char *column)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		const AlterTableCmd *command = lfirst_node(AlterTableCmd, cell);

		if (command->subtype == AT_AlterColumnType &&
			(column == NULL || strcmp(command->name, column) == 0))
			return true;
		if (command->subtype == AT_AddColumn && column &&
			strcmp(castNode(ColumnDef, command->def)->colname, column) == 0)
			return true;
	}
	return false;
}

static void
Refuse(Relation rel, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("items of a table with %s cannot be rewritten by ALTER TABLE: \"%s\"",
					what, RelationGetRelationName(rel)),
			 errhint("Change them by UPDATE.")));
}

static void
Guard(Relation rel, const AlterTableStmt *statement)
{
	if (Computes(statement, ITEM_COLUMN))
	{
		if (LeafIsMarked(rel))
			Refuse(rel, "secondary indexes");
		if (StreamCatalogOfLeaf(RelationGetRelid(rel)))
			Refuse(rel, "a stream");
	}
	if (SideIsGuarded(rel) && Computes(statement, NULL))
		IndexEntriesRefuse(rel);
}

/* dynamo.guard_rewrite(): on table_rewrite, before each table's turn. */
Datum
dynamo_guard_rewrite(PG_FUNCTION_ARGS)
{
	EventTriggerData *trigger = (EventTriggerData *) fcinfo->context;
	Relation	rel;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo) || strcmp(trigger->event, "table_rewrite") != 0)
		elog(ERROR, "dynamo.guard_rewrite() is an event trigger on table_rewrite");
	if (IsA(trigger->parsetree, AlterTableStmt))
	{
		rel = table_open(DatumGetObjectId(OidFunctionCall0(F_PG_EVENT_TRIGGER_TABLE_REWRITE_OID)),
						 AccessShareLock);
		Guard(rel, (AlterTableStmt *) trigger->parsetree);
		table_close(rel, NoLock);
	}
	PG_RETURN_VOID();
}
