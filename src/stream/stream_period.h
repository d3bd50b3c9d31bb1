/*
 * stream_period.h
 *	  The ring of partitions that the records of streams are filed in.
 */
#ifndef DYNAMO_STREAM_PERIOD_H
#define DYNAMO_STREAM_PERIOD_H

#include "table/stream_log.h"

/*
 * The period to file records under now, whose partition it empties first if
 * that was last used another time; position is how far the log has come.  In
 * the caller's transaction, with an active snapshot.  While somebody reads that
 * partition, the period before goes on: nobody is waited for.
 */
extern StreamPeriod StreamPeriodEnter(XLogRecPtr position);

#endif							/* DYNAMO_STREAM_PERIOD_H */
