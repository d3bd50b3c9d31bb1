/*
 * table_schema.c
 *	  Do the keys, attributes and indexes of a new table fit together?
 *
 * Each key schema is looked at by itself first, then what an index asks of its
 * table, and last whether the attributes that keys use are those defined.  The
 * limits on counts come before anything that compares all with all, so that a
 * long request costs no more than its length.
 *
 * Texts are the service's where they are known; where they are not, they
 * follow its habit of RaiseInvalid().
 */
#include "base/compat.h"

#include "api/raise_invalid.h"
#include "api/request_member.h"
#include "api/table_schema.h"
#include "api/throughput.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "value/item_json.h"

#define TABLE_KEYS_MAX			2
#define INDEX_KEYS_MAX			4	/* of each KeyType, in a global index */
#define LOCAL_INDEXES_MAX		5
#define VECTOR_INDEXES_MAX		5
#define VECTOR_DIMENSIONS_MAX	4096
#define VECTOR_FILTERS_MAX		18
#define PROJECTED_MAX			100 /* NonKeyAttributes of all indexes */

/* What is gathered on the way through the keys and indexes. */
typedef struct Schema
{
	const JsonNode *keys;		/* the table's KeySchema */
	const JsonNode *definitions;
	bool		on_demand;
	List	   *key_names;		/* of table and indexes, each once */
	List	   *index_names;
	int			projected;		/* NonKeyAttributes so far */
} Schema;

static void CheckTableKeys(const JsonNode *keys);
static void CheckKeyPair(const JsonNode *keys);
static bool IsKeyType(const JsonNode *key, const char *type);
static bool HasDuplicateKey(const JsonNode *keys);
static void CheckLocalIndexes(Schema *schema, const JsonNode *indexes);
static void CheckLocalKeys(const Schema *schema, const JsonNode *index);
static void CheckGlobalIndexes(Schema *schema, const JsonNode *indexes);
static void CheckGlobalKeys(const JsonNode *keys);
static void CheckGlobalKeyOrder(const JsonNode *keys);
static void CheckVectorIndexes(Schema *schema, const JsonNode *indexes);
static void CheckVectorIndex(const JsonNode *index);
static void CheckSearchSchema(const JsonNode *search_schema, const char *index_name);
static void AddSearchNames(Schema *schema, const JsonNode *search_schema);
static void CheckVectorDimensions(const JsonNode *indexes, const JsonNode *index);
static const char *VectorAttribute(const JsonNode *index);
static void AddIndex(Schema *schema, const JsonNode *index);
static void CheckProjection(Schema *schema, const JsonNode *index);
static void CheckNonKeyAttributes(const JsonNode *names);
static void CheckDefinitions(const Schema *schema);
static void CheckCounts(const Schema *schema);
static void CheckKeysDefined(const Schema *schema);
static void CheckDefinitionsUsed(const Schema *schema);
static void CheckDefinedOnce(const Schema *schema);
static List *AddNames(List *names, const JsonNode *list);
static List *AddName(List *names, const char *name);
static bool HasName(const List *names, const char *name);
static char *Enumerate(const List *names);
static char *EnumerateDefinitions(const JsonNode *definitions);

/* Raises ValidationException unless keys, attributes and indexes fit. */
void
TableSchemaCheck(const JsonNode *request)
{
	const JsonNode *local = RequestMember(request, "LocalSecondaryIndexes");
	const JsonNode *global = RequestMember(request, "GlobalSecondaryIndexes");
	const JsonNode *vector = RequestMember(request, "VectorIndexes");
	Schema		schema = {
		.keys = RequestMember(request, "KeySchema"),
		.definitions = RequestMember(request, "AttributeDefinitions"),
		.on_demand = IsOnDemand(request),
	};

	CheckTableKeys(schema.keys);
	schema.key_names = AddNames(NIL, schema.keys);
	if (local)
		CheckLocalIndexes(&schema, local);
	if (global)
		CheckGlobalIndexes(&schema, global);
	if (vector)
		CheckVectorIndexes(&schema, vector);
	CheckDefinitions(&schema);
}

/*
 * The same for a global index that is added to a table.  Definitions that it
 * does not use may be those of attributes that the table has.
 */
void
NewIndexSchemaCheck(const JsonNode *index, const JsonNode *definitions)
{
	static const JsonNode none = {.kind = JSON_NODE_ARRAY};
	const JsonNode *keys = RequestMember(index, "KeySchema");
	Schema		schema = {.definitions = definitions ? definitions : &none};

	CheckGlobalKeys(keys);
	CheckProjection(&schema, index);
	schema.key_names = AddNames(NIL, keys);
	CheckKeysDefined(&schema);
	CheckDefinedOnce(&schema);
}

