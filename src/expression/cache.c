/*
 * cache.c
 *	  The process's cache of parsed expressions.
 *
 * Applications send the same few expressions all the time, so a tree is kept
 * under its kind and text until it is the one least recently used of too
 * many.  Each entry has a memory context of its own, below one for all.
 *
 * Why no tree is freed under its user: ExpressionParse() lends a tree until
 * its next call, and only its next call can evict anything.  A caller binds
 * the tree at once, and binding copies what it keeps (numbers, structure) or
 * points into the request's own text, never into the tree; it runs no SQL and
 * parses nothing.  So there is no reference to count and nothing to release
 * when an error unwinds.
 *
 * Why an error while parsing leaves nothing behind: the new tree grows in a
 * context below the caller's, which an error resets sooner or later.  It
 * moves below the cache's context in the last step, when it is complete and
 * known to the hash table, and no step in between can fail.
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "expression/parse.h"
#include "lib/ilist.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#define CACHE_MAX_ENTRIES	1000
#define CACHE_MAX_BYTES		(8 * 1024 * 1024)

typedef struct CacheKey
{
	ExpressionKind kind;
	int			len;
	const char *text;
} CacheKey;

typedef struct CacheEntry
{
	CacheKey	key;
	ExpressionTree *tree;
	MemoryContext context;		/* the tree and the key's text */
	Size		bytes;
	dlist_node	recency;
} CacheEntry;

static MemoryContext cache_context = NULL;
static HTAB *cache_entries = NULL;
static dlist_head cache_recency;	/* most recently used first */
static Size cache_bytes = 0;

static void CacheInit(void);
static uint32 HashKey(const void *key, Size keysize);
static int	CompareKeys(const void *a, const void *b, Size keysize);
static ExpressionTree *ParseAndKeep(const CacheKey *key);
static void MakeRoom(void);

const ExpressionTree *
ExpressionParse(ExpressionKind kind, const char *text, int len)
{
	CacheKey	key = {kind, len, text};
	CacheEntry *entry;

	if (cache_entries == NULL)
		CacheInit();
	entry = hash_search(cache_entries, &key, HASH_FIND, NULL);
	if (entry == NULL)
		return ParseAndKeep(&key);
	dlist_move_head(&cache_recency, &entry->recency);
	return entry->tree;
}

static void
CacheInit(void)
{
	HASHCTL		control = {0};

	if (cache_context == NULL)
		cache_context = AllocSetContextCreate(TopMemoryContext, "dynamo expressions",
											  ALLOCSET_DEFAULT_SIZES);
	control.keysize = sizeof(CacheKey);
	control.entrysize = sizeof(CacheEntry);
	control.hash = HashKey;
	control.match = CompareKeys;
	control.hcxt = cache_context;
	dlist_init(&cache_recency);
	cache_entries = hash_create("dynamo expressions", 128, &control,
								HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

static uint32
HashKey(const void *key, Size keysize)
{
	const CacheKey *k = key;

	return hash_combine(hash_bytes((const unsigned char *) k->text, k->len), (uint32) k->kind);
}

static int
CompareKeys(const void *a, const void *b, Size keysize)
{
	const CacheKey *x = a;
	const CacheKey *y = b;

	if (x->kind != y->kind || x->len != y->len)
		return 1;
	return memcmp(x->text, y->text, x->len);
}

/* Parses the text and makes an entry of it. */
static ExpressionTree *
ParseAndKeep(const CacheKey *key)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "dynamo expression",
												  ALLOCSET_SMALL_SIZES);
	ExpressionTree *tree = ExpressionParseText(key->kind, key->text, key->len, context);
	char	   *text = MemoryContextAlloc(context, key->len);
	CacheKey	own_key = {key->kind, key->len, text};
	CacheEntry *entry;

	memcpy(text, key->text, key->len);
	MakeRoom();
	entry = hash_search(cache_entries, &own_key, HASH_ENTER, NULL);
	entry->tree = tree;
	entry->context = context;
	entry->bytes = MemoryContextMemAllocated(context, false);
	dlist_push_head(&cache_recency, &entry->recency);
	cache_bytes += entry->bytes;
	MemoryContextSetParent(context, cache_context);
	return tree;
}

/* Evicts until one more entry fits. */
static void
MakeRoom(void)
{
	while (hash_get_num_entries(cache_entries) >= CACHE_MAX_ENTRIES ||
		   cache_bytes > CACHE_MAX_BYTES)
	{
		CacheEntry *entry = dlist_tail_element(CacheEntry, recency, &cache_recency);
		MemoryContext context = entry->context;

		dlist_delete(&entry->recency);
		cache_bytes -= entry->bytes;
		hash_search(cache_entries, &entry->key, HASH_REMOVE, NULL);
		MemoryContextDelete(context);
	}
}
