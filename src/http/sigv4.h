/*
 * sigv4.h
 *	  AWS Signature Version 4: whether a request was signed with a secret.
 *
 * Everything that decides is an argument: the request, the secret, the clock,
 * what scope is accepted.  Nothing here knows of connections or of the
 * catalog.
 *
 * A signature comes in the header Authorization, or in the query string of a
 * "presigned" request.  To verify one:
 *
 *		SigV4ReadClaim(&request, &claim);
 *		SigV4CheckScope(&claim, region, service);
 *		SigV4CheckTime(&claim, now);
 *		... find the secret of claim.access_key_id ...
 *		SigV4SigningKey(secret, secret_len, &claim, key);
 *		SigV4CheckSignature(&request, &claim, key, allow_unsigned_payload);
 *
 * Each raises the service's error for what it finds wrong.  Work is done in
 * the current memory context.
 */
#ifndef DYNAMO_SIGV4_H
#define DYNAMO_SIGV4_H

#include "base/compat.h"

#include "common/sha2.h"
#include "lib/stringinfo.h"

#define SIGV4_ALGORITHM			"AWS4-HMAC-SHA256"

#define SIGV4_MAX_HEADERS		64
#define SIGV4_MAX_PARAMETERS	32

#define SIGV4_DATE_LEN			16	/* 20150830T123600Z */
#define SIGV4_DAY_LEN			8
#define SIGV4_HASH_LEN			PG_SHA256_DIGEST_LENGTH
#define SIGV4_HEX_LEN			(2 * SIGV4_HASH_LEN)

/* Bytes that somebody else owns, not ended by a zero. */
typedef struct SigV4Text
{
	const char *data;
	uint32		len;
} SigV4Text;

typedef struct SigV4Field
{
	SigV4Text	name;
	SigV4Text	value;
} SigV4Field;

/* What of a request takes part in a signature. */
typedef struct SigV4Request
{
	const char *method;
	const char *path;			/* as it was sent, without the query string */
	int			nheaders;
	int			nparameters;
	bool		too_many;		/* headers or parameters: some are not here */
	SigV4Field	headers[SIGV4_MAX_HEADERS];
	SigV4Field	parameters[SIGV4_MAX_PARAMETERS];	/* of the query string, decoded */
	uint8		payload[SIGV4_HASH_LEN];	/* SHA-256 of the body as it was sent */
} SigV4Request;

/* Add to a request; what does not fit sets too_many. */
extern void SigV4AddHeader(SigV4Request *request, SigV4Text name, SigV4Text value);
extern void SigV4AddParameter(SigV4Request *request, SigV4Text name, SigV4Text value);

/* What a request says of its signature; points into the request. */
typedef struct SigV4Claim
{
	SigV4Text	access_key_id;
	SigV4Text	scope;			/* day/region/service/terminator */
	SigV4Text	day;
	SigV4Text	region;
	SigV4Text	service;
	SigV4Text	terminator;
	SigV4Text	signed_headers;
	SigV4Text	signature;
	char		date[SIGV4_DATE_LEN + 1];
	int64		time;			/* the same, seconds since 1970 */
	int			lifetime;		/* seconds it is good for after that */
	bool		presigned;
	bool		unsigned_payload;
} SigV4Claim;

/*
 * Finds the signature.  Raises MissingAuthenticationTokenException if there is
 * none, IncompleteSignatureException if it has not the right form.
 */
extern void SigV4ReadClaim(const SigV4Request *request, SigV4Claim *claim);

/* Raises InvalidSignatureException; a region of "" means any. */
extern void SigV4CheckScope(const SigV4Claim *claim, const char *region, const char *service);

/* Raises InvalidSignatureException; now is in seconds since 1970. */
extern void SigV4CheckTime(const SigV4Claim *claim, int64 now);

/* The key that the secret gives for the claim's scope. */
extern void SigV4SigningKey(const char *secret, Size secret_len, const SigV4Claim *claim,
							uint8 key[SIGV4_HASH_LEN]);

/* Raises InvalidSignatureException unless the signature is the key's. */
extern void SigV4CheckSignature(const SigV4Request *request, const SigV4Claim *claim,
								const uint8 key[SIGV4_HASH_LEN], bool allow_unsigned_payload);

/*
 * The steps of it.  Both texts are appended; the signature is SIGV4_HEX_LEN
 * characters and a zero.
 */
extern void SigV4CanonicalRequest(const SigV4Request *request, const SigV4Claim *claim, StringInfo out);
extern void SigV4StringToSign(const SigV4Claim *claim, const StringInfoData *canonical, StringInfo out);
extern void SigV4Signature(const uint8 key[SIGV4_HASH_LEN], const StringInfoData *string_to_sign,
						   char hex[SIGV4_HEX_LEN + 1]);

/* The value of a header or a parameter, the first of that name; NULL: none. */
extern const SigV4Text *SigV4FindHeader(const SigV4Request *request, const char *name);
extern const SigV4Text *SigV4FindParameter(const SigV4Request *request, const char *name);

/* Does the text say that, in either case? */
extern bool SigV4TextIs(SigV4Text text, const char *word);

/* A copy for a message: what is not printable ASCII becomes "?". */
extern char *SigV4Printable(SigV4Text text);

#endif							/* DYNAMO_SIGV4_H */
