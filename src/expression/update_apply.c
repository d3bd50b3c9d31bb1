/*
 * update_apply.c
 *	  UpdateExpression: what becomes of an item.
 *
 * The actions' paths are put into a tree, and one walk merges that tree with
 * the old item into a tree of ValueNodes: a container that no path leads into
 * is one leaf, taken over as it stands, and the members of the others are
 * leaves, but for those the paths lead to.  Reading the old item only, every
 * action sees it as it was, and list indexes count its elements.
 *
 * The walk goes from the last member to the first, as the service's does:
 * that decides which of several errors is reported.
 */
#include "base/compat.h"

#include "expression/path_tree.h"
#include "expression/update.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "value/item_build.h"
#include "value/number.h"

/* A container being rebuilt from its last member to its first. */
typedef struct Rebuild
{
	Container	old;
	uint32		left;			/* members of old not yet passed */
	ValueNode  *children;
	uint32		start;			/* the first of them in use */
} Rebuild;

static void ApplyBelow(const PathTree *node, const AttributeValue *old, const AttributeValue *item,
					   ValueNode *result);
static bool ApplyAt(const PathTree *node, const AttributeValue *old, const AttributeValue *item,
					ValueNode *result);
static bool PassUntil(Rebuild *rebuild, const PathElement *step, AttributeValue *old);
static int	CompareMember(const Rebuild *rebuild, uint32 i, const PathElement *step, AttributeValue *member);
static void PushMember(Rebuild *rebuild, uint32 i);

static bool ApplyAction(const UpdateAction *action, const AttributeValue *old,
						const AttributeValue *item, ValueNode *result);
static void Set(const ConditionNode *operand, const AttributeValue *item, ValueNode *result);
static void Add(const AttributeValue *old, const AttributeValue *value, bool legacy, ValueNode *result);
static bool Delete(const AttributeValue *old, const AttributeValue *value, bool legacy, ValueNode *result);
static void RaiseTypeMismatch(bool legacy) pg_attribute_noreturn();

static AttributeValue ReadOperand(const ConditionNode *operand, const AttributeValue *item);
static AttributeValue ReadPath(const DocumentPath *path, const AttributeValue *item);
static void ReadOperands(const ConditionNode *operation, const AttributeValue *item, AttributeType type,
						 AttributeValue values[2]);
static AttributeValue AddNumbers(const AttributeValue *a, const AttributeValue *b, bool subtract);
static void AppendLists(const AttributeValue *a, const AttributeValue *b, ValueNode *result);
static bool CombineSets(const AttributeValue *old, const AttributeValue *other, bool is_union,
						AttributeValue *result);

static void CheckDepth(const ValueNode *node, int depth);
static int	NestingOf(const AttributeValue *value);

/* The action whose path a node of the tree is the end of. */
#define ActionOf(node) \
	((const UpdateAction *) ((const char *) (node)->path - offsetof(UpdateAction, path)))

DynamoItem *
UpdateApply(const Update *update, const DynamoItem *old)
{
	const DocumentPath **paths = palloc(update->count * sizeof(DocumentPath *));
	AttributeValue map = ItemValue(old);
	ValueNode	root = {0};
	DynamoItem *item;

	for (int i = 0; i < update->count; i++)
		paths[i] = &update->actions[i].path;
	ApplyBelow(PathTreeMake(paths, update->count), &map, &map, &root);
	item = ItemBuild(&root);
	if (ItemSize(item) > ITEM_MAX_SIZE)
		RaiseInvalid("Item size to update has exceeded the maximum allowed size");
	return item;
}

/* ---- the walk ---- */

/* Rebuilds a container, which the node's children are steps into. */
static void
ApplyBelow(const PathTree *node, const AttributeValue *old, const AttributeValue *item, ValueNode *result)
{
	Rebuild		rebuild;
	uint32		room;

	check_stack_depth();
	rebuild.old = ContainerOpen(old);
	rebuild.left = rebuild.old.count;
	room = rebuild.old.count + node->count;
	ValueNodeSetBranch(result, AttributeValueType(old), room);
	rebuild.children = result->children;
	rebuild.start = room;

	for (int i = node->count - 1; i >= 0; i--)
	{
		const PathTree *child = node->children[i];
		AttributeValue member;
		bool		found = PassUntil(&rebuild, &child->step, &member);
		ValueNode  *slot = &rebuild.children[rebuild.start - 1];

		CHECK_FOR_INTERRUPTS();
		if (!ApplyAt(child, found ? &member : NULL, item, slot))
			continue;
		slot->name = child->step.name;
		slot->name_len = child->step.name_len;
		rebuild.start--;
	}
	while (rebuild.left > 0)
		PushMember(&rebuild, --rebuild.left);
	result->children += rebuild.start;
	result->count = room - rebuild.start;
}

/*
 * Makes what stands at the node from what stood there (NULL: nothing); false
 * if nothing does.
 */
