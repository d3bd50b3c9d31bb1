/*
 * update.c
 *	  UpdateExpression: what is asked for.
 *
 * The service reads an update from the last action to the first: all paths,
 * then all operands; then it looks at the number of operators and the size.
 * That decides which error is reported, and which path is "one" of two that
 * clash.
 */
#include "base/compat.h"

#include "expression/path.h"
#include "expression/path_tree.h"
#include "expression/update.h"
#include "miscadmin.h"

static const ExpressionNode **ActionNodes(const ExpressionTree *tree);
static UpdateActionType ActionType(ExpressionOp op);
static void BindPaths(Update *update, const ExpressionNode **nodes, const char *text, Binding *binding);
static int	BindOperands(Update *update, const ExpressionNode **nodes, const char *text, Binding *binding);
static void CheckOperandType(const ExpressionNode *action, const ConditionNode *operand);
static void CheckCost(const Update *update);
static uint64 CostOf(const UpdateAction *action);
static uint64 SizeOfValues(const ConditionNode *operand);

static bool BeginsWith(const DocumentPath *path, const char *name, uint32 name_len);
static bool ReachesBelow(const Update *update, const char *name, uint32 name_len);
static bool OperandReachesBelow(const ConditionNode *operand, const char *name, uint32 name_len);
static void RaiseKeyPath(const char *what, const char *name, uint32 name_len) pg_attribute_noreturn();

Update *
UpdatePrepare(const char *text, int len, Binding *binding)
{
	const ExpressionTree *tree = ExpressionParse(EXPRESSION_UPDATE, text, len);
	const ExpressionNode **nodes = ActionNodes(tree);
	Update	   *update = palloc0(sizeof(Update));

	update->count = tree->count;
	update->actions = palloc0(tree->count * sizeof(UpdateAction));
	BindPaths(update, nodes, text, binding);
	ConditionCheckOperators(EXPRESSION_UPDATE, BindOperands(update, nodes, text, binding));
	CheckCost(update);
	return update;
}

static const ExpressionNode **
ActionNodes(const ExpressionTree *tree)
{
	const ExpressionNode **nodes = palloc(tree->count * sizeof(ExpressionNode *));
	int			n = 0;

	for (const ExpressionNode *node = tree->first; node != NULL; node = node->next)
		nodes[n++] = node;
	return nodes;
}

static UpdateActionType
ActionType(ExpressionOp op)
{
	switch (op)
	{
		case ACTION_SET:
			return UPDATE_SET;
		case ACTION_REMOVE:
			return UPDATE_REMOVE;
		case ACTION_ADD:
			return UPDATE_ADD;
		case ACTION_DELETE:
			return UPDATE_DELETE;
		default:
			elog(ERROR, "unknown action: %d", (int) op);
	}
}

static void
BindPaths(Update *update, const ExpressionNode **nodes, const char *text, Binding *binding)
{
	PathTree	paths = {0};

	for (int i = update->count - 1; i >= 0; i--)
	{
		UpdateAction *action = &update->actions[i];

		CHECK_FOR_INTERRUPTS();
		action->type = ActionType(nodes[i]->op);
		action->path = PathBind(nodes[i]->first, EXPRESSION_UPDATE, text, binding);
		PathTreeAdd(&paths, &action->path, EXPRESSION_UPDATE);
	}
}

/* Returns how many operators there are in them. */
static int
BindOperands(Update *update, const ExpressionNode **nodes, const char *text, Binding *binding)
{
	int			operators = 0;

	for (int i = update->count - 1; i >= 0; i--)
	{
		UpdateAction *action = &update->actions[i];

		CHECK_FOR_INTERRUPTS();
		if (action->type == UPDATE_REMOVE)
			continue;
		action->operand = ConditionBind(EXPRESSION_UPDATE, nodes[i]->last, text, binding);
		if (action->type != UPDATE_SET)
			CheckOperandType(nodes[i], action->operand);
		operators += ConditionCountOperators(action->operand);
	}
	return operators;
}

