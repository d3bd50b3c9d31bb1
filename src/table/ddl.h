/*
 * ddl.h
 *	  Making and dropping the relations of an item table.
 *
 * Everything happens in the caller's transaction and as the calling role, who
 * needs CREATE on dynamo.schema; on dynamo_data, where the leaves are, it gets
 * that for the moment.
 */
#ifndef DYNAMO_DDL_H
#define DYNAMO_DDL_H

#include "table/catalog.h"
#include "value/item.h"

typedef struct TableDefinition
{
	const char *table_name;
	const char *hash_key;
	AttributeType hash_type;
	const char *range_key;		/* NULL: none */
	AttributeType range_type;
	const char *settings;		/* JSON object, kept in dynamo.tables */
} TableDefinition;

/*
 * Makes the table; returns its catalog row, or NULL if there is one of that
 * name already.
 */
extern TableRow *TableCreate(const TableDefinition *definition);

/* Drops the relations; the event trigger dynamo_forget removes the row. */
extern void TableDrop(const TableRow *row);

#endif							/* DYNAMO_DDL_H */
