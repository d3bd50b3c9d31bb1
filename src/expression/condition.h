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

/* ---- for update.c, whose actions take the same operands ---- */

/* Binds and checks one node of a parsed tree with all below it. */
extern ConditionNode *ConditionBind(ExpressionKind kind, const ExpressionNode *tree,
									const char *text, Binding *binding);

/* How many operators and functions there are in it. */
extern int	ConditionCountOperators(const ConditionNode *node);

extern void ConditionCheckOperators(ExpressionKind kind, int count);

#endif							/* DYNAMO_CONDITION_H */
