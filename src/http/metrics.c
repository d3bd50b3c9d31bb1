/*
 * metrics.c
 *	  What the endpoint counts, in shared memory.
 */
#include "base/compat.h"

#include <math.h>

#include "http/endpoints.h"
#include "http/metrics.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "stream/stream_stats.h"

#define MICROSECONDS	1000000.0

static const char *const names[] = {
#define METRIC_NAME(constant, name, kind, help)	name,
	METRICS(METRIC_NAME)
#undef METRIC_NAME
};

static const char *const helps[] = {
#define METRIC_HELP(constant, name, kind, help)	help,
	METRICS(METRIC_HELP)
#undef METRIC_HELP
};

static const MetricKind kinds[] = {
#define METRIC_KIND(constant, name, kind, help)	kind,
	METRICS(METRIC_KIND)
#undef METRIC_KIND
};

static const uint64 bounds[] = METRIC_LATENCIES;
static const int statuses[] = METRIC_STATUSES;

StaticAssertDecl(lengthof(bounds) == METRIC_BUCKETS - 1, "each bucket but the last has a bound");
StaticAssertDecl(lengthof(statuses) == METRIC_STATUS_COUNT, "all statuses are counted");

static MetricSlot nowhere;
MetricSlot *metric_slot = &nowhere;

static int	slot_count;
static MetricSlot *slots = NULL;

static shmem_request_hook_type next_request_hook = NULL;
static shmem_startup_hook_type next_startup_hook = NULL;

/* ---- shared memory ---- */

static void
RequestMemory(void)
{
	if (next_request_hook)
		next_request_hook();
	RequestAddinShmemSpace(slot_count * sizeof(MetricSlot));
}

static void
AttachMemory(void)
{
	bool		found;

	if (next_startup_hook)
		next_startup_hook();
	slots = ShmemInitStruct("dynamo metrics", slot_count * sizeof(MetricSlot), &found);
	if (!found)
		MemSet(slots, 0, slot_count * sizeof(MetricSlot));
}

void
MetricsMemoryInit(int workers)
{
	if (OperationCount() >= METRIC_ROWS)
		elog(ERROR, "METRIC_ROWS is too small");
	slot_count = workers;
	next_request_hook = shmem_request_hook;
	shmem_request_hook = RequestMemory;
	next_startup_hook = shmem_startup_hook;
	shmem_startup_hook = AttachMemory;
}

/* What a predecessor had open is no longer. */
void
MetricsStart(int worker)
{
	Assert(worker < slot_count);
	metric_slot = &slots[worker];
	for (int i = 0; i < METRIC_COUNT; i++)
	{
		if (kinds[i] == METRIC_GAUGE)
			pg_atomic_write_u64(&metric_slot->values[i], 0);
	}
}

/* ---- counting ---- */

static int
StatusColumn(int status)
{
	for (int i = 1; i < METRIC_STATUS_COUNT; i++)
	{
		if (statuses[i] == status)
			return i;
	}
	return 0;
}

static int
Bucket(uint64 microseconds)
{
	int			i = 0;

	while (i < METRIC_BUCKETS - 1 && microseconds > bounds[i])
		i++;
	return i;
}

void
MetricsCountResponse(const Operation *operation, int status, instr_time begun)
{
	int			row = operation ? OperationIndex(operation) : METRIC_ROWS - 1;
	instr_time	passed;

	MetricAddTo(&metric_slot->requests[row][StatusColumn(status)], 1);
	if (operation == NULL)
		return;
	INSTR_TIME_SET_CURRENT(passed);
	INSTR_TIME_SUBTRACT(passed, begun);
	MetricAddTo(&metric_slot->latencies[row][Bucket(INSTR_TIME_GET_MICROSEC(passed))], 1);
	MetricAddTo(&metric_slot->microseconds[row], INSTR_TIME_GET_MICROSEC(passed));
}

/* ---- reading ---- */

/* The sum over an endpoint's workers of what is at that place of a slot. */
static uint64
Sum(const Endpoint *endpoint, Size offset)
{
	uint64		sum = 0;

	for (int i = 0; i < endpoint->workers; i++)
	{
		char	   *slot = (char *) &slots[endpoint->first_worker + i];

		sum += pg_atomic_read_u64((pg_atomic_uint64 *) (slot + offset));
	}
	return sum;
}

#define OFFSET_OF(member)	offsetof(MetricSlot, member)

static void
WalkPlain(MetricFunction function, void *arg)
{
	for (int i = 0; i < METRIC_COUNT; i++)
	{
		for (int e = 0; e < EndpointCount(); e++)
		{
			MetricSample sample = {.family = names[i], .suffix = "", .help = helps[i], .kind = kinds[i], .database = EndpointAt(e)->database};

			sample.value = Sum(EndpointAt(e), OFFSET_OF(values[i]));
			function(&sample, arg);
		}
	}
}

