/*
 * response.h
 *	  Sending a response with the service's headers.
 */
#ifndef DYNAMO_RESPONSE_H
#define DYNAMO_RESPONSE_H

#include <microhttpd.h>

/* Seeds the generator of request ids. */
extern void ResponseStart(void);

typedef struct Response
{
	int			status;
	const char *content_type;	/* NULL: none */
	const char *body;			/* must stay where it is until the exchange is over */
	Size		len;
	bool		is_gzip;		/* the body is compressed */
	bool		close;			/* ends the connection behind it */
	const char *allowed_origin; /* cors.h; NULL: none */
	bool		preflight;
	const char *requested_headers;
} Response;

/*
 * Queues the response.  False if there is no memory: the connection can only
 * be closed.
 */
extern bool ResponseQueue(struct MHD_Connection *connection, const Response *response);

#endif							/* DYNAMO_RESPONSE_H */
