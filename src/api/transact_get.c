/*
 * transact_get.c
 *	  TransactGetItems: up to 100 items as one moment has them.
 */
#include "base/compat.h"

#include "api/batch.h"
#include "api/expressions.h"
#include "api/item_key.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "api/transact.h"
#include "base/json_writer.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"
#include "value/item_json.h"

/* In a transaction everything costs twice. */
#define TRANSACTION_FACTOR	2

typedef struct TransactGet
{
	int			count;
	BatchEntry *entries;
	const char **table_names;
	Projection **projections;	/* NULL: whole items */
	Binding   **bindings;
	CancellationReason *reasons;
} TransactGet;

static void
ReadGets(TransactGet *gets, const JsonNode *items)
{
	gets->entries = palloc0(items->count * sizeof(BatchEntry));
	gets->table_names = palloc(items->count * sizeof(char *));
	gets->projections = palloc(items->count * sizeof(Projection *));
	gets->bindings = palloc(items->count * sizeof(Binding *));
	gets->reasons = palloc0(items->count * sizeof(CancellationReason));
	JsonForEach(item, items)
	{
		const JsonNode *get = RequestMember(item, "Get");
		int			i = gets->count++;

		gets->table_names[i] = TableNameOf(RequestMember(get, "TableName"));
		gets->projections[i] = ReadOnlyProjection(get, &gets->bindings[i]);
		gets->entries[i].given = ItemFromJson(RequestMember(get, "Key"));
	}
}

/* Makes the key; what is wrong with it becomes the reason. */
static void
MakeKey(BatchEntry *entry, Binding *binding, CancellationReason *reason)
{
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		entry->key = ItemKeyOfKey(entry->table, entry->given);
		CheckKeyPaths(binding, entry->table);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		if (!TransactTakeReason(reason, context))
			PG_RE_THROW();
	}
	PG_END_TRY();
}

/* Gives each entry its table and the capacity that it shares with others of the table. */
static void
OpenTables(TransactGet *gets)
{
	for (int i = 0; i < gets->count; i++)
	{
		BatchEntry *entry = &gets->entries[i];

		entry->table = StoreOpen(gets->table_names[i], ACL_SELECT, TABLE_MISSING);
		for (int j = 0; j < i && entry->capacity == NULL; j++)
		{
			if (gets->entries[j].table->relid == entry->table->relid)
				entry->capacity = gets->entries[j].capacity;
		}
		if (entry->capacity == NULL)
			entry->capacity = ConsumedNothing(entry->table);
	}
	for (int i = 0; i < gets->count; i++)
		MakeKey(&gets->entries[i], gets->bindings[i], &gets->reasons[i]);
	TransactCheckReasons(gets->reasons, gets->count);
}

/* Reads all items by one snapshot. */
static void
ReadItems(TransactGet *gets)
{
	Snapshot	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	uint64		bytes = 0;

	for (int i = 0; i < gets->count; i++)
	{
		BatchEntry *entry = &gets->entries[i];
		uint32		size;

		CHECK_FOR_INTERRUPTS();
		entry->item = StoreGetAsOf(entry->table, &entry->key, snapshot);
		size = entry->item ? ItemSize(entry->item) : 0;
		bytes += size;
		if (bytes > TRANSACT_MAX_SIZE)
			RaiseValidation("Transaction payload size cannot exceed 4MB");
		ConsumeUnits(entry->capacity, NULL, ReadUnits(size, true) * TRANSACTION_FACTOR);
	}
	UnregisterSnapshot(snapshot);
}

void
TransactGetItemsRun(const JsonNode *request, StringInfo reply)
{
	TransactGet gets = {0};

	ReadGets(&gets, RequestMember(request, "TransactItems"));
	OpenTables(&gets);
	if (BatchHasDuplicates(gets.entries, gets.count))
		TransactRaiseDuplicate();
	ReadItems(&gets);

	appendStringInfoString(reply, "{\"Responses\":[");
	for (int i = 0; i < gets.count; i++)
	{
		JsonElement(reply);
		appendStringInfoChar(reply, '{');
		if (gets.entries[i].item)
		{
			JsonKeyName(reply, "Item");
			ProjectedItemToJson(reply, gets.projections[i], gets.entries[i].item);
		}
		appendStringInfoChar(reply, '}');
	}
	appendStringInfoChar(reply, ']');
	BatchCapacityToJson(reply, gets.entries, gets.count, ReturnCapacityOf(request));
	appendStringInfoChar(reply, '}');
}
