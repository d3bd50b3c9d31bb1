/*
 * sha256.h
 *	  SHA-256 and HMAC-SHA-256 by PostgreSQL's own crypto, with contexts that
 *	  live as long as the process, so that hashing allocates nothing.
 */
#ifndef DYNAMO_SHA256_H
#define DYNAMO_SHA256_H

#include "base/compat.h"

#include "common/sha2.h"

/*
 * Makes the contexts.  To be called before Sha256(); raises an error if it
 * cannot.  Does nothing when called again.
 */
extern void Sha256Start(void);

/* False if the library fails; raises no error. */
extern bool Sha256(const void *data, Size len, uint8 hash[PG_SHA256_DIGEST_LENGTH]);

/* Raises an error if the library fails.  mac may be the key. */
extern void HmacSha256(const void *key, Size key_len, const void *data, Size len,
					   uint8 mac[PG_SHA256_DIGEST_LENGTH]);

#endif							/* DYNAMO_SHA256_H */
