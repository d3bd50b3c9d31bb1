/*
 * check.c
 *	  What the text alone decides about an expression, behind its syntax.
 *
 * One walk over the tree in the order of the text, a function before its
 * operands: reserved words, range of list indexes, names and places of
 * functions; at the end, repeated clauses of an update.  On the way indexes
 * are turned into numbers and function names into operators.
 */
#include "base/compat.h"

#include "expression/parse.h"
#include "expression/reserved_words.h"
#include "miscadmin.h"

typedef struct CheckState
{
	ExpressionKind kind;
	const char *text;
} CheckState;

static void CheckNode(const CheckState *state, ExpressionNode *node, OperatorUse place);
static OperatorUse PlaceOfOperands(const CheckState *state, ExpressionOp op);
static void CheckFunction(const CheckState *state, ExpressionNode *node, OperatorUse place);
static void CheckClauses(const ExpressionTree *tree, const CheckState *state);
static void CheckStep(const CheckState *state, PathStep *step);
static uint32 ReadIndex(const CheckState *state, TextSpan span);

void
ExpressionCheck(ExpressionTree *tree, ExpressionKind kind, const char *text)
{
	CheckState	state = {kind, text};

	for (ExpressionNode *node = tree->first; node != NULL; node = node->next)
		CheckNode(&state, node, kind == EXPRESSION_UPDATE ? USE_AS_ACTION : USE_AS_CONDITION);
	if (kind == EXPRESSION_UPDATE)
		CheckClauses(tree, &state);
}

/* place: what may stand where the node does. */
static void
CheckNode(const CheckState *state, ExpressionNode *node, OperatorUse place)
{
	check_stack_depth();
	for (PathStep *step = node->first_step; step != NULL; step = step->next)
		CheckStep(state, step);
	if (node->type != NODE_OPERATION)
		return;

	if (node->op == FUNCTION_UNKNOWN)
		CheckFunction(state, node, place);
	for (ExpressionNode *operand = node->first; operand != NULL; operand = operand->next)
		CheckNode(state, operand, PlaceOfOperands(state, node->op));
}

static OperatorUse
PlaceOfOperands(const CheckState *state, ExpressionOp op)
{
	if (OperatorIsLogical(op))
		return USE_AS_CONDITION;
	if (OperatorIsAction(op))
		return USE_AS_UPDATE_VALUE;
	return state->kind == EXPRESSION_UPDATE ? USE_AS_UPDATE_OPERAND : USE_AS_OPERAND;
}

static void
CheckFunction(const CheckState *state, ExpressionNode *node, OperatorUse place)
{
	const char *name = state->text + node->span.start;
	int			len = node->span.len;
	bool		in_update = state->kind == EXPRESSION_UPDATE;
	OperatorUse use;

	node->op = FindFunction(name, len);
	if (node->op == FUNCTION_UNKNOWN)
		ExpressionError(state->kind, "Invalid function name; function: %.*s", len, name);

	use = GetOperatorInfo(node->op)->use;
	if (in_update != (use >= USE_AS_UPDATE_OPERAND))
		ExpressionError(state->kind, "The function is not allowed in %s expression; function: %.*s",
						in_update ? "an update" : "a condition", len, name);
	if (use != place && !(use == USE_AS_UPDATE_OPERAND && place == USE_AS_UPDATE_VALUE))
		ExpressionError(state->kind, "The function is not allowed to be used this way in an expression; function: %.*s", len, name);
}

static void
CheckStep(const CheckState *state, PathStep *step)
{
	const char *name = state->text + step->span.start;

	if (step->type == PATH_STEP_INDEX)
		step->index = ReadIndex(state, step->span);
	else if (step->type == PATH_STEP_NAME && IsReservedWord(name, step->span.len))
		ExpressionError(state->kind, "Attribute name is a reserved keyword; reserved keyword: %.*s",
						step->span.len, name);
}

static uint32
ReadIndex(const CheckState *state, TextSpan span)
{
	const char *digits = state->text + span.start;
	uint64		index = 0;

	for (int i = 0; i < span.len; i++)
	{
		index = index * 10 + (digits[i] - '0');
		if (index > PG_INT32_MAX)
			ExpressionError(state->kind, "List index is not within the allowable range; index: [%.*s]",
							span.len, digits);
	}
	return (uint32) index;
}

/* Each clause may be there once.  Actions of one clause share its keyword. */
static void
CheckClauses(const ExpressionTree *tree, const CheckState *state)
{
	const ExpressionNode *seen[ACTION_DELETE - ACTION_SET + 1] = {0};

	for (const ExpressionNode *action = tree->first; action != NULL; action = action->next)
	{
		const ExpressionNode **first = &seen[action->op - ACTION_SET];

		if (*first == NULL)
			*first = action;
		else if ((*first)->span.start != action->span.start)
			ExpressionError(state->kind, "The \"%s\" section can only be used once in an update expression;",
							GetOperatorInfo(action->op)->name);
	}
}
