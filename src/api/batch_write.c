/*
 * batch_write.c
 *	  BatchWriteItem: up to 25 puts and deletes, in one transaction.
 *
 * The service may write some and hand back the rest; here all are written or,
 * after an error, none, so UnprocessedItems is always empty.
 */
#include "base/compat.h"

#include "api/batch.h"
#include "api/item_key.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "base/json_writer.h"
#include "request/capacity.h"
#include "value/item_json.h"

typedef struct BatchWrite
{
	BatchEntry	entries[BATCH_MAX_WRITES];
	int			count;
} BatchWrite;

/* Reads {"PutRequest": {"Item": ...}} or {"DeleteRequest": {"Key": ...}}. */
static void
ReadWriteRequest(BatchEntry *entry, const JsonNode *request)
{
	const JsonNode *put = RequestMember(request, "PutRequest");
	const JsonNode *delete = RequestMember(request, "DeleteRequest");

	if ((put == NULL) == (delete == NULL))
		RaiseValidation("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
	entry->is_delete = delete != NULL;
	entry->given = ItemFromJson(delete ? RequestMember(delete, "Key") : RequestMember(put, "Item"));
	if (put)
		ItemCheckSize(entry->given);
}

/* Reads all requests; nothing here looks at a table. */
static void
ReadRequests(BatchWrite *batch, const JsonNode *tables)
{
	int			table_index = 0;

	JsonForEach(table, tables)
	{
		if (BatchIsRepeated(tables, table))
			continue;
		if (table->count == 0)
			RaiseValidation(psprintf("The batch write request list for a table cannot be null or empty: %s", table->name));
		if (batch->count + table->count > BATCH_MAX_WRITES)
			RaiseValidation("Too many items requested for the BatchWriteItem call");
		JsonForEach(request, table)
		{
			BatchEntry *entry = &batch->entries[batch->count++];

			entry->table_index = table_index;
			ReadWriteRequest(entry, request);
		}
		table_index++;
	}
}

/* Opens the tables and makes the keys. */
static void
OpenTables(BatchWrite *batch, const JsonNode *tables)
{
	BatchEntry *entry = batch->entries;

	JsonForEach(member, tables)
	{
		AclMode		mode = 0;
		TableDesc  *table;

		if (BatchIsRepeated(tables, member))
			continue;
		for (int i = 0; i < member->count; i++)
			mode |= entry[i].is_delete ? ACL_DELETE : ACL_INSERT | ACL_UPDATE;
		table = StoreOpen(BatchTableName(member), mode, TABLE_MISSING);
		for (int i = 0; i < member->count; i++, entry++)
		{
			entry->table = table;
			entry->key = entry->is_delete ?
				ItemKeyOfKey(table, entry->given) :
				ItemKeyOfItem(table, entry->given);
		}
	}
}

static StoreAction
Decide(const DynamoItem *old, void *arg, DynamoItem **item)
{
	BatchEntry *entry = arg;

	*item = entry->given;
	return entry->is_delete ? STORE_DELETE : STORE_PUT;
}

static void
WriteEntry(BatchEntry *entry, bool wants_capacity)
{
	DynamoItem *old = StoreModify(entry->table, &entry->key, Decide, entry, wants_capacity);
	uint32		old_size = old ? ItemSize(old) : 0;
	uint32		new_size = entry->is_delete ? 0 : ItemSize(entry->given);

	if (wants_capacity)
		entry->units = WriteUnits(Max(old_size, new_size));
}

void
BatchWriteItemRun(const JsonNode *request, StringInfo reply)
{
	const JsonNode *tables = RequestMember(request, "RequestItems");
	ReturnCapacity capacity = ReturnCapacityOf(request);
	BatchWrite *batch = palloc0(sizeof(BatchWrite));
	BatchEntry **sorted;

	ReadRequests(batch, tables);
	OpenTables(batch, tables);
	BatchCheckDuplicates(batch->entries, batch->count);
	sorted = BatchSort(batch->entries, batch->count);
	for (int i = 0; i < batch->count; i++)
		WriteEntry(sorted[i], capacity != RETURN_CAPACITY_NONE);

	appendStringInfoString(reply, "{\"UnprocessedItems\":{}");
	BatchCapacityToJson(reply, batch->entries, batch->count, capacity);
	appendStringInfoChar(reply, '}');
}
