/*
 * item_key.c
 *	  Primary keys in requests and replies.
 */
#include "base/compat.h"

#include "api/item_key.h"
#include "api/request_member.h"
#include "base/json_writer.h"
#include "value/item_json.h"
#include "value/key.h"

static int
CountAttributes(const DynamoItem *item)
{
	AttributeValue root = ItemValue(item);

	return ContainerOpen(&root).count;
}

/* Checks the values' limits and fills in the datums. */
static void
FinishKey(const TableDesc *table, ItemKey *key)
{
	for (int i = 0; i < table->nkeys; i++)
		KeyCheckValue(NULL, table->keys[i].name, &key->values[i], i == 0);
	ItemKeyComplete(table, key);
}

ItemKey
ItemKeyOfItem(const TableDesc *table, const DynamoItem *item)
{
	ItemKey		key;

	for (int i = 0; i < table->nkeys; i++)
	{
		const TableKey *k = &table->keys[i];

		if (!ItemFind(item, k->name, k->name_len, &key.values[i]))
			RaiseValidation(psprintf("One or more parameter values were invalid: Missing the key %s in the item", k->name));
		if (AttributeValueType(&key.values[i]) != k->type)
			RaiseValidation(psprintf("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s",
									 k->name, AttributeTypeName(k->type),
									 AttributeTypeName(AttributeValueType(&key.values[i]))));
	}
	FinishKey(table, &key);
	return key;
}

/* Whether the item has every key attribute in its type. */
static bool
MatchKey(const TableDesc *table, const DynamoItem *item, ItemKey *key)
{
	for (int i = 0; i < table->nkeys; i++)
	{
		const TableKey *k = &table->keys[i];

		if (!ItemFind(item, k->name, k->name_len, &key->values[i]) ||
			AttributeValueType(&key->values[i]) != k->type)
			return false;
	}
	return true;
}

ItemKey
ItemKeyOfKey(const TableDesc *table, const DynamoItem *item)
{
	ItemKey		key;

	if (CountAttributes(item) != table->nkeys)
		RaiseValidation("The number of conditions on the keys is invalid");
	if (!MatchKey(table, item, &key))
		RaiseValidation("The provided key element does not match the schema");
	FinishKey(table, &key);
	return key;
}

static bool
IsTableKey(const TableDesc *table, const TableKey *key)
{
	for (int i = 0; i < table->nkeys; i++)
	{
		if (strcmp(table->keys[i].name, key->name) == 0)
			return true;
	}
	return false;
}

/* The service has a text of its own for an empty value in a starting key. */
static void
CheckStartNotEmpty(const TableDesc *entries, const TableDesc *table, const ItemKey *start)
{
	for (int i = 0; i < entries->nkeys; i++)
	{
		const TableKey *key = &entries->keys[i];

		if (key->type != ATTRIBUTE_N && start->values[i].len == 0)
			RaiseValidation(psprintf("The provided starting key is invalid: %s",
									 KeyEmptyText(IsTableKey(table, key) ? NULL : entries->index_name,
												  key->name, key->type)));
	}
}

ItemKey
ItemKeyOfStartKey(const TableDesc *entries, const TableDesc *table, const DynamoItem *item)
{
	ItemKey		key;

	if (CountAttributes(item) != entries->nkeys)
		RaiseValidation("The provided starting key is invalid");
	if (!MatchKey(entries, item, &key))
		RaiseValidation("The provided starting key is invalid: The provided key element does not match the schema");
	CheckStartNotEmpty(entries, table, &key);
	FinishKey(entries, &key);
	return key;
}

void
ItemKeyToJson(StringInfo out, const TableDesc *table, const DynamoItem *item)
{
	appendStringInfoChar(out, '{');
	for (int i = 0; i < table->nkeys; i++)
	{
		const TableKey *k = &table->keys[i];
		AttributeValue value;

		if (!ItemFind(item, k->name, k->name_len, &value))
			elog(ERROR, "stored item has no key \"%s\"", k->name);
		JsonKey(out, k->name, k->name_len);
		AttributeValueToJson(out, &value);
	}
	appendStringInfoChar(out, '}');
}
