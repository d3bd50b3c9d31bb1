/*
 * stream_iterator.c
 *	  Names of shards, and shard iterators.
 */
#include "base/compat.h"

#include "access/xlog.h"
#include "api/request_member.h"
#include "api/stream_iterator.h"
#include "api/table_name.h"
#include "common/hashfn.h"
#include "utils/timestamp.h"
#include "value/error_codes.h"

/* Which kind of iterators there are: this one. */
#define ITERATOR_VERSION	"|1|"

/* How long one can be used, in milliseconds. */
#define STREAM_ITERATOR_LIFE	(STREAM_ITERATOR_MINUTES * 60 * 1000)

/* The longest that a ShardIterator may be. */
#define ITERATOR_MAX		2048

static uint64
Hash(const char *bytes, uint64 seed)
{
	return hash_bytes_extended((const unsigned char *) bytes, strlen(bytes), seed);
}

/* ---- ARNs ---- */

bool
StreamArnParse(const char *arn, char **table_name, char **label)
{
	const char *stream = strstr(arn, "/stream/");
	const char *table = strstr(arn, ":table/");

	if (strncmp(arn, "arn:", strlen("arn:")) != 0 || stream == NULL || table == NULL || table > stream)
		return false;
	table += strlen(":table/");
	*table_name = pnstrdup(table, stream - table);
	*label = pstrdup(stream + strlen("/stream/"));
	return true;
}

StreamRow *
StreamOfArn(const char *arn)
{
	char	   *table_name;
	char	   *label;
	StreamRow  *stream = NULL;

	if (StreamArnParse(arn, &table_name, &label))
		stream = StreamCatalogFind(table_name, label);
	if (stream == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_RESOURCE_NOT_FOUND),
				 errmsg("Requested resource not found: Stream: %s not found", arn)));
	return stream;
}

/* ---- shards ---- */

/* shardId-, when the stream was made and which of its shards it is, and a hash. */
char *
StreamShardId(const StreamRow *stream, int shard)
{
	int64		milliseconds = stream->created_at / 1000 +
		(int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY * 1000;
	char	   *number = psprintf("%013lld%07d", (long long) milliseconds, shard);

	return psprintf("shardId-%s-%08x", number, (uint32) Hash(stream->table_name, Hash(number, 0)));
}

int
StreamShardFind(const StreamRow *stream, const char *shard_id)
{
	for (int i = 0; i < stream->shards; i++)
	{
		if (strcmp(shard_id, StreamShardId(stream, i)) == 0)
			return i;
	}
	return -1;
}

/* ---- iterators ---- */

/* Tells a mangled iterator from one of this server's. */
static uint64
Checksum(const char *arn, const StreamIterator *iterator)
{
	char	   *content = psprintf("%s %d %X/%X %u %lld", arn, iterator->shard,
								   LSN_FORMAT_ARGS(iterator->position.commit_lsn), iterator->position.number,
								   (long long) iterator->issued_at);

	return Hash(content, GetSystemIdentifier());
}

char *
StreamIteratorText(const StreamRow *stream, int shard, StreamPosition position)
{
	char	   *arn = StreamArn(stream->table_name, stream->label);
	StreamIterator iterator = {
		.shard = shard,
		.position = position,
		.issued_at = GetCurrentTimestamp(),
	};
	char	   *content = psprintf("%d %X/%X %u %lld %llx", shard, LSN_FORMAT_ARGS(position.commit_lsn),
								   position.number, (long long) iterator.issued_at,
								   (unsigned long long) Checksum(arn, &iterator));
	int			room = pg_b64_enc_len(strlen(content)) + 1;
	char	   *encoded = palloc0(room);

	if (Base64Encode(content, strlen(content), encoded, room) < 0)
		elog(ERROR, "could not encode a shard iterator");
	return psprintf("%s" ITERATOR_VERSION "%s", arn, encoded);
}

/* What stands behind the version, or NULL if it cannot be that. */
static char *
Decode(const char *encoded)
{
	int			len = strlen(encoded);
	int			room = pg_b64_dec_len(len) + 1;
	char	   *content = palloc0(room);

	return Base64Decode(encoded, len, content, room - 1) < 0 ? NULL : content;
}

static bool
ReadContent(const char *arn, const char *content, StreamIterator *iterator)
{
	uint32		high;
	uint32		low;
	long long	issued_at;
	unsigned long long checksum;

	if (sscanf(content, "%d %X/%X %u %lld %llx", &iterator->shard, &high, &low,
			   &iterator->position.number, &issued_at, &checksum) != 6)
		return false;
	iterator->position.commit_lsn = (uint64) high << 32 | low;
	iterator->issued_at = issued_at;
	return checksum == Checksum(arn, iterator);
}

StreamRow *
StreamIteratorParse(const char *text, StreamIterator *iterator)
{
	const char *rest = strstr(text, ITERATOR_VERSION);
	char	   *arn = rest ? pnstrdup(text, rest - text) : NULL;
	char	   *content = NULL;
	StreamRow  *stream;

	if (rest && strlen(text) <= ITERATOR_MAX)
		content = Decode(rest + strlen(ITERATOR_VERSION));
	if (content == NULL || !ReadContent(arn, content, iterator))
		RaiseValidation("Invalid ShardIterator");
	stream = StreamOfArn(arn);
	if (iterator->shard < 0 || iterator->shard >= stream->shards)
		RaiseValidation("Invalid ShardIterator");
	if (TimestampDifferenceExceeds(iterator->issued_at, GetCurrentTimestamp(), STREAM_ITERATOR_LIFE))
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_EXPIRED_ITERATOR),
				 errmsg("The provided iterator exceeds the maximum age allowed.")));
	return stream;
}
