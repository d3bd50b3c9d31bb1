/*
 * projection.c
 *	  ProjectionExpression: which parts of an item a reader gets.
 *
 * The paths are put into a tree; a node without children takes the value
 * whole.  Applying it is one walk down the item that touches nothing it does
 * not return.
 */
#include "base/compat.h"

#include "base/json_writer.h"
#include "expression/path.h"
#include "expression/path_tree.h"
#include "expression/projection.h"
#include "miscadmin.h"
#include "value/item_json.h"

struct Projection
{
	int			count;
	DocumentPath *paths;
	PathTree   *root;
};

static void BindPaths(Projection *projection, const ExpressionTree *tree,
					  const char *text, Binding *binding);
static bool FindStep(const PathTree *node, const Container *container, AttributeValue *value);
static bool WriteNode(StringInfo out, const PathTree *node, const AttributeValue *value);
static bool WriteChildren(StringInfo out, const PathTree *node, const AttributeValue *value);

Projection *
ProjectionPrepare(const char *text, int len, Binding *binding)
{
	const ExpressionTree *tree = ExpressionParse(EXPRESSION_PROJECTION, text, len);
	Projection *projection = palloc0(sizeof(Projection));

	projection->root = palloc0(sizeof(PathTree));
	projection->count = tree->count;
	projection->paths = palloc(tree->count * sizeof(DocumentPath));
	BindPaths(projection, tree, text, binding);
	return projection;
}

Projection *
ProjectionOfPaths(const DocumentPath *paths, int count)
{
	Projection *projection = palloc0(sizeof(Projection));
	const DocumentPath **pointers = palloc(count * sizeof(DocumentPath *));

	projection->count = count;
	projection->paths = palloc(count * sizeof(DocumentPath));
	memcpy(projection->paths, paths, count * sizeof(DocumentPath));
	for (int i = 0; i < count; i++)
		pointers[i] = &projection->paths[i];
	projection->root = PathTreeMake(pointers, count);
	return projection;
}

const DocumentPath *
ProjectionPaths(const Projection *projection, int *count)
{
	*count = projection->count;
	return projection->paths;
}

/* ---- preparing ---- */

/*
 * From the last path to the first, as the service does: it decides which
 * error is reported, and which path is "one" of two that clash.
 */
static void
BindPaths(Projection *projection, const ExpressionTree *tree, const char *text, Binding *binding)
{
	const ExpressionNode **nodes = palloc(tree->count * sizeof(ExpressionNode *));
	int			n = 0;

	for (const ExpressionNode *node = tree->first; node != NULL; node = node->next)
		nodes[n++] = node;
	while (n-- > 0)
	{
		CHECK_FOR_INTERRUPTS();
		projection->paths[n] = PathBind(nodes[n], EXPRESSION_PROJECTION, text, binding);
		PathTreeAdd(projection->root, &projection->paths[n], EXPRESSION_PROJECTION);
	}
	pfree(nodes);
}

/* ---- applying ---- */

/* The value that a node's step leads to in an opened container. */
static bool
FindStep(const PathTree *node, const Container *container, AttributeValue *value)
{
	const PathElement *step = &node->step;

	if (step->name)
		return MapFind(container, step->name, step->name_len, value);
	if (step->index >= container->count)
		return false;
	*value = ContainerElement(container, step->index);
	return true;
}

void
ProjectionToJson(StringInfo out, const Projection *projection, const AttributeValue *map)
{
	appendStringInfoChar(out, '{');
	(void) WriteChildren(out, projection->root, map);
	appendStringInfoChar(out, '}');
}

/* Writes what is left of a value; false, and nothing written, if nothing is. */
static bool
WriteNode(StringInfo out, const PathTree *node, const AttributeValue *value)
{
	bool		is_map = AttributeValueType(value) == ATTRIBUTE_M;
	int			start = out->len;

	check_stack_depth();
	if (node->count == 0)
	{
		AttributeValueToJson(out, value);
		return true;
	}
	if (AttributeValueType(value) != PathTreeContainer(node))
		return false;

	appendStringInfoString(out, is_map ? "{\"M\":{" : "{\"L\":[");
	if (!WriteChildren(out, node, value))
	{
		out->len = start;
		out->data[start] = '\0';
		return false;
	}
	appendStringInfoString(out, is_map ? "}}" : "]}");
	return true;
}

/* Writes members or elements; false, and nothing written, if there is none. */
static bool
WriteChildren(StringInfo out, const PathTree *node, const AttributeValue *value)
{
	Container	container = ContainerOpen(value);
	bool		any = false;

	for (int i = 0; i < node->count; i++)
	{
		const PathTree *child = node->children[i];
		int			start = out->len;
		AttributeValue member;

		if (!FindStep(child, &container, &member))
			continue;
		if (child->step.name)
			JsonKey(out, child->step.name, child->step.name_len);
		else
			JsonElement(out);
		if (WriteNode(out, child, &member))
			any = true;
		else
		{
			out->len = start;
			out->data[start] = '\0';
		}
	}
	return any;
}
