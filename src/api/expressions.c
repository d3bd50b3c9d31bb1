/*
 * expressions.c
 *	  The expressions of a request and their placeholders.
 */
#include "base/compat.h"

#include "api/expressions.h"
#include "api/request_member.h"
#include "expression/legacy.h"
#include "lib/stringinfo.h"
#include "value/item_json.h"

/* "A, B" of those names that the request has as members; "" if none. */
static char *
ListMembers(const JsonNode *request, const char *const *names)
{
	StringInfoData list;

	initStringInfo(&list);
	for (; *names != NULL; names++)
	{
		if (RequestMember(request, *names) == NULL)
			continue;
		appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "", *names);
	}
	return list.data;
}

void
RefuseMixedParameters(const JsonNode *request, const char *const *legacy, const char *const *expressions)
{
	const char *legacy_list = ListMembers(request, legacy);
	const char *expression_list = ListMembers(request, expressions);

	if (*legacy_list != '\0' && *expression_list != '\0')
		RaiseMixedParameters(legacy_list, expression_list);
}

void
RaiseMixedParameters(const char *legacy_list, const char *expression_list)
{
	RaiseValidation(psprintf("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {%s} Expression parameters: {%s}",
							 legacy_list, expression_list));
}

void
RefuseConditionalOperator(const JsonNode *request)
{
	if (RequestMember(request, "ConditionalOperator"))
		RaiseValidation("ConditionalOperator cannot be used without Filter or Expected");
}

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

ConditionNode *
ReadFilter(const JsonNode *request, const char *legacy_name, Binding *binding)
{
	const JsonNode *text = RequestMember(request, "FilterExpression");
	const JsonNode *filter = RequestMember(request, legacy_name);

	if (text)
		return ConditionPrepare(EXPRESSION_FILTER, text->text, text->len, binding);
	if (filter)
		return LegacyFilter(filter, RequestString(request, "ConditionalOperator"));
	RefuseConditionalOperator(request);
	return NULL;
}

Projection *
ReadOnlyProjection(const JsonNode *request, Binding **binding)
{
	static const char *const legacy[] = {"AttributesToGet", NULL};
	static const char *const expressions[] = {"ProjectionExpression", NULL};
	const JsonNode *names = RequestMember(request, "ExpressionAttributeNames");
	const JsonNode *attributes = RequestMember(request, "AttributesToGet");
	Projection *projection;

	RefuseMixedParameters(request, legacy, expressions);
	projection = attributes ? LegacyProjection(attributes) : NULL;
	*binding = BindingMake(names, NULL, RequestMember(request, "ProjectionExpression") != NULL);
	if (projection == NULL)
		projection = ReadProjection(request, *binding);
	BindingCheckUnused(*binding);
	return projection;
}

void
CheckKeyPaths(const Binding *binding, const TableDesc *table)
{
	for (int i = 0; i < table->nkeys; i++)
		BindingCheckKeyPath(binding, table->keys[i].name, table->keys[i].name_len, false);
	for (int i = 0; i < table->nindexes; i++)
	{
		const IndexDesc *index = &table->indexes[i];

		for (int k = 0; k < index->nkeys; k++)
			BindingCheckKeyPath(binding, index->keys[k].attribute.name, index->keys[k].attribute.name_len, true);
	}
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
