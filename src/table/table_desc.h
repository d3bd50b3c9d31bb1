/*
 * table_desc.h
 *	  The cached description of an item table or of a secondary index.
 *
 * One TableDesc per table and process, built from dynamo.tables,
 * dynamo.indexes and the relcache, and one for each secondary index that is
 * read or kept: the index's entries are a table with more key columns, which
 * is read as any other.  It holds OIDs and ready-made function look-ups, never an open
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
#include "table/index_catalog.h"
#include "table/leaf_keys.h"
#include "value/item.h"

/*
 * The columns of a primary key: of an index those of its key schema, then the
 * table's that are not among them.
 */
#define DESC_MAX_KEYS	(INDEX_MAX_SCHEMA_KEYS + TABLE_MAX_KEYS)

/* One key attribute. */
typedef struct TableKey
{
	char	   *name;			/* the attribute's, not the column's */
	uint32		name_len;
	AttributeType type;			/* ATTRIBUTE_S, _N or _B */
	AttrNumber	column;			/* in the root */
	Oid			column_type;
	Oid			collation;
	FmgrInfo	order;			/* btree's three-way comparison */
	FmgrInfo	operators[BTMaxStrategyNumber + 1]; /* btree: <, <=, =, >=, > by strategy */
} TableKey;

/*
 * One partition: the columns may stand in another order than in the root.  Of a
 * foreign table only relid counts; index is InvalidOid.
 */
typedef struct TableLeaf
{
	Oid			relid;
	Oid			index;			/* primary key */
	AttrNumber	key_columns[DESC_MAX_KEYS];
	AttrNumber	item_column;
} TableLeaf;

/* The name of an attribute that index entries hold. */
typedef struct IndexAttribute
{
	char	   *name;
	uint32		name_len;
} IndexAttribute;

/* A key attribute of an index entry. */
typedef struct IndexKey
{
	IndexAttribute attribute;
	AttributeType type;
} IndexKey;

/* What a table must know of one of its secondary indexes. */
typedef struct IndexDesc
{
	char	   *name;
	Oid			side;			/* root of the side table */
	IndexKind	kind;
	IndexStatus status;
	int			nhash;			/* attributes of the key schema: the first are HASH */
	int			nkeys;			/* all of them */
	int			nentry_keys;	/* with the table's keys that are not among them */
	IndexKey	keys[DESC_MAX_KEYS];
	IndexProjection projection;
	int			nkept;			/* unless ALL: the attributes of an entry, in
								 * ascending order */
	IndexAttribute *kept;
} IndexDesc;

typedef struct TableDesc
{
	char	   *table_name;
	char	   *index_name;		/* NULL: the table itself */
	Oid			relid;
	bool		valid;			/* false: stale */
	int			nhash;			/* columns of the partition key */
	int			nkeys;			/* of the primary key, the partition key first */
	TableKey	keys[DESC_MAX_KEYS];
	FmgrInfo	partition_hash[INDEX_MAX_HASH_KEYS];	/* PostgreSQL's hash-partitioning functions */
	Oid			partition_collation[INDEX_MAX_HASH_KEYS];
	int			modulus;
	int		   *leaf_of_remainder;	/* index into leaves, or -1 */
	int			nleaves;
	TableLeaf  *leaves;
	const char *obstacle;		/* why no operation can serve it; NULL: they can */
	bool		foreign_parts;	/* a partition is foreign or of another access
								 * method */
	bool		executor_writes;	/* triggers, constraints or columns have their
									 * say on a write */
	bool		incomplete;		/* a primary key is missing, as in the middle of
								 * a restore; then only names and OIDs count */
	bool		has_gap;		/* a remainder has no partition */
	bool		row_security;	/* enabled; whether it applies depends on the role */
	int			nindexes;		/* secondary indexes, in order of names */
	IndexDesc  *indexes;
	struct ExecutorPlan *plans; /* store_executor.c's */
	MemoryContext context;		/* owns all of this */
} TableDesc;

/* The table of that name, or NULL. */
extern TableDesc *TableDescFind(const char *table_name);

/*
 * The same, raising ResourceNotFoundException with the given message, and an
 * error if the table is incomplete.
 */
extern TableDesc *TableDescFindOrError(const char *table_name, const char *message);

/* The table that a leaf belongs to, or NULL. */
extern TableDesc *TableDescOfLeaf(Oid leaf);

/* The index of that name, or NULL. */
extern IndexDesc *TableIndex(const TableDesc *table, const char *index_name);

/* The description of an index's entries. */
extern TableDesc *TableDescOfIndex(const TableDesc *table, const IndexDesc *index);

/* The description as it is by now, of a table or an index; raises an error if it is gone. */
extern TableDesc *TableDescRefresh(const TableDesc *table);

/*
 * PostgreSQL's hash of a partition key (nhash datums), and the leaf it lives
 * in.  Raises an error if that partition does not exist.
 */
extern uint64 TablePartitionHash(TableDesc *table, const Datum *hash_key);
extern int	TableLeafOfHash(TableDesc *table, uint64 hash);
extern TableLeaf *TableLeafFor(TableDesc *table, const Datum *hash_key);

#endif							/* DYNAMO_TABLE_DESC_H */
