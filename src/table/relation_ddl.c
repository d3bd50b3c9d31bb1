/*
 * relation_ddl.c
 *	  The statements that item tables and side tables share.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "table/relation_ddl.h"
#include "table/settings.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#define HASH_SUFFIX_LEN		9	/* "_" and 8 hex digits */
#define LEAF_SUFFIX_LEN		5	/* ".1234" */
#define LEAF_FILLFACTOR		90

#ifdef USE_LZ4
#define ITEM_COMPRESSION	" COMPRESSION lz4"
#else
#define ITEM_COMPRESSION	""
#endif

/* While a statement of our own runs. */
static bool ddl_is_own = false;

/* The name cut, with a hash of the whole; another one for each attempt. */
static char *
HashedName(const char *name, int reserve, int attempt)
{
	int			len = pg_mbcliplen(name, strlen(name), NAMEDATALEN - 1 - HASH_SUFFIX_LEN - reserve);
	uint32		hash = DatumGetUInt32(hash_any((const unsigned char *) name, strlen(name)));

	return psprintf("%.*s_%08x", len, name, hash + attempt);
}

static char *
FittingName(const char *name, int reserve)
{
	if (strlen(name) + reserve < NAMEDATALEN)
		return pstrdup(name);
	return HashedName(name, reserve, 0);
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
			return HashedName(attribute, 0, 0);
	}
	return FittingName(attribute, 0);
}

/*
 * Whether a relation can have that name, which its row type has as well.  Of a
 * type that stands in the way only an array type gives way by itself.
 */
static bool
IsFree(const char *name, Oid schema)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
									   ObjectIdGetDatum(schema));

	return !OidIsValid(get_relname_relid(name, schema)) &&
		(!OidIsValid(type) || OidIsValid(get_element_type(type)));
}

char *
RelationFreeName(const char *name, Oid schema)
{
	char	   *candidate = FittingName(name, 0);

	for (int attempt = 0; !IsFree(candidate, schema); attempt++)
	{
		CHECK_FOR_INTERRUPTS();
		candidate = HashedName(name, 0, attempt);
	}
	return candidate;
}

static char *
LeafName(const char *base, int number)
{
	return psprintf("%s.%d", base, number);
}

static bool
BaseIsFree(const char *base, bool with_root)
{
	Oid			schema = get_namespace_oid(DATA_SCHEMA, false);

	if (with_root && !IsFree(base, schema))
		return false;
	for (int i = 0; i < dynamo_partitions; i++)
	{
		if (!IsFree(LeafName(base, i), schema))
			return false;
	}
	return true;
}

char *
RelationFreeBase(const char *name, bool with_root)
{
	char	   *candidate = FittingName(name, LEAF_SUFFIX_LEN);

	for (int attempt = 0; !BaseIsFree(candidate, with_root); attempt++)
	{
		CHECK_FOR_INTERRUPTS();
		candidate = HashedName(name, LEAF_SUFFIX_LEN, attempt);
	}
	return candidate;
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
	bool		outer = ddl_is_own;
	int			result = 0;

	ddl_is_own = true;
	PG_TRY();
	{
		result = SPI_execute(sql, false, 0);
	}
	PG_FINALLY();
	{
		ddl_is_own = outer;
	}
	PG_END_TRY();
	if (result != SPI_OK_UTILITY)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
}

bool
RelationDdlIsOwn(void)
{
	return ddl_is_own;
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

/* GRANT or REVOKE CREATE on the schema, of which the extension's owner is the owner. */
static void
ChangeCreateRight(const char *verb, const char *preposition)
{
	Oid			caller;
	int			context;
	char	   *name;

	GetUserIdAndSecContext(&caller, &context);
	name = GetUserNameFromId(caller, false);
	SetUserIdAndSecContext(ExtensionOwner(), context | SECURITY_LOCAL_USERID_CHANGE);
	RelationExecute(psprintf("%s CREATE ON SCHEMA " DATA_SCHEMA " %s %s", verb, preposition, quote_identifier(name)));
	SetUserIdAndSecContext(caller, context);
}

bool
RelationAllowLeaves(void)
{
	if (SchemaCreateAclCheck(get_namespace_oid(DATA_SCHEMA, false), GetUserId()) == ACLCHECK_OK)
		return false;
	ChangeCreateRight("GRANT", "TO");
	return true;
}

void
RelationForbidLeaves(void)
{
	ChangeCreateRight("REVOKE", "FROM");
}

void
RelationCreateLeaves(const char *base, const char *root, const char *access_method)
{
	for (int i = 0; i < dynamo_partitions; i++)
	{
		const char *leaf = quote_qualified_identifier(DATA_SCHEMA, LeafName(base, i));

		RelationExecute(psprintf("CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d) "
								 "USING %s WITH (fillfactor = %d)",
								 leaf, root, dynamo_partitions, i, access_method, LEAF_FILLFACTOR));
	}
}
