/*
 * table_desc.h
 *	  The cached description of an item table.
 *
 * One TableDesc per table and process, built from dynamo.tables and the
 * relcache.  It holds OIDs and ready-made function look-ups, never an open
 * Relation.  A relcache invalidation of the root or of a leaf marks it stale;
 * the next look-up builds it anew.  A stale one stays readable until the
 * transaction ends, so whoever holds a pointer may go on using it.
 */
#ifndef DYNAMO_TABLE_DESC_H
#define DYNAMO_TABLE_DESC_H

#include "base/compat.h"

#include "access/attnum.h"
#include "access/skey.h"
#include "fmgr.h"
#include "table/catalog.h"
#include "table/leaf_keys.h"
#include "value/item.h"

/* One key attribute. */
typedef struct TableKey
{
	char	   *name;			/* the attribute's, not the column's */
	uint32		name_len;
	AttributeType type;			/* ATTRIBUTE_S, _N or _B */
	Oid			column_type;
	Oid			collation;
	FmgrInfo	order;			/* btree's three-way comparison */
	FmgrInfo	operators[BTMaxStrategyNumber + 1]; /* btree: <, <=, =, >=, > by strategy */
} TableKey;

/* One partition: the columns may stand in another order than in the root. */
typedef struct TableLeaf
{
	Oid			relid;
	Oid			index;			/* primary key */
	AttrNumber	key_columns[TABLE_MAX_KEYS];
	AttrNumber	item_column;
} TableLeaf;

typedef struct TableDesc
{
	char	   *table_name;
	Oid			relid;
	bool		valid;			/* false: stale */
	int			nkeys;			/* 1 or 2: partition key, sort key */
	TableKey	keys[TABLE_MAX_KEYS];
	FmgrInfo	partition_hash; /* PostgreSQL's hash-partitioning function */
	int			modulus;
	int		   *leaf_of_remainder;	/* index into leaves, or -1 */
	int			nleaves;
	TableLeaf  *leaves;
	const char *direct_obstacle;	/* why the direct store cannot serve it, for
									 * any role; NULL: it can */
	bool		incomplete;		/* a primary key is missing, as in the middle of
								 * a restore; then only names and OIDs count */
	bool		has_gap;		/* a remainder has no partition */
	bool		row_security;	/* the answer depends on the role */
	MemoryContext context;		/* owns all of this */
} TableDesc;

/* The table of that name, or NULL. */
extern TableDesc *TableDescFind(const char *table_name);

/*
 * The same, raising ResourceNotFoundException with the given message, and an
 * error if the table is incomplete.
 */
extern TableDesc *TableDescFindOrError(const char *table_name, const char *message);

/*
 * PostgreSQL's hash of a partition key, and the leaf it lives in.  Raises an
 * error if that partition does not exist.
 */
extern uint64 TablePartitionHash(TableDesc *table, Datum hash_key);
extern int	TableLeafOfHash(TableDesc *table, uint64 hash);
extern TableLeaf *TableLeafFor(TableDesc *table, Datum hash_key);

#endif							/* DYNAMO_TABLE_DESC_H */
