/*
 * http_worker.c
 *	  The HTTP endpoint's workers and their loop.
 *
 * A worker waits for its latch, its listening sockets and its connections at
 * once.  In each turn it reads what has come, runs the requests that became
 * complete one after another, and sends the responses.
 */
#include "base/compat.h"

#include <sched.h>

#include "http/authentication.h"
#include "http/commit_group.h"
#include "http/content_coding.h"
#include "http/cors.h"
#include "http/endpoints.h"
#include "http/exchange.h"
#include "http/http.h"
#include "http/listen.h"
#include "http/metrics.h"
#include "http/parking.h"
#include "http/protocol.h"
#include "http/request_runner.h"
#include "http/server.h"
#include "http/tls.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "table/commit_horizon.h"
#include "utils/guc.h"
#include "utils/wait_event.h"
#include "worker/worker.h"

#define TICK_MS			1000

/*
 * Runs of the server before the worker looks at its latch again: reading,
 * queueing the response and sending it take one each.
 */
#define RUNS_IN_A_TURN	16

/*
 * How long requests are run before those that are done get their responses.
 * Longer makes larger groups of commits, and longer waits.
 */
#define BATCH_MS		5

/* How long responses may take to leave when the worker ends. */
#define DRAIN_MS		1000
#define DRAIN_STEP_MS	10

#define WORKER_TYPE		"dynamo http worker"

static instr_time last_tick;
static bool has_statistics = false; /* not yet reported */

static bool EndpointsArePossible(void);
static WaitEventSet *MakeWaitSet(void);
static void WaitForWork(WaitEventSet *set, bool pending);
static bool Turn(void);
static bool RunQueue(void);
static void Answer(dlist_head *done);
static void TickIfDue(void);
static void Drain(void);

void
HttpInit(void)
{
	AuthenticationInit();
	EndpointsInit();
	ListenInit();
	ServerInit();
	ProtocolInit();
	CorsInit();
	ContentCodingInit();
	MetricsInit();
	TlsInit();
	ParkingInit();

	/* Not in a stand-alone backend, nor while pg_upgrade works. */
	if (!IsPostmasterEnvironment || IsBinaryUpgrade || !EndpointsArePossible())
		return;
	CommitHorizonInit(EndpointWorkers());
	MetricsMemoryInit(EndpointWorkers());
	for (int i = 1; i <= EndpointWorkers(); i++)
	{
		char		name[BGW_MAXLEN];

		snprintf(name, sizeof(name), WORKER_TYPE " %d", i);
		WorkerRegisterForStandby(name, WORKER_TYPE, "HttpWorkerMain", i - 1);
	}
}

/* Whether there is an endpoint, and nothing stands in the way of any. */
static bool
EndpointsArePossible(void)
{
	if (!EndpointsMake())
		return false;
	for (int i = 0; i < EndpointCount(); i++)
	{
		const Endpoint *endpoint = EndpointAt(i);

		if (endpoint->workers > 0 && !ListenIsPossible(endpoint->port))
			return false;
	}
	return EndpointWorkers() > 0;
}

/*
 * A request shall not take the processor from a client that has more of them to
 * send: the worker then finds many in a turn, and clients find many responses.
 * It is as quick as ever to an idle processor, and no less of one is its due.
 */
static void
ComeWithoutHaste(void)
{
#ifdef SCHED_BATCH
	struct sched_param usual = {0};

	if (sched_getscheduler(0) == SCHED_OTHER && sched_setscheduler(0, SCHED_BATCH, &usual) != 0)
		ereport(LOG, (errmsg("could not set the scheduling policy of a worker: %m")));
#endif
}

void
HttpWorkerMain(Datum arg)
{
	WaitEventSet *set;
	bool		pending = false;
	const Endpoint *endpoint = EndpointOfWorker(DatumGetInt32(arg));

	WorkerStartIn(endpoint->database);
	MetricsStart(DatumGetInt32(arg));
	CommitHorizonJoin(DatumGetInt32(arg));
	RequestRunnerStart();
	AuthenticationStart();
	ServerStart(endpoint->port);
	ComeWithoutHaste();
	set = MakeWaitSet();
	INSTR_TIME_SET_CURRENT(last_tick);
	ereport(DEBUG1, (errmsg_internal("%s started", MyBgworkerEntry->bgw_name)));

	while (!WorkerStopRequested())
	{
		WaitForWork(set, pending);
		if (WorkerStopRequested())
			break;
		pending = Turn();
		TickIfDue();
	}

	Drain();
	proc_exit(1);
}

