/*
 * update_table_request.c
 *	  What an UpdateTable request asks for, whatever the table is.
 */
#include "base/compat.h"

#include "api/create_table.h"
#include "api/raise_invalid.h"
#include "api/request_member.h"
#include "api/table_name.h"
#include "api/table_schema.h"
#include "api/throughput.h"
#include "api/update_table_request.h"
#include "value/error_codes.h"

#define ACTIONS		3

static const char *const action_names[ACTIONS] = {
	[INDEX_ACTION_CREATE] = "Create",
	[INDEX_ACTION_UPDATE] = "Update",
	[INDEX_ACTION_DELETE] = "Delete",
};

static void RequireAnything(const JsonNode *request);
static void CheckIndexUpdates(const JsonNode *request, const JsonNode *updates);
static void CheckIndexUpdate(const JsonNode *request, const JsonNode *update);
static void CheckOneOfEach(const JsonNode *updates);
static void CheckOneOnline(const JsonNode *updates);
static const JsonNode *ActionOf(const JsonNode *update);
static void RefuseUnbuilt(const JsonNode *request);

/* Raises the service's error for a request that no table would take. */
void
UpdateTableCheck(const JsonNode *request)
{
	const JsonNode *updates = RequestMember(request, "GlobalSecondaryIndexUpdates");
	const JsonNode *stream = RequestMember(request, "StreamSpecification");

	(void) TableNameOf(RequestMember(request, "TableName"));
	RequireAnything(request);
	ThroughputRequestCheck(request, NULL);
	if (updates)
		CheckIndexUpdates(request, updates);
	if (stream)
		StreamSpecificationCheck(stream);
	RefuseUnbuilt(request);
}

/* The text is older than some of the members. */
static void
RequireAnything(const JsonNode *request)
{
	static const char *const members[] = {
		"ProvisionedThroughput", "BillingMode", "StreamSpecification", "SSESpecification",
		"ReplicaUpdates", "TableClass", "DeletionProtectionEnabled", "MultiRegionConsistency",
		"GlobalTableWitnessUpdates", "OnDemandThroughput", "WarmThroughput",
		"GlobalTableSettingsReplicationMode", "DisassociationProtectionEnabled", "VectorIndexUpdates"
	};
	const JsonNode *updates = RequestMember(request, "GlobalSecondaryIndexUpdates");

	for (size_t i = 0; i < lengthof(members); i++)
	{
		if (RequestMember(request, members[i]))
			return;
	}
	if (updates == NULL || updates->count == 0)
		RaiseValidation("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled,"
						" GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
}

/* ---- indexes ---- */

static void
CheckIndexUpdates(const JsonNode *request, const JsonNode *updates)
{
	if (updates->count > GLOBAL_INDEXES_MAX)
		RaiseInvalid("GlobalSecondaryIndexUpdates count exceeds the per-table limit of %d", GLOBAL_INDEXES_MAX);
	JsonForEach(update, updates)
		CheckIndexUpdate(request, update);
	CheckOneOfEach(updates);
	CheckOneOnline(updates);
}

static void
CheckIndexUpdate(const JsonNode *request, const JsonNode *update)
{
	const JsonNode *action = ActionOf(update);
	const JsonNode *create = RequestMember(update, "Create");
	int			count = 0;

	for (int i = 0; i < ACTIONS; i++)
	{
		if (RequestMember(update, action_names[i]))
			count++;
	}
	if (count == 0)
		RaiseInvalid("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create,"
					 " GlobalSecondaryIndexUpdate.Delete must not be null");
	if (count > 1)
		RaiseInvalid("Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create,"
					 " GlobalSecondaryIndexUpdate.Delete may be specified");
	if (create)
		NewIndexSchemaCheck(create, RequestMember(request, "AttributeDefinitions"));
	ThroughputRequestCheck(action, RequestString(action, "IndexName"));
}

/* No index is named twice. */
static void
CheckOneOfEach(const JsonNode *updates)
{
	JsonForEach(update, updates)
	{
		const char *name = RequestString(ActionOf(update), "IndexName");

		for (const JsonNode *other = update->next; other; other = other->next)
		{
			if (strcmp(RequestString(ActionOf(other), "IndexName"), name) == 0)
				RaiseInvalid("Only one global secondary index update per index is allowed simultaneously. Index: %s", name);
		}
	}
}

/* To create or delete an index takes a while. */
static void
CheckOneOnline(const JsonNode *updates)
{
	int			count = 0;

	JsonForEach(update, updates)
	{
		if (!RequestMember(update, "Update"))
			count++;
	}
	if (count > 1)
		RaiseIndexLimit();
}

/* Raises LimitExceededException. */
void
RaiseIndexLimit(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_LIMIT_EXCEEDED),
			 errmsg("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")));
}

/* The one action of an update. */
static const JsonNode *
ActionOf(const JsonNode *update)
{
	const JsonNode *action = NULL;

	for (int i = 0; i < ACTIONS && action == NULL; i++)
		action = RequestMember(update, action_names[i]);
	return action;
}

/* What is to be done with the index of that name, or with any. */
const JsonNode *
IndexActionFind(const JsonNode *request, IndexAction action, const char *index_name)
{
	const JsonNode *updates = RequestMember(request, "GlobalSecondaryIndexUpdates");

	if (updates == NULL)
		return NULL;
	JsonForEach(update, updates)
	{
		const JsonNode *candidate = RequestMember(update, action_names[action]);

		if (candidate && (index_name == NULL || strcmp(RequestString(candidate, "IndexName"), index_name) == 0))
			return candidate;
	}
	return NULL;
}

/* ---- what this version does not build ---- */

static void
RefuseUnbuilt(const JsonNode *request)
{
	static const char *const unbuilt[] = {
		"ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates",
		"GlobalTableSettingsReplicationMode", "DisassociationProtectionEnabled",
		"VectorIndexUpdates", NULL
	};

	RequestRefuse(request, unbuilt);
	UnbuiltSpecificationsRefuse(request);
}
