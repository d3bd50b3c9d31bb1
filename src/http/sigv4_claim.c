/*
 * sigv4_claim.c
 *	  AWS Signature Version 4: what a request says of its signature.
 *
 * The messages are the service's.
 */
#include "base/compat.h"

#include "http/sigv4.h"
#include "http/sigv4_date.h"
#include "lib/stringinfo.h"
#include "value/error_codes.h"

#define ANY_ALGORITHM		"AWS4-"

/* How long a signature is good for, in seconds. */
#define DEFAULT_LIFETIME	300
#define MAX_LIFETIME		(7 * 24 * 3600)

#define SCOPE_PARTS			4	/* after the access key's id */

static void ReadHeaderForm(const SigV4Request *request, SigV4Text authorization, SigV4Claim *claim);
static SigV4Text ReadMembers(SigV4Text authorization, SigV4Text *credential, SigV4Claim *claim);
static void ReadMember(SigV4Text member, SigV4Text authorization, SigV4Text *credential, SigV4Claim *claim);
static void ReadQueryForm(const SigV4Request *request, SigV4Claim *claim);
static SigV4Text Parameter(const SigV4Request *request, const char *name, StringInfo missing);
static void ReadLifetime(const SigV4Request *request, SigV4Claim *claim);
static void ReadCredential(SigV4Text credential, SigV4Claim *claim);
static void ReadDate(SigV4Text text, SigV4Claim *claim);
static void ReadPayload(const SigV4Request *request, SigV4Claim *claim);
static void RequireAlgorithm(SigV4Text algorithm);
static SigV4Text TextUpTo(SigV4Text *rest, char separator);
static SigV4Text Trimmed(SigV4Text text);
static void RaiseIncomplete(const char *message) pg_attribute_noreturn();

/* ---- the request's fields ---- */

void
SigV4AddHeader(SigV4Request *request, SigV4Text name, SigV4Text value)
{
	if (request->nheaders < SIGV4_MAX_HEADERS)
		request->headers[request->nheaders++] = (SigV4Field){name, value};
	else
		request->too_many = true;
}

void
SigV4AddParameter(SigV4Request *request, SigV4Text name, SigV4Text value)
{
	if (request->nparameters < SIGV4_MAX_PARAMETERS)
		request->parameters[request->nparameters++] = (SigV4Field){name, value};
	else
		request->too_many = true;
}

const SigV4Text *
SigV4FindHeader(const SigV4Request *request, const char *name)
{
	for (int i = 0; i < request->nheaders; i++)
	{
		if (SigV4TextIs(request->headers[i].name, name))
			return &request->headers[i].value;
	}
	return NULL;
}

const SigV4Text *
SigV4FindParameter(const SigV4Request *request, const char *name)
{
	for (int i = 0; i < request->nparameters; i++)
	{
		if (SigV4TextIs(request->parameters[i].name, name))
			return &request->parameters[i].value;
	}
	return NULL;
}

bool
SigV4TextIs(SigV4Text text, const char *word)
{
	return text.len == strlen(word) && pg_strncasecmp(text.data, word, text.len) == 0;
}

char *
SigV4Printable(SigV4Text text)
{
	char	   *copy = pnstrdup(text.data, text.len);

	for (char *c = copy; *c != '\0'; c++)
	{
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	return copy;
}

/* ---- the claim ---- */

void
SigV4ReadClaim(const SigV4Request *request, SigV4Claim *claim)
{
	const SigV4Text *authorization = SigV4FindHeader(request, "Authorization");

	memset(claim, 0, sizeof(*claim));
	claim->presigned = SigV4FindParameter(request, "X-Amz-Algorithm") != NULL;
	if (request->too_many)
		RaiseIncomplete("The request has too many headers or query-string parameters.");
	if (authorization != NULL && claim->presigned)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_INVALID_SIGNATURE),
				 errmsg("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")));
	if (claim->presigned)
		ReadQueryForm(request, claim);
	else if (authorization != NULL && authorization->len >= strlen(ANY_ALGORITHM) &&
			 memcmp(authorization->data, ANY_ALGORITHM, strlen(ANY_ALGORITHM)) == 0)
		ReadHeaderForm(request, *authorization, claim);
	else
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_MISSING_AUTHENTICATION_TOKEN),
				 errmsg("Request is missing Authentication Token")));
	ReadPayload(request, claim);
}

