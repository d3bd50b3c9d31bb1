/*
 * cors.h
 *	  Cross-origin resource sharing: which web pages' scripts may use the
 *	  endpoint.
 */
#ifndef DYNAMO_CORS_H
#define DYNAMO_CORS_H

#include <microhttpd.h>

/* Declares dynamo.cors_origins. */
extern void CorsInit(void);

/*
 * What the response to a page of that origin allows: the origin itself, "*",
 * or NULL for nothing.  Lives as long as the argument.
 */
extern const char *CorsAllowed(const char *origin);

/*
 * Adds the headers to a response; requested_headers is what a preflight asks
 * for, or NULL for a response that is none.  False if there is no memory.
 */
extern bool CorsAddHeaders(struct MHD_Response *response, const char *allowed, bool preflight,
						   const char *requested_headers);

#endif							/* DYNAMO_CORS_H */
