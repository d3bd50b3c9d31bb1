/*
 * transaction_token.h
 *	  dynamo.transactions: the ClientRequestTokens of the last ten minutes.
 *
 * A transaction that is sent again with its token is not run again.  The row is
 * written by the transaction itself, so it is there if and only if that was
 * committed, whatever happened to the reply.
 */
#ifndef DYNAMO_TRANSACTION_TOKEN_H
#define DYNAMO_TRANSACTION_TOKEN_H

#include "base/compat.h"

typedef enum TokenState
{
	TOKEN_NEW,
	TOKEN_SAME,					/* of a transaction that was committed */
	TOKEN_OTHER,				/* of one that was another request */
	TOKEN_IN_PROGRESS			/* of one that runs in another session */
} TokenState;

/*
 * Locks the token until the transaction ends and says what is known of it.
 * content stands for the request: two requests are the same if it is.
 */
extern TokenState TokenLookup(const char *token, const char *content);

/* Keeps a token that was new. */
extern void TokenKeep(const char *token, const char *content);

#endif							/* DYNAMO_TRANSACTION_TOKEN_H */
