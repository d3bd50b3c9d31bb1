/*
 * stream_catalog.h
 *	  dynamo.streams: the streams of tables, those that go on and those that
 *	  have ended.
 *
 * Rows are read and written as those of dynamo.tables (catalog.h).
 *
 * A stream is ENABLING until the server decodes the table's changes, and
 * DISABLING until all of them are among the records; the feeding worker then
 * makes it ENABLED or DISABLED.  Where it already decodes, a stream is ENABLED
 * at once.  An ended stream's row is kept as long as its records can be read.
 */
#ifndef DYNAMO_STREAM_CATALOG_H
#define DYNAMO_STREAM_CATALOG_H

#include "table/catalog.h"
#include "table/stream_log.h"

typedef enum StreamViewType
{
	STREAM_KEYS_ONLY,
	STREAM_NEW_IMAGE,
	STREAM_OLD_IMAGE,
	STREAM_NEW_AND_OLD_IMAGES
} StreamViewType;

typedef enum StreamStatus
{
	STREAM_ENABLING,
	STREAM_ENABLED,
	STREAM_DISABLING,
	STREAM_DISABLED
} StreamStatus;

/* One row; everything allocated in the current context. */
typedef struct StreamRow
{
	int32		id;
	Oid			relid;			/* root of the item table, perhaps gone */
	char	   *table_name;
	char	   *label;
	StreamViewType view_type;
	StreamStatus status;
	char	   *hash_key;
	char	   *range_key;		/* NULL without sort key */
	int			shards;			/* numbered from 0 */
	Oid			owner;			/* the table's, when the stream was enabled */
	TimestampTz created_at;
	TimestampTz ended_at;		/* 0: it goes on */
	XLogRecPtr	first_lsn;		/* records of commits before it are trimmed */
	XLogRecPtr	last_lsn;		/* of a DISABLED one: no record is of a later
								 * commit; else 0 */
} StreamRow;

/* Does it still take changes up? */
static inline bool
StreamGoesOn(const StreamRow *row)
{
	return row->status == STREAM_ENABLING || row->status == STREAM_ENABLED;
}

/* The API's words; parsing is false for a word that is none. */
extern const char *StreamViewTypeName(StreamViewType type);
extern bool StreamViewTypeParse(const char *name, StreamViewType *type);
extern const char *StreamStatusName(StreamStatus status);

/* The stream with that label, or NULL. */
extern StreamRow *StreamCatalogFind(const char *table_name, const char *label);

/* The newest stream of the table, or NULL. */
extern StreamRow *StreamCatalogLatest(Oid relid);

/*
 * All streams, or those of one table name, in the order of table names and
 * labels: a list of StreamRow *.
 */
extern List *StreamCatalogList(const char *table_name);

/*
 * The stream that takes up the changes of the table with that root; NULL
 * without one.  For logical decoding, too (CatalogFindKeys).
 */
extern StreamRow *StreamCatalogCapturing(Oid relid);

/* The same for a leaf, by what is so now; the root's partition, or any relation. */
extern StreamRow *StreamCatalogOfLeaf(Oid relid);

/* Insertion gives the row its id; the caller holds CatalogLock(). */
extern void StreamCatalogInsert(StreamRow *row);
extern void StreamCatalogUpdate(const StreamRow *row);
extern void StreamCatalogDelete(const StreamRow *row);

#endif							/* DYNAMO_STREAM_CATALOG_H */
