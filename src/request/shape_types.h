/*
 * shape_types.h
 *	  The first step of checking a request: its JSON types.
 *
 * For shape.c only; the way in is ShapeCheck().
 */
#ifndef DYNAMO_SHAPE_TYPES_H
#define DYNAMO_SHAPE_TYPES_H

#include "request/shape.h"

/* Stands before the name of a shape where the service names its Java class. */
#define SHAPE_CLASS_PREFIX	"com.amazonaws.dynamodb.v20120810."

extern void ShapeCheckTypes(const Shape *shape, const JsonNode *request);

/* A JSON number without its fraction; false if 64 bits cannot hold it. */
extern bool ShapeReadInteger(const JsonNode *number, int64 *value);

/* Is there no value here, as far as the service is concerned? */
static inline bool
ShapeIsAbsent(const JsonNode *node)
{
	return node == NULL || node->kind == JSON_NODE_NULL;
}

#endif							/* DYNAMO_SHAPE_TYPES_H */
