/*
 * key.c
 *	  Key attributes: between an AttributeValue and a key column's datum.
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "value/error_codes.h"
#include "value/key.h"
#include "value/number.h"

AttributeType
KeyTypeOfColumn(Oid type)
{
	switch (type)
	{
		case TEXTOID:
			return ATTRIBUTE_S;
		case NUMERICOID:
			return ATTRIBUTE_N;
		case BYTEAOID:
			return ATTRIBUTE_B;
		default:
			return 0;
	}
}

Datum
KeyDatum(const AttributeValue *value)
{
	if (AttributeValueType(value) == ATTRIBUTE_N)
		return NumericGetDatum(NumberToNumeric(value->data, value->len));
	return PointerGetDatum(cstring_to_text_with_len(value->data, value->len));
}

AttributeValue
KeyAttributeValue(AttributeType type, Datum datum)
{
	AttributeValue value;

	value.tag = type;
	if (type == ATTRIBUTE_N)
	{
		uint8	   *bytes = palloc(NUMBER_MAX_BYTES);

		value.len = NumberFromNumeric(DatumGetNumeric(datum), bytes);
		value.data = (char *) bytes;
	}
	else
	{
		struct varlena *bytes = PG_DETOAST_DATUM_PACKED(datum);

		value.len = VARSIZE_ANY_EXHDR(bytes);
		value.data = VARDATA_ANY(bytes);
	}
	return value;
}

bool
KeyDatumEquals(AttributeType type, Datum datum, const AttributeValue *value)
{
	AttributeValue column;

	if (AttributeValueType(value) != type)
		return false;
	column = KeyAttributeValue(type, datum);
	return CompareBytes(column.data, column.len, value->data, value->len) == 0;
}

char *
KeyEmptyText(const char *index, const char *name, AttributeType type)
{
	const char *type_name = type == ATTRIBUTE_S ? "string" : "binary";

	if (index == NULL)
		return psprintf("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s",
						type_name, name);
	return psprintf("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s",
					type_name, index, name);
}

void
KeyCheckValue(const char *index, const char *name, const AttributeValue *value, bool is_hash)
{
	uint32		limit = is_hash ? HASH_KEY_MAX_SIZE : RANGE_KEY_MAX_SIZE;

	if (AttributeValueType(value) == ATTRIBUTE_N)
		return;
	if (value->len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("%s", KeyEmptyText(index, name, AttributeValueType(value)))));
	if (value->len > limit)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 is_hash ?
				 errmsg("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of%u bytes", limit) :
				 errmsg("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of %u bytes", limit)));
}
