/*
 * errors.h
 *	  The service's errors as the client sees them.
 *
 * Code below raises them with ereport(ERROR, errcode(ERRCODE_DYNAMO_...),
 * errmsg(...)); the SQLSTATEs are those of value/errors.list.  Here a caught
 * ErrorData becomes a status and a body.  An error of PostgreSQL's own is
 * mapped to the nearest exception (insufficient_privilege to
 * AccessDeniedException, serialization_failure, deadlock_detected and
 * lock_not_available to TransactionConflictException, a violated constraint and
 * what PL/pgSQL raises to ValidationException, read-only or
 * shutting-down server, here or behind a foreign table, to
 * ServiceUnavailableException), anything else to
 * InternalServerError, whose body tells nothing of the inside; the server log
 * has it.
 */
#ifndef DYNAMO_ERRORS_H
#define DYNAMO_ERRORS_H

#include "lib/stringinfo.h"
#include "value/error_codes.h"

typedef struct ServiceError
{
	int			sqlstate;
	const char *type;			/* "com.amazonaws.dynamodb.v20120810#Resource..." */
	int			http_status;
	const char *text_member;	/* "message" or "Message" */
} ServiceError;

/* The exception for an SQLSTATE; InternalServerError for one it does not know. */
extern const ServiceError *ServiceErrorFor(int sqlstate);

/*
 * Appends the error body, {"__type": ..., "message": ...}, and returns the
 * HTTP status.  An empty message is left out, as the service does where it has
 * nothing to say (malformed JSON, an unknown operation).  A DETAIL that is a
 * JSON object (CancellationReasons, Item) has its members added to the body,
 * if the error is one of ours.
 */
extern int	ServiceErrorBody(StringInfo out, const ErrorData *edata);

#endif							/* DYNAMO_ERRORS_H */
