/*
 * protocol.c
 *	  DynamoDB's JSON protocol over HTTP: what a request asks for, and the
 *	  answers that need no operation.
 *
 * An operation is a POST of a JSON body to / with its name in X-Amz-Target.
 * GET / says that the service is alive, GET /metrics what it has done (of
 * this, too, only the worker that is asked speaks HTTP; the numbers are of
 * all).  Whatever is no such request gets the
 * service's 404 for it.
 *
 * A body over dynamo.max_body is read and thrown away up to twice that size,
 * so that the client, which is still sending, gets to see the answer.
 */
#include "base/compat.h"

#include "http/content_coding.h"
#include "http/cors.h"
#include "http/metrics.h"
#include "http/protocol.h"
#include "http/response.h"
#include "mb/pg_wchar.h"
#include "utils/guc.h"

/* What stands before the operation's name, by its API. */
#define TARGET_PREFIX	"DynamoDB_20120810."
#define TARGET_PREFIX_OF_STREAMS	"DynamoDBStreams_20120810."

static const char amz_json[] = "application/x-amz-json-1.0";
static const char plain_json[] = "application/json";

#define METRICS_CONTENT_TYPE	"text/plain; version=0.0.4; charset=utf-8"

/* The answers that need no operation. */
typedef struct FixedAnswer
{
	int			status;
	const char *body;
} FixedAnswer;

static const FixedAnswer fixed_answers[] = {
	[REQUEST_HEALTH] = {200, "healthy: dynamodb.local "},
	[REQUEST_METRICS] = {200, ""},	/* the body is the exchange's */
	[REQUEST_PREFLIGHT] = {204, ""},
	[REQUEST_UNKNOWN_PATH] = {404, "<UnknownOperationException/>\n"},
	[REQUEST_UNKNOWN_OPERATION] = {400, "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}"},
	[REQUEST_NOT_JSON] = {400, "{\"__type\":\"com.amazon.coral.service#SerializationException\"}"},
	[REQUEST_BAD_FRAMING] = {400, "{\"__type\":\"com.amazon.coral.service#SerializationException\"}"},
	[REQUEST_TOO_LARGE] = {413, "{\"__type\":\"com.amazon.coral.service#RequestEntityTooLargeException\","
	"\"message\":\"Request entity too large\"}"},
	[REQUEST_UNKNOWN_CODING] = {415, "{\"__type\":\"com.amazon.coral.service#SerializationException\","
	"\"Message\":\"The Content-Encoding of a request can be gzip\"}"},
	[REQUEST_BAD_CODING] = {400, "{\"__type\":\"com.amazon.coral.service#SerializationException\","
	"\"Message\":\"The body is not in the Content-Encoding gzip\"}"},
	[REQUEST_NO_MEMORY] = {503, "{\"__type\":\"com.amazon.coral.service#ServiceUnavailableException\","
	"\"message\":\"The server is out of memory\"}"},
};

/* What the headers say, as far as it matters here. */
typedef struct Head
{
	const char *target;			/* NULL: none */
	Size		target_len;
	const char *content_type;	/* as the response spells it; NULL: not JSON */
	const char *length;			/* Content-Length; NULL: none */
	bool		chunked;
	bool		expects_continue;
	bool		ambiguous;		/* where the body ends */
	ContentCoding coding;
	bool		takes_gzip;
	const char *origin;			/* of the web page whose script asks; or NULL */
	bool		asks_for_method;	/* as a preflight does */
	const char *requested_headers;
} Head;

static int	max_body_kb;

static enum MHD_Result ReadHeader(void *head, enum MHD_ValueKind kind, const char *name, size_t name_len,
								  const char *value, size_t value_len);
static void ReadContentLength(Head *head, const char *value);
static const char *JsonContentType(const char *value, Size len);
static bool IsToken(const char *value, Size len, const char *token);
static void NoteExtras(Exchange *exchange, const Head *head);
static const struct sockaddr *ClientOf(struct MHD_Connection *connection);
static bool Unpack(Exchange *exchange);
static RequestKind KindOf(Exchange *exchange, const Head *head, const char *method, const char *path);
static const Operation *OperationOfTarget(const char *target, Size len);
static RequestKind KindOfPost(Exchange *exchange, const Head *head);
static uint64 MaxBody(void);

void
ProtocolInit(void)
{
	DefineCustomIntVariable("dynamo.max_body",
							"Sets the largest request body that the HTTP endpoint takes.",
							"The service takes 16 MB.",
							&max_body_kb,
							17 * 1024, 1, 256 * 1024,
							PGC_SIGHUP,
							GUC_UNIT_KB,
							NULL, NULL, NULL);
}

