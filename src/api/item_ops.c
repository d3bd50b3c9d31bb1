/*
 * item_ops.c
 *	  PutItem, GetItem, UpdateItem, DeleteItem.
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
#include "api/write_request.h"
#include "base/json_writer.h"
#include "request/capacity.h"
#include "value/item_json.h"

/* What tells one write from another. */
typedef struct WriteKind
{
	const char *member;			/* of the request: what names the item */
	bool		is_put;			/* that member is a whole item, not a key */
	bool		is_update;
	AclMode		mode;
	StoreDecide decide;
} WriteKind;

/* A write on its way to the store. */
typedef struct ItemWrite
{
	WriteRequest request;
	const TableDesc *table;
	DynamoItem *given;			/* the item or key of the request */
	DynamoItem *after;			/* what is stored in the end, or NULL */
} ItemWrite;

static StoreAction
DecidePut(const DynamoItem *old, void *arg, DynamoItem **item)
{
	ItemWrite  *write = arg;

	WriteRequestCheckCondition(&write->request, old);
	*item = write->after = write->given;
	return STORE_PUT;
}

static StoreAction
DecideDelete(const DynamoItem *old, void *arg, DynamoItem **item)
{
	ItemWrite  *write = arg;

	WriteRequestCheckCondition(&write->request, old);
	return STORE_DELETE;
}

static StoreAction
DecideUpdate(const DynamoItem *old, void *arg, DynamoItem **item)
{
	ItemWrite  *write = arg;

	WriteRequestCheckCondition(&write->request, old);
	for (int i = 0; i < write->table->nkeys; i++)
		UpdateCheckKey(write->request.update, write->table->keys[i].name, write->table->keys[i].name_len);
	*item = write->after = UpdateApply(write->request.update, old ? old : write->given);
	return STORE_PUT;
}

static const WriteKind put_kind = {"Item", true, false, ACL_INSERT | ACL_UPDATE, DecidePut};
static const WriteKind delete_kind = {"Key", false, false, ACL_DELETE, DecideDelete};
static const WriteKind update_kind = {"Key", false, true, ACL_INSERT | ACL_UPDATE, DecideUpdate};

static void
RunWrite(const WriteKind *kind, const JsonNode *request, StringInfo reply)
{
	ItemWrite	write = {0};
	TableDesc  *table;
	ItemKey		key;
	DynamoItem *old;

	WriteRequestRead(&write.request, request, kind->is_update);
	write.given = ItemFromJson(RequestMember(request, kind->member));
	if (kind->is_put)
		ItemCheckSize(write.given);
	WriteRequestPrepare(&write.request, kind->is_update);

	table = StoreOpen(write.request.table_name, kind->mode | WriteRequestPrivileges(&write.request),
					  TABLE_MISSING);
	key = kind->is_put ? ItemKeyOfItem(table, write.given) : ItemKeyOfKey(table, write.given);
	CheckKeyPaths(write.request.binding, table);
	write.table = table;
	old = StoreModify(table, &key, kind->decide, &write, WriteRequestWantsOld(&write.request));
	WriteRequestReply(reply, &write.request, table, old, write.after);
}

void
PutItemRun(const JsonNode *request, StringInfo reply)
{
	RunWrite(&put_kind, request, reply);
}

void
DeleteItemRun(const JsonNode *request, StringInfo reply)
{
	RunWrite(&delete_kind, request, reply);
}

void
UpdateItemRun(const JsonNode *request, StringInfo reply)
{
	RunWrite(&update_kind, request, reply);
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
