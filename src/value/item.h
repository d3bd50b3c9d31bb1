/*
 * item.h
 *	  The bytes of a dynamo.item, and how to read them without copying.
 *
 * An item is a varlena.  After the length word:
 *
 *	  byte 0	  format version (ITEM_VERSION)
 *	  byte 1..	  one value, always of type M
 *
 * A value is a tag byte and a payload.  Its length is never stored in the
 * value: whoever holds the value (the container's directory, the varlena)
 * knows where it ends.  The tag's low nibble is the AttributeType; bit 4
 * (VALUE_WIDE) says that a container uses 4-byte instead of 2-byte integers;
 * the other bits are reserved and zero.
 *
 *	  S			  the UTF-8 bytes
 *	  B			  the bytes
 *	  N			  an order-preserving decimal, see number.h
 *	  TRUE,
 *	  FALSE, NULL nothing
 *	  L			  count, count x end offset, values
 *	  SS, NS, BS  count, count x end offset, elements without tag, ascending
 *				  by memcmp, no two equal
 *	  M			  count, count x name end, count x value end, names, values;
 *				  ascending by name (memcmp, shorter first), no two equal
 *
 * Integers are unsigned, little-endian, unaligned, 2 bytes wide or 4 with
 * VALUE_WIDE.  End offsets count from the first byte behind the directory; in
 * M the values' offsets go on where the names end, so the value offsets start
 * at the last name end.  A container is wide if and only if its count or the
 * size of what follows its directory passes 65,535.
 *
 * So every AttributeValue has exactly one encoding: two items are equal if
 * and only if their bytes are.
 *
 * Everything here reads in place.  Pointers that come out point into what
 * went in and live as long as it does.  The functions trust the bytes: they
 * come from item_build.c, or have passed ItemVerify().
 *
 * Source: AttributeValue in the service model, "Constraints in Amazon
 * DynamoDB" in the developer guide.
 */
#ifndef DYNAMO_ITEM_H
#define DYNAMO_ITEM_H

#include "base/compat.h"

#define ITEM_VERSION		1

typedef enum AttributeType
{
	ATTRIBUTE_S = 1,
	ATTRIBUTE_N,
	ATTRIBUTE_B,
	ATTRIBUTE_TRUE,				/* the two BOOLs share a type name only */
	ATTRIBUTE_FALSE,
	ATTRIBUTE_NULL,
	ATTRIBUTE_M,
	ATTRIBUTE_L,
	ATTRIBUTE_SS,
	ATTRIBUTE_NS,
	ATTRIBUTE_BS
} AttributeType;

#define VALUE_TYPE_MASK		0x0F
#define VALUE_WIDE			0x10

/* Limits of the service (bytes). */
#define ITEM_MAX_SIZE				(400 * 1024)
#define ITEM_MAX_DEPTH				32
#define ATTRIBUTE_NAME_MAX_SIZE		65535
#define HASH_KEY_MAX_SIZE			2048
#define RANGE_KEY_MAX_SIZE			1024

/* The datum, de-TOASTed. */
typedef struct DynamoItem
{
	int32		vl_len_;		/* varlena header, do not touch directly */
	uint8		version;
	uint8		value[FLEXIBLE_ARRAY_MEMBER];	/* tag and payload of an M */
} DynamoItem;

#define ItemPGetDatum(item)			PointerGetDatum(item)
#define DatumGetItemP(datum)		((DynamoItem *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_ITEM_P(n)			DatumGetItemP(PG_GETARG_DATUM(n))
#define PG_RETURN_ITEM_P(item)		PG_RETURN_POINTER(item)

/* A view of one AttributeValue. */
typedef struct AttributeValue
{
	uint8		tag;
	uint32		len;			/* bytes of payload */
	const char *data;			/* payload, behind the tag */
} AttributeValue;

#define AttributeValueType(value)	((AttributeType) ((value)->tag & VALUE_TYPE_MASK))
#define AttributeTypeIsSet(type)	((type) >= ATTRIBUTE_SS && (type) <= ATTRIBUTE_BS)

/*
 * A container with its directory opened: count and where things stand.
 * Opened from an AttributeValue of type M, L, SS, NS or BS.
 */
typedef struct Container
{
	AttributeType type;
	bool		wide;
	uint32		count;
	const char *name_ends;		/* M only */
	const char *value_ends;
	const char *data;			/* first byte behind the directory */
} Container;

extern AttributeValue ItemValue(const DynamoItem *item);
extern Container ContainerOpen(const AttributeValue *value);

/* Element number i of an L (a value) or of a set (a payload, tagged for you). */
extern AttributeValue ContainerElement(const Container *container, uint32 i);

/* Member number i of an M, in ascending order of names. */
extern AttributeValue MapMember(const Container *map, uint32 i, const char **name, uint32 *name_len);

/* The member of that name: true and *value, or false. */
extern bool MapFind(const Container *map, const char *name, uint32 name_len, AttributeValue *value);

/* MapFind() on the top level of an item. */
extern bool ItemFind(const DynamoItem *item, const char *name, uint32 name_len, AttributeValue *value);

/* "S", "N", ... as the protocol spells the type; both BOOLs are "BOOL". */
extern const char *AttributeTypeName(AttributeType type);

/* Order of two names, and of two payloads of S, N or B: memcmp, then length. */
extern int	CompareBytes(const char *a, uint32 a_len, const char *b, uint32 b_len);

/*
 * The service's size in bytes: of a value, and of an item (all names and
 * values).  See item.c for the rule.
 */
extern uint32 AttributeValueSize(const AttributeValue *value);
extern uint32 ItemSize(const DynamoItem *item);

/*
 * Checks untrusted bytes (binary input): raises
 * ERRCODE_INVALID_BINARY_REPRESENTATION unless they are exactly what
 * item_build.c would have written, limits included.
 */
extern void ItemVerify(const DynamoItem *item);

#endif							/* DYNAMO_ITEM_H */