/* Authorization: ALGORITHM Credential=..., SignedHeaders=..., Signature=... */
static void
ReadHeaderForm(const SigV4Request *request, SigV4Text authorization, SigV4Claim *claim)
{
	const SigV4Text *date = SigV4FindHeader(request, "X-Amz-Date");
	SigV4Text	credential = {0};
	SigV4Text	algorithm = ReadMembers(authorization, &credential, claim);
	StringInfoData missing;

	if (date == NULL)
		date = SigV4FindHeader(request, "Date");
	initStringInfo(&missing);
	if (credential.len == 0)
		appendStringInfoString(&missing, "Authorization header requires 'Credential' parameter. ");
	if (claim->signature.len == 0)
		appendStringInfoString(&missing, "Authorization header requires 'Signature' parameter. ");
	if (claim->signed_headers.len == 0)
		appendStringInfoString(&missing, "Authorization header requires 'SignedHeaders' parameter. ");
	if (date == NULL)
		appendStringInfoString(&missing, "Authorization header requires existence of either a 'X-Amz-Date' or "
							   "a 'Date' header. ");
	if (missing.len > 0)
		RaiseIncomplete(psprintf("%sAuthorization=%s", missing.data, SigV4Printable(authorization)));
	RequireAlgorithm(algorithm);
	claim->lifetime = DEFAULT_LIFETIME;
	ReadDate(Trimmed(*date), claim);
	ReadCredential(credential, claim);
}

/* Reads the header's members and gives back what stands before them. */
static SigV4Text
ReadMembers(SigV4Text authorization, SigV4Text *credential, SigV4Claim *claim)
{
	SigV4Text	rest = authorization;
	SigV4Text	algorithm = TextUpTo(&rest, ' ');

	while (rest.len > 0)
	{
		SigV4Text	member = Trimmed(TextUpTo(&rest, ','));

		if (member.len > 0)
			ReadMember(member, authorization, credential, claim);
	}
	return algorithm;
}

static void
ReadMember(SigV4Text member, SigV4Text authorization, SigV4Text *credential, SigV4Claim *claim)
{
	SigV4Text	value = member;
	SigV4Text	name = TextUpTo(&value, '=');

	if (name.len == member.len)
		RaiseIncomplete(psprintf("'%s' not a valid key=value pair (missing equal-sign) in Authorization header: '%s'.",
								 SigV4Printable(member), SigV4Printable(authorization)));
	if (SigV4TextIs(name, "Credential"))
		*credential = value;
	else if (SigV4TextIs(name, "SignedHeaders"))
		claim->signed_headers = value;
	else if (SigV4TextIs(name, "Signature"))
		claim->signature = value;
}

/* The same members as parameters of the query string. */
static void
ReadQueryForm(const SigV4Request *request, SigV4Claim *claim)
{
	SigV4Text	algorithm;
	SigV4Text	credential;
	SigV4Text	date;
	StringInfoData missing;

	initStringInfo(&missing);
	algorithm = Parameter(request, "X-Amz-Algorithm", &missing);
	credential = Parameter(request, "X-Amz-Credential", &missing);
	claim->signature = Parameter(request, "X-Amz-Signature", &missing);
	claim->signed_headers = Parameter(request, "X-Amz-SignedHeaders", &missing);
	date = Parameter(request, "X-Amz-Date", &missing);
	if (missing.len > 0)
		RaiseIncomplete(psprintf("%sRe-examine the query-string parameters.", missing.data));
	RequireAlgorithm(algorithm);
	ReadDate(date, claim);
	ReadLifetime(request, claim);
	ReadCredential(credential, claim);
}

/* Its value; if it has none, missing is told. */
static SigV4Text
Parameter(const SigV4Request *request, const char *name, StringInfo missing)
{
	const SigV4Text *value = SigV4FindParameter(request, name);

	if (value != NULL && value->len > 0)
		return *value;
	appendStringInfo(missing, "AWS query-string parameters must include '%s'. ", name);
	return (SigV4Text){"", 0};
}

