/*
 * shape_types.c
 *	  The first step of checking a request: its JSON types.
 *
 * Values are looked at in the order of the text, as the service's reader meets
 * them, and the first of a wrong type ends it.  The wording depends on what was
 * expected and on whether the value is a structure's member or an element of a
 * list or map; the service words it with the names of its Java classes.
 */
#include "base/compat.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "request/shape_types.h"
#include "value/error_codes.h"
#include "value/item_json.h"

static void CheckType(const Shape *shape, const JsonNode *node, bool is_member);
static void CheckMemberTypes(const Shape *shape, const JsonNode *node);
static void CheckElementTypes(const Shape *shape, const JsonNode *node);
static void CheckScalarType(const Shape *shape, const JsonNode *node);
static void CheckIntegerRange(const Shape *shape, const JsonNode *node);
static void TypeError(const char *message) pg_attribute_noreturn();
static void WrongToken(const Shape *shape, const JsonNode *node) pg_attribute_noreturn();
static void WrongCollection(const Shape *shape) pg_attribute_noreturn();
static void WrongScalar(const Shape *shape, bool is_member) pg_attribute_noreturn();
static const char *TokenName(const JsonNode *node);
static const char *ScalarName(ShapeType type);
static void AppendClassName(StringInfo out, const Shape *shape);

/* Raises SerializationException unless the request has the shape's types. */
void
ShapeCheckTypes(const Shape *shape, const JsonNode *request)
{
	CheckType(shape, request, false);
}

/* A JSON number without its fraction; false if 64 bits cannot hold it. */
bool
ShapeReadInteger(const JsonNode *number, int64 *value)
{
	double		decimal;

	if (!strpbrk(number->text, ".eE"))
	{
		errno = 0;
		*value = strtoll(number->text, NULL, 10);
		return errno == 0;
	}
	decimal = strtod(number->text, NULL);
	if (!(decimal >= (double) PG_INT64_MIN && decimal < -(double) PG_INT64_MIN))
		return false;
	*value = (int64) decimal;
	return true;
}

/* The value of an INTEGER or LONG that has passed ShapeCheck(). */
int64
ShapeInteger(const JsonNode *number)
{
	int64		value;

	if (number->kind != JSON_NODE_NUMBER || !ShapeReadInteger(number, &value))
		elog(ERROR, "not an integer that was checked");
	return value;
}

/*
 * Raises SerializationException unless the value is of the shape's type.
 * is_member tells a structure's member from an element.
 */
static void
CheckType(const Shape *shape, const JsonNode *node, bool is_member)
{
	bool		is_object = node->kind == JSON_NODE_OBJECT;
	bool		is_array = node->kind == JSON_NODE_ARRAY;

	check_stack_depth();
	switch (shape->type)
	{
		case SHAPE_STRUCTURE:
		case SHAPE_ATTRIBUTE_VALUE:
		case SHAPE_MAP:
			if (is_array)
				WrongCollection(shape);
			if (!is_object)
				WrongScalar(shape, is_member);
			if (shape->type == SHAPE_MAP)
				CheckElementTypes(shape, node);
			else
				CheckMemberTypes(shape, node);
			break;
		case SHAPE_LIST:
			if (is_object)
				TypeError("Start of structure or map found where not expected");
			if (!is_array)
				WrongScalar(shape, is_member);
			CheckElementTypes(shape, node);
			break;
		default:
			CheckScalarType(shape, node);
	}
}

/* The types of an object's members; those the shape does not know pass. */
static void
CheckMemberTypes(const Shape *shape, const JsonNode *node)
{
	JsonForEach(child, node)
	{
		CHECK_FOR_INTERRUPTS();
		if (child->kind == JSON_NODE_NULL)
			continue;
		for (const ShapeMember *member = shape->members; member->name; member++)
		{
			if (strcmp(member->name, child->name) == 0)
			{
				CheckType(member->shape, child, true);
				break;
			}
		}
	}
}

/* The types of a list's elements or a map's values. */
static void
CheckElementTypes(const Shape *shape, const JsonNode *node)
{
	JsonForEach(child, node)
	{
		CHECK_FOR_INTERRUPTS();
		if (child->kind != JSON_NODE_NULL)
			CheckType(shape->element, child, false);
	}
}

static void
CheckBase64(const JsonNode *node)
{
	char	   *bytes;

	(void) Base64DecodeOrError(node->text, node->len, &bytes);
	pfree(bytes);
}

