/*
 * shape.c
 *	  The one validator of requests.
 *
 * The service reads a request in two steps and so does this module: JSON
 * becomes typed values (shape_types.c), then constraints are checked (here),
 * in the order of the shape tables.
 *
 * Constraints of a structure's member are listed one by one; those of a list's
 * elements or a map's keys and values are listed together and shown with the
 * whole list or map.  What is shown of a value is what Java's toString()
 * gives: maps as {a=b}, structures as a class name and a hash.
 *
 * Texts and orders are what the service was seen to send.
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "request/shape.h"
#include "request/shape_types.h"
#include "value/error_codes.h"

#define MAX_VIOLATIONS			10
#define MAX_VIOLATIONS_LENGTH	(1024 * 1024)
#define TABLE_NAME_MIN_LENGTH	3
#define TABLE_NAME_MAX_LENGTH	255

/* The constraints of a value, in the order in which the service lists them. */
typedef enum Constraint
{
	CONSTRAINT_ENUMERATION,
	CONSTRAINT_PATTERN,
	CONSTRAINT_MIN,
	CONSTRAINT_MAX,
	CONSTRAINT_COUNT
} Constraint;

/* A step of the way from the request to a value; written out only on error. */
typedef struct PathStep
{
	const struct PathStep *parent;	/* NULL: the request */
	const char *name;			/* structure's member or map's key, or NULL */
	bool		is_key;
	int			index;			/* of a list's element, from 1 */
} PathStep;

typedef struct Violations
{
	int			count;
	StringInfoData text;
	bool		bad_table_name; /* one was too short or too long */
} Violations;

static bool IsFull(const Violations *violations);
static void Constrain(Violations *violations, const PathStep *path,
					  const Shape *shape, const JsonNode *node);
static void ConstrainInside(Violations *violations, const PathStep *path,
							const Shape *shape, const JsonNode *node);
static void ConstrainMembers(Violations *violations, const PathStep *path,
							 const Shape *shape, const JsonNode *node);
static void ConstrainList(Violations *violations, const PathStep *path,
						  const Shape *shape, const JsonNode *node);
static void ConstrainMap(Violations *violations, const PathStep *path,
						 const Shape *shape, const JsonNode *node);
static void ConstrainElement(Violations *violations, const PathStep *path,
							 const Shape *shape, const JsonNode *node);
static bool BreaksAny(const Shape *shape, const JsonNode *node);
static bool Breaks(const Shape *shape, const JsonNode *node, Constraint constraint);
static bool BreaksEnumeration(const Shape *shape, const JsonNode *node);
static bool BreaksPattern(const Shape *shape, const JsonNode *node);
static bool Measure(const Shape *shape, const JsonNode *node, int64 *measure);
static int64 Utf16Length(const char *text, int len);
static bool HasConstraint(const Shape *shape, Constraint constraint);
static void DescribeConstraint(StringInfo out, const Shape *shape, Constraint constraint);
static char *DescribeAll(const char *what, const Shape *shape);
static void AddViolation(Violations *violations, const PathStep *path,
						 const Shape *shape, const JsonNode *node, const char *constraint);
static void AppendPath(StringInfo out, const PathStep *path);
static void AppendValue(StringInfo out, const Shape *shape, const JsonNode *node);
static void AppendCollection(StringInfo out, const Shape *shape, const JsonNode *node);
static uint32 HashOf(const JsonNode *node);
static void RaiseViolations(const Violations *violations);

static void RequireTableName(const JsonNode *request);
static bool IsTableNameLengthBad(const char *name, int len);
static void BadTableNameLength(void) pg_attribute_noreturn();

/* Raises the service's error if the request is not of this shape. */
void
ShapeCheck(const Shape *shape, const JsonNode *request)
{
	Violations	violations = {0};

	ShapeCheckTypes(shape, request);
	if (shape->table_name_first)
		RequireTableName(request);
	ConstrainMembers(&violations, NULL, shape, request);
	if (violations.count > 0)
		RaiseViolations(&violations);
	if (violations.bad_table_name)
		BadTableNameLength();
}

/* ---- constraints ---- */

/*
 * Is there no room for another violation?  The length is bounded because each
 * can show the whole request: an answer must not be many times as large.
 */
static bool
IsFull(const Violations *violations)
{
	return violations->count == MAX_VIOLATIONS || violations->text.len > MAX_VIOLATIONS_LENGTH;
}

