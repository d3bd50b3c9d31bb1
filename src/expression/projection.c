/*
 * projection.c
 *	  ProjectionExpression: which parts of an item a reader gets.
 *
 * The paths are put into a tree in which every step stands once: a node has
 * members of a map or elements of a list below it, in ascending order, or
 * nothing, and then it takes the value whole.  Applying it is one walk down
 * the item that touches nothing it does not return.
 */
#include "base/compat.h"

#include "base/json_writer.h"
#include "expression/path.h"
#include "expression/projection.h"
#include "miscadmin.h"
#include "value/item_json.h"

typedef struct ProjectionNode
{
	PathElement step;			/* from the parent to here; none at the top */
	const DocumentPath *path;	/* of a node without children */
	int			count;
	int			size;			/* room for that many */
	struct ProjectionNode **children;	/* all of members or all of elements */
} ProjectionNode;

struct Projection
{
	DocumentPath *paths;
	ProjectionNode root;
};

static void BindPaths(Projection *projection, const ExpressionTree *tree,
					  const char *text, Binding *binding);
static void AddPath(ProjectionNode *root, const DocumentPath *path);
static const DocumentPath *LastPath(const ProjectionNode *node);
static void RaiseClash(const char *verb, const DocumentPath *one,
					   const DocumentPath *two) pg_attribute_noreturn();
static int	FindChild(const ProjectionNode *node, const PathElement *step, bool *found);
static int	CompareSteps(const PathElement *a, const PathElement *b);
static ProjectionNode *InsertChild(ProjectionNode *node, int at, const PathElement *step);
static bool FindStep(const ProjectionNode *node, const Container *container, AttributeValue *value);
static bool IsContainerFor(const ProjectionNode *node, const AttributeValue *value);
static bool WriteNode(StringInfo out, const ProjectionNode *node, const AttributeValue *value);
static bool WriteChildren(StringInfo out, const ProjectionNode *node, const AttributeValue *value);

Projection *
ProjectionPrepare(const char *text, int len, Binding *binding)
{
	const ExpressionTree *tree = ExpressionParse(EXPRESSION_PROJECTION, text, len);
	Projection *projection = palloc0(sizeof(Projection));

	projection->paths = palloc(tree->count * sizeof(DocumentPath));
	BindPaths(projection, tree, text, binding);
	return projection;
}

Projection *
ProjectionOfPaths(const DocumentPath *paths, int count)
{
	Projection *projection = palloc0(sizeof(Projection));

	projection->paths = palloc(count * sizeof(DocumentPath));
	memcpy(projection->paths, paths, count * sizeof(DocumentPath));
	for (int i = 0; i < count; i++)
		AddPath(&projection->root, &projection->paths[i]);
	return projection;
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
		AddPath(&projection->root, &projection->paths[n]);
	}
	pfree(nodes);
}

/*
 * Takes a path into the tree.  Two paths overlap if one is the beginning of
 * the other or both are the same; they conflict if they take one value for a
 * map and for a list.  Where several clash with this one the last in order is
 * shown; the service shows whichever its hash table holds last at the place
 * where they meet, even one that does not clash.
 */
static void
AddPath(ProjectionNode *root, const DocumentPath *path)
{
	ProjectionNode *node = root;

	for (int i = 0; i < path->count; i++)
	{
		const PathElement *step = &path->elements[i];
		bool		is_last = (i == path->count - 1);
		bool		found;
		int			at;

		if (node->count > 0 && (node->children[0]->step.name == NULL) != (step->name == NULL))
			RaiseClash("conflict", path, LastPath(node));
		at = FindChild(node, step, &found);
		if (found && (is_last || node->children[at]->count == 0))
			RaiseClash("overlap", path, LastPath(node->children[at]));
		node = found ? node->children[at] : InsertChild(node, at, step);
	}
	node->path = path;
}

static const DocumentPath *
LastPath(const ProjectionNode *node)
{
	while (node->count > 0)
		node = node->children[node->count - 1];
	return node->path;
}

static void
RaiseClash(const char *verb, const DocumentPath *one, const DocumentPath *two)
{
	ExpressionError(EXPRESSION_PROJECTION,
					"Two document paths %s with each other; must remove or rewrite one of these paths; path one: %s, path two: %s",
					verb, PathToText(one), PathToText(two));
}

/* Where the step stands among the children, or belongs. */
static int
FindChild(const ProjectionNode *node, const PathElement *step, bool *found)
{
	int			low = 0;
	int			high = node->count;

	*found = false;
	while (low < high)
	{
		int			middle = (low + high) / 2;
		int			order = CompareSteps(step, &node->children[middle]->step);

		if (order == 0)
		{
			*found = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Both are members, or both are elements. */
static int
CompareSteps(const PathElement *a, const PathElement *b)
{
	if (a->name != NULL)
		return CompareBytes(a->name, a->name_len, b->name, b->name_len);
	if (a->index == b->index)
		return 0;
	return a->index < b->index ? -1 : 1;
}

static ProjectionNode *
InsertChild(ProjectionNode *node, int at, const PathElement *step)
{
	ProjectionNode *child = palloc0(sizeof(ProjectionNode));

	child->step = *step;
	if (node->count == node->size)
	{
		node->size = Max(4, node->size * 2);
		node->children = node->children == NULL ?
			palloc(node->size * sizeof(ProjectionNode *)) :
			repalloc(node->children, node->size * sizeof(ProjectionNode *));
	}
	memmove(&node->children[at + 1], &node->children[at],
			(node->count - at) * sizeof(ProjectionNode *));
	node->children[at] = child;
	node->count++;
	return child;
}

/* ---- applying ---- */

/* Whether the value is of the type that the node's children are steps into. */
static bool
IsContainerFor(const ProjectionNode *node, const AttributeValue *value)
{
	AttributeType wanted = node->children[0]->step.name ? ATTRIBUTE_M : ATTRIBUTE_L;

	return AttributeValueType(value) == wanted;
}

/* The value that a node's step leads to in an opened container. */
static bool
FindStep(const ProjectionNode *node, const Container *container, AttributeValue *value)
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
	(void) WriteChildren(out, &projection->root, map);
	appendStringInfoChar(out, '}');
}

/* Writes what is left of a value; false, and nothing written, if nothing is. */
static bool
WriteNode(StringInfo out, const ProjectionNode *node, const AttributeValue *value)
{
	bool		is_map = AttributeValueType(value) == ATTRIBUTE_M;
	int			start = out->len;

	check_stack_depth();
	if (node->count == 0)
	{
		AttributeValueToJson(out, value);
		return true;
	}
	if (!IsContainerFor(node, value))
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
WriteChildren(StringInfo out, const ProjectionNode *node, const AttributeValue *value)
{
	Container	container = ContainerOpen(value);
	bool		any = false;

	for (int i = 0; i < node->count; i++)
	{
		const ProjectionNode *child = node->children[i];
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
