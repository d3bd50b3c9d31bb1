/*
 * path.c
 *	  Document paths of an expression, bound to a request's names.
 */
#include "base/compat.h"

#include "expression/path.h"
#include "lib/stringinfo.h"

static void BindName(PathElement *element, const PathStep *step, ExpressionKind kind,
					 const char *text, Binding *binding);
static bool ElementEquals(const PathElement *a, const PathElement *b);

DocumentPath
PathBind(const ExpressionNode *node, ExpressionKind kind, const char *text, Binding *binding)
{
	DocumentPath path;
	PathElement *element;

	path.count = node->count;
	path.elements = element = palloc0(node->count * sizeof(PathElement));
	for (const PathStep *step = node->first_step; step != NULL; step = step->next, element++)
	{
		if (step->type == PATH_STEP_INDEX)
			element->index = step->index;
		else
			BindName(element, step, kind, text, binding);
	}
	if (path.count > ITEM_MAX_DEPTH)
		ExpressionError(kind, "The document path has too many nesting levels; nesting levels: %d",
						path.count);
	if (path.count > 1 && kind != EXPRESSION_UPDATE)
		BindingNotePath(binding, &path);
	return path;
}

static void
BindName(PathElement *element, const PathStep *step, ExpressionKind kind,
		 const char *text, Binding *binding)
{
	const char *spelling = text + step->span.start;
	const JsonNode *name;

	if (step->type == PATH_STEP_NAME)
	{
		element->name = spelling;
		element->name_len = step->span.len;
		return;
	}
	name = BindingName(binding, spelling, step->span.len);
	if (name == NULL)
		ExpressionError(kind, "An expression attribute name used in the document path is not defined; attribute name: %.*s",
						step->span.len, spelling);
	element->name = name->text;
	element->name_len = name->len;
}

static bool
ElementEquals(const PathElement *a, const PathElement *b)
{
	if (a->name == NULL || b->name == NULL)
		return a->name == b->name && a->index == b->index;
	return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

bool
PathEquals(const DocumentPath *a, const DocumentPath *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		if (!ElementEquals(&a->elements[i], &b->elements[i]))
			return false;
	}
	return true;
}

char *
PathToText(const DocumentPath *path)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < path->count; i++)
	{
		const PathElement *element = &path->elements[i];

		appendStringInfoString(&text, i == 0 ? "[" : ", ");
		if (element->name)
			appendBinaryStringInfo(&text, element->name, element->name_len);
		else
			appendStringInfo(&text, "[%u]", element->index);
	}
	appendStringInfoChar(&text, ']');
	return text.data;
}
