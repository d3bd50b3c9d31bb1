/*
 * stream_leaf.c
 *	  Which table's items a decoded relation holds.
 */
#include "base/compat.h"

#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/parsenodes.h"
#include "stream/stream_leaf.h"
#include "table/catalog.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "value/key.h"

static HTAB *leaves = NULL;
static MemoryContext leaves_context = NULL;
static bool sweep_due = false;

/* Relcache callback; the registration outlives every cache. */
static void
Invalidate(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS status;
	StreamLeaf *leaf;

	if (!leaves)
		return;
	sweep_due = true;
	if (OidIsValid(relid))
	{
		leaf = hash_search(leaves, &relid, HASH_FIND, NULL);
		if (leaf)
			leaf->valid = false;
		return;
	}
	hash_seq_init(&status, leaves);
	while ((leaf = hash_seq_search(&status)) != NULL)
		leaf->valid = false;
}

/* The context is about to go, after an error, too. */
static void
ForgetAll(void *context)
{
	if (leaves_context != context)
		return;
	leaves = NULL;
	leaves_context = NULL;
}

void
StreamLeavesInit(MemoryContext context)
{
	static bool registered = false;
	HASHCTL		control = {.keysize = sizeof(Oid), .entrysize = sizeof(StreamLeaf), .hcxt = context};
	MemoryContextCallback *callback = MemoryContextAllocZero(context, sizeof(MemoryContextCallback));

	if (!registered)
		CacheRegisterRelcacheCallback(Invalidate, (Datum) 0);
	registered = true;
	leaves = hash_create("dynamo stream leaves", 128, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	leaves_context = context;
	callback->func = ForgetAll;
	callback->arg = context;
	MemoryContextRegisterResetCallback(context, callback);
}

void
StreamLeavesSweep(void)
{
	HASH_SEQ_STATUS status;
	StreamLeaf *leaf;

	if (!sweep_due)
		return;
	sweep_due = false;
	hash_seq_init(&status, leaves);
	while ((leaf = hash_seq_search(&status)) != NULL)
	{
		/*
		 * A row of dynamo.tables comes without a word to the relcache, so that
		 * there is none is believed for one transaction only.
		 */
		if (leaf->valid && leaf->decoded)
			continue;
		MemoryContextDelete(leaf->context);
		hash_search(leaves, &leaf->relid, HASH_REMOVE, NULL);
	}
}

/* The column that holds the item, or InvalidAttrNumber. */
static AttrNumber
ItemColumn(Relation rel)
{
	AttrNumber	column = get_attnum(RelationGetRelid(rel), "item");
	Oid			schema = get_namespace_oid("dynamo", true);
	Oid			type = OidIsValid(schema) ? GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
															CStringGetDatum("item"),
															ObjectIdGetDatum(schema)) :
		InvalidOid;

	if (column == InvalidAttrNumber ||
		TupleDescAttr(RelationGetDescr(rel), column - 1)->atttypid != type)
		return InvalidAttrNumber;
	return column;
}

/* Fills in the keys from the primary key; false if it is not one of an item table. */
static bool
FillKeys(StreamLeaf *leaf, Relation rel, Oid primary_key, const char *const *names)
{
	Relation	index = RelationIdGetRelation(primary_key);
	bool		good;

	if (!RelationIsValid(index))
		return false;
	good = index->rd_index->indnkeyatts == leaf->nkeys;
	for (int i = 0; good && i < leaf->nkeys; i++)
	{
		LeafKey    *key = &leaf->keys[i];

		key->column = index->rd_index->indkey.values[i];
		key->name = MemoryContextStrdup(leaf->context, names[i]);
		key->name_len = strlen(names[i]);
		good = key->column > 0;
		if (good)
			key->type = KeyTypeOfColumn(TupleDescAttr(RelationGetDescr(rel), key->column - 1)->atttypid);
		good = good && key->type != 0;
	}
	RelationClose(index);
	return good;
}

/* The remainder that the partition is for. */
static int
Remainder(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	PartitionBoundSpec *bound = NULL;
	bool		isnull = true;
	Datum		bound_text = (Datum) 0;

	if (HeapTupleIsValid(tuple))
		bound_text = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relpartbound, &isnull);
	if (!isnull)
		bound = castNode(PartitionBoundSpec, stringToNode(TextDatumGetCString(bound_text)));
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return bound ? bound->remainder : 0;
}

/* Finds out who takes the leaf's changes up. */
static void
FillStream(StreamLeaf *leaf, Oid root)
{
	StreamRow  *stream = StreamCatalogCapturing(root);

	leaf->shard = Remainder(leaf->relid);
	leaf->stream_id = stream ? stream->id : 0;
	leaf->view_type = stream ? stream->view_type : STREAM_NEW_AND_OLD_IMAGES;
}

static void
Build(StreamLeaf *leaf, Relation rel)
{
	Oid			root = rel->rd_rel->relispartition ? get_partition_parent(leaf->relid, true) : InvalidOid;
	Oid			primary_key = RelationPrimaryKey(rel);
	char	   *names[TABLE_MAX_KEYS];
	char	   *table_name;

	if (!OidIsValid(root) || !OidIsValid(primary_key) ||
		!CatalogFindKeys(root, &table_name, &names[0], &names[1]))
		return;
	leaf->table_name = MemoryContextStrdup(leaf->context, table_name);
	leaf->nkeys = names[1] ? 2 : 1;
	leaf->item_column = ItemColumn(rel);
	leaf->decoded = leaf->item_column != InvalidAttrNumber &&
		FillKeys(leaf, rel, primary_key, (const char *const *) names);
	FillStream(leaf, root);
}

StreamLeaf *
StreamLeafFor(Relation rel)
{
	Oid			relid = RelationGetRelid(rel);
	bool		found;
	StreamLeaf *leaf = hash_search(leaves, &relid, HASH_ENTER, &found);

	if (!found)
	{
		leaf->valid = false;
		leaf->context = AllocSetContextCreate(leaves_context, "dynamo stream leaf", ALLOCSET_SMALL_SIZES);
	}
	if (!leaf->valid)
	{
		MemoryContextReset(leaf->context);
		leaf->decoded = false;
		leaf->warned = false;
		leaf->valid = true;		/* before, so that an invalidation meanwhile counts */
		Build(leaf, rel);
		if (!leaf->decoded)
			sweep_due = true;
	}
	return leaf->decoded ? leaf : NULL;
}
