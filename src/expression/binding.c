/*
 * binding.c
 *	  A request's placeholders: ExpressionAttributeNames and
 *	  ExpressionAttributeValues.
 *
 * Both are maps from placeholders to something; each is kept as an array in
 * ascending order of placeholders, so that an expression with many of them
 * is bound without searching long lists.
 *
 * The checks are in the service's order: all placeholders of the names, then
 * of the values, then the values, then what the names stand for, then sizes.
 * Of several faults of one kind the service reports whichever its hash table
 * holds first; here it is the first in order of placeholders.
 */
#include "base/compat.h"

#include "expression/binding.h"
#include "expression/error.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "value/item_json.h"

typedef struct Placeholder
{
	const JsonNode *node;		/* its name is the placeholder */
	int			position;		/* in the request */
	BoundValue	value;			/* of ExpressionAttributeValues */
	bool		used;
} Placeholder;

typedef struct PlaceholderMap
{
	const char *parameter;
	char		mark;			/* '#' or ':' */
	int			count;
	Placeholder *placeholders;
} PlaceholderMap;

struct Binding
{
	PlaceholderMap names;
	PlaceholderMap values;
	int			npaths;			/* paths of more than one element */
	int			max_paths;
	DocumentPath *paths;
};

static bool IsPresent(const JsonNode *node);
static void ReadPlaceholders(PlaceholderMap *map, const JsonNode *node);
static int	ComparePlaceholders(const void *a, const void *b);
static void DropRepeated(PlaceholderMap *map);
static void CheckPlaceholder(const PlaceholderMap *map, const JsonNode *node);
static bool IsWellFormed(const char *placeholder, int len, char mark);
static bool IsWordCharacter(char c);
static void CheckNames(const PlaceholderMap *names);
static void ReadValues(PlaceholderMap *values);
static void ReadValue(Placeholder *placeholder);
static void RaiseInvalidValue(MemoryContext context, const char *placeholder) pg_attribute_noreturn();
static void CheckNamesSize(const PlaceholderMap *names);
static void CheckValuesSize(const PlaceholderMap *values);
static Placeholder *FindPlaceholder(const PlaceholderMap *map, const char *text, int len);
static void CheckUnused(const PlaceholderMap *map);

Binding *
BindingMake(const JsonNode *names, const JsonNode *values, bool has_expression)
{
	Binding    *binding = palloc0(sizeof(Binding));

	binding->names.parameter = "ExpressionAttributeNames";
	binding->names.mark = '#';
	binding->values.parameter = "ExpressionAttributeValues";
	binding->values.mark = ':';
	if (!has_expression)
	{
		if (IsPresent(names) && names->count > 0)
			RaiseInvalid("ExpressionAttributeNames can only be specified when using expressions");
		if (IsPresent(values) && values->count > 0)
			RaiseInvalid("ExpressionAttributeValues can only be specified when using expressions");
		return binding;
	}

	if (IsPresent(names))
		ReadPlaceholders(&binding->names, names);
	if (IsPresent(values))
		ReadPlaceholders(&binding->values, values);
	ReadValues(&binding->values);
	CheckNames(&binding->names);
	CheckNamesSize(&binding->names);
	CheckValuesSize(&binding->values);
	return binding;
}

void
BindingRefuseValues(const JsonNode *values, const char *null_expressions)
{
	if (IsPresent(values) && values->count > 0)
		RaiseInvalid("ExpressionAttributeValues can only be specified when using expressions: %s",
					 null_expressions);
}

/* ---- reading the maps ---- */

static bool
IsPresent(const JsonNode *node)
{
	return node != NULL && node->kind != JSON_NODE_NULL;
}

/* Makes the map of a parameter that is present; checks its placeholders. */
static void
ReadPlaceholders(PlaceholderMap *map, const JsonNode *node)
{
	if (node->count == 0)
		RaiseInvalid("%s must not be empty", map->parameter);

	map->placeholders = palloc0(node->count * sizeof(Placeholder));
	JsonForEach(member, node)
	{
		map->placeholders[map->count].node = member;
		map->placeholders[map->count].position = map->count;
		map->count++;
	}
	qsort(map->placeholders, map->count, sizeof(Placeholder), ComparePlaceholders);
	DropRepeated(map);
	for (int i = 0; i < map->count; i++)
		CheckPlaceholder(map, map->placeholders[i].node);
}

