/*
 * table_description.c
 *	  TableDescription: what the service shows of a table.
 */
#include "base/compat.h"

#include "api/description_parts.h"
#include "api/index_description.h"
#include "api/request_member.h"
#include "api/table_description.h"
#include "api/table_name.h"
#include "api/table_settings.h"
#include "api/throughput.h"
#include "base/json_writer.h"
#include "fmgr.h"
#include "table/leaf_keys.h"
#include "table/stream_catalog.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

static const JsonNode *SettingsOf(const TableRow *row);
static void TableKeysToJson(StringInfo out, const TableRow *row);
static void IdentityToJson(StringInfo out, const TableRow *row);
static const char *TableStatus(const TableRow *row, const StreamRow *stream);
static void StreamToJson(StringInfo out, const TableRow *row, const StreamRow *stream);
static void BillingModeToJson(StringInfo out, const TableRow *row, const JsonNode *settings);
static void TableClassToJson(StringInfo out, const JsonNode *settings);

/* Appends the TableDescription of a table that can be used. */
void
TableDescriptionToJson(StringInfo out, const TableRow *row, const List *indexes)
{
	const JsonNode *settings = SettingsOf(row);
	const StreamRow *stream = StreamCatalogLatest(row->relid);

	appendStringInfoChar(out, '{');
	JsonKeyName(out, "AttributeDefinitions");
	JsonTree(out, RequestMember(settings, "AttributeDefinitions"));
	JsonMemberString(out, "TableName", row->table_name);
	TableKeysToJson(out, row);
	JsonMemberString(out, "TableStatus", TableStatus(row, stream));
	JsonKeyName(out, "CreationDateTime");
	appendStringInfoString(out, TimestampText(row->created_at));
	ProvisionedThroughputToJson(out, settings);
	StatisticsToJson(out, row->relid, "TableSizeBytes");
	IdentityToJson(out, row);
	BillingModeToJson(out, row, settings);
	IndexesToJson(out, row, indexes, IsOnDemand(settings));
	if (stream)
		StreamToJson(out, row, stream);
	TableClassToJson(out, settings);
	JsonMemberBool(out, "DeletionProtectionEnabled", RequestBool(settings, "DeletionProtectionEnabled", false));
	OnDemandThroughputToJson(out, settings, IsOnDemand(settings));
	WarmThroughputToJson(out, settings, IsOnDemand(settings));
	appendStringInfoChar(out, '}');
}

/* Appends the shorter one of a table that is about to go. */
void
DeletedTableToJson(StringInfo out, const TableRow *row)
{
	const JsonNode *settings = SettingsOf(row);
	const StreamRow *stream = StreamCatalogLatest(row->relid);

	appendStringInfoChar(out, '{');
	JsonMemberString(out, "TableName", row->table_name);
	JsonMemberString(out, "TableStatus", "DELETING");
	ProvisionedThroughputToJson(out, settings);
	StatisticsToJson(out, row->relid, "TableSizeBytes");
	IdentityToJson(out, row);
	BillingModeToJson(out, row, settings);
	if (stream)
		StreamToJson(out, row, stream);
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
	const JsonNode *settings = SettingsRead(row->settings);

	if (RequestMember(settings, "AttributeDefinitions") == NULL)
		elog(ERROR, "settings of table \"%s\" are damaged", row->table_name);
	return settings;
}

static void
TableKeysToJson(StringInfo out, const TableRow *row)
{
	char	   *names[TABLE_MAX_KEYS] = {row->hash_key, row->range_key};

	KeySchemaToJson(out, names, 1, row->range_key ? 2 : 1);
}

static void
IdentityToJson(StringInfo out, const TableRow *row)
{
	Datum		id = DirectFunctionCall1(uuid_out, UUIDPGetDatum(&row->table_id));

	JsonMemberString(out, "TableArn", TableArn(row->table_name));
	JsonMemberString(out, "TableId", DatumGetCString(id));
}

/*
 * A table is not ACTIVE until its stream takes up what is written to it.  One
 * that was created with it has the very same date.
 */
static const char *
TableStatus(const TableRow *row, const StreamRow *stream)
{
	if (stream == NULL || stream->status != STREAM_ENABLING)
		return "ACTIVE";
	return stream->created_at == row->created_at ? "CREATING" : "UPDATING";
}

/* Of a stream that has ended, only its name is left. */
static void
StreamToJson(StringInfo out, const TableRow *row, const StreamRow *stream)
{
	if (StreamGoesOn(stream))
	{
		JsonKeyName(out, "StreamSpecification");
		appendStringInfoChar(out, '{');
		JsonMemberBool(out, "StreamEnabled", true);
		JsonMemberString(out, "StreamViewType", StreamViewTypeName(stream->view_type));
		appendStringInfoChar(out, '}');
	}
	JsonMemberString(out, "LatestStreamLabel", stream->label);
	JsonMemberString(out, "LatestStreamArn", StreamArn(row->table_name, stream->label));
}

/* The service says nothing of a table that was always provisioned. */
static void
BillingModeToJson(StringInfo out, const TableRow *row, const JsonNode *settings)
{
	const char *switched = RequestString(settings, LAST_ON_DEMAND);

	if (!IsOnDemand(settings) && switched == NULL)
		return;
	JsonKeyName(out, "BillingModeSummary");
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "BillingMode", IsOnDemand(settings) ? "PAY_PER_REQUEST" : "PROVISIONED");
	JsonKeyName(out, LAST_ON_DEMAND);
	appendStringInfoString(out, switched ? switched : TimestampText(row->created_at));
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
