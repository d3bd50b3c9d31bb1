/*
 * table_desc.c
 *	  The cached description of an item table.
 *
 * Two hash tables live as long as the process: TableName to descriptor, and
 * relation OID (root or leaf) to descriptor.  The invalidation callback goes
 * by the second; it only clears a flag, because it may be called at almost
 * any point.  A stale descriptor is unlinked at the next look-up and handed to
 * the running transaction's context to be freed with it.
 *
 * A descriptor is built between two readings of a counter of invalidations:
 * if one arrived meanwhile, it is built again.
 */
#include "base/compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "table/access_method.h"
#include "table/table_desc.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/partcache.h"
#include "utils/rel.h"
#include "value/error_codes.h"
#include "value/key.h"

typedef struct NameEntry
{
	char		name[TABLE_NAME_MAX + 1];	/* hash key */
	TableDesc  *table;
} NameEntry;

typedef struct RelationEntry
{
	Oid			relid;			/* hash key */
	TableDesc  *table;
} RelationEntry;

static HTAB *tables_by_name = NULL;
static HTAB *tables_by_relation = NULL;
static uint64 invalidation_count = 0;

/* Relcache callback: marks what it concerns as stale. */
static void
Invalidate(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS status;
	RelationEntry *entry;

	invalidation_count++;
	if (OidIsValid(relid))
	{
		entry = hash_search(tables_by_relation, &relid, HASH_FIND, NULL);
		if (entry)
			entry->table->valid = false;
		return;
	}
	hash_seq_init(&status, tables_by_relation);
	while ((entry = hash_seq_search(&status)) != NULL)
		entry->table->valid = false;
}

static void
InitCache(void)
{
	HASHCTL		names = {.keysize = TABLE_NAME_MAX + 1, .entrysize = sizeof(NameEntry)};
	HASHCTL		relations = {.keysize = sizeof(Oid), .entrysize = sizeof(RelationEntry)};

	if (tables_by_relation)
		return;
	tables_by_name = hash_create("dynamo tables", 64, &names, HASH_ELEM | HASH_STRINGS);
	tables_by_relation = hash_create("dynamo relations", 512, &relations, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(Invalidate, (Datum) 0);
}

/* The first reason why the direct store must not touch the relation. */
static const char *
FindObstacle(Relation rel, int nkeys)
{
	TupleDesc	desc = RelationGetDescr(rel);
	int			live = 0;

	for (int i = 0; i < desc->natts; i++)
		live += !TupleDescAttr(desc, i)->attisdropped;
	if (rel->rd_rel->relkind == RELKIND_FOREIGN_TABLE)
		return "a foreign table";
	if (rel->rd_rel->relispartition && rel->rd_rel->relkind != RELKIND_RELATION)
		return "a partition that is itself partitioned";
	if (rel->rd_rel->relkind == RELKIND_RELATION && !RelationUsesDynamoAccessMethod(rel))
		return "a partition that does not use the access method dynamo";
	if (rel->rd_rules)
		return "rules";
	if (rel->trigdesc)
		return "triggers or foreign keys";
	if (desc->constr && desc->constr->num_check > 0)
		return "CHECK constraints";
	if (live != nkeys + 1)
		return "columns besides the key and item";
	return NULL;
}

/* Fills in one key from the primary key's index column number i. */
static void
BuildKey(TableDesc *table, int i, const char *name, Relation root, Relation index)
{
	TableKey   *key = &table->keys[i];
	AttrNumber	column = index->rd_index->indkey.values[i];

	key->name = pstrdup(name);
	key->name_len = strlen(name);
	key->column_type = TupleDescAttr(RelationGetDescr(root), column - 1)->atttypid;
	key->type = RelationKeyType(root, column);
	key->collation = index->rd_indcollation[i];
	fmgr_info_cxt(get_opfamily_proc(index->rd_opfamily[i], key->column_type, key->column_type, BTORDER_PROC),
				  &key->order, CurrentMemoryContext);
	for (StrategyNumber strategy = 1; strategy <= BTMaxStrategyNumber; strategy++)
	{
		Oid			operator = get_opfamily_member(index->rd_opfamily[i], key->column_type,
												   key->column_type, strategy);

		fmgr_info_cxt(get_opcode(operator), &key->operators[strategy], CurrentMemoryContext);
	}
}

static void
BuildKeys(TableDesc *table, const TableRow *row, Relation root)
{
	Oid			primary_key = RelationPrimaryKey(root);
	Relation	index;

	table->nkeys = row->range_key ? 2 : 1;
	if (!OidIsValid(primary_key))
	{
		table->incomplete = true;
		return;
	}
	index = index_open(primary_key, AccessShareLock);
	if (index->rd_index->indnkeyatts != table->nkeys ||
		index->rd_index->indkey.values[0] != RelationGetPartitionKey(root)->partattrs[0])
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("primary key of item table \"%s\" does not match its key schema",
						RelationGetRelationName(root))));
	BuildKey(table, 0, row->hash_key, root, index);
	if (row->range_key)
		BuildKey(table, 1, row->range_key, root, index);
	index_close(index, AccessShareLock);
}

