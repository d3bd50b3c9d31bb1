/*
 * description_parts.c
 *	  What the descriptions of tables and of indexes have in common.
 *
 * Sizes and counts are estimates, as VACUUM and ANALYZE left them: the service
 * brings its up to date every six hours, and nobody wants to wait for a scan.
 */
#include "base/compat.h"

#include <math.h>

#include "access/htup_details.h"
#include "api/description_parts.h"
#include "base/json_writer.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "utils/syscache.h"

static void AddStatistics(Oid relid, double *items, int64 *pages);

/* Appends the member KeySchema. */
void
KeySchemaToJson(StringInfo out, char *const *names, int nhash, int nkeys)
{
	JsonKeyName(out, "KeySchema");
	appendStringInfoChar(out, '[');
	for (int i = 0; i < nkeys; i++)
	{
		JsonElement(out);
		appendStringInfoChar(out, '{');
		JsonMemberString(out, "AttributeName", names[i]);
		JsonMemberString(out, "KeyType", i < nhash ? "HASH" : "RANGE");
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

/* Bytes and items, summed over the leaves. */
void
StatisticsToJson(StringInfo out, Oid root, const char *bytes_name)
{
	double		items = 0;
	int64		pages = 0;
	ListCell   *cell;

	foreach(cell, find_all_inheritors(root, NoLock, NULL))
		AddStatistics(lfirst_oid(cell), &items, &pages);
	JsonMemberInt(out, bytes_name, pages * BLCKSZ);
	JsonMemberInt(out, "ItemCount", (int64) rint(items));
}

/* Adds what a leaf and its TOAST table hold; a partitioned table holds nothing. */
static void
AddStatistics(Oid relid, double *items, int64 *pages)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class class;

	if (!HeapTupleIsValid(tuple))
		return;
	class = (Form_pg_class) GETSTRUCT(tuple);
	if (class->relkind != RELKIND_PARTITIONED_TABLE)
	{
		double		unused = 0;

		if (class->reltuples > 0)
			*items += class->reltuples;
		*pages += class->relpages;
		if (OidIsValid(class->reltoastrelid))
			AddStatistics(class->reltoastrelid, &unused, pages);
	}
	ReleaseSysCache(tuple);
}

/* A date is a number of seconds since 1970, with milliseconds. */
char *
TimestampText(TimestampTz timestamp)
{
	int64		microseconds = timestamp + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
	int64		milliseconds = microseconds / 1000;

	return psprintf(INT64_FORMAT ".%03d", milliseconds / 1000, (int) (milliseconds % 1000));
}
