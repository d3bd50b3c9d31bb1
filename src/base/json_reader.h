/*
 * json_reader.h
 *	  JSON text to a light tree, through PostgreSQL's own parser.
 *
 * JsonRead() parses with common/jsonapi.h and gives back a tree of JsonNode.
 * Strings and member names are decoded (escapes resolved) UTF-8; a number
 * keeps its literal text, so no digit is lost.  Members stay in the order of
 * the text, duplicates included; what a duplicate means is the caller's
 * business.
 *
 * The whole tree, texts included, is allocated in the memory context that is
 * current at the call and is never freed piecemeal: reset the context.
 *
 * The text must be valid UTF-8 (verify what comes from a socket first), and
 * the database encoding must be UTF8.  A text that is not JSON, nests deeper
 * than JSON_READER_MAX_DEPTH or holds \u0000 makes JsonRead() return NULL with
 * *error filled in; it raises errors only for stack depth and memory.
 */
#ifndef DYNAMO_JSON_READER_H
#define DYNAMO_JSON_READER_H

/* Deep enough for 32 levels of AttributeValue in any request. */
#define JSON_READER_MAX_DEPTH	256

typedef enum JsonNodeKind
{
	JSON_NODE_NULL,
	JSON_NODE_FALSE,
	JSON_NODE_TRUE,
	JSON_NODE_NUMBER,
	JSON_NODE_STRING,
	JSON_NODE_ARRAY,
	JSON_NODE_OBJECT
} JsonNodeKind;

typedef struct JsonNode
{
	JsonNodeKind kind;
	int			name_len;		/* length of name in bytes */
	const char *name;			/* NUL-terminated member name; NULL unless the
								 * parent is an object */
	int			len;			/* length of text in bytes */
	const char *text;			/* NUL-terminated text of a string or number */
	int			count;			/* children of an array or object */
	struct JsonNode *first;		/* first child */
	struct JsonNode *last;		/* last child */
	struct JsonNode *next;		/* next sibling */
} JsonNode;

typedef struct JsonReadError
{
	const char *message;		/* PostgreSQL's one-line description */
	bool		malformed;		/* no JSON at all, not only JSON we do not take */
} JsonReadError;

extern JsonNode *JsonRead(const char *json, int len, JsonReadError *error);

/*
 * The member of an object by name: the last one where a name is repeated, as
 * the service's own parser keeps the last.  NULL if node is NULL, is no
 * object or has no such member.
 */
extern JsonNode *JsonMember(const JsonNode *node, const char *name);

#define JsonForEach(child, parent) \
	for (const JsonNode *child = (parent)->first; child != NULL; child = child->next)

#endif							/* DYNAMO_JSON_READER_H */
