/*
 * relation_ddl.h
 *	  The statements that item tables and side tables share.
 *
 * Both are a hash-partitioned root whose primary key is a list of key
 * attributes, with leaves in dynamo_data.  Everything but the names goes
 * through SPI, to which the caller must be connected.
 */
#ifndef DYNAMO_RELATION_DDL_H
#define DYNAMO_RELATION_DDL_H

#include "base/compat.h"

#include "value/item.h"

typedef struct KeyColumn
{
	const char *attribute;		/* its name */
	AttributeType type;			/* ATTRIBUTE_S, _N or _B */
} KeyColumn;

/* Executes one utility statement. */
extern void RelationExecute(const char *sql);

/*
 * A name that leaves room for "reserve" more bytes of an identifier: the name
 * itself if it fits, else cut, with a hash of the whole in place of what is
 * lost; RelationHashedName() does the latter always.
 */
extern char *RelationFittingName(const char *name, int reserve);
extern char *RelationHashedName(const char *name, int reserve);

/* The name of the column that holds a key attribute. */
extern char *RelationKeyColumnName(const char *attribute);

/*
 * Makes a partitioned root (a quoted, qualified name) with these key columns,
 * partitioned by the first nhash, and an item column.
 */
extern void RelationCreateRoot(const char *root, const KeyColumn *keys, int nkeys, int nhash);

/*
 * Lets the caller make relations in dynamo_data: the leaves now, and later
 * their indexes, which PostgreSQL makes in the leaves' schema.
 */
extern void RelationAllowLeaves(void);

/* Makes dynamo.partitions leaves named after base, with that access method. */
extern void RelationCreateLeaves(const char *base, const char *root, const char *access_method);

#endif							/* DYNAMO_RELATION_DDL_H */
