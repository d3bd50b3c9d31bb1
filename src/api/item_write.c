/*
 * item_write.c
 *	  One write of one item on its way from the request to the store.
 *
 * First comes what needs no table (values, expressions, sizes), then the
 * table, then its key schema: the service's order.
 */
#include "base/compat.h"

#include "api/item_key.h"
#include "api/item_write.h"
#include "api/request_member.h"
#include "value/item_json.h"

/* What each kind needs besides what its condition and reply need. */
static const AclMode privileges[] = {
	[ITEM_WRITE_PUT] = ACL_INSERT | ACL_UPDATE,
	[ITEM_WRITE_UPDATE] = ACL_INSERT | ACL_UPDATE,
	[ITEM_WRITE_DELETE] = ACL_DELETE,
	[ITEM_WRITE_CHECK] = ACL_SELECT,
};

void
ItemWriteRead(ItemWrite *write, ItemWriteKind kind, const JsonNode *request)
{
	bool		is_put = kind == ITEM_WRITE_PUT;
	bool		is_update = kind == ITEM_WRITE_UPDATE;

	memset(write, 0, sizeof(ItemWrite));
	write->kind = kind;
	WriteRequestRead(&write->request, request, is_update);
	write->given = ItemFromJson(RequestMember(request, is_put ? "Item" : "Key"));
	if (is_put)
		ItemCheckSize(write->given);
	WriteRequestPrepare(&write->request, is_update);
}

void
ItemWriteOpen(ItemWrite *write)
{
	write->table = StoreOpen(write->request.table_name,
							 privileges[write->kind] | WriteRequestPrivileges(&write->request),
							 TABLE_MISSING);
}

void
ItemWriteMakeKey(ItemWrite *write)
{
	write->key = write->kind == ITEM_WRITE_PUT ?
		ItemKeyOfItem(write->table, write->given) :
		ItemKeyOfKey(write->table, write->given);
	CheckKeyPaths(write->request.binding, write->table);
}

/* The table's keys cannot be changed, and nothing can be below an index's. */
static void
CheckUpdatedKeys(const ItemWrite *write)
{
	const TableDesc *table = write->table;

	for (int i = 0; i < table->nkeys; i++)
		UpdateCheckKey(write->request.update, table->keys[i].name, table->keys[i].name_len);
	for (int i = 0; i < table->nindexes; i++)
	{
		const IndexDesc *index = &table->indexes[i];

		for (int k = 0; k < index->nkeys; k++)
			UpdateCheckIndexKey(write->request.update, index->keys[k].attribute.name,
								index->keys[k].attribute.name_len);
	}
}

/* An empty value for a key of an index, by an expression, has a text of its own. */
static void
CheckUpdatedIndexKeys(const ItemWrite *write)
{
	if (RequestMember(write->request.request, "UpdateExpression") == NULL)
		return;
	for (int i = 0; i < write->table->nindexes; i++)
	{
		const IndexDesc *index = &write->table->indexes[i];

		for (int k = 0; k < index->nkeys; k++)
		{
			const IndexKey *key = &index->keys[k];
			AttributeValue value;

			if (ItemFind(write->after, key->attribute.name, key->attribute.name_len, &value) &&
				(AttributeValueType(&value) == ATTRIBUTE_S || AttributeValueType(&value) == ATTRIBUTE_B) &&
				value.len == 0)
				RaiseValidation(psprintf("One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty %s value.",
										 AttributeValueType(&value) == ATTRIBUTE_S ? "string" : "binary"));
		}
	}
}

StoreAction
ItemWriteDecide(const DynamoItem *old, void *arg, DynamoItem **item)
{
	ItemWrite  *write = arg;

	WriteRequestCheckCondition(&write->request, old);
	switch (write->kind)
	{
		case ITEM_WRITE_PUT:
			*item = write->after = write->given;
			return STORE_PUT;
		case ITEM_WRITE_UPDATE:
			CheckUpdatedKeys(write);
			*item = write->after = UpdateApply(write->request.update, old ? old : write->given);
			CheckUpdatedIndexKeys(write);
			return STORE_PUT;
		case ITEM_WRITE_DELETE:
			return STORE_DELETE;
		case ITEM_WRITE_CHECK:
			return STORE_HOLD;
	}
	elog(ERROR, "unknown kind of write: %d", (int) write->kind);
}
