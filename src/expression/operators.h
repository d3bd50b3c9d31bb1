/*
 * operators.h
 *	  The operators and functions of the expression language, as data.
 *
 * Source: "Condition and filter expressions, operators, and functions" and
 * "Update expressions" in the developer guide.
 */
#ifndef DYNAMO_OPERATORS_H
#define DYNAMO_OPERATORS_H

#include "base/compat.h"

#include "value/item.h"

typedef enum ExpressionOp
{
	OPERATOR_EQ,
	OPERATOR_NE,
	OPERATOR_LT,
	OPERATOR_LE,
	OPERATOR_GT,
	OPERATOR_GE,
	OPERATOR_BETWEEN,
	OPERATOR_IN,
	OPERATOR_AND,
	OPERATOR_OR,
	OPERATOR_NOT,
	OPERATOR_PLUS,
	OPERATOR_MINUS,
	ACTION_SET,
	ACTION_REMOVE,
	ACTION_ADD,
	ACTION_DELETE,
	FUNCTION_ATTRIBUTE_EXISTS,
	FUNCTION_ATTRIBUTE_NOT_EXISTS,
	FUNCTION_ATTRIBUTE_TYPE,
	FUNCTION_BEGINS_WITH,
	FUNCTION_CONTAINS,
	FUNCTION_SIZE,
	FUNCTION_IF_NOT_EXISTS,
	FUNCTION_LIST_APPEND,
	FUNCTION_UNKNOWN			/* a function's name not yet looked up */
} ExpressionOp;

/* Where an operation may stand. */
typedef enum OperatorUse
{
	USE_AS_CONDITION,
	USE_AS_OPERAND,
	USE_AS_UPDATE_OPERAND,		/* wherever SET takes a value */
	USE_AS_UPDATE_VALUE,		/* as the whole value of a SET only */
	USE_AS_ACTION
} OperatorUse;

/* A set of AttributeTypes. */
typedef uint32 TypeSet;

#define TYPE_BIT(type)		((TypeSet) 1 << (type))
#define TYPES_ANY			(~(TypeSet) 0)

typedef struct OperatorInfo
{
	const char *name;			/* as the language and the service's texts spell it */
	OperatorUse use;
	int			operands;		/* how many a function takes */
	TypeSet		first;			/* types allowed for the first operand */
	TypeSet		others;			/* and for the others */
} OperatorInfo;

extern const OperatorInfo *GetOperatorInfo(ExpressionOp op);

/* The function of that name, or FUNCTION_UNKNOWN.  Names are case-sensitive. */
extern ExpressionOp FindFunction(const char *name, int len);

/* "STRING", as the service names types in messages about ADD and DELETE. */
extern const char *AttributeTypeLongName(AttributeType type);

#define OperatorIsAction(op)	((op) >= ACTION_SET && (op) <= ACTION_DELETE)
#define OperatorIsLogical(op)	((op) >= OPERATOR_AND && (op) <= OPERATOR_NOT)
#define OperatorIsFunction(op)	((op) >= FUNCTION_ATTRIBUTE_EXISTS)

#endif							/* DYNAMO_OPERATORS_H */
