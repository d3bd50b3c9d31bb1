/*
 * update_table.c
 *	  UpdateTable: a table's settings, and its global secondary indexes.
 *
 * The change is made in the caller's transaction.  An index that is added is
 * kept from its end on and filled in the background; one that is deleted is
 * gone then.
 *
 * Who may is decided by PostgreSQL's ownership of the table's relation, as for
 * ALTER TABLE.  An index's relations are the table owner's, whoever asks for
 * it, as those of CREATE INDEX are.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "api/create_table.h"
#include "api/description_parts.h"
#include "api/index_definition.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "api/table_description.h"
#include "api/table_ops.h"
#include "api/table_schema.h"
#include "api/table_settings.h"
#include "api/throughput.h"
#include "api/update_table_request.h"
#include "base/json_writer.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "table/index_build.h"
#include "table/index_ddl.h"
#include "table/stream_ddl.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "value/error_codes.h"

/* What a checked request means to the table. */
typedef struct TableUpdate
{
	const JsonNode *request;
	TableRow   *row;
	const JsonNode *settings;	/* of the table, as they are */
	List	   *indexes;		/* of IndexRow, as they are */
	bool		was_on_demand;
	bool		on_demand;		/* from now on */
	const JsonNode *create;		/* the index to be added, or NULL */
	IndexRow   *deleted;		/* the one of indexes that is to go, or NULL */
	StreamRow  *stream;			/* the newest one, or NULL */
} TableUpdate;

/* Who called, and with what restrictions. */
typedef struct Caller
{
	Oid			role;
	int			context;
} Caller;

static TableUpdate MakeUpdate(const JsonNode *request, TableRow *row);
static void RequireOwner(const TableRow *row);
static Oid	OwnerOf(Oid relid);
static IndexRow *FindRow(const List *indexes, const char *index_name);
static ThroughputChange TableThroughput(const TableUpdate *update);
static ThroughputChange IndexThroughput(const TableUpdate *update, const IndexRow *index);
static void CheckUpdate(const TableUpdate *update);
static void CheckStream(const TableUpdate *update);
static void CheckRedefinitions(const TableUpdate *update);
static void CheckOnline(const TableUpdate *update);
static void CheckIndexes(const TableUpdate *update);
static void CheckDelete(const TableUpdate *update);
static void CheckUpdatesFound(const TableUpdate *update);
static void CheckCreate(const TableUpdate *update);
static void CheckCounts(const TableUpdate *update);
static void RaiseNotFound(void) pg_attribute_noreturn();
static void ChangeTable(TableUpdate *update);
static void DefinitionsToJson(StringInfo out, const TableUpdate *update);
static void DefinitionToJson(StringInfo out, const JsonNode *definition);
static bool IsKey(const TableUpdate *update, const char *name);
static bool IsKeyOf(const IndexRow *index, const char *name);
static bool IsInKeySchema(const JsonNode *keys, const char *name);
static void BillingModeToSettings(StringInfo out, const TableUpdate *update);
static void ChangeStream(const TableUpdate *update);
static void ChangeIndexes(const TableUpdate *update);
static void ChangeIndex(const TableUpdate *update, IndexRow *index);
static void AddIndex(const TableUpdate *update);
static void DropIndex(const IndexRow *index);
static Caller BecomeOwner(Oid relid);
static void BecomeCaller(Caller caller);
static List *IndexesNow(const TableUpdate *update);

/* Before the catalog is locked: somebody else's long write is to keep only this table waiting. */
static void
WaitForWriters(const TableRow *row)
{
	RequireOwner(row);
	IndexLockTable(row->relid);
}

/* The lock keeps any two from changing the same table side by side. */
void
UpdateTableRun(const JsonNode *request, StringInfo reply)
{
	TableUpdate update;

	UpdateTableCheck(request);
	if (RequestMember(request, "StreamSpecification") ||
		IndexActionFind(request, INDEX_ACTION_CREATE, NULL) ||
		IndexActionFind(request, INDEX_ACTION_DELETE, NULL))
		WaitForWriters(TableOfRequest(request));
	CatalogLock();
	update = MakeUpdate(request, TableOfRequest(request));
	CheckUpdate(&update);

	PushActiveSnapshot(GetTransactionSnapshot());
	ChangeTable(&update);
	ChangeIndexes(&update);
	if (update.create)
		AddIndex(&update);
	ChangeStream(&update);
	DescriptionReply(reply, "TableDescription", update.row, IndexesNow(&update));
	if (update.deleted)
		DropIndex(update.deleted);
	PopActiveSnapshot();
}

