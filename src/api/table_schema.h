/*
 * table_schema.h
 *	  Do the keys, attributes and indexes of a new table fit together?
 */
#ifndef DYNAMO_TABLE_SCHEMA_H
#define DYNAMO_TABLE_SCHEMA_H

#include "base/json_reader.h"

/*
 * Raises ValidationException unless KeySchema, AttributeDefinitions and the
 * index lists of a CreateTable request make a table.  Both of the former are
 * there.
 */
extern void TableSchemaCheck(const JsonNode *request);

/* The AttributeType ("S", "N", "B") of an attribute; NULL if undefined. */
extern const char *AttributeTypeText(const JsonNode *definitions, const char *name);

#endif							/* DYNAMO_TABLE_SCHEMA_H */
