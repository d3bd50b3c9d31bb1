/*
 * batch.c
 *	  What BatchWriteItem and BatchGetItem share: keys of several tables.
 */
#include "base/compat.h"

#include "api/batch.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "base/json_writer.h"

static int
CompareEntries(const void *a, const void *b)
{
	const BatchEntry *left = *(const BatchEntry *const *) a;
	const BatchEntry *right = *(const BatchEntry *const *) b;

	if (left->table->relid != right->table->relid)
		return left->table->relid < right->table->relid ? -1 : 1;
	for (int i = 0; i < left->table->nkeys; i++)
	{
		int			order = CompareBytes(left->key.values[i].data, left->key.values[i].len,
										 right->key.values[i].data, right->key.values[i].len);

		if (order != 0)
			return order;
	}
	return 0;
}

BatchEntry **
BatchSort(BatchEntry *entries, int count)
{
	BatchEntry **sorted = palloc(count * sizeof(BatchEntry *));

	for (int i = 0; i < count; i++)
		sorted[i] = &entries[i];
	qsort(sorted, count, sizeof(BatchEntry *), CompareEntries);
	return sorted;
}

static int
CompareStripes(const void *a, const void *b)
{
	const BatchEntry *left = *(const BatchEntry *const *) a;
	const BatchEntry *right = *(const BatchEntry *const *) b;
	uint32		x = StoreKeyStripe(left->table, &left->key);
	uint32		y = StoreKeyStripe(right->table, &right->key);

	if (left->table->relid != right->table->relid)
		return left->table->relid < right->table->relid ? -1 : 1;
	return (x > y) - (x < y);
}

/*
 * The one mode for what both need.  To take the one lock and then the other
 * would be an upgrade, on which two writers deadlock.
 */
static LOCKMODE
JoinLockModes(LOCKMODE a, LOCKMODE b)
{
	if (a == NoLock || a == b)
		return b;
	return b == NoLock ? a : ShareRowExclusiveLock;
}

void
BatchLockKeys(BatchEntry *entries, int count, volatile int *locking)
{
	BatchEntry **order = palloc(count * sizeof(BatchEntry *));
	LOCKMODE	lockmode = NoLock;

	for (int i = 0; i < count; i++)
		order[i] = &entries[i];
	qsort(order, count, sizeof(BatchEntry *), CompareStripes);
	for (int i = 0; i < count; i++)
	{
		BatchEntry *entry = order[i];

		lockmode = JoinLockModes(lockmode, entry->key_lock);
		if (i + 1 < count && CompareStripes(&order[i], &order[i + 1]) == 0)
			continue;
		if (locking)
			*locking = entry - entries;
		if (lockmode != NoLock)
			StoreLockStripe(entry->table, StoreKeyStripe(entry->table, &entry->key), lockmode);
		lockmode = NoLock;
	}
	pfree(order);
}

void
BatchSetTable(BatchEntry *first, int count, TableDesc *table)
{
	Capacity   *capacity = ConsumedNothing(table);

	for (int i = 0; i < count; i++)
	{
		first[i].table = table;
		first[i].capacity = capacity;
	}
}

bool
BatchHasDuplicates(BatchEntry *entries, int count)
{
	BatchEntry **sorted = BatchSort(entries, count);
	bool		found = false;

	for (int i = 1; i < count && !found; i++)
		found = CompareEntries(&sorted[i - 1], &sorted[i]) == 0;
	pfree(sorted);
	return found;
}

void
BatchCheckDuplicates(BatchEntry *entries, int count)
{
	if (BatchHasDuplicates(entries, count))
		RaiseValidation("Provided list of item keys contains duplicates");
}

bool
BatchIsRepeated(const JsonNode *tables, const JsonNode *member)
{
	return JsonMember(tables, member->name) != member;
}

char *
BatchTableName(const JsonNode *member)
{
	JsonNode	name = {.kind = JSON_NODE_STRING, .text = member->name, .len = member->name_len};

	return TableNameOf(&name);
}

/* Whether an entry before number i is of the same table. */
static bool
IsCapacityShown(const BatchEntry *entries, int i)
{
	for (int j = 0; j < i; j++)
	{
		if (entries[j].capacity == entries[i].capacity)
			return true;
	}
	return false;
}

void
BatchCapacityToJson(StringInfo reply, const BatchEntry *entries, int count, ReturnCapacity capacity)
{
	if (capacity == RETURN_CAPACITY_NONE)
		return;
	JsonKeyName(reply, "ConsumedCapacity");
	appendStringInfoChar(reply, '[');
	for (int i = 0; i < count; i++)
	{
		if (IsCapacityShown(entries, i))
			continue;
		JsonElement(reply);
		CapacityToJson(reply, entries[i].capacity, capacity);
	}
	appendStringInfoChar(reply, ']');
}
