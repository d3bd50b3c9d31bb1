/*
 * sigv4.c
 *	  AWS Signature Version 4: the checks, and the signature itself.
 *
 * The messages are the service's.
 */
#include "base/compat.h"

#include "http/sha256.h"
#include "http/sigv4.h"
#include "http/sigv4_date.h"
#include "utils/builtins.h"
#include "value/error_codes.h"

#define TERMINATOR		"aws4_request"
#define KEY_PREFIX		"AWS4"

/* What a clock may be wrong by, in seconds. */
#define CLOCK_SKEW		300

#define MISMATCH \
	"The request signature we calculated does not match the signature you provided. " \
	"Check your AWS Secret Access Key and signing method. " \
	"Consult the service documentation for details."

static bool IsSame(SigV4Text text, const char *word);
static const char *Span(int seconds);
static bool IsSigned(const SigV4Claim *claim, const char *header);
static bool SameSignature(SigV4Text given, const char *calculated);

/* ---- the scope ---- */

void
SigV4CheckScope(const SigV4Claim *claim, const char *region, const char *service)
{
	StringInfoData wrong;

	if ((region[0] == '\0' || IsSame(claim->region, region)) &&
		IsSame(claim->service, service) && IsSame(claim->terminator, TERMINATOR) &&
		claim->day.len == SIGV4_DAY_LEN && memcmp(claim->day.data, claim->date, SIGV4_DAY_LEN) == 0)
		return;

	initStringInfo(&wrong);
	if (region[0] != '\0' && !IsSame(claim->region, region))
		appendStringInfo(&wrong, "Credential should be scoped to a valid region, not '%s'. ",
						 SigV4Printable(claim->region));
	if (!IsSame(claim->service, service))
		appendStringInfo(&wrong, "Credential should be scoped to correct service: '%s'. ", service);
	if (!IsSame(claim->terminator, TERMINATOR))
		appendStringInfo(&wrong, "Credential should be scoped with a valid terminator: '" TERMINATOR "', not '%s'. ",
						 SigV4Printable(claim->terminator));
	if (claim->day.len != SIGV4_DAY_LEN || memcmp(claim->day.data, claim->date, SIGV4_DAY_LEN) != 0)
		appendStringInfo(&wrong, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
						 "from HTTP: '%s' != '%.8s', from '%s'. ",
						 SigV4Printable(claim->day), claim->date, claim->date);
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_INVALID_SIGNATURE),
			 errmsg("%s", wrong.data)));
}

static bool
IsSame(SigV4Text text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.data, word, text.len) == 0;
}

/* ---- the time ---- */

/* A presigned request may be as old as it says, but not from the future. */
void
SigV4CheckTime(const SigV4Claim *claim, int64 now)
{
	char		limit[SIGV4_DATE_LEN + 1];
	char		clock[SIGV4_DATE_LEN + 1];

	if (claim->time >= now - claim->lifetime && claim->time <= now + CLOCK_SKEW)
		return;

	SigV4FormatDate(now, clock);
	if (claim->time > now)
	{
		SigV4FormatDate(now + CLOCK_SKEW, limit);
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_INVALID_SIGNATURE),
				 errmsg("Signature not yet current: %s is still later than %s (%s + %s)",
						claim->date, limit, clock, Span(CLOCK_SKEW))));
	}
	SigV4FormatDate(now - claim->lifetime, limit);
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_INVALID_SIGNATURE),
			 errmsg("Signature expired: %s is now earlier than %s (%s - %s)",
					claim->date, limit, clock, Span(claim->lifetime))));
}

static const char *
Span(int seconds)
{
	return seconds % 60 == 0 ? psprintf("%d min.", seconds / 60) : psprintf("%d sec.", seconds);
}

/* ---- the signature ---- */

void
SigV4SigningKey(const char *secret, Size secret_len, const SigV4Claim *claim, uint8 key[SIGV4_HASH_LEN])
{
	StringInfoData first;

	initStringInfo(&first);
	appendStringInfoString(&first, KEY_PREFIX);
	appendBinaryStringInfo(&first, secret, secret_len);
	HmacSha256(first.data, first.len, claim->day.data, claim->day.len, key);
	HmacSha256(key, SIGV4_HASH_LEN, claim->region.data, claim->region.len, key);
	HmacSha256(key, SIGV4_HASH_LEN, claim->service.data, claim->service.len, key);
	HmacSha256(key, SIGV4_HASH_LEN, claim->terminator.data, claim->terminator.len, key);
	explicit_bzero(first.data, first.maxlen);
	pfree(first.data);
}

