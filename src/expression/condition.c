/*
 * condition.c
 *	  A condition bound to a request's names and values.
 *
 * The tree is copied into one with the request's paths and values in it.
 * Operands come before their operation and in the order of the text; so do
 * the errors, as the service reports the first it meets on that way.  Only
 * the number of operators is looked at last.
 *
 * What an operand's type is, is known of values and of size() alone: a path
 * or if_not_exists() fits everywhere until an item is at hand.
 */
#include "base/compat.h"

#include "expression/condition.h"
#include "expression/path.h"
#include "miscadmin.h"

#define IN_MAX_OPERANDS		100

typedef struct BindState
{
	ExpressionKind kind;
	const char *text;
	Binding    *binding;
} BindState;

static void BindNode(BindState *state, const ExpressionNode *tree, ConditionNode *node);
static void BindValue(BindState *state, const ExpressionNode *tree, ConditionNode *node);
static void BindOperation(BindState *state, const ExpressionNode *tree, ConditionNode *node);
static void CheckOperation(ExpressionKind kind, const ConditionNode *node);
static void CheckOperandCount(ExpressionKind kind, const ConditionNode *node);
static void CheckOperandTypes(ExpressionKind kind, const ConditionNode *node);
static void CheckFirstIsDistinct(ExpressionKind kind, const ConditionNode *node);
static void CheckBounds(ExpressionKind kind, const BoundValue *lower, const BoundValue *upper);
static void CheckTypeName(ExpressionKind kind, const ConditionNode *operand);
static bool OperandType(const ConditionNode *operand, AttributeType *type);
static char *BoundToText(const BoundValue *bound);

/* The types attribute_type() knows, as the service lists them. */
#define TYPE_NAMES	"{N,BS,L,B,NULL,M,S,SS,NS,BOOL}"

ConditionNode *
ConditionPrepare(ExpressionKind kind, const char *text, int len, Binding *binding)
{
	const ExpressionTree *tree = ExpressionParse(kind, text, len);
	ConditionNode *root = ConditionBind(kind, tree->first, text, binding);

	ConditionCheckOperators(kind, ConditionCountOperators(root));
	return root;
}

ConditionNode *
ConditionBind(ExpressionKind kind, const ExpressionNode *tree, const char *text, Binding *binding)
{
	BindState	state = {kind, text, binding};
	ConditionNode *root = palloc0(sizeof(ConditionNode));

	BindNode(&state, tree, root);
	return root;
}

/* Raises the service's error if there are too many of them. */
void
ConditionCheckOperators(ExpressionKind kind, int count)
{
	if (count > EXPRESSION_MAX_OPERATORS)
	{
		/* the service stops counting at the first too many */
		ExpressionError(kind, "The expression contains too many operators; operator count: %d",
						EXPRESSION_MAX_OPERATORS + 1);
	}
}

static void
BindNode(BindState *state, const ExpressionNode *tree, ConditionNode *node)
{
	check_stack_depth();
	node->type = tree->type;
	switch (tree->type)
	{
		case NODE_PATH:
			node->path = PathBind(tree, state->kind, state->text, state->binding);
			break;
		case NODE_VALUE:
			BindValue(state, tree, node);
			break;
		case NODE_OPERATION:
			BindOperation(state, tree, node);
			break;
	}
}

static void
BindValue(BindState *state, const ExpressionNode *tree, ConditionNode *node)
{
	const char *placeholder = state->text + tree->span.start;

	node->value = BindingValue(state->binding, placeholder, tree->span.len);
	if (node->value == NULL)
		ExpressionError(state->kind, "An expression attribute value used in expression is not defined; attribute value: %.*s",
						tree->span.len, placeholder);
}

static void
BindOperation(BindState *state, const ExpressionNode *tree, ConditionNode *node)
{
	int			i = 0;

	node->op = tree->op;
	node->count = tree->count;
	node->operands = palloc0(tree->count * sizeof(ConditionNode));
	for (const ExpressionNode *operand = tree->first; operand != NULL; operand = operand->next)
		BindNode(state, operand, &node->operands[i++]);
	if (!OperatorIsLogical(node->op))
		CheckOperation(state->kind, node);
}

/* ---- checks of one operation ---- */

static void
CheckOperation(ExpressionKind kind, const ConditionNode *node)
{
	const ConditionNode *operands = node->operands;

	CheckOperandCount(kind, node);
	CheckOperandTypes(kind, node);
	CheckFirstIsDistinct(kind, node);

	switch (node->op)
	{
		case FUNCTION_ATTRIBUTE_EXISTS:
		case FUNCTION_ATTRIBUTE_NOT_EXISTS:
		case FUNCTION_IF_NOT_EXISTS:
			if (operands[0].type != NODE_PATH)
				ExpressionError(kind, "Operator or function requires a document path; operator or function: %s",
								GetOperatorInfo(node->op)->name);
			break;
		case FUNCTION_ATTRIBUTE_TYPE:
			CheckTypeName(kind, &operands[1]);
			break;
		case OPERATOR_BETWEEN:
			if (operands[1].type == NODE_VALUE && operands[2].type == NODE_VALUE)
				CheckBounds(kind, operands[1].value, operands[2].value);
			break;
		case OPERATOR_IN:
			if (node->count - 1 > IN_MAX_OPERANDS)
				ExpressionError(kind, "The IN operator is provided with too many operands; number of operands: %d",
								node->count - 1);
			break;
		default:
			break;
	}
}

