/*
 * sigv4_canonical.c
 *	  AWS Signature Version 4: the canonical request.
 *
 * A signer and a verifier write the request in the same way, whatever proxies
 * have made of it between them:
 *
 *		method
 *		path, dots resolved, percent-encoded as it was sent
 *		query string: percent-encoded, sorted, without the signature
 *		each signed header: name in lower case, ":", values
 *		(empty)
 *		names of the signed headers
 *		SHA-256 of the body, in hexadecimal
 */
#include "base/compat.h"

#include "http/sigv4.h"
#include "utils/builtins.h"
#include "value/error_codes.h"

#define UNSIGNED_PAYLOAD	"UNSIGNED-PAYLOAD"

/* A parameter as it is sorted and written. */
typedef struct EncodedParameter
{
	const char *name;
	const char *value;
} EncodedParameter;

static void AppendPath(StringInfo out, const char *path);
static void AppendSegment(StringInfo out, int root, SigV4Text segment);
static bool IsDots(SigV4Text segment);
static void AppendQuery(StringInfo out, const SigV4Request *request);
static int	CompareParameters(const void *a, const void *b);
static void AppendHeaders(StringInfo out, const SigV4Request *request, SigV4Text names);
static void AppendHeader(StringInfo out, const SigV4Request *request, SigV4Text name);
static void AppendValue(StringInfo out, SigV4Text value);
static void AppendLowerCase(StringInfo out, SigV4Text text);
static void AppendEncoded(StringInfo out, SigV4Text text);
static char *Encoded(SigV4Text text);

void
SigV4CanonicalRequest(const SigV4Request *request, const SigV4Claim *claim, StringInfo out)
{
	appendStringInfoString(out, request->method);
	appendStringInfoChar(out, '\n');
	AppendPath(out, request->path);
	appendStringInfoChar(out, '\n');
	AppendQuery(out, request);
	appendStringInfoChar(out, '\n');
	AppendHeaders(out, request, claim->signed_headers);
	appendStringInfoChar(out, '\n');
	appendBinaryStringInfo(out, claim->signed_headers.data, claim->signed_headers.len);
	appendStringInfoChar(out, '\n');
	if (claim->unsigned_payload)
	{
		appendStringInfoString(out, UNSIGNED_PAYLOAD);
		return;
	}
	enlargeStringInfo(out, SIGV4_HEX_LEN);
	hex_encode((const char *) request->payload, SIGV4_HASH_LEN, out->data + out->len);
	out->len += SIGV4_HEX_LEN;
	out->data[out->len] = '\0';
}

/* ---- the path ---- */

/*
 * Empty segments and "." go, ".." takes the one before it along; a slash at
 * the end stays.
 */
static void
AppendPath(StringInfo out, const char *path)
{
	int			root = out->len;
	const char *segment = path;
	bool		directory = true;

	while (*segment != '\0')
	{
		size_t		len = strcspn(segment, "/");

		AppendSegment(out, root, (SigV4Text){segment, len});
		directory = segment[len] == '/' || IsDots((SigV4Text){segment, len});
		segment += len + (segment[len] == '/');
	}
	if (directory)
		appendStringInfoChar(out, '/');
}

static void
AppendSegment(StringInfo out, int root, SigV4Text segment)
{
	if (!IsDots(segment))
	{
		appendStringInfoChar(out, '/');
		AppendEncoded(out, segment);
	}
	else if (segment.len == 2)
	{
		while (out->len > root && out->data[--out->len] != '/')
			;
		out->data[out->len] = '\0';
	}
}

/* Empty, "." or ".." */
static bool
IsDots(SigV4Text segment)
{
	return segment.len <= 2 && memcmp(segment.data, "..", segment.len) == 0;
}

/* ---- the query string ---- */

