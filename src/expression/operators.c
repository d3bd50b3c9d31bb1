/*
 * operators.c
 *	  The operators and functions of the expression language, as data.
 *
 * One row each; the checks that read them are in check.c (what the text alone
 * decides), condition.c and update.c (what depends on the operands).
 */
#include "base/compat.h"

#include "expression/operators.h"

#define BOOLS			(TYPE_BIT(ATTRIBUTE_TRUE) | TYPE_BIT(ATTRIBUTE_FALSE))
#define STRINGS			(TYPE_BIT(ATTRIBUTE_S) | TYPE_BIT(ATTRIBUTE_B))
#define ORDERED			(STRINGS | TYPE_BIT(ATTRIBUTE_N))
#define SETS			(TYPE_BIT(ATTRIBUTE_SS) | TYPE_BIT(ATTRIBUTE_NS) | TYPE_BIT(ATTRIBUTE_BS))
#define WITH_SIZE		(TYPES_ANY & ~(BOOLS | TYPE_BIT(ATTRIBUTE_N) | TYPE_BIT(ATTRIBUTE_NULL)))

static const OperatorInfo operators[] = {
	[OPERATOR_EQ] = {"=", USE_AS_CONDITION, 2, TYPES_ANY, TYPES_ANY},
	[OPERATOR_NE] = {"<>", USE_AS_CONDITION, 2, TYPES_ANY, TYPES_ANY},
	[OPERATOR_LT] = {"<", USE_AS_CONDITION, 2, ORDERED, ORDERED},
	[OPERATOR_LE] = {"<=", USE_AS_CONDITION, 2, ORDERED, ORDERED},
	[OPERATOR_GT] = {">", USE_AS_CONDITION, 2, ORDERED, ORDERED},
	[OPERATOR_GE] = {">=", USE_AS_CONDITION, 2, ORDERED, ORDERED},
	[OPERATOR_BETWEEN] = {"BETWEEN", USE_AS_CONDITION, 3, ORDERED, ORDERED},
	[OPERATOR_IN] = {"IN", USE_AS_CONDITION, 0, TYPES_ANY, TYPES_ANY},
	[OPERATOR_AND] = {"AND", USE_AS_CONDITION, 0, 0, 0},
	[OPERATOR_OR] = {"OR", USE_AS_CONDITION, 0, 0, 0},
	[OPERATOR_NOT] = {"NOT", USE_AS_CONDITION, 1, 0, 0},
	[OPERATOR_PLUS] = {"+", USE_AS_UPDATE_VALUE, 2, TYPE_BIT(ATTRIBUTE_N), TYPE_BIT(ATTRIBUTE_N)},
	[OPERATOR_MINUS] = {"-", USE_AS_UPDATE_VALUE, 2, TYPE_BIT(ATTRIBUTE_N), TYPE_BIT(ATTRIBUTE_N)},
	[ACTION_SET] = {"SET", USE_AS_ACTION, 2, TYPES_ANY, TYPES_ANY},
	[ACTION_REMOVE] = {"REMOVE", USE_AS_ACTION, 1, TYPES_ANY, 0},
	[ACTION_ADD] = {"ADD", USE_AS_ACTION, 2, TYPES_ANY, SETS | TYPE_BIT(ATTRIBUTE_N)},
	[ACTION_DELETE] = {"DELETE", USE_AS_ACTION, 2, TYPES_ANY, SETS},
	[FUNCTION_ATTRIBUTE_EXISTS] = {"attribute_exists", USE_AS_CONDITION, 1, TYPES_ANY, TYPES_ANY},
	[FUNCTION_ATTRIBUTE_NOT_EXISTS] = {"attribute_not_exists", USE_AS_CONDITION, 1, TYPES_ANY, TYPES_ANY},
	[FUNCTION_ATTRIBUTE_TYPE] = {"attribute_type", USE_AS_CONDITION, 2, TYPES_ANY, TYPE_BIT(ATTRIBUTE_S)},
	[FUNCTION_BEGINS_WITH] = {"begins_with", USE_AS_CONDITION, 2, STRINGS, STRINGS},
	[FUNCTION_CONTAINS] = {"contains", USE_AS_CONDITION, 2, TYPES_ANY, TYPES_ANY},
	[FUNCTION_SIZE] = {"size", USE_AS_OPERAND, 1, WITH_SIZE, WITH_SIZE},
	[FUNCTION_IF_NOT_EXISTS] = {"if_not_exists", USE_AS_UPDATE_OPERAND, 2, TYPES_ANY, TYPES_ANY},
	[FUNCTION_LIST_APPEND] = {"list_append", USE_AS_UPDATE_VALUE, 2, TYPE_BIT(ATTRIBUTE_L), TYPE_BIT(ATTRIBUTE_L)},
};

const OperatorInfo *
GetOperatorInfo(ExpressionOp op)
{
	Assert(op < FUNCTION_UNKNOWN);
	return &operators[op];
}

ExpressionOp
FindFunction(const char *name, int len)
{
	for (ExpressionOp op = FUNCTION_ATTRIBUTE_EXISTS; op < FUNCTION_UNKNOWN; op++)
	{
		const char *known = operators[op].name;

		if (CompareBytes(known, strlen(known), name, len) == 0)
			return op;
	}
	return FUNCTION_UNKNOWN;
}

const char *
AttributeTypeLongName(AttributeType type)
{
	switch (type)
	{
		case ATTRIBUTE_S:
			return "STRING";
		case ATTRIBUTE_N:
			return "NUMBER";
		case ATTRIBUTE_B:
			return "BINARY";
		case ATTRIBUTE_TRUE:
		case ATTRIBUTE_FALSE:
			return "BOOLEAN";
		case ATTRIBUTE_NULL:
			return "NULL";
		case ATTRIBUTE_M:
			return "MAP";
		case ATTRIBUTE_L:
			return "LIST";
		case ATTRIBUTE_SS:
			return "STRING_SET";
		case ATTRIBUTE_NS:
			return "NUMBER_SET";
		case ATTRIBUTE_BS:
			return "BINARY_SET";
	}
	elog(ERROR, "unknown attribute type: %d", (int) type);
}
