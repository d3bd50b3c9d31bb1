/*
 * permissions.h
 *	  Whether a role may call an operation over HTTP: what it may by SQL.
 *
 * That is to connect to the database, to use the schema dynamo, and to execute
 * the operation's SQL function.  Verdicts are kept until a role, the database,
 * the schema or a function changes.  What the operation then does to which
 * table is checked where it does it.
 */
#ifndef DYNAMO_PERMISSIONS_H
#define DYNAMO_PERMISSIONS_H

#include "api/operation.h"

/* Raises ERRCODE_INSUFFICIENT_PRIVILEGE if it may not.  Needs a transaction. */
extern void PermissionCheck(Oid role, const Operation *operation);

/*
 * The service's words for a missing privilege: which user, action and
 * resource.  body is the request's; table_name the table that the error names,
 * or NULL.
 */
extern char *PermissionDeniedMessage(const Operation *operation, const char *user, const char *body, int len,
									 const char *table_name);

#endif							/* DYNAMO_PERMISSIONS_H */
