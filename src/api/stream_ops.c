/*
 * stream_ops.c
 *	  ListStreams and DescribeStream.
 *
 * A shard is a partition of the table, from the beginning of the stream to its
 * end: shards have no parents, nor children.
 *
 * As of tables, whoever can connect may see that a stream is there.
 */
#include "base/compat.h"

#include "api/description_parts.h"
#include "api/operations.h"
#include "api/raise_invalid.h"
#include "api/stream_iterator.h"
#include "api/stream_record.h"
#include "api/table_name.h"
#include "base/json_writer.h"

#define LIST_STREAMS_LIMIT		100
#define DESCRIBE_STREAM_LIMIT	100

/* ---- ListStreams ---- */

/* Whether the stream is behind that one in the order of table names and labels. */
static bool
IsBehind(const StreamRow *stream, const char *table_name, const char *label)
{
	int			order = strcmp(stream->table_name, table_name);

	return order > 0 || (order == 0 && strcmp(stream->label, label) > 0);
}

static void
StreamToJson(StringInfo out, const StreamRow *stream)
{
	JsonElement(out);
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "StreamArn", StreamArn(stream->table_name, stream->label));
	JsonMemberString(out, "TableName", stream->table_name);
	JsonMemberString(out, "StreamLabel", stream->label);
	appendStringInfoChar(out, '}');
}

void
ListStreamsRun(const JsonNode *request, StringInfo reply)
{
	const JsonNode *table = RequestMember(request, "TableName");
	const char *start = RequestString(request, "ExclusiveStartStreamArn");
	int			limit = RequestInteger(request, "Limit", LIST_STREAMS_LIMIT);
	char	   *table_name = NULL;
	char	   *label = NULL;
	const StreamRow *last = NULL;
	bool		more = false;
	ListCell   *cell;

	if (limit > LIST_STREAMS_LIMIT)
		RaiseInvalid("Limit cannot be greater than the maximum allowed size: %d", LIST_STREAMS_LIMIT);
	if (start && !StreamArnParse(start, &table_name, &label))
		RaiseValidation("Invalid ExclusiveStartStreamArn");
	appendStringInfoChar(reply, '{');
	JsonKeyName(reply, "Streams");
	appendStringInfoChar(reply, '[');
	foreach(cell, StreamCatalogList(table ? TableNameOf(table) : NULL))
	{
		const StreamRow *stream = lfirst(cell);

		if (start && !IsBehind(stream, table_name, label))
			continue;
		more = limit-- == 0;
		if (more)
			break;
		StreamToJson(reply, stream);
		last = stream;
	}
	appendStringInfoChar(reply, ']');
	if (more)
		JsonMemberString(reply, "LastEvaluatedStreamArn", StreamArn(last->table_name, last->label));
	appendStringInfoChar(reply, '}');
}

/* ---- DescribeStream ---- */

static void
BoundToJson(StringInfo out, const char *name, XLogRecPtr lsn)
{
	StreamPosition position = {.commit_lsn = lsn};
	char		digits[STREAM_SEQUENCE_DIGITS + 1];

	StreamSequenceNumber(digits, &position);
	JsonMemberString(out, name, digits);
}

static void
ShardToJson(StringInfo out, const StreamRow *stream, const char *shard_id)
{
	JsonElement(out);
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "ShardId", shard_id);
	JsonKeyName(out, "SequenceNumberRange");
	appendStringInfoChar(out, '{');
	BoundToJson(out, "StartingSequenceNumber", stream->first_lsn);
	if (stream->status == STREAM_DISABLED)
		BoundToJson(out, "EndingSequenceNumber", stream->last_lsn);
	appendStringInfo(out, "}}");
}

/* Appends the members Shards and LastEvaluatedShardId. */
static void
ShardsToJson(StringInfo out, const JsonNode *request, const StreamRow *stream)
{
	const char *start = RequestString(request, "ExclusiveStartShardId");
	bool		children = RequestMember(request, "ShardFilter") != NULL;
	int			limit = RequestInteger(request, "Limit", DESCRIBE_STREAM_LIMIT);
	const char *last = NULL;
	bool		more = false;

	JsonKeyName(out, "Shards");
	appendStringInfoChar(out, '[');
	for (int i = 0; !children && !more && i < stream->shards; i++)
	{
		const char *shard_id = StreamShardId(stream, i);

		if (start && strcmp(shard_id, start) <= 0)
			continue;
		more = limit-- == 0;
		if (more)
			break;
		ShardToJson(out, stream, shard_id);
		last = shard_id;
	}
	appendStringInfoChar(out, ']');
	if (more)
		JsonMemberString(out, "LastEvaluatedShardId", last);
}

void
DescribeStreamRun(const JsonNode *request, StringInfo reply)
{
	const char *arn = RequestString(request, "StreamArn");
	StreamRow  *stream;
	char	   *keys[TABLE_MAX_KEYS];

	if (RequestInteger(request, "Limit", DESCRIBE_STREAM_LIMIT) > DESCRIBE_STREAM_LIMIT)
		RaiseInvalid("Limit cannot be greater than the maximum: %d", DESCRIBE_STREAM_LIMIT);
	stream = StreamOfArn(arn);
	keys[0] = stream->hash_key;
	keys[1] = stream->range_key;
	appendStringInfoChar(reply, '{');
	JsonKeyName(reply, "StreamDescription");
	appendStringInfoChar(reply, '{');
	JsonMemberString(reply, "StreamArn", StreamArn(stream->table_name, stream->label));
	JsonMemberString(reply, "StreamLabel", stream->label);
	JsonMemberString(reply, "StreamStatus", StreamStatusName(stream->status));
	JsonMemberString(reply, "StreamViewType", StreamViewTypeName(stream->view_type));
	JsonKeyName(reply, "CreationRequestDateTime");
	appendStringInfoString(reply, TimestampText(stream->created_at));
	JsonMemberString(reply, "TableName", stream->table_name);
	KeySchemaToJson(reply, keys, 1, stream->range_key ? 2 : 1);
	ShardsToJson(reply, request, stream);
	appendStringInfo(reply, "}}");
}
