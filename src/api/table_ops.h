/*
 * table_ops.h
 *	  What the operations on tables as such have in common.
 */
#ifndef DYNAMO_TABLE_OPS_H
#define DYNAMO_TABLE_OPS_H

#include "base/json_reader.h"
#include "lib/stringinfo.h"
#include "table/catalog.h"

/* The table that the request names; raises ResourceNotFoundException. */
extern TableRow *TableOfRequest(const JsonNode *request);

/* Appends a reply that has nothing but a description under this name. */
extern void DescriptionReply(StringInfo reply, const char *name, const TableRow *row, const List *indexes);

#endif							/* DYNAMO_TABLE_OPS_H */