/* Fills in what only a leaf that is a table has. */
static void
BuildLeafColumns(TableDesc *table, TableLeaf *leaf, Relation rel)
{
	Relation	index;

	leaf->index = RelationPrimaryKey(rel);
	if (!OidIsValid(leaf->index))
	{
		table->incomplete = true;
		return;
	}
	index = index_open(leaf->index, AccessShareLock);
	leaf->item_column = RelationItemColumn(rel);
	for (int i = 0; i < table->nkeys; i++)
		leaf->key_columns[i] = index->rd_index->indkey.values[i];
	index_close(index, AccessShareLock);
}

static void
BuildLeaf(TableDesc *table, TableLeaf *leaf, Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	const char *obstacle = FindObstacle(rel, table->nkeys);

	leaf->relid = relid;
	if (obstacle && !table->direct_obstacle)
		table->direct_obstacle = obstacle;
	if (rel->rd_rel->relkind == RELKIND_RELATION)
		BuildLeafColumns(table, leaf, rel);
	table_close(rel, AccessShareLock);
}

/* Raises an error unless the root is partitioned by hash of one column. */
static void
CheckPartitioning(Relation root)
{
	PartitionKey key = RelationGetPartitionKey(root);

	if (key == NULL || key->strategy != PARTITION_STRATEGY_HASH || key->partnatts != 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("item table \"%s\" is not partitioned by hash of its partition key",
						RelationGetRelationName(root))));
}

static void
BuildPartitions(TableDesc *table, Relation root)
{
	PartitionKey key = RelationGetPartitionKey(root);
	PartitionDesc partitions = RelationGetPartitionDesc(root, true);

	fmgr_info_copy(&table->partition_hash, &key->partsupfunc[0], CurrentMemoryContext);
	table->nleaves = partitions->nparts;
	table->leaves = palloc0(Max(table->nleaves, 1) * sizeof(TableLeaf));
	table->has_gap = table->nleaves == 0;
	if (table->has_gap)
		return;
	table->modulus = partitions->boundinfo->nindexes;
	table->leaf_of_remainder = palloc(table->modulus * sizeof(int));
	memcpy(table->leaf_of_remainder, partitions->boundinfo->indexes, table->modulus * sizeof(int));
	for (int i = 0; i < table->modulus; i++)
		table->has_gap = table->has_gap || table->leaf_of_remainder[i] < 0;
	for (int i = 0; i < table->nleaves; i++)
		BuildLeaf(table, &table->leaves[i], partitions->oids[i]);
}

/*
 * Builds a descriptor in the current context; NULL if the root has been
 * dropped since the row was read.
 */
static TableDesc *
BuildFromRow(const TableRow *row)
{
	TableDesc  *table = palloc0(sizeof(TableDesc));
	Relation	root = try_table_open(row->relid, AccessShareLock);

	if (root == NULL)
		return NULL;
	table->table_name = pstrdup(row->table_name);
	table->relid = row->relid;
	table->row_security = root->rd_rel->relrowsecurity;
	CheckPartitioning(root);
	BuildKeys(table, row, root);
	RelationItemColumn(root);
	table->direct_obstacle = FindObstacle(root, table->nkeys);
	BuildPartitions(table, root);
	table_close(root, AccessShareLock);
	return table;
}

