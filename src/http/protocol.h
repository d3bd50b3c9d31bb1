/*
 * protocol.h
 *	  DynamoDB's JSON protocol over HTTP: what a request asks for, and the
 *	  answers that need no operation.
 */
#ifndef DYNAMO_PROTOCOL_H
#define DYNAMO_PROTOCOL_H

#include <microhttpd.h>

#include "http/exchange.h"

/* Declares dynamo.max_body. */
extern void ProtocolInit(void);

/*
 * Reads method, path and headers.  False: the request is to be answered now,
 * its body not to be read.
 */
extern bool ProtocolReadHead(Exchange *exchange, struct MHD_Connection *connection,
							 const char *method, const char *path);

/* Takes a piece of the body.  False: the connection is to be cut. */
extern bool ProtocolReadBody(Exchange *exchange, const char *data, Size len);

/* The request is complete.  True: there is an operation to be run. */
extern bool ProtocolNeedsRun(Exchange *exchange);

/* Queues the response.  False: the connection is to be cut. */
extern bool ProtocolAnswer(Exchange *exchange, struct MHD_Connection *connection);

#endif							/* DYNAMO_PROTOCOL_H */
