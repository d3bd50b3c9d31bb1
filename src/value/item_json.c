/*
 * item_json.c
 *	  DynamoDB JSON in and out.
 *
 * In: a JsonNode tree becomes a ValueNode tree, and item_build.c writes that.
 * Strings are not copied on the way: a leaf points at the reader's text.
 */
#include "base/compat.h"

#include "base/json_writer.h"
#include "miscadmin.h"
#include "value/error_codes.h"
#include "value/item_build.h"
#include "value/item_json.h"
#include "value/number.h"

static void ReadValue(const JsonNode *node, ValueNode *out, int depth);
static void WriteTagged(StringInfo out, const AttributeValue *value);

/* ---- in ---- */

static void
RaiseWrongShape(const char *type)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_SERIALIZATION),
			 errmsg("Unexpected value type in payload: %s", type)));
}

static void
RaiseInvalidParameter(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_VALIDATION),
			 errmsg("One or more parameter values were invalid: %s", what)));
}

static void
ExpectKind(const JsonNode *node, JsonNodeKind kind, const char *type)
{
	if (node->kind != kind)
		RaiseWrongShape(type);
}

static AttributeValue
MakeScalar(AttributeType type, const char *data, uint32 len)
{
	AttributeValue value;

	value.tag = type;
	value.data = data;
	value.len = len;
	return value;
}

static AttributeValue
ReadString(const JsonNode *node)
{
	ExpectKind(node, JSON_NODE_STRING, "S");
	return MakeScalar(ATTRIBUTE_S, node->text, node->len);
}

static AttributeValue
ReadNumber(const JsonNode *node)
{
	uint8	   *bytes = palloc(NUMBER_MAX_BYTES);
	int			len;

	ExpectKind(node, JSON_NODE_STRING, "N");
	len = NumberFromTextOrError(node->text, node->len, bytes);
	return MakeScalar(ATTRIBUTE_N, (char *) bytes, len);
}

int
Base64DecodeOrError(const char *text, int len, char **bytes)
{
	int			room = pg_b64_dec_len(len);
	int			bytes_len;

	*bytes = palloc(room + 1);
	bytes_len = Base64Decode(text, len, *bytes, room);
	if (bytes_len < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_SERIALIZATION),
				 errmsg("Invalid Base64 data")));
	return bytes_len;
}

static AttributeValue
ReadBinary(const JsonNode *node)
{
	char	   *bytes;
	int			len;

	ExpectKind(node, JSON_NODE_STRING, "B");
	len = Base64DecodeOrError(node->text, node->len, &bytes);
	return MakeScalar(ATTRIBUTE_B, bytes, len);
}

static AttributeValue
ReadBool(const JsonNode *node)
{
	if (node->kind != JSON_NODE_TRUE && node->kind != JSON_NODE_FALSE)
		RaiseWrongShape("BOOL");
	return MakeScalar(node->kind == JSON_NODE_TRUE ? ATTRIBUTE_TRUE : ATTRIBUTE_FALSE, NULL, 0);
}

static AttributeValue
ReadNull(const JsonNode *node)
{
	if (node->kind == JSON_NODE_FALSE)
		RaiseInvalidParameter("Null attribute value types must have the value of true");
	ExpectKind(node, JSON_NODE_TRUE, "NULL");
	return MakeScalar(ATTRIBUTE_NULL, NULL, 0);
}

/* The elements of a set as the client wrote them, for the duplicates' error. */
static char *
SetText(const JsonNode *node)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '[');
	JsonForEach(child, node)
		appendStringInfo(&text, "%s%s", child == node->first ? "" : ", ", child->text);
	appendStringInfoChar(&text, ']');
	return text.data;
}

static void
RaiseDuplicates(const JsonNode *node, AttributeType type)
{
	switch (type)
	{
		case ATTRIBUTE_SS:
			RaiseInvalidParameter(psprintf("Input collection %s contains duplicates.", SetText(node)));
			break;
		case ATTRIBUTE_NS:
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 errmsg("Input collection contains duplicates")));
			break;
		default:
			RaiseInvalidParameter(psprintf("Input collection %sof type BS contains duplicates.", SetText(node)));
	}
}

