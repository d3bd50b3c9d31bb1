/*
 * relation_extend.c
 *	  Extending a relation by many pages at once.
 */
#include "base/relation_extend.h"

#if PG_VERSION_NUM < 160000

#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"
#include "storage/smgr.h"
#include "utils/rel.h"

/*
 * The file grows by a write of its last page; a hash index grows so too.  Until
 * the others are written they are a hole, which reads as pages that are new.
 */
static BlockNumber
GrowFile(Relation rel, int npages)
{
	PGAlignedBlock page = {0};
	BlockNumber first;

	LockRelationForExtension(rel, ExclusiveLock);
	first = RelationGetNumberOfBlocks(rel);
	smgrextend(RelationGetSmgr(rel), MAIN_FORKNUM, first + npages - 1, page.data, false);
	UnlockRelationForExtension(rel, ExclusiveLock);
	return first;
}

/* Makes the page in memory: there is nothing to be read. */
static void
AddPage(Relation rel, BlockNumber block, BufferAccessStrategy strategy)
{
	Buffer		buffer = ReadBufferExtended(rel, MAIN_FORKNUM, block, RBM_ZERO_AND_LOCK, strategy);
	Page		page = BufferGetPage(buffer);
	Size		space;

	PageInit(page, BufferGetPageSize(buffer), 0);
	MarkBufferDirty(buffer);
	space = PageGetHeapFreeSpace(page);
	UnlockReleaseBuffer(buffer);
	RecordPageWithFreeSpace(rel, block, space);
}

void
RelationExtendBy(Relation rel, int npages, BufferAccessStrategy strategy)
{
	BlockNumber first = GrowFile(rel, npages);

	for (int i = 0; i < npages; i++)
		AddPage(rel, first + i, strategy);
}

#else

void
RelationExtendBy(Relation rel, int npages, BufferAccessStrategy strategy)
{
}

#endif