/* The type of an attribute that is defined. */
AttributeType
DefinedType(const JsonNode *definitions, const char *name)
{
	return AttributeTypeFromName(AttributeTypeText(definitions, name));
}

/* The AttributeType of an attribute; NULL if it is not defined. */
const char *
AttributeTypeText(const JsonNode *definitions, const char *name)
{
	JsonForEach(definition, definitions)
	{
		CHECK_FOR_INTERRUPTS();
		if (strcmp(RequestString(definition, "AttributeName"), name) == 0)
			return RequestString(definition, "AttributeType");
	}
	return NULL;
}

/* ---- key schemas ---- */

/* A table has a partition key and maybe a sort key. */
static void
CheckTableKeys(const JsonNode *keys)
{
	if (keys->count > TABLE_KEYS_MAX)
		RaiseValidation("Key Schema too big.  Key Schema must at most consist of the hash and range key of a table");
	CheckKeyPair(keys);
}

/* One HASH key, then at most one RANGE key of another name. */
static void
CheckKeyPair(const JsonNode *keys)
{
	if (!IsKeyType(keys->first, "HASH"))
		RaiseValidation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
	if (keys->count == 1)
		return;
	if (!IsKeyType(keys->first->next, "RANGE"))
		RaiseValidation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
	if (HasDuplicateKey(keys))
		RaiseValidation("Both the Hash Key and the Range Key element in the KeySchema have the same name");
}

static bool
IsKeyType(const JsonNode *key, const char *type)
{
	return strcmp(RequestString(key, "KeyType"), type) == 0;
}

static bool
HasDuplicateKey(const JsonNode *keys)
{
	return list_length(AddNames(NIL, keys)) < keys->count;
}

/* ---- local secondary indexes ---- */