/* By name; of one name the last of the request first, as that one counts. */
static int
ComparePlaceholders(const void *a, const void *b)
{
	const Placeholder *x = a;
	const Placeholder *y = b;
	int			order = CompareBytes(x->node->name, x->node->name_len,
									 y->node->name, y->node->name_len);

	return order != 0 ? order : y->position - x->position;
}

/* Keeps the first of each name. */
static void
DropRepeated(PlaceholderMap *map)
{
	int			kept = 1;

	for (int i = 1; i < map->count; i++)
	{
		const JsonNode *last = map->placeholders[kept - 1].node;
		const JsonNode *node = map->placeholders[i].node;

		if (CompareBytes(last->name, last->name_len, node->name, node->name_len) != 0)
			map->placeholders[kept++] = map->placeholders[i];
	}
	map->count = kept;
}

static void
CheckPlaceholder(const PlaceholderMap *map, const JsonNode *node)
{
	if (node->name_len == 0)
		RaiseInvalid("%s contains invalid key: The expression attribute map contains an empty key;",
					 map->parameter);

	/* only for names does the service tell the size */
	if (node->name_len > PLACEHOLDER_MAX_SIZE && map->mark == '#')
		RaiseInvalid("%s contains invalid key: The expression attribute map contains a key that is too long; size of key: %d",
					 map->parameter, node->name_len);
	if (node->name_len > PLACEHOLDER_MAX_SIZE)
		RaiseInvalid("%s contains invalid key: The expression attribute map contains a key that is too long;",
					 map->parameter);
	if (!IsWellFormed(node->name, node->name_len, map->mark))
		RaiseInvalid("%s contains invalid key: Syntax error; key: \"%s\"",
					 map->parameter, node->name);
}

/*
 * The mark, then letters, digits and underscores.  White space around them
 * passes, as the service reads placeholders with its scanner; none will ever
 * match such a placeholder, though.
 */
static bool
IsWellFormed(const char *placeholder, int len, char mark)
{
	const char *p = placeholder;
	const char *end = placeholder + len;

	while (p < end && strchr(" \t\n\r", *p))
		p++;
	while (end > p && strchr(" \t\n\r", end[-1]))
		end--;
	if (end - p < 2 || *p++ != mark)
		return false;
	while (p < end && IsWordCharacter(*p))
		p++;
	return p == end;
}

static bool
IsWordCharacter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* ---- what the placeholders stand for ---- */

static void
CheckNames(const PlaceholderMap *names)
{
	for (int i = 0; i < names->count; i++)
	{
		const JsonNode *node = names->placeholders[i].node;

		if (node->kind != JSON_NODE_STRING)
			RaiseInvalid("ExpressionAttributeNames contains invalid value: null for key %s", node->name);
		if (node->len == 0)
			RaiseInvalid("ExpressionAttributeNames contains invalid value: Empty attribute name for key %s",
						 node->name);
		if (node->len > ATTRIBUTE_NAME_MAX_SIZE)
			RaiseInvalid("ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than %d bytes for key %s",
						 ATTRIBUTE_NAME_MAX_SIZE + 1, node->name);
	}
}

static void
ReadValues(PlaceholderMap *values)
{
	MemoryContext context = CurrentMemoryContext;
	volatile int i = 0;

	PG_TRY();
	{
		for (; i < values->count; i++)
		{
			CHECK_FOR_INTERRUPTS();
			ReadValue(&values->placeholders[i]);
		}
	}
	PG_CATCH();
	{
		RaiseInvalidValue(context, values->placeholders[i].node->name);
	}
	PG_END_TRY();
}

static void
ReadValue(Placeholder *placeholder)
{
	if (placeholder->node->kind == JSON_NODE_NULL)
		RaiseInvalid("The supplied Item contains a null AttributeValue");
	placeholder->value.value = AttributeValueFromJson(placeholder->node);
	placeholder->value.json = placeholder->node;
}

