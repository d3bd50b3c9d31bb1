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
#include "catalog/partition.h"
#include "catalog/pg_am_d.h"
#include "commands/defrem.h"
#include "commands/trigger.h"
#include "lib/qunique.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "table/access_method.h"
#include "table/index_triggers.h"
#include "table/relation_ddl.h"
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

/* Between the names of a table and of its index; no name holds it. */
#define NAME_SEPARATOR	'/'
#define NAME_ENTRY_MAX	(2 * TABLE_NAME_MAX + 1)

typedef struct NameEntry
{
	char		name[NAME_ENTRY_MAX + 1];	/* hash key: table or table/index */
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
	HASHCTL		names = {.keysize = NAME_ENTRY_MAX + 1, .entrysize = sizeof(NameEntry)};
	HASHCTL		relations = {.keysize = sizeof(Oid), .entrysize = sizeof(RelationEntry)};

	if (tables_by_relation)
		return;
	tables_by_name = hash_create("dynamo tables", 64, &names, HASH_ELEM | HASH_STRINGS);
	tables_by_relation = hash_create("dynamo relations", 512, &relations, HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(Invalidate, (Datum) 0);
}

/* Whether something that only the executor minds happens when the relation is written to. */
static bool
MindsWrites(Relation rel, int nkeys)
{
	TupleDesc	desc = RelationGetDescr(rel);
	int			live = 0;

	for (int i = 0; i < desc->natts; i++)
		live += !TupleDescAttr(desc, i)->attisdropped;
	return RelationHasOtherTriggers(rel) || (desc->constr && desc->constr->num_check > 0) ||
		live != nkeys + 1;
}

/* Notes who besides the operations has a say on what is in the relation: root or leaf. */
static void
BuildManners(TableDesc *table, Relation rel)
{
	bool		is_leaf = rel->rd_rel->relispartition;

	if (rel->rd_rules)
		table->obstacle = "rules";
	else if (is_leaf && rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		table->obstacle = "a partition that is itself partitioned";
	if (is_leaf && !RelationUsesDynamoAccessMethod(rel))
		table->foreign_parts = true;
	if (MindsWrites(rel, table->nkeys))
		table->executor_writes = true;
}

/* Fills in one key from its column in the root. */
static void
BuildKey(TableDesc *table, int i, const char *name, Relation root, AttrNumber column, Oid opfamily)
{
	TableKey   *key = &table->keys[i];

	key->name = pstrdup(name);
	key->name_len = strlen(name);
	key->column = column;
	key->column_type = TupleDescAttr(RelationGetDescr(root), column - 1)->atttypid;
	key->type = RelationKeyType(root, column);
	key->collation = TupleDescAttr(RelationGetDescr(root), column - 1)->attcollation;
	fmgr_info_cxt(get_opfamily_proc(opfamily, key->column_type, key->column_type, BTORDER_PROC),
				  &key->order, CurrentMemoryContext);
	for (StrategyNumber strategy = 1; strategy <= BTMaxStrategyNumber; strategy++)
	{
		Oid			operator = get_opfamily_member(opfamily, key->column_type, key->column_type, strategy);

		fmgr_info_cxt(get_opcode(operator), &key->operators[strategy], CurrentMemoryContext);
	}
}

static void
RaiseMismatch(const TableDesc *table, Relation rel, const TableKey *key)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("key column \"%s\" of \"%s\" is not of the type of the key",
					RelationKeyColumnName(key->name), RelationGetRelationName(rel)),
			 table->index_name ? errdetail("It belongs to index \"%s\" of item table \"%s\".", table->index_name,
										   table->table_name) :
			 0));
}

/*
 * A table with a foreign partition can have no primary key of its own, but its
 * other partitions have theirs.
 */
static bool
HasForeignTable(Relation root)
{
	PartitionDesc partitions = RelationGetPartitionDesc(root, true);

	for (int i = 0; i < partitions->nparts; i++)
	{
		if (get_rel_relkind(partitions->oids[i]) == RELKIND_FOREIGN_TABLE)
			return true;
	}
	return false;
}

