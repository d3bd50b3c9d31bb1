/*
 * update.c
 *	  UpdateExpression: what is asked for.
 *
 * The service reads an update from the last action to the first: all paths,
 * then all operands, then the number of operators.  That decides which error
 * is reported, and which path is "one" of two that clash.
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

void
UpdateCheckKey(const Update *update, const char *name, uint32 name_len)
{
	for (int i = 0; i < update->count; i++)
	{
		const PathElement *first = &update->actions[i].path.elements[0];

		if (CompareBytes(first->name, first->name_len, name, name_len) == 0)
			RaiseInvalid("One or more parameter values were invalid: Cannot update attribute %.*s. This attribute is part of the key",
						 (int) name_len, name);
	}
}

Projection *
UpdateProjection(const Update *update)
{
	DocumentPath *paths = palloc(update->count * sizeof(DocumentPath));

	for (int i = 0; i < update->count; i++)
		paths[i] = update->actions[i].path;
	return ProjectionOfPaths(paths, update->count);
}
