/*
 * stream_log.h
 *	  The records of streams, as the feeding worker files them.
 *
 * dynamo.stream_records holds them in a ring of partitions.  One worker adds
 * records, in the order of commits, those of a transaction together, and says
 * in the same transaction how far it has come: whatever snapshot one looks
 * with, one sees all records up to some commit and none behind it.
 *
 * Nobody's privileges are checked here.
 */
#ifndef DYNAMO_STREAM_LOG_H
#define DYNAMO_STREAM_LOG_H

#include "base/compat.h"

#include "access/xlogdefs.h"
#include "datatype/timestamp.h"
#include "value/item.h"

/* Records older than this are not given. */
#define STREAM_RETENTION_HOURS	24

typedef enum StreamEvent
{
	STREAM_INSERT = 'I',
	STREAM_MODIFY = 'M',
	STREAM_REMOVE = 'R'
} StreamEvent;

/* Where a record stands: in commit order, then in its transaction from 1. */
typedef struct StreamPosition
{
	XLogRecPtr	commit_lsn;
	uint32		number;
} StreamPosition;

/* A record; images as far as the stream's view has them. */
typedef struct StreamLogRecord
{
	int32		stream_id;
	int			shard;
	StreamPosition position;
	TimestampTz committed_at;
	StreamEvent event;
	bool		by_service;		/* the service itself removed the item */
	const DynamoItem *keys;		/* NULL if there is an image */
	const DynamoItem *new_image;	/* NULL: none */
	const DynamoItem *old_image;
} StreamLogRecord;

/*
 * A period of four hours, counted from the timestamps' epoch; its records are
 * in the partition of that number modulo STREAM_PERIODS.  Records belong to the
 * period in which they were filed.
 */
typedef int64 StreamPeriod;

#define STREAM_PERIODS		8
#define STREAM_PERIOD_HOURS 4

extern StreamPeriod StreamPeriodOf(TimestampTz time);

/* The OID of the partition. */
extern Oid	StreamPeriodRelation(StreamPeriod period);

/* Columns of dynamo.stream_records, as in dynamo--1.0.sql. */
enum
{
	STREAM_RECORD_PERIOD = 1,
	STREAM_RECORD_STREAM,
	STREAM_RECORD_SHARD,
	STREAM_RECORD_COMMIT_LSN,
	STREAM_RECORD_NUMBER,
	STREAM_RECORD_COMMITTED_AT,
	STREAM_RECORD_EVENT,
	STREAM_RECORD_BY_SERVICE,
	STREAM_RECORD_KEYS,
	STREAM_RECORD_NEW_IMAGE,
	STREAM_RECORD_OLD_IMAGE,	/* without a new one */
	STREAM_RECORD_OLD_DIFFERENCE,	/* else */
	STREAM_RECORD_COLUMNS = STREAM_RECORD_OLD_DIFFERENCE
};

/* ---- reading ---- */

/*
 * Takes a record, which lives until the function is back; false ends the
 * reading.
 */
typedef bool (*StreamLogVisitor) (const StreamLogRecord *record, void *arg);

/*
 * Visits the shard's records from that position on (inclusive), in order, by
 * the active snapshot; but none older than the retention.
 */
extern void StreamLogRead(int32 stream_id, int shard, StreamPosition from, StreamLogVisitor visit, void *arg);

/*
 * Whether a record of the shard at that position or behind it is too old to be
 * given, or gone for that reason.
 */
extern bool StreamLogIsTrimmed(int32 stream_id, int shard, StreamPosition from);

/*
 * How far the log has come by the active snapshot: it has the records of all
 * commits before this.  0 if there never was one.
 */
extern XLogRecPtr StreamLogEnd(void);

#endif							/* DYNAMO_STREAM_LOG_H */
