/*
 * projection.c
 *	  The projection of a request that has no other expression.
 */
#include "postgres.h"

#include "api/projection.h"
#include "api/request_member.h"
#include "value/item_json.h"

Projection *
ReadProjection(const JsonNode *request)
{
	static const char *const unsupported[] = {"AttributesToGet", NULL};
	const JsonNode *names = RequestMember(request, "ExpressionAttributeNames");
	const JsonNode *text = RequestMember(request, "ProjectionExpression");
	Projection *projection = NULL;
	Binding    *binding;

	RequestRefuse(request, unsupported);
	if (names == NULL && text == NULL)
		return NULL;
	binding = BindingMake(names, NULL, text != NULL);
	if (text)
		projection = ProjectionPrepare(text->text, text->len, binding);
	BindingCheckUnused(binding);
	return projection;
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
