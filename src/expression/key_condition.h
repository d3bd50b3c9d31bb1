/*
 * key_condition.h
 *	  KeyConditionExpression: which keys a Query reads.
 */
#ifndef DYNAMO_KEY_CONDITION_H
#define DYNAMO_KEY_CONDITION_H

#include "expression/condition.h"

typedef enum KeyOperator
{
	KEY_EQ,
	KEY_LT,
	KEY_LE,
	KEY_GT,
	KEY_GE,
	KEY_BETWEEN,				/* both bounds included */
	KEY_BEGINS_WITH
} KeyOperator;

/* One comparison: attribute, operator, one operand or two (BETWEEN). */
typedef struct KeyComparison
{
	const char *attribute;
	uint32		attribute_len;
	KeyOperator op;
	AttributeValue operands[2];
} KeyComparison;

/* An attribute of the key schema; its type is ATTRIBUTE_S, _N or _B. */
typedef struct KeyAttribute
{
	const char *name;
	uint32		name_len;
	AttributeType type;
	const char *index;			/* the secondary index whose key it is, or NULL */
} KeyAttribute;

typedef struct KeyCondition KeyCondition;

/*
 * Parses and binds the expression.  It may still be any condition of the
 * language: the service says only after BindingCheckUnused() and with the
 * table at hand that it is no key condition, so KeyConditionMatch() does.
 */
extern KeyCondition *KeyConditionPrepare(const char *text, int len, Binding *binding);

/* The same from a tree that is bound already (legacy.h). */
extern KeyCondition *KeyConditionOfTree(ConditionNode *root);

/*
 * Sorts the condition out against a key schema: nkeys attributes, the first
 * nhash of them the partition key.  matches gets the comparison on each, or
 * NULL where there is none: an equality on every attribute of the partition
 * key, and of the sort key's attributes on the first so many, all but the last
 * of them an equality.
 *
 * Refuses what is not comparisons of top-level attributes with values,
 * joined by AND, and raises the service's errors for those: missed key schema
 * element, condition not supported, type mismatch, empty or too long key
 * values.
 */
extern void KeyConditionMatch(const KeyCondition *condition, const KeyAttribute *keys,
							  int nhash, int nkeys, KeyComparison **matches);

#endif							/* DYNAMO_KEY_CONDITION_H */
