/*
 * metrics_page.c
 *	  The metrics as Prometheus reads them, and as the view dynamo.stats.
 */
#include "base/compat.h"

#include <math.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "access/xlog.h"
#include "fmgr.h"
#include "funcapi.h"
#include "http/listen.h"
#include "http/metrics.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

typedef enum MetricsAccess
{
	METRICS_OFF,
	METRICS_LOOPBACK,
	METRICS_ON
} MetricsAccess;

static const struct config_enum_entry accesses[] = {
	{"off", METRICS_OFF, false},
	{"loopback", METRICS_LOOPBACK, false},
	{"on", METRICS_ON, false},
	{NULL, 0, false}
};

static int	metrics_access;

/* A page being written. */
typedef struct MetricPage
{
	StringInfo	text;
	const char *family;			/* that was written last */
} MetricPage;

PG_FUNCTION_INFO_V1(dynamo_read_stats);

void
MetricsInit(void)
{
	DefineCustomEnumVariable("dynamo.metrics",
							 "Sets who may read the metrics of the HTTP endpoint at /metrics.",
							 "off: nobody; loopback: clients on this machine; on: all clients.",
							 &metrics_access,
							 METRICS_LOOPBACK,
							 accesses,
							 PGC_SIGHUP,
							 0,
							 NULL, NULL, NULL);
}

bool
MetricsAllowed(const struct sockaddr *client)
{
	return metrics_access == METRICS_ON || (metrics_access == METRICS_LOOPBACK && ListenIsLoopback(client));
}

/* ---- Prometheus ---- */

static void
AppendHead(StringInfo text, const char *family, const char *help, MetricKind kind)
{
	static const char *const types[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram"
	};

	appendStringInfo(text, "# HELP %s %s\n# TYPE %s %s\n", family, help, family, types[kind]);
}

/* A label, its value escaped; the first one opens the braces. */
static void
AppendLabel(StringInfo text, bool *first, const char *name, const char *value)
{
	appendStringInfo(text, "%c%s=\"", *first ? '{' : ',', name);
	for (; *value != '\0'; value++)
	{
		if (*value == '\n')
			appendStringInfoString(text, "\\n");
		else if (*value == '"' || *value == '\\')
			appendStringInfo(text, "\\%c", *value);
		else
			appendStringInfoChar(text, *value);
	}
	appendStringInfoChar(text, '"');
	*first = false;
}

static void
AppendNumber(StringInfo text, double value)
{
	if (isinf(value))
		appendStringInfoString(text, "+Inf");
	else if (value == floor(value) && value < 1e15)
		appendStringInfo(text, INT64_FORMAT, (int64) value);
	else
		appendStringInfo(text, "%.6f", value);
}

static void
AppendSample(const MetricSample *sample, void *arg)
{
	MetricPage *page = arg;
	StringInfo	text = page->text;
	bool		first = true;

	if (page->family != sample->family)
		AppendHead(text, sample->family, sample->help, sample->kind);
	page->family = sample->family;

	appendStringInfo(text, "%s%s", sample->family, sample->suffix);
	AppendLabel(text, &first, "database", sample->database);
	if (sample->operation)
		AppendLabel(text, &first, "operation", sample->operation);
	if (sample->kind == METRIC_COUNTER && sample->operation)
		AppendLabel(text, &first, "status", sample->status ? psprintf("%d", sample->status) : "other");
	if (strcmp(sample->suffix, "_bucket") == 0)
		AppendLabel(text, &first, "le",
					isinf(sample->bound) ? "+Inf" : psprintf("%g", sample->bound));
	appendStringInfoString(text, "} ");
	AppendNumber(text, sample->value);
	appendStringInfoChar(text, '\n');
}

static void
AppendServer(StringInfo text)
{
	AppendHead(text, "dynamo_build_info", "Versions of dynamo and of PostgreSQL.", METRIC_GAUGE);
	appendStringInfo(text, "dynamo_build_info{version=\"%s\",postgresql=\"%s\"} 1\n", DYNAMO_VERSION, PG_VERSION);
	AppendHead(text, "dynamo_standby", "1 where the server is a standby, and takes no writes.", METRIC_GAUGE);
	appendStringInfo(text, "dynamo_standby %d\n", RecoveryInProgress() ? 1 : 0);
}

bool
MetricsPage(StringInfo page)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreate(caller, "dynamo metrics page", ALLOCSET_DEFAULT_SIZES);
	volatile bool done = false;

	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		MetricPage	writing = {.text = page};

		AppendServer(page);
		MetricsWalk(AppendSample, &writing);
		done = true;
	}
	PG_CATCH();
	{
		/* nothing here but memory can be wanting */
		FlushErrorState();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return done;
}

/* ---- SQL ---- */

#define STATS_COLUMNS	6

static void
PutSample(const MetricSample *sample, void *arg)
{
	ReturnSetInfo *result = arg;
	Datum		values[STATS_COLUMNS] = {0};
	bool		nulls[STATS_COLUMNS] = {0};
	char	   *name = psprintf("%s%s", sample->family, sample->suffix);

	values[0] = CStringGetTextDatum(name);
	values[1] = CStringGetTextDatum(sample->database);
	nulls[2] = sample->operation == NULL;
	if (sample->operation)
		values[2] = CStringGetTextDatum(sample->operation);
	nulls[3] = sample->status == 0;
	values[3] = Int32GetDatum(sample->status);
	nulls[4] = strcmp(sample->suffix, "_bucket") != 0;
	values[4] = Float8GetDatum(sample->bound);
	values[5] = Float8GetDatum(sample->value);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* dynamo.read_stats() */
Datum
dynamo_read_stats(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	MetricsWalk(PutSample, fcinfo->resultinfo);
	return (Datum) 0;
}
