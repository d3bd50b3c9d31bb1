/*
 * path_tree.c
 *	  Document paths put together in a tree in which every step stands once.
 */
#include "base/compat.h"

#include "expression/path.h"
#include "expression/path_tree.h"
#include "miscadmin.h"

static int	ComparePaths(const void *a, const void *b);
static const DocumentPath *LastPath(const PathTree *node);
static void RaiseClash(ExpressionKind kind, const char *verb, const DocumentPath *one,
					   const DocumentPath *two) pg_attribute_noreturn();
static int	FindChild(const PathTree *node, const PathElement *step, bool *found);
static int	CompareSteps(const PathElement *a, const PathElement *b);
static PathTree *InsertChild(PathTree *node, int at, const PathElement *step);

/* In ascending order every step is the last among its parent's children. */
PathTree *
PathTreeMake(const DocumentPath **paths, int count)
{
	PathTree   *root = palloc0(sizeof(PathTree));

	qsort(paths, count, sizeof(DocumentPath *), ComparePaths);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		PathTreeAdd(root, paths[i], EXPRESSION_UPDATE);
	}
	return root;
}

/* As they neither overlap nor conflict, there is a step that tells. */
static int
ComparePaths(const void *a, const void *b)
{
	const DocumentPath *x = *(const DocumentPath *const *) a;
	const DocumentPath *y = *(const DocumentPath *const *) b;

	for (int i = 0; i < x->count && i < y->count; i++)
	{
		int			order = CompareSteps(&x->elements[i], &y->elements[i]);

		if (order != 0)
			return order;
	}
	return 0;
}

AttributeType
PathTreeContainer(const PathTree *node)
{
	return node->children[0]->step.name ? ATTRIBUTE_M : ATTRIBUTE_L;
}

/*
 * Two paths overlap if one is the beginning of the other or both are the
 * same; they conflict if they take one value for a map and for a list.  Where
 * several clash with this one the last in order is shown; the service shows
 * whichever its hash table holds last at the place where they meet, even one
 * that does not clash.
 */
void
PathTreeAdd(PathTree *root, const DocumentPath *path, ExpressionKind kind)
{
	PathTree   *node = root;

	for (int i = 0; i < path->count; i++)
	{
		const PathElement *step = &path->elements[i];
		bool		is_last = (i == path->count - 1);
		bool		found;
		int			at;

		if (node->count > 0 && (PathTreeContainer(node) == ATTRIBUTE_L) != (step->name == NULL))
			RaiseClash(kind, "conflict", path, LastPath(node));
		at = FindChild(node, step, &found);
		if (found && (is_last || node->children[at]->count == 0))
			RaiseClash(kind, "overlap", path, LastPath(node->children[at]));
		node = found ? node->children[at] : InsertChild(node, at, step);
	}
	node->path = path;
}

static const DocumentPath *
LastPath(const PathTree *node)
{
	while (node->count > 0)
		node = node->children[node->count - 1];
	return node->path;
}

static void
RaiseClash(ExpressionKind kind, const char *verb, const DocumentPath *one, const DocumentPath *two)
{
	ExpressionError(kind,
					"Two document paths %s with each other; must remove or rewrite one of these paths; path one: %s, path two: %s",
					verb, PathToText(one), PathToText(two));
}

/* Where the step stands among the children, or belongs. */
static int
FindChild(const PathTree *node, const PathElement *step, bool *found)
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

static PathTree *
InsertChild(PathTree *node, int at, const PathElement *step)
{
	PathTree   *child = palloc0(sizeof(PathTree));

	child->step = *step;
	if (node->count == node->size)
	{
		node->size = Max(4, node->size * 2);
		node->children = node->children == NULL ?
			palloc(node->size * sizeof(PathTree *)) :
			repalloc(node->children, node->size * sizeof(PathTree *));
	}
	memmove(&node->children[at + 1], &node->children[at],
			(node->count - at) * sizeof(PathTree *));
	node->children[at] = child;
	node->count++;
	return child;
}