/*
 * Raises the error that is being caught, worded for a placeholder's value if
 * it is about the value's meaning.
 */
static void
RaiseInvalidValue(MemoryContext context, const char *placeholder)
{
	ErrorData  *error;

	if (geterrcode() != ERRCODE_DYNAMO_VALIDATION)
		PG_RE_THROW();
	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	RaiseInvalid("ExpressionAttributeValues contains invalid value: %s for key %s",
				 error->message, placeholder);
}

static void
CheckNamesSize(const PlaceholderMap *names)
{
	uint64		size = 0;

	for (int i = 0; i < names->count; i++)
		size += names->placeholders[i].node->name_len + names->placeholders[i].node->len;
	if (size > BINDING_MAX_SIZE)
		RaiseInvalid("ExpressionAttributeNames exceeds max size");
}

/* A document may be no larger than an item, all values together than 2 MB. */
static void
CheckValuesSize(const PlaceholderMap *values)
{
	uint64		total = 0;

	for (int i = 0; i < values->count; i++)
	{
		const JsonNode *node = values->placeholders[i].node;
		const AttributeValue *value = &values->placeholders[i].value.value;
		AttributeType type = AttributeValueType(value);
		uint32		size = AttributeValueSize(value);

		if ((type == ATTRIBUTE_M || type == ATTRIBUTE_L) && size > ITEM_MAX_SIZE)
			RaiseInvalid("ExpressionAttributeValues contains invalid value: Item size has exceeded the maximum allowed size for key %s",
						 node->name);
		total += node->name_len + size;
	}
	if (total > BINDING_MAX_SIZE)
		RaiseInvalid("ExpressionAttributeValues exceeds max size");
}

/* ---- use ---- */

static Placeholder *
FindPlaceholder(const PlaceholderMap *map, const char *text, int len)
{
	int			low = 0;
	int			high = map->count;

	while (low < high)
	{
		int			middle = (low + high) / 2;
		Placeholder *placeholder = &map->placeholders[middle];
		int			order = CompareBytes(text, len, placeholder->node->name, placeholder->node->name_len);

		if (order == 0)
		{
			placeholder->used = true;
			return placeholder;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const JsonNode *
BindingName(Binding *binding, const char *placeholder, int len)
{
	Placeholder *found = FindPlaceholder(&binding->names, placeholder, len);

	return found ? found->node : NULL;
}

const BoundValue *
BindingValue(Binding *binding, const char *placeholder, int len)
{
	Placeholder *found = FindPlaceholder(&binding->values, placeholder, len);

	return found ? &found->value : NULL;
}

void
BindingCheckUnused(const Binding *binding)
{
	CheckUnused(&binding->names);
	CheckUnused(&binding->values);
}

static void
CheckUnused(const PlaceholderMap *map)
{
	StringInfoData unused;

	initStringInfo(&unused);
	for (int i = 0; i < map->count; i++)
	{
		if (map->placeholders[i].used)
			continue;
		if (unused.len > 0)
			appendStringInfoString(&unused, ", ");
		appendStringInfoString(&unused, map->placeholders[i].node->name);
	}
	if (unused.len > 0)
		RaiseInvalid("Value provided in %s unused in expressions: keys: {%s}",
					 map->parameter, unused.data);
	pfree(unused.data);
}

/* ---- paths ---- */

void
BindingNotePath(Binding *binding, const DocumentPath *path)
{
	if (binding->npaths == binding->max_paths)
	{
		binding->max_paths = Max(8, binding->max_paths * 2);
		binding->paths = binding->paths == NULL ?
			palloc(binding->max_paths * sizeof(DocumentPath)) :
			repalloc(binding->paths, binding->max_paths * sizeof(DocumentPath));
	}
	binding->paths[binding->npaths++] = *path;
}

void
BindingCheckKeyPath(const Binding *binding, const char *name, uint32 name_len, bool of_index)
{
	for (int i = 0; i < binding->npaths; i++)
	{
		const PathElement *first = &binding->paths[i].elements[0];

		if (CompareBytes(first->name, first->name_len, name, name_len) == 0)
			RaiseInvalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: %s: %.*s",
						 of_index ? "IndexKey" : "Key", (int) name_len, name);
	}
}