/*
 * Builds the descriptor of a table, NULL if there is none.  It comes in a
 * context of its own below the current one, so an error leaves nothing.
 */
static TableDesc *
Build(const char *table_name)
{
	for (;;)
	{
		uint64		before = invalidation_count;
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo table", ALLOCSET_SMALL_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(context);
		TableRow   *row = CatalogFindTable(table_name);
		TableDesc  *table = row ? BuildFromRow(row) : NULL;

		MemoryContextSwitchTo(caller);
		if (table)
		{
			table->context = context;
			table->valid = true;
		}
		if (before == invalidation_count && table)
			return table;
		MemoryContextDelete(context);
		if (row == NULL)
			return NULL;
		CHECK_FOR_INTERRUPTS();
	}
}

static void
UnlinkRelation(TableDesc *table, Oid relid)
{
	RelationEntry *entry = hash_search(tables_by_relation, &relid, HASH_FIND, NULL);

	/* it may have gone over to another table */
	if (entry && entry->table == table)
		hash_search(tables_by_relation, &relid, HASH_REMOVE, NULL);
}

/* Takes a stale descriptor out of the cache; its users may read on. */
static void
Unlink(TableDesc *table)
{
	hash_search(tables_by_name, table->table_name, HASH_REMOVE, NULL);
	UnlinkRelation(table, table->relid);
	for (int i = 0; i < table->nleaves; i++)
		UnlinkRelation(table, table->leaves[i].relid);
	MemoryContextSetParent(table->context, TopTransactionContext);
}

static void
LinkRelation(TableDesc *table, Oid relid)
{
	bool		found;
	RelationEntry *entry = hash_search(tables_by_relation, &relid, HASH_ENTER, &found);

	entry->table = table;
}

/* Puts a descriptor into the cache, which owns it from the first entry on. */
static void
Link(TableDesc *table)
{
	bool		found;
	NameEntry  *entry;

	MemoryContextSetParent(table->context, CacheMemoryContext);
	entry = hash_search(tables_by_name, table->table_name, HASH_ENTER, &found);
	entry->table = table;
	LinkRelation(table, table->relid);
	for (int i = 0; i < table->nleaves; i++)
		LinkRelation(table, table->leaves[i].relid);
}

TableDesc *
TableDescFind(const char *table_name)
{
	NameEntry  *entry;
	TableDesc  *table;

	if (strlen(table_name) > TABLE_NAME_MAX)
		return NULL;
	InitCache();
	entry = hash_search(tables_by_name, table_name, HASH_FIND, NULL);
	if (entry && likely(entry->table->valid))
		return entry->table;
	if (entry)
		Unlink(entry->table);
	table = Build(table_name);
	if (table)
		Link(table);
	return table;
}

TableDesc *
TableDescFindOrError(const char *table_name, const char *message)
{
	TableDesc  *table = TableDescFind(table_name);

	if (table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_RESOURCE_NOT_FOUND),
				 errmsg("%s", message)));
	if (table->incomplete)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("item table \"%s\" or one of its partitions has no primary key", table_name)));
	return table;
}

uint64
TablePartitionHash(TableDesc *table, Datum hash_key)
{
	bool		isnull = false;

	return compute_partition_hash_value(1, &table->partition_hash, &table->keys[0].collation,
										&hash_key, &isnull);
}

int
TableLeafOfHash(TableDesc *table, uint64 hash)
{
	int			leaf = -1;

	if (table->modulus > 0)
		leaf = table->leaf_of_remainder[hash % table->modulus];
	if (leaf < 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a partition of item table \"%s\" is missing", table->table_name)));
	return leaf;
}

TableLeaf *
TableLeafFor(TableDesc *table, Datum hash_key)
{
	return &table->leaves[TableLeafOfHash(table, TablePartitionHash(table, hash_key))];
}
