/*
 * stream_period.c
 *	  The ring of partitions that the records of streams are filed in.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "executor/spi.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "stream/stream_period.h"
#include "table/catalog.h"
#include "table/relation_ddl.h"
#include "utils/lsyscache.h"
#include "utils/pg_lsn.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* Columns of dynamo.stream_periods. */
#define Anum_period		1
#define Natts_periods	2

/* The newest period, or -1; removes those whose partitions others have by now. */
static StreamPeriod
ReadNewest(StreamPeriod oldest_to_keep)
{
	Relation	catalog = table_open(CatalogRelationOid("stream_periods"), RowExclusiveLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	StreamPeriod newest = -1;
	HeapTuple	tuple;

	while ((tuple = systable_getnext(scan)) != NULL)
	{
		bool		isnull;
		Datum		datum = heap_getattr(tuple, Anum_period, RelationGetDescr(catalog), &isnull);
		StreamPeriod period = DatumGetInt64(datum);

		newest = Max(newest, period);
		if (period < oldest_to_keep)
			CatalogTupleDelete(catalog, &tuple->t_self);
	}
	systable_endscan(scan);
	table_close(catalog, RowExclusiveLock);
	return newest;
}

static void
AddPeriod(StreamPeriod period, XLogRecPtr first_lsn)
{
	Relation	catalog = table_open(CatalogRelationOid("stream_periods"), RowExclusiveLock);
	Datum		values[Natts_periods] = {Int64GetDatum(period), LSNGetDatum(first_lsn)};
	bool		nulls[Natts_periods] = {false};

	CatalogTupleInsert(catalog, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}

/* Empties the partition, unless somebody has a lock on it. */
static bool
EmptyPartition(StreamPeriod period)
{
	Oid			relid = StreamPeriodRelation(period);

	if (!ConditionalLockRelationOid(relid, AccessExclusiveLock))
		return false;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	RelationExecute(psprintf("TRUNCATE dynamo.%s", get_rel_name(relid)));
	SPI_finish();
	return true;
}

/* A clock that is set back does not take the log back. */
StreamPeriod
StreamPeriodEnter(XLogRecPtr position)
{
	StreamPeriod period = StreamPeriodOf(GetCurrentTimestamp());
	StreamPeriod newest = ReadNewest(0);

	if (newest >= period)
		return newest;
	if (!EmptyPartition(period) && newest >= 0)
		return newest;
	(void) ReadNewest(period - STREAM_PERIODS + 1);
	AddPeriod(period, newest < 0 ? InvalidXLogRecPtr : position);
	return period;
}
