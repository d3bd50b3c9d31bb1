/*
 * stream_record.h
 *	  One item change as a record of DynamoDB Streams.
 *
 * Source: Record and StreamRecord in the model of DynamoDB Streams.
 */
#ifndef DYNAMO_STREAM_RECORD_H
#define DYNAMO_STREAM_RECORD_H

#include "access/xlogdefs.h"
#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "stream/stream_leaf.h"

typedef enum StreamViewType
{
	STREAM_KEYS_ONLY,
	STREAM_NEW_IMAGE,
	STREAM_OLD_IMAGE,
	STREAM_NEW_AND_OLD_IMAGES
} StreamViewType;

typedef enum StreamEvent
{
	STREAM_INSERT,
	STREAM_MODIFY,
	STREAM_REMOVE
} StreamEvent;

/* Where a record stands: in commit order, then in its transaction from 1. */
typedef struct StreamPosition
{
	XLogRecPtr	commit_lsn;
	uint32		number;
} StreamPosition;

typedef struct StreamRecord
{
	StreamEvent event;
	const char *region;
	const StreamLeaf *leaf;
	StreamPosition position;
	TimestampTz committed_at;
	StreamViewType view_type;
	AttributeValue keys[TABLE_MAX_KEYS];
	const DynamoItem *new_item; /* NULL: none, or not known */
	const DynamoItem *old_item;
} StreamRecord;

/* False if there is no view type of that name. */
extern bool StreamViewTypeParse(const char *name, StreamViewType *type);

/*
 * SequenceNumber: 31 digits, so that the order of the texts is that of the
 * numbers, and of the commits.  eventID follows from it.
 */
#define STREAM_SEQUENCE_DIGITS	31
extern void StreamSequenceNumber(char *digits, const StreamPosition *position);

/* Appends the record as one line of JSON, without a line end. */
extern void StreamRecordToJson(StringInfo out, const StreamRecord *record);

#endif							/* DYNAMO_STREAM_RECORD_H */
