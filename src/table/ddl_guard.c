/*
 * ddl_guard.c
 *	  The event triggers that keep DDL off what only the extension changes.
 *
 * In dynamo_data are leaves, side tables and their indexes, all made by the
 * extension.  A leaf's owner may index it, and PostgreSQL puts the index into
 * the leaf's schema and wants CREATE on that: so an owner gets it with the first
 * index, and nothing but indexes can be made with it.
 *
 * The columns of a side table are what its index's row in dynamo.indexes says;
 * entries are written by that, past the executor.  So nothing about them may
 * change.  (The columns of a leaf can change only with its root's.)
 *
 * The owner of an item table is the owner of its leaves and side tables, too.
 *
 * All this is looked at when a command has done its work, by what it has in fact
 * worked on; a name could mean something else by then.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "base/owner_scope.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "commands/event_trigger.h"
#include "commands/tablecmds.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "table/catalog.h"
#include "table/index_catalog.h"
#include "table/relation_ddl.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(dynamo_guard_ddl);
PG_FUNCTION_INFO_V1(dynamo_allow_index);

/* Something that a command has made or changed. */
typedef struct DdlObject
{
	Oid			class_id;
	Oid			object_id;
	const char *tag;
	const char *schema;			/* NULL: it is in none */
	const char *identity;
} DdlObject;

/* ---- which relations are ours ---- */

/* The relation, or the table that it is a partition of. */
static Oid
RootOf(Oid relid)
{
	return get_rel_relispartition(relid) ? get_partition_parent(relid, true) : relid;
}

static bool
IsSideTable(Oid relid)
{
	return IndexCatalogFindSide(RootOf(relid)) != NULL;
}

/* ---- making things in dynamo_data ---- */

static bool
IsInDataSchema(const DdlObject *object)
{
	return object->schema && strcmp(object->schema, DATA_SCHEMA) == 0;
}

static bool
MovesIntoDataSchema(const Node *statement)
{
	return IsA(statement, AlterObjectSchemaStmt) &&
		strcmp(((const AlterObjectSchemaStmt *) statement)->newschema, DATA_SCHEMA) == 0;
}

/* A restore makes leaves and side tables by itself, as a superuser. */
static bool
MayMakeAnything(void)
{
	return SchemaOwnerCheck(get_namespace_oid(DATA_SCHEMA, false), GetUserId());
}

static void
GuardSchema(const Node *statement, const DdlObject *object)
{
	bool		is_new = strncmp(object->tag, "CREATE ", strlen("CREATE ")) == 0 ||
		strcmp(object->tag, "SELECT INTO") == 0 || MovesIntoDataSchema(statement);

	if (!is_new || !IsInDataSchema(object) || strcmp(object->tag, "CREATE INDEX") == 0 || MayMakeAnything())
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for schema %s", DATA_SCHEMA),
			 errdetail("Nothing but indexes of item tables can be made there: %s.", object->identity)));
}

/* ---- changing side tables ---- */

/* Whether the command leaves the columns and the key of a side table as they are. */
static bool
IsHarmless(const AlterTableCmd *command)
{
	switch (command->subtype)
	{
		case AT_SetStatistics:
		case AT_SetOptions:
		case AT_ResetOptions:
		case AT_SetStorage:
		case AT_SetCompression:
		case AT_SetRelOptions:
		case AT_ResetRelOptions:
		case AT_SetTableSpace:
		case AT_SetLogged:
		case AT_SetUnLogged:
		case AT_ClusterOn:
		case AT_DropCluster:
		case AT_ReplicaIdentity:
		case AT_EnableTrig:
		case AT_EnableAlwaysTrig:
		case AT_EnableReplicaTrig:
		case AT_DisableTrig:
		case AT_EnableTrigAll:
		case AT_DisableTrigAll:
		case AT_EnableTrigUser:
		case AT_DisableTrigUser:
			return true;
		case AT_AddConstraint:	/* as a restore does */
			return castNode(Constraint, command->def)->contype == CONSTR_PRIMARY;
		default:
			return false;
	}
}

static bool
ChangesColumns(const Node *statement)
{
	ListCell   *cell;

	if (IsA(statement, RenameStmt))
		return ((const RenameStmt *) statement)->renameType == OBJECT_COLUMN;
	if (!IsA(statement, AlterTableStmt))
		return false;
	foreach(cell, ((const AlterTableStmt *) statement)->cmds)
	{
		if (!IsHarmless(lfirst_node(AlterTableCmd, cell)))
			return true;
	}
	return false;
}

static void
GuardSide(const Node *statement, Oid relid)
{
	if (ChangesColumns(statement) && IsSideTable(relid))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("side table \"%s\" of a secondary index cannot be changed", get_rel_name(relid)),
				 errhint("Only the extension changes it: delete the index with UpdateTable, and create another one.")));
}

/* ---- owners ---- */

/* Leaves that somebody has attached from elsewhere keep their owner. */
static void
GiveChildren(Oid root, Oid owner)
{
	Oid			schema = get_namespace_oid(DATA_SCHEMA, false);
	ListCell   *cell;

	foreach(cell, find_inheritance_children(root, AccessExclusiveLock))
	{
		Oid			child = lfirst_oid(cell);

		if (get_rel_namespace(child) == schema && RelationOwner(child) != owner)
			ATExecChangeOwner(child, owner, true, AccessExclusiveLock);
	}
}

