%{
/*
 * grammar.y
 *	  The expression language.
 *
 * Each kind of expression begins with a token of its own that the scanner
 * makes up, so that one grammar reads all kinds.
 *
 * The grammar is the service's, and so are the places where it says "syntax
 * error": an operand is no condition, a condition is no operand.  Only a
 * function can be either, which its name decides, not the grammar.  That is
 * why there are two nonterminals for what may stand in parentheses, function
 * and all else: with one, "(f(a))" would be both.
 *
 * The service refuses redundant parentheses while it still reads, before any
 * syntax error behind them; so do the actions here.
 */
#include "base/compat.h"

#include "expression/parse.h"
#include "expression/grammar.h"

#define YYMALLOC	palloc
#define YYFREE		pfree

/*
 * An expression has no more tokens than bytes, so no text that is let in can
 * pass this; the grammar would report it as a syntax error.
 */
#define YYMAXDEPTH	(EXPRESSION_MAX_SIZE + 100)

static void expression_yyerror(ParserState *state, const char *message);

%}

%define api.pure full
%define api.prefix {expression_yy}
%expect 0
%parse-param {ParserState *state}
%lex-param {ParserState *state}

%code requires {
#include "expression/parse.h"
}

%code provides {
extern int	expression_yylex(EXPRESSION_YYSTYPE *value, ParserState *state);
}

%union
{
	TextSpan	span;
	ExpressionOp op;
	ExpressionNode *node;
}

%token START_PROJECTION START_CONDITION START_UPDATE
%token <span> NAME NAME_PLACEHOLDER VALUE_PLACEHOLDER NUMBER
%token <span> SET REMOVE ADD DELETE
%token INVALID
%token NE LE GE BETWEEN IN

%left OR
%left AND
%right NOT

%type <op> comparator
%type <node> path condition compound comparison opened_in
%type <span> set_clause remove_clause add_clause delete_clause
%type <node> value sum
%type <node> operand plain_operand parenthesized_function opened_function

%%

expression:
	START_PROJECTION projection
		{
			/* bison counts errors that nobody asks for; clang 15 minds */
			(void) yynerrs;
		}
	| START_CONDITION condition
		{ TreeAddNode(state, $2); }
	| START_UPDATE update
	;

projection:
	path
		{ TreeAddNode(state, $1); }
	| projection ',' path
		{ TreeAddNode(state, $3); }
	;

path:
	NAME
		{ $$ = TreePath(state, PATH_STEP_NAME, $1); }
	| NAME_PLACEHOLDER
		{ $$ = TreePath(state, PATH_STEP_PLACEHOLDER, $1); }
	| path '.' NAME
		{ $$ = TreeAddStep(state, $1, PATH_STEP_NAME, $3); }
	| path '.' NAME_PLACEHOLDER
		{ $$ = TreeAddStep(state, $1, PATH_STEP_PLACEHOLDER, $3); }
	| path '.' VALUE_PLACEHOLDER
		{
			/* the service reads it as a name, which is never defined */
			$$ = TreeAddStep(state, $1, PATH_STEP_PLACEHOLDER, $3);
		}
	| path '[' NUMBER ']'
		{ $$ = TreeAddStep(state, $1, PATH_STEP_INDEX, $3); }
	;

condition:
	compound
	| parenthesized_function
	;

compound:
	comparison
	| condition AND condition
		{ $$ = TreeJoin(state, OPERATOR_AND, $1, $3); }
	| condition OR condition
		{ $$ = TreeJoin(state, OPERATOR_OR, $1, $3); }
	| NOT condition
		{ $$ = TreeOperation(state, OPERATOR_NOT, $2, NULL); }
	| '(' compound ')'
		{ $$ = TreeParenthesize(state, $2); }
	;

comparison:
	operand comparator operand
		{ $$ = TreeOperation(state, $2, $1, $3); }
	| operand BETWEEN operand AND operand
		{
			$$ = TreeOperation(state, OPERATOR_BETWEEN, $1, $3);
			TreeAddOperand($$, $5);
		}
	| opened_in ')'
	;

opened_in:
	operand IN '(' operand
		{ $$ = TreeOperation(state, OPERATOR_IN, $1, $4); }
	| opened_in ',' operand
		{ $$ = TreeAddOperand($1, $3); }
	;

comparator:
	'='			{ $$ = OPERATOR_EQ; }
	| NE		{ $$ = OPERATOR_NE; }
	| '<'		{ $$ = OPERATOR_LT; }
	| LE		{ $$ = OPERATOR_LE; }
	| '>'		{ $$ = OPERATOR_GT; }
	| GE		{ $$ = OPERATOR_GE; }
	;

update:
	clause
	| update clause
	;

clause:
	set_clause
	| remove_clause
	| add_clause
	| delete_clause
	;

set_clause:
	SET path '=' value
		{ TreeAddAction(state, ACTION_SET, $1, $2, $4); }
	| set_clause ',' path '=' value
		{ TreeAddAction(state, ACTION_SET, $1, $3, $5); }
	;

remove_clause:
	REMOVE path
		{ TreeAddAction(state, ACTION_REMOVE, $1, $2, NULL); }
	| remove_clause ',' path
		{ TreeAddAction(state, ACTION_REMOVE, $1, $3, NULL); }
	;

add_clause:
	ADD path VALUE_PLACEHOLDER
		{ TreeAddAction(state, ACTION_ADD, $1, $2, TreeValue(state, $3)); }
	| add_clause ',' path VALUE_PLACEHOLDER
		{ TreeAddAction(state, ACTION_ADD, $1, $3, TreeValue(state, $4)); }
	;

delete_clause:
	DELETE path VALUE_PLACEHOLDER
		{ TreeAddAction(state, ACTION_DELETE, $1, $2, TreeValue(state, $3)); }
	| delete_clause ',' path VALUE_PLACEHOLDER
		{ TreeAddAction(state, ACTION_DELETE, $1, $3, TreeValue(state, $4)); }
	;

value:
	operand
	| sum
	;

sum:
	operand '+' operand
		{ $$ = TreeOperation(state, OPERATOR_PLUS, $1, $3); }
	| operand '-' operand
		{ $$ = TreeOperation(state, OPERATOR_MINUS, $1, $3); }
	| '(' sum ')'
		{ $$ = TreeParenthesize(state, $2); }
	;

operand:
	plain_operand
	| parenthesized_function
	;

plain_operand:
	path
	| VALUE_PLACEHOLDER
		{ $$ = TreeValue(state, $1); }
	| '(' plain_operand ')'
		{ $$ = TreeParenthesize(state, $2); }
	;

parenthesized_function:
	opened_function ')'
	| '(' parenthesized_function ')'
		{ $$ = TreeParenthesize(state, $2); }
	;

opened_function:
	NAME '(' operand
		{
			$$ = TreeOperation(state, FUNCTION_UNKNOWN, $3, NULL);
			$$->span = $1;
		}
	| opened_function ',' operand
		{ $$ = TreeAddOperand($1, $3); }
	;

%%

/*
 * Whatever the parser complains of, the client gets to know the token where
 * it stopped.
 */
static void
expression_yyerror(ParserState *state, const char *message)
{
	ScannerSyntaxError(state);
}