static void
RaiseNullElement(AttributeType type)
{
	uint8		unused[NUMBER_MAX_BYTES];

	if (type == ATTRIBUTE_NS)
		NumberFromTextOrError("", 0, unused);
	RaiseInvalidParameter(type == ATTRIBUTE_SS ?
						  "An string set may not have a null string as a member" :
						  "Binary sets may not contain null values");
}

static AttributeValue
ReadSet(const JsonNode *node, AttributeType type,
		AttributeValue (*read_element) (const JsonNode *), const char *empty)
{
	AttributeValue *elements;
	AttributeValue set;
	uint32		count = 0;

	ExpectKind(node, JSON_NODE_ARRAY, AttributeTypeName(type));
	if (node->count == 0)
		RaiseInvalidParameter(empty);
	elements = palloc(node->count * sizeof(AttributeValue));
	JsonForEach(child, node)
	{
		if (child->kind == JSON_NODE_NULL)
			RaiseNullElement(type);
		elements[count++] = read_element(child);
	}
	if (!SetBuild(type, elements, count, &set))
		RaiseDuplicates(node, type);
	return set;
}

void
AttributeNameCheck(int name_len)
{
	if (name_len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("Empty attribute name")));
	if (name_len > ATTRIBUTE_NAME_MAX_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("Attribute name is too large, must be less than %d bytes", ATTRIBUTE_NAME_MAX_SIZE + 1)));
}

void
AttributeDepthCheck(int depth)
{
	if (depth >= ITEM_MAX_DEPTH)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit")));
}

/* A member and its place in the text, for a sort that keeps that order. */
typedef struct MemberRef
{
	const JsonNode *node;
	uint32		place;
} MemberRef;

static int
CompareMemberNames(const MemberRef *left, const MemberRef *right)
{
	return CompareBytes(left->node->name, left->node->name_len,
						right->node->name, right->node->name_len);
}

static int
CompareMembers(const void *a, const void *b)
{
	const MemberRef *left = a;
	const MemberRef *right = b;
	int			order = CompareMemberNames(left, right);

	if (order != 0)
		return order;
	return left->place < right->place ? -1 : 1;
}

/*
 * The members of an object in ascending order of name, the last of several
 * with one name.  members has room for all; returns how many are kept.
 */
static uint32
SortMembers(const JsonNode *node, MemberRef *members)
{
	uint32		count = 0;
	uint32		kept = 0;
	bool		ascending = true;

	JsonForEach(child, node)
	{
		members[count].node = child;
		members[count].place = count;
		if (count > 0 && CompareMemberNames(&members[count - 1], &members[count]) >= 0)
			ascending = false;
		count++;
	}
	if (ascending)
		return count;

	qsort(members, count, sizeof(MemberRef), CompareMembers);
	for (uint32 i = 0; i < count; i++)
	{
		if (i + 1 == count || CompareMemberNames(&members[i], &members[i + 1]) != 0)
			members[kept++] = members[i];
	}
	return kept;
}

static void
ReadMap(const JsonNode *node, ValueNode *out, int depth)
{
	MemberRef  *members;
	uint32		count;

	ExpectKind(node, JSON_NODE_OBJECT, "M");
	members = palloc((node->count + 1) * sizeof(MemberRef));
	count = SortMembers(node, members);
	ValueNodeSetBranch(out, ATTRIBUTE_M, count);
	for (uint32 i = 0; i < count; i++)
	{
		ValueNode  *child = &out->children[i];

		AttributeNameCheck(members[i].node->name_len);
		child->name = members[i].node->name;
		child->name_len = members[i].node->name_len;
		ReadValue(members[i].node, child, depth + 1);
	}
}