static bool
ApplyAt(const PathTree *node, const AttributeValue *old, const AttributeValue *item, ValueNode *result)
{
	if (node->count == 0)
	{
		const UpdateAction *action = ActionOf(node);

		if (!ApplyAction(action, old, item, result))
			return false;
		CheckDepth(result, action->path.count);
		return true;
	}
	if (old == NULL || AttributeValueType(old) != PathTreeContainer(node))
		RaiseInvalid("The document path provided in the update expression is invalid for update");
	ApplyBelow(node, old, item, result);
	return true;
}

/*
 * Takes over all members behind the step and passes the one it leads to:
 * true and *old, or false if there is none.  An element's place in the new
 * list follows from the order alone, so one behind the end is appended.
 */
static bool
PassUntil(Rebuild *rebuild, const PathElement *step, AttributeValue *old)
{
	while (rebuild->left > 0)
	{
		int			order = CompareMember(rebuild, rebuild->left - 1, step, old);

		if (order < 0)
			return false;
		rebuild->left--;
		if (order == 0)
			return true;
		PushMember(rebuild, rebuild->left);
	}
	return false;
}

static int
CompareMember(const Rebuild *rebuild, uint32 i, const PathElement *step, AttributeValue *member)
{
	const char *name;
	uint32		name_len;

	if (step->name)
	{
		*member = MapMember(&rebuild->old, i, &name, &name_len);
		return CompareBytes(name, name_len, step->name, step->name_len);
	}
	*member = ContainerElement(&rebuild->old, i);
	if (i == step->index)
		return 0;
	return i < step->index ? -1 : 1;
}

/* Takes a member of the old container over as it is. */
static void
PushMember(Rebuild *rebuild, uint32 i)
{
	ValueNode  *node = &rebuild->children[--rebuild->start];
	AttributeValue value;

	if (rebuild->old.type == ATTRIBUTE_M)
		value = MapMember(&rebuild->old, i, &node->name, &node->name_len);
	else
		value = ContainerElement(&rebuild->old, i);
	ValueNodeSetLeaf(node, &value);
}

/* ---- the actions ---- */

static bool
ApplyAction(const UpdateAction *action, const AttributeValue *old, const AttributeValue *item,
			ValueNode *result)
{
	switch (action->type)
	{
		case UPDATE_SET:
			Set(action->operand, item, result);
			return true;
		case UPDATE_REMOVE:
			return false;
		case UPDATE_ADD:
			Add(old, &action->operand->value->value, action->legacy, result);
			return true;
		case UPDATE_DELETE:
			return old != NULL && Delete(old, &action->operand->value->value, action->legacy, result);
	}
	elog(ERROR, "unknown action: %d", (int) action->type);
}

static void
Set(const ConditionNode *operand, const AttributeValue *item, ValueNode *result)
{
	AttributeValue value;

	if (operand->type == NODE_OPERATION && operand->op == FUNCTION_LIST_APPEND)
	{
		AttributeValue lists[2];

		ReadOperands(operand, item, ATTRIBUTE_L, lists);
		AppendLists(&lists[0], &lists[1], result);
		return;
	}
	value = ReadOperand(operand, item);
	ValueNodeSetLeaf(result, &value);
}

static void
Add(const AttributeValue *old, const AttributeValue *value, bool legacy, ValueNode *result)
{
	AttributeType type = AttributeValueType(value);
	AttributeValue sum = *value;

	if (old != NULL && AttributeValueType(old) != type)
		RaiseTypeMismatch(legacy);
	if (old != NULL && type == ATTRIBUTE_L)
	{
		AppendLists(old, value, result);
		return;
	}
	if (old != NULL && type == ATTRIBUTE_N)
		sum = AddNumbers(old, value, false);
	else if (old != NULL)
		(void) CombineSets(old, value, true, &sum);
	ValueNodeSetLeaf(result, &sum);
}

/* False if the set is empty then: there are no empty sets. */
static bool
Delete(const AttributeValue *old, const AttributeValue *value, bool legacy, ValueNode *result)
{
	AttributeValue rest;

	if (AttributeValueType(old) != AttributeValueType(value))
		RaiseTypeMismatch(legacy);
	if (!CombineSets(old, value, false, &rest))
		return false;
	ValueNodeSetLeaf(result, &rest);
	return true;
}

static void
RaiseTypeMismatch(bool legacy)
{
	if (legacy)
		RaiseInvalid("Type mismatch for attribute to update");
	RaiseInvalid("An operand in the update expression has an incorrect data type");
}

/* ---- operands ---- */

static AttributeValue
ReadOperand(const ConditionNode *operand, const AttributeValue *item)
{
	check_stack_depth();
	switch (operand->type)
	{
		case NODE_VALUE:
			return operand->value->value;
		case NODE_PATH:
			return ReadPath(&operand->path, item);
		case NODE_OPERATION:
			break;
	}
	if (operand->op == FUNCTION_IF_NOT_EXISTS)
	{
		/* the service wants both to have a value */
		AttributeValue fallback = ReadOperand(&operand->operands[1], item);
		AttributeValue value;

		return DocumentPathFind(&operand->operands[0].path, item, &value) ? value : fallback;
	}
	else
	{
		AttributeValue numbers[2];

		ReadOperands(operand, item, ATTRIBUTE_N, numbers);
		return AddNumbers(&numbers[0], &numbers[1], operand->op == OPERATOR_MINUS);
	}
}

