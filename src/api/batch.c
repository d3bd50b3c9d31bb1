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

void
BatchCheckDuplicates(BatchEntry *entries, int count)
{
	BatchEntry **sorted = BatchSort(entries, count);

	for (int i = 1; i < count; i++)
	{
		if (CompareEntries(&sorted[i - 1], &sorted[i]) == 0)
			RaiseValidation("Provided list of item keys contains duplicates");
	}
	pfree(sorted);
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

void
BatchCapacityToJson(StringInfo reply, const BatchEntry *entries, int count, ReturnCapacity capacity)
{
	int			i = 0;

	if (capacity == RETURN_CAPACITY_NONE)
		return;
	JsonKeyName(reply, "ConsumedCapacity");
	appendStringInfoChar(reply, '[');
	while (i < count)
	{
		const BatchEntry *first = &entries[i];
		double		units = 0;

		for (; i < count && entries[i].table_index == first->table_index; i++)
			units += entries[i].units;
		JsonElement(reply);
		CapacityToJson(reply, first->table->table_name, units, capacity);
	}
	appendStringInfoChar(reply, ']');
}
