/*
 * request_runner.c
 *	  Running one operation for a client of the endpoint.
 *
 * The worker is connected as the bootstrap superuser; a request becomes
 * dynamo.role inside its transaction, marked as a local change so that no
 * function it calls can switch back.
 */
#include "base/compat.h"

#include <limits.h>

#include "access/xact.h"
#include "http/request_runner.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "request/errors.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "worker/worker.h"

#define DEFAULT_LOCK_TIMEOUT	5000

/* What the request's context keeps from one request to the next. */
#define KEEP_REQUEST_MEMORY		(64 * 1024)

static char *role;
static int	lock_timeout;		/* ms */
static MemoryContext request_context = NULL;

static void Run(const Operation *operation, const char *body, int len, StringInfo reply);
static void BecomeRole(void);
static int	Fail(const Operation *operation, StringInfo reply);
static bool IsExpected(int sqlstate);

void
RequestRunnerInit(void)
{
	DefineCustomStringVariable("dynamo.role",
							   "Sets the role as which the HTTP endpoint runs requests while dynamo.auth is \"none\".",
							   "If empty, it is the bootstrap superuser.",
							   &role,
							   "",
							   PGC_SIGHUP,
							   0,
							   NULL, NULL, NULL);
	DefineCustomIntVariable("dynamo.lock_timeout",
							"Sets how long a request of the HTTP endpoint waits for a lock.",
							"Then it is answered with TransactionConflictException. 0: without end.",
							&lock_timeout,
							DEFAULT_LOCK_TIMEOUT, 0, INT_MAX,
							PGC_SIGHUP,
							GUC_UNIT_MS,
							NULL, NULL, NULL);
}

void
RequestRunnerStart(void)
{
	request_context = AllocSetContextCreate(TopMemoryContext, "dynamo http request",
											0, KEEP_REQUEST_MEMORY, ALLOCSET_DEFAULT_MAXSIZE);
}

int
RequestRun(const Operation *operation, const char *body, int len, StringInfo reply)
{
	MemoryContext old_context = CurrentMemoryContext;
	volatile int status = 200;

	debug_query_string = operation->name;
	SetCurrentStatementStartTimestamp();
	pgstat_report_activity(STATE_RUNNING, operation->name);

	PG_TRY();
	{
		WorkerAllowCancel();
		Run(operation, body, len, reply);
		WorkerRefuseCancel();
	}
	PG_CATCH();
	{
		status = Fail(operation, reply);
	}
	PG_END_TRY();

	debug_query_string = NULL;
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(request_context);
	return status;
}

/* Runs the operation in a transaction; an error leaves that to be aborted. */
static void
Run(const Operation *operation, const char *body, int len, StringInfo reply)
{
	Oid			user;
	int			security_context;

	/* PostgreSQL's own setting, which it reads at each wait */
	LockTimeout = lock_timeout;
	StartTransactionCommand();
	GetUserIdAndSecContext(&user, &security_context);
	WorkerRequireExtension();
	if (role[0] != '\0')
		BecomeRole();

	MemoryContextSwitchTo(request_context);
	OperationRun(operation, body, len, reply);

	/* Deferred triggers run in the commit, so they too run as the role. */
	CommitTransactionCommand();
	SetUserIdAndSecContext(user, security_context);
}

/* Until the end of the transaction, or until it is set back. */
static void
BecomeRole(void)
{
	Oid			role_id = get_role_oid(role, true);

	if (!OidIsValid(role_id))
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_SERVICE_UNAVAILABLE),
				 errmsg("The role \"%s\" of the setting dynamo.role does not exist", role)));
	SetUserIdAndSecContext(role_id, SECURITY_LOCAL_USERID_CHANGE);
}

/*
 * Ends the transaction and makes the error the reply.  An error that is no
 * answer to what the client asked is the administrator's business and goes to
 * the log.
 */
static int
Fail(const Operation *operation, StringInfo reply)
{
	ErrorData  *error;

	HOLD_INTERRUPTS();
	WorkerRefuseCancel();
	MemoryContextSwitchTo(request_context);
	error = CopyErrorData();
	if (IsExpected(error->sqlerrcode))
		ereport(DEBUG1, (errmsg_internal("%s: %s", operation->name, error->message)));
	else
		EmitErrorReport();
	AbortCurrentTransaction();
	FlushErrorState();
	RESUME_INTERRUPTS();

	MemoryContextSwitchTo(request_context);
	resetStringInfo(reply);
	return ServiceErrorBody(reply, error);
}

/* Whether the error is an answer of the service. */
static bool
IsExpected(int sqlstate)
{
	return sqlstate != ERRCODE_DYNAMO_INTERNAL_SERVER_ERROR &&
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TO_CATEGORY(ERRCODE_DYNAMO_INTERNAL_SERVER_ERROR);
}

void
RequestRunnerIdle(void)
{
	pgstat_report_activity(STATE_IDLE, NULL);
}
