/*
 * transact.h
 *	  What TransactWriteItems and TransactGetItems share: why a transaction was
 *	  cancelled.
 *
 * There is one reason for each action, in the order of the request.  The error
 * carries them in its DETAIL: {"CancellationReasons": [{"Code": ..., "Message":
 * ..., "Item": ...}, ...]}.
 */
#ifndef DYNAMO_TRANSACT_H
#define DYNAMO_TRANSACT_H

#include "base/compat.h"

/* Limits of the service. */
#define TRANSACT_MAX_SIZE	(4 * 1024 * 1024)

typedef struct CancellationReason
{
	const char *code;			/* NULL: "None" */
	const char *message;
	const char *item;			/* JSON of the item, or NULL */
} CancellationReason;

/*
 * In PG_CATCH(): takes the error that is being caught as an action's reason,
 * and ends it.  False, and nothing happens, if it is none: if it is about
 * something else than the action.  context is where the texts go.
 */
extern bool TransactTakeReason(CancellationReason *reason, MemoryContext context);

/* Raises TransactionCanceledException if there is a reason. */
extern void TransactCheckReasons(const CancellationReason *reasons, int count);

/* Raises the service's error for two actions on one item. */
extern void TransactRaiseDuplicate(void) pg_attribute_noreturn();

#endif							/* DYNAMO_TRANSACT_H */
