/*
 * tree.h
 *	  A parsed expression: what the grammar builds and the cache keeps.
 *
 * The tree says where in the text things stand, not what they mean: names and
 * placeholders are spans of the text, so that one tree serves every request
 * that spells the expression this way.  Whoever binds a tree has the
 * request's own copy of the text at hand and points into that.
 *
 * A tree from ExpressionParse() has passed every check that needs the text
 * only: syntax, redundant parentheses, reserved words, range of list indexes,
 * names and places of functions.
 */
#ifndef DYNAMO_TREE_H
#define DYNAMO_TREE_H

#include "base/compat.h"

#include "expression/error.h"
#include "expression/operators.h"

/* Limits of the service. */
#define EXPRESSION_MAX_SIZE			4096
#define EXPRESSION_MAX_OPERATORS	300

typedef enum ExpressionKind
{
	EXPRESSION_PROJECTION,
	EXPRESSION_KEY_CONDITION,
	EXPRESSION_FILTER,
	EXPRESSION_CONDITION,
	EXPRESSION_UPDATE
} ExpressionKind;

/* A piece of the expression's text. */
typedef struct TextSpan
{
	int			start;
	int			len;
} TextSpan;

typedef enum PathStepType
{
	PATH_STEP_NAME,
	PATH_STEP_PLACEHOLDER,		/* "#n" */
	PATH_STEP_INDEX				/* "2" of "[2]" */
} PathStepType;

typedef struct PathStep
{
	PathStepType type;
	TextSpan	span;
	uint32		index;			/* of a PATH_STEP_INDEX */
	struct PathStep *next;
} PathStep;

typedef enum ExpressionNodeType
{
	NODE_PATH,
	NODE_VALUE,					/* ":v" */
	NODE_OPERATION				/* an operator, a function or an action */
} ExpressionNodeType;

typedef struct ExpressionNode
{
	ExpressionNodeType type;
	bool		parenthesized;
	TextSpan	span;			/* the placeholder, the function's name or the
								 * keyword of the action's clause */
	ExpressionOp op;			/* of an operation */
	int			count;			/* steps or operands */
	PathStep   *first_step;		/* of a path */
	PathStep   *last_step;
	struct ExpressionNode *first;	/* operands; AND and OR have two or more */
	struct ExpressionNode *last;
	struct ExpressionNode *next;	/* sibling */
} ExpressionNode;

/*
 * The paths of a projection or the actions of an update in the order of the
 * text, or one condition.  An action is an operation on a path and, except for
 * REMOVE, a value.
 */
typedef struct ExpressionTree
{
	int			count;
	ExpressionNode *first;
	ExpressionNode *last;
} ExpressionTree;

/*
 * The tree of an expression, from the cache or freshly parsed.  It is
 * borrowed: it lives until the next call in this process, so bind it before
 * another expression is parsed, and keep no pointer into it.
 */
extern const ExpressionTree *ExpressionParse(ExpressionKind kind, const char *text, int len);

/* "ProjectionExpression", as the service calls the parameter. */
extern const char *ExpressionKindName(ExpressionKind kind);

/* Raises "Invalid ProjectionExpression: ..."; the rest is as for printf. */
#define ExpressionError(kind, ...) \
	RaiseInvalid("Invalid %s: %s", ExpressionKindName(kind), psprintf(__VA_ARGS__))

#endif							/* DYNAMO_TREE_H */
