/*
 * query.c
 *	  Query: the items of one partition key, in the order of the sort key.
 */
#include "base/compat.h"

#include "api/expressions.h"
#include "api/item_key.h"
#include "api/operations.h"
#include "api/page.h"
#include "api/request_member.h"
#include "expression/evaluate.h"
#include "expression/legacy.h"
#include "value/key.h"

/* A Query on its way from the request to the table. */
typedef struct QueryRequest
{
	PageRequest page;
	Binding    *binding;
	KeyCondition *condition;
	KeyComparison *matches[DESC_MAX_KEYS];	/* by attribute of the key schema, or NULL */
} QueryRequest;

static KeyAttribute
DescribeKey(const TableDesc *table, const TableKey *key)
{
	KeyAttribute attribute = {key->name, key->name_len, key->type, table->index_name};

	return attribute;
}

static void
AddBound(RangeSpec *spec, int key, StrategyNumber strategy, const AttributeValue *value)
{
	spec->bounds[spec->nbounds].key = key;
	spec->bounds[spec->nbounds].strategy = strategy;
	spec->bounds[spec->nbounds].datum = KeyDatum(value);
	spec->nbounds++;
}

/*
 * The bounds of a prefix: from the prefix itself to before the first value
 * that is behind everything with that prefix.  A prefix of 0xFF only has no
 * such value.
 */
static void
AddPrefixBounds(RangeSpec *spec, int key, const AttributeValue *prefix)
{
	AttributeValue behind = *prefix;
	char	   *bytes;

	AddBound(spec, key, BTGreaterEqualStrategyNumber, prefix);
	while (behind.len > 0 && (uint8) behind.data[behind.len - 1] == 0xFF)
		behind.len--;
	if (behind.len == 0)
		return;
	bytes = palloc(behind.len);
	memcpy(bytes, behind.data, behind.len);
	bytes[behind.len - 1]++;
	behind.data = bytes;
	AddBound(spec, key, BTLessStrategyNumber, &behind);
}

