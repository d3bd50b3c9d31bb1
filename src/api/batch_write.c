/*
 * batch_write.c
 *	  BatchWriteItem: up to 25 puts and deletes, in one transaction.
 *
 * The service may write some and hand back the rest; here all are written or,
 * after an error, none, so UnprocessedItems is always empty.
 */
#include "base/compat.h"

#include "api/batch.h"
#include "api/collection_metrics.h"
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
		BatchSetTable(entry, member->count, table);
		for (int i = 0; i < member->count; i++, entry++)
		{
			entry->key = entry->is_delete ?
				ItemKeyOfKey(table, entry->given) :
				ItemKeyOfItem(table, entry->given);
			entry->key_lock = entry->is_delete ? NoLock : RowExclusiveLock;
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
	DynamoItem *old = StoreModify(entry->table, &entry->key, Decide, entry, wants_capacity, NULL);

	if (wants_capacity)
		ConsumeWrite(entry->capacity, entry->table, old, entry->is_delete ? NULL : entry->given);
}

/* Whether an earlier entry is of the same collection. */
static bool
IsCollectionShown(const BatchEntry *first, const BatchEntry *entry)
{
	const AttributeValue *value = &entry->key.values[0];

	for (; first < entry; first++)
	{
		const AttributeValue *other = &first->key.values[0];

		if (CompareBytes(value->data, value->len, other->data, other->len) == 0)
			return true;
	}
	return false;
}

/* Writes the metrics of one table's collections, each once. */
static void
TableMetricsToJson(StringInfo reply, const BatchEntry *first, int count)
{
	JsonKeyName(reply, first->table->table_name);
	appendStringInfoChar(reply, '[');
	for (int i = 0; i < count; i++)
	{
		if (IsCollectionShown(first, &first[i]))
			continue;
		JsonElement(reply);
		CollectionMetricsToJson(reply, first->table, &first[i].key);
	}
	appendStringInfoChar(reply, ']');
}

static bool
AnyCollections(const BatchWrite *batch)
{
	for (int i = 0; i < batch->count; i++)
	{
		if (HasCollections(batch->entries[i].table))
			return true;
	}
	return false;
}

/* Writes ItemCollectionMetrics, a list for each table that has collections. */
static void
MetricsToJson(StringInfo reply, const BatchWrite *batch)
{
	int			i = 0;

	JsonKeyName(reply, "ItemCollectionMetrics");
	appendStringInfoChar(reply, '{');
	while (i < batch->count)
	{
		const BatchEntry *first = &batch->entries[i];
		int			count = 0;

		while (i + count < batch->count && first[count].table_index == first->table_index)
			count++;
		if (HasCollections(first->table))
			TableMetricsToJson(reply, first, count);
		i += count;
	}
	appendStringInfoChar(reply, '}');
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
	BatchLockKeys(batch->entries, batch->count, NULL);
	sorted = BatchSort(batch->entries, batch->count);
	for (int i = 0; i < batch->count; i++)
		WriteEntry(sorted[i], capacity != RETURN_CAPACITY_NONE);

	appendStringInfoString(reply, "{\"UnprocessedItems\":{}");
	if (CollectionMetricsWanted(request) && AnyCollections(batch))
		MetricsToJson(reply, batch);
	BatchCapacityToJson(reply, batch->entries, batch->count, capacity);
	appendStringInfoChar(reply, '}');
}
