/*
 * permission_denied.c
 *	  The service's words for a missing privilege.
 */
#include "base/compat.h"

#include "api/table_name.h"
#include "http/permissions.h"

/* Of an operation on several tables: the actions it is made of. */
typedef struct PartAction
{
	const char *operation;
	const char *part;			/* member of an element of TransactItems */
	const char *action;
} PartAction;

static const PartAction part_actions[] = {
	{"TransactGetItems", "Get", "GetItem"},
	{"TransactWriteItems", "Put", "PutItem"},
	{"TransactWriteItems", "Update", "UpdateItem"},
	{"TransactWriteItems", "Delete", "DeleteItem"},
	{"TransactWriteItems", "ConditionCheck", "ConditionCheckItem"},
};

static const char *TableOf(const JsonNode *request);
static const char *ActionOn(const Operation *operation, const JsonNode *request, const char *table_name);
static const char *PartOn(const Operation *operation, const JsonNode *part, const char *table_name);
static const char *TextMember(const JsonNode *object, const char *name);
static char *ResourceArn(const char *table_name, const char *index_name);

/* The request may be anything: it was perhaps refused before it was checked. */
char *
PermissionDeniedMessage(const Operation *operation, const char *user, const char *body, int len,
						const char *table_name)
{
	JsonReadError error;
	const JsonNode *request = JsonRead(body, len, &error);
	const char *action;

	if (table_name == NULL)
		table_name = TableOf(request);
	action = ActionOn(operation, request, table_name);
	return psprintf("User: arn:aws:iam::" ARN_ACCOUNT ":user/%s is not authorized to perform: dynamodb:%s "
					"on resource: %s because no identity-based policy allows the dynamodb:%s action",
					user, action, ResourceArn(table_name, TextMember(request, "IndexName")), action);
}

/* The first table that the request names, or NULL. */
static const char *
TableOf(const JsonNode *request)
{
	const JsonNode *tables = JsonMember(request, "RequestItems");
	const JsonNode *parts = JsonMember(request, "TransactItems");

	if (tables != NULL && tables->kind == JSON_NODE_OBJECT && tables->first != NULL)
		return tables->first->name;
	if (parts != NULL && parts->kind == JSON_NODE_ARRAY && parts->first != NULL)
		return TextMember(parts->first->first, "TableName");
	return TextMember(request, "TableName");
}

/* The service judges a transaction by its parts. */
static const char *
ActionOn(const Operation *operation, const JsonNode *request, const char *table_name)
{
	const JsonNode *parts = JsonMember(request, "TransactItems");
	const char *action = NULL;

	if (parts != NULL && parts->kind == JSON_NODE_ARRAY && table_name != NULL)
	{
		JsonForEach(part, parts)
		{
			if (action == NULL)
				action = PartOn(operation, part, table_name);
		}
	}
	return action != NULL ? action : operation->name;
}

/* The action of a part, if it is one on that table. */
static const char *
PartOn(const Operation *operation, const JsonNode *part, const char *table_name)
{
	for (size_t i = 0; i < lengthof(part_actions); i++)
	{
		const JsonNode *act = JsonMember(part, part_actions[i].part);
		const char *on = TextMember(act, "TableName");

		if (on != NULL && strcmp(part_actions[i].operation, operation->name) == 0 &&
			strcmp(ResourceArn(on, NULL), ResourceArn(table_name, NULL)) == 0)
			return part_actions[i].action;
	}
	return NULL;
}

static const char *
TextMember(const JsonNode *object, const char *name)
{
	const JsonNode *member = JsonMember(object, name);

	return member != NULL && member->kind == JSON_NODE_STRING ? member->text : NULL;
}

/* A table may be named by its ARN; without a table it is any. */
static char *
ResourceArn(const char *table_name, const char *index_name)
{
	char	   *arn;

	if (table_name != NULL && strncmp(table_name, "arn:", strlen("arn:")) == 0)
		arn = pstrdup(table_name);
	else
		arn = TableArn(table_name != NULL ? table_name : "*");
	return index_name != NULL ? psprintf("%s/index/%s", arn, index_name) : arn;
}