static void
ReadList(const JsonNode *node, ValueNode *out, int depth)
{
	uint32		i = 0;

	ExpectKind(node, JSON_NODE_ARRAY, "L");
	ValueNodeSetBranch(out, ATTRIBUTE_L, node->count);
	JsonForEach(child, node)
		ReadValue(child, &out->children[i++], depth + 1);
}

/*
 * The one member of {"S": ...}; members that are null do not count, as the
 * service's own parser drops them.
 */
static const JsonNode *
OnlyMember(const JsonNode *node)
{
	const JsonNode *member = NULL;

	if (node->kind != JSON_NODE_NULL)
		ExpectKind(node, JSON_NODE_OBJECT, "AttributeValue");
	JsonForEach(child, node)
	{
		if (child->kind == JSON_NODE_NULL || AttributeTypeFromName(child->name) == 0)
			continue;
		if (member != NULL && strcmp(member->name, child->name) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 errmsg("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")));
		member = child;
	}
	if (member == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")));
	return member;
}

/* The type behind a member name of AttributeValue, or 0; BOOL gives TRUE. */
AttributeType
AttributeTypeFromName(const char *name)
{
	if (name[0] == '\0')
		return 0;
	if (name[1] == '\0')
	{
		switch (name[0])
		{
			case 'S':
				return ATTRIBUTE_S;
			case 'N':
				return ATTRIBUTE_N;
			case 'B':
				return ATTRIBUTE_B;
			case 'M':
				return ATTRIBUTE_M;
			case 'L':
				return ATTRIBUTE_L;
		}
		return 0;
	}
	if (strcmp(name, "BOOL") == 0)
		return ATTRIBUTE_TRUE;
	if (strcmp(name, "NULL") == 0)
		return ATTRIBUTE_NULL;
	if (strcmp(name, "SS") == 0)
		return ATTRIBUTE_SS;
	if (strcmp(name, "NS") == 0)
		return ATTRIBUTE_NS;
	if (strcmp(name, "BS") == 0)
		return ATTRIBUTE_BS;
	return 0;
}

/* A value that is not an M or L. */
static AttributeValue
ReadLeaf(const JsonNode *node, AttributeType type)
{
	switch (type)
	{
		case ATTRIBUTE_S:
			return ReadString(node);
		case ATTRIBUTE_N:
			return ReadNumber(node);
		case ATTRIBUTE_B:
			return ReadBinary(node);
		case ATTRIBUTE_TRUE:
			return ReadBool(node);
		case ATTRIBUTE_NULL:
			return ReadNull(node);
		case ATTRIBUTE_SS:
			return ReadSet(node, type, ReadString, "An string set  may not be empty");
		case ATTRIBUTE_NS:
			return ReadSet(node, type, ReadNumber, "An number set  may not be empty");
		default:
			return ReadSet(node, type, ReadBinary, "Binary sets should not be empty");
	}
}

static void
ReadValue(const JsonNode *node, ValueNode *out, int depth)
{
	const JsonNode *member = OnlyMember(node);
	AttributeType type = AttributeTypeFromName(member->name);
	AttributeValue leaf;

	if (type == ATTRIBUTE_M || type == ATTRIBUTE_L)
		AttributeDepthCheck(depth);
	if (type == ATTRIBUTE_M)
		ReadMap(member, out, depth);
	else if (type == ATTRIBUTE_L)
		ReadList(member, out, depth);
	else
	{
		leaf = ReadLeaf(member, type);
		ValueNodeSetLeaf(out, &leaf);
	}
}

DynamoItem *
ItemFromJson(const JsonNode *node)
{
	ValueNode	root = {0};

	ReadMap(node, &root, 0);
	return ItemBuild(&root);
}

AttributeValue
AttributeValueFromJson(const JsonNode *node)
{
	ValueNode	root = {0};

	ReadValue(node, &root, 0);
	return root.branch ? AttributeValueBuild(&root) : root.leaf;
}

void
ItemCheckSize(const DynamoItem *item)
{
	ItemSizeCheck(ItemSize(item));
}

