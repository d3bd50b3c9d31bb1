/*
 * access_key_functions.c
 *	  The SQL functions that manage access keys.
 *
 * Who may execute one may manage the keys of the roles that he is a member of:
 * whom he could become anyway.
 *
 * They write to dynamo.access_keys past its trigger, and so tell the workers
 * themselves.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_collation_d.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "funcapi.h"
#include "http/access_keys.h"
#include "miscadmin.h"
#include "table/catalog.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#define ID_PREFIX		"AKIA"
#define ID_RANDOM		16
#define SECRET_BYTES	30		/* 40 characters of base64 */
#define SECRET_LEN		40
#define MIN_SECRET		8

/* A row to be written; texts are C strings. */
typedef struct NewKey
{
	const char *id;
	const char *secret;
	Oid			role;
	TimestampTz valid_until;	/* DT_NOEND: null */
} NewKey;

/* The row of a key, found to be changed. */
typedef struct FoundKey
{
	Relation	catalog;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			role;
	TimestampTz valid_until;
} FoundKey;

static const char *RandomId(void);
static const char *RandomSecret(void);
static void RandomBytes(void *bytes, Size len);
static void CheckGiven(const char *what, const char *text, size_t min, const char *characters);
static void RequireRole(Oid role);
static void InsertKey(const NewKey *key);
static void RequireAbsent(Relation catalog, const char *id);
static HeapTuple ScanFor(Relation catalog, const char *id, SysScanDesc *scan);
static FoundKey OpenKey(const text *id);
static void CloseKey(FoundKey *found);
static void SetColumn(FoundKey *found, AttrNumber column, Datum value);
static Datum KeyRecord(FunctionCallInfo fcinfo, const NewKey *key);

PG_FUNCTION_INFO_V1(dynamo_access_keys_changed);
PG_FUNCTION_INFO_V1(dynamo_create_access_key);
PG_FUNCTION_INFO_V1(dynamo_rotate_access_key);
PG_FUNCTION_INFO_V1(dynamo_disable_access_key);
PG_FUNCTION_INFO_V1(dynamo_enable_access_key);
PG_FUNCTION_INFO_V1(dynamo_drop_access_key);

Datum
dynamo_access_keys_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", "access_keys_changed")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);
}

/* create_access_key(role, access_key_id, secret_access_key, valid_until) */
Datum
dynamo_create_access_key(PG_FUNCTION_ARGS)
{
	NewKey		key = {.valid_until = PG_ARGISNULL(3) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(3)};

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("role must not be null")));
	if (PG_ARGISNULL(1) != PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("access_key_id and secret_access_key must be given together")));
	key.role = PG_GETARG_OID(0);
	key.id = PG_ARGISNULL(1) ? RandomId() : text_to_cstring(PG_GETARG_TEXT_PP(1));
	key.secret = PG_ARGISNULL(2) ? RandomSecret() : text_to_cstring(PG_GETARG_TEXT_PP(2));
	CheckGiven("access_key_id", key.id, 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
	CheckGiven("secret_access_key", key.secret, MIN_SECRET, NULL);
	RequireRole(key.role);
	InsertKey(&key);
	return KeyRecord(fcinfo, &key);
}

/* rotate_access_key(access_key_id, grace) */
Datum
dynamo_rotate_access_key(PG_FUNCTION_ARGS)
{
	FoundKey	old = OpenKey(PG_GETARG_TEXT_PP(0));
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	Datum		end = DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now),
										  PG_GETARG_DATUM(1));
	NewKey		key = {.role = old.role, .valid_until = DT_NOEND};

	if (DatumGetTimestampTz(end) <= now)
		CatalogTupleDelete(old.catalog, &old.tuple->t_self);
	else if (DatumGetTimestampTz(end) < old.valid_until)
		SetColumn(&old, Anum_access_keys_valid_until, end);
	CloseKey(&old);
	key.id = RandomId();
	key.secret = RandomSecret();
	InsertKey(&key);
	return KeyRecord(fcinfo, &key);
}

Datum
dynamo_disable_access_key(PG_FUNCTION_ARGS)
{
	FoundKey	key = OpenKey(PG_GETARG_TEXT_PP(0));

	SetColumn(&key, Anum_access_keys_enabled, BoolGetDatum(false));
	CloseKey(&key);
	PG_RETURN_VOID();
}

Datum
dynamo_enable_access_key(PG_FUNCTION_ARGS)
{
	FoundKey	key = OpenKey(PG_GETARG_TEXT_PP(0));

	SetColumn(&key, Anum_access_keys_enabled, BoolGetDatum(true));
	CloseKey(&key);
	PG_RETURN_VOID();
}

Datum
dynamo_drop_access_key(PG_FUNCTION_ARGS)
{
	FoundKey	key = OpenKey(PG_GETARG_TEXT_PP(0));

	CatalogTupleDelete(key.catalog, &key.tuple->t_self);
	CloseKey(&key);
	PG_RETURN_VOID();
}

/* ---- a new key ---- */

/* Five random bits a character, as the service's ids have. */
static const char *
RandomId(void)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8		random[ID_RANDOM];
	StringInfoData id;

	RandomBytes(random, sizeof(random));
	initStringInfo(&id);
	appendStringInfoString(&id, ID_PREFIX);
	for (int i = 0; i < ID_RANDOM; i++)
		appendStringInfoChar(&id, digits[random[i] & 31]);
	return id.data;
}

