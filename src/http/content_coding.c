/*
 * content_coding.c
 *	  Bodies compressed with gzip.
 *
 * Nothing here raises an error: it is called by libmicrohttpd.  zlib keeps its
 * memory, a quarter of a megabyte, from one body to the next.
 */
#include "base/compat.h"

#include <limits.h>
#include <zlib.h>

#include "http/content_coding.h"
#include "utils/guc.h"

/* A window of 32 KB, and gzip's frame around the data. */
#define GZIP_WINDOW		(15 + 16)
#define MEMORY_LEVEL	8

#define CHUNK			(16 * 1024)

static int	min_size;			/* bytes; -1: never */

void
ContentCodingInit(void)
{
	DefineCustomIntVariable("dynamo.gzip_min_size",
							"Sets the size from which on a response is compressed for a client that takes gzip.",
							"-1 compresses none.",
							&min_size,
							4096, -1, INT_MAX,
							PGC_SIGHUP,
							GUC_UNIT_BYTE,
							NULL, NULL, NULL);
}

static bool
IsWord(const char *value, Size len, const char *word)
{
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	return len == strlen(word) && pg_strncasecmp(value, word, len) == 0;
}

/* Old SDKs send amz-1.0 for a body that is as it is. */
ContentCoding
ContentCodingOf(const char *value, Size len)
{
	if (IsWord(value, len, "gzip") || IsWord(value, len, "x-gzip"))
		return CODING_GZIP;
	if (len == 0 || IsWord(value, len, "identity") || IsWord(value, len, "amz-1.0"))
		return CODING_NONE;
	return CODING_UNKNOWN;
}

/* Whether the parameters of a coding refuse it: q=0, q=0.0 and so on. */
static bool
IsRefused(const char *parameters, Size len)
{
	const char *end = parameters + len;
	const char *q = parameters;

	while (q < end && *q != 'q' && *q != 'Q')
		q++;
	if (q + 2 >= end || q[1] != '=')
		return false;
	for (q += 2; q < end && *q != ' '; q++)
	{
		if (*q != '0' && *q != '.')
			return false;
	}
	return true;
}

bool
ContentCodingAccepted(const char *value, Size len)
{
	const char *end = value + len;

	while (value < end)
	{
		const char *comma = memchr(value, ',', end - value);
		const char *stop = comma ? comma : end;
		const char *semicolon = memchr(value, ';', stop - value);
		const char *name_end = semicolon ? semicolon : stop;

		while (value < name_end && *value == ' ')
			value++;
		if (IsWord(value, name_end - value, "gzip"))
			return !semicolon || !IsRefused(semicolon, stop - semicolon);
		value = comma ? comma + 1 : end;
	}
	return false;
}

/* ---- requests ---- */

static z_stream *
Inflater(void)
{
	static z_stream stream;
	static bool ready = false;

	if (ready ? inflateReset(&stream) != Z_OK : inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return NULL;
	ready = true;
	return &stream;
}

/* Unpacks until the input is used up; the frames of several files may follow one another. */
static UnpackResult
Inflate(z_stream *stream, Exchange *exchange, uint64 max_body)
{
	char		chunk[CHUNK];
	int			result = Z_OK;

	while (result != Z_STREAM_END)
	{
		stream->next_out = (Bytef *) chunk;
		stream->avail_out = CHUNK;
		result = inflate(stream, Z_NO_FLUSH);
		if (result == Z_MEM_ERROR)
			return UNPACK_NO_MEMORY;
		if (result != Z_OK && result != Z_STREAM_END)
			return UNPACK_BAD;
		if (exchange->body.len + (uint64) (CHUNK - stream->avail_out) > max_body)
			return UNPACK_TOO_LARGE;
		if (!ExchangeAppendBody(exchange, chunk, CHUNK - stream->avail_out))
			return UNPACK_NO_MEMORY;
		if (result == Z_STREAM_END && stream->avail_in > 0)
			result = inflateReset(stream);
	}
	return UNPACK_DONE;
}

UnpackResult
ContentUnpack(Exchange *exchange, uint64 max_body)
{
	z_stream   *stream = Inflater();
	StringInfoData packed;
	UnpackResult result;

	if (stream == NULL || !ExchangeTakeBody(exchange, &packed))
		return UNPACK_NO_MEMORY;
	stream->next_in = (Bytef *) packed.data;
	stream->avail_in = packed.len;
	result = Inflate(stream, exchange, max_body);
	pfree(packed.data);
	return result;
}

/* ---- responses ---- */

static z_stream *
Deflater(void)
{
	static z_stream stream;
	static bool ready = false;

	if (ready ? deflateReset(&stream) != Z_OK :
		deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
					 Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	ready = true;
	return &stream;
}

const char *
ContentPack(Exchange *exchange, Size *len)
{
	z_stream   *stream;
	Size		room;

	if (min_size < 0 || exchange->reply.len < min_size || exchange->reply.len == 0)
		return NULL;
	stream = Deflater();
	if (stream == NULL)
		return NULL;
	room = deflateBound(stream, exchange->reply.len);
	if (!ExchangeMakePacked(exchange, room))
		return NULL;
	stream->next_in = (Bytef *) exchange->reply.data;
	stream->avail_in = exchange->reply.len;
	stream->next_out = (Bytef *) exchange->packed;
	stream->avail_out = room;
	if (deflate(stream, Z_FINISH) != Z_STREAM_END)
		return NULL;
	*len = room - stream->avail_out;
	return exchange->packed;
}
