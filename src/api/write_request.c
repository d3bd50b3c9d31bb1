/*
 * write_request.c
 *	  What PutItem, UpdateItem and DeleteItem share: a condition, and what to
 *	  give back.
 */
#include "base/compat.h"

#include "api/collection_metrics.h"
#include "api/consumed.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "api/write_request.h"
#include "base/json_writer.h"
#include "expression/evaluate.h"
#include "expression/legacy.h"
#include "value/item_json.h"

/* ---- reading ---- */

/* Only an UpdateItem can give back more than the old item. */
static ReturnValues
ReadReturnValues(const JsonNode *request, bool is_update)
{
	static const char *const names[] = {
		[RETURN_NONE] = "NONE",
		[RETURN_ALL_OLD] = "ALL_OLD",
		[RETURN_ALL_NEW] = "ALL_NEW",
		[RETURN_UPDATED_OLD] = "UPDATED_OLD",
		[RETURN_UPDATED_NEW] = "UPDATED_NEW",
	};
	const char *text = RequestString(request, "ReturnValues");
	ReturnValues last = is_update ? RETURN_UPDATED_NEW : RETURN_ALL_OLD;

	if (text == NULL)
		return RETURN_NONE;
	for (ReturnValues values = RETURN_NONE; values <= last; values++)
	{
		if (strcmp(text, names[values]) == 0)
			return values;
	}
	RaiseValidation("Return values set to invalid value");
}

/* Names that an operation does not know, it ignores. */
static void
RefuseMixed(const JsonNode *request, bool is_update)
{
	static const char *const legacy[] = {"AttributeUpdates", "Expected", "ConditionalOperator", NULL};
	static const char *const expressions[] = {"UpdateExpression", "ConditionExpression", NULL};
	int			skipped = is_update ? 0 : 1;

	RefuseMixedParameters(request, legacy + skipped, expressions + skipped);
}

static bool
HasExpression(const JsonNode *request, bool is_update)
{
	return RequestMember(request, "ConditionExpression") ||
		(is_update && RequestMember(request, "UpdateExpression"));
}

void
WriteRequestRead(WriteRequest *write, const JsonNode *request, bool is_update)
{
	const char *on_failure = RequestString(request, "ReturnValuesOnConditionCheckFailure");

	memset(write, 0, sizeof(WriteRequest));
	write->request = request;
	write->table_name = TableNameOf(RequestMember(request, "TableName"));
	write->returns = ReadReturnValues(request, is_update);
	write->item_on_failure = on_failure && strcmp(on_failure, "ALL_OLD") == 0;
	write->capacity = ReturnCapacityOf(request);
	RefuseMixed(request, is_update);
	if (!HasExpression(request, is_update))
		write->binding = ReadBinding(request, false,
									 is_update ? "UpdateExpression and ConditionExpression are null" :
									 "ConditionExpression is null");
}

/* The update that UpdateExpression or AttributeUpdates asks for; none is an empty one. */
static Update *
ReadUpdate(const JsonNode *request, Binding *binding)
{
	const JsonNode *text = RequestMember(request, "UpdateExpression");
	const JsonNode *updates = RequestMember(request, "AttributeUpdates");

	if (text)
		return UpdatePrepare(text->text, text->len, binding);
	if (updates)
		return LegacyUpdate(updates);
	return palloc0(sizeof(Update));
}

static ConditionNode *
ReadCondition(const JsonNode *request, Binding *binding)
{
	const JsonNode *text = RequestMember(request, "ConditionExpression");
	const JsonNode *expected = RequestMember(request, "Expected");

	if (text)
		return ConditionPrepare(EXPRESSION_CONDITION, text->text, text->len, binding);
	if (expected)
		return LegacyExpected(expected, RequestString(request, "ConditionalOperator"));
	RefuseConditionalOperator(request);
	return NULL;
}

