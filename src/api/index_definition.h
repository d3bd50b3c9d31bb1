/*
 * index_definition.h
 *	  The secondary indexes that a request asks for.
 */
#ifndef DYNAMO_INDEX_DEFINITION_H
#define DYNAMO_INDEX_DEFINITION_H

#include "base/json_reader.h"
#include "table/index_catalog.h"

/*
 * The index of a checked request, with the AttributeDefinitions that its keys
 * are in; all but its table and side table.
 */
extern IndexRow *IndexDefinition(const JsonNode *index, IndexKind kind, const JsonNode *definitions);

/* All indexes of a checked CreateTable request: a list of IndexRow *. */
extern List *IndexDefinitions(const JsonNode *request);

#endif							/* DYNAMO_INDEX_DEFINITION_H */
