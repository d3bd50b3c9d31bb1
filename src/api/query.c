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
	const AttributeValue *hash; /* the partition key's value */
} QueryRequest;

static KeyAttribute
DescribeKey(const TableKey *key)
{
	KeyAttribute attribute = {key->name, key->name_len, key->type};

	return attribute;
}

static void
AddBound(RangeSpec *spec, StrategyNumber strategy, const AttributeValue *value)
{
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
AddPrefixBounds(RangeSpec *spec, const AttributeValue *prefix)
{
	AttributeValue behind = *prefix;
	char	   *bytes;

	AddBound(spec, BTGreaterEqualStrategyNumber, prefix);
	while (behind.len > 0 && (uint8) behind.data[behind.len - 1] == 0xFF)
		behind.len--;
	if (behind.len == 0)
		return;
	bytes = palloc(behind.len);
	memcpy(bytes, behind.data, behind.len);
	bytes[behind.len - 1]++;
	behind.data = bytes;
	AddBound(spec, BTLessStrategyNumber, &behind);
}

/* Turns the sort key's comparison into bounds. */
static void
AddComparison(RangeSpec *spec, const KeyComparison *comparison)
{
	switch (comparison->op)
	{
		case KEY_EQ:
			AddBound(spec, BTEqualStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_LT:
			AddBound(spec, BTLessStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_LE:
			AddBound(spec, BTLessEqualStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_GT:
			AddBound(spec, BTGreaterStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_GE:
			AddBound(spec, BTGreaterEqualStrategyNumber, &comparison->operands[0]);
			break;
		case KEY_BETWEEN:
			AddBound(spec, BTGreaterEqualStrategyNumber, &comparison->operands[0]);
			AddBound(spec, BTLessEqualStrategyNumber, &comparison->operands[1]);
			break;
		case KEY_BEGINS_WITH:
			AddPrefixBounds(spec, &comparison->operands[0]);
			break;
	}
}

/* The starting key must be one that the query could have given. */
static void
CheckStart(TableDesc *table, const RangeSpec *spec, const AttributeValue *hash)
{
	if (!KeyDatumEquals(table->keys[0].type, spec->start->datums[0], hash))
		RaiseValidation("The provided starting key is outside query boundaries based on provided conditions");
	for (int i = 0; i < spec->nbounds; i++)
	{
		TableKey   *key = &table->keys[1];

		if (!DatumGetBool(FunctionCall2Coll(&key->operators[spec->bounds[i].strategy], key->collation,
											spec->start->datums[1], spec->bounds[i].datum)))
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

/* What the key condition decides is no business of the filter. */
static void
CheckFilter(const JsonNode *request, const ConditionNode *filter, const TableDesc *table)
{
	const char *name = RequestMember(request, "QueryFilter") ? "QueryFilter" : "Filter Expression";

	for (int i = 0; i < table->nkeys; i++)
	{
		const TableKey *key = &table->keys[i];

		if (ConditionUses(filter, key->name, key->name_len))
			RaiseValidation(psprintf("%s can only contain non-primary key attributes: Primary key attribute: %s",
									 name, key->name));
	}
}

/* Turns the key condition into a range of the table. */
static void
MatchCondition(QueryRequest *query, TableDesc *table, RangeSpec *spec)
{
	KeyAttribute keys[TABLE_MAX_KEYS];
	KeyComparison *hash;
	KeyComparison *range;

	for (int i = 0; i < table->nkeys; i++)
		keys[i] = DescribeKey(&table->keys[i]);
	KeyConditionMatch(query->condition, &keys[0], table->nkeys > 1 ? &keys[1] : NULL, &hash, &range);
	query->hash = &hash->operands[0];
	spec->hash = KeyDatum(query->hash);
	if (range)
	{
		AddComparison(spec, range);
		query->page.end = InclusiveEnd(range, spec->backward);
	}
	query->page.single = table->nkeys == 1;
}

void
QueryRun(const JsonNode *request, StringInfo reply)
{
	QueryRequest query = ReadRequest(request);
	TableDesc  *table = PageOpenTable(&query.page);
	RangeSpec	spec = {.total_segments = 1, .has_hash = true};
	ItemKey		start;

	CheckKeyPaths(query.binding, table);
	spec.backward = !RequestBool(request, "ScanIndexForward", true);
	MatchCondition(&query, table, &spec);
	if (query.page.start)
	{
		start = ItemKeyOfStartKey(table, query.page.start);
		spec.start = &start;
		CheckStart(table, &spec, query.hash);
	}
	if (query.page.filter)
		CheckFilter(request, query.page.filter, table);
	PageReply(reply, &query.page, table, &spec);
}
