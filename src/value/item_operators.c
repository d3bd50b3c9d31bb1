/*
 * item_operators.c
 *	  SQL on an item: document paths, attributes, and plain JSON both ways.
 *
 * Plain JSON is what the SDKs' document clients show: S a string, N a number,
 * BOOL, NULL, M and L themselves, B base64, a set an array.  The way back
 * knows no B and no sets.
 */
#include "base/compat.h"

#include "base/json_writer.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "value/document_path.h"
#include "value/item_build.h"
#include "value/item_json.h"
#include "value/number.h"

PG_FUNCTION_INFO_V1(item_get);
PG_FUNCTION_INFO_V1(item_get_text);
PG_FUNCTION_INFO_V1(item_has_attribute);
PG_FUNCTION_INFO_V1(item_attributes);
PG_FUNCTION_INFO_V1(item_to_jsonb);
PG_FUNCTION_INFO_V1(jsonb_to_item);
PG_FUNCTION_INFO_V1(item_to_plain_jsonb);
PG_FUNCTION_INFO_V1(plain_jsonb_to_item);

static void PlainValue(StringInfo out, const AttributeValue *value);
static void PlainNode(const JsonNode *node, ValueNode *out, int depth);

static Datum
JsonbFromText(const StringInfoData *text)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text->data));
}

/* The value at the path of arguments 0 and 1; false if there is none. */
static bool
FindPath(FunctionCallInfo fcinfo, AttributeValue *value)
{
	DynamoItem *item = PG_GETARG_ITEM_P(0);
	text	   *path_text = PG_GETARG_TEXT_PP(1);
	DocumentPath path = DocumentPathParse(VARDATA_ANY(path_text), VARSIZE_ANY_EXHDR(path_text));
	AttributeValue root = ItemValue(item);

	return DocumentPathFind(&path, &root, value);
}

/* item -> path: the AttributeValue as DynamoDB JSON. */
Datum
item_get(PG_FUNCTION_ARGS)
{
	AttributeValue value;
	StringInfoData out;

	if (!FindPath(fcinfo, &value))
		PG_RETURN_NULL();
	initStringInfo(&out);
	AttributeValueToJson(&out, &value);
	return JsonbFromText(&out);
}

/* item ->> path: the bare text of a scalar, plain JSON of a document. */
Datum
item_get_text(PG_FUNCTION_ARGS)
{
	AttributeValue value;
	StringInfoData out;

	if (!FindPath(fcinfo, &value) || AttributeValueType(&value) == ATTRIBUTE_NULL)
		PG_RETURN_NULL();
	initStringInfo(&out);
	switch (AttributeValueType(&value))
	{
		case ATTRIBUTE_S:
			appendBinaryStringInfo(&out, value.data, value.len);
			break;
		case ATTRIBUTE_B:
			JsonBase64(&out, value.data, value.len);
			PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data + 1, out.len - 2));
		default:
			PlainValue(&out, &value);
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* item ? name: is there a top-level attribute of that name? */
Datum
item_has_attribute(PG_FUNCTION_ARGS)
{
	DynamoItem *item = PG_GETARG_ITEM_P(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	AttributeValue value;

	PG_RETURN_BOOL(ItemFind(item, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &value));
}

/* The top-level attributes as rows of name, type and DynamoDB JSON. */
Datum
item_attributes(PG_FUNCTION_ARGS)
{
	DynamoItem *item = PG_GETARG_ITEM_P(0);
	AttributeValue root = ItemValue(item);
	Container	map = ContainerOpen(&root);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (uint32 i = 0; i < map.count; i++)
	{
		const char *name;
		uint32		name_len;
		AttributeValue value = MapMember(&map, i, &name, &name_len);
		Datum		columns[3];
		bool		nulls[3] = {false};
		StringInfoData json;

		CHECK_FOR_INTERRUPTS();
		initStringInfo(&json);
		AttributeValueToJson(&json, &value);
		columns[0] = PointerGetDatum(cstring_to_text_with_len(name, name_len));
		columns[1] = CStringGetTextDatum(AttributeTypeName(AttributeValueType(&value)));
		columns[2] = JsonbFromText(&json);
		tuplestore_putvalues(result->setResult, result->setDesc, columns, nulls);
		pfree(json.data);
	}
	return (Datum) 0;
}

Datum
item_to_jsonb(PG_FUNCTION_ARGS)
{
	StringInfoData out;

	initStringInfo(&out);
	ItemToJson(&out, PG_GETARG_ITEM_P(0));
	return JsonbFromText(&out);
}

static JsonNode *
NodeFromJsonb(Jsonb *jsonb)
{
	char	   *text = JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));

	return JsonReadOrError(text, strlen(text));
}