bool
ProtocolReadHead(Exchange *exchange, struct MHD_Connection *connection, const char *method, const char *path)
{
	Head		head = {0};

	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, ReadHeader, &head);
	if (head.length != NULL)
		exchange->announced = strtoull(head.length, NULL, 10);
	NoteExtras(exchange, &head);
	exchange->kind = KindOf(exchange, &head, method, path);
	if (exchange->kind == REQUEST_METRICS && !MetricsAllowed(ClientOf(connection)))
		exchange->kind = REQUEST_UNKNOWN_PATH;

	if (exchange->kind == REQUEST_OPERATION)
		AuthenticationReadHead(&exchange->authentication, connection, method, path);

	if (exchange->kind == REQUEST_BAD_FRAMING || exchange->announced > 2 * MaxBody())
		return false;
	return exchange->kind != REQUEST_TOO_LARGE || !head.expects_continue;
}

/*
 * Of a header that is repeated the first one counts; only where the end of the
 * body depends on it, repeating is an error (a proxy in front of us might
 * believe another one).
 */
static enum MHD_Result
ReadHeader(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
		   const char *value, size_t value_len)
{
	Head	   *head = arg;

	switch (name_len)
	{
		case 6:
			if (IsToken(name, name_len, "Expect"))
				head->expects_continue = true;
			else if (head->origin == NULL && IsToken(name, name_len, "Origin"))
				head->origin = value;
			break;
		case 12:
			if (head->target == NULL && IsToken(name, name_len, "X-Amz-Target"))
			{
				head->target = value;
				head->target_len = value_len;
			}
			else if (head->content_type == NULL && IsToken(name, name_len, "Content-Type"))
				head->content_type = JsonContentType(value, value_len);
			break;
		case 14:
			if (IsToken(name, name_len, "Content-Length"))
				ReadContentLength(head, value);
			break;
		case 15:
			if (IsToken(name, name_len, "Accept-Encoding"))
				head->takes_gzip |= ContentCodingAccepted(value, value_len);
			break;
		case 16:
			if (IsToken(name, name_len, "Content-Encoding"))
				head->coding = head->coding == CODING_NONE ? ContentCodingOf(value, value_len) :
					CODING_UNKNOWN;
			break;
		case 29:
			if (IsToken(name, name_len, "Access-Control-Request-Method"))
				head->asks_for_method = true;
			break;
		case 30:
			if (head->requested_headers == NULL && IsToken(name, name_len, "Access-Control-Request-Headers"))
				head->requested_headers = value;
			break;
		case 17:
			if (IsToken(name, name_len, "Transfer-Encoding"))
			{
				head->ambiguous |= head->chunked || !IsToken(value, value_len, "chunked");
				head->chunked = true;
			}
			break;
	}
	return MHD_YES;
}

/* libmicrohttpd has seen to it that the first one is a number. */
static void
ReadContentLength(Head *head, const char *value)
{
	if (head->length != NULL && strcmp(head->length, value) != 0)
		head->ambiguous = true;
	head->length = value;
}

/* The type without its parameters, if it is one of JSON; else NULL. */
static const char *
JsonContentType(const char *value, Size len)
{
	const char *parameters = memchr(value, ';', len);

	if (parameters != NULL)
		len = parameters - value;
	while (len > 0 && value[len - 1] == ' ')
		len--;
	if (IsToken(value, len, amz_json))
		return amz_json;
	if (IsToken(value, len, plain_json))
		return plain_json;
	return NULL;
}

/* Notes in the exchange what is asked of the response besides its content. */
static void
NoteExtras(Exchange *exchange, const Head *head)
{
	exchange->allowed_origin = CorsAllowed(head->origin);
	exchange->requested_headers = head->requested_headers;
	exchange->body_is_gzip = head->coding == CODING_GZIP;
	exchange->takes_gzip = head->takes_gzip;
}

