/*
 * projection.h
 *	  The projection of a request that has no other expression.
 */
#ifndef DYNAMO_API_PROJECTION_H
#define DYNAMO_API_PROJECTION_H

#include "expression/expression.h"

/*
 * Reads ProjectionExpression and ExpressionAttributeNames of GetItem or of a
 * table in BatchGetItem; NULL without projection.
 */
extern Projection *ReadProjection(const JsonNode *request);

/* The item as JSON, whole where projection is NULL. */
extern void ProjectedItemToJson(StringInfo out, const Projection *projection, const DynamoItem *item);

#endif							/* DYNAMO_API_PROJECTION_H */
