/*
 * request_runner.h
 *	  Running one operation for a client of the endpoint.
 */
#ifndef DYNAMO_REQUEST_RUNNER_H
#define DYNAMO_REQUEST_RUNNER_H

#include "http/exchange.h"

/* Makes the memory context of the requests. */
extern void RequestRunnerStart(void);

/*
 * Runs the request's operation as its sender, in a transaction and memory
 * context of its own, and fills its reply, and status, with the result or the service's error.
 * False: it met a lock, and nothing has come of it.  Raises no error.
 *
 * What was written, or seen, is not on disk yet: see commit_group.h.
 */
extern bool RequestRun(Exchange *exchange, RequestTry try);

/* To be called when no request is left: reports the worker as idle. */
extern void RequestRunnerIdle(void);

#endif							/* DYNAMO_REQUEST_RUNNER_H */
