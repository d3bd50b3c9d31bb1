/*
 * item_difference.c
 *	  What of one item is not as in another.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "value/item_difference.h"

PG_FUNCTION_INFO_V1(item_difference);
PG_FUNCTION_INFO_V1(item_apply);

typedef struct Part
{
	const char *data;
	uint32		len;
} Part;

/* Where the names end. */
static const char *
FirstValue(const Container *map)
{
	const char *name;
	uint32		name_len;

	return MapMember(map, 0, &name, &name_len).data - 1;
}

static void
PartsOf(const DynamoItem *item, Part *parts)
{
	AttributeValue value = ItemValue(item);
	Container	map = ContainerOpen(&value);
	const char *ends[ITEM_DIFFERENCE_PARTS] = {map.data, map.data, (const char *) item + VARSIZE(item)};
	const char *begin = VARDATA(item);

	if (map.count > 0)
		ends[1] = FirstValue(&map);
	for (int i = 0; i < ITEM_DIFFERENCE_PARTS; i++)
	{
		parts[i].data = begin;
		parts[i].len = ends[i] - begin;
		begin = ends[i];
	}
}

static uint32
CommonHead(const Part *a, const Part *b)
{
	uint32		most = Min(a->len, b->len);
	uint32		n = 0;

	while (n + sizeof(uint64) <= most && memcmp(a->data + n, b->data + n, sizeof(uint64)) == 0)
		n += sizeof(uint64);
	while (n < most && a->data[n] == b->data[n])
		n++;
	return n;
}

/* At the end, of what is behind the head. */
static uint32
CommonTail(const Part *a, const Part *b, uint32 head)
{
	const char *a_end = a->data + a->len;
	const char *b_end = b->data + b->len;
	uint32		most = Min(a->len, b->len) - head;
	uint32		n = 0;

	while (n + sizeof(uint64) <= most &&
		   memcmp(a_end - n - sizeof(uint64), b_end - n - sizeof(uint64), sizeof(uint64)) == 0)
		n += sizeof(uint64);
	while (n < most && a_end[-1 - (int64) n] == b_end[-1 - (int64) n])
		n++;
	return n;
}

bytea *
ItemDifference(const DynamoItem *from, const DynamoItem *to)
{
	Part		old[ITEM_DIFFERENCE_PARTS];
	Part		new[ITEM_DIFFERENCE_PARTS];
	ItemPartDifference parts[ITEM_DIFFERENCE_PARTS];
	Size		size = VARHDRSZ + sizeof(parts);
	bytea	   *difference;
	char	   *out;

	PartsOf(from, old);
	PartsOf(to, new);
	for (int i = 0; i < ITEM_DIFFERENCE_PARTS; i++)
	{
		parts[i].head = CommonHead(&old[i], &new[i]);
		parts[i].tail = CommonTail(&old[i], &new[i], parts[i].head);
		parts[i].len = new[i].len - parts[i].head - parts[i].tail;
		size += parts[i].len;
	}
	difference = palloc(size);
	SET_VARSIZE(difference, size);
	memcpy(VARDATA(difference), parts, sizeof(parts));
	out = VARDATA(difference) + sizeof(parts);
	for (int i = 0; i < ITEM_DIFFERENCE_PARTS; i++)
	{
		memcpy(out, new[i].data + parts[i].head, parts[i].len);
		out += parts[i].len;
	}
	return difference;
}

/* Reads what stands in front of the bytes; returns the item's size. */
static Size
ReadParts(const Part *old, const bytea *difference, ItemPartDifference *parts)
{
	uint64		have = VARSIZE(difference) - VARHDRSZ;
	uint64		wanted = ITEM_DIFFERENCE_HEADER;
	uint64		size = VARHDRSZ;
	bool		fits = have >= wanted;

	if (fits)
		memcpy(parts, VARDATA(difference), ITEM_DIFFERENCE_HEADER);
	for (int i = 0; fits && i < ITEM_DIFFERENCE_PARTS; i++)
	{
		fits = (uint64) parts[i].head + parts[i].tail <= old[i].len;
		wanted += parts[i].len;
		size += (uint64) parts[i].head + parts[i].len + parts[i].tail;
	}
	if (!fits || have != wanted)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("difference does not belong to the item")));
	return size;
}

static char *
Append(char *out, const char *data, uint32 len)
{
	memcpy(out, data, len);
	return out + len;
}

DynamoItem *
ItemApply(const DynamoItem *from, const bytea *difference)
{
	Part		old[ITEM_DIFFERENCE_PARTS];
	ItemPartDifference parts[ITEM_DIFFERENCE_PARTS];
	const char *middle = VARDATA(difference) + ITEM_DIFFERENCE_HEADER;
	Size		size;
	DynamoItem *item;
	char	   *out;

	PartsOf(from, old);
	size = ReadParts(old, difference, parts);
	item = palloc(size);
	SET_VARSIZE(item, size);
	out = VARDATA(item);
	for (int i = 0; i < ITEM_DIFFERENCE_PARTS; i++)
	{
		out = Append(out, old[i].data, parts[i].head);
		out = Append(out, middle, parts[i].len);
		out = Append(out, old[i].data + old[i].len - parts[i].tail, parts[i].tail);
		middle += parts[i].len;
	}
	return item;
}

/* ---- SQL ---- */

Datum
item_difference(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(ItemDifference(PG_GETARG_ITEM_P(0), PG_GETARG_ITEM_P(1)));
}

Datum
item_apply(PG_FUNCTION_ARGS)
{
	DynamoItem *item = ItemApply(PG_GETARG_ITEM_P(0), PG_GETARG_BYTEA_P(1));

	ItemVerify(item);
	PG_RETURN_ITEM_P(item);
}
