/*
 * evaluate.h
 *	  Is a condition true of an item?
 *
 * Reads the item in place and allocates nothing, so that a filter may run
 * over any number of items in one memory context.
 *
 * What the service does where a condition does not fit the item, as observed
 * and as "Comparison operator and function reference" in the developer guide
 * has it: an operand that is not there, or whose type the operator does not
 * take, makes a comparison or function false, but for <>, which it makes
 * true.  NOT turns that around like any other answer.
 */
#ifndef DYNAMO_EVALUATE_H
#define DYNAMO_EVALUATE_H

#include "expression/condition.h"
#include "nodes/pg_list.h"

/* map is the item's value (ItemValue()), or NULL for an item that is not there. */
extern bool ConditionEvaluate(const ConditionNode *condition, const AttributeValue *map);

/* The first elements of all paths in a condition: a list of PathElement *. */
extern List *ConditionAttributes(const ConditionNode *condition);

#endif							/* DYNAMO_EVALUATE_H */
