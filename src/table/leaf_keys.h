/*
 * leaf_keys.h
 *	  What the access method must know of the leaf it writes to.
 *
 * Only the leaf, its root and dynamo.tables are looked at, as PostgreSQL does
 * to check a partition's bounds: a writer may hold an exclusive lock on its
 * leaf and must not wait for a sibling (a parallel restore would deadlock).
 * Cached per process until the leaf changes.
 *
 * A leaf without a primary key is not checked: it is being restored, and
 * pg_restore makes the key after the data.
 */
#ifndef DYNAMO_LEAF_KEYS_H
#define DYNAMO_LEAF_KEYS_H

#include "base/compat.h"

#include "access/attnum.h"
#include "utils/rel.h"
#include "value/item.h"

#define TABLE_MAX_KEYS	2

typedef struct LeafKey
{
	char	   *name;			/* the attribute's */
	uint32		name_len;
	AttributeType type;			/* ATTRIBUTE_S, _N or _B */
	AttrNumber	column;
} LeafKey;

typedef struct LeafKeys
{
	Oid			relid;
	bool		valid;			/* false: stale */
	bool		checked;		/* false: no item table's leaf, or without key */
	int			nkeys;
	LeafKey		keys[TABLE_MAX_KEYS];
	AttrNumber	item_column;
	bool		kept;			/* its changes go into secondary indexes */
} LeafKeys;

/*
 * The keys of a leaf, or NULL for a relation that is not to be checked.  Of a
 * relation that a leaf is rewritten into, the keys of that leaf.  The result
 * lives until the next call.
 */
extern const LeafKeys *LeafKeysFor(Relation rel);

/* The index of the primary key, InvalidOid without one. */
extern Oid	RelationPrimaryKey(Relation rel);

/* The column "item"; raises an error if it is gone or of another type. */
extern AttrNumber RelationItemColumn(Relation rel);

/* A key column's type; raises an error for one that holds no key. */
extern AttributeType RelationKeyType(Relation rel, AttrNumber column);

#endif							/* DYNAMO_LEAF_KEYS_H */