void
WriteRequestPrepare(WriteRequest *write, bool is_update)
{
	if (write->binding == NULL)
		write->binding = ReadBinding(write->request, true, NULL);
	/* an UpdateExpression comes before the condition, AttributeUpdates behind */
	if (is_update && RequestMember(write->request, "UpdateExpression"))
		write->update = ReadUpdate(write->request, write->binding);
	write->condition = ReadCondition(write->request, write->binding);
	if (is_update && write->update == NULL)
		write->update = ReadUpdate(write->request, write->binding);
	BindingCheckUnused(write->binding);
}

/* A condition tells something of the item as surely as a reply does. */
AclMode
WriteRequestPrivileges(const WriteRequest *write)
{
	return write->condition || write->returns != RETURN_NONE ? ACL_SELECT : 0;
}

bool
WriteRequestWantsOld(const WriteRequest *write)
{
	return write->returns == RETURN_ALL_OLD || write->returns == RETURN_UPDATED_OLD ||
		write->capacity != RETURN_CAPACITY_NONE;
}

bool
WriteRequestWantsNew(const WriteRequest *write)
{
	return write->returns == RETURN_ALL_NEW || write->returns == RETURN_UPDATED_NEW;
}

/* ---- the condition ---- */

static void
RaiseConditionFailed(const DynamoItem *item)
{
	StringInfoData detail;

	if (item == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_CONDITIONAL_CHECK_FAILED),
				 errmsg("The conditional request failed")));

	initStringInfo(&detail);
	appendStringInfoChar(&detail, '{');
	JsonKeyName(&detail, "Item");
	ItemToJson(&detail, item);
	appendStringInfoChar(&detail, '}');
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_CONDITIONAL_CHECK_FAILED),
			 errmsg("The conditional request failed"),
			 errdetail_internal("%s", detail.data)));
}

void
WriteRequestCheckCondition(const WriteRequest *write, const DynamoItem *item)
{
	AttributeValue map;

	if (write->condition == NULL)
		return;
	if (item)
		map = ItemValue(item);
	if (!ConditionEvaluate(write->condition, item ? &map : NULL))
		RaiseConditionFailed(write->item_on_failure ? item : NULL);
}

/* ---- the reply ---- */

/* Writes the member Attributes, unless there is nothing to show. */
static void
AttributesToJson(StringInfo reply, const WriteRequest *write, const DynamoItem *before,
				 const DynamoItem *after)
{
	bool		is_new = write->returns == RETURN_ALL_NEW || write->returns == RETURN_UPDATED_NEW;
	bool		is_part = write->returns == RETURN_UPDATED_OLD || write->returns == RETURN_UPDATED_NEW;
	const DynamoItem *item = is_new ? after : before;
	int			start = reply->len;
	int			value_start;

	if (write->returns == RETURN_NONE || item == NULL)
		return;
	JsonKeyName(reply, "Attributes");
	value_start = reply->len;
	ProjectedItemToJson(reply, is_part ? UpdateProjection(write->update) : NULL, item);
	if (reply->len - value_start == (int) strlen("{}"))
	{
		reply->len = start;
		reply->data[start] = '\0';
	}
}

void
WriteRequestReply(StringInfo reply, const WriteRequest *write, TableDesc *table,
				  const ItemKey *key, const DynamoItem *before, const DynamoItem *after)
{
	appendStringInfoChar(reply, '{');
	AttributesToJson(reply, write, before, after);
	if (write->capacity != RETURN_CAPACITY_NONE)
	{
		Capacity   *consumed = ConsumedNothing(table);

		ConsumeWrite(consumed, table, before, after);
		JsonKeyName(reply, "ConsumedCapacity");
		CapacityToJson(reply, consumed, write->capacity);
	}
	if (HasCollections(table) && CollectionMetricsWanted(write->request))
	{
		JsonKeyName(reply, "ItemCollectionMetrics");
		CollectionMetricsToJson(reply, table, key);
	}
	appendStringInfoChar(reply, '}');
}