static TableUpdate
MakeUpdate(const JsonNode *request, TableRow *row)
{
	const JsonNode *delete = IndexActionFind(request, INDEX_ACTION_DELETE, NULL);
	TableUpdate update = {
		.request = request,
		.row = row,
		.settings = SettingsRead(row->settings),
		.indexes = IndexCatalogList(row->relid),
		.create = IndexActionFind(request, INDEX_ACTION_CREATE, NULL),
		.stream = StreamCatalogLatest(row->relid),
	};

	RequireOwner(row);
	update.was_on_demand = IsOnDemand(update.settings);
	update.on_demand = RequestMember(request, "BillingMode") ? IsOnDemand(request) : update.was_on_demand;
	if (delete)
		update.deleted = FindRow(update.indexes, RequestString(delete, "IndexName"));
	return update;
}

static void
RequireOwner(const TableRow *row)
{
	if (!has_privs_of_role(GetUserId(), OwnerOf(row->relid)))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(row->relid));
}

static Oid
OwnerOf(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "relation %u is gone", relid);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* The index of that name, or NULL. */
static IndexRow *
FindRow(const List *indexes, const char *index_name)
{
	ListCell   *cell;

	foreach(cell, indexes)
	{
		IndexRow   *index = lfirst(cell);

		if (strcmp(index->index_name, index_name) == 0)
			return index;
	}
	return NULL;
}

static ThroughputChange
TableThroughput(const TableUpdate *update)
{
	ThroughputChange change = {
		.settings = update->settings,
		.request = update->request,
		.was_on_demand = update->was_on_demand,
		.on_demand = update->on_demand,
	};

	return change;
}

static ThroughputChange
IndexThroughput(const TableUpdate *update, const IndexRow *index)
{
	ThroughputChange change = {
		.settings = SettingsRead(index->settings),
		.request = IndexActionFind(update->request, INDEX_ACTION_UPDATE, index->index_name),
		.index_name = index->index_name,
		.was_on_demand = update->was_on_demand,
		.on_demand = update->on_demand,
	};

	return change;
}

/* ---- checking against what is there ---- */

/* Raises the service's error unless the table can be changed so. */
static void
CheckUpdate(const TableUpdate *update)
{
	ThroughputChange throughput = TableThroughput(update);

	CheckStream(update);
	CheckOnline(update);
	CheckRedefinitions(update);
	ThroughputChangeCheck(&throughput);
	CheckDelete(update);
	CheckUpdatesFound(update);
	CheckIndexes(update);
	if (update->create)
		CheckCreate(update);
}

/* A table without a stream can get one, a table with one can lose it. */
static void
CheckStream(const TableUpdate *update)
{
	const JsonNode *specification = RequestMember(update->request, "StreamSpecification");
	bool		goes_on = update->stream && StreamGoesOn(update->stream);
	StreamViewType view_type;

	if (specification == NULL)
		return;
	if (goes_on && update->stream->status == STREAM_ENABLING)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_RESOURCE_IN_USE),
				 errmsg("Attempt to change a resource which is still in use: Table is being updated: %s",
						update->row->table_name)));
	if (!StreamSpecificationView(update->request, &view_type))
	{
		if (!goes_on)
			RaiseValidation("Table has no stream to disable");
	}
	else if (goes_on)
		RaiseValidation(psprintf("Table already has an enabled stream: TableName: %s", update->row->table_name));
	else
		StreamRequire();
}

/* While an index is being built, it can be deleted, but no other be added or deleted. */
static void
CheckOnline(const TableUpdate *update)
{
	ListCell   *cell;

	if (!update->create && !IndexActionFind(update->request, INDEX_ACTION_DELETE, NULL))
		return;
	foreach(cell, update->indexes)
	{
		const IndexRow *index = lfirst(cell);

		if (index->status != INDEX_ACTIVE && index != update->deleted)
			RaiseIndexLimit();
	}
}

/* What is a key has a type, and keeps it. */
static void
CheckRedefinitions(const TableUpdate *update)
{
	const JsonNode *old = RequestMember(update->settings, "AttributeDefinitions");
	const JsonNode *new = RequestMember(update->request, "AttributeDefinitions");

	if (new == NULL)
		return;
	JsonForEach(definition, new)
	{
		const char *type = AttributeTypeText(old, RequestString(definition, "AttributeName"));

		if (type && strcmp(type, RequestString(definition, "AttributeType")) != 0)
			RaiseValidation("invalid attribute, SchemaElement redefined should be of same type as previously defined");
	}
}

