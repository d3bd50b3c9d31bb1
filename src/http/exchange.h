/*
 * exchange.h
 *	  One request and its response, from the first header to the last byte
 *	  sent.
 *
 * Exchanges are kept and used again, with their buffers, so that a request
 * allocates nothing.  A buffer that one of them has blown up is given back.
 */
#ifndef DYNAMO_EXCHANGE_H
#define DYNAMO_EXCHANGE_H

#include "api/operation.h"
#include "http/authentication.h"
#include "lib/ilist.h"
#include "lib/stringinfo.h"
#include "portability/instr_time.h"

struct		MHD_Connection;

typedef enum ExchangeState
{
	EXCHANGE_RECEIVING,			/* the request is coming in */
	EXCHANGE_QUEUED,			/* complete, waits for its turn to run */
	EXCHANGE_RUNNING,			/* running, or done and waiting for the disk */
	EXCHANGE_PARKED,			/* met a lock, waits for another try */
	EXCHANGE_ANSWERED			/* the response is known */
} ExchangeState;

/* What a request is, as far as that is known. */
typedef enum RequestKind
{
	REQUEST_OPERATION,			/* to be run */
	REQUEST_HEALTH,
	REQUEST_METRICS,
	REQUEST_PREFLIGHT,			/* of a browser: may a page's script ask? */
	REQUEST_UNKNOWN_PATH,
	REQUEST_UNKNOWN_OPERATION,
	REQUEST_NOT_JSON,			/* empty, or not UTF-8 */
	REQUEST_BAD_FRAMING,		/* where it ends is ambiguous */
	REQUEST_TOO_LARGE,
	REQUEST_UNKNOWN_CODING,
	REQUEST_BAD_CODING,			/* the body is not gzip, but says so */
	REQUEST_NO_MEMORY
} RequestKind;

/* How to run a request. */
typedef enum RequestTry
{
	REQUEST_FIRST_TRY,			/* a lock is waited for, for a moment */
	REQUEST_RETRY,				/* it is not */
	REQUEST_LAST_TRY			/* it is not, and an error because of it is the answer */
} RequestTry;

typedef struct Exchange
{
	dlist_node	node;			/* in the queue, parked, done, or among the free ones */
	ExchangeState state;
	RequestKind kind;
	const Operation *operation;
	Authentication authentication;
	const char *content_type;	/* of the response */
	uint64		announced;		/* Content-Length, or 0 */
	uint64		received;		/* bytes of body, the discarded ones included */
	StringInfoData body;
	StringInfoData reply;
	int			status;			/* HTTP status of the reply */
	instr_time	begun;			/* when it was complete */

	/* what the headers ask for; the texts are libmicrohttpd's */
	const char *allowed_origin; /* cors.h; NULL: none */
	const char *requested_headers;	/* of a preflight, or NULL */
	bool		body_is_gzip;
	bool		takes_gzip;
	char	   *packed;			/* the reply as gzip, or NULL */

	/* parking.h */
	int			tries;			/* that met a lock */
	int64		parked_at;		/* first, in ms */
	int64		retry_at;
	struct MHD_Connection *suspended;	/* the connection, if libmicrohttpd is to
										 * leave it alone; else NULL */
} Exchange;

/* Makes the memory context that everything here lives in. */
extern void ExchangeStart(void);

extern Exchange *ExchangeCreate(void);
extern void ExchangeRelease(Exchange *exchange);

/* Appends to the body; false if there is no memory for it. */
extern bool ExchangeAppendBody(Exchange *exchange, const char *data, Size len);

/* Gives the body away and begins a new one, or false. */
extern bool ExchangeTakeBody(Exchange *exchange, StringInfo taken);

/* Makes room for a compressed reply; false if there is none. */
extern bool ExchangeMakePacked(Exchange *exchange, Size size);

/* The requests that are complete and wait to be run, oldest first. */
extern void ExchangeEnqueue(Exchange *exchange);
extern Exchange *ExchangeDequeue(void); /* NULL: there is none */

/* Sets the state (of one that is in no list), and counts the responses that are not sent to the end. */
extern void ExchangeSetAnswered(Exchange *exchange);
extern int	ExchangeUnsentCount(void);

#endif							/* DYNAMO_EXCHANGE_H */
