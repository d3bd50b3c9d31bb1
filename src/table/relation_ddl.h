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

/*
 * Executes one utility statement.  While it runs, RelationDdlIsOwn() is true:
 * what users may not do to these relations is no concern of ours then.  So it
 * must not be a statement that runs anybody's triggers, as TRUNCATE does.
 */
extern void RelationExecute(const char *sql);
extern bool RelationDdlIsOwn(void);

/* The schema of leaves and side tables. */
#define DATA_SCHEMA		"dynamo_data"

/*
 * A name for relations to be made: the given one if it fits into an identifier
 * and nothing has it, else cut, with a hash of the whole in place of what is
 * lost.  RelationFreeName() is for a relation in that schema; RelationFreeBase()
 * for a number of leaves in dynamo_data, "name.0" and so on, and, if with_root,
 * a root beside them.  The caller holds CatalogLock(), which keeps others of us
 * from taking the same.
 */
extern char *RelationFreeName(const char *name, Oid schema);
extern char *RelationFreeBase(const char *name, bool with_root);

/* The name of the column that holds a key attribute. */
extern char *RelationKeyColumnName(const char *attribute);

/*
 * Makes a partitioned root (a quoted, qualified name) with these key columns,
 * partitioned by the first nhash, and an item column.
 */
extern void RelationCreateRoot(const char *root, const KeyColumn *keys, int nkeys, int nhash);

/*
 * Lets the calling role make relations in dynamo_data; true: it could not
 * before, and RelationForbidLeaves() takes that away again.  Both wait for
 * nobody if the caller holds CatalogLock().
 */
extern bool RelationAllowLeaves(void);
extern void RelationForbidLeaves(void);

/* Makes dynamo.partitions leaves "base.0" and so on, with that access method. */
extern void RelationCreateLeaves(const char *base, const char *root, const char *access_method);

#endif							/* DYNAMO_RELATION_DDL_H */
