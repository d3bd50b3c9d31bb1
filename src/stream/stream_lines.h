/*
 * stream_lines.h
 *	  The lines of a transaction: its records, for who reads by transaction.
 *
 * A transaction has one line or more, each a JSON object (docs/streams.md).  A
 * line that has grown to 16 MB is ended, so that memory stays bounded.  Of a
 * transaction that is in progress the lines are told as they come; one line more
 * says how it ended.
 *
 * The struct is the caller's; its memory is the context's that it was made in.
 */
#ifndef DYNAMO_STREAM_LINES_H
#define DYNAMO_STREAM_LINES_H

#include "api/stream_record.h"
#include "replication/logical.h"

typedef struct StreamLines
{
	StringInfoData text;		/* of the line that is being made; no data: none is */
	TransactionId xid;			/* the transaction */
	TransactionId subxid;		/* the subtransaction whose records the line has, or invalid */
	int			part;			/* lines of the transaction, this one included */
} StreamLines;

extern void StreamLinesInit(StreamLines *lines);

/* The transaction of which the following lines are, and how many it has already. */
extern void StreamLinesBegin(StreamLines *lines, TransactionId xid, int part);

/*
 * Adds a record; its position says whether the transaction has committed.  Of
 * one that has, subxid is not told.
 */
extern void StreamLinesAdd(LogicalDecodingContext *ctx, StreamLines *lines, TransactionId subxid,
						   const StreamRecord *record);

/* Sends the line that is being made, if one is; more of the transaction may come. */
extern void StreamLinesEnd(LogicalDecodingContext *ctx, StreamLines *lines, bool more);

/* Tells the end of a transaction whose lines did not say it. */
extern void StreamLinesCommit(LogicalDecodingContext *ctx, StreamLines *lines, XLogRecPtr commit_lsn,
							  TimestampTz committed_at);

/* Tells that the transaction, or one of its subtransactions, was rolled back. */
extern void StreamLinesRollback(LogicalDecodingContext *ctx, StreamLines *lines, TransactionId subxid);

#endif							/* DYNAMO_STREAM_LINES_H */
