/*
 * description_parts.h
 *	  What the descriptions of tables and of indexes have in common.
 */
#ifndef DYNAMO_DESCRIPTION_PARTS_H
#define DYNAMO_DESCRIPTION_PARTS_H

#include "base/compat.h"

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"

/* Appends the member KeySchema: the first nhash of the names are HASH. */
extern void KeySchemaToJson(StringInfo out, char *const *names, int nhash, int nkeys);

/*
 * Appends a member of that name for the bytes, and ItemCount, of a partitioned
 * table.  Both are estimates, as VACUUM and ANALYZE left them.
 */
extern void StatisticsToJson(StringInfo out, Oid root, const char *bytes_name);

/* A date as the service shows it: seconds since 1970, with milliseconds. */
extern char *TimestampText(TimestampTz timestamp);

#endif							/* DYNAMO_DESCRIPTION_PARTS_H */
