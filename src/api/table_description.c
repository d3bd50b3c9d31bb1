/*
 * table_description.c
 *	  TableDescription: what the service shows of a table.
 *
 * Counts and sizes are PostgreSQL's own estimates, as VACUUM and ANALYZE left
 * them: the service brings its up to date every six hours, and nobody wants to
 * wait for a scan.
 */
#include "base/compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "api/request_member.h"
#include "api/table_description.h"
#include "api/table_name.h"
#include "api/throughput.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
#include "utils/uuid.h"

static const JsonNode *SettingsOf(const TableRow *row);
static void KeySchemaToJson(StringInfo out, const TableRow *row);
static void KeyToJson(StringInfo out, const char *name, const char *type);
static void StatisticsToJson(StringInfo out, const TableRow *row);
static void AddStatistics(Oid relid, double *items, int64 *pages);
static void IdentityToJson(StringInfo out, const TableRow *row);
static void BillingModeToJson(StringInfo out, const TableRow *row, const JsonNode *settings);
static void TableClassToJson(StringInfo out, const JsonNode *settings);
static void TimestampToJson(StringInfo out, const char *name, TimestampTz timestamp);

/* Appends the TableDescription of a table that can be used. */
void
TableDescriptionToJson(StringInfo out, const TableRow *row)
{
	const JsonNode *settings = SettingsOf(row);

	appendStringInfoChar(out, '{');
	JsonKeyName(out, "AttributeDefinitions");
	JsonTree(out, RequestMember(settings, "AttributeDefinitions"));
	JsonMemberString(out, "TableName", row->table_name);
	KeySchemaToJson(out, row);
	JsonMemberString(out, "TableStatus", "ACTIVE");
	TimestampToJson(out, "CreationDateTime", row->created_at);
	ProvisionedThroughputToJson(out, settings);
	StatisticsToJson(out, row);
	IdentityToJson(out, row);
	BillingModeToJson(out, row, settings);
	TableClassToJson(out, settings);
	JsonMemberBool(out, "DeletionProtectionEnabled", RequestBool(settings, "DeletionProtectionEnabled", false));
	OnDemandThroughputToJson(out, settings);
	WarmThroughputToJson(out, settings);
	appendStringInfoChar(out, '}');
}

/* Appends the shorter one of a table that is about to go. */
void
DeletedTableToJson(StringInfo out, const TableRow *row)
{
	const JsonNode *settings = SettingsOf(row);

	appendStringInfoChar(out, '{');
	JsonMemberString(out, "TableName", row->table_name);
	JsonMemberString(out, "TableStatus", "DELETING");
	ProvisionedThroughputToJson(out, settings);
	StatisticsToJson(out, row);
	IdentityToJson(out, row);
	BillingModeToJson(out, row, settings);
	TableClassToJson(out, settings);
	JsonMemberBool(out, "DeletionProtectionEnabled", false);
	appendStringInfoChar(out, '}');
}

/* Is the table protected from DeleteTable? */
bool
TableIsProtected(const TableRow *row)
{
	return RequestBool(SettingsOf(row), "DeletionProtectionEnabled", false);
}

static const JsonNode *
SettingsOf(const TableRow *row)
{
	JsonReadError error;
	const JsonNode *settings = JsonRead(row->settings, strlen(row->settings), &error);

	if (RequestMember(settings, "AttributeDefinitions") == NULL)
		elog(ERROR, "settings of table \"%s\" are damaged", row->table_name);
	return settings;
}

static void
KeySchemaToJson(StringInfo out, const TableRow *row)
{
	JsonKeyName(out, "KeySchema");
	appendStringInfoChar(out, '[');
	KeyToJson(out, row->hash_key, "HASH");
	if (row->range_key)
		KeyToJson(out, row->range_key, "RANGE");
	appendStringInfoChar(out, ']');
}

static void
KeyToJson(StringInfo out, const char *name, const char *type)
{
	JsonElement(out);
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "AttributeName", name);
	JsonMemberString(out, "KeyType", type);
	appendStringInfoChar(out, '}');
}

/* TableSizeBytes and ItemCount, summed over the leaves. */
static void
StatisticsToJson(StringInfo out, const TableRow *row)
{
	double		items = 0;
	int64		pages = 0;
	ListCell   *cell;

	foreach(cell, find_all_inheritors(row->relid, NoLock, NULL))
		AddStatistics(lfirst_oid(cell), &items, &pages);
	JsonMemberInt(out, "TableSizeBytes", pages * BLCKSZ);
	JsonMemberInt(out, "ItemCount", (int64) rint(items));
}

/* Adds what a leaf and its TOAST table hold; a partitioned table holds nothing. */
static void
AddStatistics(Oid relid, double *items, int64 *pages)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class class;

	if (!HeapTupleIsValid(tuple))
		return;
	class = (Form_pg_class) GETSTRUCT(tuple);
	if (class->relkind != RELKIND_PARTITIONED_TABLE)
	{
		double		unused = 0;

		if (class->reltuples > 0)
			*items += class->reltuples;
		*pages += class->relpages;
		if (OidIsValid(class->reltoastrelid))
			AddStatistics(class->reltoastrelid, &unused, pages);
	}
	ReleaseSysCache(tuple);
}

static void
IdentityToJson(StringInfo out, const TableRow *row)
{
	Datum		id = DirectFunctionCall1(uuid_out, UUIDPGetDatum(&row->table_id));

	JsonMemberString(out, "TableArn", TableArn(row->table_name));
	JsonMemberString(out, "TableId", DatumGetCString(id));
}

/* The service says nothing of a table that was always provisioned. */
static void
BillingModeToJson(StringInfo out, const TableRow *row, const JsonNode *settings)
{
	if (!IsOnDemand(settings))
		return;
	JsonKeyName(out, "BillingModeSummary");
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "BillingMode", "PAY_PER_REQUEST");
	TimestampToJson(out, "LastUpdateToPayPerRequestDateTime", row->created_at);
	appendStringInfoChar(out, '}');
}

/* Nor of the class unless it was given. */
static void
TableClassToJson(StringInfo out, const JsonNode *settings)
{
	const char *class = RequestString(settings, "TableClass");

	if (class == NULL)
		return;
	JsonKeyName(out, "TableClassSummary");
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "TableClass", class);
	appendStringInfoChar(out, '}');
}

/* A date is a number of seconds since 1970, with milliseconds. */
static void
TimestampToJson(StringInfo out, const char *name, TimestampTz timestamp)
{
	int64		microseconds = timestamp + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
	int64		milliseconds = microseconds / 1000;

	JsonKeyName(out, name);
	appendStringInfo(out, INT64_FORMAT ".%03d", milliseconds / 1000, (int) (milliseconds % 1000));
}