/* Operators have theirs by the grammar. */
static void
CheckOperandCount(ExpressionKind kind, const ConditionNode *node)
{
	const OperatorInfo *info = GetOperatorInfo(node->op);

	if (OperatorIsFunction(node->op) && node->count != info->operands)
		ExpressionError(kind, "Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d",
						info->name, node->count);
}

static void
CheckOperandTypes(ExpressionKind kind, const ConditionNode *node)
{
	const OperatorInfo *info = GetOperatorInfo(node->op);

	for (int i = 0; i < node->count; i++)
	{
		TypeSet		allowed = i == 0 ? info->first : info->others;
		AttributeType type;

		if (OperandType(&node->operands[i], &type) && !(allowed & TYPE_BIT(type)))
			ExpressionError(kind, "Incorrect operand type for operator or function; operator or function: %s, operand type: %s",
							info->name, AttributeTypeName(type));
	}
}

/* A path is not to be compared with itself; it may be added to itself. */
static void
CheckFirstIsDistinct(ExpressionKind kind, const ConditionNode *node)
{
	const ConditionNode *first = &node->operands[0];

	if (first->type != NODE_PATH || GetOperatorInfo(node->op)->use == USE_AS_UPDATE_VALUE)
		return;
	for (int i = 1; i < node->count; i++)
	{
		const ConditionNode *operand = &node->operands[i];

		if (operand->type == NODE_PATH && PathEquals(&first->path, &operand->path))
			ExpressionError(kind, "The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s",
							GetOperatorInfo(node->op)->name, PathToText(&first->path));
	}
}

/* Both are of type S, N or B by now, whose payloads sort as they do. */
static void
CheckBounds(ExpressionKind kind, const BoundValue *lower, const BoundValue *upper)
{
	const AttributeValue *low = &lower->value;
	const AttributeValue *high = &upper->value;

	if (AttributeValueType(low) != AttributeValueType(high))
		ExpressionError(kind, "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: %s, upper bound operand: %s",
						BoundToText(lower), BoundToText(upper));
	if (CompareBytes(low->data, low->len, high->data, high->len) > 0)
		ExpressionError(kind, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: %s, upper bound operand: %s",
						BoundToText(lower), BoundToText(upper));
}

/* attribute_type()'s second operand has to be the name of a type. */
static void
CheckTypeName(ExpressionKind kind, const ConditionNode *operand)
{
	const AttributeValue *name;

	if (operand->type != NODE_VALUE)
		ExpressionError(kind, "Incorrect operand type for operator or function; operator or function: %s, operand type: " TYPE_NAMES,
						GetOperatorInfo(FUNCTION_ATTRIBUTE_TYPE)->name);

	name = &operand->value->value;
	for (AttributeType type = ATTRIBUTE_S; type <= ATTRIBUTE_BS; type++)
	{
		const char *known = AttributeTypeName(type);

		if (CompareBytes(name->data, name->len, known, strlen(known)) == 0)
			return;
	}
	ExpressionError(kind, "Invalid attribute type name found; type: %.*s, valid types: " TYPE_NAMES,
					(int) name->len, name->data);
}

/* An operand's type, where it is known without an item. */
static bool
OperandType(const ConditionNode *operand, AttributeType *type)
{
	switch (operand->type)
	{
		case NODE_PATH:
			return false;
		case NODE_VALUE:
			*type = AttributeValueType(&operand->value->value);
			return true;
		case NODE_OPERATION:
			*type = ATTRIBUTE_N;
			return operand->op == FUNCTION_SIZE;
	}
	return false;
}

/*
 * A bound as the service shows it: numbers as the request spells them, and of
 * bytes only how many there are, in the words of its implementation language.
 */
static char *
BoundToText(const BoundValue *bound)
{
	const AttributeValue *value = &bound->value;
	const char *type = AttributeTypeName(AttributeValueType(value));

	switch (AttributeValueType(value))
	{
		case ATTRIBUTE_N:
			return psprintf("AttributeValue: {%s:%s}", type, JsonMember(bound->json, type)->text);
		case ATTRIBUTE_B:
			return psprintf("AttributeValue: {%s:java.nio.HeapByteBuffer[pos=0 lim=%u cap=%u]}",
							type, value->len, value->len);
		default:
			return psprintf("AttributeValue: {%s:%.*s}", type, (int) value->len, value->data);
	}
}

/* A chain of n conditions joined by AND or OR has n - 1 of these. */
int
ConditionCountOperators(const ConditionNode *node)
{
	bool		is_chain = node->op == OPERATOR_AND || node->op == OPERATOR_OR;
	int			operators;

	check_stack_depth();
	if (node->type != NODE_OPERATION)
		return 0;
	operators = is_chain ? node->count - 1 : 1;
	for (int i = 0; i < node->count; i++)
		operators += ConditionCountOperators(&node->operands[i]);
	return operators;
}
