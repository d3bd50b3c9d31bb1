/*
 * stream_leaf.h
 *	  Which table's items a decoded relation holds.
 *
 * Answers are those of the moment that is decoded: the catalogs are read by
 * the historic snapshot that logical decoding has set up.  A cache belongs to
 * one decoding context, whose memory it lives in, and is forgotten with it.
 */
#ifndef DYNAMO_STREAM_LEAF_H
#define DYNAMO_STREAM_LEAF_H

#include "table/leaf_keys.h"
#include "table/stream_catalog.h"

typedef struct StreamLeaf
{
	Oid			relid;
	bool		valid;			/* false: stale */
	bool		decoded;		/* false: no leaf of an item table */
	bool		warned;			/* that changes of it are lost */
	char	   *table_name;
	int			nkeys;
	LeafKey		keys[TABLE_MAX_KEYS];
	AttrNumber	item_column;
	int			shard;			/* the partition's remainder */
	int32		stream_id;		/* of the stream that takes its changes up; 0: none */
	StreamViewType view_type;
	MemoryContext context;		/* owns the names */
} StreamLeaf;

/* Makes the cache, as a part of the given context. */
extern void StreamLeavesInit(MemoryContext context);

/* Forgets what is stale.  To be called as each transaction begins. */
extern void StreamLeavesSweep(void);

/*
 * The leaf, or NULL if the relation holds no items: a side table, a table that
 * is being restored (without primary key), anything else.  The result lives
 * until the next call.
 */
extern StreamLeaf *StreamLeafFor(Relation rel);

#endif							/* DYNAMO_STREAM_LEAF_H */
