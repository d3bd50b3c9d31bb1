/*
 * collection_metrics.c
 *	  ItemCollectionMetrics: how large the items of one partition key are.
 */
#include "base/compat.h"

#include "api/collection_metrics.h"
#include "api/request_member.h"
#include "base/json_writer.h"
#include "value/item_json.h"

#define BYTES_IN_GB		((uint64) 1024 * 1024 * 1024)

bool
CollectionMetricsWanted(const JsonNode *request)
{
	const char *wanted = RequestString(request, "ReturnItemCollectionMetrics");

	return wanted && strcmp(wanted, "SIZE") == 0;
}

bool
HasCollections(const TableDesc *table)
{
	for (int i = 0; i < table->nindexes; i++)
	{
		if (table->indexes[i].kind == INDEX_LOCAL)
			return true;
	}
	return false;
}

/* The partitions that hold the collection have this many bytes. */
static uint64
PartitionBytes(TableDesc *table, const ItemKey *key)
{
	uint64		bytes = TableLeafBytes(TableLeafFor(table, key->datums));

	for (int i = 0; i < table->nindexes; i++)
	{
		TableDesc  *side;

		if (table->indexes[i].kind != INDEX_LOCAL)
			continue;
		side = TableDescOfIndex(table, &table->indexes[i]);
		bytes += TableLeafBytes(TableLeafFor(side, key->datums));
	}
	return bytes;
}

void
CollectionMetricsToJson(StringInfo out, TableDesc *table, const ItemKey *key)
{
	uint64		gigabytes = (PartitionBytes(table, key) + BYTES_IN_GB - 1) / BYTES_IN_GB;

	appendStringInfoChar(out, '{');
	JsonKeyName(out, "ItemCollectionKey");
	appendStringInfoChar(out, '{');
	JsonKey(out, table->keys[0].name, table->keys[0].name_len);
	AttributeValueToJson(out, &key->values[0]);
	appendStringInfoChar(out, '}');
	JsonKeyName(out, "SizeEstimateRangeGB");
	appendStringInfo(out, "[0.0," UINT64_FORMAT ".0]", Max(gigabytes, 1));
	appendStringInfoChar(out, '}');
}
