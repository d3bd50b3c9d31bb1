/*
 * consumed.c
 *	  What an operation consumes of a table and its secondary indexes.
 */
#include "base/compat.h"

#include "api/consumed.h"
#include "table/index_entry.h"

/* What counts besides, of an entry of a local index. */
#define ENTRY_OVERHEAD	100

Capacity *
ConsumedNothing(const TableDesc *table)
{
	Capacity   *capacity = palloc0(sizeof(Capacity));

	capacity->table_name = table->table_name;
	capacity->nindexes = table->nindexes;
	capacity->indexes = palloc0(Max(table->nindexes, 1) * sizeof(IndexCapacity));
	for (int i = 0; i < table->nindexes; i++)
	{
		capacity->indexes[i].index_name = table->indexes[i].name;
		capacity->indexes[i].is_local = table->indexes[i].kind == INDEX_LOCAL;
	}
	return capacity;
}

static uint32
SizeOf(const DynamoItem *item)
{
	return item ? ItemSize(item) : 0;
}

static double
EntryUnits(const IndexDesc *index, const IndexEntry *entry)
{
	uint64		overhead = index->kind == INDEX_LOCAL ? ENTRY_OVERHEAD : 0;

	return entry->present ? WriteUnits(ItemSize(entry->item) + overhead) : 0;
}

static double
IndexWriteUnits(const IndexDesc *index, const DynamoItem *before, const DynamoItem *after)
{
	IndexEntry	old = IndexEntryIfValid(index, before);
	IndexEntry	new = IndexEntryIfValid(index, after);

	if (index->status == INDEX_DELETING || IndexEntryEquals(&old, &new))
		return 0;
	if (old.present && new.present && IndexEntryHasKey(index, &old, &new))
		return Max(EntryUnits(index, &old), EntryUnits(index, &new));
	return EntryUnits(index, &old) + EntryUnits(index, &new);
}

void
ConsumeWrite(Capacity *capacity, const TableDesc *table, const DynamoItem *before, const DynamoItem *after)
{
	capacity->table_units += WriteUnits(Max(SizeOf(before), SizeOf(after)));
	for (int i = 0; i < table->nindexes; i++)
		capacity->indexes[i].units += IndexWriteUnits(&table->indexes[i], before, after);
}

void
ConsumeUnits(Capacity *capacity, const IndexDesc *index, double units)
{
	if (index == NULL)
	{
		capacity->table_units += units;
		return;
	}
	for (int i = 0; i < capacity->nindexes; i++)
	{
		if (strcmp(capacity->indexes[i].index_name, index->name) == 0)
			capacity->indexes[i].units += units;
	}
}
