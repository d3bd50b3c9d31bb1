/*
 * index_ddl.c
 *	  Making and dropping the relations of a secondary index.
 *
 * Whoever changes the set of a table's indexes locks all its leaves against
 * writers until the transaction ends.  So no transaction writes on with the
 * old set when the new one is committed: one that had written before is waited
 * for, one that comes later takes its lock first and learns of the change.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "table/access_method.h"
#include "table/index_ddl.h"
#include "table/leaf_keys.h"
#include "table/relation_ddl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "value/error_codes.h"

#define MAX_ENTRY_KEYS	(INDEX_MAX_SCHEMA_KEYS + TABLE_MAX_KEYS)

static void
Connect(void)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

static char *
QualifiedName(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid));
}

/* Adds a key column unless it is there; returns how many there are. */
static int
AddKey(KeyColumn *keys, int count, const char *attribute, AttributeType type)
{
	for (int i = 0; i < count; i++)
	{
		if (strcmp(keys[i].attribute, attribute) == 0)
			return count;
	}
	keys[count].attribute = attribute;
	keys[count].type = type;
	return count + 1;
}

/* The index's keys, then the table's that are not among them. */
static int
EntryKeys(KeyColumn *keys, const TableRow *table, const IndexRow *index)
{
	const char *table_keys[TABLE_MAX_KEYS] = {table->hash_key, table->range_key};
	Relation	root = table_open(table->relid, AccessShareLock);
	Relation	primary_key = index_open(RelationPrimaryKey(root), AccessShareLock);
	int			count = 0;

	for (int i = 0; i < index->nkeys; i++)
		count = AddKey(keys, count, index->keys[i], index->types[i]);
	for (int i = 0; i < TABLE_MAX_KEYS && table_keys[i]; i++)
		count = AddKey(keys, count, table_keys[i],
					   RelationKeyType(root, primary_key->rd_index->indkey.values[i]));
	index_close(primary_key, AccessShareLock);
	table_close(root, AccessShareLock);
	return count;
}

/* Makes a trigger that fires for replication as well. */
static void
MakeTrigger(const char *name, const char *event, const char *relation, const char *function)
{
	RelationExecute(psprintf("CREATE TRIGGER %s %s ON %s %s", name, event, relation, function));
	RelationExecute(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", relation, name));
}

/* The root's row trigger goes for its leaves, too; one on TRUNCATE does not. */
static void
GuardSide(Oid side, const char *root)
{
	static const char function[] = "EXECUTE FUNCTION dynamo.guard_entries()";
	ListCell   *cell;

	MakeTrigger("dynamo_guard", "BEFORE INSERT OR UPDATE OR DELETE", root,
				psprintf("FOR EACH ROW %s", function));
	MakeTrigger("dynamo_guard_truncate", "BEFORE TRUNCATE", root, function);
	foreach(cell, find_inheritance_children(side, NoLock))
		MakeTrigger("dynamo_guard_truncate", "BEFORE TRUNCATE", QualifiedName(lfirst_oid(cell)), function);
}

/* Makes the side table; returns its root. */
static Oid
CreateSide(const TableRow *table, const IndexRow *index)
{
	char	   *name = RelationFreeBase(psprintf("%s.%s", table->table_name, index->index_name), true);
	char	   *root = quote_qualified_identifier(DATA_SCHEMA, name);
	KeyColumn	keys[MAX_ENTRY_KEYS];
	int			nkeys = EntryKeys(keys, table, index);
	bool		allowed = RelationAllowLeaves();
	Oid			side;

	RelationCreateRoot(root, keys, nkeys, index->nhash);
	RelationCreateLeaves(name, root, "heap");
	side = get_relname_relid(name, get_namespace_oid(DATA_SCHEMA, false));
	GuardSide(side, root);
	if (allowed)
		RelationForbidLeaves();
	return side;
}

/* Keeps writers out of all leaves; see above. */
static List *
LockLeaves(Oid table)
{
	return find_inheritance_children(table, ShareRowExclusiveLock);
}

void
IndexLockTable(Oid table)
{
	list_free(LockLeaves(table));
}

/* Gives the leaves what makes the access method keep the indexes. */
static void
MarkLeaves(List *leaves)
{
	ListCell   *cell;

	foreach(cell, leaves)
	{
		Oid			leaf = lfirst_oid(cell);

		if (OidIsValid(get_trigger_oid(leaf, "dynamo_indexes", true)))
			continue;
		MakeTrigger("dynamo_indexes", "AFTER TRUNCATE", QualifiedName(leaf),
					"EXECUTE FUNCTION dynamo.truncate_entries()");
	}
}

/* Raises an error unless the access method sees what happens in all leaves. */
static void
CheckLeaves(const TableRow *table, List *leaves)
{
	ListCell   *cell;

	foreach(cell, leaves)
	{
		Relation	leaf = table_open(lfirst_oid(cell), NoLock);

		if (!RelationUsesDynamoAccessMethod(leaf))
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 errmsg("Table %s has a partition without access method dynamo, whose items a secondary index would miss: %s",
							table->table_name, RelationGetRelationName(leaf))));
		table_close(leaf, NoLock);
	}
}

void
IndexCreate(const TableRow *table, IndexRow *definition)
{
	List	   *leaves = LockLeaves(table->relid);

	CheckLeaves(table, leaves);
	Connect();
	definition->table = table->relid;
	definition->side = CreateSide(table, definition);
	MarkLeaves(leaves);
	SPI_finish();
	IndexCatalogInsert(definition);
	CacheInvalidateRelcacheByRelid(table->relid);
}

/* Without an index there is nothing to keep. */
static void
UnmarkLeaves(List *leaves)
{
	ListCell   *cell;

	foreach(cell, leaves)
		RelationExecute(psprintf("DROP TRIGGER IF EXISTS dynamo_indexes ON %s", QualifiedName(lfirst_oid(cell))));
}

void
IndexDrop(const IndexRow *row)
{
	List	   *leaves = LockLeaves(row->table);

	IndexCatalogDelete(row);
	Connect();
	RelationExecute(psprintf("DROP TABLE %s", QualifiedName(row->side)));
	if (IndexCatalogList(row->table) == NIL)
		UnmarkLeaves(leaves);
	SPI_finish();
	CacheInvalidateRelcacheByRelid(row->table);
}

void
IndexChange(const IndexRow *row)
{
	IndexCatalogUpdate(row);
	CacheInvalidateRelcacheByRelid(row->table);
}
