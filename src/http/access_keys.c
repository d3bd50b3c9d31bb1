/*
 * access_keys.c
 *	  The access keys of dynamo.access_keys, as the workers look them up.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_collation_d.h"
#include "http/access_keys.h"
#include "table/catalog.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* More keys than this are not kept: then all are forgotten. */
#define MAX_KEPT_KEYS	1000

/* A longer scope has its signing key derived for each request. */
#define MAX_KEPT_SCOPE	64

struct AccessKey
{
	char		id[ACCESS_KEY_ID_MAX + 1];	/* of the hash table: with zeros up to its end */
	Oid			role;
	TimestampTz valid_until;
	int			secret_len;
	char		secret[ACCESS_KEY_SECRET_MAX];
	uint32		scope_len;		/* that signing_key is for; 0: none */
	char		scope[MAX_KEPT_SCOPE];
	uint8		signing_key[SIGV4_HASH_LEN];
};

static HTAB *keys = NULL;
static Oid	catalog_relid = InvalidOid;
static bool stale = true;

static void Start(void);
static void CatalogChanged(Datum arg, Oid relid);
static void RoleChanged(Datum arg, int cache_id, uint32 hash);
static void ForgetKeys(void);
static bool ReadKey(const char *id, AccessKey *key);
static bool FillKey(HeapTuple tuple, TupleDesc desc, AccessKey *key);

AccessKey *
AccessKeyFind(SigV4Text id)
{
	AccessKey	fresh = {0};
	AccessKey  *key;

	if (keys == NULL)
		Start();
	if (id.len > ACCESS_KEY_ID_MAX)
		return NULL;
	if (stale)
		ForgetKeys();
	memcpy(fresh.id, id.data, id.len);
	key = hash_search(keys, fresh.id, HASH_FIND, NULL);
	if (key != NULL)
		return key;
	if (!ReadKey(fresh.id, &fresh))
		return NULL;
	if (hash_get_num_entries(keys) >= MAX_KEPT_KEYS)
		ForgetKeys();
	key = hash_search(keys, fresh.id, HASH_ENTER, NULL);
	*key = fresh;
	return key;
}

static void
Start(void)
{
	HASHCTL		control = {.keysize = ACCESS_KEY_ID_MAX + 1, .entrysize = sizeof(AccessKey)};

	keys = hash_create("dynamo access keys", 64, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(CatalogChanged, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, RoleChanged, (Datum) 0);
}

static void
CatalogChanged(Datum arg, Oid relid)
{
	if (!OidIsValid(relid) || relid == catalog_relid)
		stale = true;
}

static void
RoleChanged(Datum arg, int cache_id, uint32 hash)
{
	stale = true;
}

static void
ForgetKeys(void)
{
	HASH_SEQ_STATUS scan;
	AccessKey  *key;

	stale = false;
	hash_seq_init(&scan, keys);
	while ((key = hash_seq_search(&scan)) != NULL)
	{
		AccessKey  *removed = hash_search(keys, key->id, HASH_REMOVE, NULL);

		explicit_bzero(removed->secret, sizeof(removed->secret));
		explicit_bzero(removed->signing_key, sizeof(removed->signing_key));
	}
}

/* Whatever changes while it is read makes the keys stale again. */
static bool
ReadKey(const char *id, AccessKey *key)
{
	Relation	catalog;
	ScanKeyData scan_key;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found;

	catalog_relid = CatalogRelationOid("access_keys");
	catalog = table_open(catalog_relid, AccessShareLock);
	ScanKeyEntryInitialize(&scan_key, 0, Anum_access_keys_id, BTEqualStrategyNumber, InvalidOid,
						   C_COLLATION_OID, F_TEXTEQ, CStringGetTextDatum(id));
	scan = systable_beginscan(catalog, CatalogRelationOid("access_keys_pkey"), true, NULL, 1, &scan_key);
	tuple = systable_getnext(scan);
	found = HeapTupleIsValid(tuple) && FillKey(tuple, RelationGetDescr(catalog), key);
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found && SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(key->role));
}

/* False if the key is not to be used. */
static bool
FillKey(HeapTuple tuple, TupleDesc desc, AccessKey *key)
{
	Datum		values[Natts_access_keys];
	bool		nulls[Natts_access_keys];
	const text *secret;

	heap_deform_tuple(tuple, desc, values, nulls);
	secret = DatumGetTextPP(values[Anum_access_keys_secret - 1]);
	key->secret_len = VARSIZE_ANY_EXHDR(secret);
	if (key->secret_len > ACCESS_KEY_SECRET_MAX)
		return false;
	memcpy(key->secret, VARDATA_ANY(secret), key->secret_len);
	key->role = DatumGetObjectId(values[Anum_access_keys_role - 1]);
	key->valid_until = nulls[Anum_access_keys_valid_until - 1] ? DT_NOEND :
		DatumGetTimestampTz(values[Anum_access_keys_valid_until - 1]);
	return DatumGetBool(values[Anum_access_keys_enabled - 1]);
}

Oid
AccessKeyRole(const AccessKey *key)
{
	return key->role;
}

TimestampTz
AccessKeyValidUntil(const AccessKey *key)
{
	return key->valid_until;
}

const uint8 *
AccessKeySigningKey(AccessKey *key, const SigV4Claim *claim)
{
	if (key->scope_len > 0 && key->scope_len == claim->scope.len &&
		memcmp(key->scope, claim->scope.data, key->scope_len) == 0)
		return key->signing_key;

	key->scope_len = 0;
	SigV4SigningKey(key->secret, key->secret_len, claim, key->signing_key);
	if (claim->scope.len <= MAX_KEPT_SCOPE)
	{
		memcpy(key->scope, claim->scope.data, claim->scope.len);
		key->scope_len = claim->scope.len;
	}
	return key->signing_key;
}