Datum
jsonb_to_item(PG_FUNCTION_ARGS)
{
	DynamoItem *item = ItemFromJson(NodeFromJsonb(PG_GETARG_JSONB_P(0)));

	ItemCheckSize(item);
	PG_RETURN_ITEM_P(item);
}

static void
PlainDocument(StringInfo out, const AttributeValue *value)
{
	Container	container = ContainerOpen(value);
	bool		is_map = container.type == ATTRIBUTE_M;

	check_stack_depth();
	appendStringInfoChar(out, is_map ? '{' : '[');
	for (uint32 i = 0; i < container.count; i++)
	{
		AttributeValue element = ContainerElement(&container, i);

		if (is_map)
		{
			const char *name;
			uint32		name_len;

			MapMember(&container, i, &name, &name_len);
			JsonKey(out, name, name_len);
		}
		else
			JsonElement(out);
		PlainValue(out, &element);
	}
	appendStringInfoChar(out, is_map ? '}' : ']');
}

static void
PlainValue(StringInfo out, const AttributeValue *value)
{
	switch (AttributeValueType(value))
	{
		case ATTRIBUTE_S:
			JsonString(out, value->data, value->len);
			break;
		case ATTRIBUTE_N:
			NumberToText(out, value->data, value->len);
			break;
		case ATTRIBUTE_B:
			JsonBase64(out, value->data, value->len);
			break;
		case ATTRIBUTE_TRUE:
			appendStringInfoString(out, "true");
			break;
		case ATTRIBUTE_FALSE:
			appendStringInfoString(out, "false");
			break;
		case ATTRIBUTE_NULL:
			appendStringInfoString(out, "null");
			break;
		default:
			PlainDocument(out, value);
	}
}

Datum
item_to_plain_jsonb(PG_FUNCTION_ARGS)
{
	AttributeValue root = ItemValue(PG_GETARG_ITEM_P(0));
	StringInfoData out;

	initStringInfo(&out);
	PlainValue(&out, &root);
	return JsonbFromText(&out);
}

static AttributeValue
PlainScalar(const JsonNode *node)
{
	AttributeValue value = {0};

	switch (node->kind)
	{
		case JSON_NODE_STRING:
			value.tag = ATTRIBUTE_S;
			value.data = node->text;
			value.len = node->len;
			break;
		case JSON_NODE_NUMBER:
			value.tag = ATTRIBUTE_N;
			value.data = palloc(NUMBER_MAX_BYTES);
			value.len = NumberFromTextOrError(node->text, node->len, (uint8 *) value.data);
			break;
		case JSON_NODE_TRUE:
			value.tag = ATTRIBUTE_TRUE;
			break;
		case JSON_NODE_FALSE:
			value.tag = ATTRIBUTE_FALSE;
			break;
		default:
			value.tag = ATTRIBUTE_NULL;
	}
	return value;
}

/* Makes a tree of a plain JSON value; its names and nesting are checked. */
static void
PlainNode(const JsonNode *node, ValueNode *out, int depth)
{
	bool		is_map = node->kind == JSON_NODE_OBJECT;
	uint32		i = 0;

	if (!is_map && node->kind != JSON_NODE_ARRAY)
	{
		AttributeValue value = PlainScalar(node);

		ValueNodeSetLeaf(out, &value);
		return;
	}
	AttributeDepthCheck(depth);
	check_stack_depth();
	ValueNodeSetBranch(out, is_map ? ATTRIBUTE_M : ATTRIBUTE_L, node->count);
	JsonForEach(child, node)
	{
		if (is_map)
		{
			AttributeNameCheck(child->name_len);
			out->children[i].name = child->name;
			out->children[i].name_len = child->name_len;
		}
		PlainNode(child, &out->children[i++], depth + 1);
	}
}

/* jsonb has no duplicate names, so the tree has none either. */
Datum
plain_jsonb_to_item(PG_FUNCTION_ARGS)
{
	JsonNode   *node = NodeFromJsonb(PG_GETARG_JSONB_P(0));
	ValueNode	root = {0};
	DynamoItem *item;

	if (node->kind != JSON_NODE_OBJECT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an item must be a JSON object")));
	PlainNode(node, &root, 0);
	item = ItemBuild(&root);
	ItemCheckSize(item);
	PG_RETURN_ITEM_P(item);
}
