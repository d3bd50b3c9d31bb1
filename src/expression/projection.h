/*
 * projection.h
 *	  ProjectionExpression: which parts of an item a reader gets.
 */
#ifndef DYNAMO_PROJECTION_H
#define DYNAMO_PROJECTION_H

#include "expression/binding.h"
#include "lib/stringinfo.h"
#include "value/document_path.h"

typedef struct Projection Projection;

extern Projection *ProjectionPrepare(const char *text, int len, Binding *binding);

/*
 * A projection of paths that neither overlap nor conflict; it keeps a copy of
 * the array, but not of the elements.
 */
extern Projection *ProjectionOfPaths(const DocumentPath *paths, int count);

/* The paths in the order of the request. */
extern const DocumentPath *ProjectionPaths(const Projection *projection, int *count);

/*
 * What the projection leaves of an item (or of any map), as DynamoDB JSON,
 * {"name": {...}, ...}.  A list keeps the elements the projection names, in
 * the item's order and without gaps; a map or list of which nothing is left is
 * left out itself.
 */
extern void ProjectionToJson(StringInfo out, const Projection *projection, const AttributeValue *map);

#endif							/* DYNAMO_PROJECTION_H */