/* One number of each database's streams. */
static void
WalkStreamNumber(const char *family, MetricKind kind, const char *help, uint64 (*number) (StreamStats *),
				 MetricFunction function, void *arg)
{
	for (int e = 0; e < EndpointCount(); e++)
	{
		MetricSample sample = {.family = family, .suffix = "", .help = help, .kind = kind};
		StreamStats *stats = StreamStatsOf(EndpointAt(e)->database);

		if (stats == NULL)
			continue;
		sample.database = EndpointAt(e)->database;
		sample.value = number(stats);
		function(&sample, arg);
	}
}

static uint64
StreamRecords(StreamStats *stats)
{
	return pg_atomic_read_u64(&stats->records);
}

static uint64
StreamTrims(StreamStats *stats)
{
	return pg_atomic_read_u64(&stats->trims);
}

static uint64
StreamWal(StreamStats *stats)
{
	return pg_atomic_read_u64(&stats->wal_bytes);
}

static uint64
StreamAlarm(StreamStats *stats)
{
	uint64		wal_bytes = pg_atomic_read_u64(&stats->wal_bytes);
	uint64		wal_limit = pg_atomic_read_u64(&stats->wal_limit);

	return StreamStatsAlarm(wal_bytes, wal_limit) ? 1 : 0;
}

static void
WalkStreams(MetricFunction function, void *arg)
{
	WalkStreamNumber("dynamo_stream_records_total", METRIC_COUNTER, "Records of streams that were filed.",
					 StreamRecords, function, arg);
	WalkStreamNumber("dynamo_stream_trims_total", METRIC_COUNTER, "Streams that were trimmed because WAL was lost to them.",
					 StreamTrims, function, arg);
	WalkStreamNumber("dynamo_stream_wal_bytes", METRIC_GAUGE, "WAL that the server keeps for the streams.",
					 StreamWal, function, arg);
	WalkStreamNumber("dynamo_stream_alarm", METRIC_GAUGE, "1 where more than half of dynamo.stream_max_wal is kept.",
					 StreamAlarm, function, arg);
}

/* The operation of a row; NULL: there is none. */
static const char *
RowName(int row)
{
	if (row == METRIC_ROWS - 1)
		return "none";
	return row < OperationCount() ? OperationName(row) : NULL;
}

static void
WalkRequests(const Endpoint *endpoint, int row, MetricFunction function, void *arg)
{
	MetricSample sample = {.family = "dynamo_http_requests_total", .suffix = "", .kind = METRIC_COUNTER, .help = "Requests that were answered; operation \"none\": with what is no operation.", .database = endpoint->database, .operation = RowName(row)};

	for (int i = 0; i < METRIC_STATUS_COUNT; i++)
	{
		sample.status = statuses[i];
		sample.value = Sum(endpoint, OFFSET_OF(requests[row][i]));
		if (sample.value > 0)
			function(&sample, arg);
	}
}

static void
WalkLatencies(const Endpoint *endpoint, int row, MetricFunction function, void *arg)
{
	MetricSample sample = {.family = "dynamo_http_request_seconds", .suffix = "_bucket", .kind = METRIC_HISTOGRAM, .help = "Time from the last byte of a request to its answer, waits for locks and the disk included.", .database = endpoint->database, .operation = RowName(row)};
	uint64		counts[METRIC_BUCKETS];
	uint64		total = 0;

	for (int i = 0; i < METRIC_BUCKETS; i++)
		total += counts[i] = Sum(endpoint, OFFSET_OF(latencies[row][i]));
	if (total == 0)
		return;
	for (int i = 0; i < METRIC_BUCKETS; i++)
	{
		sample.bound = i < METRIC_BUCKETS - 1 ? bounds[i] / MICROSECONDS : INFINITY;
		sample.value += counts[i];
		function(&sample, arg);
	}
	sample.suffix = "_count";
	function(&sample, arg);
	sample.suffix = "_sum";
	sample.value = Sum(endpoint, OFFSET_OF(microseconds[row])) / MICROSECONDS;
	function(&sample, arg);
}

static void
WalkRows(void (*walk) (const Endpoint *endpoint, int row, MetricFunction function, void *arg),
		 MetricFunction function, void *arg)
{
	for (int e = 0; e < EndpointCount(); e++)
	{
		for (int row = 0; row < METRIC_ROWS; row++)
		{
			if (RowName(row) != NULL)
				walk(EndpointAt(e), row, function, arg);
		}
	}
}

void
MetricsWalk(MetricFunction function, void *arg)
{
	if (slots == NULL)
		return;
	WalkRows(WalkRequests, function, arg);
	WalkRows(WalkLatencies, function, arg);
	WalkPlain(function, arg);
	WalkStreams(function, arg);
}
