/*
 * relation_ddl.c
 *	  The statements that item tables and side tables share.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "table/relation_ddl.h"
#include "table/settings.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#define HASH_SUFFIX_LEN		9	/* "_" and 8 hex digits */
#define LEAF_FILLFACTOR		90

#ifdef USE_LZ4
#define ITEM_COMPRESSION	" COMPRESSION lz4"
#else
#define ITEM_COMPRESSION	""
#endif

char *
RelationHashedName(const char *name, int reserve)
{
	int			len = pg_mbcliplen(name, strlen(name), NAMEDATALEN - 1 - HASH_SUFFIX_LEN - reserve);
	uint32		hash = DatumGetUInt32(hash_any((const unsigned char *) name, strlen(name)));

	return psprintf("%.*s_%08x", len, name, hash);
}

char *
RelationFittingName(const char *name, int reserve)
{
	if (strlen(name) + reserve < NAMEDATALEN)
		return pstrdup(name);
	return RelationHashedName(name, reserve);
}

/* A key column has its attribute's name, unless a table cannot have that. */
char *
RelationKeyColumnName(const char *attribute)
{
	static const char *const taken[] = {
		"item", "tableoid", "ctid", "xmin", "xmax", "cmin", "cmax",
	};

	for (size_t i = 0; i < lengthof(taken); i++)
	{
		if (strcmp(attribute, taken[i]) == 0)
			return RelationHashedName(attribute, 0);
	}
	return RelationFittingName(attribute, 0);
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

void
RelationExecute(const char *sql)
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

/* "a, b" */
static void
AppendColumnNames(StringInfo sql, const KeyColumn *keys, int count)
{
	for (int i = 0; i < count; i++)
		appendStringInfo(sql, "%s%s", i > 0 ? ", " : "", quote_identifier(RelationKeyColumnName(keys[i].attribute)));
}

void
RelationCreateRoot(const char *root, const KeyColumn *keys, int nkeys, int nhash)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE TABLE %s (", root);
	for (int i = 0; i < nkeys; i++)
		AppendColumn(&sql, RelationKeyColumnName(keys[i].attribute), keys[i].type);
	appendStringInfoString(&sql, "item dynamo.item" ITEM_COMPRESSION " NOT NULL, PRIMARY KEY (");
	AppendColumnNames(&sql, keys, nkeys);
	appendStringInfoString(&sql, ")) PARTITION BY HASH (");
	AppendColumnNames(&sql, keys, nhash);
	appendStringInfoChar(&sql, ')');
	RelationExecute(sql.data);
}

void
RelationAllowLeaves(void)
{
	Oid			caller;
	int			context;

	GetUserIdAndSecContext(&caller, &context);
	if (superuser_arg(caller))
		return;
	SetUserIdAndSecContext(ExtensionOwner(), context | SECURITY_LOCAL_USERID_CHANGE);
	RelationExecute(psprintf("GRANT USAGE, CREATE ON SCHEMA dynamo_data TO %s",
							 quote_identifier(GetUserNameFromId(caller, false))));
	SetUserIdAndSecContext(caller, context);
}

void
RelationCreateLeaves(const char *base, const char *root, const char *access_method)
{
	char	   *name = RelationFittingName(base, strlen(".1234"));

	for (int i = 0; i < dynamo_partitions; i++)
	{
		const char *leaf = quote_qualified_identifier("dynamo_data", psprintf("%s.%d", name, i));

		RelationExecute(psprintf("CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d) "
								 "USING %s WITH (fillfactor = %d)",
								 leaf, root, dynamo_partitions, i, access_method, LEAF_FILLFACTOR));
	}
}
