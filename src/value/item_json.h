/*
 * item_json.h
 *	  DynamoDB JSON ({"S": "x"}, {"N": "1"}, ...) in and out.
 *
 * Reading raises the service's own errors: SerializationException for JSON of
 * the wrong shape, ValidationException for a value that breaks a rule of the
 * service (LIMITS: numbers, sets, nesting, names).  The reading functions
 * check no size; ItemCheckSize() does.
 */
#ifndef DYNAMO_ITEM_JSON_H
#define DYNAMO_ITEM_JSON_H

#include "base/json_reader.h"
#include "lib/stringinfo.h"
#include "value/item.h"

/* An item from {"name": AttributeValue, ...}. */
extern DynamoItem *ItemFromJson(const JsonNode *node);

/*
 * The type behind a member name of AttributeValue ("S"), or 0.  BOOL gives
 * ATTRIBUTE_TRUE.
 */
extern AttributeType AttributeTypeFromName(const char *name);

/*
 * One AttributeValue from {"S": "x"}.  It may be nested as deep as an item: one
 * level deeper than an attribute of an item.
 */
extern AttributeValue AttributeValueFromJson(const JsonNode *node);

/* Decodes base64 into newly allocated memory; returns the length. */
extern int	Base64DecodeOrError(const char *text, int len, char **bytes);

/*
 * Raise the service's error if the item, or what is that large, is larger than
 * 400 KB.
 */
extern void ItemCheckSize(const DynamoItem *item);
extern void ItemSizeCheck(uint64 size);

/*
 * Raise the service's error for a container nested too deep (depth counts the
 * documents around it, the item itself not), or a name that is not allowed.
 */
extern void AttributeDepthCheck(int depth);
extern void AttributeNameCheck(int name_len);

/*
 * Parses JSON text that came by SQL: what is not JSON raises
 * ERRCODE_INVALID_TEXT_REPRESENTATION.
 */
extern JsonNode *JsonReadOrError(const char *text, int len);

/* {"name": {"S": "x"}, ...} */
extern void ItemToJson(StringInfo out, const DynamoItem *item);

/* {"S": "x"}; of an M the whole {"M": {...}} */
extern void AttributeValueToJson(StringInfo out, const AttributeValue *value);

#endif							/* DYNAMO_ITEM_JSON_H */
