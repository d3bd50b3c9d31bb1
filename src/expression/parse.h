/*
 * parse.h
 *	  What the grammar, the scanner and the checks behind them share.
 */
#ifndef DYNAMO_PARSE_H
#define DYNAMO_PARSE_H

#include "expression/tree.h"

/* One run of the parser. */
typedef struct ParserState
{
	ExpressionKind kind;
	const char *text;
	int			len;
	MemoryContext tree_context; /* where the tree goes */
	void	   *scanner;
	bool		started;		/* the start token is out */
	TextSpan	token;			/* the token last read */
	int			previous;		/* where the one before began, or 0 */
	bool		at_end;			/* that was the end of the text */
	ExpressionTree *tree;
} ParserState;

/*
 * Parses into tree_context; everything else goes to the current context.
 * Raises the service's errors.
 */
extern ExpressionTree *ExpressionParseText(ExpressionKind kind, const char *text, int len,
										   MemoryContext tree_context);

/* The checks of a whole tree that need the text only; see tree.h. */
extern void ExpressionCheck(ExpressionTree *tree, ExpressionKind kind, const char *text);

/* ---- scanner.l ---- */

extern void ScannerStart(ParserState *state);
extern void ScannerEnd(ParserState *state);
extern void ScannerSyntaxError(ParserState *state) pg_attribute_noreturn();

/* ---- building the tree, for the grammar's actions ---- */

extern ExpressionNode *TreePath(ParserState *state, PathStepType type, TextSpan span);
extern ExpressionNode *TreeAddStep(ParserState *state, ExpressionNode *path,
								   PathStepType type, TextSpan span);
extern ExpressionNode *TreeValue(ParserState *state, TextSpan span);
extern ExpressionNode *TreeOperation(ParserState *state, ExpressionOp op,
									 ExpressionNode *first, ExpressionNode *second);
extern ExpressionNode *TreeAddOperand(ExpressionNode *operation, ExpressionNode *operand);
extern ExpressionNode *TreeJoin(ParserState *state, ExpressionOp op,
								ExpressionNode *left, ExpressionNode *right);
extern ExpressionNode *TreeParenthesize(ParserState *state, ExpressionNode *node);
extern void TreeAddNode(ParserState *state, ExpressionNode *node);
extern void TreeAddAction(ParserState *state, ExpressionOp action, TextSpan clause,
						  ExpressionNode *path, ExpressionNode *operand);

#endif							/* DYNAMO_PARSE_H */
