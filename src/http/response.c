/*
 * response.c
 *	  Sending a response with the service's headers.
 *
 * Beside Date and Content-Length, which libmicrohttpd writes, a response has
 * the headers the service sends: x-amzn-RequestId, 52 characters of which the
 * service itself keeps the last 26 the same, and x-amz-crc32 of the body,
 * which the SDKs check.
 */
#include "base/compat.h"

#include <zlib.h>

#include "common/pg_prng.h"
#include "http/cors.h"
#include "http/response.h"
#include "utils/builtins.h"

#define REQUEST_ID_RANDOM	26
#define REQUEST_ID_END		"VV4KQNSO5AEMVJF66Q9ASUAAJG"

static pg_prng_state id_state;

static bool AddHeaders(struct MHD_Response *queued, const Response *response);
static void MakeRequestId(char *id);
static void MakeChecksum(char *text, const char *body, Size len);

void
ResponseStart(void)
{
	pg_prng_strong_seed(&id_state);
}

bool
ResponseQueue(struct MHD_Connection *connection, const Response *response)
{
	struct MHD_Response *queued;
	bool		done;

	queued = MHD_create_response_from_buffer(response->len, unconstify(char *, response->body),
											 MHD_RESPMEM_PERSISTENT);
	if (queued == NULL)
		return false;
	done = AddHeaders(queued, response) &&
		MHD_queue_response(connection, response->status, queued) == MHD_YES;
	MHD_destroy_response(queued);
	return done;
}

static bool
Add(struct MHD_Response *queued, const char *name, const char *value)
{
	return MHD_add_response_header(queued, name, value) == MHD_YES;
}

/*
 * False if there is no memory.  The checksum is that of the bytes on the wire,
 * compressed or not: the SDKs check it before they unpack.
 */
static bool
AddHeaders(struct MHD_Response *queued, const Response *response)
{
	char		id[REQUEST_ID_RANDOM + sizeof(REQUEST_ID_END)];
	char		checksum[12];

	MakeRequestId(id);
	MakeChecksum(checksum, response->body, response->len);
	return Add(queued, "x-amzn-RequestId", id) &&
		Add(queued, "x-amz-crc32", checksum) &&
		(!response->content_type || Add(queued, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type)) &&
		(!response->is_gzip || Add(queued, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip")) &&
		(!response->close || Add(queued, MHD_HTTP_HEADER_CONNECTION, "close")) &&
		(!response->allowed_origin ||
		 CorsAddHeaders(queued, response->allowed_origin, response->preflight, response->requested_headers));
}

/* Five random bits a character. */
static void
MakeRequestId(char *id)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

	for (int done = 0; done < REQUEST_ID_RANDOM;)
	{
		uint64		random = pg_prng_uint64(&id_state);

		for (int i = 0; i < 12 && done < REQUEST_ID_RANDOM; i++, random >>= 5)
			id[done++] = digits[random & 31];
	}
	memcpy(id + REQUEST_ID_RANDOM, REQUEST_ID_END, sizeof(REQUEST_ID_END));
}

/* The CRC-32 in decimal. */
static void
MakeChecksum(char *text, const char *body, Size len)
{
	text[pg_ultoa_n(crc32(0, (const Bytef *) body, len), text)] = '\0';
}
