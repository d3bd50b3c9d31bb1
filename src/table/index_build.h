/*
 * index_build.h
 *	  Filling an index that is added to a table with items in it.
 *
 * Writers keep the index from the transaction on that adds it; what was there
 * before is added by batches, each in a transaction of its own, which hold up
 * nobody but writers of the very items of the batch.  An item that cannot be in
 * the index, because an attribute has the wrong type for a key, is left out, as
 * the service does.
 */
#ifndef DYNAMO_INDEX_BUILD_H
#define DYNAMO_INDEX_BUILD_H

#include "base/compat.h"

#include "nodes/pg_list.h"
#include "storage/itemptr.h"

/* The function that the builder's background worker runs. */
#define INDEX_BUILDER_FUNCTION	"DynamoIndexBuilderMain"
#define INDEX_BUILDER_NAME		"dynamo index builder"

/*
 * Starts the builder in this database when the transaction commits.  If it
 * cannot be started, the index stays CREATING, with a WARNING, until the next
 * call or the next start of the server.
 */
extern void IndexBuildRequest(Oid table);

/* How far the building of an index has come. */
typedef struct IndexBuild
{
	Oid			table;			/* root of the item table */
	char	   *index_name;
	int			leaf;			/* of the table, the one being read */
	Oid			relation;		/* that leaf, and its file */
	Oid			file;
	ItemPointerData next;		/* the first tuple not read yet */
	bool		wait;			/* for whoever holds that tuple */
} IndexBuild;

/* The indexes of this database that are to be built: a list of IndexRow *. */
extern List *IndexesToBuild(void);

/*
 * Adds the next batch of entries, in the caller's transaction; false when there
 * is nothing more to add, or nothing more to build.  build is zero but for its
 * first two members at first, and lives across transactions; if the batch's is
 * aborted, the caller puts back what build was before.
 *
 * A batch ends after BATCH_TUPLES items or BATCH_MS.  The entries are made as
 * the owner of the index's side table (base/owner_scope.h), whose expressions
 * they may meet.
 */
extern bool IndexBuildBatch(IndexBuild *build);

/* Makes the index ACTIVE, unless it is gone. */
extern void IndexBuildFinish(const IndexBuild *build);

#endif							/* DYNAMO_INDEX_BUILD_H */