static void
GiveSides(Oid root, Oid owner)
{
	ListCell   *cell;

	foreach(cell, IndexCatalogList(root))
	{
		Oid			side = ((const IndexRow *) lfirst(cell))->side;

		ATExecChangeOwner(side, owner, true, AccessExclusiveLock);
		GiveChildren(side, owner);
	}
}

static bool
ChangesOwner(const Node *statement)
{
	ListCell   *cell;

	if (!IsA(statement, AlterTableStmt))
		return false;
	foreach(cell, ((const AlterTableStmt *) statement)->cmds)
	{
		if (lfirst_node(AlterTableCmd, cell)->subtype == AT_ChangeOwner)
			return true;
	}
	return false;
}

/* The new owner of an item table gets what belongs to it: who could give it away has been checked. */
static void
FollowOwner(const Node *statement, Oid relid)
{
	if (!ChangesOwner(statement) || CatalogFindRelation(relid) == NULL)
		return;
	GiveChildren(relid, RelationOwner(relid));
	GiveSides(relid, RelationOwner(relid));
}

/* ---- the event triggers ---- */

static char *
TextColumn(HeapTuple row, TupleDesc desc, int column)
{
	return SPI_getvalue(row, desc, column);
}

static Oid
OidColumn(HeapTuple row, TupleDesc desc, int column)
{
	bool		isnull;
	Datum		datum = SPI_getbinval(row, desc, column, &isnull);

	return isnull ? InvalidOid : DatumGetObjectId(datum);
}

static void
GuardObject(const Node *statement, HeapTuple row, TupleDesc desc)
{
	DdlObject	object = {
		.class_id = OidColumn(row, desc, 1),
		.object_id = OidColumn(row, desc, 2),
		.tag = TextColumn(row, desc, 3),
		.schema = TextColumn(row, desc, 4),
		.identity = TextColumn(row, desc, 5),
	};

	if (!OidIsValid(object.object_id))
		return;
	GuardSchema(statement, &object);
	if (object.class_id != RelationRelationId)
		return;
	GuardSide(statement, object.object_id);
	FollowOwner(statement, object.object_id);
}

static EventTriggerData *
EventTriggerOf(FunctionCallInfo fcinfo, const char *event)
{
	EventTriggerData *trigger = (EventTriggerData *) fcinfo->context;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo) || strcmp(trigger->event, event) != 0)
		elog(ERROR, "not called as an event trigger on %s", event);
	return trigger;
}

/* dynamo.guard_ddl(): on ddl_command_end. */
Datum
dynamo_guard_ddl(PG_FUNCTION_ARGS)
{
	EventTriggerData *trigger = EventTriggerOf(fcinfo, "ddl_command_end");

	if (RelationDdlIsOwn())
		PG_RETURN_VOID();
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute("SELECT classid, objid, command_tag, schema_name, object_identity"
					" FROM pg_catalog.pg_event_trigger_ddl_commands()",
					false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read what the command has done");
	for (uint64 i = 0; i < SPI_processed; i++)
		GuardObject(trigger->parsetree, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
	SPI_finish();
	PG_RETURN_VOID();
}

/* The relation on which the statement makes an index, or NULL. */
static const RangeVar *
IndexedRelation(const Node *statement)
{
	ListCell   *cell;

	if (IsA(statement, IndexStmt))
		return ((const IndexStmt *) statement)->relation;
	if (!IsA(statement, AlterTableStmt))
		return NULL;
	foreach(cell, ((const AlterTableStmt *) statement)->cmds)
	{
		AlterTableType type = lfirst_node(AlterTableCmd, cell)->subtype;

		if (type == AT_AddConstraint || type == AT_AddColumn)
			return ((const AlterTableStmt *) statement)->relation;
	}
	return NULL;
}

static bool
IsOurs(Oid relid)
{
	return CatalogFindRelation(RootOf(relid)) != NULL || IsSideTable(relid);
}

/*
 * dynamo.allow_index(): on ddl_command_start.  The lock keeps two owners from
 * changing the schema's row at once, the second of whom would get an error.
 */
Datum
dynamo_allow_index(PG_FUNCTION_ARGS)
{
	EventTriggerData *trigger = EventTriggerOf(fcinfo, "ddl_command_start");
	const RangeVar *name = IndexedRelation(trigger->parsetree);
	Oid			relid;

	if (RelationDdlIsOwn() || name == NULL)
		PG_RETURN_VOID();
	relid = RangeVarGetRelid(name, NoLock, true);
	if (!OidIsValid(relid) || !RelationOwnerCheck(relid, GetUserId()) || !IsOurs(relid) ||
		SchemaCreateAclCheck(get_namespace_oid(DATA_SCHEMA, false), GetUserId()) == ACLCHECK_OK)
		PG_RETURN_VOID();
	CatalogLock();
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	(void) RelationAllowLeaves();
	SPI_finish();
	PG_RETURN_VOID();
}