/* Collects what is wrong with a value that is there, and with all inside it. */
static void
Constrain(Violations *violations, const PathStep *path, const Shape *shape, const JsonNode *node)
{
	StringInfoData text;

	for (Constraint constraint = 0; constraint < CONSTRAINT_COUNT; constraint++)
	{
		if (!Breaks(shape, node, constraint))
			continue;
		initStringInfo(&text);
		DescribeConstraint(&text, shape, constraint);
		AddViolation(violations, path, shape, node, text.data);
	}

	if (shape->type == SHAPE_TABLE_NAME)
		violations->bad_table_name |= IsTableNameLengthBad(node->text, node->len);
	ConstrainInside(violations, path, shape, node);
}

/* Collects what is wrong inside a value, whose own constraints are done. */
static void
ConstrainInside(Violations *violations, const PathStep *path, const Shape *shape, const JsonNode *node)
{
	check_stack_depth();
	if (shape->type == SHAPE_STRUCTURE)
		ConstrainMembers(violations, path, shape, node);
	else if (shape->type == SHAPE_LIST)
		ConstrainList(violations, path, shape, node);
	else if (shape->type == SHAPE_MAP)
		ConstrainMap(violations, path, shape, node);
}

/* A structure: each member that is there, and those that should be. */
static void
ConstrainMembers(Violations *violations, const PathStep *path, const Shape *shape, const JsonNode *node)
{
	for (const ShapeMember *member = shape->members; member->name; member++)
	{
		PathStep	step = {path, member->name};
		const JsonNode *child = JsonMember(node, member->name);

		if (!ShapeIsAbsent(child))
			Constrain(violations, &step, member->shape, child);
		else if (member->required)
			AddViolation(violations, &step, member->shape, NULL, "Member must not be null");
	}
}

/* A list: each element, its own constraints told of the list. */
static void
ConstrainList(Violations *violations, const PathStep *path, const Shape *shape, const JsonNode *node)
{
	const Shape *element = shape->element;
	PathStep	step = {path};

	JsonForEach(child, node)
	{
		CHECK_FOR_INTERRUPTS();
		if (IsFull(violations))
			return;
		step.index++;
		if (!ShapeIsAbsent(child) && BreaksAny(element, child))
			AddViolation(violations, path, shape, node,
						 DescribeAll("Member", element));
		ConstrainElement(violations, &step, element, child);
	}
}

/* A map: all its keys, then all its values, their own constraints told of it. */
static void
ConstrainMap(Violations *violations, const PathStep *path, const Shape *shape, const JsonNode *node)
{
	const Shape *element = shape->element;

	JsonForEach(child, node)
	{
		JsonNode	key = {JSON_NODE_STRING, .text = child->name, .len = child->name_len};

		CHECK_FOR_INTERRUPTS();
		if (IsFull(violations))
			return;
		if (BreaksAny(shape->key, &key))
			AddViolation(violations, path, shape, node, DescribeAll("Map keys", shape->key));
		else if (shape->key->type == SHAPE_TABLE_NAME)
			violations->bad_table_name |= IsTableNameLengthBad(key.text, key.len);
	}

	JsonForEach(child, node)
	{
		PathStep	step = {path, child->name, true};

		CHECK_FOR_INTERRUPTS();
		if (IsFull(violations))
			return;
		if (!ShapeIsAbsent(child) && BreaksAny(element, child))
			AddViolation(violations, path, shape, node, DescribeAll("Map value", element));
		ConstrainElement(violations, &step, element, child);
	}
}

/*
 * An element of a list or map, whose own constraints the caller has looked at:
 * that it is there, and what is inside it.
 */
static void
ConstrainElement(Violations *violations, const PathStep *path, const Shape *shape, const JsonNode *node)
{
	if (shape->type == SHAPE_ATTRIBUTE_VALUE)
		return;
	if (ShapeIsAbsent(node))
		AddViolation(violations, path, shape, NULL, "Member must not be null");
	else
		ConstrainInside(violations, path, shape, node);
}

/* Does the value break any constraint of its shape? */
static bool
BreaksAny(const Shape *shape, const JsonNode *node)
{
	for (Constraint constraint = 0; constraint < CONSTRAINT_COUNT; constraint++)
	{
		if (Breaks(shape, node, constraint))
			return true;
	}
	return false;
}

/* Does the value break that constraint of its shape? */
static bool
Breaks(const Shape *shape, const JsonNode *node, Constraint constraint)
{
	int64		measure;

	if (!HasConstraint(shape, constraint))
		return false;
	switch (constraint)
	{
		case CONSTRAINT_ENUMERATION:
			return BreaksEnumeration(shape, node);
		case CONSTRAINT_PATTERN:
			return BreaksPattern(shape, node);
		case CONSTRAINT_MIN:
			return Measure(shape, node, &measure) && measure < shape->min;
		case CONSTRAINT_MAX:
			return Measure(shape, node, &measure) && measure > shape->max;
		case CONSTRAINT_COUNT:
			break;
	}
	return false;
}

