/*
 * batch_get.c
 *	  BatchGetItem: up to 100 keys of several tables.
 *
 * A reply holds at most 16 MB of items; the keys behind that come back as
 * UnprocessedKeys, with their table's other members as they were sent.
 */
#include "base/compat.h"

#include "api/batch.h"
#include "api/expressions.h"
#include "api/item_key.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "base/json_writer.h"
#include "request/capacity.h"
#include "value/item_json.h"

typedef struct BatchGetTable
{
	const JsonNode *member;		/* KeysAndAttributes */
	Binding    *binding;
	Projection *projection;
	bool		consistent;
	int			first;			/* its entries are [first, first + count) */
	int			count;
} BatchGetTable;

typedef struct BatchGet
{
	BatchEntry	entries[BATCH_MAX_KEYS];
	int			count;
	int			done;			/* entries before this one are answered */
	BatchGetTable *tables;
	int			table_count;
} BatchGet;

/* Reads one table's keys and projection. */
static void
ReadTable(BatchGet *batch, BatchGetTable *table, const JsonNode *member)
{
	const JsonNode *keys = RequestMember(member, "Keys");

	if (batch->count + keys->count > BATCH_MAX_KEYS)
		RaiseValidation("Too many items requested for the BatchGetItem call");
	table->member = member;
	table->projection = ReadOnlyProjection(member, &table->binding);
	table->consistent = RequestBool(member, "ConsistentRead", false);
	table->first = batch->count;
	table->count = keys->count;
	JsonForEach(key, keys)
	{
		BatchEntry *entry = &batch->entries[batch->count++];

		entry->table_index = batch->table_count;
		entry->given = ItemFromJson(key);
	}
	batch->table_count++;
}

static void
OpenTables(BatchGet *batch)
{
	for (int t = 0; t < batch->table_count; t++)
	{
		BatchGetTable *table = &batch->tables[t];
		TableDesc  *desc = StoreOpen(BatchTableName(table->member), ACL_SELECT, TABLE_MISSING);

		CheckKeyPaths(table->binding, desc);
		BatchSetTable(&batch->entries[table->first], table->count, desc);
		for (int i = table->first; i < table->first + table->count; i++)
			batch->entries[i].key = ItemKeyOfKey(desc, batch->entries[i].given);
	}
}

/* Reads items until the reply is full. */
static void
ReadItems(BatchGet *batch)
{
	uint64		bytes = 0;

	for (; batch->done < batch->count; batch->done++)
	{
		BatchEntry *entry = &batch->entries[batch->done];
		uint32		size;

		entry->item = StoreGet(entry->table, &entry->key);
		size = entry->item ? ItemSize(entry->item) : 0;
		if (bytes + size > BATCH_MAX_REPLY_SIZE)
			return;
		bytes += size;
		ConsumeUnits(entry->capacity, NULL, ReadUnits(size, batch->tables[entry->table_index].consistent));
	}
}

/* Writes the items of one table, in the order of its keys. */
static void
TableItemsToJson(StringInfo reply, const BatchGet *batch, const BatchGetTable *table)
{
	appendStringInfoChar(reply, '[');
	for (int i = table->first; i < Min(table->first + table->count, batch->done); i++)
	{
		if (batch->entries[i].item == NULL)
			continue;
		JsonElement(reply);
		ProjectedItemToJson(reply, table->projection, batch->entries[i].item);
	}
	appendStringInfoChar(reply, ']');
}

/* Writes a KeysAndAttributes with the keys that were not answered. */
static void
UnprocessedToJson(StringInfo reply, const BatchGet *batch, const BatchGetTable *table)
{
	appendStringInfoChar(reply, '{');
	JsonForEach(member, table->member)
	{
		JsonKey(reply, member->name, member->name_len);
		if (strcmp(member->name, "Keys") != 0)
		{
			JsonTree(reply, member);
			continue;
		}
		appendStringInfoChar(reply, '[');
		for (int i = Max(table->first, batch->done); i < table->first + table->count; i++)
		{
			JsonElement(reply);
			ItemToJson(reply, batch->entries[i].given);
		}
		appendStringInfoChar(reply, ']');
	}
	appendStringInfoChar(reply, '}');
}

/* What is refused together in one request, is so in two tables of one, too. */
static void
RefuseMixedTables(const JsonNode *tables)
{
	bool		legacy = false;
	bool		expression = false;

	JsonForEach(member, tables)
	{
		legacy = legacy || RequestMember(member, "AttributesToGet");
		expression = expression || RequestMember(member, "ProjectionExpression");
	}
	if (legacy && expression)
		RaiseMixedParameters("AttributesToGet", "ProjectionExpression");
}

void
BatchGetItemRun(const JsonNode *request, StringInfo reply)
{
	const JsonNode *tables = RequestMember(request, "RequestItems");
	BatchGet   *batch = palloc0(sizeof(BatchGet));

	batch->tables = palloc0(Max(tables->count, 1) * sizeof(BatchGetTable));
	RefuseMixedTables(tables);
	JsonForEach(member, tables)
	{
		if (!BatchIsRepeated(tables, member))
			ReadTable(batch, &batch->tables[batch->table_count], member);
	}
	OpenTables(batch);
	BatchCheckDuplicates(batch->entries, batch->count);
	ReadItems(batch);

	appendStringInfoString(reply, "{\"Responses\":{");
	for (int t = 0; t < batch->table_count; t++)
	{
		JsonKeyName(reply, batch->tables[t].member->name);
		TableItemsToJson(reply, batch, &batch->tables[t]);
	}
	appendStringInfoString(reply, "},\"UnprocessedKeys\":{");
	for (int t = 0; t < batch->table_count; t++)
	{
		BatchGetTable *table = &batch->tables[t];

		if (table->first + table->count <= batch->done)
			continue;
		JsonKeyName(reply, table->member->name);
		UnprocessedToJson(reply, batch, table);
	}
	appendStringInfoChar(reply, '}');
	BatchCapacityToJson(reply, batch->entries, batch->done, ReturnCapacityOf(request));
	appendStringInfoChar(reply, '}');
}
