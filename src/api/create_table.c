/*
 * create_table.c
 *	  What a CreateTable request asks for.
 *
 * Every parameter is checked before any is refused for not being built, so
 * that a request which the service would not take is told so.  Parameters that
 * are mere data are kept in the table's settings: a copy of the request by its
 * shape, without the table's name and keys, which the catalog has columns for.
 */
#include "base/compat.h"

#include "api/create_table.h"
#include "api/raise_invalid.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "api/table_schema.h"
#include "api/throughput.h"
#include "base/json_writer.h"
#include "miscadmin.h"
#include "request/shape.h"

#define TAGS_MAX			50
#define RESERVED_TAG_PREFIX "aws:"
#define POLICY_SIZE_MAX		(20 * 1024)

static void RequireSchema(const JsonNode *request);
static void CheckStream(const JsonNode *stream);
static void CheckTags(const JsonNode *tags);
static void CheckTagKey(const JsonNode *tags, const JsonNode *tag);
static void CheckPolicy(const JsonNode *policy);
static void RefuseUnbuilt(const JsonNode *request);
static void RefuseEncryption(const JsonNode *encryption);
static AttributeType KeyTypeOf(const JsonNode *request, const JsonNode *key);
static char *SettingsOf(const JsonNode *request);
static void CopyByShape(StringInfo out, const Shape *shape, const JsonNode *node);
static void CopyStructure(StringInfo out, const Shape *shape, const JsonNode *node);
static void CopyList(StringInfo out, const Shape *shape, const JsonNode *node);

/* Raises ValidationException unless the table can be made. */
void
CreateTableCheck(const JsonNode *request)
{
	/* of a replica, all else means something else */
	static const char *const replica[] = {"GlobalTableSourceArn", NULL};
	const JsonNode *stream = RequestMember(request, "StreamSpecification");
	const JsonNode *tags = RequestMember(request, "Tags");
	const JsonNode *policy = RequestMember(request, "ResourcePolicy");

	(void) TableNameOf(RequestMember(request, "TableName"));
	RequestRefuse(request, replica);
	RequireSchema(request);
	TableThroughputCheck(request);
	TableSchemaCheck(request);
	if (stream)
		CheckStream(stream);
	if (tags)
		CheckTags(tags);
	if (policy)
		CheckPolicy(policy);
	RefuseUnbuilt(request);
}

/*
 * The model leaves these open for the sake of replicas; the service wants them
 * of any other table.
 */
static void
RequireSchema(const JsonNode *request)
{
	static const char *const members[][2] = {
		{"AttributeDefinitions", "attributeDefinitions"},
		{"KeySchema", "keySchema"},
	};
	StringInfoData violations;
	int			count = 0;

	initStringInfo(&violations);
	for (size_t i = 0; i < lengthof(members); i++)
	{
		if (RequestMember(request, members[i][0]))
			continue;
		appendStringInfo(&violations, "%sValue null at '%s' failed to satisfy constraint: Member must not be null",
						 count++ > 0 ? "; " : "", members[i][1]);
	}
	if (count > 0)
		RaiseValidation(psprintf("%d validation error%s detected: %s", count, count > 1 ? "s" : "", violations.data));
}

/* A stream has a view if and only if it is enabled. */
static void
CheckStream(const JsonNode *stream)
{
	bool		enabled = RequestBool(stream, "StreamEnabled", false);
	bool		has_view = RequestMember(stream, "StreamViewType") != NULL;

	if (enabled && !has_view)
		RaiseValidation("Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams.");
	if (!enabled && has_view)
		RaiseValidation("Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present.");
}

static void
CheckTags(const JsonNode *tags)
{
	if (tags->count > TAGS_MAX)
		RaiseInvalid("Number of Tags exceeds limit of %d", TAGS_MAX);
	JsonForEach(tag, tags)
		CheckTagKey(tags, tag);
}

/* A tag's key is the user's to choose, and no other tag has it. */
static void
CheckTagKey(const JsonNode *tags, const JsonNode *tag)
{
	const char *key = RequestString(tag, "Key");

	if (strncmp(key, RESERVED_TAG_PREFIX, strlen(RESERVED_TAG_PREFIX)) == 0)
		RaiseInvalid("Tag keys that begin with " RESERVED_TAG_PREFIX " are reserved: %s", key);
	JsonForEach(other, tags)
	{
		if (other != tag && strcmp(RequestString(other, "Key"), key) == 0)
			RaiseInvalid("Duplicate tag key: %s", key);
	}
}