static void
CheckLocalIndexes(Schema *schema, const JsonNode *indexes)
{
	if (indexes->count == 0)
		RaiseInvalid("List of LocalSecondaryIndexes is empty");
	if (schema->keys->count < TABLE_KEYS_MAX)
		RaiseInvalid("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
	if (indexes->count > LOCAL_INDEXES_MAX)
		RaiseInvalid("Number of LocalSecondaryIndexes exceeds per-table limit of %d", LOCAL_INDEXES_MAX);

	JsonForEach(index, indexes)
	{
		CheckLocalKeys(schema, index);
		CheckProjection(schema, index);
		AddIndex(schema, index);
		schema->key_names = AddNames(schema->key_names, RequestMember(index, "KeySchema"));
	}
}

/* A local index has the table's partition key and a sort key of its own. */
static void
CheckLocalKeys(const Schema *schema, const JsonNode *index)
{
	const JsonNode *keys = RequestMember(index, "KeySchema");
	const char *index_name = RequestString(index, "IndexName");
	const char *index_hash = RequestString(keys->first, "AttributeName");
	const char *table_hash = RequestString(schema->keys->first, "AttributeName");

	CheckTableKeys(keys);
	if (keys->count < TABLE_KEYS_MAX)
		RaiseInvalid("Index KeySchema does not have a range key for index: %s", index_name);
	if (strcmp(index_hash, table_hash) != 0)
		RaiseInvalid("Index KeySchema does not have the same leading hash key as table KeySchema for index: %s."
					 " index hash key: %s, table hash key: %s",
					 index_name, index_hash, table_hash);
}

/* ---- global secondary indexes ---- */

static void
CheckGlobalIndexes(Schema *schema, const JsonNode *indexes)
{
	if (indexes->count == 0)
		RaiseInvalid("List of GlobalSecondaryIndexes is empty");
	if (indexes->count > GLOBAL_INDEXES_MAX)
		RaiseInvalid("GlobalSecondaryIndex count exceeds the per-table limit of %d", GLOBAL_INDEXES_MAX);

	JsonForEach(index, indexes)
	{
		const JsonNode *keys = RequestMember(index, "KeySchema");

		CheckGlobalKeys(keys);
		CheckProjection(schema, index);
		NewIndexThroughputCheck(index, schema->on_demand);
		AddIndex(schema, index);
		schema->key_names = AddNames(schema->key_names, keys);
	}
}

/* A global index may have several keys of each kind. */
static void
CheckGlobalKeys(const JsonNode *keys)
{
	if (!IsKeyType(keys->first, "HASH"))
		RaiseValidation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
	CheckGlobalKeyOrder(keys);
	if (!HasDuplicateKey(keys))
		return;
	if (keys->count == TABLE_KEYS_MAX)
		RaiseValidation("Both the Hash Key and the Range Key element in the KeySchema have the same name");
	RaiseValidation("Two keys can not have the same name");
}

/* First HASH keys, then RANGE keys, and not too many of either. */
static void
CheckGlobalKeyOrder(const JsonNode *keys)
{
	int			hash_keys = 0;
	int			range_keys = 0;

	JsonForEach(key, keys)
	{
		if (IsKeyType(key, "RANGE"))
			range_keys++;
		else if (range_keys > 0)
			RaiseValidation("Invalid key order. Hash Key must be specified first in key schema, Range Key must be specifed second");
		else
			hash_keys++;
		if (hash_keys > INDEX_KEYS_MAX)
			RaiseValidation("Too many partition keys. GSI can have at most 4 partition keys");
		if (range_keys > INDEX_KEYS_MAX)
			RaiseValidation("Too many sort keys. GSI can have at most 4 sort keys");
	}
}

/* ---- vector indexes ---- */

static void
CheckVectorIndexes(Schema *schema, const JsonNode *indexes)
{
	if (indexes->count == 0)
		RaiseInvalid("List of VectorIndexes is empty");
	if (indexes->count > VECTOR_INDEXES_MAX)
		RaiseInvalid("VectorIndex count exceeds the per-table limit of %d", VECTOR_INDEXES_MAX);
	if (!schema->on_demand)
		RaiseInvalid("VectorIndexes can only be specified when BillingMode is PAY_PER_REQUEST");

	JsonForEach(index, indexes)
	{
		CheckVectorIndex(index);
		CheckVectorDimensions(indexes, index);
		CheckProjection(schema, index);
		AddIndex(schema, index);
		AddSearchNames(schema, RequestMember(index, "SearchSchema"));
	}
}

/* The limits of a vector index by itself. */
static void
CheckVectorIndex(const JsonNode *index)
{
	const JsonNode *search_schema = RequestMember(index, "SearchSchema");

	if (RequestInteger(index, "Dimensions", 0) > VECTOR_DIMENSIONS_MAX)
		RaiseInvalid("Dimensions must be between 1 and %d for index: %s",
					 VECTOR_DIMENSIONS_MAX, RequestString(index, "IndexName"));
	if (search_schema)
		CheckSearchSchema(search_schema, RequestString(index, "IndexName"));
}

/* Not too many elements of either kind. */
static void
CheckSearchSchema(const JsonNode *search_schema, const char *index_name)
{
	int			filters = 0;

	JsonForEach(element, search_schema)
	{
		if (strcmp(RequestString(element, "SearchSchemaElementType"), "INLINE_FILTER") == 0)
			filters++;
	}
	if (filters > VECTOR_FILTERS_MAX)
		RaiseInvalid("Number of INLINE_FILTER elements exceeds limit of %d for index: %s", VECTOR_FILTERS_MAX, index_name);
	if (search_schema->count - filters > INDEX_KEYS_MAX)
		RaiseInvalid("Number of HASH elements exceeds limit of %d for index: %s", INDEX_KEYS_MAX, index_name);
}

/* Attributes of a search schema may be defined, but need not be. */
static void
AddSearchNames(Schema *schema, const JsonNode *search_schema)
{
	if (search_schema == NULL)
		return;
	JsonForEach(element, search_schema)
	{
		const char *name = RequestString(element, "AttributeName");

		if (AttributeTypeText(schema->definitions, name) && !HasName(schema->key_names, name))
			schema->key_names = AddName(schema->key_names, name);
	}
}

/* All indexes on one attribute have the same number of dimensions. */
static void
CheckVectorDimensions(const JsonNode *indexes, const JsonNode *index)
{
	JsonForEach(other, indexes)
	{
		if (strcmp(VectorAttribute(other), VectorAttribute(index)) == 0 &&
			RequestInteger(other, "Dimensions", 0) != RequestInteger(index, "Dimensions", 0))
			RaiseInvalid("Vector indexes on attribute %s must have the same Dimensions", VectorAttribute(index));
	}
}

static const char *
VectorAttribute(const JsonNode *index)
{
	return RequestString(RequestMember(index, "VectorAttribute"), "AttributeName");
}

/* ---- what all indexes have ---- */

/* Takes down an index's name, which must be new. */
static void
AddIndex(Schema *schema, const JsonNode *index)
{
	const char *name = RequestString(index, "IndexName");

	if (HasName(schema->index_names, name))
		RaiseInvalid("Duplicate index name: %s", name);
	schema->index_names = AddName(schema->index_names, name);
}

static void
CheckProjection(Schema *schema, const JsonNode *index)
{
	const JsonNode *projection = RequestMember(index, "Projection");
	const char *type = RequestString(projection, "ProjectionType");
	const JsonNode *names = RequestMember(projection, "NonKeyAttributes");

	if (type == NULL)
		RaiseInvalid("Unknown ProjectionType: null");
	if (strcmp(type, "INCLUDE") != 0)
	{
		if (names)
			RaiseInvalid("ProjectionType is %s, but NonKeyAttributes is specified", type);
		return;
	}
	if (names == NULL)
		RaiseInvalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
	CheckNonKeyAttributes(names);
	schema->projected += names->count;
	ProjectedCountCheck(schema->projected);
}

/* NonKeyAttributes are counted as often as they are named. */
void
ProjectedCountCheck(int projected)
{
	if (projected > PROJECTED_MAX)
		RaiseInvalid("Number of NonKeyAttributes in all indexes exceeds per-table limit of %d", PROJECTED_MAX);
}

/* No name stands there twice. */
static void
CheckNonKeyAttributes(const JsonNode *names)
{
	List	   *seen = NIL;

	JsonForEach(name, names)
	{
		if (HasName(seen, name->text))
			RaiseValidation("Cannot have two attributes with the same name");
		seen = AddName(seen, name->text);
	}
}

/* ---- attribute definitions ---- */

/* The attributes that keys use are those that are defined. */
static void
CheckDefinitions(const Schema *schema)
{
	if (schema->index_names == NIL)
		CheckCounts(schema);
	CheckKeysDefined(schema);
	CheckDefinitionsUsed(schema);
	if (schema->definitions->count > list_length(schema->key_names))
		RaiseValidation("Cannot have two attributes with the same name");
}

/* Without indexes the service only counts, to begin with. */
static void
CheckCounts(const Schema *schema)
{
	if (schema->definitions->count > schema->keys->count)
		RaiseInvalid("Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions");
	if (schema->definitions->count < schema->keys->count)
		RaiseValidation("Invalid KeySchema: Some index key attribute have no definition");
}

static void
CheckKeysDefined(const Schema *schema)
{
	List	   *undefined = NIL;
	ListCell   *cell;

	foreach(cell, schema->key_names)
	{
		if (AttributeTypeText(schema->definitions, lfirst(cell)) == NULL)
			undefined = AddName(undefined, lfirst(cell));
	}
	if (undefined)
		RaiseInvalid("Some index key attributes are not defined in AttributeDefinitions."
					 " Keys: %s, AttributeDefinitions: %s",
					 Enumerate(undefined), EnumerateDefinitions(schema->definitions));
}

static void
CheckDefinitionsUsed(const Schema *schema)
{
	JsonForEach(definition, schema->definitions)
	{
		CHECK_FOR_INTERRUPTS();
		if (!HasName(schema->key_names, RequestString(definition, "AttributeName")))
			RaiseInvalid("Some AttributeDefinitions are not used."
						 " AttributeDefinitions: %s, keys used: %s",
						 EnumerateDefinitions(schema->definitions), Enumerate(schema->key_names));
	}
}

/* No key is defined twice. */
static void
CheckDefinedOnce(const Schema *schema)
{
	int			count = 0;

	JsonForEach(definition, schema->definitions)
	{
		CHECK_FOR_INTERRUPTS();
		if (HasName(schema->key_names, RequestString(definition, "AttributeName")))
			count++;
	}
	if (count > list_length(schema->key_names))
		RaiseValidation("Cannot have two attributes with the same name");
}

/* ---- lists of names ---- */

/* The AttributeNames of a list's elements, added to names where new. */
static List *
AddNames(List *names, const JsonNode *list)
{
	JsonForEach(element, list)
	{
		const char *name = RequestString(element, "AttributeName");

		CHECK_FOR_INTERRUPTS();
		if (!HasName(names, name))
			names = AddName(names, name);
	}
	return names;
}

static List *
AddName(List *names, const char *name)
{
	return lappend(names, unconstify(char *, name));
}

static bool
HasName(const List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

/* [a, b] */
static char *
Enumerate(const List *names)
{
	StringInfoData text;
	const char *separator = "";
	ListCell   *cell;

	initStringInfo(&text);
	appendStringInfoChar(&text, '[');
	foreach(cell, names)
	{
		appendStringInfo(&text, "%s%s", separator, (char *) lfirst(cell));
		separator = ", ";
	}
	appendStringInfoChar(&text, ']');
	return text.data;
}

/* The same for all that are defined, in the order of the request. */
static char *
EnumerateDefinitions(const JsonNode *definitions)
{
	List	   *names = NIL;

	JsonForEach(definition, definitions)
		names = AddName(names, RequestString(definition, "AttributeName"));
	return Enumerate(names);
}
