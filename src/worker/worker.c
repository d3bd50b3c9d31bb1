/*
 * worker.c
 *	  What every background worker of the extension does alike: being
 *	  registered, starting, minding signals, ending.
 *
 * SIGTERM takes the backend's own handler, die(), so that a request that
 * waits somewhere inside PostgreSQL is left at once.  Between requests the
 * worker looks at the flag itself and ends without a FATAL message, as the
 * server stops in the ordinary course of things.
 */
#include "base/compat.h"

#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/proc.h"
#include "storage/sinval.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/timeout.h"
#include "worker/databases.h"
#include "worker/worker.h"

/* How long the postmaster waits before it starts a failed worker again. */
#define RESTART_SECONDS		5

static char *database;

static void ConnectErrorContext(void *arg);

void
WorkerInit(void)
{
	DefineCustomStringVariable("dynamo.database",
							   "Sets the database that the background workers serve on dynamo.port.",
							   "The extension \"dynamo\" must be created in it.",
							   &database,
							   "postgres",
							   PGC_POSTMASTER,
							   0,
							   NULL, NULL, NULL);
	DatabasesInit();
}

const char *
WorkerDatabase(void)
{
	return database;
}

/*
 * The worker is started at that time, and again if it ends for any reason; but
 * not while pg_upgrade works, which makes databases anew and has to be alone.
 */
static void
Register(const char *name, const char *type, const char *function, int argument, BgWorkerStartTime time)
{
	BackgroundWorker worker = {0};

	if (IsBinaryUpgrade)
		return;
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = time;
	worker.bgw_restart_time = RESTART_SECONDS;
	worker.bgw_main_arg = Int32GetDatum(argument);
	strlcpy(worker.bgw_library_name, "dynamo", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, function, sizeof(worker.bgw_function_name));
	strlcpy(worker.bgw_name, name, sizeof(worker.bgw_name));
	strlcpy(worker.bgw_type, type, sizeof(worker.bgw_type));
	RegisterBackgroundWorker(&worker);
}

void
WorkerRegister(const char *name, const char *type, const char *function, int argument)
{
	Register(name, type, function, argument, BgWorkerStart_RecoveryFinished);
}

void
WorkerRegisterForStandby(const char *name, const char *type, const char *function, int argument)
{
	Register(name, type, function, argument, BgWorkerStart_ConsistentState);
}

/*
 * A database that does not exist ends the worker here, with PostgreSQL's own
 * message; the postmaster tries again after RESTART_SECONDS.
 */
void
WorkerStartIn(const char *database_name)
{
	ErrorContextCallback context = {
		.callback = ConnectErrorContext,
		.arg = unconstify(char *, database_name)
	};

	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();

	context.previous = error_context_stack;
	error_context_stack = &context;
	BackgroundWorkerInitializeConnection(database_name, NULL, 0);
	error_context_stack = context.previous;

	SetConfigOption("application_name", MyBgworkerEntry->bgw_name, PGC_USERSET, PGC_S_SESSION);
	pgstat_report_activity(STATE_IDLE, NULL);

	/* Without a handler an ERROR is FATAL: it jumps across nobody's frames. */
	PG_exception_stack = NULL;
	HOLD_CANCEL_INTERRUPTS();
}

void
WorkerStart(void)
{
	WorkerStartIn(database);
}

/* Tells where the name of a missing database comes from. */
static void
ConnectErrorContext(void *arg)
{
	errcontext("connecting to the database named by the setting \"%s\"",
			   strcmp(arg, database) == 0 ? "dynamo.database" : "dynamo.databases");
}

bool
WorkerStopRequested(void)
{
	return ProcDiePending;
}

bool
WorkerProcessInterrupts(void)
{
	bool		reloaded = false;

	QueryCancelPending = false;
	CHECK_FOR_INTERRUPTS();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
		reloaded = true;
	}
	if (catchupInterruptPending)
		ProcessCatchupInterrupt();
	return reloaded;
}

void
WorkerAllowCancel(void)
{
	QueryCancelPending = false;
	RESUME_CANCEL_INTERRUPTS();
	if (StatementTimeout > 0)
		enable_timeout_after(STATEMENT_TIMEOUT, StatementTimeout);
}

/*
 * An error has already set the count of holders to zero.
 */
void
WorkerRefuseCancel(void)
{
	if (get_timeout_active(STATEMENT_TIMEOUT))
		disable_timeout(STATEMENT_TIMEOUT, false);
	HOLD_CANCEL_INTERRUPTS();
}
