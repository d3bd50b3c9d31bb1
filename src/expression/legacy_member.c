/*
 * legacy_member.c
 *	  Reading the JSON of legacy parameters.
 */
#include "base/compat.h"

#include "expression/error.h"
#include "expression/legacy_member.h"
#include "miscadmin.h"
#include "value/item_json.h"

/* A name and where it stands in the request. */
typedef struct NameRef
{
	const char *name;
	int			len;
	int			position;
} NameRef;

static NameRef *SortNames(const LegacyMembers *members, bool is_map);
static int	CompareNames(const void *a, const void *b);
static bool SameName(const NameRef *a, const NameRef *b);

/* ---- maps and lists ---- */

LegacyMembers
LegacyReadMap(const JsonNode *map)
{
	LegacyMembers members = {0, palloc(Max(map->count, 1) * sizeof(JsonNode *))};
	NameRef    *names;
	int			kept = 0;

	JsonForEach(member, map)
		members.nodes[members.count++] = member;
	names = SortNames(&members, true);
	for (int i = 0; i + 1 < members.count; i++)
	{
		if (SameName(&names[i], &names[i + 1]))
			members.nodes[names[i].position] = NULL;
	}
	for (int i = 0; i < members.count; i++)
	{
		if (members.nodes[i] != NULL)
			members.nodes[kept++] = members.nodes[i];
	}
	members.count = kept;
	pfree(names);
	return members;
}

LegacyMembers
LegacyReadNames(const JsonNode *list, int *repeated)
{
	LegacyMembers members = {0, palloc(Max(list->count, 1) * sizeof(JsonNode *))};
	NameRef    *names;

	JsonForEach(element, list)
		members.nodes[members.count++] = element;
	names = SortNames(&members, false);
	*repeated = members.count;
	for (int i = 1; i < members.count; i++)
	{
		if (SameName(&names[i - 1], &names[i]))
			*repeated = Min(*repeated, names[i].position);
	}
	pfree(names);
	return members;
}

/* The names of a map's members or of a list's elements, sorted. */
static NameRef *
SortNames(const LegacyMembers *members, bool is_map)
{
	NameRef    *names = palloc(Max(members->count, 1) * sizeof(NameRef));

	for (int i = 0; i < members->count; i++)
	{
		const JsonNode *node = members->nodes[i];

		names[i].name = is_map ? node->name : node->text;
		names[i].len = is_map ? node->name_len : node->len;
		names[i].position = i;
	}
	qsort(names, members->count, sizeof(NameRef), CompareNames);
	return names;
}

/* By name, and of one name in the order of the request. */
static int
CompareNames(const void *a, const void *b)
{
	const NameRef *x = a;
	const NameRef *y = b;
	int			order = CompareBytes(x->name, x->len, y->name, y->len);

	return order != 0 ? order : x->position - y->position;
}

static bool
SameName(const NameRef *a, const NameRef *b)
{
	return CompareBytes(a->name, a->len, b->name, b->len) == 0;
}

const JsonNode *
LegacyMember(const JsonNode *object, const char *name)
{
	const JsonNode *member = JsonMember(object, name);

	return member && member->kind != JSON_NODE_NULL ? member : NULL;
}

/* ---- names and values ---- */

DocumentPath
LegacyPath(const char *name, int name_len)
{
	DocumentPath path = {1, palloc0(sizeof(PathElement))};

	AttributeNameCheck(name_len);
	path.elements[0].name = name;
	path.elements[0].name_len = name_len;
	return path;
}

BoundValue *
LegacyValue(const JsonNode *node)
{
	BoundValue *value = palloc(sizeof(BoundValue));

	CHECK_FOR_INTERRUPTS();
	if (node->kind == JSON_NODE_NULL)
		RaiseInvalid("The supplied Item contains a null AttributeValue");
	value->value = AttributeValueFromJson(node);
	value->json = node;
	return value;
}

/* ---- nodes ---- */

void
LegacySetPath(ConditionNode *node, const DocumentPath *path)
{
	node->type = NODE_PATH;
	node->path = *path;
}

void
LegacySetValue(ConditionNode *node, const BoundValue *value)
{
	node->type = NODE_VALUE;
	node->value = value;
}

void
LegacySetOperation(ConditionNode *node, ExpressionOp op, int count)
{
	node->type = NODE_OPERATION;
	node->op = op;
	node->count = count;
	node->operands = palloc0(count * sizeof(ConditionNode));
}
