/*
 * evaluate.c
 *	  Is a condition true of an item?
 *
 * An operand is read into an Operand on the stack: a view of the item's or
 * the request's bytes, or a number that size() has made.  Every value has one
 * encoding, so values are equal if their bytes are, and of S, N and B the
 * bytes sort as the values do.
 */
#include "base/compat.h"

#include "expression/evaluate.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "value/number.h"

typedef struct Operand
{
	bool		found;
	AttributeValue value;
	uint8		number[NUMBER_MAX_BYTES];	/* what value points to, from size() */
} Operand;

static bool EvaluateComparison(const ConditionNode *node, const AttributeValue *map);
static bool EvaluateBetween(const ConditionNode *node, const AttributeValue *map);
static bool EvaluateIn(const ConditionNode *node, const AttributeValue *map);
static bool EvaluateFunction(const ConditionNode *node, const AttributeValue *map);
static void ReadOperand(Operand *operand, const ConditionNode *node, const AttributeValue *map);
static void ReadSize(Operand *operand, const ConditionNode *node, const AttributeValue *map);
static bool SizeOf(const AttributeValue *value, uint32 *size);
static uint32 Utf16Length(const char *text, uint32 len);
static bool OperandsEqual(const Operand *a, const Operand *b);
static bool ValuesEqual(const AttributeValue *a, const AttributeValue *b);
static bool OperandsInOrder(const Operand *a, const Operand *b, int *order);
static bool HasTypeName(const AttributeValue *value, const AttributeValue *name);
static bool BeginsWith(const AttributeValue *value, const AttributeValue *prefix);
static bool Contains(const AttributeValue *whole, const AttributeValue *part);
static bool ContainsElement(const AttributeValue *whole, const AttributeValue *part);

bool
ConditionEvaluate(const ConditionNode *condition, const AttributeValue *map)
{
	check_stack_depth();
	Assert(condition->type == NODE_OPERATION);
	switch (condition->op)
	{
		case OPERATOR_AND:
			for (int i = 0; i < condition->count; i++)
			{
				if (!ConditionEvaluate(&condition->operands[i], map))
					return false;
			}
			return true;
		case OPERATOR_OR:
			for (int i = 0; i < condition->count; i++)
			{
				if (ConditionEvaluate(&condition->operands[i], map))
					return true;
			}
			return false;
		case OPERATOR_NOT:
			return !ConditionEvaluate(&condition->operands[0], map);
		case OPERATOR_BETWEEN:
			return EvaluateBetween(condition, map);
		case OPERATOR_IN:
			return EvaluateIn(condition, map);
		default:
			if (OperatorIsFunction(condition->op))
				return EvaluateFunction(condition, map);
			return EvaluateComparison(condition, map);
	}
}

List *
ConditionAttributes(const ConditionNode *condition)
{
	List	   *attributes = NIL;

	check_stack_depth();
	if (condition->type == NODE_PATH)
		return list_make1(&condition->path.elements[0]);
	for (int i = 0; i < condition->count; i++)
		attributes = list_concat(attributes, ConditionAttributes(&condition->operands[i]));
	return attributes;
}

/* ---- operators ---- */

static bool
EvaluateComparison(const ConditionNode *node, const AttributeValue *map)
{
	Operand		left;
	Operand		right;
	int			order;

	ReadOperand(&left, &node->operands[0], map);
	ReadOperand(&right, &node->operands[1], map);
	if (node->op == OPERATOR_EQ)
		return OperandsEqual(&left, &right);
	if (node->op == OPERATOR_NE)
		return !OperandsEqual(&left, &right);
	if (!OperandsInOrder(&left, &right, &order))
		return false;
	switch (node->op)
	{
		case OPERATOR_LT:
			return order < 0;
		case OPERATOR_LE:
			return order <= 0;
		case OPERATOR_GT:
			return order > 0;
		case OPERATOR_GE:
			return order >= 0;
		default:
			elog(ERROR, "unknown comparison: %d", (int) node->op);
	}
}

static bool
EvaluateBetween(const ConditionNode *node, const AttributeValue *map)
{
	Operand		value;
	Operand		bound;
	int			order;

	ReadOperand(&value, &node->operands[0], map);
	ReadOperand(&bound, &node->operands[1], map);
	if (!OperandsInOrder(&bound, &value, &order) || order > 0)
		return false;
	ReadOperand(&bound, &node->operands[2], map);
	return OperandsInOrder(&value, &bound, &order) && order <= 0;
}

static bool
EvaluateIn(const ConditionNode *node, const AttributeValue *map)
{
	Operand		value;
	Operand		candidate;

	ReadOperand(&value, &node->operands[0], map);
	for (int i = 1; i < node->count; i++)
	{
		ReadOperand(&candidate, &node->operands[i], map);
		if (OperandsEqual(&value, &candidate))
			return true;
	}
	return false;
}

