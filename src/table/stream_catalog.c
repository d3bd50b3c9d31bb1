/*
 * stream_catalog.c
 *	  dynamo.streams: the streams of tables, those that go on and those that
 *	  have ended.
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
#include "catalog/partition.h"
#include "catalog/pg_collation_d.h"
#include "table/stream_catalog.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/pg_lsn.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* Columns of dynamo.streams, as in dynamo--1.0.sql. */
#define Anum_stream_id		1
#define Anum_relation		2
#define Anum_table_name		3
#define Anum_label			4
#define Anum_view_type		5
#define Anum_status			6
#define Anum_hash_key		7
#define Anum_range_key		8
#define Anum_shards			9
#define Anum_owner			10
#define Anum_created_at		11
#define Anum_ended_at		12
#define Anum_first_lsn		13
#define Anum_last_lsn		14
#define Natts_streams		14

static const char *const view_type_names[] = {
	[STREAM_KEYS_ONLY] = "KEYS_ONLY",
	[STREAM_NEW_IMAGE] = "NEW_IMAGE",
	[STREAM_OLD_IMAGE] = "OLD_IMAGE",
	[STREAM_NEW_AND_OLD_IMAGES] = "NEW_AND_OLD_IMAGES",
};

static const char *const status_names[] = {
	[STREAM_ENABLING] = "ENABLING",
	[STREAM_ENABLED] = "ENABLED",
	[STREAM_DISABLING] = "DISABLING",
	[STREAM_DISABLED] = "DISABLED",
};

const char *
StreamViewTypeName(StreamViewType type)
{
	return view_type_names[type];
}

const char *
StreamStatusName(StreamStatus status)
{
	return status_names[status];
}

bool
StreamViewTypeParse(const char *name, StreamViewType *type)
{
	for (int i = 0; i < (int) lengthof(view_type_names); i++)
	{
		if (strcmp(name, view_type_names[i]) != 0)
			continue;
		*type = (StreamViewType) i;
		return true;
	}
	return false;
}

/* ---- rows and tuples ---- */

/* The table's CHECK constraints see to it that the words are good. */
static StreamStatus
ParseStatus(const char *name)
{
	for (int i = 0; i < (int) lengthof(status_names); i++)
	{
		if (strcmp(name, status_names[i]) == 0)
			return (StreamStatus) i;
	}
	elog(ERROR, "unknown status \"%s\" in dynamo.streams", name);
}

static StreamRow *
RowFromTuple(HeapTuple tuple, TupleDesc desc)
{
	StreamRow  *row = palloc0(sizeof(StreamRow));
	Datum		values[Natts_streams];
	bool		nulls[Natts_streams];

	heap_deform_tuple(tuple, desc, values, nulls);
	row->id = DatumGetInt32(values[Anum_stream_id - 1]);
	row->relid = DatumGetObjectId(values[Anum_relation - 1]);
	row->table_name = TextDatumGetCString(values[Anum_table_name - 1]);
	row->label = TextDatumGetCString(values[Anum_label - 1]);
	if (!StreamViewTypeParse(TextDatumGetCString(values[Anum_view_type - 1]), &row->view_type))
		elog(ERROR, "unknown view type in dynamo.streams");
	row->status = ParseStatus(TextDatumGetCString(values[Anum_status - 1]));
	row->hash_key = TextDatumGetCString(values[Anum_hash_key - 1]);
	if (!nulls[Anum_range_key - 1])
		row->range_key = TextDatumGetCString(values[Anum_range_key - 1]);
	row->shards = DatumGetInt32(values[Anum_shards - 1]);
	row->owner = DatumGetObjectId(values[Anum_owner - 1]);
	row->created_at = DatumGetTimestampTz(values[Anum_created_at - 1]);
	if (!nulls[Anum_ended_at - 1])
		row->ended_at = DatumGetTimestampTz(values[Anum_ended_at - 1]);
	row->first_lsn = DatumGetLSN(values[Anum_first_lsn - 1]);
	if (!nulls[Anum_last_lsn - 1])
		row->last_lsn = DatumGetLSN(values[Anum_last_lsn - 1]);
	return row;
}

static HeapTuple
TupleFromRow(const StreamRow *row, TupleDesc desc)
{
	Datum		values[Natts_streams];
	bool		nulls[Natts_streams] = {false};

	values[Anum_stream_id - 1] = Int32GetDatum(row->id);
	values[Anum_relation - 1] = ObjectIdGetDatum(row->relid);
	values[Anum_table_name - 1] = CStringGetTextDatum(row->table_name);
	values[Anum_label - 1] = CStringGetTextDatum(row->label);
	values[Anum_view_type - 1] = CStringGetTextDatum(view_type_names[row->view_type]);
	values[Anum_status - 1] = CStringGetTextDatum(status_names[row->status]);
	values[Anum_hash_key - 1] = CStringGetTextDatum(row->hash_key);
	nulls[Anum_range_key - 1] = row->range_key == NULL;
	values[Anum_range_key - 1] = row->range_key ? CStringGetTextDatum(row->range_key) : (Datum) 0;
	values[Anum_shards - 1] = Int32GetDatum(row->shards);
	values[Anum_owner - 1] = ObjectIdGetDatum(row->owner);
	values[Anum_created_at - 1] = TimestampTzGetDatum(row->created_at);
	nulls[Anum_ended_at - 1] = row->ended_at == 0;
	values[Anum_ended_at - 1] = TimestampTzGetDatum(row->ended_at);
	values[Anum_first_lsn - 1] = LSNGetDatum(row->first_lsn);
	nulls[Anum_last_lsn - 1] = row->last_lsn == 0;
	values[Anum_last_lsn - 1] = LSNGetDatum(row->last_lsn);
	return heap_form_tuple(desc, values, nulls);
}

