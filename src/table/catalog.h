/*
 * catalog.h
 *	  dynamo.tables: which DynamoDB table is which relation.
 *
 * Rows are read with the newest committed state plus the transaction's own
 * changes, as PostgreSQL reads its catalogs.  Writing needs no privilege on
 * the catalog: whoever may make or drop the relation may have the row.
 */
#ifndef DYNAMO_CATALOG_H
#define DYNAMO_CATALOG_H

#include "base/compat.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/uuid.h"

/* Longest TableName the service allows, in bytes. */
#define TABLE_NAME_MAX	255

/* One row; everything allocated in the current context. */
typedef struct TableRow
{
	char	   *table_name;
	Oid			relid;			/* the partitioned root */
	pg_uuid_t	table_id;
	TimestampTz created_at;
	char	   *hash_key;		/* attribute names, not column names */
	char	   *range_key;		/* NULL without sort key */
	char	   *settings;		/* JSON object: the other CreateTable members */
} TableRow;

/* NULL if there is no such table, or its relation is gone. */
extern TableRow *CatalogFindTable(const char *table_name);
extern TableRow *CatalogFindRelation(Oid relid);

/*
 * The name and key attributes of the table with that root; false without such
 * a row, or without the extension.  For logical decoding, too, which reads the
 * row as it was: so it touches neither settings, which may be TOASTed (VACUUM
 * does not keep those for it), nor whether the relation is still there.
 */
extern bool CatalogFindKeys(Oid relid, char **table_name, char **hash_key, char **range_key);

/*
 * At most limit names in ascending order, those behind "after" (NULL: from
 * the first).
 */
extern List *CatalogListTables(const char *after, int limit);

/*
 * Adds a row, replacing one whose relation is gone.  The caller holds the lock
 * of CatalogLock(), which keeps other CreateTables out until the transaction
 * ends; a DROP TABLE passes it.
 */
extern void CatalogInsertTable(const TableRow *row);
extern void CatalogLock(void);

/* Writes the row's settings; the caller holds that lock. */
extern void CatalogUpdateSettings(const TableRow *row);

/* A relation of the extension's catalog; raises an error without extension. */
extern Oid	CatalogRelationOid(const char *name);

#endif							/* DYNAMO_CATALOG_H */
