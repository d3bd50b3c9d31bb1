/*
 * index_attempts.c
 *	  dynamo.index_builds: indexes whose building did not come to its end at once.
 */
#include "table/index_attempts.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* The wait after the first attempt is 2 seconds, and doubles up to 64. */
#define BACK_OFF(attempts)	"clock_timestamp() + make_interval(secs => 1 << least(" attempts ", 6))"

/*
 * Runs the statement with the side table for $1 and the text for $2; false: it
 * returned no row, whose only column is the result.
 */
static bool
Execute(const char *sql, Oid side, const char *text, TimestampTz *result)
{
	Oid			types[] = {OIDOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(side), text ? CStringGetTextDatum(text) : (Datum) 0};
	const char *nulls = text ? "  " : " n";
	bool		isnull = true;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args(sql, 2, types, values, nulls, false, 0) < 0)
		elog(ERROR, "SPI_execute failed on dynamo.index_builds");
	if (result && SPI_processed > 0)
	{
		HeapTuple	row = SPI_tuptable->vals[0];

		*result = DatumGetTimestampTz(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull));
	}
	SPI_finish();
	return !isnull;
}

TimestampTz
IndexAttemptDue(Oid side)
{
	TimestampTz due = DT_NOBEGIN;

	(void) Execute("SELECT retry_at FROM dynamo.index_builds WHERE side = $1", side, NULL, &due);
	return due;
}

void
IndexAttemptNote(Oid side)
{
	(void) Execute("INSERT INTO dynamo.index_builds AS b (side, attempts, retry_at)"
				   " VALUES ($1, 1, " BACK_OFF("1") ")"
				   " ON CONFLICT (side) DO UPDATE SET attempts = b.attempts + 1, retry_at = " BACK_OFF("b.attempts + 1"),
				   side, NULL, NULL);
}

TimestampTz
IndexAttemptFailed(Oid side, const char *error)
{
	TimestampTz due;

	if (!Execute("UPDATE dynamo.index_builds SET failed_at = clock_timestamp(), error = $2,"
				 " retry_at = " BACK_OFF("attempts") " WHERE side = $1 RETURNING retry_at",
				 side, error, &due))
		due = GetCurrentTimestamp();
	return due;
}

void
IndexAttemptForget(Oid side)
{
	(void) Execute("DELETE FROM dynamo.index_builds b WHERE side = $1"
				   " OR NOT EXISTS (SELECT FROM dynamo.indexes i WHERE i.side::oid = b.side)",
				   side, NULL, NULL);
}
