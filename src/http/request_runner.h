/*
 * request_runner.h
 *	  Running one operation for a client of the endpoint.
 */
#ifndef DYNAMO_REQUEST_RUNNER_H
#define DYNAMO_REQUEST_RUNNER_H

#include "api/operation.h"

/* Declares dynamo.role. */
extern void RequestRunnerInit(void);

/* Makes the memory context of the requests. */
extern void RequestRunnerStart(void);

/*
 * Runs the operation in a transaction and memory context of its own and fills
 * the reply with its result or the service's error.  Returns the HTTP status.
 * Raises no error.
 */
extern int	RequestRun(const Operation *operation, const char *body, int len, StringInfo reply);

/* To be called when no request is left: reports the worker as idle. */
extern void RequestRunnerIdle(void);

#endif							/* DYNAMO_REQUEST_RUNNER_H */
