/*
 * stream_record.h
 *	  One item change as a record of DynamoDB Streams.
 *
 * Source: Record and StreamRecord in the model of DynamoDB Streams.
 */
#ifndef DYNAMO_STREAM_RECORD_H
#define DYNAMO_STREAM_RECORD_H

#include "lib/stringinfo.h"
#include "table/leaf_keys.h"
#include "table/stream_catalog.h"

typedef struct StreamRecord
{
	StreamEvent event;
	bool		by_service;		/* the service itself removed the item */
	const char *region;
	const char *table_name;		/* NULL: not to be said */
	int			nkeys;
	const char *key_names[TABLE_MAX_KEYS];
	AttributeValue keys[TABLE_MAX_KEYS];
	StreamPosition position;	/* no commit_lsn: not committed, and time and number are not told */
	TimestampTz committed_at;
	StreamViewType view_type;
	const DynamoItem *new_item; /* NULL: none, or not known */
	const DynamoItem *old_item;
} StreamRecord;

/*
 * SequenceNumber: 31 digits, so that the order of the texts is that of the
 * numbers, and of the commits.  eventID follows from it.
 */
#define STREAM_SEQUENCE_DIGITS	31
extern void StreamSequenceNumber(char *digits, const StreamPosition *position);

/* The position that a SequenceNumber says; false if it is none. */
extern bool StreamSequenceParse(const char *digits, StreamPosition *position);

/* ApproximateCreationDateTime of what was committed then. */
extern int64 StreamEpochSeconds(TimestampTz time);

/* The record of a stream's log, as the API shows it; points into the log's record. */
extern void StreamRecordFromLog(StreamRecord *record, const StreamRow *stream,
								const StreamLogRecord *log_record);

/* Appends the record as one line of JSON, without a line end. */
extern void StreamRecordToJson(StringInfo out, const StreamRecord *record);

#endif							/* DYNAMO_STREAM_RECORD_H */
