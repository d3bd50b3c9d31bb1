/*
 * key_condition.c
 *	  KeyConditionExpression: which keys a Query reads.
 *
 * A key condition is read in three steps, with the service's errors in that
 * order.  Preparing takes any condition.  Collecting makes comparisons of it,
 * or finds that it is none that keys can have.  Matching holds the
 * comparisons against a key schema.
 */
#include "base/compat.h"

#include "expression/error.h"
#include "expression/key_condition.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "value/key.h"

struct KeyCondition
{
	ConditionNode *root;
};

/* Comparisons on their way from the tree. */
typedef struct ComparisonList
{
	int			count;
	int			size;			/* room for that many */
	KeyComparison *comparisons;
} ComparisonList;

/* What a table's key takes; an index may have more attributes in its key. */
#define USUAL_KEY_COMPARISONS	2

static void Collect(const ConditionNode *node, ComparisonList *list);
static void AddComparison(const ConditionNode *node, ComparisonList *list);
static KeyComparison ReadComparison(const ConditionNode *node);
static bool KeyOperatorOf(ExpressionOp op, KeyOperator *key_op);
static KeyOperator FlipOperator(KeyOperator op);
static void SetAttribute(KeyComparison *comparison, const DocumentPath *path);
static KeyComparison *FindComparison(const ComparisonList *list, const char *name, uint32 name_len);
static int	OperandCount(const KeyComparison *comparison);
static void CheckOperandTypes(const KeyComparison *comparison, const KeyAttribute *key);
static void CheckOperandValues(const KeyComparison *comparison, const KeyAttribute *key, bool is_hash);
static char *WithoutEquality(const ComparisonList *list, const KeyAttribute *keys, int count);
static void CheckHashKeys(const ComparisonList *list, const KeyAttribute *keys, int count);
static void CheckBefore(const ComparisonList *list, const KeyAttribute *keys, int i);
static KeyComparison *MatchKey(const ComparisonList *list, const KeyAttribute *key, bool is_hash);
static void RaiseMissed(const KeyAttribute *key) pg_attribute_noreturn();

KeyCondition *
KeyConditionPrepare(const char *text, int len, Binding *binding)
{
	return KeyConditionOfTree(ConditionPrepare(EXPRESSION_KEY_CONDITION, text, len, binding));
}

KeyCondition *
KeyConditionOfTree(ConditionNode *root)
{
	KeyCondition *condition = palloc(sizeof(KeyCondition));

	condition->root = root;
	return condition;
}

void
KeyConditionMatch(const KeyCondition *condition, const KeyAttribute *keys,
				  int nhash, int nkeys, KeyComparison **matches)
{
	ComparisonList list = {0, Max(nkeys, USUAL_KEY_COMPARISONS), NULL};

	list.comparisons = palloc(list.size * sizeof(KeyComparison));
	Collect(condition->root, &list);
	if (list.count > Max(nkeys, USUAL_KEY_COMPARISONS))
		RaiseInvalid("Conditions can be of length 1 or 2 only");
	if (list.count > nkeys)
		RaiseInvalid("Query key condition not supported");
	if (nhash > 1)
		CheckHashKeys(&list, keys, nhash);
	for (int i = nhash + 1; i < nkeys; i++)
		CheckBefore(&list, keys + nhash, i - nhash);

	for (int i = 0; i < nkeys; i++)
		matches[i] = i < Max(nhash, list.count) ? MatchKey(&list, &keys[i], i < nhash) : NULL;
}

/* ---- collecting ---- */

static void
Collect(const ConditionNode *node, ComparisonList *list)
{
	check_stack_depth();
	if (node->type == NODE_OPERATION && node->op == OPERATOR_AND)
	{
		for (int i = 0; i < node->count; i++)
			Collect(&node->operands[i], list);
	}
	else
		AddComparison(node, list);
}

static void
AddComparison(const ConditionNode *node, ComparisonList *list)
{
	KeyComparison comparison = ReadComparison(node);

	if (FindComparison(list, comparison.attribute, comparison.attribute_len))
		RaiseInvalid("KeyConditionExpressions must only contain one condition per key");
	if (list->count == list->size)
	{
		list->size *= 2;
		list->comparisons = repalloc(list->comparisons, list->size * sizeof(KeyComparison));
	}
	list->comparisons[list->count++] = comparison;
}

/* Makes a comparison of an operation, or refuses it. */
static KeyComparison
ReadComparison(const ConditionNode *node)
{
	const char *name = GetOperatorInfo(node->op)->name;
	KeyComparison comparison = {0};
	int			nvalues = 0;

	if (!KeyOperatorOf(node->op, &comparison.op))
		RaiseInvalid("Invalid operator used in KeyConditionExpression: %s", name);
	for (int i = 0; i < node->count; i++)
	{
		const ConditionNode *operand = &node->operands[i];

		if (operand->type == NODE_OPERATION)
			RaiseInvalid("KeyConditionExpressions cannot contain nested operations");
		if (operand->type == NODE_PATH)
		{
			SetAttribute(&comparison, &operand->path);
			if (i > 0)
				comparison.op = FlipOperator(comparison.op);
			continue;
		}
		if (i == 0 && (comparison.op == KEY_BETWEEN || comparison.op == KEY_BEGINS_WITH))
			RaiseInvalid("Invalid condition in KeyConditionExpression: %s operator must have the key attribute as its first operand",
						 name);
		Assert(nvalues < (int) lengthof(comparison.operands));
		comparison.operands[nvalues++] = operand->value->value;
	}
	if (comparison.attribute == NULL)
		RaiseInvalid("Invalid condition in KeyConditionExpression: No key attribute specified");
	return comparison;
}

