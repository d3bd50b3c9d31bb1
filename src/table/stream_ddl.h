/*
 * stream_ddl.h
 *	  Enabling and disabling the stream of a table.
 *
 * Both happen in the caller's transaction, who must be the table's owner and
 * hold CatalogLock().  They wait for writers of the table and keep them out
 * until the transaction ends, so that every change is either before or after.
 */
#ifndef DYNAMO_STREAM_DDL_H
#define DYNAMO_STREAM_DDL_H

#include "table/stream_catalog.h"

/* The function that the feeding worker runs, with the database's OID. */
#define STREAM_FEEDER_FUNCTION	"DynamoStreamFeederMain"
#define STREAM_FEEDER_NAME		"dynamo stream feeder"

/*
 * Whether this database's streams are fed after a restart of the server, too.
 * NULL unless the library is preloaded.
 */
typedef bool (*StreamServerHook) (void);
extern StreamServerHook stream_server_hook;

/* Keeps TRUNCATE off tables with a stream. */
extern void StreamDdlInit(void);

/* The replication slot of this database. */
extern char *StreamSlotName(void);

/*
 * Raises an error that says what to do unless the server can decode the changes
 * of tables in this database.
 */
extern void StreamRequire(void);

/*
 * Makes a new stream of the table, which has none that goes on; created_at is
 * its CreationRequestDateTime, and its label comes of it.
 */
extern StreamRow *StreamEnable(const TableRow *table, StreamViewType view_type, TimestampTz created_at);

/* Ends the table's stream. */
extern void StreamDisable(const TableRow *table, StreamRow *stream);

#endif							/* DYNAMO_STREAM_DDL_H */
