/*
 * item_ops.c
 *	  PutItem, GetItem, UpdateItem, DeleteItem.
 *
 * The writes are item_write.c's.  GetItem first checks what needs no table
 * (values, expressions), then opens the table, then checks against its key
 * schema: the service's order.
 */
#include "base/compat.h"

#include "api/consumed.h"
#include "api/expressions.h"
#include "api/item_key.h"
#include "api/item_write.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "base/json_writer.h"
#include "value/item_json.h"

static void
RunWrite(ItemWriteKind kind, const JsonNode *request, StringInfo reply)
{
	ItemWrite	write;

	ItemWriteRead(&write, kind, request);
	ItemWriteOpen(&write);
	ItemWriteMakeKey(&write);
	write.before = StoreModify(write.table, &write.key, ItemWriteDecide, &write,
							   WriteRequestWantsOld(&write.request),
							   WriteRequestWantsNew(&write.request) ? &write.after : NULL);
	WriteRequestReply(reply, &write.request, write.table, &write.key, write.before, write.after);
}

void
PutItemRun(const JsonNode *request, StringInfo reply)
{
	RunWrite(ITEM_WRITE_PUT, request, reply);
}

void
DeleteItemRun(const JsonNode *request, StringInfo reply)
{
	RunWrite(ITEM_WRITE_DELETE, request, reply);
}

void
UpdateItemRun(const JsonNode *request, StringInfo reply)
{
	RunWrite(ITEM_WRITE_UPDATE, request, reply);
}

void
GetItemRun(const JsonNode *request, StringInfo reply)
{
	const char *table_name = TableNameOf(RequestMember(request, "TableName"));
	ReturnCapacity capacity = ReturnCapacityOf(request);
	Binding    *binding;
	Projection *projection = ReadOnlyProjection(request, &binding);
	DynamoItem *key_item = ItemFromJson(RequestMember(request, "Key"));
	TableDesc  *table = StoreOpen(table_name, ACL_SELECT, TABLE_MISSING);
	ItemKey		key = ItemKeyOfKey(table, key_item);
	Capacity   *consumed;
	DynamoItem *item;

	CheckKeyPaths(binding, table);
	item = StoreGet(table, &key);
	appendStringInfoChar(reply, '{');
	if (item)
	{
		JsonKeyName(reply, "Item");
		ProjectedItemToJson(reply, projection, item);
	}
	if (capacity != RETURN_CAPACITY_NONE)
	{
		JsonKeyName(reply, "ConsumedCapacity");
		consumed = ConsumedNothing(table);
		ConsumeUnits(consumed, NULL,
					 ReadUnits(item ? ItemSize(item) : 0, RequestBool(request, "ConsistentRead", false)));
		CapacityToJson(reply, consumed, capacity);
	}
	appendStringInfoChar(reply, '}');
}