/* The same without primary key: the columns have the names that CreateTable gave them. */
static void
BuildKeysByName(TableDesc *table, char *const *names, Relation root)
{
	for (int i = 0; i < table->nkeys; i++)
	{
		AttrNumber	column = get_attnum(RelationGetRelid(root), RelationKeyColumnName(names[i]));
		Oid			type;

		if (column == InvalidAttrNumber ||
			(i < table->nhash && column != RelationGetPartitionKey(root)->partattrs[i]))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("item table \"%s\" has no column for its key \"%s\"",
							RelationGetRelationName(root), names[i])));
		type = TupleDescAttr(RelationGetDescr(root), column - 1)->atttypid;
		BuildKey(table, i, names[i], root, column,
				 get_opclass_family(GetDefaultOpClass(type, BTREE_AM_OID)));
	}
}

/* names are those of the primary key's attributes, nkeys of them. */
static void
BuildKeys(TableDesc *table, char *const *names, Relation root)
{
	Oid			primary_key = RelationPrimaryKey(root);
	Relation	index;
	bool		fits;

	if (!OidIsValid(primary_key))
	{
		table->incomplete = !HasForeignTable(root);
		if (!table->incomplete)
			BuildKeysByName(table, names, root);
		return;
	}
	index = index_open(primary_key, AccessShareLock);
	fits = index->rd_index->indnkeyatts == table->nkeys;
	for (int i = 0; fits && i < table->nhash; i++)
		fits = index->rd_index->indkey.values[i] == RelationGetPartitionKey(root)->partattrs[i];
	if (!fits)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("primary key of item table \"%s\" does not match its key schema",
						RelationGetRelationName(root))));
	for (int i = 0; i < table->nkeys; i++)
		BuildKey(table, i, names[i], root, index->rd_index->indkey.values[i], index->rd_opfamily[i]);
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
	{
		leaf->key_columns[i] = index->rd_index->indkey.values[i];
		if (RelationKeyType(rel, leaf->key_columns[i]) != table->keys[i].type)
			RaiseMismatch(table, rel, &table->keys[i]);
	}
	index_close(index, AccessShareLock);
}

static void
BuildLeaf(TableDesc *table, TableLeaf *leaf, Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);

	leaf->relid = relid;
	if (table->index_name == NULL)
		BuildManners(table, rel);
	if (rel->rd_rel->relkind == RELKIND_RELATION)
		BuildLeafColumns(table, leaf, rel);
	table_close(rel, AccessShareLock);
}

