/*
 * create_table.c
 *	  What a CreateTable request asks for.
 *
 * Every parameter is checked before any is refused for not being built, so
 * that a request which the service would not take is told so.  Parameters that
 * are mere data are kept in the table's settings; its name, keys and indexes
 * the catalogs have columns for.
 */
#include "base/compat.h"

#include "api/create_table.h"
#include "api/raise_invalid.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "api/table_schema.h"
#include "api/table_settings.h"
#include "api/throughput.h"

#define TAGS_MAX			50
#define RESERVED_TAG_PREFIX "aws:"
#define POLICY_SIZE_MAX		(20 * 1024)

static void RequireSchema(const JsonNode *request);
static void CheckTags(const JsonNode *tags);
static void CheckTagKey(const JsonNode *tags, const JsonNode *tag);
static void CheckPolicy(const JsonNode *policy);
static void RefuseUnbuilt(const JsonNode *request);
static void RefuseEncryption(const JsonNode *encryption);
static char *SettingsOf(const JsonNode *request);

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
		StreamSpecificationCheck(stream);
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
void
StreamSpecificationCheck(const JsonNode *stream)
{
	bool		enabled = RequestBool(stream, "StreamEnabled", false);
	bool		has_view = RequestMember(stream, "StreamViewType") != NULL;

	if (enabled && !has_view)
		RaiseValidation("Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams.");
	if (!enabled && has_view)
		RaiseValidation("Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present.");
}

/* The view of the stream that a checked request enables; false if it enables none. */
bool
StreamSpecificationView(const JsonNode *request, StreamViewType *view_type)
{
	const JsonNode *stream = RequestMember(request, "StreamSpecification");

	return stream && RequestBool(stream, "StreamEnabled", false) &&
		StreamViewTypeParse(RequestString(stream, "StreamViewType"), view_type);
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
		"VectorIndexes", "ResourcePolicy", "GlobalTableSettingsReplicationMode", NULL
	};

	RequestRefuse(request, unbuilt);
	UnbuiltSpecificationsRefuse(request);
}

/* The same for the specification that UpdateTable has, too. */
void
UnbuiltSpecificationsRefuse(const JsonNode *request)
{
	const JsonNode *encryption = RequestMember(request, "SSESpecification");

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
	const JsonNode *definitions = RequestMember(request, "AttributeDefinitions");
	const JsonNode *hash = RequestMember(request, "KeySchema")->first;
	const JsonNode *range = hash->next;
	TableDefinition definition = {
		.table_name = TableNameOf(RequestMember(request, "TableName")),
		.hash_key = RequestString(hash, "AttributeName"),
		.settings = SettingsOf(request),
	};

	definition.hash_type = DefinedType(definitions, definition.hash_key);
	if (range)
	{
		definition.range_key = RequestString(range, "AttributeName");
		definition.range_type = DefinedType(definitions, definition.range_key);
	}
	return definition;
}

/* The request as the catalog keeps it. */
static char *
SettingsOf(const JsonNode *request)
{
	static const char *const names[] = {
		"AttributeDefinitions", "BillingMode", "ProvisionedThroughput", "OnDemandThroughput",
		"WarmThroughput", "SSESpecification", "Tags", "TableClass",
		"DeletionProtectionEnabled", NULL
	};

	return SettingsOfRequest(request, names);
}
