/*
 * http.h
 *	  The HTTP endpoint: DynamoDB's JSON protocol, served by background
 *	  workers.
 */
#ifndef DYNAMO_HTTP_H
#define DYNAMO_HTTP_H

#include "fmgr.h"

/*
 * Declares the endpoint's settings and registers its workers.  Only while the
 * library is preloaded.
 */
extern void HttpInit(void);

/* A worker's main function, called by the postmaster's child. */
extern PGDLLEXPORT void HttpWorkerMain(Datum arg);

#endif							/* DYNAMO_HTTP_H */
