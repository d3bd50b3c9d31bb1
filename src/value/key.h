/*
 * key.h
 *	  Key attributes: between an AttributeValue and a key column's datum.
 *
 * A key attribute is of type S, N or B; its column is text COLLATE "C",
 * numeric or bytea, whose order is the service's (UTF-8 bytes, numeric,
 * unsigned bytes).
 */
#ifndef DYNAMO_KEY_H
#define DYNAMO_KEY_H

#include "value/item.h"

/* The types that a key attribute can have. */
#define AttributeTypeIsKey(type) \
	((type) == ATTRIBUTE_S || (type) == ATTRIBUTE_N || (type) == ATTRIBUTE_B)

/* A datum of the column type; allocated in the current context. */
extern Datum KeyDatum(const AttributeValue *value);

/* The AttributeValue of a column's datum; points into it or is allocated. */
extern AttributeValue KeyAttributeValue(AttributeType type, Datum datum);

/* Whether a column's datum is that value. */
extern bool KeyDatumEquals(AttributeType type, Datum datum, const AttributeValue *value);

/*
 * Raises the service's error for a key value that is empty or larger than the
 * service allows.  index: the name of the secondary index whose key it is, or
 * NULL; is_hash: the partition key's limit, else the sort key's.
 */
extern void KeyCheckValue(const char *index, const char *name, const AttributeValue *value, bool is_hash);

/* What the service says of an empty one; the type is S or B. */
extern char *KeyEmptyText(const char *index, const char *name, AttributeType type);

/* The key type that a column of this type holds, or 0. */
extern AttributeType KeyTypeOfColumn(Oid type);

#endif							/* DYNAMO_KEY_H */
