/*
 * index_ddl.h
 *	  Making and dropping the relations of a secondary index.
 *
 * An index's entries are rows of a side table: a hash-partitioned table in
 * dynamo_data whose primary key is the index's key attributes and then the
 * table's, and whose item column holds what the index projects.  Everything
 * happens in the caller's transaction and as the calling role, who must own
 * the item table.
 */
#ifndef DYNAMO_INDEX_DDL_H
#define DYNAMO_INDEX_DDL_H

#include "table/catalog.h"
#include "table/index_catalog.h"

/*
 * Waits for whoever writes to the table and keeps writers out, as the two
 * functions below do: for a caller that must not wait later, because it is
 * about to lock the catalog.
 */
extern void IndexLockTable(Oid table);

/*
 * Makes the side table of an index and adds its row; definition says all but
 * table and side, which are filled in.  From the end of the transaction on
 * every write of the item table keeps the index.  An index made with its table
 * is INDEX_ACTIVE at once; one that is added to a table is INDEX_CREATING until
 * it is built (index_build.h).
 */
extern void IndexCreate(const TableRow *table, IndexRow *definition);

/* Removes the row and drops the side table, which nobody else may drop. */
extern void IndexDrop(const IndexRow *row);

/* Changes status, backfilling and settings, and tells all sessions. */
extern void IndexChange(const IndexRow *row);

#endif							/* DYNAMO_INDEX_DDL_H */
