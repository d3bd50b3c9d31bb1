/*
 * index_description.c
 *	  What the service shows of a table's secondary indexes.
 */
#include "base/compat.h"

#include "api/description_parts.h"
#include "api/index_description.h"
#include "api/table_name.h"
#include "api/table_settings.h"
#include "api/throughput.h"
#include "base/json_writer.h"

static void ListToJson(StringInfo out, const TableRow *table, const List *indexes, IndexKind kind,
					   bool on_demand);
static void IndexToJson(StringInfo out, const TableRow *table, const IndexRow *index, bool on_demand);
static void ProjectionToJson(StringInfo out, const IndexRow *index);
static void StatusToJson(StringInfo out, const IndexRow *index);

/* Appends the members for both kinds of indexes, where there are such. */
void
IndexesToJson(StringInfo out, const TableRow *table, const List *indexes, bool on_demand)
{
	ListToJson(out, table, indexes, INDEX_LOCAL, on_demand);
	ListToJson(out, table, indexes, INDEX_GLOBAL, on_demand);
}

static void
ListToJson(StringInfo out, const TableRow *table, const List *indexes, IndexKind kind, bool on_demand)
{
	bool		any = false;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		const IndexRow *index = lfirst(cell);

		if (index->kind != kind)
			continue;
		if (!any)
		{
			JsonKeyName(out, kind == INDEX_LOCAL ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes");
			appendStringInfoChar(out, '[');
		}
		any = true;
		JsonElement(out);
		IndexToJson(out, table, index, on_demand);
	}
	if (any)
		appendStringInfoChar(out, ']');
}

/* A local index shares all that it has not with its table. */
static void
IndexToJson(StringInfo out, const TableRow *table, const IndexRow *index, bool on_demand)
{
	const JsonNode *settings = SettingsRead(index->settings);

	appendStringInfoChar(out, '{');
	JsonMemberString(out, "IndexName", index->index_name);
	KeySchemaToJson(out, index->keys, index->nhash, index->nkeys);
	ProjectionToJson(out, index);
	if (index->kind == INDEX_GLOBAL)
	{
		StatusToJson(out, index);
		ProvisionedThroughputToJson(out, settings);
	}
	StatisticsToJson(out, index->side, "IndexSizeBytes");
	JsonMemberString(out, "IndexArn", psprintf("%s/index/%s", TableArn(table->table_name), index->index_name));
	if (index->kind == INDEX_GLOBAL)
	{
		OnDemandThroughputToJson(out, settings, on_demand);
		WarmThroughputToJson(out, settings, on_demand);
	}
	appendStringInfoChar(out, '}');
}

static void
ProjectionToJson(StringInfo out, const IndexRow *index)
{
	JsonKeyName(out, "Projection");
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "ProjectionType", IndexProjectionName(index->projection));
	if (index->projection == INDEX_PROJECT_INCLUDE)
	{
		JsonKeyName(out, "NonKeyAttributes");
		appendStringInfoChar(out, '[');
		for (int i = 0; i < index->nincluded; i++)
		{
			JsonElement(out);
			JsonString(out, index->included[i], strlen(index->included[i]));
		}
		appendStringInfoChar(out, ']');
	}
	appendStringInfoChar(out, '}');
}

/* Backfilling is of no interest once the index is there. */
static void
StatusToJson(StringInfo out, const IndexRow *index)
{
	JsonMemberString(out, "IndexStatus", IndexStatusName(index->status));
	if (index->status == INDEX_CREATING)
		JsonMemberBool(out, "Backfilling", index->backfilling);
}