void
ItemSizeCheck(uint64 size)
{
	if (size > ITEM_MAX_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("Item size has exceeded the maximum allowed size")));
}

/* ---- out ---- */

static void
WriteNumber(StringInfo out, const AttributeValue *value)
{
	appendStringInfoChar(out, '"');
	NumberToText(out, value->data, value->len);
	appendStringInfoChar(out, '"');
}

/* Writes an S, N or B without its tag, as a set's element stands. */
static void
WriteScalar(StringInfo out, const AttributeValue *value)
{
	switch (AttributeValueType(value))
	{
		case ATTRIBUTE_S:
			JsonString(out, value->data, value->len);
			break;
		case ATTRIBUTE_N:
			WriteNumber(out, value);
			break;
		default:
			JsonBase64(out, value->data, value->len);
	}
}

/* Writes the elements of an L or set, comma between them. */
static void
WriteElements(StringInfo out, const AttributeValue *value)
{
	Container	container = ContainerOpen(value);

	appendStringInfoChar(out, '[');
	for (uint32 i = 0; i < container.count; i++)
	{
		AttributeValue element = ContainerElement(&container, i);

		if (i > 0)
			appendStringInfoChar(out, ',');
		if (container.type == ATTRIBUTE_L)
			WriteTagged(out, &element);
		else
			WriteScalar(out, &element);
	}
	appendStringInfoChar(out, ']');
}

static void
WriteMembers(StringInfo out, const AttributeValue *value)
{
	Container	map = ContainerOpen(value);

	appendStringInfoChar(out, '{');
	for (uint32 i = 0; i < map.count; i++)
	{
		const char *name;
		uint32		name_len;
		AttributeValue member = MapMember(&map, i, &name, &name_len);

		if (i > 0)
			appendStringInfoChar(out, ',');
		JsonString(out, name, name_len);
		appendStringInfoChar(out, ':');
		WriteTagged(out, &member);
	}
	appendStringInfoChar(out, '}');
}

#define OPENING(text)	{text, sizeof(text) - 1}

/* Writes {"S":"x"}. */
static void
WriteTagged(StringInfo out, const AttributeValue *value)
{
	static const struct
	{
		const char *text;
		int			len;
	} openings[] = {
		[ATTRIBUTE_S] = OPENING("{\"S\":"),[ATTRIBUTE_N] = OPENING("{\"N\":"),
		[ATTRIBUTE_B] = OPENING("{\"B\":"),[ATTRIBUTE_TRUE] = OPENING("{\"BOOL\":true"),
		[ATTRIBUTE_FALSE] = OPENING("{\"BOOL\":false"),[ATTRIBUTE_NULL] = OPENING("{\"NULL\":true"),
		[ATTRIBUTE_M] = OPENING("{\"M\":"),[ATTRIBUTE_L] = OPENING("{\"L\":"),
		[ATTRIBUTE_SS] = OPENING("{\"SS\":"),[ATTRIBUTE_NS] = OPENING("{\"NS\":"),
		[ATTRIBUTE_BS] = OPENING("{\"BS\":"),
	};
	AttributeType type = AttributeValueType(value);

	check_stack_depth();
	appendBinaryStringInfo(out, openings[type].text, openings[type].len);
	switch (type)
	{
		case ATTRIBUTE_TRUE:
		case ATTRIBUTE_FALSE:
		case ATTRIBUTE_NULL:
			break;
		case ATTRIBUTE_M:
			WriteMembers(out, value);
			break;
		case ATTRIBUTE_L:
		case ATTRIBUTE_SS:
		case ATTRIBUTE_NS:
		case ATTRIBUTE_BS:
			WriteElements(out, value);
			break;
		default:
			WriteScalar(out, value);
	}
	appendStringInfoChar(out, '}');
}

void
ItemToJson(StringInfo out, const DynamoItem *item)
{
	AttributeValue root = ItemValue(item);

	WriteMembers(out, &root);
}

void
AttributeValueToJson(StringInfo out, const AttributeValue *value)
{
	WriteTagged(out, value);
}
