/*
 * check.c
 *	  What the text alone decides about an expression, behind its syntax.
 *
 * One walk over the tree in the order of the text, a function before its
 * operands: reserved words, range of list indexes, names and places of
 * functions.  On the way indexes are turned into numbers and function names
 * into operators.
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

static void CheckNode(const CheckState *state, ExpressionNode *node, bool as_condition);
static void CheckFunction(const CheckState *state, ExpressionNode *node, bool as_condition);
static void CheckStep(const CheckState *state, PathStep *step);
static uint32 ReadIndex(const CheckState *state, TextSpan span);

void
ExpressionCheck(ExpressionTree *tree, ExpressionKind kind, const char *text)
{
	CheckState	state = {kind, text};

	for (ExpressionNode *node = tree->first; node != NULL; node = node->next)
		CheckNode(&state, node, true);
}

/* as_condition: the node stands where a condition is wanted, not a value. */
static void
CheckNode(const CheckState *state, ExpressionNode *node, bool as_condition)
{
	check_stack_depth();
	for (PathStep *step = node->first_step; step != NULL; step = step->next)
		CheckStep(state, step);
	if (node->type != NODE_OPERATION)
		return;

	if (node->op == FUNCTION_UNKNOWN)
		CheckFunction(state, node, as_condition);
	for (ExpressionNode *operand = node->first; operand != NULL; operand = operand->next)
		CheckNode(state, operand, OperatorIsLogical(node->op));
}

static void
CheckFunction(const CheckState *state, ExpressionNode *node, bool as_condition)
{
	const char *name = state->text + node->span.start;
	int			len = node->span.len;
	OperatorUse use;

	node->op = FindFunction(name, len);
	if (node->op == FUNCTION_UNKNOWN)
		ExpressionError(state->kind, "Invalid function name; function: %.*s", len, name);

	use = GetOperatorInfo(node->op)->use;
	if (use == USE_IN_UPDATE)
		ExpressionError(state->kind, "The function is not allowed in a condition expression; function: %.*s", len, name);
	if (as_condition != (use == USE_AS_CONDITION))
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
