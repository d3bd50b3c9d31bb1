/*
 * leaf_keys.c
 *	  What the access method must know of the leaf it writes to.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_type.h"
#include "table/catalog.h"
#include "table/index_triggers.h"
#include "table/leaf_keys.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/partcache.h"
#include "utils/syscache.h"
#include "value/key.h"

static HTAB *leaves = NULL;
static uint64 invalidation_count = 0;

/* Relcache callback. */
static void
Invalidate(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS status;
	LeafKeys   *entry;

	invalidation_count++;
	if (OidIsValid(relid))
	{
		entry = hash_search(leaves, &relid, HASH_FIND, NULL);
		if (entry)
			entry->valid = false;
		return;
	}
	hash_seq_init(&status, leaves);
	while ((entry = hash_seq_search(&status)) != NULL)
		entry->valid = false;
}

static void
InitCache(void)
{
	HASHCTL		control = {.keysize = sizeof(Oid), .entrysize = sizeof(LeafKeys)};

	if (leaves)
		return;
	leaves = hash_create("dynamo leaves", 512, &control, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(Invalidate, (Datum) 0);
}

Oid
RelationPrimaryKey(Relation rel)
{
	return PrimaryKeyIndex(rel);
}

AttrNumber
RelationItemColumn(Relation rel)
{
	AttrNumber	column = get_attnum(RelationGetRelid(rel), "item");
	Oid			schema = get_namespace_oid("dynamo", false);
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("item"),
									   ObjectIdGetDatum(schema));

	if (column == InvalidAttrNumber ||
		TupleDescAttr(RelationGetDescr(rel), column - 1)->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("item table \"%s\" has no column \"item\" of type dynamo.item",
						RelationGetRelationName(rel))));
	return column;
}

AttributeType
RelationKeyType(Relation rel, AttrNumber column)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(rel), column - 1);
	AttributeType type = KeyTypeOfColumn(attribute->atttypid);

	if (type == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("key column \"%s\" of item table \"%s\" has another type than text, numeric or bytea",
						NameStr(attribute->attname), RelationGetRelationName(rel))));
	if (type == ATTRIBUTE_S && attribute->attcollation != C_COLLATION_OID)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("key column \"%s\" of item table \"%s\" has another collation than \"C\"",
						NameStr(attribute->attname), RelationGetRelationName(rel))));
	return type;
}

static void
BuildKey(LeafKey *key, const char *name, Relation leaf, AttrNumber column)
{
	key->name = MemoryContextStrdup(CacheMemoryContext, name);
	key->name_len = strlen(name);
	key->column = column;
	key->type = RelationKeyType(leaf, column);
}

/* The leaf's column that the root is partitioned by. */
static AttrNumber
PartitionColumn(Relation leaf, Oid root_oid)
{
	Relation	root = table_open(root_oid, AccessShareLock);
	AttrNumber	column = RelationGetPartitionKey(root)->partattrs[0];
	char	   *name = get_attname(root_oid, column, false);

	table_close(root, AccessShareLock);
	return get_attnum(RelationGetRelid(leaf), name);
}

/* Fills in what the catalog row and the leaf's primary key say. */
static void
BuildKeys(LeafKeys *keys, const TableRow *row, Relation leaf, Oid primary_key)
{
	Relation	index = index_open(primary_key, AccessShareLock);
	int			nkeys = row->range_key ? 2 : 1;

	if (index->rd_index->indnkeyatts != nkeys ||
		index->rd_index->indkey.values[0] != PartitionColumn(leaf, row->relid))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("primary key of item table \"%s\" does not match its key schema",
						RelationGetRelationName(leaf))));
	keys->item_column = RelationItemColumn(leaf);
	BuildKey(&keys->keys[0], row->hash_key, leaf, index->rd_index->indkey.values[0]);
	if (row->range_key)
		BuildKey(&keys->keys[1], row->range_key, leaf, index->rd_index->indkey.values[1]);
	keys->nkeys = nkeys;
	keys->kept = LeafIsMarked(leaf);
	keys->checked = true;
	index_close(index, AccessShareLock);
}

/*
 * While ALTER TABLE changes the type of a key column, the primary key is gone
 * and nothing can be checked.
 */
static void
RefuseBlindRewrite(Relation rel)
{
	if (OidIsValid(rel->rd_rel->relrewrite))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("type of a key column of an item table cannot be changed")));
}

/* Builds the keys of a leaf, which is rel itself or what rel rewrites. */
static void
Build(LeafKeys *keys, Relation rel)
{
	Relation	leaf = table_open(keys->relid, NoLock);
	Oid			root = leaf->rd_rel->relispartition ? get_partition_parent(keys->relid, true) : InvalidOid;
	TableRow   *row = OidIsValid(root) ? CatalogFindRelation(root) : NULL;
	Oid			primary_key = RelationPrimaryKey(leaf);

	if (row && !OidIsValid(primary_key))
		RefuseBlindRewrite(rel);
	else if (row)
		BuildKeys(keys, row, leaf, primary_key);

	/*
	 * A row of dynamo.tables can still come without a word to the relcache;
	 * only a new primary key cannot.
	 */
	keys->valid = row != NULL || !OidIsValid(primary_key) || !leaf->rd_rel->relispartition;
	table_close(leaf, NoLock);
}

static void
Forget(LeafKeys *keys)
{
	for (int i = 0; i < keys->nkeys; i++)
		pfree(keys->keys[i].name);
	keys->nkeys = 0;
	keys->checked = false;
	keys->kept = false;
}

const LeafKeys *
LeafKeysFor(Relation rel)
{
	Oid			relid = OidIsValid(rel->rd_rel->relrewrite) ? rel->rd_rel->relrewrite : RelationGetRelid(rel);
	LeafKeys   *keys;
	bool		found;

	InitCache();
	keys = hash_search(leaves, &relid, HASH_ENTER, &found);
	if (!found)
	{
		keys->valid = false;
		keys->nkeys = 0;
	}
	if (unlikely(!keys->valid))
	{
		uint64		before = invalidation_count;

		Forget(keys);
		Build(keys, rel);
		if (before != invalidation_count)
			keys->valid = false;	/* used this time, looked at again next time */
	}
	return keys->checked ? keys : NULL;
}