static bool
KeyOperatorOf(ExpressionOp op, KeyOperator *key_op)
{
	switch (op)
	{
		case OPERATOR_EQ:
			*key_op = KEY_EQ;
			return true;
		case OPERATOR_LT:
			*key_op = KEY_LT;
			return true;
		case OPERATOR_LE:
			*key_op = KEY_LE;
			return true;
		case OPERATOR_GT:
			*key_op = KEY_GT;
			return true;
		case OPERATOR_GE:
			*key_op = KEY_GE;
			return true;
		case OPERATOR_BETWEEN:
			*key_op = KEY_BETWEEN;
			return true;
		case FUNCTION_BEGINS_WITH:
			*key_op = KEY_BEGINS_WITH;
			return true;
		default:
			return false;
	}
}

/* The operator of "b op a" that means "a op b". */
static KeyOperator
FlipOperator(KeyOperator op)
{
	switch (op)
	{
		case KEY_LT:
			return KEY_GT;
		case KEY_LE:
			return KEY_GE;
		case KEY_GT:
			return KEY_LT;
		case KEY_GE:
			return KEY_LE;
		default:
			return op;
	}
}

static void
SetAttribute(KeyComparison *comparison, const DocumentPath *path)
{
	if (comparison->attribute != NULL)
		RaiseInvalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
	if (path->count > 1)
		RaiseInvalid("KeyConditionExpressions cannot have conditions on nested attributes");
	comparison->attribute = path->elements[0].name;
	comparison->attribute_len = path->elements[0].name_len;
}

static KeyComparison *
FindComparison(const ComparisonList *list, const char *name, uint32 name_len)
{
	for (int i = 0; i < list->count; i++)
	{
		KeyComparison *comparison = &list->comparisons[i];

		if (CompareBytes(comparison->attribute, comparison->attribute_len, name, name_len) == 0)
			return comparison;
	}
	return NULL;
}

/* ---- matching ---- */

/* "a, b" of those attributes that have no equality; NULL if all have. */
static char *
WithoutEquality(const ComparisonList *list, const KeyAttribute *keys, int count)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < count; i++)
	{
		KeyComparison *comparison = FindComparison(list, keys[i].name, keys[i].name_len);

		if (comparison == NULL || comparison->op != KEY_EQ)
			appendStringInfo(&names, "%s%.*s", names.len > 0 ? ", " : "", (int) keys[i].name_len, keys[i].name);
	}
	return names.len > 0 ? names.data : NULL;
}

/* A partition key of several attributes needs them all. */
static void
CheckHashKeys(const ComparisonList *list, const KeyAttribute *keys, int count)
{
	char	   *missing = WithoutEquality(list, keys, count);

	if (missing)
		RaiseInvalid("HASH key attributes %s must have equality conditions specified in the query", missing);
}

/* A comparison on an attribute of the sort key needs equalities on those before. */
static void
CheckBefore(const ComparisonList *list, const KeyAttribute *keys, int i)
{
	char	   *missing = NULL;

	if (FindComparison(list, keys[i].name, keys[i].name_len))
		missing = WithoutEquality(list, keys, i);
	if (missing)
		RaiseInvalid("RANGE key attributes %s must have equality conditions specified in the query because a condition is present on key attribute %.*s",
					 missing, (int) keys[i].name_len, keys[i].name);
}

static KeyComparison *
MatchKey(const ComparisonList *list, const KeyAttribute *key, bool is_hash)
{
	KeyComparison *comparison = FindComparison(list, key->name, key->name_len);

	if (comparison == NULL)
		RaiseMissed(key);
	CheckOperandTypes(comparison, key);
	if (is_hash && comparison->op != KEY_EQ)
		RaiseInvalid("Query key condition not supported");
	CheckOperandValues(comparison, key, is_hash);
	return comparison;
}

static void
RaiseMissed(const KeyAttribute *key)
{
	RaiseInvalid("Query condition missed key schema element: %.*s", (int) key->name_len, key->name);
}

static int
OperandCount(const KeyComparison *comparison)
{
	return comparison->op == KEY_BETWEEN ? 2 : 1;
}

static void
CheckOperandTypes(const KeyComparison *comparison, const KeyAttribute *key)
{
	for (int i = 0; i < OperandCount(comparison); i++)
	{
		if (AttributeValueType(&comparison->operands[i]) != key->type)
			RaiseInvalid("One or more parameter values were invalid: Condition parameter type does not match schema type");
	}
}

static void
CheckOperandValues(const KeyComparison *comparison, const KeyAttribute *key, bool is_hash)
{
	const char *name = pnstrdup(key->name, key->name_len);

	for (int i = 0; i < OperandCount(comparison); i++)
		KeyCheckValue(key->index, name, &comparison->operands[i], is_hash);
}