static void
AppendQuery(StringInfo out, const SigV4Request *request)
{
	EncodedParameter parameters[SIGV4_MAX_PARAMETERS] = {0};
	int			count = 0;

	for (int i = 0; i < request->nparameters; i++)
	{
		const SigV4Field *field = &request->parameters[i];

		if (SigV4TextIs(field->name, "X-Amz-Signature"))
			continue;
		parameters[count].name = Encoded(field->name);
		parameters[count++].value = Encoded(field->value);
	}
	qsort(parameters, count, sizeof(EncodedParameter), CompareParameters);
	for (int i = 0; i < count; i++)
		appendStringInfo(out, "%s%s=%s", i > 0 ? "&" : "", parameters[i].name, parameters[i].value);
}

static int
CompareParameters(const void *a, const void *b)
{
	const EncodedParameter *left = a;
	const EncodedParameter *right = b;
	int			order = strcmp(left->name, right->name);

	return order != 0 ? order : strcmp(left->value, right->value);
}

/* ---- the headers ---- */

/*
 * In the order in which they were signed.  Of more names than a request can
 * have headers some are none of its: those are not written, no signature will
 * match.
 */
static void
AppendHeaders(StringInfo out, const SigV4Request *request, SigV4Text names)
{
	const char *name = names.data;
	const char *end = names.data + names.len;

	for (int i = 0; name <= end && i <= SIGV4_MAX_HEADERS; i++)
	{
		const char *semicolon = memchr(name, ';', end - name);
		const char *stop = semicolon != NULL ? semicolon : end;

		AppendHeader(out, request, (SigV4Text){name, stop - name});
		name = stop + 1;
	}
}

/* Of a header that is repeated the values stand side by side. */
static void
AppendHeader(StringInfo out, const SigV4Request *request, SigV4Text name)
{
	char		separator = ':';

	AppendLowerCase(out, name);
	for (int i = 0; i < request->nheaders; i++)
	{
		const SigV4Field *header = &request->headers[i];

		if (header->name.len != name.len || pg_strncasecmp(header->name.data, name.data, name.len) != 0)
			continue;
		appendStringInfoChar(out, separator);
		AppendValue(out, header->value);
		separator = ',';
	}
	if (separator == ':')
		appendStringInfoChar(out, separator);
	appendStringInfoChar(out, '\n');
}

/* White space at the ends goes, any within becomes one space. */
static void
AppendValue(StringInfo out, SigV4Text value)
{
	int			start = out->len;
	bool		space = false;

	enlargeStringInfo(out, value.len + 1);
	for (uint32 i = 0; i < value.len; i++)
	{
		char		c = value.data[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		{
			space = true;
			continue;
		}
		if (space && out->len > start)
			out->data[out->len++] = ' ';
		space = false;
		out->data[out->len++] = c;
	}
	out->data[out->len] = '\0';
}

static void
AppendLowerCase(StringInfo out, SigV4Text text)
{
	enlargeStringInfo(out, text.len);
	for (uint32 i = 0; i < text.len; i++)
		out->data[out->len++] = pg_ascii_tolower((unsigned char) text.data[i]);
	out->data[out->len] = '\0';
}

/* ---- percent-encoding ---- */

/* All but letters, digits and "-._~", in capital digits. */
static void
AppendEncoded(StringInfo out, SigV4Text text)
{
	static const char digits[] = "0123456789ABCDEF";

	enlargeStringInfo(out, 3 * text.len);
	for (uint32 i = 0; i < text.len; i++)
	{
		unsigned char c = text.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '.' || c == '_' || c == '~')
		{
			out->data[out->len++] = c;
			continue;
		}
		out->data[out->len++] = '%';
		out->data[out->len++] = digits[c >> 4];
		out->data[out->len++] = digits[c & 15];
	}
	out->data[out->len] = '\0';
}

static char *
Encoded(SigV4Text text)
{
	StringInfoData encoded;

	initStringInfo(&encoded);
	AppendEncoded(&encoded, text);
	return encoded.data;
}
