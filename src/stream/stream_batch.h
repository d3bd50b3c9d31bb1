/*
 * stream_batch.h
 *	  Records that have been decoded and are to be filed together.
 *
 * Records wait in memory, and on disk if they are many: those of a transaction
 * are never torn apart, however large it is.
 */
#ifndef DYNAMO_STREAM_BATCH_H
#define DYNAMO_STREAM_BATCH_H

#include "table/stream_log.h"

/* Not in a transaction; the extension must be there. */
extern void StreamBatchInit(void);

/* Says under which period the records that are added from now on are filed; the batch is empty. */
extern void StreamBatchBegin(StreamPeriod new_period);

/* Adds a record; may be called while decoding (it is a StreamSink). */
extern void StreamBatchAdd(const StreamLogRecord *record);

/* How many records there are, and how many bytes they take. */
extern uint64 StreamBatchCount(void);
extern uint64 StreamBatchBytes(void);

/*
 * Files the records, and says that the log has come to that position, in the
 * caller's transaction.  The batch is empty then.
 */
extern void StreamBatchFile(XLogRecPtr position);

#endif							/* DYNAMO_STREAM_BATCH_H */
