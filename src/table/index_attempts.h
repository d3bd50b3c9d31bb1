/*
 * index_attempts.h
 *	  dynamo.index_builds: indexes whose building did not come to its end at once.
 *
 * An attempt is noted before it begins, in a transaction of its own: what ends
 * the whole process counts, too.  The next one comes later and later.  Owners
 * see the last error in the view dynamo.index_problems.
 *
 * All functions need a transaction with an active snapshot, the rights of the
 * extension's owner, and a search_path that begins with pg_catalog.
 */
#ifndef DYNAMO_INDEX_ATTEMPTS_H
#define DYNAMO_INDEX_ATTEMPTS_H

#include "base/compat.h"

#include "datatype/timestamp.h"

/* When the index of that side table may be tried; in the past if never before. */
extern TimestampTz IndexAttemptDue(Oid side);

/* Notes that an attempt begins; how the last one ended is kept. */
extern void IndexAttemptNote(Oid side);

/* Notes how the attempt ended; returns when the next one is due. */
extern TimestampTz IndexAttemptFailed(Oid side, const char *error);

/* The index is built; also forgets all indexes that are gone. */
extern void IndexAttemptForget(Oid side);

#endif							/* DYNAMO_INDEX_ATTEMPTS_H */