static void
CheckDelete(const TableUpdate *update)
{
	if (!IndexActionFind(update->request, INDEX_ACTION_DELETE, NULL))
		return;
	if (update->deleted == NULL)
		RaiseNotFound();
	if (update->deleted->kind != INDEX_GLOBAL)
		RaiseValidation("Cannot delete an index that is not a GlobalSecondaryIndex");
}

/* Every index that is to be updated is there, and global. */
static void
CheckUpdatesFound(const TableUpdate *update)
{
	const JsonNode *updates = RequestMember(update->request, "GlobalSecondaryIndexUpdates");

	if (updates == NULL)
		return;
	JsonForEach(element, updates)
	{
		const JsonNode *action = RequestMember(element, "Update");
		const IndexRow *index = action ? FindRow(update->indexes, RequestString(action, "IndexName")) : NULL;

		if (action && (index == NULL || index->kind != INDEX_GLOBAL))
			RaiseNotFound();
	}
}

static void
RaiseNotFound(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_RESOURCE_NOT_FOUND),
			 errmsg("Requested resource not found")));
}

/* The throughput of all global indexes that stay. */
static void
CheckIndexes(const TableUpdate *update)
{
	ListCell   *cell;

	foreach(cell, update->indexes)
	{
		const IndexRow *index = lfirst(cell);
		ThroughputChange throughput;

		if (index->kind != INDEX_GLOBAL || index == update->deleted)
			continue;
		throughput = IndexThroughput(update, index);
		ThroughputChangeCheck(&throughput);
	}
}

static void
CheckCreate(const TableUpdate *update)
{
	if (FindRow(update->indexes, RequestString(update->create, "IndexName")))
		RaiseValidation("Attempting to create an index which already exists");
	CheckCounts(update);
	NewIndexThroughputCheck(update->create, update->on_demand);
}

/* Not too many global indexes, nor attributes in all of them. */
static void
CheckCounts(const TableUpdate *update)
{
	const JsonNode *names = RequestMember(RequestMember(update->create, "Projection"), "NonKeyAttributes");
	int			projected = names ? names->count : 0;
	int			count = 1;
	ListCell   *cell;

	foreach(cell, update->indexes)
	{
		const IndexRow *index = lfirst(cell);

		projected += index->nincluded;
		if (index->kind == INDEX_GLOBAL)
			count++;
	}
	if (count > GLOBAL_INDEXES_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_LIMIT_EXCEEDED),
				 errmsg("Number of global secondary indexes exceeds per-table limit")));
	ProjectedCountCheck(projected);
}

/* ---- changing the table's settings ---- */

static void
ChangeTable(TableUpdate *update)
{
	static const char *const names[] = {
		"BillingMode", "SSESpecification", "TableClass", "DeletionProtectionEnabled", NULL
	};
	ThroughputChange throughput = TableThroughput(update);
	StringInfoData changes;

	initStringInfo(&changes);
	appendStringInfoChar(&changes, '{');
	SettingsAppend(&changes, update->request, names);
	ThroughputChangeToJson(&changes, &throughput);
	BillingModeToSettings(&changes, update);
	if (update->create || update->deleted)
		DefinitionsToJson(&changes, update);
	appendStringInfoChar(&changes, '}');

	update->row->settings = SettingsMerge(update->settings, changes.data);
	CatalogUpdateSettings(update->row);
}

/* The time of the last switch to paying per request is shown ever after. */
static void
BillingModeToSettings(StringInfo out, const TableUpdate *update)
{
	bool		switched_on = update->on_demand && !update->was_on_demand;
	bool		switched_off = !update->on_demand && update->was_on_demand;

	if (!switched_on && !(switched_off && !RequestMember(update->settings, LAST_ON_DEMAND)))
		return;
	JsonKeyName(out, LAST_ON_DEMAND);
	appendStringInfoString(out, TimestampText(switched_on ? GetCurrentTimestamp() : update->row->created_at));
}

/* AttributeDefinitions has those of keys, the table's and all indexes'. */
static void
DefinitionsToJson(StringInfo out, const TableUpdate *update)
{
	const JsonNode *old = RequestMember(update->settings, "AttributeDefinitions");
	const JsonNode *new = RequestMember(update->request, "AttributeDefinitions");

	JsonKeyName(out, "AttributeDefinitions");
	appendStringInfoChar(out, '[');
	JsonForEach(definition, old)
	{
		if (IsKey(update, RequestString(definition, "AttributeName")))
			DefinitionToJson(out, definition);
	}
	for (const JsonNode *definition = new ? new->first : NULL; definition; definition = definition->next)
	{
		const char *name = RequestString(definition, "AttributeName");

		if (AttributeTypeText(old, name) == NULL && IsKey(update, name))
			DefinitionToJson(out, definition);
	}
	appendStringInfoChar(out, ']');
}