/* A policy is a JSON object of limited size. */
static void
CheckPolicy(const JsonNode *policy)
{
	JsonReadError error;
	const JsonNode *document;

	if (policy->len > POLICY_SIZE_MAX)
		RaiseInvalid("ResourcePolicy exceeds limit of %d bytes", POLICY_SIZE_MAX);
	document = JsonRead(policy->text, policy->len, &error);
	if (document == NULL || document->kind != JSON_NODE_OBJECT)
		RaiseInvalid("ResourcePolicy is not a JSON policy document");
}

/* Raises ValidationException for what this version does not build. */
static void
RefuseUnbuilt(const JsonNode *request)
{
	static const char *const unbuilt[] = {
		"LocalSecondaryIndexes", "GlobalSecondaryIndexes", "VectorIndexes",
		"ResourcePolicy", "GlobalTableSettingsReplicationMode", NULL
	};
	const JsonNode *stream = RequestMember(request, "StreamSpecification");
	const JsonNode *encryption = RequestMember(request, "SSESpecification");

	RequestRefuse(request, unbuilt);
	if (stream && RequestBool(stream, "StreamEnabled", false))
		RaiseValidation("The parameter StreamSpecification with StreamEnabled true is not supported by this version of dynamo");
	if (encryption)
		RefuseEncryption(encryption);
}

/* There is no key store here, so no promise to encrypt can be kept. */
static void
RefuseEncryption(const JsonNode *encryption)
{
	if (RequestBool(encryption, "Enabled", false) ||
		RequestMember(encryption, "SSEType") ||
		RequestMember(encryption, "KMSMasterKeyId"))
		RaiseValidation("The parameter SSESpecification is not supported by this version of dynamo,"
						" but for Enabled false: encryption at rest is up to the storage below PostgreSQL");
}

/* The table that a checked request asks for. */
TableDefinition
CreateTableDefinition(const JsonNode *request)
{
	const JsonNode *hash = RequestMember(request, "KeySchema")->first;
	const JsonNode *range = hash->next;
	TableDefinition definition = {
		.table_name = TableNameOf(RequestMember(request, "TableName")),
		.hash_key = RequestString(hash, "AttributeName"),
		.hash_type = KeyTypeOf(request, hash),
		.settings = SettingsOf(request),
	};

	if (range)
	{
		definition.range_key = RequestString(range, "AttributeName");
		definition.range_type = KeyTypeOf(request, range);
	}
	return definition;
}

static AttributeType
KeyTypeOf(const JsonNode *request, const JsonNode *key)
{
	const JsonNode *definitions = RequestMember(request, "AttributeDefinitions");
	const char *type = AttributeTypeText(definitions, RequestString(key, "AttributeName"));

	switch (type[0])
	{
		case 'S':
			return ATTRIBUTE_S;
		case 'N':
			return ATTRIBUTE_N;
		default:
			return ATTRIBUTE_B;
	}
}

/* The request as the catalog keeps it. */
static char *
SettingsOf(const JsonNode *request)
{
	const Shape *shape = ShapeOfOperation("CreateTable");
	StringInfoData settings;

	initStringInfo(&settings);
	appendStringInfoChar(&settings, '{');
	for (const ShapeMember *member = shape->members; member->name; member++)
	{
		const JsonNode *value = RequestMember(request, member->name);

		if (value == NULL || strcmp(member->name, "TableName") == 0 || strcmp(member->name, "KeySchema") == 0)
			continue;
		JsonKeyName(&settings, member->name);
		CopyByShape(&settings, member->shape, value);
	}
	appendStringInfoChar(&settings, '}');
	return settings.data;
}

/* ---- copying what a shape knows, without nulls and repetitions ---- */

/* Appends a value that has passed ShapeCheck(). */
static void
CopyByShape(StringInfo out, const Shape *shape, const JsonNode *node)
{
	check_stack_depth();
	switch (shape->type)
	{
		case SHAPE_STRUCTURE:
			CopyStructure(out, shape, node);
			break;
		case SHAPE_LIST:
			CopyList(out, shape, node);
			break;
		case SHAPE_INTEGER:
		case SHAPE_LONG:
			appendStringInfo(out, INT64_FORMAT, ShapeInteger(node));
			break;
		default:
			JsonTree(out, node);
	}
}

static void
CopyStructure(StringInfo out, const Shape *shape, const JsonNode *node)
{
	appendStringInfoChar(out, '{');
	for (const ShapeMember *member = shape->members; member->name; member++)
	{
		const JsonNode *value = RequestMember(node, member->name);

		if (value)
		{
			JsonKeyName(out, member->name);
			CopyByShape(out, member->shape, value);
		}
	}
	appendStringInfoChar(out, '}');
}

static void
CopyList(StringInfo out, const Shape *shape, const JsonNode *node)
{
	appendStringInfoChar(out, '[');
	JsonForEach(element, node)
	{
		JsonElement(out);
		CopyByShape(out, shape->element, element);
	}
	appendStringInfoChar(out, ']');
}