/* Is the text none of the values? */
static bool
BreaksEnumeration(const Shape *shape, const JsonNode *node)
{
	for (int i = 0; shape->enumeration[i]; i++)
	{
		if (strcmp(shape->enumeration[i], node->text) == 0)
			return false;
	}
	return true;
}

/*
 * The pattern is always [a-zA-Z0-9_.-]+: script/make-shapes refuses any other.
 * An ARN need not match it, and an empty table name is only too short.
 */
static bool
BreaksPattern(const Shape *shape, const JsonNode *node)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	if (shape->type == SHAPE_TABLE_NAME &&
		(node->len == 0 || strncmp(node->text, "arn:", 4) == 0))
		return false;
	return node->len == 0 || (int) strspn(node->text, allowed) != node->len;
}

/* What min and max speak of: a length, a size or the value itself. */
static bool
Measure(const Shape *shape, const JsonNode *node, int64 *measure)
{
	switch (shape->type)
	{
		case SHAPE_LIST:
		case SHAPE_MAP:
			*measure = node->count;
			return true;
		case SHAPE_INTEGER:
		case SHAPE_LONG:
			return ShapeReadInteger(node, measure);
		case SHAPE_STRING:
		case SHAPE_TABLE_NAME:
			*measure = Utf16Length(node->text, node->len);
			return true;
		default:
			return false;
	}
}

/* The length of UTF-8 text as Java counts it. */
static int64
Utf16Length(const char *text, int len)
{
	int64		length = 0;

	for (int i = 0; i < len; i++)
	{
		unsigned char byte = text[i];

		if ((byte & 0xC0) != 0x80)
			length += byte >= 0xF0 ? 2 : 1;
	}
	return length;
}

/* Does the shape have that constraint? */
static bool
HasConstraint(const Shape *shape, Constraint constraint)
{
	switch (constraint)
	{
		case CONSTRAINT_ENUMERATION:
			return shape->enumeration != NULL;
		case CONSTRAINT_PATTERN:
			return shape->pattern != NULL;
		case CONSTRAINT_MIN:
			return shape->has_min;
		case CONSTRAINT_MAX:
			return shape->has_max;
		case CONSTRAINT_COUNT:
			break;
	}
	return false;
}

/* Appends the service's words for a constraint. */
static void
DescribeConstraint(StringInfo out, const Shape *shape, Constraint constraint)
{
	const char *measure = "length";

	if (shape->type == SHAPE_INTEGER || shape->type == SHAPE_LONG)
		measure = "value";
	switch (constraint)
	{
		case CONSTRAINT_ENUMERATION:
			appendStringInfoString(out, "Member must satisfy enum value set: [");
			for (int i = 0; shape->enumeration[i]; i++)
				appendStringInfo(out, "%s%s", i > 0 ? ", " : "", shape->enumeration[i]);
			appendStringInfoChar(out, ']');
			break;
		case CONSTRAINT_PATTERN:
			appendStringInfo(out, "Member must satisfy regular expression pattern: %s", shape->pattern);
			break;
		case CONSTRAINT_MIN:
			appendStringInfo(out, "Member must have %s greater than or equal to " INT64_FORMAT, measure, shape->min);
			break;
		case CONSTRAINT_MAX:
			appendStringInfo(out, "Member must have %s less than or equal to " INT64_FORMAT, measure, shape->max);
			break;
		case CONSTRAINT_COUNT:
			break;
	}
}

/* All constraints of a list's elements or a map's keys or values, backwards. */
static char *
DescribeAll(const char *what, const Shape *shape)
{
	StringInfoData text;
	const char *separator = "";

	initStringInfo(&text);
	appendStringInfo(&text, "%s must satisfy constraint: [", what);
	for (int constraint = CONSTRAINT_COUNT - 1; constraint >= 0; constraint--)
	{
		if (!HasConstraint(shape, constraint))
			continue;
		appendStringInfoString(&text, separator);
		DescribeConstraint(&text, shape, constraint);
		separator = ", ";
	}
	appendStringInfoChar(&text, ']');
	return text.data;
}

