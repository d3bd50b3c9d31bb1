/*
 * condition.h
 *	  A condition bound to a request's names and values.
 *
 * The same for every kind of expression that is a condition; what may be in
 * it, and what it means, is up to the kind.
 */
#ifndef DYNAMO_CONDITION_H
#define DYNAMO_CONDITION_H

#include "expression/binding.h"
#include "expression/tree.h"

typedef struct ConditionNode
{
	ExpressionNodeType type;
	DocumentPath path;			/* of a NODE_PATH */
	const BoundValue *value;	/* of a NODE_VALUE */
	ExpressionOp op;			/* of a NODE_OPERATION */
	int			count;
	struct ConditionNode *operands; /* array of count */
} ConditionNode;

/*
 * Parses, binds and checks a condition: placeholders, numbers and types of
 * operands, bounds, number of operators.  Raises the service's errors.
 */
extern ConditionNode *ConditionPrepare(ExpressionKind kind, const char *text, int len, Binding *binding);

#endif							/* DYNAMO_CONDITION_H */
