/*
 * ddl.c
 *	  Making and dropping the relations of an item table.
 *
 * The statements go through SPI: they are few, and everything PostgreSQL does
 * with a CREATE TABLE (dependencies, event triggers, privileges) must happen.
 */
#include "base/compat.h"

#include "catalog/namespace.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "table/ddl.h"
#include "table/leaf_keys.h"
#include "table/relation_ddl.h"
#include "table/settings.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

static void
CreateRoot(const TableDefinition *definition, const char *root)
{
	KeyColumn	keys[TABLE_MAX_KEYS] = {
		{definition->hash_key, definition->hash_type},
		{definition->range_key, definition->range_type},
	};

	RelationCreateRoot(root, keys, definition->range_key ? 2 : 1, 1);
}

/* A random (version 4) UUID. */
static pg_uuid_t
NewTableId(void)
{
	pg_uuid_t	id;

	if (!pg_strong_random(id.data, UUID_LEN))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random values")));
	id.data[6] = (id.data[6] & 0x0F) | 0x40;
	id.data[8] = (id.data[8] & 0x3F) | 0x80;
	return id;
}

static TableRow *
MakeRow(const TableDefinition *definition, Oid relid)
{
	TableRow   *row = palloc0(sizeof(TableRow));

	row->table_name = pstrdup(definition->table_name);
	row->relid = relid;
	row->table_id = NewTableId();
	row->created_at = GetCurrentTimestamp();
	row->hash_key = pstrdup(definition->hash_key);
	row->range_key = definition->range_key ? pstrdup(definition->range_key) : NULL;
	row->settings = pstrdup(definition->settings);
	return row;
}

TableRow *
TableCreate(const TableDefinition *definition)
{
	Oid			schema = get_namespace_oid(dynamo_schema, false);
	char	   *name;
	char	   *root;
	bool		allowed;
	TableRow   *row;

	CatalogLock();
	if (CatalogFindTable(definition->table_name))
		return NULL;
	name = RelationFreeName(definition->table_name, schema);
	root = quote_qualified_identifier(dynamo_schema, name);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	CreateRoot(definition, root);
	allowed = RelationAllowLeaves();
	RelationCreateLeaves(RelationFreeBase(name, false), root, "dynamo");
	if (allowed)
		RelationForbidLeaves();
	SPI_finish();

	row = MakeRow(definition, get_relname_relid(name, schema));
	CatalogInsertTable(row);
	return row;
}

void
TableDrop(const TableRow *row)
{
	char	   *name = get_rel_name(row->relid);
	char	   *schema = get_namespace_name(get_rel_namespace(row->relid));

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	RelationExecute(psprintf("DROP TABLE %s", quote_qualified_identifier(schema, name)));
	SPI_finish();
}