static const struct sockaddr *
ClientOf(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

/* Compares as HTTP does, in either case. */
static bool
IsToken(const char *value, Size len, const char *token)
{
	return len == strlen(token) && pg_strncasecmp(value, token, len) == 0;
}

/* Also notes in the exchange what is needed to run and to answer the request. */
static RequestKind
KindOf(Exchange *exchange, const Head *head, const char *method, const char *path)
{
	exchange->content_type = head->content_type;
	if (head->ambiguous || (head->chunked && head->length != NULL))
		return REQUEST_BAD_FRAMING;
	if (exchange->announced > MaxBody())
		return REQUEST_TOO_LARGE;
	if (strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0 && head->asks_for_method &&
		exchange->allowed_origin != NULL)
		return REQUEST_PREFLIGHT;
	if (strcmp(path, "/metrics") == 0 && strcmp(method, MHD_HTTP_METHOD_GET) == 0)
		return REQUEST_METRICS;
	if (strcmp(path, "/") != 0)
		return REQUEST_UNKNOWN_PATH;
	if (strcmp(method, MHD_HTTP_METHOD_POST) == 0)
		return KindOfPost(exchange, head);
	if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
		return REQUEST_HEALTH;
	return REQUEST_UNKNOWN_PATH;
}

/* The operation that X-Amz-Target names, with the prefix of its own API; or NULL. */
static const Operation *
OperationOfTarget(const char *target, Size len)
{
	static const char *const prefixes[] = {TARGET_PREFIX, TARGET_PREFIX_OF_STREAMS};

	for (size_t i = 0; i < lengthof(prefixes); i++)
	{
		Size		prefix_len = strlen(prefixes[i]);
		const Operation *operation;

		if (len <= prefix_len || memcmp(target, prefixes[i], prefix_len) != 0)
			continue;
		operation = OperationFind(target + prefix_len, len - prefix_len);
		return operation && operation->of_streams == (i == 1) ? operation : NULL;
	}
	return NULL;
}

/* The service looks at the content type before it looks for a target. */
static RequestKind
KindOfPost(Exchange *exchange, const Head *head)
{
	if (head->content_type == NULL)
		return REQUEST_UNKNOWN_PATH;
	if (head->target != NULL)
		exchange->operation = OperationOfTarget(head->target, head->target_len);
	if (head->coding == CODING_UNKNOWN)
		return REQUEST_UNKNOWN_CODING;
	return exchange->operation != NULL ? REQUEST_OPERATION : REQUEST_UNKNOWN_OPERATION;
}

static uint64
MaxBody(void)
{
	return (uint64) max_body_kb * 1024;
}

bool
ProtocolReadBody(Exchange *exchange, const char *data, Size len)
{
	exchange->received += len;
	if (exchange->received > MaxBody())
		exchange->kind = REQUEST_TOO_LARGE;
	if (exchange->received > 2 * MaxBody())
		return false;
	if (exchange->kind == REQUEST_OPERATION && !ExchangeAppendBody(exchange, data, len))
		exchange->kind = REQUEST_NO_MEMORY;
	return true;
}

/*
 * The service finds fault with an empty body before it looks for the
 * operation.
 */
bool
ProtocolNeedsRun(Exchange *exchange)
{
	const StringInfo body = &exchange->body;

	if (exchange->kind == REQUEST_UNKNOWN_OPERATION && exchange->received == 0)
		exchange->kind = REQUEST_NOT_JSON;
	if (exchange->kind == REQUEST_METRICS && !MetricsPage(&exchange->reply))
		exchange->kind = REQUEST_NO_MEMORY;
	if (exchange->kind != REQUEST_OPERATION)
		return false;
	/* the signature is of the bytes on the wire */
	if (!AuthenticationReadBody(&exchange->authentication, body->data, body->len))
	{
		exchange->kind = REQUEST_NO_MEMORY;
		return false;
	}
	if (exchange->body_is_gzip && !Unpack(exchange))
		return false;
	if (body->len > 0 && pg_encoding_verifymbstr(PG_UTF8, body->data, body->len) == body->len)
		return true;
	exchange->kind = REQUEST_NOT_JSON;
	return false;
}

/* Unpacks the body; false: the kind says what is wrong with it. */
static bool
Unpack(Exchange *exchange)
{
	switch (ContentUnpack(exchange, MaxBody()))
	{
		case UNPACK_DONE:
			return true;
		case UNPACK_BAD:
			exchange->kind = REQUEST_BAD_CODING;
			return false;
		case UNPACK_TOO_LARGE:
			exchange->kind = REQUEST_TOO_LARGE;
			return false;
		case UNPACK_NO_MEMORY:
			exchange->kind = REQUEST_NO_MEMORY;
			return false;
	}
	return false;
}

/* The answer to a request that no operation has answered. */
static void
FixedResponse(const Exchange *exchange, Response *response)
{
	const FixedAnswer *fixed = &fixed_answers[exchange->kind];

	response->status = fixed->status;
	response->body = fixed->body;
	response->len = strlen(fixed->body);
	response->content_type = fixed->body[0] == '{' ? amz_json : NULL;
	response->close = exchange->kind == REQUEST_BAD_FRAMING;
	response->preflight = exchange->kind == REQUEST_PREFLIGHT;
	if (exchange->kind != REQUEST_METRICS)
		return;
	response->body = exchange->reply.data;
	response->len = exchange->reply.len;
	response->content_type = METRICS_CONTENT_TYPE;
}

bool
ProtocolAnswer(Exchange *exchange, struct MHD_Connection *connection)
{
	bool		ran = exchange->kind == REQUEST_OPERATION;
	const char *packed = NULL;
	Response	response = {
		.status = exchange->status,
		.content_type = exchange->content_type,
		.body = exchange->reply.data,
		.len = exchange->reply.len,
		.allowed_origin = exchange->allowed_origin,
		.requested_headers = exchange->requested_headers
	};

	if (!ran)
		FixedResponse(exchange, &response);
	if (exchange->takes_gzip && response.body == exchange->reply.data &&
		(packed = ContentPack(exchange, &response.len)) != NULL)
		response.body = packed;
	response.is_gzip = packed != NULL;

	MetricAdd(METRIC_BYTES_IN, exchange->received);
	MetricAdd(METRIC_BYTES_OUT, response.len);
	MetricsCountResponse(ran ? exchange->operation : NULL, response.status, exchange->begun);
	return ResponseQueue(connection, &response);
}
