/*
 * lock_wait.h
 *	  What an operation does about a lock that somebody else holds.
 *
 * In a backend it waits, as any statement does.  A worker of the endpoint has
 * other clients: there a request waits for a moment at most (LockTimeout), is
 * undone, and is run again later, until its time is over.  Both end in
 * ERRCODE_LOCK_NOT_AVAILABLE.
 */
#ifndef DYNAMO_LOCK_WAIT_H
#define DYNAMO_LOCK_WAIT_H

#include "storage/lockdefs.h"

/*
 * Sets both for what runs from now on.  may_wait: locks are waited for.
 * is_final: an error because of a lock is the answer; otherwise the operation
 * will be run again, and nobody may make anything of the error.
 */
extern void LockWaitSet(bool may_wait, bool is_final);
extern bool LockWaitAllowed(void);
extern bool LockWaitIsFinal(void);

/* Raises the error. */
extern void LockWaitRaise(void) pg_attribute_noreturn();

/* LockRelationOid(), which raises the error where it may not wait. */
extern void LockWaitRelation(Oid relid, LOCKMODE lockmode);

#endif							/* DYNAMO_LOCK_WAIT_H */
