/*
 * index_catalog.c
 *	  dynamo.indexes: the secondary indexes of item tables, and the relations
 *	  that hold their entries.
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
#include "catalog/pg_type_d.h"
#include "table/catalog.h"
#include "table/index_catalog.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"
#include "utils/rel.h"
#include "value/item_json.h"
#include "value/key.h"

/* Columns of dynamo.indexes, as in dynamo--1.0.sql. */
#define Anum_relation			1
#define Anum_index_name			2
#define Anum_side				3
#define Anum_kind				4
#define Anum_status				5
#define Anum_backfilling		6
#define Anum_hash_keys			7
#define Anum_range_keys			8
#define Anum_key_types			9
#define Anum_projection			10
#define Anum_included			11
#define Anum_settings			12
#define Natts_indexes			12

static const char *const kinds[] = {
	[INDEX_GLOBAL] = "GLOBAL",
	[INDEX_LOCAL] = "LOCAL",
};

static const char *const statuses[] = {
	[INDEX_CREATING] = "CREATING",
	[INDEX_ACTIVE] = "ACTIVE",
	[INDEX_DELETING] = "DELETING",
};

static const char *const projections[] = {
	[INDEX_PROJECT_ALL] = "ALL",
	[INDEX_PROJECT_KEYS_ONLY] = "KEYS_ONLY",
	[INDEX_PROJECT_INCLUDE] = "INCLUDE",
};

const char *
IndexKindName(IndexKind kind)
{
	return kinds[kind];
}

const char *
IndexStatusName(IndexStatus status)
{
	return statuses[status];
}

const char *
IndexProjectionName(IndexProjection projection)
{
	return projections[projection];
}

/* Which of the names the datum is; the table's CHECK constraints see to it that it is one. */
static int
NameIndex(Datum datum, const char *const *names, int count)
{
	char	   *name = TextDatumGetCString(datum);

	for (int i = 0; i < count; i++)
	{
		if (strcmp(name, names[i]) == 0)
			return i;
	}
	elog(ERROR, "unknown word \"%s\" in dynamo.indexes", name);
}

/* The elements of a text[]; returns how many. */
static int
ReadNames(Datum datum, char ***names)
{
	Datum	   *elements;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(datum), TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	*names = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		(*names)[i] = TextDatumGetCString(elements[i]);
	return count;
}

