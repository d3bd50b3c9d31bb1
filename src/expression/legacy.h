/*
 * legacy.h
 *	  The parameters that expressions replaced, as the same trees.
 *
 * Each function takes a member of a request that has passed ShapeCheck(),
 * never NULL, and gives what the matching expression would have given; it
 * raises the service's errors for values, operators, and counts and types of
 * operands that do not go together.  Of conditions and updates the first that
 * is wrong, in the order of the request, is reported.
 *
 * A name is an attribute's name, whatever characters are in it: "a.b" is one
 * attribute, and nothing inside a document can be named.
 *
 * The trees live in the memory context current at the call and point into the
 * request's JSON.
 *
 * Source: "Legacy conditional parameters" in the developer guide, and
 * AttributesToGet, Expected, ConditionalOperator, AttributeUpdates,
 * KeyConditions, QueryFilter, ScanFilter in the service model.
 */
#ifndef DYNAMO_LEGACY_H
#define DYNAMO_LEGACY_H

#include "base/json_reader.h"
#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/projection.h"
#include "expression/update.h"

/* AttributesToGet */
extern Projection *LegacyProjection(const JsonNode *attributes);

/*
 * Expected; QueryFilter or ScanFilter.  NULL for an empty map: every item
 * fits.  conditional_operator is "AND", "OR" or NULL, which means AND; to have
 * one with less than two conditions is an error.  A request that has one
 * without Expected or filter is its reader's to refuse.
 */
extern ConditionNode *LegacyExpected(const JsonNode *expected, const char *conditional_operator);
extern ConditionNode *LegacyFilter(const JsonNode *filter, const char *conditional_operator);

/*
 * KeyConditions.  Its count and its operators are checked here already, so
 * that KeyConditionMatch() has only to find the keys and check their types.
 */
extern KeyCondition *LegacyKeyCondition(const JsonNode *conditions);

/* AttributeUpdates; an update without actions for an empty map. */
extern Update *LegacyUpdate(const JsonNode *updates);

#endif							/* DYNAMO_LEGACY_H */
