/*
 * worker_request.c
 *	  Background workers that are started when a transaction commits, because
 *	  nobody could see before what they have to do.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "table/worker_request.h"

/* Seconds until a worker that has failed is started again. */
#define RESTART_SECONDS		5

/* All that this process ever made. */
static WorkerRequest *requests = NULL;

static void
Start(const WorkerRequest *request)
{
	BackgroundWorker worker = {0};

	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = RESTART_SECONDS;
	worker.bgw_main_arg = ObjectIdGetDatum(MyDatabaseId);
	strlcpy(worker.bgw_library_name, "dynamo", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, request->function, sizeof(worker.bgw_function_name));
	strlcpy(worker.bgw_name, request->name, sizeof(worker.bgw_name));
	strlcpy(worker.bgw_type, request->name, sizeof(worker.bgw_type));
	if (!RegisterDynamicBackgroundWorker(&worker, NULL))
		ereport(WARNING,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("no background worker is free to %s", request->work),
				 errhint("Raise \"max_worker_processes\"; %s.", request->otherwise)));
}

/* Transaction callback. */
static void
AtEndOfTransaction(XactEvent event, void *arg)
{
	for (WorkerRequest *request = requests; request; request = request->next)
	{
		bool		start = request->requested && event == XACT_EVENT_COMMIT;

		if (request->requested && event == XACT_EVENT_PRE_PREPARE)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("cannot PREPARE a transaction that has %s", request->deed)));
		if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT)
			request->requested = false;
		if (start)
			Start(request);
	}
}

void
WorkerRequestAtCommit(WorkerRequest *request)
{
	if (requests == NULL)
		RegisterXactCallback(AtEndOfTransaction, NULL);
	if (!request->known)
	{
		request->next = requests;
		requests = request;
	}
	request->known = true;
	request->requested = true;
}
