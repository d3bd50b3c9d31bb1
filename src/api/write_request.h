/*
 * write_request.h
 *	  What PutItem, UpdateItem and DeleteItem share: a condition, and what to
 *	  give back.
 *
 * The service reads such a request in this order, which is why reading takes
 * two calls:
 *	 1. WriteRequestRead(): members that need no value of the request
 *	 2. the operation reads its item or key
 *	 3. WriteRequestPrepare(): the expressions
 *	 4. the operation opens the table and makes the key
 *	 5. CheckKeyPaths()
 */
#ifndef DYNAMO_WRITE_REQUEST_H
#define DYNAMO_WRITE_REQUEST_H

#include "api/expressions.h"
#include "expression/update.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "request/capacity.h"
#include "table/store.h"

typedef enum ReturnValues
{
	RETURN_NONE,
	RETURN_ALL_OLD,
	RETURN_ALL_NEW,
	RETURN_UPDATED_OLD,
	RETURN_UPDATED_NEW
} ReturnValues;

typedef struct WriteRequest
{
	const JsonNode *request;
	const char *table_name;
	ReturnValues returns;
	bool		item_on_failure;	/* show the item if the condition fails */
	ReturnCapacity capacity;
	Binding    *binding;
	Update	   *update;			/* UpdateItem: never NULL once prepared */
	ConditionNode *condition;	/* NULL: none */
} WriteRequest;

/* is_update: the request is an UpdateItem. */
extern void WriteRequestRead(WriteRequest *write, const JsonNode *request, bool is_update);
extern void WriteRequestPrepare(WriteRequest *write, bool is_update);

/* The privileges needed besides those of the write itself. */
extern AclMode WriteRequestPrivileges(const WriteRequest *write);

/* Whether the reply needs the item as it was. */
extern bool WriteRequestWantsOld(const WriteRequest *write);

/* Whether it shows the item as it is afterwards. */
extern bool WriteRequestWantsNew(const WriteRequest *write);

/*
 * Raises ConditionalCheckFailedException unless the condition is true of the
 * item, which is NULL where there is none.
 */
extern void WriteRequestCheckCondition(const WriteRequest *write, const DynamoItem *item);

/*
 * Writes the reply about the item of that key.  before and after are NULL where
 * there is no item.
 */
extern void WriteRequestReply(StringInfo reply, const WriteRequest *write, TableDesc *table,
							  const ItemKey *key, const DynamoItem *before, const DynamoItem *after);

#endif							/* DYNAMO_WRITE_REQUEST_H */
