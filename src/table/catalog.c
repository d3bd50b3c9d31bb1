/*
 * catalog.c
 *	  dynamo.tables: which DynamoDB table is which relation.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation_d.h"
#include "fmgr.h"
#include "storage/lmgr.h"
#include "table/catalog.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* Columns of dynamo.tables, as in dynamo--1.0.sql. */
#define Anum_table_name		1
#define Anum_relation		2
#define Anum_table_id		3
#define Anum_created_at		4
#define Anum_hash_key		5
#define Anum_range_key		6
#define Anum_settings		7
#define Natts_tables		7

Oid
CatalogRelationOid(const char *name)
{
	Oid			schema = get_namespace_oid("dynamo", true);
	Oid			relid = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("extension dynamo is not installed in this database"),
				 errhint("Run CREATE EXTENSION dynamo.")));
	return relid;
}

void
CatalogLock(void)
{
	LockRelationOid(CatalogRelationOid("tables"), ShareUpdateExclusiveLock);
}

static TableRow *
RowFromTuple(HeapTuple tuple, TupleDesc desc)
{
	TableRow   *row = palloc0(sizeof(TableRow));
	Datum		values[Natts_tables];
	bool		nulls[Natts_tables];

	heap_deform_tuple(tuple, desc, values, nulls);
	row->table_name = TextDatumGetCString(values[Anum_table_name - 1]);
	row->relid = DatumGetObjectId(values[Anum_relation - 1]);
	row->table_id = *DatumGetUUIDP(values[Anum_table_id - 1]);
	row->created_at = DatumGetTimestampTz(values[Anum_created_at - 1]);
	row->hash_key = TextDatumGetCString(values[Anum_hash_key - 1]);
	if (!nulls[Anum_range_key - 1])
		row->range_key = TextDatumGetCString(values[Anum_range_key - 1]);
	row->settings = DatumGetCString(DirectFunctionCall1(jsonb_out, values[Anum_settings - 1]));
	return row;
}

/* The row that the one-key scan finds, unless its relation is gone. */
static TableRow *
FindRow(const char *index_name, ScanKey key)
{
	Relation	catalog = table_open(CatalogRelationOid("tables"), AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, CatalogRelationOid(index_name), true, NULL, 1, key);
	HeapTuple	tuple = systable_getnext(scan);
	TableRow   *row = NULL;

	if (HeapTupleIsValid(tuple))
		row = RowFromTuple(tuple, RelationGetDescr(catalog));
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	if (row && !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(row->relid)))
		return NULL;
	return row;
}

static void
NameKey(ScanKey key, StrategyNumber strategy, RegProcedure procedure, const char *name)
{
	ScanKeyEntryInitialize(key, 0, Anum_table_name, strategy, InvalidOid, C_COLLATION_OID,
						   procedure, CStringGetTextDatum(name));
}

TableRow *
CatalogFindTable(const char *table_name)
{
	ScanKeyData key;

	NameKey(&key, BTEqualStrategyNumber, F_TEXTEQ, table_name);
	return FindRow("tables_pkey", &key);
}

TableRow *
CatalogFindRelation(Oid relid)
{
	ScanKeyData key;

	ScanKeyInit(&key, Anum_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	return FindRow("tables_relation_key", &key);
}

/* A column of type text, or NULL. */
static char *
TextColumn(HeapTuple tuple, AttrNumber column, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, column, desc, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

bool
CatalogFindKeys(Oid relid, char **table_name, char **hash_key, char **range_key)
{
	Oid			schema = get_namespace_oid("dynamo", true);
	Oid			catalog_oid = OidIsValid(schema) ? get_relname_relid("tables", schema) : InvalidOid;
	Oid			index = OidIsValid(schema) ? get_relname_relid("tables_relation_key", schema) : InvalidOid;
	Relation	catalog;
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	bool		found;

	if (!OidIsValid(catalog_oid) || !OidIsValid(index))
		return false;
	catalog = table_open(catalog_oid, AccessShareLock);
	ScanKeyInit(&key, Anum_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(catalog, index, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	found = HeapTupleIsValid(tuple);
	if (found)
	{
		*table_name = TextColumn(tuple, Anum_table_name, RelationGetDescr(catalog));
		*hash_key = TextColumn(tuple, Anum_hash_key, RelationGetDescr(catalog));
		*range_key = TextColumn(tuple, Anum_range_key, RelationGetDescr(catalog));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

List *
CatalogListTables(const char *after, int limit)
{
	Relation	catalog = table_open(CatalogRelationOid("tables"), AccessShareLock);
	Relation	index = index_open(CatalogRelationOid("tables_pkey"), AccessShareLock);
	List	   *names = NIL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	NameKey(&key, BTGreaterStrategyNumber, F_TEXT_GT, after ? after : "");
	scan = systable_beginscan_ordered(catalog, index, NULL, 1, &key);
	while (list_length(names) < limit &&
		   (tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
	{
		TableRow   *row = RowFromTuple(tuple, RelationGetDescr(catalog));

		if (SearchSysCacheExists1(RELOID, ObjectIdGetDatum(row->relid)))
			names = lappend(names, row->table_name);
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(catalog, AccessShareLock);
	return names;
}

/* Removes the row of that name, if there is one. */
static void
DeleteRow(Relation catalog, const char *table_name)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	NameKey(&key, BTEqualStrategyNumber, F_TEXTEQ, table_name);
	scan = systable_beginscan(catalog, CatalogRelationOid("tables_pkey"), true, NULL, 1, &key);
	if ((tuple = systable_getnext(scan)) != NULL)
		CatalogTupleDelete(catalog, &tuple->t_self);
	systable_endscan(scan);
}

void
CatalogInsertTable(const TableRow *row)
{
	Relation	catalog = table_open(CatalogRelationOid("tables"), RowExclusiveLock);
	Datum		values[Natts_tables];
	bool		nulls[Natts_tables] = {false};

	DeleteRow(catalog, row->table_name);
	values[Anum_table_name - 1] = CStringGetTextDatum(row->table_name);
	values[Anum_relation - 1] = ObjectIdGetDatum(row->relid);
	values[Anum_table_id - 1] = UUIDPGetDatum(&row->table_id);
	values[Anum_created_at - 1] = TimestampTzGetDatum(row->created_at);
	values[Anum_hash_key - 1] = CStringGetTextDatum(row->hash_key);
	nulls[Anum_range_key - 1] = row->range_key == NULL;
	values[Anum_range_key - 1] = row->range_key ? CStringGetTextDatum(row->range_key) : (Datum) 0;
	values[Anum_settings - 1] = DirectFunctionCall1(jsonb_in, CStringGetDatum(row->settings));
	CatalogTupleInsert(catalog, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

void
CatalogUpdateSettings(const TableRow *row)
{
	Relation	catalog = table_open(CatalogRelationOid("tables"), RowExclusiveLock);
	Datum		values[Natts_tables] = {0};
	bool		nulls[Natts_tables] = {false};
	bool		replaces[Natts_tables] = {false};
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	NameKey(&key, BTEqualStrategyNumber, F_TEXTEQ, row->table_name);
	scan = systable_beginscan(catalog, CatalogRelationOid("tables_pkey"), true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "table \"%s\" is gone from dynamo.tables", row->table_name);
	values[Anum_settings - 1] = DirectFunctionCall1(jsonb_in, CStringGetDatum(row->settings));
	replaces[Anum_settings - 1] = true;
	tuple = heap_modify_tuple(tuple, RelationGetDescr(catalog), values, nulls, replaces);
	CatalogTupleUpdate(catalog, &tuple->t_self, tuple);
	systable_endscan(scan);
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}
