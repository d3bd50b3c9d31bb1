/*
 * shape.h
 *	  Shape tables: what a request may look like, as data, and the validator
 *	  that reads them.
 *
 * The tables are generated from the service model by script/make-shapes
 * (shapes.c); nothing else knows a constraint of the model.
 *
 * ShapeCheck() works in the order of the service:
 *	 1. JSON types.  A mismatch raises SerializationException.  Unknown
 *		members are ignored and null members count as absent, as the service
 *		treats them.
 *	 2. Constraints (required, length, range, pattern, enum).  All violations
 *		are collected and raised as one ValidationException:
 *		"N validation error(s) detected: ...; ...", at most 10.
 *	 3. The length of table names that are not ARNs, which the model leaves
 *		open.  Operations on tables as such do this first of all.
 * What depends on more than one member is the operation's own business.
 *
 * An operation that runs after ShapeCheck() can rely on all that, and on this:
 * no list element or map value is null, but for AttributeValues.
 *
 * AttributeValues are checked only as far as their JSON types go; their
 * meaning is item_json.c's.
 */
#ifndef DYNAMO_SHAPE_H
#define DYNAMO_SHAPE_H

#include "base/json_reader.h"

typedef enum ShapeType
{
	SHAPE_STRUCTURE,
	SHAPE_LIST,
	SHAPE_MAP,
	SHAPE_STRING,
	SHAPE_TABLE_NAME,			/* a string: a table's name or its ARN */
	SHAPE_INTEGER,				/* 32 bits */
	SHAPE_LONG,
	SHAPE_DOUBLE,
	SHAPE_BOOLEAN,
	SHAPE_TIMESTAMP,
	SHAPE_BLOB,
	SHAPE_ATTRIBUTE_VALUE		/* has members, as a structure */
} ShapeType;

typedef struct Shape Shape;

typedef struct ShapeMember
{
	const char *name;
	const Shape *shape;
	bool		required;
} ShapeMember;

struct Shape
{
	const char *name;			/* as in the service model */
	ShapeType	type;
	bool		has_min;
	bool		has_max;
	int64		min;			/* length, size or value, by type */
	int64		max;
	const char *pattern;		/* as the model spells it, or NULL; of a table
								 * name only for one that is no ARN */
	const char *const *enumeration; /* NULL-terminated, or NULL */
	const ShapeMember *members; /* structure: ends with a NULL name; in the
								 * order in which violations are listed */
	bool		table_name_first;	/* structure: TableName before all else */
	const Shape *key;			/* map */
	const Shape *element;		/* map value or list element */
};

extern void ShapeCheck(const Shape *shape, const JsonNode *request);

/*
 * The value of an INTEGER or LONG that has passed ShapeCheck().  The service
 * takes any JSON number there (1.0, 1e2) and drops its fraction.
 */
extern int64 ShapeInteger(const JsonNode *number);

/* The input shape of an operation ("PutItem"), or NULL. */
extern const Shape *ShapeOfOperation(const char *operation);

#endif							/* DYNAMO_SHAPE_H */
