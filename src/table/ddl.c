/*
 * ddl.c
 *	  Making and dropping the relations of an item table.
 *
 * The statements go through SPI: they are few, and everything PostgreSQL does
 * with a CREATE TABLE (dependencies, event triggers, privileges) must happen.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "table/ddl.h"
#include "table/settings.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "value/key.h"

#define HASH_SUFFIX_LEN		9	/* "_" and 8 hex digits */
#define LEAF_FILLFACTOR		90

#ifdef USE_LZ4
#define ITEM_COMPRESSION	" COMPRESSION lz4"
#else
#define ITEM_COMPRESSION	""
#endif

/*
 * The name cut to leave room for "reserve" more bytes of an identifier, with a
 * hash of the whole in place of what is lost.
 */
static char *
HashedName(const char *name, int reserve)
{
	int			len = pg_mbcliplen(name, strlen(name), NAMEDATALEN - 1 - HASH_SUFFIX_LEN - reserve);
	uint32		hash = DatumGetUInt32(hash_any((const unsigned char *) name, strlen(name)));

	return psprintf("%.*s_%08x", len, name, hash);
}

/* The name itself if it fits, else hashed. */
static char *
FittingName(const char *name, int reserve)
{
	if (strlen(name) + reserve < NAMEDATALEN)
		return pstrdup(name);
	return HashedName(name, reserve);
}

/* A key column has its attribute's name, unless a table cannot have that. */
static char *
ColumnName(const char *attribute)
{
	static const char *const taken[] = {
		"item", "tableoid", "ctid", "xmin", "xmax", "cmin", "cmax",
	};

	for (size_t i = 0; i < lengthof(taken); i++)
	{
		if (strcmp(attribute, taken[i]) == 0)
			return HashedName(attribute, 0);
	}
	return FittingName(attribute, 0);
}

/* A relation has its table's name, unless the schema has one of that name. */
static char *
RelationName(const char *table_name, Oid schema)
{
	char	   *name = FittingName(table_name, 0);

	if (OidIsValid(get_relname_relid(name, schema)))
		name = HashedName(table_name, 0);
	return name;
}

static Oid
ExtensionOwner(void)
{
	Relation	catalog = table_open(ExtensionRelationId, AccessShareLock);
	Oid			owner = InvalidOid;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("dynamo"));
	scan = systable_beginscan(catalog, ExtensionNameIndexId, true, NULL, 1, &key);
	if ((tuple = systable_getnext(scan)) != NULL)
		owner = ((Form_pg_extension) GETSTRUCT(tuple))->extowner;
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	if (!OidIsValid(owner))
		elog(ERROR, "extension dynamo is not installed");
	return owner;
}

static void
Execute(const char *sql)
{
	int			result = SPI_execute(sql, false, 0);

	if (result != SPI_OK_UTILITY)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

static void
AppendColumn(StringInfo sql, const char *column, AttributeType type)
{
	static const char *const types[] = {
		[ATTRIBUTE_S] = "pg_catalog.text COLLATE pg_catalog.\"C\"",
		[ATTRIBUTE_N] = "pg_catalog.numeric",
		[ATTRIBUTE_B] = "pg_catalog.bytea",
	};

	appendStringInfo(sql, "%s %s NOT NULL, ", quote_identifier(column), types[type]);
}

/* Makes the partitioned root. */
static void
CreateRoot(const TableDefinition *definition, const char *root)
{
	const char *hash = quote_identifier(ColumnName(definition->hash_key));
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE TABLE %s (", root);
	AppendColumn(&sql, ColumnName(definition->hash_key), definition->hash_type);
	if (definition->range_key)
		AppendColumn(&sql, ColumnName(definition->range_key), definition->range_type);
	appendStringInfo(&sql, "item dynamo.item" ITEM_COMPRESSION " NOT NULL, PRIMARY KEY (%s", hash);
	if (definition->range_key)
		appendStringInfo(&sql, ", %s", quote_identifier(ColumnName(definition->range_key)));
	appendStringInfo(&sql, ")) PARTITION BY HASH (%s)", hash);
	Execute(sql.data);
}

/*
 * Lets the caller make relations in dynamo_data: the leaves now, and later
 * their indexes, which PostgreSQL makes in the leaves' schema.
 */
static void
AllowLeaves(void)
{
	Oid			caller;
	int			context;

	GetUserIdAndSecContext(&caller, &context);
	if (superuser_arg(caller))
		return;
	SetUserIdAndSecContext(ExtensionOwner(), context | SECURITY_LOCAL_USERID_CHANGE);
	Execute(psprintf("GRANT USAGE, CREATE ON SCHEMA dynamo_data TO %s",
					 quote_identifier(GetUserNameFromId(caller, false))));
	SetUserIdAndSecContext(caller, context);
}

static void
CreateLeaves(const char *relation_name, const char *root)
{
	char	   *base = FittingName(relation_name, strlen(".1234"));

	for (int i = 0; i < dynamo_partitions; i++)
	{
		const char *leaf = quote_qualified_identifier("dynamo_data", psprintf("%s.%d", base, i));

		Execute(psprintf("CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d) "
						 "USING dynamo WITH (fillfactor = %d)",
						 leaf, root, dynamo_partitions, i, LEAF_FILLFACTOR));
	}
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
	TableRow   *row;

	CatalogLock();
	if (CatalogFindTable(definition->table_name))
		return NULL;
	name = RelationName(definition->table_name, schema);
	root = quote_qualified_identifier(dynamo_schema, name);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	CreateRoot(definition, root);
	AllowLeaves();
	CreateLeaves(name, root);
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
	Execute(psprintf("DROP TABLE %s", quote_qualified_identifier(schema, name)));
	SPI_finish();
}
