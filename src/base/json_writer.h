/*
 * json_writer.h
 *	  The one place that writes JSON text.
 *
 * The functions append to a StringInfo that the caller owns.  Text given to
 * them is valid UTF-8 and need not be NUL-terminated.
 *
 * Commas: JsonKey() and JsonElement() look at the last byte written, and put a
 * comma unless it opens an object or array.  So a writer never carries a
 * "first" flag.
 */
#ifndef DYNAMO_JSON_WRITER_H
#define DYNAMO_JSON_WRITER_H

#include "base/json_reader.h"
#include "lib/stringinfo.h"

/* Appends a quoted, escaped string. */
extern void JsonString(StringInfo out, const char *text, int len);

/* Appends a quoted base64 text of the bytes. */
extern void JsonBase64(StringInfo out, const char *bytes, int len);

/* Starts a member: comma where one is due, "name", colon. */
extern void JsonKey(StringInfo out, const char *name, int len);

/* Starts an array element: comma where one is due. */
extern void JsonElement(StringInfo out);

/* JsonKey() for a literal or other C string. */
extern void JsonKeyName(StringInfo out, const char *name);

/* A whole member with a value of C string, integer, boolean or double. */
extern void JsonMemberString(StringInfo out, const char *name, const char *value);
extern void JsonMemberInt(StringInfo out, const char *name, int64 value);
extern void JsonMemberBool(StringInfo out, const char *name, bool value);
extern void JsonMemberDouble(StringInfo out, const char *name, double value);

/* A tree that was read, written out again. */
extern void JsonTree(StringInfo out, const JsonNode *node);

#endif							/* DYNAMO_JSON_WRITER_H */
