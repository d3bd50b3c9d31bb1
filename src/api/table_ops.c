/*
 * table_ops.c
 *	  CreateTable, DescribeTable, ListTables and DeleteTable.
 *
 * A table is made and dropped in the caller's transaction, so it can be used
 * as soon as the call is back and its transaction is committed: CreateTable
 * says ACTIVE, where the service says CREATING and wants to be asked again.
 *
 * Statements that make and drop relations want an active snapshot, which a
 * background worker does not bring along.
 *
 * Whoever can connect may see that a table is there.  To make one takes what
 * CREATE TABLE takes, to delete one what DROP TABLE takes; PostgreSQL checks.
 */
#include "base/compat.h"

#include "api/create_table.h"
#include "api/index_definition.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "api/table_description.h"
#include "api/table_name.h"
#include "api/table_ops.h"
#include "base/json_writer.h"
#include "table/ddl.h"
#include "table/index_ddl.h"
#include "table/stream_ddl.h"
#include "utils/snapmgr.h"
#include "value/error_codes.h"

#define LIST_TABLES_LIMIT	100

static TableRow *CreateWithIndexes(const TableDefinition *definition, List *indexes);

void
CreateTableRun(const JsonNode *request, StringInfo reply)
{
	TableDefinition definition;
	StreamViewType view_type;
	List	   *indexes;
	TableRow   *row;

	CreateTableCheck(request);
	definition = CreateTableDefinition(request);
	indexes = IndexDefinitions(request);
	PushActiveSnapshot(GetTransactionSnapshot());
	row = CreateWithIndexes(&definition, indexes);
	if (row && StreamSpecificationView(request, &view_type))
		(void) StreamEnable(row, view_type, row->created_at);
	PopActiveSnapshot();
	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_RESOURCE_IN_USE),
				 errmsg("Table already exists: %s", definition.table_name)));

	DescriptionReply(reply, "TableDescription", row, IndexCatalogList(row->relid));
}

/* NULL if there is a table of that name. */
static TableRow *
CreateWithIndexes(const TableDefinition *definition, List *indexes)
{
	TableRow   *row = TableCreate(definition);
	ListCell   *cell;

	if (row == NULL)
		return NULL;
	foreach(cell, indexes)
		IndexCreate(row, lfirst(cell));
	return row;
}

void
DescribeTableRun(const JsonNode *request, StringInfo reply)
{
	TableRow   *row = TableOfRequest(request);

	DescriptionReply(reply, "Table", row, IndexCatalogList(row->relid));
}

/* Appends a reply that has nothing but a description under this name. */
void
DescriptionReply(StringInfo reply, const char *name, const TableRow *row, const List *indexes)
{
	appendStringInfoChar(reply, '{');
	JsonKeyName(reply, name);
	TableDescriptionToJson(reply, row, indexes);
	appendStringInfoChar(reply, '}');
}

/* One name more than asked for is read, to see whether there is another page. */
void
ListTablesRun(const JsonNode *request, StringInfo reply)
{
	int			limit = RequestInteger(request, "Limit", LIST_TABLES_LIMIT);
	List	   *names = CatalogListTables(RequestString(request, "ExclusiveStartTableName"), limit + 1);
	bool		more = list_length(names) > limit;
	ListCell   *cell;

	if (more)
		names = list_truncate(names, limit);
	appendStringInfoChar(reply, '{');
	JsonKeyName(reply, "TableNames");
	appendStringInfoChar(reply, '[');
	foreach(cell, names)
	{
		JsonElement(reply);
		JsonString(reply, lfirst(cell), strlen(lfirst(cell)));
	}
	appendStringInfoChar(reply, ']');
	if (more)
		JsonMemberString(reply, "LastEvaluatedTableName", llast(names));
	appendStringInfoChar(reply, '}');
}

/* The lock makes the second of two who delete the same table find it gone. */
void
DeleteTableRun(const JsonNode *request, StringInfo reply)
{
	TableRow   *row;

	CatalogLock();
	row = TableOfRequest(request);
	if (TableIsProtected(row))
		RaiseValidation("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");

	appendStringInfoChar(reply, '{');
	JsonKeyName(reply, "TableDescription");
	DeletedTableToJson(reply, row);
	appendStringInfoChar(reply, '}');
	PushActiveSnapshot(GetTransactionSnapshot());
	TableDrop(row);
	PopActiveSnapshot();
}

/* The table that the request names. */
TableRow *
TableOfRequest(const JsonNode *request)
{
	const char *name = TableNameOf(RequestMember(request, "TableName"));
	TableRow   *row = CatalogFindTable(name);

	if (row == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_RESOURCE_NOT_FOUND),
				 errmsg("Requested resource not found: Table: %s not found", name)));
	return row;
}