static bool
EvaluateFunction(const ConditionNode *node, const AttributeValue *map)
{
	Operand		first;
	Operand		second;

	ReadOperand(&first, &node->operands[0], map);
	if (node->op == FUNCTION_ATTRIBUTE_EXISTS)
		return first.found;
	if (node->op == FUNCTION_ATTRIBUTE_NOT_EXISTS)
		return !first.found;

	ReadOperand(&second, &node->operands[1], map);
	if (!first.found || !second.found)
		return false;
	switch (node->op)
	{
		case FUNCTION_ATTRIBUTE_TYPE:
			return HasTypeName(&first.value, &second.value);
		case FUNCTION_BEGINS_WITH:
			return BeginsWith(&first.value, &second.value);
		case FUNCTION_CONTAINS:
			return Contains(&first.value, &second.value);
		default:
			elog(ERROR, "unknown function: %d", (int) node->op);
	}
}

/* ---- operands ---- */

static void
ReadOperand(Operand *operand, const ConditionNode *node, const AttributeValue *map)
{
	switch (node->type)
	{
		case NODE_PATH:
			operand->found = map != NULL && DocumentPathFind(&node->path, map, &operand->value);
			break;
		case NODE_VALUE:
			operand->found = true;
			operand->value = node->value->value;
			break;
		case NODE_OPERATION:
			Assert(node->op == FUNCTION_SIZE);
			ReadSize(operand, &node->operands[0], map);
			break;
	}
}

/* size() of a node; nothing is found where there is nothing, or no size. */
static void
ReadSize(Operand *operand, const ConditionNode *node, const AttributeValue *map)
{
	uint32		size;
	char		digits[12];
	int			len;

	ReadOperand(operand, node, map);
	if (!operand->found)
		return;
	operand->found = SizeOf(&operand->value, &size);
	if (!operand->found)
		return;
	len = pg_ultoa_n(size, digits);
	if (NumberFromText(digits, len, operand->number, &len) != NUMBER_OK)
		elog(ERROR, "size %u is not a number", size);
	operand->value.tag = ATTRIBUTE_N;
	operand->value.data = (const char *) operand->number;
	operand->value.len = len;
}

/* The size that size() means, which is not the one that counts for limits. */
static bool
SizeOf(const AttributeValue *value, uint32 *size)
{
	switch (AttributeValueType(value))
	{
		case ATTRIBUTE_S:
			*size = Utf16Length(value->data, value->len);
			return true;
		case ATTRIBUTE_B:
			*size = value->len;
			return true;
		case ATTRIBUTE_M:
		case ATTRIBUTE_L:
		case ATTRIBUTE_SS:
		case ATTRIBUTE_NS:
		case ATTRIBUTE_BS:
			*size = ContainerOpen(value).count;
			return true;
		default:
			return false;
	}
}

/*
 * The service counts a string as its implementation language does: in units
 * of UTF-16.  A character of four bytes takes two, any other one.
 */
static uint32
Utf16Length(const char *text, uint32 len)
{
	uint32		units = 0;

	for (uint32 i = 0; i < len; i++)
	{
		uint8		byte = (uint8) text[i];

		units += (byte & 0xC0) != 0x80;
		units += byte >= 0xF0;
	}
	return units;
}

static bool
OperandsEqual(const Operand *a, const Operand *b)
{
	return a->found && b->found && ValuesEqual(&a->value, &b->value);
}

static bool
ValuesEqual(const AttributeValue *a, const AttributeValue *b)
{
	return a->tag == b->tag && a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* The order of two operands; false if they have none. */
static bool
OperandsInOrder(const Operand *a, const Operand *b, int *order)
{
	if (!a->found || !b->found || a->value.tag != b->value.tag)
		return false;
	switch (AttributeValueType(&a->value))
	{
		case ATTRIBUTE_S:
		case ATTRIBUTE_N:
		case ATTRIBUTE_B:
			*order = CompareBytes(a->value.data, a->value.len, b->value.data, b->value.len);
			return true;
		default:
			return false;
	}
}

/* ---- functions ---- */

static bool
HasTypeName(const AttributeValue *value, const AttributeValue *name)
{
	const char *type = AttributeTypeName(AttributeValueType(value));

	return CompareBytes(type, strlen(type), name->data, name->len) == 0;
}

static bool
BeginsWith(const AttributeValue *value, const AttributeValue *prefix)
{
	AttributeType type = AttributeValueType(value);

	return (type == ATTRIBUTE_S || type == ATTRIBUTE_B) && type == AttributeValueType(prefix) &&
		value->len >= prefix->len && memcmp(value->data, prefix->data, prefix->len) == 0;
}

/* A part of a string or of binary data, or an element of a set or list. */
static bool
Contains(const AttributeValue *whole, const AttributeValue *part)
{
	switch (AttributeValueType(whole))
	{
		case ATTRIBUTE_S:
		case ATTRIBUTE_B:
			return whole->tag == part->tag &&
				memmem(whole->data, whole->len, part->data, part->len) != NULL;
		case ATTRIBUTE_L:
		case ATTRIBUTE_SS:
		case ATTRIBUTE_NS:
		case ATTRIBUTE_BS:
			return ContainsElement(whole, part);
		default:
			return false;
	}
}

static bool
ContainsElement(const AttributeValue *whole, const AttributeValue *part)
{
	Container	container = ContainerOpen(whole);

	for (uint32 i = 0; i < container.count; i++)
	{
		AttributeValue element = ContainerElement(&container, i);

		if (ValuesEqual(&element, part))
			return true;
	}
	return false;
}
