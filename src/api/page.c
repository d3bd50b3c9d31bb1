/*
 * page.c
 *	  A page of Query or Scan: what both read from a request, and the reply.
 */
#include "base/compat.h"

#include "api/consumed.h"
#include "api/expressions.h"
#include "api/item_key.h"
#include "api/page.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "base/json_writer.h"
#include "expression/evaluate.h"
#include "expression/legacy.h"
#include "value/item_json.h"

/* Reads Select, and checks it against what else the request says. */
static void
ReadSelect(PageRequest *page, const JsonNode *request)
{
	const char *select = RequestString(request, "Select");
	bool		has_attributes = RequestMember(request, "AttributesToGet") != NULL;
	bool		has_projection = has_attributes || RequestMember(request, "ProjectionExpression") != NULL;

	if (select == NULL)
		return;
	if (strcmp(select, "SPECIFIC_ATTRIBUTES") == 0)
	{
		if (!has_projection)
			RaiseValidation("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
		return;
	}
	if (has_projection)
		RaiseValidation(psprintf("Cannot specify the %s when choosing to get %s",
								 has_attributes ? "AttributesToGet" : "ProjectionExpression",
								 strcmp(select, "COUNT") == 0 ? "only the Count" : select));
	if (strcmp(select, "ALL_PROJECTED_ATTRIBUTES") == 0 && page->index_name == NULL)
		RaiseValidation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
	page->count_only = strcmp(select, "COUNT") == 0;
	page->all_attributes = strcmp(select, "ALL_ATTRIBUTES") == 0;
}

void
PageRead(PageRequest *page, const JsonNode *request, ConditionNode *filter, Projection *projection)
{
	const JsonNode *start = RequestMember(request, "ExclusiveStartKey");
	const JsonNode *attributes = RequestMember(request, "AttributesToGet");

	memset(page, 0, sizeof(PageRequest));
	page->table_name = TableNameOf(RequestMember(request, "TableName"));
	page->index_name = RequestString(request, "IndexName");
	page->limit = RequestInteger(request, "Limit", 0);
	page->consistent = RequestBool(request, "ConsistentRead", false);
	page->capacity = ReturnCapacityOf(request);
	page->filter = filter;
	page->start = start ? ItemFromJson(start) : NULL;
	ReadSelect(page, request);
	page->projection = attributes ? LegacyProjection(attributes) : projection;
}

/* What has been read of a page so far. */
typedef struct PageState
{
	int64		count;			/* items that the filter let through */
	int64		scanned;
	uint64		bytes;			/* of all items or entries scanned */
	uint64		fetched_bytes;
	double		fetched_units;
	bool		full;
	StringInfoData last_key;	/* of a full page, unless it is the end */
} PageState;

/*
 * Whether nothing can follow the item.  Then the service gives no
 * LastEvaluatedKey, even if the page is full.
 */
static bool
IsEnd(const PageRequest *page, const DynamoItem *item)
{
	const TableKey *key = &page->table->keys[1];
	AttributeValue value;

	if (page->single || page->end == NULL)
		return page->single;
	return ItemFind(item, key->name, key->name_len, &value) &&
		CompareBytes(value.data, value.len, page->end->data, page->end->len) == 0;
}

static bool
PassesFilter(const PageRequest *page, const DynamoItem *item)
{
	AttributeValue map;

	if (page->filter == NULL)
		return true;
	map = ItemValue(item);
	return ConditionEvaluate(page->filter, &map);
}

/* Takes an item that passes the filter into the reply, or only counts it. */
static void
TakeItem(StringInfo reply, const PageRequest *page, const DynamoItem *item, PageState *state)
{
	state->count++;
	if (page->count_only)
		return;
	JsonElement(reply);
	ProjectedItemToJson(reply, page->projection, item);
}

/* The table's item of an index entry. */
static DynamoItem *
FetchItem(const PageRequest *page, Range *range, const DynamoItem *entry, PageState *state)
{
	TableDesc  *table = page->table;
	ItemKey		key = ItemKeyIn(table, entry);
	DynamoItem *item = RangeFetch(range, table, &key);

	if (item == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("index \"%s\" of item table \"%s\" has an entry without item",
						page->index->name, table->table_name),
				 errhint("See what dynamo.check_table() says of the table.")));
	state->fetched_bytes += ItemSize(item);
	state->fetched_units += ReadUnits(ItemSize(item), page->consistent);
	return item;
}

/* Reads the items of the page: what limits it counts before the filter. */
static void
ReadItems(StringInfo reply, const PageRequest *page, const RangeSpec *spec, PageState *state)
{
	Range	   *range = RangeBegin(page->entries, spec);
	DynamoItem *entry;

	while (!state->full && (entry = RangeNext(range)) != NULL)
	{
		DynamoItem *item = page->fetch ? FetchItem(page, range, entry, state) : entry;

		if (PassesFilter(page, item))
			TakeItem(reply, page, item, state);
		state->scanned++;
		state->bytes += ItemSize(entry);
		state->full = state->scanned == page->limit ||
			state->bytes + state->fetched_bytes >= PAGE_MAX_SIZE;
		if (state->full && !IsEnd(page, entry))
			ItemKeyToJson(&state->last_key, page->entries, entry);
		if (page->fetch)
			pfree(item);
	}
	RangeEnd(range);
}

static void
PageCapacityToJson(StringInfo reply, const PageRequest *page, const PageState *state)
{
	Capacity   *capacity = ConsumedNothing(page->table);

	ConsumeUnits(capacity, page->index, ReadUnits(state->bytes, page->consistent));
	ConsumeUnits(capacity, NULL, state->fetched_units);
	JsonKeyName(reply, "ConsumedCapacity");
	CapacityToJson(reply, capacity, page->capacity);
}

void
PageReply(StringInfo reply, const PageRequest *page, const RangeSpec *spec)
{
	PageState	state = {0};

	initStringInfo(&state.last_key);
	appendStringInfoChar(reply, '{');
	if (!page->count_only)
		appendStringInfoString(reply, "\"Items\":[");
	ReadItems(reply, page, spec, &state);
	if (!page->count_only)
		appendStringInfoChar(reply, ']');
	JsonMemberInt(reply, "Count", state.count);
	JsonMemberInt(reply, "ScannedCount", state.scanned);
	if (state.last_key.len > 0)
	{
		JsonKeyName(reply, "LastEvaluatedKey");
		appendBinaryStringInfo(reply, state.last_key.data, state.last_key.len);
	}
	if (page->capacity != RETURN_CAPACITY_NONE)
		PageCapacityToJson(reply, page, &state);
	appendStringInfoChar(reply, '}');
}