/* The operand of ADD or DELETE is a value by the grammar. */
static void
CheckOperandType(const ExpressionNode *action, const ConditionNode *operand)
{
	const OperatorInfo *info = GetOperatorInfo(action->op);
	AttributeType type = AttributeValueType(&operand->value->value);

	if (!(info->others & TYPE_BIT(type)))
		ExpressionError(EXPRESSION_UPDATE, "Incorrect operand type for operator or function; operator: %s, operand type: %s, typeSet: ALLOWED_FOR_%s_OPERAND",
						info->name, AttributeTypeLongName(type), info->name);
}

/*
 * The values that the actions bring must fit into an item, even if in the end
 * they are not put there, as if_not_exists() may decide.
 */
static void
CheckCost(const Update *update)
{
	uint64		cost = 0;

	for (int i = 0; i < update->count; i++)
		cost += CostOf(&update->actions[i]);
	if (cost > ITEM_MAX_SIZE)
		RaiseInvalid("Item size to update has exceeded the maximum allowed size");
}

static uint64
CostOf(const UpdateAction *action)
{
	uint64		cost;

	if (action->type != UPDATE_SET && action->type != UPDATE_ADD)
		return 0;
	cost = SizeOfValues(action->operand);
	for (int i = 0; i < action->path.count; i++)
		cost += action->path.elements[i].name_len;
	return cost;
}

static uint64
SizeOfValues(const ConditionNode *operand)
{
	uint64		size = 0;

	if (operand->type == NODE_VALUE)
		return AttributeValueSize(&operand->value->value);
	check_stack_depth();
	for (int i = 0; i < operand->count; i++)
		size += SizeOfValues(&operand->operands[i]);
	return size;
}

/* ---- key attributes ---- */

void
UpdateCheckKey(const Update *update, const char *name, uint32 name_len)
{
	for (int i = 0; i < update->count; i++)
	{
		if (BeginsWith(&update->actions[i].path, name, name_len))
			RaiseInvalid("One or more parameter values were invalid: Cannot update attribute %.*s. This attribute is part of the key",
						 (int) name_len, name);
	}
	if (ReachesBelow(update, name, name_len))
		RaiseKeyPath("Key", name, name_len);
}

void
UpdateCheckIndexKey(const Update *update, const char *name, uint32 name_len)
{
	if (ReachesBelow(update, name, name_len))
		RaiseKeyPath("IndexKey", name, name_len);
}

static bool
BeginsWith(const DocumentPath *path, const char *name, uint32 name_len)
{
	const PathElement *first = &path->elements[0];

	return CompareBytes(first->name, first->name_len, name, name_len) == 0;
}

/* Whether a path leads to something inside that attribute. */
static bool
ReachesBelow(const Update *update, const char *name, uint32 name_len)
{
	for (int i = 0; i < update->count; i++)
	{
		const UpdateAction *action = &update->actions[i];

		if (action->path.count > 1 && BeginsWith(&action->path, name, name_len))
			return true;
		if (action->operand && OperandReachesBelow(action->operand, name, name_len))
			return true;
	}
	return false;
}

static bool
OperandReachesBelow(const ConditionNode *operand, const char *name, uint32 name_len)
{
	check_stack_depth();
	if (operand->type == NODE_PATH)
		return operand->path.count > 1 && BeginsWith(&operand->path, name, name_len);
	for (int i = 0; i < operand->count; i++)
	{
		if (OperandReachesBelow(&operand->operands[i], name, name_len))
			return true;
	}
	return false;
}

static void
RaiseKeyPath(const char *what, const char *name, uint32 name_len)
{
	RaiseInvalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: %s: %.*s",
				 what, (int) name_len, name);
}

Projection *
UpdateProjection(const Update *update)
{
	DocumentPath *paths = palloc(update->count * sizeof(DocumentPath));

	for (int i = 0; i < update->count; i++)
		paths[i] = update->actions[i].path;
	return ProjectionOfPaths(paths, update->count);
}
