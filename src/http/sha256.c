/*
 * sha256.c
 *	  SHA-256 and HMAC-SHA-256 by PostgreSQL's own crypto.
 *
 * PostgreSQL frees such contexts at the end of the transaction that made them;
 * these belong to a resource owner of their own, which is never released.
 */
#include "base/compat.h"

#include "common/cryptohash.h"
#include "common/hmac.h"
#include "http/sha256.h"
#include "utils/resowner.h"

static pg_cryptohash_ctx *hash_context = NULL;
static pg_hmac_ctx *hmac_context = NULL;

void
Sha256Start(void)
{
	ResourceOwner old_owner = CurrentResourceOwner;
	MemoryContext caller;

	if (hash_context != NULL && hmac_context != NULL)
		return;
	CurrentResourceOwner = ResourceOwnerCreate(NULL, "dynamo sha256");

	/* a server without OpenSSL allocates in the current context */
	caller = MemoryContextSwitchTo(TopMemoryContext);
	if (hash_context == NULL)
		hash_context = pg_cryptohash_create(PG_SHA256);
	if (hmac_context == NULL)
		hmac_context = pg_hmac_create(PG_SHA256);
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = old_owner;
	if (hash_context == NULL || hmac_context == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
}

bool
Sha256(const void *data, Size len, uint8 hash[PG_SHA256_DIGEST_LENGTH])
{
	return pg_cryptohash_init(hash_context) == 0 &&
		pg_cryptohash_update(hash_context, data, len) == 0 &&
		pg_cryptohash_final(hash_context, hash, PG_SHA256_DIGEST_LENGTH) == 0;
}

void
HmacSha256(const void *key, Size key_len, const void *data, Size len,
		   uint8 mac[PG_SHA256_DIGEST_LENGTH])
{
	if (pg_hmac_init(hmac_context, key, key_len) < 0 ||
		pg_hmac_update(hmac_context, data, len) < 0 ||
		pg_hmac_final(hmac_context, mac, PG_SHA256_DIGEST_LENGTH) < 0)
		elog(ERROR, "could not compute HMAC-SHA-256: %s", pg_hmac_error(hmac_context));
}
