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
#include "http/response.h"
#include "utils/builtins.h"

#define REQUEST_ID_RANDOM	26
#define REQUEST_ID_END		"VV4KQNSO5AEMVJF66Q9ASUAAJG"

static pg_prng_state id_state;

static bool AddHeaders(struct MHD_Response *response, const char *content_type,
					   const char *body, Size len, bool close);
static void MakeRequestId(char *id);
static void MakeChecksum(char *text, const char *body, Size len);

void
ResponseStart(void)
{
	pg_prng_strong_seed(&id_state);
}

bool
ResponseQueue(struct MHD_Connection *connection, int status, const char *content_type,
			  const char *body, Size len, bool close)
{
	struct MHD_Response *response;
	bool		queued;

	response = MHD_create_response_from_buffer(len, unconstify(char *, body), MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return false;
	queued = AddHeaders(response, content_type, body, len, close) &&
		MHD_queue_response(connection, status, response) == MHD_YES;
	MHD_destroy_response(response);
	return queued;
}

/* False if there is no memory. */
static bool
AddHeaders(struct MHD_Response *response, const char *content_type,
		   const char *body, Size len, bool close)
{
	char		id[REQUEST_ID_RANDOM + sizeof(REQUEST_ID_END)];
	char		checksum[12];

	MakeRequestId(id);
	MakeChecksum(checksum, body, len);
	return MHD_add_response_header(response, "x-amzn-RequestId", id) == MHD_YES &&
		MHD_add_response_header(response, "x-amz-crc32", checksum) == MHD_YES &&
		(content_type == NULL ||
		 MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type) == MHD_YES) &&
		(!close ||
		 MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES);
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
