/*
 * table_settings.c
 *	  The parameters of tables and indexes that are mere data.
 */
#include "base/compat.h"

#include "api/request_member.h"
#include "api/table_settings.h"
#include "base/json_writer.h"
#include "miscadmin.h"
#include "request/shape.h"

static void CopyByShape(StringInfo out, const Shape *shape, const JsonNode *node);
static void CopyStructure(StringInfo out, const Shape *shape, const JsonNode *node);
static void CopyList(StringInfo out, const Shape *shape, const JsonNode *node);
static const Shape *MemberShape(const char *name);
static void Merge(StringInfo out, const JsonNode *old, const JsonNode *changes);

/* The object as a tree. */
const JsonNode *
SettingsRead(const char *settings)
{
	JsonReadError error;
	const JsonNode *tree = JsonRead(settings, strlen(settings), &error);

	if (tree == NULL || tree->kind != JSON_NODE_OBJECT)
		elog(ERROR, "settings are damaged: %s", settings);
	return tree;
}

/* ---- copying what a shape knows, without nulls and repetitions ---- */

/* An object of the members of a checked request that are named. */
char *
SettingsOfRequest(const JsonNode *request, const char *const *names)
{
	StringInfoData settings;

	initStringInfo(&settings);
	appendStringInfoChar(&settings, '{');
	SettingsAppend(&settings, request, names);
	appendStringInfoChar(&settings, '}');
	return settings.data;
}

/* The same, appended to an object that is being written. */
void
SettingsAppend(StringInfo out, const JsonNode *request, const char *const *names)
{
	for (; *names; names++)
	{
		const JsonNode *value = RequestMember(request, *names);

		if (value == NULL)
			continue;
		JsonKeyName(out, *names);
		CopyByShape(out, MemberShape(*names), value);
	}
}

/* What has a name in CreateTable has the same shape wherever it has that name. */
static const Shape *
MemberShape(const char *name)
{
	const ShapeMember *member = ShapeOfOperation("CreateTable")->members;

	while (strcmp(member->name, name) != 0)
		member++;
	return member->shape;
}

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

/* ---- merging ---- */

/* The object with the changes of another. */
char *
SettingsMerge(const JsonNode *settings, const char *changes)
{
	StringInfoData merged;

	initStringInfo(&merged);
	Merge(&merged, settings, SettingsRead(changes));
	return merged.data;
}

static void
Merge(StringInfo out, const JsonNode *old, const JsonNode *changes)
{
	check_stack_depth();
	appendStringInfoChar(out, '{');
	JsonForEach(member, old)
	{
		if (JsonMember(changes, member->name))
			continue;
		JsonKey(out, member->name, member->name_len);
		JsonTree(out, member);
	}
	JsonForEach(change, changes)
	{
		const JsonNode *before = JsonMember(old, change->name);

		if (change->kind == JSON_NODE_NULL)
			continue;
		JsonKey(out, change->name, change->name_len);
		if (change->kind == JSON_NODE_OBJECT && before && before->kind == JSON_NODE_OBJECT)
			Merge(out, before, change);
		else
			JsonTree(out, change);
	}
	appendStringInfoChar(out, '}');
}
