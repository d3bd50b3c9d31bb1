/*
 * stream_iterator.h
 *	  Names of shards, and shard iterators.
 *
 * A shard iterator says where to read on, and when it was given out.  It is
 * the stream's ARN, a version, and the rest in Base64, with a checksum: whoever
 * makes one up reads nothing that he could not ask for.
 */
#ifndef DYNAMO_STREAM_ITERATOR_H
#define DYNAMO_STREAM_ITERATOR_H

#include "table/stream_catalog.h"

/* How long an iterator can be used, in minutes. */
#define STREAM_ITERATOR_MINUTES	15

typedef struct StreamIterator
{
	int			shard;
	StreamPosition position;	/* of the first record that is asked for */
	TimestampTz issued_at;
} StreamIterator;

/* The ShardId of a shard; they are in the order of shards. */
extern char *StreamShardId(const StreamRow *stream, int shard);

/* The shard of that ShardId, or -1. */
extern int	StreamShardFind(const StreamRow *stream, const char *shard_id);

/* The ShardIterator, as of now. */
extern char *StreamIteratorText(const StreamRow *stream, int shard, StreamPosition position);

/*
 * The stream and the place that an iterator says.  Raises ValidationException
 * for what is no iterator, ResourceNotFoundException if the stream is gone, and
 * ExpiredIteratorException.
 */
extern StreamRow *StreamIteratorParse(const char *text, StreamIterator *iterator);

/* The stream of that ARN, or ResourceNotFoundException. */
extern StreamRow *StreamOfArn(const char *arn);

/*
 * The name and the label in a stream's ARN, whatever the account and the Region;
 * false if it is none.
 */
extern bool StreamArnParse(const char *arn, char **table_name, char **label);

#endif							/* DYNAMO_STREAM_ITERATOR_H */
