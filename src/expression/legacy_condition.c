/*
 * legacy_condition.c
 *	  Expected, QueryFilter, ScanFilter and KeyConditions.
 *
 * A condition is an attribute, a comparison operator and values.  Every
 * operator has its counterpart among the operators and functions of
 * expressions, which mean the same, to a missing attribute and to one of
 * another type as well.  Only NOT_CONTAINS is more than NOT contains(): the
 * attribute has to be there.
 */
#include "base/compat.h"

#include "expression/error.h"
#include "expression/legacy.h"
#include "expression/legacy_member.h"

#define STRINGS		(TYPE_BIT(ATTRIBUTE_S) | TYPE_BIT(ATTRIBUTE_B))
#define ORDERED		(STRINGS | TYPE_BIT(ATTRIBUTE_N))
#define BOOLS		(TYPE_BIT(ATTRIBUTE_TRUE) | TYPE_BIT(ATTRIBUTE_FALSE))
#define ELEMENTS	(ORDERED | BOOLS | TYPE_BIT(ATTRIBUTE_NULL))

typedef struct LegacyOperator
{
	const char *name;
	int			min;			/* how many values it takes */
	int			max;
	TypeSet		types;			/* of the values */
	ExpressionOp op;
	bool		negated;		/* op is false, and the attribute is there */
	bool		of_keys;		/* KeyConditions may have it */
} LegacyOperator;

static const LegacyOperator operators[] = {
	{"EQ", 1, 1, TYPES_ANY, OPERATOR_EQ, false, true},
	{"NE", 1, 1, TYPES_ANY, OPERATOR_NE, false, false},
	{"LE", 1, 1, ORDERED, OPERATOR_LE, false, true},
	{"LT", 1, 1, ORDERED, OPERATOR_LT, false, true},
	{"GE", 1, 1, ORDERED, OPERATOR_GE, false, true},
	{"GT", 1, 1, ORDERED, OPERATOR_GT, false, true},
	{"NOT_NULL", 0, 0, 0, FUNCTION_ATTRIBUTE_EXISTS, false, false},
	{"NULL", 0, 0, 0, FUNCTION_ATTRIBUTE_NOT_EXISTS, false, false},
	{"CONTAINS", 1, 1, ELEMENTS, FUNCTION_CONTAINS, false, false},
	{"NOT_CONTAINS", 1, 1, ELEMENTS, FUNCTION_CONTAINS, true, false},
	{"BEGINS_WITH", 1, 1, STRINGS, FUNCTION_BEGINS_WITH, false, true},
	{"IN", 1, PG_INT32_MAX, ORDERED, OPERATOR_IN, false, false},
	{"BETWEEN", 2, 2, ORDERED, OPERATOR_BETWEEN, false, true},
};

/* A condition as it stands in the request. */
typedef struct Comparison
{
	const LegacyOperator *op;
	DocumentPath path;
	int			count;
	BoundValue **values;		/* array of count */
} Comparison;

static Comparison *ReadConditions(const LegacyMembers *members);
static Comparison ReadExpected(const JsonNode *expected);
static void CheckExpectedForm(const JsonNode *expected);
static void CheckExistsForm(const JsonNode *expected);
static const LegacyOperator *FindOperator(const char *name);
static void ReadValues(Comparison *comparison, const JsonNode *value, const JsonNode *list);
static void CheckValues(const Comparison *comparison);
static void CheckBounds(const AttributeValue *low, const AttributeValue *high);
static void CheckOperator(const char *conditional_operator, int count);
static void CheckExpectedSize(const Comparison *comparisons, int count);
static void CheckDocumentSize(const Comparison *comparisons, int count);
static ConditionNode *Join(const Comparison *comparisons, int count, ExpressionOp op);
static void MakeNode(ConditionNode *node, const Comparison *comparison);
static void MakeComparison(ConditionNode *node, const Comparison *comparison);
static ExpressionOp JoiningOperator(const char *conditional_operator);

ConditionNode *
LegacyExpected(const JsonNode *expected, const char *conditional_operator)
{
	LegacyMembers members = LegacyReadMap(expected);
	Comparison *comparisons = palloc(Max(members.count, 1) * sizeof(Comparison));

	for (int i = 0; i < members.count; i++)
		comparisons[i] = ReadExpected(members.nodes[i]);
	CheckExpectedSize(comparisons, members.count);
	CheckOperator(conditional_operator, members.count);
	return Join(comparisons, members.count, JoiningOperator(conditional_operator));
}

ConditionNode *
LegacyFilter(const JsonNode *filter, const char *conditional_operator)
{
	LegacyMembers members = LegacyReadMap(filter);
	Comparison *comparisons = ReadConditions(&members);

	CheckDocumentSize(comparisons, members.count);
	CheckOperator(conditional_operator, members.count);
	return Join(comparisons, members.count, JoiningOperator(conditional_operator));
}

