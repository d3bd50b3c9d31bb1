/*
 * authentication.h
 *	  Who sends a request, and whether he may call its operation.
 */
#ifndef DYNAMO_AUTHENTICATION_H
#define DYNAMO_AUTHENTICATION_H

#include <microhttpd.h>

#include "api/operation.h"
#include "http/sigv4.h"

typedef struct Authentication
{
	bool		verified;		/* the signature, once: parked requests come again */
	SigV4Text	access_key_id;	/* then: whose it was */
	SigV4Request request;		/* points into the connection's memory */
} Authentication;

/*
 * Declares dynamo.auth, dynamo.role, dynamo.allow_unsigned_payload and
 * dynamo.signing_region.
 */
extern void AuthenticationInit(void);

/* False, with the reason in the log, if dynamo.auth says nothing that is known. */
extern bool AuthenticationIsKnown(void);

/* Does everybody who reaches the endpoint pass for the one role? */
extern bool AuthenticationIsNone(void);

/* In a worker, before the first request. */
extern void AuthenticationStart(void);

/*
 * Take in what is signed: the head when it is there, and the body as it was
 * sent.  They raise no error; false: the library for hashing failed.
 */
extern void AuthenticationReadHead(Authentication *authentication, struct MHD_Connection *connection,
								   const char *method, const char *path);
extern bool AuthenticationReadBody(Authentication *authentication, const char *body, Size len);

/*
 * Makes the sender the current user until the end of the transaction, or
 * raises the service's error: the request is not signed as it should be, or he
 * may not connect to the database or not execute the operation's SQL function.
 * Gives back his role; InvalidOid: it is the worker's own user.
 */
extern Oid	AuthenticationBecomeSender(Authentication *authentication, const Operation *operation);

/*
 * His role's name, for messages, in the memory context of the last call; NULL:
 * the worker's own user, or nobody known.
 */
extern const char *AuthenticationSender(void);

#endif							/* DYNAMO_AUTHENTICATION_H */
