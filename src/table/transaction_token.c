/*
 * transaction_token.c
 *	  dynamo.transactions: the ClientRequestTokens of the last ten minutes.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_collation_d.h"
#include "common/hashfn.h"
#include "common/sha2.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "table/catalog.h"
#include "table/transaction_token.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* Columns of dynamo.transactions, as in dynamo--1.0.sql. */
#define Anum_token			1
#define Anum_content		2
#define Anum_finished_at	3
#define Natts_transactions	3

/* How long a token is valid, in milliseconds. */
#define TOKEN_LIFE			(10 * 60 * 1000)

/* Old rows that whoever adds one takes away: more than it adds. */
#define OLD_ROWS			4

/* Tells these locks from other advisory locks; see store.h. */
#define TOKEN_LOCK_SPACE	5

static bool
TryLock(const char *token)
{
	uint64		hash = hash_bytes_extended((const unsigned char *) token, strlen(token), 0);
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, TOKEN_LOCK_SPACE);
	return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

/* A digest of the content, as bytea. */
static bytea *
Digest(const char *content)
{
	Datum		text = CStringGetTextDatum(content);

	return DatumGetByteaP(DirectFunctionCall1(sha256_bytea, text));
}

static SysScanDesc
BeginScan(Relation catalog, const char *token, ScanKey key)
{
	ScanKeyEntryInitialize(key, 0, Anum_token, BTEqualStrategyNumber, InvalidOid, C_COLLATION_OID,
						   F_TEXTEQ, CStringGetTextDatum(token));
	return systable_beginscan(catalog, CatalogRelationOid("transactions_pkey"), true, NULL, 1, key);
}

static bool
IsOld(TimestampTz finished_at)
{
	return TimestampDifferenceExceeds(finished_at, GetCurrentTimestamp(), TOKEN_LIFE);
}

TokenState
TokenLookup(const char *token, const char *content)
{
	TokenState	state = TOKEN_NEW;
	Relation	catalog;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!TryLock(token))
		return TOKEN_IN_PROGRESS;
	catalog = table_open(CatalogRelationOid("transactions"), AccessShareLock);
	scan = BeginScan(catalog, token, &key);
	if ((tuple = systable_getnext(scan)) != NULL)
	{
		Datum		values[Natts_transactions];
		bool		nulls[Natts_transactions];

		heap_deform_tuple(tuple, RelationGetDescr(catalog), values, nulls);
		if (!IsOld(DatumGetTimestampTz(values[Anum_finished_at - 1])))
			state = DatumGetBool(DirectFunctionCall2(byteaeq, values[Anum_content - 1],
													 PointerGetDatum(Digest(content)))) ?
				TOKEN_SAME :
				TOKEN_OTHER;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return state;
}

/*
 * Removes the token's row if it is old.  The caller holds the token's lock: the
 * scan that begins now sees what the last holder did.
 */
static void
RemoveToken(Relation catalog, const char *token)
{
	ScanKeyData key;
	SysScanDesc scan = BeginScan(catalog, token, &key);
	HeapTuple	tuple = systable_getnext(scan);

	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		finished_at = heap_getattr(tuple, Anum_finished_at, RelationGetDescr(catalog), &isnull);

		if (IsOld(DatumGetTimestampTz(finished_at)))
			CatalogTupleDelete(catalog, &tuple->t_self);
	}
	systable_endscan(scan);
}

/* Removes a few rows that are old, unless somebody else is at it. */
static void
RemoveOldTokens(Relation catalog)
{
	Relation	index = index_open(CatalogRelationOid("transactions_finished_at_idx"), AccessShareLock);
	SysScanDesc scan = systable_beginscan_ordered(catalog, index, NULL, 0, NULL);
	int			count = 0;
	HeapTuple	tuple;

	while (count++ < OLD_ROWS && (tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		bool		isnull;
		Datum		finished_at = heap_getattr(tuple, Anum_finished_at, RelationGetDescr(catalog), &isnull);
		Datum		token = heap_getattr(tuple, Anum_token, RelationGetDescr(catalog), &isnull);
		char	   *old = TextDatumGetCString(token);

		if (!IsOld(DatumGetTimestampTz(finished_at)))
			break;
		/* the scan's snapshot may be older than somebody else's removal */
		if (TryLock(old))
			RemoveToken(catalog, old);
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
}

void
TokenKeep(const char *token, const char *content)
{
	Relation	catalog = table_open(CatalogRelationOid("transactions"), RowExclusiveLock);
	Datum		values[Natts_transactions];
	bool		nulls[Natts_transactions] = {false};

	PushActiveSnapshot(GetTransactionSnapshot());
	RemoveToken(catalog, token);
	CommandCounterIncrement();
	RemoveOldTokens(catalog);
	values[Anum_token - 1] = CStringGetTextDatum(token);
	values[Anum_content - 1] = PointerGetDatum(Digest(content));
	values[Anum_finished_at - 1] = TimestampTzGetDatum(GetCurrentTimestamp());
	CatalogTupleInsert(catalog, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
	PopActiveSnapshot();
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}
