/*
 * table_name.h
 *	  Names and ARNs of tables.
 *
 * Wherever a request names a table it may give the ARN instead.  There is one
 * account and one Region here, so of an ARN only the table's name matters:
 * whoever moves in from the service keeps the ARNs in his code.
 */
#ifndef DYNAMO_TABLE_NAME_H
#define DYNAMO_TABLE_NAME_H

#include "base/compat.h"

#include "base/json_reader.h"

/* What the ARNs say that this server shows. */
#define ARN_REGION	"local"
#define ARN_ACCOUNT "000000000000"

/*
 * The plain name in a member that holds a table's name or ARN, which has
 * passed ShapeCheck().  Raises ValidationException for what is no table's ARN.
 */
extern char *TableNameOf(const JsonNode *member);

/* The ARN of the table of that name. */
extern char *TableArn(const char *table_name);

/* The ARN of a table's stream, by its label. */
extern char *StreamArn(const char *table_name, const char *label);

#endif							/* DYNAMO_TABLE_NAME_H */