static void
DefinitionToJson(StringInfo out, const JsonNode *definition)
{
	JsonElement(out);
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "AttributeName", RequestString(definition, "AttributeName"));
	JsonMemberString(out, "AttributeType", RequestString(definition, "AttributeType"));
	appendStringInfoChar(out, '}');
}

/* Is the attribute one of a key from now on? */
static bool
IsKey(const TableUpdate *update, const char *name)
{
	const char *range_key = update->row->range_key;
	ListCell   *cell;

	if (strcmp(name, update->row->hash_key) == 0 || (range_key && strcmp(name, range_key) == 0))
		return true;
	foreach(cell, update->indexes)
	{
		const IndexRow *index = lfirst(cell);

		if (index != update->deleted && IsKeyOf(index, name))
			return true;
	}
	return update->create && IsInKeySchema(RequestMember(update->create, "KeySchema"), name);
}

static bool
IsKeyOf(const IndexRow *index, const char *name)
{
	for (int i = 0; i < index->nkeys; i++)
	{
		if (strcmp(index->keys[i], name) == 0)
			return true;
	}
	return false;
}

static bool
IsInKeySchema(const JsonNode *keys, const char *name)
{
	JsonForEach(key, keys)
	{
		if (strcmp(RequestString(key, "AttributeName"), name) == 0)
			return true;
	}
	return false;
}

/* ---- changing the stream ---- */

static void
ChangeStream(const TableUpdate *update)
{
	StreamViewType view_type;

	if (StreamSpecificationView(update->request, &view_type))
		(void) StreamEnable(update->row, view_type, GetCurrentTimestamp());
	else if (RequestMember(update->request, "StreamSpecification"))
		StreamDisable(update->row, update->stream);
}

/* ---- changing the indexes ---- */

static void
ChangeIndexes(const TableUpdate *update)
{
	ListCell   *cell;

	foreach(cell, update->indexes)
	{
		IndexRow   *index = lfirst(cell);

		if (index->kind == INDEX_GLOBAL && index != update->deleted)
			ChangeIndex(update, index);
	}
}

/* Leaves an index alone that does not change. */
static void
ChangeIndex(const TableUpdate *update, IndexRow *index)
{
	ThroughputChange throughput = IndexThroughput(update, index);
	StringInfoData changes;

	initStringInfo(&changes);
	appendStringInfoChar(&changes, '{');
	ThroughputChangeToJson(&changes, &throughput);
	appendStringInfoChar(&changes, '}');
	if (strcmp(changes.data, "{}") == 0)
		return;
	index->settings = SettingsMerge(throughput.settings, changes.data);
	IndexChange(index);
}

/* The index is usable when the builder has been through the table. */
static void
AddIndex(const TableUpdate *update)
{
	const JsonNode *definitions = RequestMember(update->request, "AttributeDefinitions");
	IndexRow   *index = IndexDefinition(update->create, INDEX_GLOBAL, definitions);
	Caller		caller;

	index->status = INDEX_CREATING;
	index->backfilling = true;
	caller = BecomeOwner(update->row->relid);
	IndexCreate(update->row, index);
	BecomeCaller(caller);
	IndexBuildRequest(update->row->relid);
}

static void
DropIndex(const IndexRow *index)
{
	Caller		caller = BecomeOwner(index->side);

	IndexDrop(index);
	BecomeCaller(caller);
}

/* Goes on as the owner of a relation; an error ends that, too. */
static Caller
BecomeOwner(Oid relid)
{
	Caller		caller;

	GetUserIdAndSecContext(&caller.role, &caller.context);
	SetUserIdAndSecContext(OwnerOf(relid), caller.context | SECURITY_LOCAL_USERID_CHANGE);
	return caller;
}

static void
BecomeCaller(Caller caller)
{
	SetUserIdAndSecContext(caller.role, caller.context);
}

/* The indexes as the reply shows them, with the one that is about to go. */
static List *
IndexesNow(const TableUpdate *update)
{
	List	   *indexes = IndexCatalogList(update->row->relid);

	if (update->deleted)
		FindRow(indexes, update->deleted->index_name)->status = INDEX_DELETING;
	return indexes;
}