/*
 * The host, that no other server take the request, and the target, that is the
 * operation, are what must be signed.
 */
void
SigV4CheckSignature(const SigV4Request *request, const SigV4Claim *claim,
					const uint8 key[SIGV4_HASH_LEN], bool allow_unsigned_payload)
{
	static const char *const needed[] = {"Host", "X-Amz-Target"};
	StringInfoData canonical;
	StringInfoData string_to_sign;
	char		signature[SIGV4_HEX_LEN + 1];

	for (size_t i = 0; i < lengthof(needed); i++)
	{
		if (SigV4FindHeader(request, needed[i]) != NULL && !IsSigned(claim, needed[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_INVALID_SIGNATURE),
					 errmsg("'%s' must be a 'SignedHeader' in the AWS Authorization.", needed[i])));
	}
	initStringInfo(&canonical);
	initStringInfo(&string_to_sign);
	SigV4CanonicalRequest(request, claim, &canonical);
	SigV4StringToSign(claim, &canonical, &string_to_sign);
	SigV4Signature(key, &string_to_sign, signature);
	if (!SameSignature(claim->signature, signature) ||
		(claim->unsigned_payload && !allow_unsigned_payload))
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_INVALID_SIGNATURE),
				 errmsg("%s", MISMATCH),
				 claim->unsigned_payload && !allow_unsigned_payload ?
				 errdetail_log("The payload is unsigned, which \"dynamo.allow_unsigned_payload\" does not allow.") :
				 0));
}

/* Is the header among those signed?  Their names are separated by semicolons. */
static bool
IsSigned(const SigV4Claim *claim, const char *header)
{
	SigV4Text	rest = claim->signed_headers;

	for (;;)
	{
		const char *end = memchr(rest.data, ';', rest.len);
		SigV4Text	name = {rest.data, end != NULL ? end - rest.data : rest.len};

		if (SigV4TextIs(name, header))
			return true;
		if (end == NULL)
			return false;
		rest.len -= name.len + 1;
		rest.data = end + 1;
	}
}

/* Takes the same time wherever they differ. */
static bool
SameSignature(SigV4Text given, const char *calculated)
{
	unsigned char difference = 0;

	if (given.len != SIGV4_HEX_LEN)
		return false;
	for (int i = 0; i < SIGV4_HEX_LEN; i++)
		difference |= given.data[i] ^ calculated[i];
	return difference == 0;
}

void
SigV4StringToSign(const SigV4Claim *claim, const StringInfoData *canonical, StringInfo out)
{
	uint8		hash[SIGV4_HASH_LEN];

	if (!Sha256(canonical->data, canonical->len, hash))
		elog(ERROR, "could not compute SHA-256");
	appendStringInfoString(out, SIGV4_ALGORITHM "\n");
	appendBinaryStringInfo(out, claim->date, SIGV4_DATE_LEN);
	appendStringInfoChar(out, '\n');
	appendBinaryStringInfo(out, claim->scope.data, claim->scope.len);
	appendStringInfoChar(out, '\n');
	enlargeStringInfo(out, SIGV4_HEX_LEN);
	hex_encode((const char *) hash, SIGV4_HASH_LEN, out->data + out->len);
	out->len += SIGV4_HEX_LEN;
	out->data[out->len] = '\0';
}

void
SigV4Signature(const uint8 key[SIGV4_HASH_LEN], const StringInfoData *string_to_sign,
			   char hex[SIGV4_HEX_LEN + 1])
{
	uint8		mac[SIGV4_HASH_LEN];

	HmacSha256(key, SIGV4_HASH_LEN, string_to_sign->data, string_to_sign->len, mac);
	hex_encode((const char *) mac, SIGV4_HASH_LEN, hex);
	hex[SIGV4_HEX_LEN] = '\0';
}
