/*
 * metrics.h
 *	  What the endpoint counts, in shared memory.
 *
 * Each worker counts in memory of its own, without locks; a reader adds up.
 * A counter goes on where a worker that has ended left it, until the server
 * is started again or recovers from a crash.
 */
#ifndef DYNAMO_METRICS_H
#define DYNAMO_METRICS_H

#include "api/operation.h"
#include "port/atomics.h"
#include "portability/instr_time.h"

/*
 * All plain counters and gauges; a line here is all that a new one takes:
 * constant, name, kind, and what it is.
 */
#define METRICS(METRIC) \
	METRIC(METRIC_BYTES_IN, "dynamo_http_request_bytes_total", METRIC_COUNTER, \
		   "Bytes of request bodies, as they came over the wire.") \
	METRIC(METRIC_BYTES_OUT, "dynamo_http_response_bytes_total", METRIC_COUNTER, \
		   "Bytes of response bodies, as they go over the wire.") \
	METRIC(METRIC_CONNECTIONS, "dynamo_http_connections", METRIC_GAUGE, \
		   "Connections that are open.") \
	METRIC(METRIC_CONNECTIONS_TAKEN, "dynamo_http_connections_total", METRIC_COUNTER, \
		   "Connections that were taken.") \
	METRIC(METRIC_CONNECTIONS_TIMED_OUT, "dynamo_http_connections_timed_out_total", METRIC_COUNTER, \
		   "Connections that were closed because the client took too long.") \
	METRIC(METRIC_COMMITS, "dynamo_commits_total", METRIC_COUNTER, \
		   "Transactions of requests that have written and committed.") \
	METRIC(METRIC_PARKED, "dynamo_parked_total", METRIC_COUNTER, \
		   "Times that a request met a lock and was set aside.") \
	METRIC(METRIC_FLUSHES, "dynamo_wal_flushes_total", METRIC_COUNTER, \
		   "Waits for the disk, each for a group of requests.")

typedef enum MetricKind
{
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_HISTOGRAM
} MetricKind;

#define METRIC_CONSTANT(constant, name, kind, help)	constant,
typedef enum Metric
{
	METRICS(METRIC_CONSTANT)
	METRIC_COUNT
} Metric;

#undef METRIC_CONSTANT

/* Rows of the tables by operation; the last is of what is no operation. */
#define METRIC_ROWS			65

/* Upper bounds of the latencies that are told apart, in microseconds. */
#define METRIC_LATENCIES	{100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, \
							 500000, 1000000, 2500000, 5000000, 10000000}
#define METRIC_BUCKETS		17	/* the last has no bound */

/* HTTP statuses that are told apart; 0 stands for all others. */
#define METRIC_STATUSES		{0, 200, 204, 400, 404, 413, 415, 500, 503}
#define METRIC_STATUS_COUNT	9

/* What one worker counts. */
typedef struct MetricSlot
{
	pg_atomic_uint64 values[METRIC_COUNT];
	pg_atomic_uint64 requests[METRIC_ROWS][METRIC_STATUS_COUNT];
	pg_atomic_uint64 latencies[METRIC_ROWS][METRIC_BUCKETS];
	pg_atomic_uint64 microseconds[METRIC_ROWS];
} MetricSlot;

/* This process's; where nothing is to be counted, one that nobody reads. */
extern MetricSlot *metric_slot;

/* Declares dynamo.metrics. */
extern void MetricsInit(void);

/* Reserves shared memory for that many workers.  Only while the library is preloaded. */
extern void MetricsMemoryInit(int workers);

/* Tells which of them this process is, from 0. */
extern void MetricsStart(int worker);

/* Only its worker writes to a slot, so no bus is locked. */
static inline void
MetricAddTo(pg_atomic_uint64 *value, int64 n)
{
	pg_atomic_write_u64(value, pg_atomic_read_u64(value) + n);
}

static inline void
MetricAdd(Metric metric, int64 n)
{
	MetricAddTo(&metric_slot->values[metric], n);
}

/* Counts a response; operation NULL: to what is none. */
extern void MetricsCountResponse(const Operation *operation, int status, instr_time begun);

/* One number, and what it is of. */
typedef struct MetricSample
{
	const char *family;			/* "dynamo_http_requests_total" */
	const char *suffix;			/* "", or "_bucket", "_sum", "_count" */
	const char *help;
	MetricKind	kind;
	const char *database;		/* NULL: of the whole server */
	const char *operation;		/* NULL: of all */
	int			status;			/* 0: of all */
	double		bound;			/* of a bucket, in seconds */
	double		value;
} MetricSample;

typedef void (*MetricFunction) (const MetricSample *sample, void *arg);

/*
 * Calls the function with every sample, those of a family one after another.
 * Operations that nobody has asked for are left out.
 */
extern void MetricsWalk(MetricFunction function, void *arg);

/* Whether dynamo.metrics lets a client of that address read. */
struct		sockaddr;
extern bool MetricsAllowed(const struct sockaddr *client);

/* Appends all of it in Prometheus' text format; false if there is no memory. */
extern bool MetricsPage(StringInfo page);

#endif							/* DYNAMO_METRICS_H */
