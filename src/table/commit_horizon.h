/*
 * commit_horizon.h
 *	  Commits that can be seen already but are not on disk yet.
 *
 * The endpoint's workers commit first and flush later, many commits at once
 * (http/commit_group.h).  Whoever reads an item in between must not tell of it
 * before it is as durable as its writer wants.  A worker minds that itself
 * before it answers; any other session waits where it begins to read an item
 * table.
 */
#ifndef DYNAMO_COMMIT_HORIZON_H
#define DYNAMO_COMMIT_HORIZON_H

#include "access/xlogdefs.h"

/* How far WAL must have got; {0}: no matter. */
typedef struct CommitHorizon
{
	XLogRecPtr	local;			/* on this server's disk */
	XLogRecPtr	remote;			/* on standbys, as far as the level demands */
	int			level;			/* of synchronous_commit */
} CommitHorizon;

/*
 * Reserves shared memory for so many processes that flush later.  Only while
 * the library is preloaded.
 */
extern void CommitHorizonInit(int processes);

/* This process is one of them, with that number from 0. */
extern void CommitHorizonJoin(int process);

/*
 * To be called before such a commit, with its synchronous_commit, and behind
 * it, where it ended; Withdraw when it is over, also by an error.
 */
extern void CommitHorizonAnnounce(int level);
extern void CommitHorizonPublish(XLogRecPtr end, int level);
extern void CommitHorizonWithdraw(void);

/* Moves the horizon to that commit; or behind all that can be seen by now. */
extern void CommitHorizonExtend(CommitHorizon *horizon, XLogRecPtr end, int level);
extern void CommitHorizonLook(CommitHorizon *horizon);

/*
 * Waits until WAL has got there.  False: that is not known, as the process is
 * to end.
 */
extern bool CommitHorizonWait(const CommitHorizon *horizon);

/*
 * Waits for all that a snapshot taken before can see.  Does nothing in a
 * process that has joined.
 */
extern void CommitHorizonReach(void);

#endif							/* DYNAMO_COMMIT_HORIZON_H */
