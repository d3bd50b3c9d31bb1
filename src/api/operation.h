/*
 * operation.h
 *	  The registry of operations, and how to run one.
 *
 * An operation reads its request from the tree, acts through table/, and
 * appends its reply.  It runs in the caller's transaction and memory context
 * and raises the service's errors; whoever called decides what becomes of
 * the transaction.
 */
#ifndef DYNAMO_OPERATION_H
#define DYNAMO_OPERATION_H

#include "base/json_reader.h"
#include "lib/stringinfo.h"
#include "request/shape.h"

typedef void (*OperationFunction) (const JsonNode *request, StringInfo reply);

typedef struct Operation
{
	const char *name;			/* "PutItem" */
	OperationFunction run;
	bool		read_only;		/* never writes */
	bool		consistent;		/* reads nothing but what is up to date */
	bool		of_streams;		/* of the API of DynamoDB Streams */
} Operation;

/* The operation of that name, or NULL. */
extern const Operation *OperationFind(const char *name, int len);

/* How many operations there are, and which of them, from 0, this one is. */
extern int	OperationCount(void);
extern int	OperationIndex(const Operation *operation);
extern const char *OperationName(int index);

/*
 * Parses the body, checks it against the operation's shape, runs the
 * operation and appends its reply.  The body must be valid UTF-8.  Needs a
 * transaction and an active snapshot is NOT needed: operations take their own.
 */
extern void OperationRun(const Operation *operation, const char *body, int len, StringInfo reply);

#endif							/* DYNAMO_OPERATION_H */
