/*
 * commit_group.h
 *	  Durable commits of several requests with one flush of WAL.
 *
 * A request commits without waiting for the disk.  Its response, and that of
 * every request which may have seen what it wrote, waits for
 * CommitGroupFlush(): then all is as durable as each writer's
 * synchronous_commit demands, on the standbys too.  A writer who does not ask
 * for that (synchronous_commit = off) is not waited for.
 *
 * Sessions of SQL wait as well where they read items: table/commit_horizon.h.
 */
#ifndef DYNAMO_COMMIT_GROUP_H
#define DYNAMO_COMMIT_GROUP_H

/* To be called before each transaction. */
extern void CommitGroupBegin(void);

/*
 * Gives the transaction the synchronous_commit that ALTER ROLE has set for the
 * role, if any; a change counts after a second at most.
 */
extern void CommitGroupAdoptRole(Oid role);

/*
 * CommitTransactionCommand(), without the wait; level is the synchronous_commit
 * that counts for it.
 */
extern void CommitGroupCommit(int level);

/* Notes that a request is over, which may have seen what others wrote. */
extern void CommitGroupNoteRead(void);

/*
 * Waits until everything that was noted is durable.  False: that is not known,
 * as the worker is to end; then nothing may be answered.
 */
extern bool CommitGroupFlush(void);

#endif							/* DYNAMO_COMMIT_GROUP_H */
