/*
 * response.h
 *	  Sending a response with the service's headers.
 */
#ifndef DYNAMO_RESPONSE_H
#define DYNAMO_RESPONSE_H

#include <microhttpd.h>

/* Seeds the generator of request ids. */
extern void ResponseStart(void);

/*
 * Queues the response; the body must stay where it is until the exchange is
 * over.  content_type may be NULL.  close ends the connection behind it.
 * False if there is no memory: the connection can only be closed.
 */
extern bool ResponseQueue(struct MHD_Connection *connection, int status, const char *content_type,
						  const char *body, Size len, bool close);

#endif							/* DYNAMO_RESPONSE_H */
