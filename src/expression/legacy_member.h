/*
 * legacy_member.h
 *	  Reading the JSON of legacy parameters: what legacy.c and
 *	  legacy_condition.c share.
 */
#ifndef DYNAMO_LEGACY_MEMBER_H
#define DYNAMO_LEGACY_MEMBER_H

#include "base/json_reader.h"
#include "expression/condition.h"

/* Members of a map, or names of a list, in the order of the request. */
typedef struct LegacyMembers
{
	int			count;
	const JsonNode **nodes;		/* array of count */
} LegacyMembers;

/* The members of a map; of a name that is repeated, the last. */
extern LegacyMembers LegacyReadMap(const JsonNode *map);

/*
 * The elements of a list of names.  *repeated is the number of the first that
 * repeats an earlier one, or their count if none does.
 */
extern LegacyMembers LegacyReadNames(const JsonNode *list, int *repeated);

/* The member of an object, or NULL; one that is null counts as absent. */
extern const JsonNode *LegacyMember(const JsonNode *object, const char *name);

/* An attribute's path.  Raises the service's error for a name that is not allowed. */
extern DocumentPath LegacyPath(const char *name, int name_len);

/* The AttributeValue of a node.  Raises the service's errors. */
extern BoundValue *LegacyValue(const JsonNode *node);

/* Fill in a zeroed node: an attribute, a value, or an operation with room for count operands. */
extern void LegacySetPath(ConditionNode *node, const DocumentPath *path);
extern void LegacySetValue(ConditionNode *node, const BoundValue *value);
extern void LegacySetOperation(ConditionNode *node, ExpressionOp op, int count);

#endif							/* DYNAMO_LEGACY_MEMBER_H */
