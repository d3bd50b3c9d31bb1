/*
 * legacy.c
 *	  AttributesToGet and AttributeUpdates; legacy_condition.c has the
 *	  conditions.
 */
#include "base/compat.h"

#include "expression/error.h"
#include "expression/legacy.h"
#include "expression/legacy_member.h"

#define SETS	(TYPE_BIT(ATTRIBUTE_SS) | TYPE_BIT(ATTRIBUTE_NS) | TYPE_BIT(ATTRIBUTE_BS))

/* An action, as AttributeUpdates calls it. */
typedef struct LegacyAction
{
	const char *name;
	UpdateActionType type;
	TypeSet		types;			/* of values it takes */
	const char *what;			/* how the service's text for other types begins */
} LegacyAction;

static const LegacyAction actions[] = {
	{"PUT", UPDATE_SET, TYPES_ANY, NULL},
	{"ADD", UPDATE_ADD, SETS | TYPE_BIT(ATTRIBUTE_N) | TYPE_BIT(ATTRIBUTE_L), "ADD action"},
	{"DELETE", UPDATE_DELETE, SETS, "DELETE action with value"},
};

static void ReadAction(UpdateAction *action, const JsonNode *update);
static const LegacyAction *FindAction(const JsonNode *name);

/* ---- AttributesToGet ---- */

Projection *
LegacyProjection(const JsonNode *attributes)
{
	int			repeated;
	LegacyMembers names = LegacyReadNames(attributes, &repeated);
	DocumentPath *paths = palloc(Max(names.count, 1) * sizeof(DocumentPath));
	Projection *projection;

	for (int i = 0; i < names.count; i++)
	{
		paths[i] = LegacyPath(names.nodes[i]->text, names.nodes[i]->len);
		if (i == repeated)
			RaiseInvalid("One or more parameter values were invalid: Duplicate value in attribute name: %s",
						 names.nodes[i]->text);
	}
	projection = ProjectionOfPaths(paths, names.count);
	pfree(paths);
	return projection;
}

/* ---- AttributeUpdates ---- */

Update *
LegacyUpdate(const JsonNode *updates)
{
	LegacyMembers members = LegacyReadMap(updates);
	Update	   *update = palloc0(sizeof(Update));

	update->count = members.count;
	update->actions = palloc0(Max(members.count, 1) * sizeof(UpdateAction));
	for (int i = 0; i < members.count; i++)
		ReadAction(&update->actions[i], members.nodes[i]);
	return update;
}

/* Without a value DELETE takes the attribute away, with one elements of a set. */
static void
ReadAction(UpdateAction *action, const JsonNode *update)
{
	const LegacyAction *legacy = FindAction(LegacyMember(update, "Action"));
	const JsonNode *json = LegacyMember(update, "Value");
	const BoundValue *value;
	AttributeType type;

	action->type = legacy->type;
	action->legacy = true;
	action->path = LegacyPath(update->name, update->name_len);
	if (json == NULL)
	{
		if (legacy->type != UPDATE_DELETE)
			RaiseInvalid("One or more parameter values were invalid: Only DELETE action is allowed when no attribute value is specified");
		action->type = UPDATE_REMOVE;
		return;
	}

	value = LegacyValue(json);
	type = AttributeValueType(&value->value);
	if (!(legacy->types & TYPE_BIT(type)))
		RaiseInvalid("One or more parameter values were invalid: %s is not supported for the type %s",
					 legacy->what, AttributeTypeLongName(type));
	action->operand = palloc0(sizeof(ConditionNode));
	LegacySetValue(action->operand, value);
}

/* name is NULL where the request has none. */
static const LegacyAction *
FindAction(const JsonNode *name)
{
	const char *text = name ? name->text : "PUT";

	for (size_t i = 0; i < lengthof(actions); i++)
	{
		if (strcmp(actions[i].name, text) == 0)
			return &actions[i];
	}
	elog(ERROR, "unknown action \"%s\"", text);
}