/* ---- finding ---- */

/* The rows that the scan by one index finds, in its order. */
static List *
ScanRows(Relation catalog, const char *index_name, int nkeys, ScanKey keys)
{
	Relation	index = index_open(CatalogRelationOid(index_name), AccessShareLock);
	SysScanDesc scan = systable_beginscan_ordered(catalog, index, NULL, nkeys, keys);
	List	   *rows = NIL;
	HeapTuple	tuple;

	while ((tuple = systable_getnext_ordered(scan, ForwardScanDirection)) != NULL)
		rows = lappend(rows, RowFromTuple(tuple, RelationGetDescr(catalog)));
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	return rows;
}

static List *
FindRows(const char *index_name, int nkeys, ScanKey keys)
{
	Relation	catalog = table_open(CatalogRelationOid("streams"), AccessShareLock);
	List	   *rows = ScanRows(catalog, index_name, nkeys, keys);

	table_close(catalog, AccessShareLock);
	return rows;
}

static void
TextKey(ScanKey key, AttrNumber column, const char *text)
{
	ScanKeyEntryInitialize(key, 0, column, BTEqualStrategyNumber, InvalidOid, C_COLLATION_OID,
						   F_TEXTEQ, CStringGetTextDatum(text));
}

StreamRow *
StreamCatalogFind(const char *table_name, const char *label)
{
	ScanKeyData keys[2];
	List	   *rows;

	TextKey(&keys[0], Anum_table_name, table_name);
	TextKey(&keys[1], Anum_label, label);
	rows = FindRows("streams_label_key", 2, keys);
	return rows ? linitial(rows) : NULL;
}

List *
StreamCatalogList(const char *table_name)
{
	ScanKeyData key;

	if (!table_name)
		return FindRows("streams_label_key", 0, NULL);
	TextKey(&key, Anum_table_name, table_name);
	return FindRows("streams_label_key", 1, &key);
}

static List *
RowsOfRelation(Oid relid)
{
	ScanKeyData key;

	ScanKeyInit(&key, Anum_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	return FindRows("streams_relation_idx", 1, &key);
}

StreamRow *
StreamCatalogLatest(Oid relid)
{
	StreamRow  *latest = NULL;
	ListCell   *cell;

	foreach(cell, RowsOfRelation(relid))
	{
		StreamRow  *row = lfirst(cell);

		if (!latest || row->id > latest->id)
			latest = row;
	}
	return latest;
}

StreamRow *
StreamCatalogCapturing(Oid relid)
{
	Oid			schema = get_namespace_oid("dynamo", true);
	ListCell   *cell;

	/* at the moment that is decoded the extension may not have been there */
	if (!OidIsValid(schema) || !OidIsValid(get_relname_relid("streams", schema)) ||
		!OidIsValid(get_relname_relid("streams_relation_idx", schema)))
		return NULL;
	foreach(cell, RowsOfRelation(relid))
	{
		StreamRow  *row = lfirst(cell);

		if (StreamGoesOn(row))
			return row;
	}
	return NULL;
}

StreamRow *
StreamCatalogOfLeaf(Oid relid)
{
	Oid			root = get_rel_relispartition(relid) ? get_partition_parent(relid, true) : InvalidOid;

	return OidIsValid(root) ? StreamCatalogCapturing(root) : NULL;
}

/* ---- changing ---- */

/* One more than any other's. */
static int32
NextId(void)
{
	int32		id = 0;
	ListCell   *cell;

	foreach(cell, StreamCatalogList(NULL))
		id = Max(id, ((StreamRow *) lfirst(cell))->id);
	return id + 1;
}

void
StreamCatalogInsert(StreamRow *row)
{
	Relation	catalog = table_open(CatalogRelationOid("streams"), RowExclusiveLock);

	row->id = NextId();
	CatalogTupleInsert(catalog, TupleFromRow(row, RelationGetDescr(catalog)));
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

/* Replaces the row of that id, or takes it away. */
static void
ChangeRow(int32 id, const StreamRow *row)
{
	Relation	catalog = table_open(CatalogRelationOid("streams"), RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_stream_id, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(id));
	scan = systable_beginscan(catalog, CatalogRelationOid("streams_pkey"), true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "stream %d is gone from dynamo.streams", id);
	if (row)
		CatalogTupleUpdate(catalog, &tuple->t_self, TupleFromRow(row, RelationGetDescr(catalog)));
	else
		CatalogTupleDelete(catalog, &tuple->t_self);
	systable_endscan(scan);
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

void
StreamCatalogUpdate(const StreamRow *row)
{
	ChangeRow(row->id, row);
}

void
StreamCatalogDelete(const StreamRow *row)
{
	ChangeRow(row->id, NULL);
}
