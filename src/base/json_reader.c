/*
 * json_reader.c
 *	  JSON text to a light tree, through PostgreSQL's own parser.
 *
 * The parser calls back for every structure; the callbacks hang nodes on a
 * stack that is only the chain of open nodes' parents.  Nodes come from blocks,
 * because a request has dozens of them and a palloc each would show.
 *
 * The parser decodes strings character by character and copies each into
 * memory of its own.  A text without a backslash needs neither: then strings
 * are only checked, and what is between two quotes is cut out of one copy of
 * the whole text.
 */
#include "base/compat.h"

#include "base/json_reader.h"
#include "common/jsonapi.h"
#include "mb/pg_wchar.h"

#define NODES_PER_BLOCK		32

typedef struct ReaderState
{
	JsonLexContext *lex;
	char	   *copy;			/* of a text without a backslash; else NULL */
	const char *value;			/* where the value about to come starts */
	JsonNode   *block;			/* nodes not yet handed out */
	int			block_left;
	int			depth;
	bool		too_deep;
	const char *field;			/* name of the member about to come, or NULL */
	int			field_len;
	JsonNode   *root;
	JsonNode   *open[JSON_READER_MAX_DEPTH];	/* the open containers */
} ReaderState;

static JsonNode *
AddNode(ReaderState *state, JsonNodeKind kind)
{
	JsonNode   *node;
	JsonNode   *parent;

	if (state->block_left == 0)
	{
		state->block = palloc0(NODES_PER_BLOCK * sizeof(JsonNode));
		state->block_left = NODES_PER_BLOCK;
	}
	node = state->block++;
	state->block_left--;
	node->kind = kind;
	if (state->field)
	{
		node->name = state->field;
		node->name_len = state->field_len;
		state->field = NULL;
	}

	if (state->depth == 0)
	{
		state->root = node;
		return node;
	}
	parent = state->open[state->depth - 1];
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	parent->count++;
	return node;
}

/*
 * Opens a container.  Past the limit the parse is made to end: the tree is of
 * no use any more, and a client must not make us recurse on.
 */
static JsonActionResult
OpenContainer(ReaderState *state, JsonNodeKind kind)
{
	JsonNode   *node;

	if (state->too_deep || state->depth == JSON_READER_MAX_DEPTH)
	{
		state->too_deep = true;
		JSON_ACTION_ABORT(state->lex);
	}
	node = AddNode(state, kind);
	state->open[state->depth++] = node;
	JSON_ACTION_DONE;
}

static JsonActionResult
ObjectStart(void *state)
{
	return OpenContainer(state, JSON_NODE_OBJECT);
}

static JsonActionResult
ArrayStart(void *state)
{
	return OpenContainer(state, JSON_NODE_ARRAY);
}

static JsonActionResult
ContainerEnd(void *arg)
{
	ReaderState *state = arg;

	if (!state->too_deep)
		state->depth--;
	JSON_ACTION_DONE;
}

/* Cuts what is between the quotes at first and last out of the copy. */
static const char *
CutOut(ReaderState *state, const char *first, const char *last, int *len)
{
	char	   *text = state->copy + (first + 1 - state->lex->input);

	*len = last - first - 1;
	text[*len] = '\0';
	return text;
}

/* The name before the colon that was read last. */
static void
CutOutField(ReaderState *state)
{
	const char *last = state->lex->prev_token_terminator - 2;
	const char *first;

	while (*last != '"')
		last--;
	first = last - 1;
	while (*first != '"')
		first--;
	state->field = CutOut(state, first, last, &state->field_len);
}

static JsonActionResult
FieldStart(void *arg, char *name, bool isnull)
{
	ReaderState *state = arg;

	state->value = state->lex->token_start;
	if (state->copy)
		CutOutField(state);
	else
	{
		state->field = name;
		state->field_len = strlen(name);
	}
	JSON_ACTION_DONE;
}

static JsonActionResult
ElementStart(void *arg, bool isnull)
{
	ReaderState *state = arg;

	state->value = state->lex->token_start;
	JSON_ACTION_DONE;
}

static JsonActionResult
Scalar(void *arg, char *token, JsonTokenType type)
{
	static const JsonNodeKind kinds[] = {
		[JSON_TOKEN_STRING] = JSON_NODE_STRING,
		[JSON_TOKEN_NUMBER] = JSON_NODE_NUMBER,
		[JSON_TOKEN_TRUE] = JSON_NODE_TRUE,
		[JSON_TOKEN_FALSE] = JSON_NODE_FALSE,
		[JSON_TOKEN_NULL] = JSON_NODE_NULL,
	};
	ReaderState *state = arg;
	JsonNode   *node;

	if (state->too_deep)
		JSON_ACTION_DONE;
	node = AddNode(state, kinds[type]);
	if (state->copy && type == JSON_TOKEN_STRING)
		node->text = CutOut(state, state->value, state->lex->prev_token_terminator - 1, &node->len);
	else
	{
		node->text = token;
		node->len = strlen(token);
	}
	JSON_ACTION_DONE;
}

/* Parses the text; NULL and *error if it is not JSON we take. */
JsonNode *
JsonRead(const char *json, int len, JsonReadError *error)
{
	ReaderState state = {0};
	JsonSemAction actions = {0};
	JsonParseErrorType result;

	if (memchr(json, '\\', len) == NULL)
	{
		state.copy = palloc(len + 1);
		memcpy(state.copy, json, len);
	}
	state.value = memchr(json, '"', len);
	state.lex = JsonLexContextMake(json, len, PG_UTF8, state.copy == NULL);
	actions.semstate = &state;
	actions.object_start = ObjectStart;
	actions.object_end = ContainerEnd;
	actions.array_start = ArrayStart;
	actions.array_end = ContainerEnd;
	actions.object_field_start = FieldStart;
	actions.array_element_start = ElementStart;
	actions.scalar = Scalar;

	result = pg_parse_json(state.lex, &actions);
	if (state.too_deep)
	{
		error->message = "JSON nests too deep";
		error->malformed = false;
		return NULL;
	}
	if (result != JSON_SUCCESS)
	{
		error->message = json_errdetail(result, state.lex);
		error->malformed = result != JSON_UNICODE_CODE_POINT_ZERO;
		return NULL;
	}
	return state.root;
}

/* The last member of that name, or NULL. */
JsonNode *
JsonMember(const JsonNode *node, const char *name)
{
	JsonNode   *found = NULL;

	if (node == NULL || node->kind != JSON_NODE_OBJECT)
		return NULL;
	for (JsonNode *child = node->first; child != NULL; child = child->next)
	{
		/* most differ in the first character */
		if (child->name[0] == name[0] && strcmp(child->name, name) == 0)
			found = child;
	}
	return found;
}
