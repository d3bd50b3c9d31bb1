/*
 * index_description.h
 *	  What the service shows of a table's secondary indexes.
 */
#ifndef DYNAMO_INDEX_DESCRIPTION_H
#define DYNAMO_INDEX_DESCRIPTION_H

#include "lib/stringinfo.h"
#include "table/catalog.h"
#include "table/index_catalog.h"

/*
 * Appends the members LocalSecondaryIndexes and GlobalSecondaryIndexes of a
 * TableDescription, where there are such; on_demand tells how the table is
 * billed.
 */
extern void IndexesToJson(StringInfo out, const TableRow *table, const List *indexes, bool on_demand);

#endif							/* DYNAMO_INDEX_DESCRIPTION_H */