/* X-Amz-Expires: seconds, at most a week. */
static void
ReadLifetime(const SigV4Request *request, SigV4Claim *claim)
{
	const SigV4Text *expires = SigV4FindParameter(request, "X-Amz-Expires");
	int			seconds = 0;

	claim->lifetime = DEFAULT_LIFETIME;
	if (expires == NULL)
		return;
	for (uint32 i = 0; i < expires->len; i++)
	{
		if (expires->data[i] < '0' || expires->data[i] > '9')
			RaiseIncomplete("X-Amz-Expires should be a number");
		seconds = Min(seconds * 10 + (expires->data[i] - '0'), MAX_LIFETIME + 1);
	}
	if (expires->len == 0)
		RaiseIncomplete("X-Amz-Expires should be a number");
	if (seconds > MAX_LIFETIME)
		RaiseIncomplete("X-Amz-Expires must be less than a week (in seconds) that is, "
						"the given X-Amz-Expires must be less than 604800 seconds");
	claim->lifetime = seconds;
}

/* keyid/day/region/service/terminator */
static void
ReadCredential(SigV4Text credential, SigV4Claim *claim)
{
	SigV4Text  *parts[SCOPE_PARTS] = {&claim->day, &claim->region, &claim->service, &claim->terminator};
	SigV4Text	rest = credential;
	int			count = 1;

	for (uint32 i = 0; i < credential.len; i++)
		count += credential.data[i] == '/';
	if (count != SCOPE_PARTS + 1)
		RaiseIncomplete(psprintf("Credential must have exactly 5 slash-delimited elements, "
								 "e.g. keyid/date/region/service/term, got '%s'",
								 SigV4Printable(credential)));
	claim->access_key_id = TextUpTo(&rest, '/');
	claim->scope = rest;
	for (int i = 0; i < SCOPE_PARTS; i++)
		*parts[i] = TextUpTo(&rest, '/');
}

static void
ReadDate(SigV4Text text, SigV4Claim *claim)
{
	if (!SigV4ParseDate(text, &claim->time))
		RaiseIncomplete(psprintf("Date must be in ISO-8601 'basic format'. Got '%s'. "
								 "See http://en.wikipedia.org/wiki/ISO_8601",
								 SigV4Printable(text)));
	if (text.len == SIGV4_DATE_LEN)
		memcpy(claim->date, text.data, SIGV4_DATE_LEN);
	else
		SigV4FormatDate(claim->time, claim->date);
}

/* The body may be left out of the signature, if its header says so. */
static void
ReadPayload(const SigV4Request *request, SigV4Claim *claim)
{
	const SigV4Text *payload = SigV4FindHeader(request, "X-Amz-Content-SHA256");

	if (payload == NULL)
		payload = SigV4FindParameter(request, "X-Amz-Content-SHA256");
	claim->unsigned_payload = payload != NULL && SigV4TextIs(Trimmed(*payload), "UNSIGNED-PAYLOAD");
}

static void
RequireAlgorithm(SigV4Text algorithm)
{
	if (!SigV4TextIs(algorithm, SIGV4_ALGORITHM))
		RaiseIncomplete(psprintf("Unsupported AWS 'algorithm': '%s'.", SigV4Printable(algorithm)));
}

/* What stands before the separator, which is taken off with it; else all. */
static SigV4Text
TextUpTo(SigV4Text *rest, char separator)
{
	const char *end = rest->len > 0 ? memchr(rest->data, separator, rest->len) : NULL;
	SigV4Text	text = *rest;

	if (end == NULL)
	{
		rest->data += rest->len;
		rest->len = 0;
		return text;
	}
	text.len = end - text.data;
	rest->data = end + 1;
	rest->len -= text.len + 1;
	return text;
}

static SigV4Text
Trimmed(SigV4Text text)
{
	while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
	{
		text.data++;
		text.len--;
	}
	while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
		text.len--;
	return text;
}

static void
RaiseIncomplete(const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_INCOMPLETE_SIGNATURE),
			 errmsg("%s", message)));
}