/* The type of what is neither structure, list nor map. */
static void
CheckScalarType(const Shape *shape, const JsonNode *node)
{
	bool		is_string = node->kind == JSON_NODE_STRING;
	bool		is_number = node->kind == JSON_NODE_NUMBER;
	bool		fits = false;

	if (node->kind == JSON_NODE_OBJECT)
		TypeError("Start of structure or map found where not expected");
	if (node->kind == JSON_NODE_ARRAY)
		WrongCollection(shape);

	switch (shape->type)
	{
		case SHAPE_STRING:
		case SHAPE_TABLE_NAME:
			fits = is_string;
			break;
		case SHAPE_BLOB:
			if (!is_string)
				TypeError("only base-64-encoded strings are convertible to bytes");
			CheckBase64(node);
			fits = true;
			break;
		case SHAPE_BOOLEAN:
			if (is_string)
				TypeError("Unexpected token received from parser");
			fits = !is_number;
			break;
		default:
			fits = is_number;
	}
	if (!fits)
		WrongToken(shape, node);
	if (shape->type == SHAPE_INTEGER || shape->type == SHAPE_LONG)
		CheckIntegerRange(shape, node);
}

/* A number that the integer type cannot hold is of the wrong type. */
static void
CheckIntegerRange(const Shape *shape, const JsonNode *node)
{
	int64		value;

	if (!ShapeReadInteger(node, &value) ||
		(shape->type == SHAPE_INTEGER && value != (int32) value))
		WrongToken(shape, node);
}

/* Raises SerializationException. */
static void
TypeError(const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_SERIALIZATION), errmsg("%s", message)));
}

/* A scalar where another was expected. */
static void
WrongToken(const Shape *shape, const JsonNode *node)
{
	TypeError(psprintf("%s cannot be converted to %s", TokenName(node), ScalarName(shape->type)));
}

/* An array where something else was expected. */
static void
WrongCollection(const Shape *shape)
{
	StringInfoData message;

	initStringInfo(&message);
	appendStringInfo(&message, "Unrecognized collection type %s",
					 shape->type == SHAPE_MAP ? "" : "class ");
	AppendClassName(&message, shape);
	TypeError(message.data);
}

/*
 * A scalar where a structure, list or map was expected.  For an element that
 * is itself a list or map the service's own reader trips, and this is what it
 * says.
 */
static void
WrongScalar(const Shape *shape, bool is_member)
{
	if (is_member)
		TypeError("Unexpected field type");
	if (shape->type == SHAPE_LIST || shape->type == SHAPE_MAP)
		TypeError("class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl"
				  " cannot be cast to class java.lang.Class"
				  " (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl"
				  " and java.lang.Class are in module java.base of loader 'bootstrap')");
	TypeError("Unexpected value type in payload");
}

/* What the service's parser calls a scalar. */
static const char *
TokenName(const JsonNode *node)
{
	switch (node->kind)
	{
		case JSON_NODE_TRUE:
			return "TRUE_VALUE";
		case JSON_NODE_FALSE:
			return "FALSE_VALUE";
		case JSON_NODE_STRING:
			return "STRING_VALUE";
		default:
			return strpbrk(node->text, ".eE") ? "DECIMAL_VALUE" : "NUMBER_VALUE";
	}
}

/* What the service calls the type of a scalar. */
static const char *
ScalarName(ShapeType type)
{
	switch (type)
	{
		case SHAPE_INTEGER:
			return "Integer";
		case SHAPE_LONG:
			return "Long";
		case SHAPE_DOUBLE:
			return "Double";
		case SHAPE_BOOLEAN:
			return "Boolean";
		case SHAPE_TIMESTAMP:
			return "Date";
		default:
			return "String";
	}
}

/* The Java class of a shape, as the service names it. */
static void
AppendClassName(StringInfo out, const Shape *shape)
{
	switch (shape->type)
	{
		case SHAPE_STRUCTURE:
		case SHAPE_ATTRIBUTE_VALUE:
			appendStringInfo(out, SHAPE_CLASS_PREFIX "%s", shape->name);
			break;
		case SHAPE_LIST:
			appendStringInfoString(out, "java.util.List<");
			AppendClassName(out, shape->element);
			appendStringInfoChar(out, '>');
			break;
		case SHAPE_MAP:
			appendStringInfoString(out, "java.util.Map<java.lang.String, ");
			AppendClassName(out, shape->element);
			appendStringInfoChar(out, '>');
			break;
		case SHAPE_BLOB:
			appendStringInfoString(out, "java.nio.ByteBuffer");
			break;
		case SHAPE_TIMESTAMP:
			appendStringInfoString(out, "java.util.Date");
			break;
		default:
			appendStringInfo(out, "java.lang.%s", ScalarName(shape->type));
	}
}
