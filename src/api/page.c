/*
 * page.c
 *	  A page of Query or Scan: what both read from a request, and the reply.
 */
#include "base/compat.h"

#include "api/expressions.h"
#include "api/item_key.h"
#include "api/page.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "base/json_writer.h"
#include "value/item_json.h"

/* Checks Select against what else the request says; true for COUNT. */
static bool
ReadSelect(const JsonNode *request, bool has_projection, bool has_index)
{
	const char *select = RequestString(request, "Select");

	if (select == NULL)
		return false;
	if (strcmp(select, "SPECIFIC_ATTRIBUTES") == 0)
	{
		if (!has_projection)
			RaiseValidation("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
		return false;
	}
	if (has_projection)
		RaiseValidation(psprintf("Cannot specify the ProjectionExpression when choosing to get %s",
								 strcmp(select, "COUNT") == 0 ? "only the Count" : select));
	if (strcmp(select, "ALL_PROJECTED_ATTRIBUTES") == 0 && !has_index)
		RaiseValidation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
	return strcmp(select, "COUNT") == 0;
}

void
PageRead(PageRequest *page, const JsonNode *request, Projection *projection)
{
	const JsonNode *start = RequestMember(request, "ExclusiveStartKey");

	memset(page, 0, sizeof(PageRequest));
	page->table_name = TableNameOf(RequestMember(request, "TableName"));
	page->index_name = RequestString(request, "IndexName");
	page->limit = RequestInteger(request, "Limit", 0);
	page->consistent = RequestBool(request, "ConsistentRead", false);
	page->capacity = ReturnCapacityOf(request);
	page->projection = projection;
	page->start = start ? ItemFromJson(start) : NULL;
	page->count_only = ReadSelect(request, projection != NULL, page->index_name != NULL);
}

TableDesc *
PageOpenTable(const PageRequest *page)
{
	TableDesc  *table = StoreOpen(page->table_name, ACL_SELECT, TABLE_MISSING);

	if (page->index_name)
		RaiseValidation(psprintf("The table does not have the specified index: %s", page->index_name));
	return table;
}

/* What has been read of a page so far. */
typedef struct PageState
{
	int64		count;
	uint64		bytes;
	bool		full;
	StringInfoData last_key;	/* of a full page, unless it is the end */
} PageState;

/*
 * Whether nothing can follow the item.  Then the service gives no
 * LastEvaluatedKey, even if the page is full.
 */
static bool
IsEnd(const PageRequest *page, const TableDesc *table, const DynamoItem *item)
{
	const TableKey *key = &table->keys[1];
	AttributeValue value;

	if (page->single || page->end == NULL)
		return page->single;
	return ItemFind(item, key->name, key->name_len, &value) &&
		CompareBytes(value.data, value.len, page->end->data, page->end->len) == 0;
}

/* Writes the items of the page, or only counts them. */
static void
ReadItems(StringInfo reply, const PageRequest *page, TableDesc *table, const RangeSpec *spec,
		  PageState *state)
{
	Range	   *range = RangeBegin(table, spec);
	DynamoItem *item;

	while (!state->full && (item = RangeNext(range)) != NULL)
	{
		if (!page->count_only)
		{
			JsonElement(reply);
			ProjectedItemToJson(reply, page->projection, item);
		}
		state->count++;
		state->bytes += ItemSize(item);
		state->full = state->count == page->limit || state->bytes >= PAGE_MAX_SIZE;
		if (state->full && !IsEnd(page, table, item))
			ItemKeyToJson(&state->last_key, table, item);
	}
	RangeEnd(range);
}

void
PageReply(StringInfo reply, const PageRequest *page, TableDesc *table, const RangeSpec *spec)
{
	PageState	state = {0};

	initStringInfo(&state.last_key);
	appendStringInfoChar(reply, '{');
	if (!page->count_only)
		appendStringInfoString(reply, "\"Items\":[");
	ReadItems(reply, page, table, spec, &state);
	if (!page->count_only)
		appendStringInfoChar(reply, ']');
	JsonMemberInt(reply, "Count", state.count);
	JsonMemberInt(reply, "ScannedCount", state.count);
	if (state.last_key.len > 0)
	{
		JsonKeyName(reply, "LastEvaluatedKey");
		appendBinaryStringInfo(reply, state.last_key.data, state.last_key.len);
	}
	if (page->capacity != RETURN_CAPACITY_NONE)
	{
		JsonKeyName(reply, "ConsumedCapacity");
		CapacityToJson(reply, table->table_name, ReadUnits(state.bytes, page->consistent), page->capacity);
	}
	appendStringInfoChar(reply, '}');
}
