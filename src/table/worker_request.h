/*
 * worker_request.h
 *	  Background workers that are started when a transaction commits, because
 *	  nobody could see before what they have to do.
 */
#ifndef DYNAMO_WORKER_REQUEST_H
#define DYNAMO_WORKER_REQUEST_H

#include "base/compat.h"

typedef struct WorkerRequest
{
	const char *function;		/* of the library, with the database's OID */
	const char *name;			/* also its backend_type */
	const char *deed;			/* what a transaction has done that asks for it:
								 * one that has cannot be prepared, for whoever
								 * commits it would not know of the worker */
	const char *work;			/* "build the index" */
	const char *otherwise;		/* what becomes of that if no worker is free */
	bool		requested;		/* by this transaction */
	bool		known;
	struct WorkerRequest *next;
} WorkerRequest;

/*
 * Starts the worker in this database when the transaction commits; it is
 * started again if it ends with an error.  If no worker is free there is a
 * WARNING.  The request must live as long as the process.
 */
extern void WorkerRequestAtCommit(WorkerRequest *request);

#endif							/* DYNAMO_WORKER_REQUEST_H */
