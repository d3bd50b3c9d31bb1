/*
 * item_write.h
 *	  One write of one item on its way from the request to the store: what
 *	  PutItem, UpdateItem and DeleteItem do once and TransactWriteItems often.
 */
#ifndef DYNAMO_ITEM_WRITE_H
#define DYNAMO_ITEM_WRITE_H

#include "api/write_request.h"
#include "table/store.h"

typedef enum ItemWriteKind
{
	ITEM_WRITE_PUT,
	ITEM_WRITE_UPDATE,
	ITEM_WRITE_DELETE,
	ITEM_WRITE_CHECK			/* ConditionCheck: writes nothing */
} ItemWriteKind;

typedef struct ItemWrite
{
	ItemWriteKind kind;
	WriteRequest request;
	DynamoItem *given;			/* the item or key of the request */
	TableDesc  *table;
	ItemKey		key;
	DynamoItem *before;			/* as it was, if that is kept, or NULL */
	DynamoItem *after;			/* as it was stored, or NULL */
} ItemWrite;

/* Reads a write and checks what needs no table. */
extern void ItemWriteRead(ItemWrite *write, ItemWriteKind kind, const JsonNode *request);

/* Opens the table, then makes the key: the service's errors in that order. */
extern void ItemWriteOpen(ItemWrite *write);
extern void ItemWriteMakeKey(ItemWrite *write);

/*
 * A StoreDecide with the ItemWrite as its argument: checks the condition and
 * says what to store.  Raises the service's errors.
 */
extern StoreAction ItemWriteDecide(const DynamoItem *old, void *arg, DynamoItem **item);

#endif							/* DYNAMO_ITEM_WRITE_H */