/* Turns the sort key's comparison into bounds. */
static void
AddComparison(RangeSpec *spec, int key, const KeyComparison *comparison)
{
	switch (comparison->op)
	{
		case KEY_EQ:
			AddBound(spec, key, BTEqualStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_LT:
			AddBound(spec, key, BTLessStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_LE:
			AddBound(spec, key, BTLessEqualStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_GT:
			AddBound(spec, key, BTGreaterStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_GE:
			AddBound(spec, key, BTGreaterEqualStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_BETWEEN:
			AddBound(spec, key, BTGreaterEqualStrategyNumber, &comparison->operands[0]);
			AddBound(spec, key, BTLessEqualStrategyNumber, &comparison->operands[1]);
			break;
		case KEY_BEGINS_WITH:
			AddPrefixBounds(spec, key, &comparison->operands[0]);
			break;
	}
}

/* The starting key must be one that the query could have given. */
static void
CheckStart(const QueryRequest *query, const RangeSpec *spec)
{
	TableDesc  *table = query->page.entries;

	for (int i = 0; i < table->nhash; i++)
	{
		if (!KeyDatumEquals(table->keys[i].type, spec->start->datums[i], &query->matches[i]->operands[0]))
			RaiseValidation("The provided starting key is outside query boundaries based on provided conditions");
	}
	for (int i = 0; i < spec->nbounds; i++)
	{
		const RangeBound *bound = &spec->bounds[i];
		TableKey   *key = &table->keys[bound->key];

		if (!DatumGetBool(FunctionCall2Coll(&key->operators[bound->strategy], key->collation,
											spec->start->datums[bound->key], bound->datum)))
			RaiseValidation("The provided starting key does not match the range key predicate");
	}
}

/* The last sort key that the comparison lets in, or NULL. */
static const AttributeValue *
InclusiveEnd(const KeyComparison *comparison, bool backward)
{
	switch (comparison->op)
	{
		case KEY_LE:
			return backward ? NULL : &comparison->operands[0];
		case KEY_GE:
			return backward ? &comparison->operands[0] : NULL;
		case KEY_BETWEEN:
			return &comparison->operands[backward ? 0 : 1];
		default:
			return NULL;
	}
}

static bool
HasExpression(const JsonNode *request)
{
	return RequestMember(request, "KeyConditionExpression") || RequestMember(request, "FilterExpression") ||
		RequestMember(request, "ProjectionExpression");
}

/* The placeholders; without any expression they are refused before all else. */
static Binding *
ReadPlaceholders(const JsonNode *request)
{
	bool		takes_values = RequestMember(request, "KeyConditionExpression") ||
		RequestMember(request, "FilterExpression");

	return ReadBinding(request, HasExpression(request),
					   takes_values ? NULL : "FilterExpression and KeyConditionExpression are null");
}

static void
RaiseNoKeyCondition(void)
{
	RaiseValidation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
}

/* Reads the expressions; the filter is the first of them. */
static void
ReadExpressions(QueryRequest *query, const JsonNode *request)
{
	const JsonNode *condition = RequestMember(request, "KeyConditionExpression");
	ConditionNode *filter;
	Projection *projection;

	filter = ReadFilter(request, "QueryFilter", query->binding);
	projection = ReadProjection(request, query->binding);
	if (condition)
		query->condition = KeyConditionPrepare(condition->text, condition->len, query->binding);
	BindingCheckUnused(query->binding);
	if (query->condition == NULL)
		RaiseNoKeyCondition();
	PageRead(&query->page, request, filter, projection);
}

static QueryRequest
ReadRequest(const JsonNode *request)
{
	static const char *const legacy[] = {"AttributesToGet", "QueryFilter", "ConditionalOperator", NULL};
	static const char *const key_legacy[] = {
		"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions", NULL
	};
	static const char *const expressions[] = {
		"ProjectionExpression", "FilterExpression", "KeyConditionExpression", NULL
	};
	const JsonNode *conditions = RequestMember(request, "KeyConditions");
	QueryRequest query = {0};

	/* KeyConditions may go with all expressions but their own successor */
	RefuseMixedParameters(request, RequestMember(request, "KeyConditionExpression") ? key_legacy : legacy,
						  expressions);
	query.binding = ReadPlaceholders(request);
	if (!conditions && !HasExpression(request))
		RaiseNoKeyCondition();
	if (conditions)
		query.condition = LegacyKeyCondition(conditions);
	ReadExpressions(&query, request);
	return query;
}

/* The key schema of what is read: an index's entries have the table's keys behind it. */
static int
KeySchemaSize(const PageRequest *page)
{
	return page->index ? page->index->nkeys : page->table->nkeys;
}

/* What the key condition decides is no business of the filter. */
static void
CheckFilter(const JsonNode *request, const PageRequest *page)
{
	const char *name = RequestMember(request, "QueryFilter") ? "QueryFilter" : "Filter Expression";
	List	   *attributes = ConditionAttributes(page->filter);

	for (int i = 0; i < KeySchemaSize(page); i++)
	{
		const TableKey *key = &page->entries->keys[i];
		ListCell   *cell;

		foreach(cell, attributes)
		{
			const PathElement *attribute = lfirst(cell);

			if (CompareBytes(attribute->name, attribute->name_len, key->name, key->name_len) == 0)
				RaiseValidation(psprintf("%s can only contain non-primary key attributes: Primary key attribute: %s",
										 name, key->name));
		}
	}
	PageCheckFilter(page);
}

/* Turns the key condition into a range of the table or index. */
static void
MatchCondition(QueryRequest *query, RangeSpec *spec)
{
	TableDesc  *entries = query->page.entries;
	KeyAttribute keys[DESC_MAX_KEYS];
	int			nkeys = KeySchemaSize(&query->page);

	for (int i = 0; i < nkeys; i++)
		keys[i] = DescribeKey(entries, &entries->keys[i]);
	KeyConditionMatch(query->condition, keys, entries->nhash, nkeys, query->matches);
	for (int i = 0; i < entries->nhash; i++)
		spec->hash[i] = KeyDatum(&query->matches[i]->operands[0]);
	for (int i = entries->nhash; i < nkeys && query->matches[i]; i++)
		AddComparison(spec, i, query->matches[i]);

	/* an index can have any number of entries of one key */
	if (query->page.index)
		return;
	query->page.single = nkeys == 1;
	if (nkeys > 1 && query->matches[1])
		query->page.end = InclusiveEnd(query->matches[1], spec->backward);
}

void
QueryRun(const JsonNode *request, StringInfo reply)
{
	QueryRequest query = ReadRequest(request);
	RangeSpec	spec = {.total_segments = 1, .has_hash = true};
	ItemKey		start;

	PageOpen(&query.page, query.binding);
	spec.backward = !RequestBool(request, "ScanIndexForward", true);
	MatchCondition(&query, &spec);
	if (query.page.start)
	{
		start = ItemKeyOfStartKey(query.page.entries, query.page.table, query.page.start);
		spec.start = &start;
		CheckStart(&query, &spec);
	}
	if (query.page.filter)
		CheckFilter(request, &query.page);
	PageCheckProjection(&query.page);
	PageReply(reply, &query.page, &spec);
}