static AttributeValue
ReadPath(const DocumentPath *path, const AttributeValue *item)
{
	AttributeValue value;

	if (!DocumentPathFind(path, item, &value))
		RaiseInvalid("The provided expression refers to an attribute that does not exist in the item");
	return value;
}

/*
 * Both operands of an operation, which takes that type only.  Functions among
 * them are evaluated before anything else is looked at, as the service does.
 */
static void
ReadOperands(const ConditionNode *operation, const AttributeValue *item, AttributeType type,
			 AttributeValue values[2])
{
	const ConditionNode *operands = operation->operands;

	for (int i = 0; i < 2; i++)
	{
		if (operands[i].type == NODE_OPERATION)
			values[i] = ReadOperand(&operands[i], item);
	}
	for (int i = 0; i < 2; i++)
	{
		if (operands[i].type != NODE_OPERATION)
			values[i] = ReadOperand(&operands[i], item);
		if (AttributeValueType(&values[i]) != type)
			RaiseTypeMismatch(false);
	}
}

/* Exact; raises the service's error if the result is no number of its. */
static AttributeValue
AddNumbers(const AttributeValue *a, const AttributeValue *b, bool subtract)
{
	Numeric		x = NumberToNumeric(a->data, a->len);
	Numeric		y = NumberToNumeric(b->data, b->len);
	Datum		sum = DirectFunctionCall2(subtract ? numeric_sub : numeric_add,
										  NumericGetDatum(x), NumericGetDatum(y));
	uint8	   *bytes = palloc(NUMBER_MAX_BYTES);
	AttributeValue result = {.tag = ATTRIBUTE_N, .data = (const char *) bytes};

	result.len = NumberFromNumeric(DatumGetNumeric(sum), bytes);
	return result;
}

static void
AppendLists(const AttributeValue *a, const AttributeValue *b, ValueNode *result)
{
	Container	lists[2] = {ContainerOpen(a), ContainerOpen(b)};
	uint32		n = 0;

	ValueNodeSetBranch(result, ATTRIBUTE_L, lists[0].count + lists[1].count);
	for (int list = 0; list < 2; list++)
	{
		for (uint32 i = 0; i < lists[list].count; i++)
		{
			AttributeValue element = ContainerElement(&lists[list], i);

			ValueNodeSetLeaf(&result->children[n++], &element);
		}
	}
}

/*
 * The union of two sets of one type, or what of old is not in other; false if
 * that is empty.
 */
static bool
CombineSets(const AttributeValue *old, const AttributeValue *other, bool is_union, AttributeValue *result)
{
	Container	a = ContainerOpen(old);
	Container	b = ContainerOpen(other);
	AttributeValue *elements = palloc((a.count + b.count) * sizeof(AttributeValue));
	uint32		j = 0;
	uint32		n = 0;

	for (uint32 i = 0; i < a.count; i++)
	{
		AttributeValue element = ContainerElement(&a, i);
		bool		in_both = false;

		while (j < b.count && !in_both)
		{
			AttributeValue candidate = ContainerElement(&b, j);
			int			order = CompareBytes(candidate.data, candidate.len, element.data, element.len);

			if (order > 0)
				break;
			if (order < 0 && is_union)
				elements[n++] = candidate;
			in_both = order == 0;
			j++;
		}
		if (is_union || !in_both)
			elements[n++] = element;
	}
	while (is_union && j < b.count)
		elements[n++] = ContainerElement(&b, j++);
	return n > 0 && SetBuild(AttributeValueType(old), elements, n, result);
}

/* ---- limits ---- */

/* The item's own map is a level, too. */
static void
CheckDepth(const ValueNode *node, int depth)
{
	int			nesting = node->branch ? 0 : NestingOf(&node->leaf);

	for (uint32 i = 0; i < node->count; i++)
	{
		int			of_child = 1 + NestingOf(&node->children[i].leaf);

		nesting = Max(nesting, of_child);
	}
	if (depth + nesting > ITEM_MAX_DEPTH)
		RaiseInvalid("Nesting Levels have exceeded supported limits");
}

/* How many maps and lists a value has one inside the other, itself included. */
static int
NestingOf(const AttributeValue *value)
{
	AttributeType type = AttributeValueType(value);
	Container	container;
	int			deepest = 0;

	if (type != ATTRIBUTE_M && type != ATTRIBUTE_L)
		return 0;
	check_stack_depth();
	container = ContainerOpen(value);
	for (uint32 i = 0; i < container.count; i++)
	{
		const char *name;
		uint32		name_len;
		AttributeValue member = type == ATTRIBUTE_M ?
			MapMember(&container, i, &name, &name_len) :
			ContainerElement(&container, i);
		int			nesting = NestingOf(&member);	/* Max() would take it twice */

		deepest = Max(deepest, nesting);
	}
	return 1 + deepest;
}
