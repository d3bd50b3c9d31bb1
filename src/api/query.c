/*
 * query.c
 *	  Query: the items of one partition key, in the order of the sort key.
 */
#include "postgres.h"

#include "api/item_key.h"
#include "api/operations.h"
#include "api/page.h"
#include "api/request_member.h"
#include "value/key.h"

static const char *const unsupported_in_query[] = {
	"AttributesToGet", "KeyConditions", "QueryFilter", "ConditionalOperator", "FilterExpression", NULL
};

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

static KeyCondition *
ReadKeyCondition(const JsonNode *request, Binding *binding)
{
	const JsonNode *text = RequestMember(request, "KeyConditionExpression");

	if (text == NULL)
		RaiseValidation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
	return KeyConditionPrepare(text->text, text->len, binding);
}

void
QueryRun(const JsonNode *request, StringInfo reply)
{
	Binding    *binding;
	KeyCondition *condition;
	KeyComparison *hash;
	KeyComparison *range;
	KeyAttribute keys[TABLE_MAX_KEYS];
	RangeSpec	spec = {.total_segments = 1,.has_hash = true};
	ItemKey		start;
	PageRequest page;
	TableDesc  *table;

	RequestRefuse(request, unsupported_in_query);
	binding = BindingMake(RequestMember(request, "ExpressionAttributeNames"),
						  RequestMember(request, "ExpressionAttributeValues"),
						  RequestMember(request, "KeyConditionExpression") ||
						  RequestMember(request, "ProjectionExpression"));
	condition = ReadKeyCondition(request, binding);
	PageRead(&page, request, binding);
	BindingCheckUnused(binding);

	table = PageOpenTable(&page);
	for (int i = 0; i < table->nkeys; i++)
		keys[i] = DescribeKey(&table->keys[i]);
	KeyConditionMatch(condition, &keys[0], table->nkeys > 1 ? &keys[1] : NULL, &hash, &range);
	spec.hash = KeyDatum(&hash->operands[0]);
	if (range)
		AddComparison(&spec, range);
	spec.backward = !RequestBool(request, "ScanIndexForward", true);
	page.single = table->nkeys == 1;
	if (page.start)
	{
		start = ItemKeyOfStartKey(table, page.start);
		spec.start = &start;
		CheckStart(table, &spec, &hash->operands[0]);
	}
	PageReply(reply, &page, table, &spec);
}
