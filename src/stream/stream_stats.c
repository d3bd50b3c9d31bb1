/*
 * stream_stats.c
 *	  What the workers that feed the streams count, in shared memory.
 */
#include "base/compat.h"

#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "stream/stream_stats.h"
#include "worker/databases.h"

static int	count = 0;
static StreamStats *stats = NULL;

static shmem_request_hook_type next_request_hook = NULL;
static shmem_startup_hook_type next_startup_hook = NULL;

static void
RequestMemory(void)
{
	if (next_request_hook)
		next_request_hook();
	RequestAddinShmemSpace(count * sizeof(StreamStats));
}

static void
AttachMemory(void)
{
	bool		found;

	if (next_startup_hook)
		next_startup_hook();
	stats = ShmemInitStruct("dynamo streams", count * sizeof(StreamStats), &found);
	if (!found)
		MemSet(stats, 0, count * sizeof(StreamStats));
}

void
StreamStatsInit(void)
{
	count = list_length(DatabasesServed());
	next_request_hook = shmem_request_hook;
	shmem_request_hook = RequestMemory;
	next_startup_hook = shmem_startup_hook;
	shmem_startup_hook = AttachMemory;
}

StreamStats *
StreamStatsOf(const char *database_name)
{
	ListCell   *cell;

	if (stats == NULL)
		return NULL;
	foreach(cell, DatabasesServed())
	{
		if (strcmp(((ServedDatabase *) lfirst(cell))->name, database_name) == 0)
			return &stats[foreach_current_index(cell)];
	}
	return NULL;
}
