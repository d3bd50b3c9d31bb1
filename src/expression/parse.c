/*
 * parse.c
 *	  From an expression's text to its tree.
 *
 * The tree is put together by the grammar's actions with the functions here.
 * Only the tree is allocated in the context the caller wants it in; scanner
 * and parser work in the current one.
 */
#include "base/compat.h"

#include "expression/parse.h"
#include "expression/grammar.h"

static PathStep *NewStep(ParserState *state, PathStepType type, TextSpan span);
static ExpressionNode *NewNode(ParserState *state, ExpressionNodeType type, TextSpan span);

const char *
ExpressionKindName(ExpressionKind kind)
{
	switch (kind)
	{
		case EXPRESSION_PROJECTION:
			return "ProjectionExpression";
		case EXPRESSION_KEY_CONDITION:
			return "KeyConditionExpression";
		case EXPRESSION_FILTER:
			return "FilterExpression";
		case EXPRESSION_CONDITION:
			return "ConditionExpression";
		case EXPRESSION_UPDATE:
			return "UpdateExpression";
	}
	elog(ERROR, "unknown kind of expression: %d", (int) kind);
}

/* Only of conditions does the service tell the size. */
static void
RaiseTooLong(ExpressionKind kind, int len)
{
	if (kind == EXPRESSION_PROJECTION || kind == EXPRESSION_UPDATE)
		ExpressionError(kind, "Expression size has exceeded the maximum allowed size;");
	ExpressionError(kind, "Expression size has exceeded the maximum allowed size; expression size: %d", len);
}

ExpressionTree *
ExpressionParseText(ExpressionKind kind, const char *text, int len, MemoryContext tree_context)
{
	ParserState state = {.kind = kind, .text = text, .len = len, .tree_context = tree_context};

	if (len == 0)
		ExpressionError(kind, "The expression can not be empty;");
	if (len > EXPRESSION_MAX_SIZE)
		RaiseTooLong(kind, len);

	state.tree = MemoryContextAllocZero(tree_context, sizeof(ExpressionTree));
	ScannerStart(&state);
	(void) expression_yyparse(&state);
	ScannerEnd(&state);
	ExpressionCheck(state.tree, kind, text);
	return state.tree;
}

/* ---- building the tree ---- */

static ExpressionNode *
NewNode(ParserState *state, ExpressionNodeType type, TextSpan span)
{
	ExpressionNode *node = MemoryContextAllocZero(state->tree_context, sizeof(ExpressionNode));

	node->type = type;
	node->span = span;
	return node;
}

static PathStep *
NewStep(ParserState *state, PathStepType type, TextSpan span)
{
	PathStep   *step = MemoryContextAllocZero(state->tree_context, sizeof(PathStep));

	step->type = type;
	step->span = span;
	return step;
}

/* A path of one step. */
ExpressionNode *
TreePath(ParserState *state, PathStepType type, TextSpan span)
{
	ExpressionNode *path = NewNode(state, NODE_PATH, span);

	path->first_step = path->last_step = NewStep(state, type, span);
	path->count = 1;
	return path;
}

/* One step more. */
ExpressionNode *
TreeAddStep(ParserState *state, ExpressionNode *path, PathStepType type, TextSpan span)
{
	path->last_step = path->last_step->next = NewStep(state, type, span);
	path->count++;
	return path;
}

ExpressionNode *
TreeValue(ParserState *state, TextSpan span)
{
	return NewNode(state, NODE_VALUE, span);
}

/* An operation with one operand, or two unless second is NULL. */
ExpressionNode *
TreeOperation(ParserState *state, ExpressionOp op, ExpressionNode *first, ExpressionNode *second)
{
	ExpressionNode *operation = NewNode(state, NODE_OPERATION, (TextSpan){0, 0});

	operation->op = op;
	operation->first = operation->last = first;
	operation->count = 1;
	if (second)
		TreeAddOperand(operation, second);
	return operation;
}

ExpressionNode *
TreeAddOperand(ExpressionNode *operation, ExpressionNode *operand)
{
	operation->last = operation->last->next = operand;
	operation->count++;
	return operation;
}

/*
 * "a AND b AND c" becomes one operation with three operands, so that a long
 * chain is no deep tree.
 */
ExpressionNode *
TreeJoin(ParserState *state, ExpressionOp op, ExpressionNode *left, ExpressionNode *right)
{
	if (left->type == NODE_OPERATION && left->op == op && !left->parenthesized)
		return TreeAddOperand(left, right);
	return TreeOperation(state, op, left, right);
}

ExpressionNode *
TreeParenthesize(ParserState *state, ExpressionNode *node)
{
	if (node->parenthesized)
		ExpressionError(state->kind, "The expression has redundant parentheses;");
	node->parenthesized = true;
	return node;
}

void
TreeAddNode(ParserState *state, ExpressionNode *node)
{
	ExpressionTree *tree = state->tree;

	if (tree->last)
		tree->last->next = node;
	else
		tree->first = node;
	tree->last = node;
	tree->count++;
}

/* One action of an update's clause; operand may be NULL. */
void
TreeAddAction(ParserState *state, ExpressionOp action, TextSpan clause,
			  ExpressionNode *path, ExpressionNode *operand)
{
	ExpressionNode *node = TreeOperation(state, action, path, operand);

	node->span = clause;
	TreeAddNode(state, node);
}
