/*
 * table_schema.h
 *	  Do the keys, attributes and indexes of a new table fit together?
 */
#ifndef DYNAMO_TABLE_SCHEMA_H
#define DYNAMO_TABLE_SCHEMA_H

#include "base/json_reader.h"
#include "value/item.h"

/*
 * Raises ValidationException unless KeySchema, AttributeDefinitions and the
 * index lists of a CreateTable request make a table.  Both of the former are
 * there.
 */
extern void TableSchemaCheck(const JsonNode *request);

/* Number of global secondary indexes that a table may have. */
#define GLOBAL_INDEXES_MAX	20

/*
 * The same for a global index that is added to a table: its keys, which must be
 * among the definitions (NULL: none), and its projection.
 */
extern void NewIndexSchemaCheck(const JsonNode *index, const JsonNode *definitions);

/* Raises ValidationException if all indexes together have too many NonKeyAttributes. */
extern void ProjectedCountCheck(int projected);

/* The type of an attribute that is defined. */
extern AttributeType DefinedType(const JsonNode *definitions, const char *name);

/* The AttributeType ("S", "N", "B") of an attribute; NULL if undefined. */
extern const char *AttributeTypeText(const JsonNode *definitions, const char *name);

#endif							/* DYNAMO_TABLE_SCHEMA_H */
