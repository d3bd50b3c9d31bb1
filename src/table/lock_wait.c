/*
 * lock_wait.c
 *	  What an operation does about a lock that somebody else holds.
 */
#include "base/compat.h"

#include "storage/lmgr.h"
#include "table/lock_wait.h"

static bool may_wait_now = true;
static bool is_final_now = true;

void
LockWaitSet(bool may_wait, bool is_final)
{
	may_wait_now = may_wait;
	is_final_now = is_final;
}

bool
LockWaitAllowed(void)
{
	return may_wait_now;
}

bool
LockWaitIsFinal(void)
{
	return is_final_now;
}

void
LockWaitRaise(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
			 errmsg("another transaction holds a lock that the operation needs")));
}

void
LockWaitRelation(Oid relid, LOCKMODE lockmode)
{
	if (may_wait_now)
		LockRelationOid(relid, lockmode);
	else if (!ConditionalLockRelationOid(relid, lockmode))
		LockWaitRaise();
}
