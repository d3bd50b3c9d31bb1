/*
 * json_writer.c
 *	  The one place that writes JSON text.
 */
#include "base/compat.h"

#include "base/json_writer.h"
#include "common/shortest_dec.h"
#include "miscadmin.h"

/*
 * How a byte is written inside a string: 0 as it is, 1 as \u00XX, anything
 * else as a backslash and that character.
 */
static const char escapes[256] = {
	1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f', 'r', 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	['"'] = '"',['\\'] = '\\',[0x7F] = 1,
};

static void
AppendEscape(StringInfo out, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";

	if (escapes[byte] == 1)
	{
		appendBinaryStringInfo(out, "\\u00", 4);
		appendStringInfoCharMacro(out, hex[byte >> 4]);
		appendStringInfoCharMacro(out, hex[byte & 0x0F]);
		return;
	}
	appendStringInfoCharMacro(out, '\\');
	appendStringInfoCharMacro(out, escapes[byte]);
}

#define EACH_BYTE(byte)		(UINT64CONST(0x0101010101010101) * (byte))

/* The high bit of every byte of the word that is zero, and maybe of others. */
#define ZERO_BYTES(word)	(((word) - EACH_BYTE(1)) & ~(word) & EACH_BYTE(0x80))

/* Whether any of the eight bytes may have to be escaped. */
static inline bool
MayNeedEscape(const char *p)
{
	uint64		word;

	memcpy(&word, p, sizeof(word));
	return (ZERO_BYTES(word & EACH_BYTE(0xE0)) |	/* below 0x20 */
			ZERO_BYTES(word ^ EACH_BYTE('"')) |
			ZERO_BYTES(word ^ EACH_BYTE('\\')) |
			ZERO_BYTES(word ^ EACH_BYTE(0x7F))) != 0;
}

/* The first byte in [p, end) that must be escaped, or end. */
static inline const char *
SkipPlain(const char *p, const char *end)
{
	while (end - p >= (ptrdiff_t) sizeof(uint64) && !MayNeedEscape(p))
		p += sizeof(uint64);
	while (p < end && escapes[(unsigned char) *p] == 0)
		p++;
	return p;
}

/* Appends a quoted string; runs of plain bytes are copied at once. */
void
JsonString(StringInfo out, const char *text, int len)
{
	const char *end = text + len;
	const char *run = text;
	const char *p;

	enlargeStringInfo(out, len + 2);
	appendStringInfoCharMacro(out, '"');
	while ((p = SkipPlain(run, end)) < end)
	{
		appendBinaryStringInfo(out, run, p - run);
		AppendEscape(out, (unsigned char) *p);
		run = p + 1;
	}
	appendBinaryStringInfo(out, run, end - run);
	appendStringInfoCharMacro(out, '"');
}

void
JsonBase64(StringInfo out, const char *bytes, int len)
{
	int			room = pg_b64_enc_len(len);
	int			written;

	enlargeStringInfo(out, room + 2);
	appendStringInfoCharMacro(out, '"');
	written = Base64Encode(bytes, len, out->data + out->len, room);
	if (written < 0)
		elog(ERROR, "base64 output does not fit");
	out->len += written;
	appendStringInfoCharMacro(out, '"');
}

void
JsonElement(StringInfo out)
{
	char		last = out->len > 0 ? out->data[out->len - 1] : '[';

	if (last != '[' && last != '{')
		appendStringInfoCharMacro(out, ',');
}

void
JsonKey(StringInfo out, const char *name, int len)
{
	JsonElement(out);
	JsonString(out, name, len);
	appendStringInfoCharMacro(out, ':');
}

void
JsonKeyName(StringInfo out, const char *name)
{
	JsonKey(out, name, strlen(name));
}

void
JsonMemberString(StringInfo out, const char *name, const char *value)
{
	JsonKeyName(out, name);
	JsonString(out, value, strlen(value));
}

void
JsonMemberInt(StringInfo out, const char *name, int64 value)
{
	JsonKeyName(out, name);
	appendStringInfo(out, INT64_FORMAT, value);
}

void
JsonMemberBool(StringInfo out, const char *name, bool value)
{
	JsonKeyName(out, name);
	appendStringInfoString(out, value ? "true" : "false");
}

/* A double always shows a fraction, as the service writes it: 1.0, 0.5. */
void
JsonMemberDouble(StringInfo out, const char *name, double value)
{
	char		buffer[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, buffer);
	JsonKeyName(out, name);
	appendStringInfoString(out, buffer);
	if (strcspn(buffer, ".e") == strlen(buffer))
		appendStringInfoString(out, ".0");
}

void
JsonTree(StringInfo out, const JsonNode *node)
{
	bool		is_object = node->kind == JSON_NODE_OBJECT;

	check_stack_depth();
	switch (node->kind)
	{
		case JSON_NODE_STRING:
			JsonString(out, node->text, node->len);
			return;
		case JSON_NODE_ARRAY:
		case JSON_NODE_OBJECT:
			break;
		default:
			/* numbers and the three words stand as they were written */
			appendBinaryStringInfo(out, node->text, node->len);
			return;
	}
	appendStringInfoChar(out, is_object ? '{' : '[');
	JsonForEach(child, node)
	{
		if (is_object)
			JsonKey(out, child->name, child->name_len);
		else
			JsonElement(out);
		JsonTree(out, child);
	}
	appendStringInfoChar(out, is_object ? '}' : ']');
}
