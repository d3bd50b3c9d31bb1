/*
 * item_ops.c
 *	  PutItem, GetItem, DeleteItem.
 *
 * Each first checks what needs no table (values, expressions, sizes), then
 * opens the table, then checks against its key schema: the service's order.
 */
#include "base/compat.h"

#include "api/expressions.h"
#include "api/item_key.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "base/json_writer.h"
#include "request/capacity.h"
#include "value/item_json.h"

static const char *const unsupported_in_write[] = {
	"ConditionExpression", "Expected", "ConditionalOperator", NULL
};

/* What a PutItem or DeleteItem was asked to give back. */
typedef struct WriteReply
{
	bool		all_old;
	ReturnCapacity capacity;
} WriteReply;

/* Reads what PutItem and DeleteItem share, but for the item and the key. */
static WriteReply
ReadWriteReply(const JsonNode *request)
{
	const char *values = RequestString(request, "ReturnValues");
	WriteReply	reply;

	RequestRefuse(request, unsupported_in_write);
	if (values && strcmp(values, "NONE") != 0 && strcmp(values, "ALL_OLD") != 0)
		RaiseValidation("Return values set to invalid value");
	reply.all_old = values && strcmp(values, "ALL_OLD") == 0;
	reply.capacity = ReturnCapacityOf(request);
	(void) ReadBinding(request, false, "ConditionExpression is null");
	return reply;
}

/* Writes the reply: the old item if asked for, and the capacity. */
static void
WriteReplyToJson(StringInfo out, const WriteReply *reply, const TableDesc *table,
				 const DynamoItem *old, const DynamoItem *item)
{
	appendStringInfoChar(out, '{');
	if (reply->all_old && old)
	{
		JsonKeyName(out, "Attributes");
		ItemToJson(out, old);
	}
	if (reply->capacity != RETURN_CAPACITY_NONE)
	{
		uint32		old_size = old ? ItemSize(old) : 0;
		uint32		new_size = item ? ItemSize(item) : 0;

		JsonKeyName(out, "ConsumedCapacity");
		CapacityToJson(out, table->table_name, WriteUnits(Max(old_size, new_size)), reply->capacity);
	}
	appendStringInfoChar(out, '}');
}

static StoreAction
DecidePut(const DynamoItem *old, void *arg, DynamoItem **item)
{
	*item = arg;
	return STORE_PUT;
}

static StoreAction
DecideDelete(const DynamoItem *old, void *arg, DynamoItem **item)
{
	return STORE_DELETE;
}

void
PutItemRun(const JsonNode *request, StringInfo reply)
{
	const char *table_name = TableNameOf(RequestMember(request, "TableName"));
	WriteReply	wanted = ReadWriteReply(request);
	DynamoItem *item;
	TableDesc  *table;
	ItemKey		key;
	DynamoItem *old;

	item = ItemFromJson(RequestMember(request, "Item"));
	ItemCheckSize(item);
	table = StoreOpen(table_name, ACL_INSERT | ACL_UPDATE | (wanted.all_old ? ACL_SELECT : 0), TABLE_MISSING);
	key = ItemKeyOfItem(table, item);
	old = StoreModify(table, &key, DecidePut, item,
					  wanted.all_old || wanted.capacity != RETURN_CAPACITY_NONE);
	WriteReplyToJson(reply, &wanted, table, old, item);
}

void
DeleteItemRun(const JsonNode *request, StringInfo reply)
{
	const char *table_name = TableNameOf(RequestMember(request, "TableName"));
	WriteReply	wanted = ReadWriteReply(request);
	DynamoItem *key_item;
	TableDesc  *table;
	ItemKey		key;
	DynamoItem *old;

	key_item = ItemFromJson(RequestMember(request, "Key"));
	table = StoreOpen(table_name, ACL_DELETE | (wanted.all_old ? ACL_SELECT : 0), TABLE_MISSING);
	key = ItemKeyOfKey(table, key_item);
	old = StoreModify(table, &key, DecideDelete, NULL,
					  wanted.all_old || wanted.capacity != RETURN_CAPACITY_NONE);
	WriteReplyToJson(reply, &wanted, table, old, NULL);
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
		CapacityToJson(reply, table->table_name,
					   ReadUnits(item ? ItemSize(item) : 0, RequestBool(request, "ConsistentRead", false)),
					   capacity);
	}
	appendStringInfoChar(reply, '}');
}
