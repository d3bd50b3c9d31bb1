/*
 * stream_stats.h
 *	  What the workers that feed the streams count, in shared memory.
 *
 * Only the worker of a database writes to its numbers, anybody reads them.
 * They begin at 0 when the server starts or recovers from a crash.
 */
#ifndef DYNAMO_STREAM_STATS_H
#define DYNAMO_STREAM_STATS_H

#include "port/atomics.h"

typedef struct StreamStats
{
	pg_atomic_uint64 records;	/* that were filed */
	pg_atomic_uint64 trims;		/* streams that were given up for a gap */
	pg_atomic_uint64 wal_bytes; /* of WAL that the slot keeps now */
	pg_atomic_uint64 wal_limit; /* dynamo.stream_max_wal in bytes, 0: none */
} StreamStats;

/* Reserves the memory.  Only while the library is preloaded. */
extern void StreamStatsInit(void);

/* The numbers of a database (databases.h), or NULL without shared memory. */
extern StreamStats *StreamStatsOf(const char *database_name);

/* Whether so much WAL is kept that the streams may soon be trimmed. */
static inline bool
StreamStatsAlarm(uint64 wal_bytes, uint64 wal_limit)
{
	return wal_limit > 0 && wal_bytes > wal_limit / 2;
}

#endif							/* DYNAMO_STREAM_STATS_H */
