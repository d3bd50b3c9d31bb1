/*
 * index_catalog.h
 *	  dynamo.indexes: the secondary indexes of item tables, and the relations
 *	  that hold their entries.
 *
 * Read and written as dynamo.tables is (catalog.h).
 */
#ifndef DYNAMO_INDEX_CATALOG_H
#define DYNAMO_INDEX_CATALOG_H

#include "base/compat.h"

#include "nodes/pg_list.h"
#include "value/item.h"

/* Limits of the service for one index. */
#define INDEX_MAX_HASH_KEYS		4
#define INDEX_MAX_RANGE_KEYS	4
#define INDEX_MAX_SCHEMA_KEYS			(INDEX_MAX_HASH_KEYS + INDEX_MAX_RANGE_KEYS)

typedef enum IndexKind
{
	INDEX_GLOBAL,
	INDEX_LOCAL
} IndexKind;

typedef enum IndexStatus
{
	INDEX_CREATING,				/* kept, but not complete: not readable */
	INDEX_ACTIVE,
	INDEX_DELETING				/* neither kept nor readable */
} IndexStatus;

typedef enum IndexProjection
{
	INDEX_PROJECT_ALL,
	INDEX_PROJECT_KEYS_ONLY,
	INDEX_PROJECT_INCLUDE
} IndexProjection;

/* One row; everything allocated in the current context. */
typedef struct IndexRow
{
	Oid			table;			/* root of the item table */
	char	   *index_name;
	Oid			side;			/* root of the side table */
	IndexKind	kind;
	IndexStatus status;
	bool		backfilling;	/* of INDEX_CREATING: entries are being added */
	int			nhash;			/* attributes of the key schema: the first are HASH */
	int			nkeys;			/* all of them */
	char	   *keys[INDEX_MAX_SCHEMA_KEYS];	/* attribute names */
	AttributeType types[INDEX_MAX_SCHEMA_KEYS]; /* ATTRIBUTE_S, _N or _B */
	IndexProjection projection;
	int			nincluded;
	char	  **included;		/* NonKeyAttributes */
	char	   *settings;		/* JSON object: throughput */
} IndexRow;

/* The rows of a table in order of index names. */
extern List *IndexCatalogList(Oid table);

/* The rows of all tables. */
extern List *IndexCatalogListAll(void);

/* The row of an index or of a side table's root; NULL if there is none. */
extern IndexRow *IndexCatalogFind(Oid table, const char *index_name);
extern IndexRow *IndexCatalogFindSide(Oid side);

/* Adds a row. */
extern void IndexCatalogInsert(const IndexRow *row);

/* Writes the row's status, backfilling and settings. */
extern void IndexCatalogUpdate(const IndexRow *row);

/* Removes the row. */
extern void IndexCatalogDelete(const IndexRow *row);

/* "GLOBAL"; "CREATING"; "KEYS_ONLY": as the catalog and the API spell them. */
extern const char *IndexKindName(IndexKind kind);
extern const char *IndexStatusName(IndexStatus status);
extern const char *IndexProjectionName(IndexProjection projection);

#endif							/* DYNAMO_INDEX_CATALOG_H */
