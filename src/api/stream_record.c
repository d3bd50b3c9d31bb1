/*
 * stream_record.c
 *	  One item change as a record of DynamoDB Streams.
 */
#include "base/compat.h"

#include "access/xlog.h"
#include "base/json_writer.h"
#include "common/hashfn.h"
#include "api/stream_record.h"
#include "api/table_name.h"
#include "utils/timestamp.h"
#include "value/item_json.h"

static const char *
EventName(StreamEvent event)
{
	switch (event)
	{
		case STREAM_INSERT:
			return "INSERT";
		case STREAM_MODIFY:
			return "MODIFY";
		case STREAM_REMOVE:
			return "REMOVE";
	}
	elog(ERROR, "unknown event %d in a stream", (int) event);
}

void
StreamSequenceNumber(char *digits, const StreamPosition *position)
{
	/* The leading 1 keeps the zeros for readers that take it for a number. */
	snprintf(digits, STREAM_SEQUENCE_DIGITS + 1, "1%020llu%010u",
			 (unsigned long long) position->commit_lsn, position->number);
}

bool
StreamSequenceParse(const char *digits, StreamPosition *position)
{
	unsigned long long lsn;
	char		lsn_digits[21];

	if (strlen(digits) != STREAM_SEQUENCE_DIGITS || strspn(digits, "0123456789") != STREAM_SEQUENCE_DIGITS ||
		digits[0] != '1')
		return false;
	strlcpy(lsn_digits, digits + 1, sizeof(lsn_digits));
	errno = 0;
	lsn = strtoull(lsn_digits, NULL, 10);
	position->commit_lsn = lsn;
	position->number = strtoul(digits + 21, NULL, 10);
	return errno == 0;
}

/* 32 hexadecimal digits that no other record of this or another cluster has. */
static void
WriteEventId(StringInfo out, const char *sequence)
{
	uint64		system = GetSystemIdentifier();
	const unsigned char *bytes = (const unsigned char *) sequence;
	uint64		high = hash_bytes_extended(bytes, STREAM_SEQUENCE_DIGITS, system);
	uint64		low = hash_bytes_extended(bytes, STREAM_SEQUENCE_DIGITS, ~system);

	JsonMemberString(out, "eventID", psprintf("%016llx%016llx", (unsigned long long) high, (unsigned long long) low));
}

int64
StreamEpochSeconds(TimestampTz time)
{
	return time / USECS_PER_SEC + (int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
}

/* Writes the key attributes; returns their size. */
static uint32
WriteKeys(StringInfo out, const StreamRecord *record)
{
	uint32		size = 0;

	JsonKeyName(out, "Keys");
	appendStringInfoChar(out, '{');
	for (int i = 0; i < record->nkeys; i++)
	{
		uint32		name_len = strlen(record->key_names[i]);

		JsonKey(out, record->key_names[i], name_len);
		AttributeValueToJson(out, &record->keys[i]);
		size += name_len + AttributeValueSize(&record->keys[i]);
	}
	appendStringInfoChar(out, '}');
	return size;
}

/* Writes an image unless there is none; returns its size. */
static uint32
WriteImage(StringInfo out, const char *name, const DynamoItem *item)
{
	if (!item)
		return 0;
	JsonKeyName(out, name);
	ItemToJson(out, item);
	return ItemSize(item);
}

static bool
HasCommitted(const StreamRecord *record)
{
	return !XLogRecPtrIsInvalid(record->position.commit_lsn);
}

/* The member "dynamodb". */
static void
WriteStreamRecord(StringInfo out, const StreamRecord *record, const char *sequence)
{
	StreamViewType view = record->view_type;
	uint32		size;

	JsonKeyName(out, "dynamodb");
	appendStringInfoChar(out, '{');
	if (HasCommitted(record))
		JsonMemberInt(out, "ApproximateCreationDateTime", StreamEpochSeconds(record->committed_at));
	size = WriteKeys(out, record);
	if (view == STREAM_NEW_IMAGE || view == STREAM_NEW_AND_OLD_IMAGES)
		size += WriteImage(out, "NewImage", record->new_item);
	if (view == STREAM_OLD_IMAGE || view == STREAM_NEW_AND_OLD_IMAGES)
		size += WriteImage(out, "OldImage", record->old_item);
	if (HasCommitted(record))
		JsonMemberString(out, "SequenceNumber", sequence);
	JsonMemberInt(out, "SizeBytes", size);
	JsonMemberString(out, "StreamViewType", StreamViewTypeName(view));
	appendStringInfoChar(out, '}');
}

/* Who removed an item whose time to live was over. */
static void
WriteUserIdentity(StringInfo out)
{
	JsonKeyName(out, "userIdentity");
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "PrincipalId", "dynamodb.amazonaws.com");
	JsonMemberString(out, "Type", "Service");
	appendStringInfoChar(out, '}');
}

/* The keys stand in whatever item there is. */
void
StreamRecordFromLog(StreamRecord *record, const StreamRow *stream, const StreamLogRecord *log_record)
{
	const DynamoItem *image = log_record->new_image ? log_record->new_image : log_record->old_image;
	const DynamoItem *item = image ? image : log_record->keys;

	MemSet(record, 0, sizeof(*record));
	record->event = log_record->event;
	record->by_service = log_record->by_service;
	record->region = ARN_REGION;
	record->nkeys = stream->range_key ? 2 : 1;
	record->key_names[0] = stream->hash_key;
	record->key_names[1] = stream->range_key;
	for (int i = 0; i < record->nkeys; i++)
	{
		if (!ItemFind(item, record->key_names[i], strlen(record->key_names[i]), &record->keys[i]))
			elog(ERROR, "record of stream %d lacks the key \"%s\"", stream->id, record->key_names[i]);
	}
	record->position = log_record->position;
	record->committed_at = log_record->committed_at;
	record->view_type = stream->view_type;
	record->new_item = log_record->new_image;
	record->old_item = log_record->old_image;
}

void
StreamRecordToJson(StringInfo out, const StreamRecord *record)
{
	char		sequence[STREAM_SEQUENCE_DIGITS + 1];

	StreamSequenceNumber(sequence, &record->position);
	appendStringInfoChar(out, '{');
	if (HasCommitted(record))
		WriteEventId(out, sequence);
	JsonMemberString(out, "eventName", EventName(record->event));
	JsonMemberString(out, "eventVersion", "1.1");
	JsonMemberString(out, "eventSource", "aws:dynamodb");
	JsonMemberString(out, "awsRegion", record->region);
	if (record->table_name)
		JsonMemberString(out, "tableName", record->table_name);
	WriteStreamRecord(out, record, sequence);
	if (record->by_service)
		WriteUserIdentity(out);
	appendStringInfoChar(out, '}');
}