KeyCondition *
LegacyKeyCondition(const JsonNode *conditions)
{
	LegacyMembers members = LegacyReadMap(conditions);
	Comparison *comparisons = ReadConditions(&members);

	CheckDocumentSize(comparisons, members.count);
	if (members.count == 0)
		RaiseInvalid("Conditions must be at least length 1");
	if (members.count > 2)
		RaiseInvalid("Conditions can be of length 1 or 2 only");
	for (int i = 0; i < members.count; i++)
	{
		if (!comparisons[i].op->of_keys)
			RaiseInvalid("Attempted conditional constraint is not an indexable operation");
	}
	return KeyConditionOfTree(Join(comparisons, members.count, OPERATOR_AND));
}

/* ---- reading ---- */

/* The members of a filter or of KeyConditions. */
static Comparison *
ReadConditions(const LegacyMembers *members)
{
	Comparison *comparisons = palloc0(Max(members->count, 1) * sizeof(Comparison));

	for (int i = 0; i < members->count; i++)
	{
		const JsonNode *condition = members->nodes[i];
		Comparison *comparison = &comparisons[i];

		comparison->op = FindOperator(LegacyMember(condition, "ComparisonOperator")->text);
		ReadValues(comparison, NULL, LegacyMember(condition, "AttributeValueList"));
		CheckValues(comparison);
		comparison->path = LegacyPath(condition->name, condition->name_len);
	}
	return comparisons;
}

/*
 * One member of Expected.  Without an operator it is an equality or, with
 * Exists false, the attribute's absence.
 */
static Comparison
ReadExpected(const JsonNode *expected)
{
	const JsonNode *operator = LegacyMember(expected, "ComparisonOperator");
	const JsonNode *value = LegacyMember(expected, "Value");
	Comparison	comparison = {0};

	CheckExpectedForm(expected);
	if (operator)
		comparison.op = FindOperator(operator->text);
	else
		comparison.op = FindOperator(value ? "EQ" : "NULL");
	ReadValues(&comparison, value, LegacyMember(expected, "AttributeValueList"));
	comparison.path = LegacyPath(expected->name, expected->name_len);
	CheckValues(&comparison);
	return comparison;
}

/* Which members may stand beside which others. */
static void
CheckExpectedForm(const JsonNode *expected)
{
	const JsonNode *operator = LegacyMember(expected, "ComparisonOperator");
	const JsonNode *value = LegacyMember(expected, "Value");
	const JsonNode *list = LegacyMember(expected, "AttributeValueList");

	if (operator && LegacyMember(expected, "Exists"))
		RaiseInvalid("One or more parameter values were invalid: Exists and ComparisonOperator cannot be used together for Attribute: %s",
					 expected->name);
	if (value && list)
		RaiseInvalid("One or more parameter values were invalid: Value and AttributeValueList cannot be used together for Attribute: %s",
					 expected->name);
	if (!operator && list)
		RaiseInvalid("One or more parameter values were invalid: AttributeValueList can only be used with a ComparisonOperator for Attribute: %s",
					 expected->name);
	if (!operator)
		CheckExistsForm(expected);
	else if (!value && !list && FindOperator(operator->text)->min > 0)
		RaiseInvalid("One or more parameter values were invalid: Value or AttributeValueList must be used with ComparisonOperator: %s for Attribute: %s",
					 operator->text, expected->name);
}

/* The same for Value and Exists alone. */
static void
CheckExistsForm(const JsonNode *expected)
{
	const JsonNode *value = LegacyMember(expected, "Value");
	const JsonNode *exists = LegacyMember(expected, "Exists");
	bool		absent = exists && exists->kind == JSON_NODE_FALSE;

	if (value && absent)
		RaiseInvalid("One or more parameter values were invalid: Value cannot be used when Exists is false for Attribute: %s",
					 expected->name);
	if (!value && !absent)
		RaiseInvalid("One or more parameter values were invalid: Value must be provided when Exists is %s for Attribute: %s",
					 exists ? "true" : "null", expected->name);
}

static const LegacyOperator *
FindOperator(const char *name)
{
	for (size_t i = 0; i < lengthof(operators); i++)
	{
		if (strcmp(operators[i].name, name) == 0)
			return &operators[i];
	}
	elog(ERROR, "unknown comparison operator \"%s\"", name);
}