static const char *
RandomSecret(void)
{
	char		random[SECRET_BYTES];
	char	   *secret = palloc0(SECRET_LEN + 1);

	RandomBytes(random, sizeof(random));
	if (Base64Encode(random, sizeof(random), secret, SECRET_LEN) != SECRET_LEN)
		elog(ERROR, "could not encode a secret");
	return secret;
}

static void
RandomBytes(void *bytes, Size len)
{
	if (!pg_strong_random(bytes, len))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
}

/* characters: those that are allowed, NULL for all that are printable ASCII but the space. */
static void
CheckGiven(const char *what, const char *text, size_t min, const char *characters)
{
	size_t		len = strlen(text);
	bool		good = len >= min && len <= ACCESS_KEY_ID_MAX;

	if (characters != NULL)
		good &= strspn(text, characters) == len;
	else
	{
		for (const char *c = text; *c != '\0'; c++)
			good &= *c > ' ' && *c <= '~';
	}
	if (!good)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s", what),
				 characters != NULL ?
				 errdetail("It is 1 to %d letters, digits, and \"_\", \".\" or \"-\".", ACCESS_KEY_ID_MAX) :
				 errdetail("It is %d to %d printable ASCII characters.", MIN_SECRET, ACCESS_KEY_SECRET_MAX)));
}

/* The role must exist, and the caller be a member of it. */
static void
RequireRole(Oid role)
{
	if (!SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role with OID %u does not exist", role)));
	if (!is_member_of_role(GetUserId(), role))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be a member of role \"%s\" to manage its access keys",
						GetUserNameFromId(role, false))));
}

static void
InsertKey(const NewKey *key)
{
	Relation	catalog = table_open(CatalogRelationOid("access_keys"), RowExclusiveLock);
	Datum		values[Natts_access_keys];
	bool		nulls[Natts_access_keys] = {false};

	RequireAbsent(catalog, key->id);
	values[Anum_access_keys_id - 1] = CStringGetTextDatum(key->id);
	values[Anum_access_keys_secret - 1] = CStringGetTextDatum(key->secret);
	values[Anum_access_keys_role - 1] = ObjectIdGetDatum(key->role);
	values[Anum_access_keys_created_at - 1] = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	values[Anum_access_keys_valid_until - 1] = TimestampTzGetDatum(key->valid_until);
	nulls[Anum_access_keys_valid_until - 1] = key->valid_until == DT_NOEND;
	values[Anum_access_keys_enabled - 1] = BoolGetDatum(true);
	CatalogTupleInsert(catalog, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
	CacheInvalidateRelcache(catalog);
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

/* Says it better than the unique index, which sees to it all the same. */
static void
RequireAbsent(Relation catalog, const char *id)
{
	SysScanDesc scan;
	HeapTuple	tuple = ScanFor(catalog, id, &scan);

	if (HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("access key \"%s\" already exists", id)));
	systable_endscan(scan);
}

/* ---- a key that exists ---- */

static HeapTuple
ScanFor(Relation catalog, const char *id, SysScanDesc *scan)
{
	ScanKeyData key;

	ScanKeyEntryInitialize(&key, 0, Anum_access_keys_id, BTEqualStrategyNumber, InvalidOid,
						   C_COLLATION_OID, F_TEXTEQ, CStringGetTextDatum(id));
	*scan = systable_beginscan(catalog, CatalogRelationOid("access_keys_pkey"), true, NULL, 1, &key);
	return systable_getnext(*scan);
}

/*
 * Nobody else changes keys until the transaction ends: two who rotate the same
 * one come after each other, and the second finds it gone.  The key of a role
 * that is dropped may be managed by whoever may manage any.
 */
static FoundKey
OpenKey(const text *id)
{
	FoundKey	found = {.catalog = table_open(CatalogRelationOid("access_keys"), ShareRowExclusiveLock)};
	Datum		value;
	bool		null;

	found.tuple = ScanFor(found.catalog, text_to_cstring(id), &found.scan);
	if (!HeapTupleIsValid(found.tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("access key \"%s\" does not exist", text_to_cstring(id))));
	value = heap_getattr(found.tuple, Anum_access_keys_role, RelationGetDescr(found.catalog), &null);
	found.role = DatumGetObjectId(value);
	value = heap_getattr(found.tuple, Anum_access_keys_valid_until, RelationGetDescr(found.catalog), &null);
	found.valid_until = null ? DT_NOEND : DatumGetTimestampTz(value);
	if (!superuser() || SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(found.role)))
		RequireRole(found.role);
	return found;
}

/* The lock is kept until the transaction ends. */
static void
CloseKey(FoundKey *found)
{
	CacheInvalidateRelcache(found->catalog);
	systable_endscan(found->scan);
	table_close(found->catalog, NoLock);
	CommandCounterIncrement();
}

static void
SetColumn(FoundKey *found, AttrNumber column, Datum value)
{
	Datum		values[Natts_access_keys] = {0};
	bool		nulls[Natts_access_keys] = {false};
	bool		replaces[Natts_access_keys] = {false};
	HeapTuple	tuple;

	values[column - 1] = value;
	replaces[column - 1] = true;
	tuple = heap_modify_tuple(found->tuple, RelationGetDescr(found->catalog), values, nulls, replaces);
	CatalogTupleUpdate(found->catalog, &tuple->t_self, tuple);
}

/* ---- the result ---- */

/* (access_key_id, secret_access_key) */
static Datum
KeyRecord(FunctionCallInfo fcinfo, const NewKey *key)
{
	TupleDesc	desc;
	Datum		values[2] = {CStringGetTextDatum(key->id), CStringGetTextDatum(key->secret)};
	bool		nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