/* All a worker waits for. */
static WaitEventSet *
MakeWaitSet(void)
{
	WaitEventSet *set = WaitEventSetMake(4);

	AddWaitEventToSet(set, WL_LATCH_SET, PGINVALID_SOCKET, MyLatch, NULL);
	AddWaitEventToSet(set, WL_EXIT_ON_PM_DEATH, PGINVALID_SOCKET, NULL, NULL);
	AddWaitEventToSet(set, WL_SOCKET_READABLE, ServerListenDescriptor(), NULL, NULL);
	AddWaitEventToSet(set, WL_SOCKET_READABLE, ServerDescriptor(), NULL, NULL);
	return set;
}

/*
 * Waits, unless something is pending, and deals with everything but the
 * connections themselves.
 */
static void
WaitForWork(WaitEventSet *set, bool pending)
{
	WaitEvent	events[4];
	int			count;
	long		timeout = ParkingTimeout();

	if (pending)
		timeout = 0;
	else if (has_statistics || ServerNeedsTick())
		timeout = timeout < 0 ? TICK_MS : Min(timeout, TICK_MS);

	count = WaitEventSetWait(set, timeout, events, lengthof(events), WAIT_EVENT_CLIENT_READ);
	for (int i = 0; i < count; i++)
	{
		if (events[i].events & WL_LATCH_SET)
			ResetLatch(MyLatch);
		else if (events[i].fd == ServerListenDescriptor())
			ServerAccept();
	}
	/* whether the latch is set or not: a wait within a request may have reset it */
	if (!WorkerStopRequested() && WorkerProcessInterrupts())
		TlsReload();
}

/*
 * One turn of the loop; true if there is more to do at once.
 */
static bool
Turn(void)
{
	bool		pending = true;
	bool		ran = false;

	for (int i = 0; i < RUNS_IN_A_TURN && pending; i++)
	{
		pending = ServerRun();
		if (RunQueue())
			pending = ran = true;
	}
	if (ran)
	{
		RequestRunnerIdle();
		has_statistics = true;
	}
	return pending;
}

/* The next request to run: those that have waited longest come first. */
static Exchange *
NextRequest(void)
{
	Exchange   *exchange;

	if (WorkerStopRequested())
		return NULL;
	exchange = ParkingTake();
	return exchange ? exchange : ExchangeDequeue();
}

static bool
BatchIsOver(instr_time start)
{
	instr_time	passed;

	INSTR_TIME_SET_CURRENT(passed);
	INSTR_TIME_SUBTRACT(passed, start);
	return INSTR_TIME_GET_MILLISEC(passed) >= BATCH_MS;
}

/*
 * Runs the requests that are complete, and answers them when what they wrote
 * is on disk; false if there was none.
 */
static bool
RunQueue(void)
{
	dlist_head	done = DLIST_STATIC_INIT(done);
	instr_time	start;
	Exchange   *exchange = NextRequest();

	if (exchange == NULL)
		return false;
	INSTR_TIME_SET_CURRENT(start);
	while (exchange != NULL)
	{
		if (RequestRun(exchange, ParkingTry(exchange)))
			dlist_push_tail(&done, &exchange->node);
		else
			ParkingAdd(exchange);
		exchange = BatchIsOver(start) ? NULL : NextRequest();
	}
	if (CommitGroupFlush())
		Answer(&done);
	return true;
}

/* Lets the responses leave. */
static void
Answer(dlist_head *done)
{
	while (!dlist_is_empty(done))
	{
		Exchange   *exchange = dlist_container(Exchange, node, dlist_pop_head_node(done));

		ExchangeSetAnswered(exchange);
		ServerResume(exchange);
	}
}

/* What is done once a second while there is anything to look after. */
static void
TickIfDue(void)
{
	instr_time	now;
	instr_time	passed;

	INSTR_TIME_SET_CURRENT(now);
	passed = now;
	INSTR_TIME_SUBTRACT(passed, last_tick);
	if (INSTR_TIME_GET_MILLISEC(passed) < TICK_MS)
		return;
	last_tick = now;

	ServerTick();
	if (has_statistics)
		pgstat_report_stat(true);
	has_statistics = false;
}

/*
 * Sends the responses that are ready; requests that were not begun get none,
 * their clients may ask again elsewhere.
 */
static void
Drain(void)
{
	ServerStopListening();
	for (int waited = 0; ExchangeUnsentCount() > 0 && waited < DRAIN_MS; waited += DRAIN_STEP_MS)
	{
		bool		pending = true;

		for (int i = 0; i < RUNS_IN_A_TURN && pending; i++)
			pending = ServerRun();
		pg_usleep(DRAIN_STEP_MS * 1000L);
	}
	ServerStop();
}
