/*
 * item_type.c
 *	  The SQL type dynamo.item: input and output, equality, hashing, size.
 */
#include "base/compat.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "value/item_json.h"

PG_FUNCTION_INFO_V1(item_in);
PG_FUNCTION_INFO_V1(item_out);
PG_FUNCTION_INFO_V1(item_recv);
PG_FUNCTION_INFO_V1(item_send);
PG_FUNCTION_INFO_V1(item_eq);
PG_FUNCTION_INFO_V1(item_ne);
PG_FUNCTION_INFO_V1(item_hash);
PG_FUNCTION_INFO_V1(item_hash_extended);
PG_FUNCTION_INFO_V1(item_size);

/* Parses JSON text that SQL gave us; not JSON is a plain syntax error. */
JsonNode *
JsonReadOrError(const char *text, int len)
{
	JsonReadError error;
	JsonNode   *node = JsonRead(text, len, &error);

	if (node == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid JSON for type %s", "dynamo.item"),
				 errdetail("%s", error.message)));
	return node;
}

Datum
item_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	DynamoItem *item = ItemFromJson(JsonReadOrError(text, strlen(text)));

	ItemCheckSize(item);
	PG_RETURN_ITEM_P(item);
}

Datum
item_out(PG_FUNCTION_ARGS)
{
	DynamoItem *item = PG_GETARG_ITEM_P(0);
	StringInfoData out;

	initStringInfo(&out);
	enlargeStringInfo(&out, VARSIZE(item) * 2);
	ItemToJson(&out, item);
	PG_RETURN_CSTRING(out.data);
}

/* On the wire an item is its version byte and value, as in item.h. */
Datum
item_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len = buf->len - buf->cursor;
	DynamoItem *item = palloc(VARHDRSZ + len);

	SET_VARSIZE(item, VARHDRSZ + len);
	pq_copymsgbytes(buf, VARDATA(item), len);
	ItemVerify(item);
	PG_RETURN_ITEM_P(item);
}

Datum
item_send(PG_FUNCTION_ARGS)
{
	DynamoItem *item = PG_GETARG_ITEM_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, VARDATA(item), VARSIZE(item) - VARHDRSZ);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Every item has one encoding, so equality is that of the bytes. */
static bool
ItemsEqual(FunctionCallInfo fcinfo)
{
	DynamoItem *left = PG_GETARG_ITEM_P(0);
	DynamoItem *right = PG_GETARG_ITEM_P(1);
	bool		equal = VARSIZE(left) == VARSIZE(right) &&
		memcmp(VARDATA(left), VARDATA(right), VARSIZE(left) - VARHDRSZ) == 0;

	PG_FREE_IF_COPY(left, 0);
	PG_FREE_IF_COPY(right, 1);
	return equal;
}

Datum
item_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ItemsEqual(fcinfo));
}

Datum
item_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!ItemsEqual(fcinfo));
}

Datum
item_hash(PG_FUNCTION_ARGS)
{
	DynamoItem *item = PG_GETARG_ITEM_P(0);

	return hash_any((unsigned char *) VARDATA(item), VARSIZE(item) - VARHDRSZ);
}

Datum
item_hash_extended(PG_FUNCTION_ARGS)
{
	DynamoItem *item = PG_GETARG_ITEM_P(0);

	return hash_any_extended((unsigned char *) VARDATA(item), VARSIZE(item) - VARHDRSZ,
							 PG_GETARG_INT64(1));
}

Datum
item_size(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(ItemSize(PG_GETARG_ITEM_P(0)));
}