/* Raises an error unless the root is partitioned by hash of the partition key. */
static void
CheckPartitioning(const TableDesc *table, Relation root)
{
	PartitionKey key = RelationGetPartitionKey(root);

	if (key == NULL || key->strategy != PARTITION_STRATEGY_HASH || key->partnatts != table->nhash)
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

	for (int i = 0; i < table->nhash; i++)
	{
		fmgr_info_copy(&table->partition_hash[i], &key->partsupfunc[i], CurrentMemoryContext);
		table->partition_collation[i] = key->partcollation[i];
	}
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

/* Fills in all that the relations say; false if the root has been dropped. */
static bool
BuildRelations(TableDesc *table, char *const *key_names)
{
	Relation	root = try_table_open(table->relid, AccessShareLock);

	if (root == NULL)
		return false;
	table->row_security = root->rd_rel->relrowsecurity;
	CheckPartitioning(table, root);
	BuildKeys(table, key_names, root);
	RelationItemColumn(root);
	if (table->index_name == NULL)
		BuildManners(table, root);
	BuildPartitions(table, root);
	table_close(root, AccessShareLock);
	return true;
}

static void
SetAttribute(IndexAttribute *attribute, const char *name)
{
	attribute->name = pstrdup(name);
	attribute->name_len = strlen(name);
}

/* Adds a key attribute to an index's entries, unless it is there. */
static void
AddEntryKey(IndexDesc *index, const char *name, AttributeType type)
{
	for (int i = 0; i < index->nentry_keys; i++)
	{
		if (strcmp(index->keys[i].attribute.name, name) == 0)
			return;
	}
	SetAttribute(&index->keys[index->nentry_keys].attribute, name);
	index->keys[index->nentry_keys++].type = type;
}

static int
CompareAttributes(const void *a, const void *b)
{
	const IndexAttribute *x = a;
	const IndexAttribute *y = b;

	return CompareBytes(x->name, x->name_len, y->name, y->name_len);
}

/* The attributes of an entry, where it does not hold all. */
static void
BuildKept(IndexDesc *index, const IndexRow *row)
{
	index->kept = palloc((index->nentry_keys + row->nincluded) * sizeof(IndexAttribute));
	for (int i = 0; i < index->nentry_keys; i++)
		index->kept[index->nkept++] = index->keys[i].attribute;
	for (int i = 0; i < row->nincluded; i++)
		SetAttribute(&index->kept[index->nkept++], row->included[i]);
	qsort(index->kept, index->nkept, sizeof(IndexAttribute), CompareAttributes);
	index->nkept = qunique(index->kept, index->nkept, sizeof(IndexAttribute), CompareAttributes);
}

static void
BuildIndex(IndexDesc *index, const IndexRow *row, const TableDesc *table)
{
	index->name = pstrdup(row->index_name);
	index->side = row->side;
	index->kind = row->kind;
	index->status = row->status;
	index->nhash = row->nhash;
	index->projection = row->projection;
	for (int i = 0; i < row->nkeys; i++)
		AddEntryKey(index, row->keys[i], row->types[i]);
	index->nkeys = index->nentry_keys;
	for (int i = 0; i < table->nkeys; i++)
		AddEntryKey(index, table->keys[i].name, table->keys[i].type);
	if (row->projection != INDEX_PROJECT_ALL)
		BuildKept(index, row);
}

static void
BuildIndexes(TableDesc *table)
{
	List	   *rows = IndexCatalogList(table->relid);
	ListCell   *cell;

	table->indexes = palloc0(Max(list_length(rows), 1) * sizeof(IndexDesc));
	foreach(cell, rows)
		BuildIndex(&table->indexes[table->nindexes++], lfirst(cell), table);
	if (table->nindexes > 0 && table->foreign_parts)
		table->obstacle = "secondary indexes, and a partition without access method dynamo that they pass by";
}

/*
 * Builds the descriptor of a table in the current context; NULL if there is
 * none, or it was dropped since its row was read.
 */
static TableDesc *
BuildTable(const char *table_name)
{
	TableRow   *row = CatalogFindTable(table_name);
	TableDesc  *table = palloc0(sizeof(TableDesc));

	if (row == NULL)
		return NULL;
	table->table_name = row->table_name;
	table->relid = row->relid;
	table->nhash = 1;
	table->nkeys = row->range_key ? 2 : 1;
	if (!BuildRelations(table, (char *[]){row->hash_key, row->range_key}))
		return NULL;
	if (!table->incomplete)
		BuildIndexes(table);
	return table;
}

/*
 * Entries are written by what the index says of its keys, so the columns must
 * be of these very types: a value in a column of another one is no value of it.
 */
static void
CheckSideKeys(const TableDesc *side, const IndexDesc *index)
{
	for (int i = 0; i < side->nkeys && !side->incomplete; i++)
	{
		if (side->keys[i].type != index->keys[i].type)
		{
			Relation	rel = table_open(side->relid, AccessShareLock);

			RaiseMismatch(side, rel, &side->keys[i]);
		}
	}
}

/* The same for an index's entries. */
static TableDesc *
BuildSide(const char *table_name, const char *index_name)
{
	TableDesc  *table = TableDescFind(table_name);
	IndexDesc  *index = table ? TableIndex(table, index_name) : NULL;
	TableDesc  *side = palloc0(sizeof(TableDesc));
	char	   *names[DESC_MAX_KEYS];

	if (index == NULL)
		return NULL;
	side->table_name = pstrdup(table_name);
	side->index_name = pstrdup(index_name);
	side->relid = index->side;
	side->nhash = index->nhash;
	side->nkeys = index->nentry_keys;
	for (int i = 0; i < index->nentry_keys; i++)
		names[i] = index->keys[i].attribute.name;
	if (!BuildRelations(side, names))
		return NULL;
	CheckSideKeys(side, index);
	return side;
}

/*
 * Builds a descriptor, NULL if there is no such thing.  It comes in a context
 * of its own below the current one, so an error leaves nothing.
 */
static TableDesc *
Build(const char *table_name, const char *index_name)
{
	for (;;)
	{
		uint64		before = invalidation_count;
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo table", ALLOCSET_SMALL_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(context);
		TableDesc  *table = index_name ? BuildSide(table_name, index_name) : BuildTable(table_name);

		MemoryContextSwitchTo(caller);
		if (table)
		{
			table->context = context;
			table->valid = true;
		}
		if (before == invalidation_count && table)
			return table;
		MemoryContextDelete(context);
		if (before == invalidation_count)
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

/* The key of a table or index in tables_by_name. */
static void
EntryName(char name[NAME_ENTRY_MAX + 1], const char *table_name, const char *index_name)
{
	if (index_name)
		snprintf(name, NAME_ENTRY_MAX + 1, "%s%c%s", table_name, NAME_SEPARATOR, index_name);
	else
		strlcpy(name, table_name, NAME_ENTRY_MAX + 1);
}

/* Takes a stale descriptor out of the cache; its users may read on. */
static void
Unlink(TableDesc *table)
{
	char		name[NAME_ENTRY_MAX + 1];

	EntryName(name, table->table_name, table->index_name);
	hash_search(tables_by_name, name, HASH_REMOVE, NULL);
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
	char		name[NAME_ENTRY_MAX + 1];
	bool		found;
	NameEntry  *entry;

	EntryName(name, table->table_name, table->index_name);
	MemoryContextSetParent(table->context, CacheMemoryContext);
	entry = hash_search(tables_by_name, name, HASH_ENTER, &found);
	entry->table = table;
	LinkRelation(table, table->relid);
	for (int i = 0; i < table->nleaves; i++)
		LinkRelation(table, table->leaves[i].relid);
}

/* From the cache, or built; NULL if there is no such thing. */
static TableDesc *
Find(const char *table_name, const char *index_name)
{
	char		name[NAME_ENTRY_MAX + 1];
	NameEntry  *entry;
	TableDesc  *table;

	InitCache();
	EntryName(name, table_name, index_name);
	entry = hash_search(tables_by_name, name, HASH_FIND, NULL);
	if (entry && likely(entry->table->valid))
		return entry->table;
	if (entry)
		Unlink(entry->table);
	table = Build(table_name, index_name);
	if (table)
		Link(table);
	return table;
}

TableDesc *
TableDescFind(const char *table_name)
{
	return strlen(table_name) > TABLE_NAME_MAX ? NULL : Find(table_name, NULL);
}

TableDesc *
TableDescOfLeaf(Oid leaf)
{
	RelationEntry *entry;
	TableRow   *row;
	Oid			root;

	InitCache();
	entry = hash_search(tables_by_relation, &leaf, HASH_FIND, NULL);
	if (entry && likely(entry->table->valid))
		return entry->table;
	root = get_rel_relispartition(leaf) ? get_partition_parent(leaf, true) : InvalidOid;
	row = OidIsValid(root) ? CatalogFindRelation(root) : NULL;
	return row ? TableDescFind(row->table_name) : NULL;
}

IndexDesc *
TableIndex(const TableDesc *table, const char *index_name)
{
	for (int i = 0; i < table->nindexes; i++)
	{
		if (strcmp(table->indexes[i].name, index_name) == 0)
			return &table->indexes[i];
	}
	return NULL;
}

TableDesc *
TableDescOfIndex(const TableDesc *table, const IndexDesc *index)
{
	TableDesc  *side = Find(table->table_name, index->name);

	if (side == NULL || side->incomplete)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("side table of index \"%s\" of item table \"%s\" is gone or has no primary key",
						index->name, table->table_name)));
	return side;
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

TableDesc *
TableDescRefresh(const TableDesc *table)
{
	TableDesc  *fresh = TableDescFindOrError(table->table_name, "the table is gone");
	IndexDesc  *index;

	if (table->index_name == NULL)
		return fresh;
	index = TableIndex(fresh, table->index_name);
	if (index == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_RESOURCE_NOT_FOUND),
				 errmsg("the index is gone")));
	return TableDescOfIndex(fresh, index);
}

uint64
TablePartitionHash(TableDesc *table, const Datum *hash_key)
{
	static bool nulls[INDEX_MAX_HASH_KEYS];

	return compute_partition_hash_value(table->nhash, table->partition_hash, table->partition_collation,
										unconstify(Datum *, hash_key), nulls);
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
TableLeafFor(TableDesc *table, const Datum *hash_key)
{
	return &table->leaves[TableLeafOfHash(table, TablePartitionHash(table, hash_key))];
}
