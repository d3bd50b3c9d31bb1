/*
 * key_hints.c
 *	  Where keys were last seen: hints from a key to a place in its leaf.
 *
 * A table of lines, each of the size of a processor's cache line and so read
 * with one miss.  A key's hash decides on the line and gives the tag that
 * tells the keys in it apart.  A hint is one word, written and read without a
 * lock: a reader sees the old one or the new one, and either may be wrong.
 */
#include "base/compat.h"

#include <limits.h>

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/bufmgr.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "table/key_hints.h"
#include "utils/guc.h"

#define HINTS_IN_A_LINE		8

/* By default the share of shared_buffers; enough for items of 1 KB. */
#define BUFFERS_SHARE		128

/* A hint: 16 bits of tag, 32 of block, 16 of offset.  0: none. */
#define HINT(tag, place) \
	((uint64) (tag) << 48 | (uint64) ItemPointerGetBlockNumberNoCheck(place) << 16 | \
	 ItemPointerGetOffsetNumberNoCheck(place))
#define HINT_TAG(hint)		((uint16) ((hint) >> 48))
#define HINT_BLOCK(hint)	((BlockNumber) ((hint) >> 16))
#define HINT_OFFSET(hint)	((OffsetNumber) (hint))

typedef struct HintLine
{
	pg_atomic_uint64 hints[HINTS_IN_A_LINE];
} HintLine;

static int	size_kb;			/* dynamo.key_hints */
static HintLine *lines = NULL;
static uint64 line_count;

static shmem_request_hook_type next_request_hook = NULL;
static shmem_startup_hook_type next_startup_hook = NULL;

static void RequestMemory(void);
static void AttachMemory(void);

void
KeyHintsInit(void)
{
	DefineCustomIntVariable("dynamo.key_hints",
							"Sets the shared memory that remembers where items are.",
							"-1 means 1/128 of shared_buffers, 0 none. An item that is remembered takes 8 bytes.",
							&size_kb,
							-1, -1, INT_MAX / 2,
							PGC_POSTMASTER,
							GUC_UNIT_KB,
							NULL, NULL, NULL);
	next_request_hook = shmem_request_hook;
	shmem_request_hook = RequestMemory;
	next_startup_hook = shmem_startup_hook;
	shmem_startup_hook = AttachMemory;
}

static Size
MemorySize(void)
{
	if (size_kb >= 0)
		return (Size) size_kb * 1024;
	return (Size) NBuffers * BLCKSZ / BUFFERS_SHARE;
}

/* The memory, and what it takes to begin it at the start of a cache line. */
static void
RequestMemory(void)
{
	if (next_request_hook)
		next_request_hook();
	RequestAddinShmemSpace(MemorySize() + sizeof(HintLine));
}

static void
AttachMemory(void)
{
	Size		size = MemorySize();
	bool		found;
	void	   *memory;

	if (next_startup_hook)
		next_startup_hook();
	line_count = size / sizeof(HintLine);
	if (line_count == 0)
		return;
	memory = ShmemInitStruct("dynamo key hints", size + sizeof(HintLine), &found);
	lines = (HintLine *) TYPEALIGN(sizeof(HintLine), memory);
	if (found)
		return;
	for (uint64 line = 0; line < line_count; line++)
	{
		for (int i = 0; i < HINTS_IN_A_LINE; i++)
			pg_atomic_init_u64(&lines[line].hints[i], 0);
	}
}

/* The line of a hash: its upper half, scaled to the number of lines. */
static HintLine *
LineOf(uint64 hash)
{
	return &lines[(hash >> 32) * line_count >> 32];
}

uint64
KeyHintHash(const TableDesc *table, const TableLeaf *leaf, const ItemKey *key)
{
	uint64		hash = (uint64) MyDatabaseId << 32 | leaf->relid;

	for (int i = 0; i < table->nkeys; i++)
		hash = hash_bytes_extended((const unsigned char *) key->values[i].data, key->values[i].len, hash);
	return hash;
}

bool
KeyHintFind(uint64 hash, ItemPointer place)
{
	HintLine   *line;

	if (lines == NULL)
		return false;
	line = LineOf(hash);
	for (int i = 0; i < HINTS_IN_A_LINE; i++)
	{
		uint64		hint = pg_atomic_read_u64(&line->hints[i]);

		if (HINT_TAG(hint) == (uint16) hash && hint != 0)
		{
			ItemPointerSet(place, HINT_BLOCK(hint), HINT_OFFSET(hint));
			return true;
		}
	}
	return false;
}

/* Which hint gives way: the key's old one, an empty one, or any. */
static int
ChoosePlace(HintLine *line, uint16 tag)
{
	static uint32 turn = 0;
	int			empty = -1;

	for (int i = 0; i < HINTS_IN_A_LINE; i++)
	{
		uint64		hint = pg_atomic_read_u64(&line->hints[i]);

		if (hint == 0)
			empty = i;
		else if (HINT_TAG(hint) == tag)
			return i;
	}
	return empty >= 0 ? empty : (int) (turn++ % HINTS_IN_A_LINE);
}

void
KeyHintSet(uint64 hash, const ItemPointerData *place)
{
	HintLine   *line;

	if (lines == NULL)
		return;
	line = LineOf(hash);
	pg_atomic_write_u64(&line->hints[ChoosePlace(line, (uint16) hash)], HINT((uint16) hash, place));
}