static Datum
NamesDatum(char *const *names, int count)
{
	Datum	   *elements = palloc(Max(count, 1) * sizeof(Datum));

	for (int i = 0; i < count; i++)
		elements[i] = CStringGetTextDatum(names[i]);
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
ReadKeyTypes(IndexRow *row, Datum key_types)
{
	char	  **names;

	if (ReadNames(key_types, &names) != row->nkeys)
		elog(ERROR, "index \"%s\" has too many or too few key types", row->index_name);
	for (int i = 0; i < row->nkeys; i++)
	{
		row->types[i] = AttributeTypeFromName(names[i]);
		if (!AttributeTypeIsKey(row->types[i]))
			elog(ERROR, "index \"%s\" has a key of type \"%s\"", row->index_name, names[i]);
	}
}

static Datum
KeyTypesDatum(const IndexRow *row)
{
	char	   *names[INDEX_MAX_SCHEMA_KEYS];

	for (int i = 0; i < row->nkeys; i++)
		names[i] = unconstify(char *, AttributeTypeName(row->types[i]));
	return NamesDatum(names, row->nkeys);
}

static void
ReadKeys(IndexRow *row, Datum hash_keys, Datum range_keys)
{
	char	  **names;
	int			nrange;

	row->nhash = ReadNames(hash_keys, &names);
	if (row->nhash < 1 || row->nhash > INDEX_MAX_HASH_KEYS)
		elog(ERROR, "index \"%s\" has %d hash keys", row->index_name, row->nhash);
	memcpy(row->keys, names, row->nhash * sizeof(char *));
	nrange = ReadNames(range_keys, &names);
	if (nrange > INDEX_MAX_RANGE_KEYS)
		elog(ERROR, "index \"%s\" has %d range keys", row->index_name, nrange);
	memcpy(row->keys + row->nhash, names, nrange * sizeof(char *));
	row->nkeys = row->nhash + nrange;
}

static IndexRow *
RowFromTuple(HeapTuple tuple, TupleDesc desc)
{
	IndexRow   *row = palloc0(sizeof(IndexRow));
	Datum		values[Natts_indexes];
	bool		nulls[Natts_indexes];

	heap_deform_tuple(tuple, desc, values, nulls);
	row->table = DatumGetObjectId(values[Anum_relation - 1]);
	row->index_name = TextDatumGetCString(values[Anum_index_name - 1]);
	row->side = DatumGetObjectId(values[Anum_side - 1]);
	row->kind = NameIndex(values[Anum_kind - 1], kinds, lengthof(kinds));
	row->status = NameIndex(values[Anum_status - 1], statuses, lengthof(statuses));
	row->backfilling = DatumGetBool(values[Anum_backfilling - 1]);
	ReadKeys(row, values[Anum_hash_keys - 1], values[Anum_range_keys - 1]);
	ReadKeyTypes(row, values[Anum_key_types - 1]);
	row->projection = NameIndex(values[Anum_projection - 1], projections, lengthof(projections));
	row->nincluded = ReadNames(values[Anum_included - 1], &row->included);
	row->settings = DatumGetCString(DirectFunctionCall1(jsonb_out, values[Anum_settings - 1]));
	return row;
}

/* The rows that the scan finds by an index of the catalog. */
static List *
ReadRows(const char *catalog_index, ScanKey keys, int nkeys)
{
	Relation	catalog = table_open(CatalogRelationOid("indexes"), AccessShareLock);
	Relation	index = index_open(CatalogRelationOid(catalog_index), AccessShareLock);
	SysScanDesc scan = systable_beginscan_ordered(catalog, index, NULL, nkeys, keys);
	List	   *rows = NIL;
	HeapTuple	tuple;

	while ((tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
		rows = lappend(rows, RowFromTuple(tuple, RelationGetDescr(catalog)));
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(catalog, AccessShareLock);
	return rows;
}

static void
IndexKeys(ScanKey keys, Oid table, const char *index_name)
{
	ScanKeyInit(&keys[0], Anum_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
	if (index_name)
		ScanKeyEntryInitialize(&keys[1], 0, Anum_index_name, BTEqualStrategyNumber, InvalidOid,
							   C_COLLATION_OID, F_TEXTEQ, CStringGetTextDatum(index_name));
}

List *
IndexCatalogList(Oid table)
{
	ScanKeyData key;

	IndexKeys(&key, table, NULL);
	return ReadRows("indexes_pkey", &key, 1);
}

List *
IndexCatalogListAll(void)
{
	return ReadRows("indexes_pkey", NULL, 0);
}

IndexRow *
IndexCatalogFind(Oid table, const char *index_name)
{
	ScanKeyData keys[2];
	List	   *rows;

	IndexKeys(keys, table, index_name);
	rows = ReadRows("indexes_pkey", keys, 2);
	return rows ? linitial(rows) : NULL;
}

IndexRow *
IndexCatalogFindSide(Oid side)
{
	ScanKeyData key;
	List	   *rows;

	ScanKeyInit(&key, Anum_side, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(side));
	rows = ReadRows("indexes_side_key", &key, 1);
	return rows ? linitial(rows) : NULL;
}

static void
RowToValues(const IndexRow *row, Datum values[Natts_indexes])
{
	values[Anum_relation - 1] = ObjectIdGetDatum(row->table);
	values[Anum_index_name - 1] = CStringGetTextDatum(row->index_name);
	values[Anum_side - 1] = ObjectIdGetDatum(row->side);
	values[Anum_kind - 1] = CStringGetTextDatum(IndexKindName(row->kind));
	values[Anum_status - 1] = CStringGetTextDatum(IndexStatusName(row->status));
	values[Anum_backfilling - 1] = BoolGetDatum(row->backfilling);
	values[Anum_hash_keys - 1] = NamesDatum(row->keys, row->nhash);
	values[Anum_range_keys - 1] = NamesDatum(row->keys + row->nhash, row->nkeys - row->nhash);
	values[Anum_key_types - 1] = KeyTypesDatum(row);
	values[Anum_projection - 1] = CStringGetTextDatum(IndexProjectionName(row->projection));
	values[Anum_included - 1] = NamesDatum(row->included, row->nincluded);
	values[Anum_settings - 1] = DirectFunctionCall1(jsonb_in, CStringGetDatum(row->settings));
}

void
IndexCatalogInsert(const IndexRow *row)
{
	Relation	catalog = table_open(CatalogRelationOid("indexes"), RowExclusiveLock);
	Datum		values[Natts_indexes];
	bool		nulls[Natts_indexes] = {false};

	RowToValues(row, values);
	CatalogTupleInsert(catalog, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

/* The row's tuple, by a scan that the caller ends. */
static HeapTuple
FindTuple(Relation catalog, const IndexRow *row, ScanKeyData keys[2], SysScanDesc *scan)
{
	HeapTuple	tuple;

	IndexKeys(keys, row->table, row->index_name);
	*scan = systable_beginscan(catalog, CatalogRelationOid("indexes_pkey"), true, NULL, 2, keys);
	tuple = systable_getnext(*scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "index \"%s\" is gone from dynamo.indexes", row->index_name);
	return tuple;
}

void
IndexCatalogDelete(const IndexRow *row)
{
	Relation	catalog = table_open(CatalogRelationOid("indexes"), RowExclusiveLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple = FindTuple(catalog, row, keys, &scan);

	CatalogTupleDelete(catalog, &tuple->t_self);
	systable_endscan(scan);
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

void
IndexCatalogUpdate(const IndexRow *row)
{
	Relation	catalog = table_open(CatalogRelationOid("indexes"), RowExclusiveLock);
	Datum		values[Natts_indexes];
	bool		nulls[Natts_indexes] = {false};
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple = FindTuple(catalog, row, keys, &scan);

	RowToValues(row, values);
	CatalogTupleUpdate(catalog, &tuple->t_self, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
	systable_endscan(scan);
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}
