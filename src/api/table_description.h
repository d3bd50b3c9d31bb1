/*
 * table_description.h
 *	  TableDescription: what the service shows of a table.
 */
#ifndef DYNAMO_TABLE_DESCRIPTION_H
#define DYNAMO_TABLE_DESCRIPTION_H

#include "lib/stringinfo.h"
#include "table/catalog.h"

/* The time of the last switch to paying per request, in descriptions and settings. */
#define LAST_ON_DEMAND	"LastUpdateToPayPerRequestDateTime"

/* Appends the TableDescription of a table that can be used, and of these IndexRows. */
extern void TableDescriptionToJson(StringInfo out, const TableRow *row, const List *indexes);

/* Appends the shorter one of a table that is about to go. */
extern void DeletedTableToJson(StringInfo out, const TableRow *row);

/* Is the table protected from DeleteTable? */
extern bool TableIsProtected(const TableRow *row);

#endif							/* DYNAMO_TABLE_DESCRIPTION_H */