/* Takes down one violation; node is NULL for a value that is not there. */
static void
AddViolation(Violations *violations, const PathStep *path,
			 const Shape *shape, const JsonNode *node, const char *constraint)
{
	StringInfo	text = &violations->text;

	if (IsFull(violations))
		return;
	if (violations->count == 0)
		initStringInfo(text);
	else
		appendStringInfoString(text, "; ");
	violations->count++;

	appendStringInfoString(text, "Value ");
	if (node)
	{
		appendStringInfoChar(text, '\'');
		AppendValue(text, shape, node);
		appendStringInfoChar(text, '\'');
	}
	else
		appendStringInfoString(text, "null");
	appendStringInfoString(text, " at '");
	AppendPath(text, path);
	appendStringInfo(text, "' failed to satisfy constraint: %s", constraint);
}

/* requestItems.Music.member.1.member.putRequest */
static void
AppendPath(StringInfo out, const PathStep *path)
{
	if (path->parent)
	{
		AppendPath(out, path->parent);
		appendStringInfoChar(out, '.');
	}
	if (!path->name)
		appendStringInfo(out, "%d.member", path->index);
	else if (path->is_key)
		appendStringInfo(out, "%s.member", path->name);
	else
		appendStringInfo(out, "%c%s", pg_ascii_tolower(path->name[0]), path->name + 1);
}

/* A value as Java's toString() shows it. */
static void
AppendValue(StringInfo out, const Shape *shape, const JsonNode *node)
{
	if (ShapeIsAbsent(node))
		appendStringInfoString(out, "null");
	else if (shape->type == SHAPE_LIST || shape->type == SHAPE_MAP)
		AppendCollection(out, shape, node);
	else if (shape->type == SHAPE_STRUCTURE || shape->type == SHAPE_ATTRIBUTE_VALUE)
		appendStringInfo(out, SHAPE_CLASS_PREFIX "%s@%x", shape->name, HashOf(node));
	else if (shape->type == SHAPE_INTEGER || shape->type == SHAPE_LONG)
		appendStringInfo(out, INT64_FORMAT, ShapeInteger(node));
	else
		appendBinaryStringInfo(out, node->text, node->len);
}

/* [a, b] or {a=b, c=d}; cut short where it would never end. */
static void
AppendCollection(StringInfo out, const Shape *shape, const JsonNode *node)
{
	bool		is_map = shape->type == SHAPE_MAP;
	const char *separator = "";

	appendStringInfoChar(out, is_map ? '{' : '[');
	JsonForEach(child, node)
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(out, separator);
		if (out->len > MAX_VIOLATIONS_LENGTH)
		{
			appendStringInfoString(out, "...");
			break;
		}
		if (is_map)
			appendStringInfo(out, "%s=", child->name);
		AppendValue(out, shape->element, child);
		separator = ", ";
	}
	appendStringInfoChar(out, is_map ? '}' : ']');
}

/* Equal values have equal hashes, as they have in Java. */
static uint32
HashOf(const JsonNode *node)
{
	uint32		hash = node->kind;

	check_stack_depth();
	if (node->text)
		hash = hash_combine(hash, hash_bytes((const unsigned char *) node->text, node->len));
	JsonForEach(child, node)
	{
		CHECK_FOR_INTERRUPTS();
		if (child->name)
			hash = hash_combine(hash, hash_bytes((const unsigned char *) child->name, child->name_len));
		hash = hash_combine(hash, HashOf(child));
	}
	return hash;
}

/* Raises what was collected. */
static void
RaiseViolations(const Violations *violations)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_VALIDATION),
			 errmsg("%d validation error%s detected: %s",
					violations->count,
					violations->count == 1 ? "" : "s",
					violations->text.data)));
}

/* ---- table names ---- */

/* Operations on tables as such want a name before they look at the rest. */
static void
RequireTableName(const JsonNode *request)
{
	const JsonNode *name = JsonMember(request, "TableName");

	if (ShapeIsAbsent(name))
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("The parameter 'TableName' is required but was not present in the request")));
	if (IsTableNameLengthBad(name->text, name->len))
		BadTableNameLength();
}

/* The model bounds only an ARN's length; a plain name is shorter than that. */
static bool
IsTableNameLengthBad(const char *name, int len)
{
	if (strncmp(name, "arn:", 4) == 0)
		return false;
	return len < TABLE_NAME_MIN_LENGTH || len > TABLE_NAME_MAX_LENGTH;
}

/* Raises the service's error for that. */
static void
BadTableNameLength(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_VALIDATION),
			 errmsg("TableName must be at least %d characters long and at most %d characters long",
					TABLE_NAME_MIN_LENGTH, TABLE_NAME_MAX_LENGTH)));
}
