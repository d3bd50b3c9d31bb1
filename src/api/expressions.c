/*
 * expressions.c
 *	  The expressions of a request and their placeholders.
 */
#include "base/compat.h"

#include "api/expressions.h"
#include "api/request_member.h"
#include "value/item_json.h"

Binding *
ReadBinding(const JsonNode *request, bool has_expression, const char *null_expressions)
{
	const JsonNode *names = RequestMember(request, "ExpressionAttributeNames");
	const JsonNode *values = RequestMember(request, "ExpressionAttributeValues");

	/* without any expression the service looks at the names first */
	if (!has_expression)
		(void) BindingMake(names, NULL, false);
	if (null_expressions)
		BindingRefuseValues(values, null_expressions);
	return BindingMake(names, values, has_expression);
}

Projection *
ReadProjection(const JsonNode *request, Binding *binding)
{
	const JsonNode *text = RequestMember(request, "ProjectionExpression");

	return text ? ProjectionPrepare(text->text, text->len, binding) : NULL;
}

Projection *
ReadOnlyProjection(const JsonNode *request, Binding **binding)
{
	static const char *const unsupported[] = {"AttributesToGet", NULL};
	const JsonNode *names = RequestMember(request, "ExpressionAttributeNames");
	Projection *projection;

	RequestRefuse(request, unsupported);
	*binding = BindingMake(names, NULL, RequestMember(request, "ProjectionExpression") != NULL);
	projection = ReadProjection(request, *binding);
	BindingCheckUnused(*binding);
	return projection;
}

void
CheckKeyPaths(const Binding *binding, const TableDesc *table)
{
	for (int i = 0; i < table->nkeys; i++)
		BindingCheckKeyPath(binding, table->keys[i].name, table->keys[i].name_len, false);
}

void
ProjectedItemToJson(StringInfo out, const Projection *projection, const DynamoItem *item)
{
	AttributeValue root;

	if (projection == NULL)
	{
		ItemToJson(out, item);
		return;
	}
	root = ItemValue(item);
	ProjectionToJson(out, projection, &root);
}