/* From one value or from a list, either of which may be NULL. */
static void
ReadValues(Comparison *comparison, const JsonNode *value, const JsonNode *list)
{
	comparison->values = palloc((list ? list->count + 1 : 1) * sizeof(BoundValue *));
	if (value)
		comparison->values[comparison->count++] = LegacyValue(value);
	if (list == NULL)
		return;
	JsonForEach(element, list)
		comparison->values[comparison->count++] = LegacyValue(element);
}

/* ---- checking ---- */

/* Number, types and bounds. */
static void
CheckValues(const Comparison *comparison)
{
	const LegacyOperator *op = comparison->op;
	BoundValue **values = comparison->values;

	if (comparison->count < op->min || comparison->count > op->max)
		RaiseInvalid("One or more parameter values were invalid: Invalid number of argument(s) for the %s ComparisonOperator",
					 op->name);
	for (int i = 0; i < comparison->count; i++)
	{
		AttributeType type = AttributeValueType(&values[i]->value);

		if (!(op->types & TYPE_BIT(type)))
			RaiseInvalid("One or more parameter values were invalid: ComparisonOperator %s is not valid for %s AttributeValue type",
						 op->name, AttributeTypeName(type));
		if (type != AttributeValueType(&values[0]->value))
			RaiseInvalid("One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type");
	}
	if (op->op == OPERATOR_BETWEEN)
		CheckBounds(&values[0]->value, &values[1]->value);
}

/* Of one type S, N or B by now, whose payloads sort as they do. */
static void
CheckBounds(const AttributeValue *low, const AttributeValue *high)
{
	if (CompareBytes(low->data, low->len, high->data, high->len) > 0)
		RaiseInvalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
}

static void
CheckOperator(const char *conditional_operator, int count)
{
	if (conditional_operator == NULL)
		return;
	if (count == 0)
		RaiseInvalid("ConditionalOperator cannot be used without Filter or Expected");
	if (count == 1)
		RaiseInvalid("ConditionalOperator can only be used when Filter or Expected has two or more elements");
}

/* All that is expected may be no larger than an item. */
static void
CheckExpectedSize(const Comparison *comparisons, int count)
{
	uint64		size = 0;

	for (int i = 0; i < count; i++)
	{
		size += comparisons[i].path.elements[0].name_len;
		for (int j = 0; j < comparisons[i].count; j++)
			size += AttributeValueSize(&comparisons[i].values[j]->value);
	}
	if (size > ITEM_MAX_SIZE)
		RaiseInvalid("Item size has exceeded the maximum allowed size");
}

/* Elsewhere that goes for documents, one by one. */
static void
CheckDocumentSize(const Comparison *comparisons, int count)
{
	for (int i = 0; i < count; i++)
	{
		for (int j = 0; j < comparisons[i].count; j++)
		{
			const AttributeValue *value = &comparisons[i].values[j]->value;
			AttributeType type = AttributeValueType(value);

			if ((type == ATTRIBUTE_M || type == ATTRIBUTE_L) && AttributeValueSize(value) > ITEM_MAX_SIZE)
				RaiseInvalid("Item size has exceeded the maximum allowed size");
		}
	}
}

/* ---- making the tree ---- */

static ExpressionOp
JoiningOperator(const char *conditional_operator)
{
	return conditional_operator && strcmp(conditional_operator, "OR") == 0 ? OPERATOR_OR : OPERATOR_AND;
}

/* NULL if there is nothing to join. */
static ConditionNode *
Join(const Comparison *comparisons, int count, ExpressionOp op)
{
	ConditionNode *root;

	if (count == 0)
		return NULL;
	root = palloc0(sizeof(ConditionNode));
	if (count == 1)
	{
		MakeNode(root, &comparisons[0]);
		return root;
	}
	LegacySetOperation(root, op, count);
	for (int i = 0; i < count; i++)
		MakeNode(&root->operands[i], &comparisons[i]);
	return root;
}

static void
MakeNode(ConditionNode *node, const Comparison *comparison)
{
	ConditionNode *operands;

	if (!comparison->op->negated)
	{
		MakeComparison(node, comparison);
		return;
	}
	LegacySetOperation(node, OPERATOR_AND, 2);
	operands = node->operands;
	LegacySetOperation(&operands[0], FUNCTION_ATTRIBUTE_EXISTS, 1);
	LegacySetPath(&operands[0].operands[0], &comparison->path);
	LegacySetOperation(&operands[1], OPERATOR_NOT, 1);
	MakeComparison(&operands[1].operands[0], comparison);
}

/* The attribute, then the values. */
static void
MakeComparison(ConditionNode *node, const Comparison *comparison)
{
	LegacySetOperation(node, comparison->op->op, comparison->count + 1);
	LegacySetPath(&node->operands[0], &comparison->path);
	for (int i = 0; i < comparison->count; i++)
		LegacySetValue(&node->operands[i + 1], comparison->values[i]);
}
