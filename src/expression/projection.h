/*
 * projection.h
 *	  ProjectionExpression: which parts of an item a reader gets.
 */
#ifndef DYNAMO_PROJECTION_H
#define DYNAMO_PROJECTION_H

#include "expression/binding.h"
#include "lib/stringinfo.h"
#include "value/document_path.h"
#include "value/item_build.h"

typedef struct Projection Projection;

extern Projection *ProjectionPrepare(const char *text, int len, Binding *binding);

/*
 * The paths of a projection, in the order of the text; for callers that need
 * to know which attributes it names.
 */
extern const DocumentPath *ProjectionPaths(const Projection *projection, int *count);

/*
 * What the projection leaves of an item (or of any map): a branch node of
 * type M whose leaves point into the item.  A list keeps the elements the
 * projection names, in the item's order and without gaps; a map or list of
 * which nothing is left is left out itself.
 */
extern void ProjectionApply(const Projection *projection, const AttributeValue *map, ValueNode *result);

/*
 * The same written straight to DynamoDB JSON, {"name": {...}, ...}, without
 * building an item.
 */
extern void ProjectionToJson(StringInfo out, const Projection *projection, const AttributeValue *map);

#endif							/* DYNAMO_PROJECTION_H */
