/*
 * request_runner.c
 *	  Running one operation for a client of the endpoint.
 *
 * The worker is connected as the bootstrap superuser; a request becomes its
 * sender's role inside its transaction, marked as a local change so that no
 * function it calls can switch back.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/prepare.h"
#include "commands/sequence.h"
#include "commands/trigger.h"
#include "access/xlog.h"
#include "http/commit_group.h"
#include "http/permissions.h"
#include "http/request_runner.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "request/errors.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "table/lock_wait.h"
#include "tcop/tcopprot.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
#include "worker/worker.h"

/* How long a lock is waited for: those of other requests are held for less. */
#define LOCK_WAIT_MS	1

/* What the request's context keeps from one request to the next. */
#define KEEP_REQUEST_MEMORY		(64 * 1024)

static MemoryContext request_context = NULL;

static void Run(Exchange *exchange);
static void Finish(int settings);
static void ForgetSession(void);
static void DropTemporaries(void);
static bool Fail(Exchange *exchange);
static bool IsReplayConflict(int sqlstate);
static void ShowReplayConflict(ErrorData *error);
static bool IsExpected(int sqlstate);

void
RequestRunnerStart(void)
{
	request_context = AllocSetContextCreate(TopMemoryContext, "dynamo http request",
											0, KEEP_REQUEST_MEMORY, ALLOCSET_DEFAULT_MAXSIZE);
}

bool
RequestRun(Exchange *exchange, RequestTry try)
{
	MemoryContext old_context = CurrentMemoryContext;
	const Operation *operation = exchange->operation;
	volatile bool answered = true;

	debug_query_string = operation->name;
	SetCurrentStatementStartTimestamp();
	pgstat_report_activity(STATE_RUNNING, operation->name);
	LockWaitSet(try == REQUEST_FIRST_TRY, try == REQUEST_LAST_TRY);
	exchange->status = 200;

	PG_TRY();
	{
		WorkerAllowCancel();
		Run(exchange);
		WorkerRefuseCancel();
	}
	PG_CATCH();
	{
		answered = Fail(exchange);
	}
	PG_END_TRY();

	CommitGroupNoteRead();
	debug_query_string = NULL;
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(request_context);
	return answered;
}

/* Runs the operation in a transaction; an error leaves that to be aborted. */
static void
Run(Exchange *exchange)
{
	Oid			sender;
	Oid			user;
	int			security_context;
	int			settings;

	/* PostgreSQL's own setting, which it reads at each wait */
	LockTimeout = LOCK_WAIT_MS;
	CommitGroupBegin();
	StartTransactionCommand();
	settings = NewGUCNestLevel();
	GetUserIdAndSecContext(&user, &security_context);
	WorkerRequireExtension();

	MemoryContextSwitchTo(request_context);
	sender = AuthenticationBecomeSender(&exchange->authentication, exchange->operation);
	if (OidIsValid(sender))
		CommitGroupAdoptRole(sender);
	OperationRun(exchange->operation, exchange->body.data, exchange->body.len, &exchange->reply);
	Finish(settings);
	SetUserIdAndSecContext(user, security_context);
}

/*
 * Commits, as the role.  Triggers and policies are anybody's code: nothing they
 * have done to the session may reach the next request, which is somebody
 * else's.  So what is deferred runs before settings are put back.
 */
static void
Finish(int settings)
{
	bool		has_temporaries;
	int			level;

	AfterTriggerFireDeferred();
	level = synchronous_commit;
	AtEOXact_GUC(false, settings);
	has_temporaries = (MyXactFlags & XACT_FLAGS_ACCESSEDTEMPNAMESPACE) != 0;
	CommitGroupCommit(level);
	ForgetSession();
	if (unlikely(has_temporaries))
		DropTemporaries();
}

/*
 * What outlives a transaction, aborted ones too: held cursors, prepared
 * statements, advisory locks of the session and the last values of sequences.
 */
static void
ForgetSession(void)
{
	PortalHashTableDeleteAll();
	DropAllPreparedStatements();
	LockReleaseAll(USER_LOCKMETHOD, true);
	ResetSequenceCaches();
}

/* In a transaction of its own, as DISCARD TEMP does. */
static void
DropTemporaries(void)
{
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	ResetTempTableNamespace();
	PopActiveSnapshot();
	CommitTransactionCommand();
}

/*
 * Ends the transaction and makes the error the reply; false if it is a lock,
 * and the request is to be run again.  An error that is no answer to what the
 * client asked is the administrator's business and goes to the log.
 */
static bool
Fail(Exchange *exchange)
{
	ErrorData  *error;
	bool		met_lock;

	HOLD_INTERRUPTS();
	WorkerRefuseCancel();
	MemoryContextSwitchTo(request_context);
	error = CopyErrorData();
	met_lock = (error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE || IsReplayConflict(error->sqlerrcode)) &&
		!LockWaitIsFinal();
	if (met_lock || IsExpected(error->sqlerrcode))
		ereport(DEBUG1, (errmsg_internal("%s: %s", exchange->operation->name, error->message)));
	else
		EmitErrorReport();
	AbortCurrentTransaction();
	ForgetSession();
	FlushErrorState();
	RESUME_INTERRUPTS();

	MemoryContextSwitchTo(request_context);
	if (error->sqlerrcode == ERRCODE_INSUFFICIENT_PRIVILEGE && AuthenticationSender() != NULL)
		error->message = PermissionDeniedMessage(exchange->operation, AuthenticationSender(),
												 exchange->body.data, exchange->body.len,
												 error->table_name);
	if (IsReplayConflict(error->sqlerrcode))
		ShowReplayConflict(error);
	resetStringInfo(&exchange->reply);
	if (!met_lock)
		exchange->status = ServiceErrorBody(&exchange->reply, error);
	return !met_lock;
}

/* Whether the read stood in the way of what a standby replays. */
static bool
IsReplayConflict(int sqlstate)
{
	return sqlstate == ERRCODE_T_R_SERIALIZATION_FAILURE && RecoveryInProgress();
}

/* No transaction of another client's is to blame, and clients try again by themselves. */
static void
ShowReplayConflict(ErrorData *error)
{
	error->sqlerrcode = ERRCODE_DYNAMO_SERVICE_UNAVAILABLE;
	error->message = "The read stood in the way of what this standby replays; try it again, or on the primary";
	error->detail = NULL;
}

/* Whether the error is an answer of the service. */
static bool
IsExpected(int sqlstate)
{
	if (sqlstate == ERRCODE_LOCK_NOT_AVAILABLE)
		return true;
	return sqlstate != ERRCODE_DYNAMO_INTERNAL_SERVER_ERROR &&
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TO_CATEGORY(ERRCODE_DYNAMO_INTERNAL_SERVER_ERROR);
}

void
RequestRunnerIdle(void)
{
	pgstat_report_activity(STATE_IDLE, NULL);
}
