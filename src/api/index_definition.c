/*
 * index_definition.c
 *	  The secondary indexes that a request asks for.
 */
#include "base/compat.h"

#include "api/index_definition.h"
#include "api/request_member.h"
#include "api/table_schema.h"
#include "api/table_settings.h"

static List *AddDefinitions(List *rows, const JsonNode *indexes, IndexKind kind, const JsonNode *definitions);
static void SetKeys(IndexRow *row, const JsonNode *keys, const JsonNode *definitions);
static void SetProjection(IndexRow *row, const JsonNode *projection);
static IndexProjection ProjectionOf(const char *type);
static char *SettingsOf(const JsonNode *index);

/* All indexes of a checked CreateTable request, usable as soon as the table is. */
List *
IndexDefinitions(const JsonNode *request)
{
	const JsonNode *definitions = RequestMember(request, "AttributeDefinitions");
	List	   *rows;

	rows = AddDefinitions(NIL, RequestMember(request, "LocalSecondaryIndexes"), INDEX_LOCAL, definitions);
	return AddDefinitions(rows, RequestMember(request, "GlobalSecondaryIndexes"), INDEX_GLOBAL, definitions);
}

static List *
AddDefinitions(List *rows, const JsonNode *indexes, IndexKind kind, const JsonNode *definitions)
{
	if (indexes == NULL)
		return rows;
	JsonForEach(index, indexes)
		rows = lappend(rows, IndexDefinition(index, kind, definitions));
	return rows;
}

/* The index of a checked request. */
IndexRow *
IndexDefinition(const JsonNode *index, IndexKind kind, const JsonNode *definitions)
{
	IndexRow   *row = palloc0(sizeof(IndexRow));

	row->index_name = pstrdup(RequestString(index, "IndexName"));
	row->kind = kind;
	row->status = INDEX_ACTIVE;
	SetKeys(row, RequestMember(index, "KeySchema"), definitions);
	SetProjection(row, RequestMember(index, "Projection"));
	row->settings = SettingsOf(index);
	return row;
}

/* HASH keys stand first: that has been checked, and that there are not too many. */
static void
SetKeys(IndexRow *row, const JsonNode *keys, const JsonNode *definitions)
{
	JsonForEach(key, keys)
	{
		const char *name = RequestString(key, "AttributeName");

		row->keys[row->nkeys] = pstrdup(name);
		row->types[row->nkeys] = DefinedType(definitions, name);
		if (strcmp(RequestString(key, "KeyType"), "HASH") == 0)
			row->nhash++;
		row->nkeys++;
	}
}

static void
SetProjection(IndexRow *row, const JsonNode *projection)
{
	const JsonNode *names = RequestMember(projection, "NonKeyAttributes");

	row->projection = ProjectionOf(RequestString(projection, "ProjectionType"));
	if (row->projection != INDEX_PROJECT_INCLUDE)
		return;
	row->included = palloc(names->count * sizeof(char *));
	JsonForEach(name, names)
		row->included[row->nincluded++] = pstrdup(name->text);
}

static IndexProjection
ProjectionOf(const char *type)
{
	if (strcmp(type, IndexProjectionName(INDEX_PROJECT_ALL)) == 0)
		return INDEX_PROJECT_ALL;
	if (strcmp(type, IndexProjectionName(INDEX_PROJECT_INCLUDE)) == 0)
		return INDEX_PROJECT_INCLUDE;
	return INDEX_PROJECT_KEYS_ONLY;
}

/* What the catalog keeps of the rest. */
static char *
SettingsOf(const JsonNode *index)
{
	static const char *const names[] = {
		"ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput", NULL
	};

	return SettingsOfRequest(index, names);
}
