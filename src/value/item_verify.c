/*
 * item_verify.c
 *	  Checking untrusted bytes: is this exactly what item_build.c would write?
 *
 * Every offset is checked against the bytes there are before anything is read
 * through it, so the readers of item.c may trust what has passed.
 */
#include "base/compat.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "value/item.h"
#include "value/item_json.h"
#include "value/number.h"

static void VerifyValue(const AttributeValue *value, int depth);

static void
Verify(bool holds)
{
	if (!holds)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of a dynamo.item")));
}

static void
VerifyText(const char *text, uint32 len)
{
	Verify(pg_verify_mbstr(PG_UTF8, text, len, true));
	Verify(memchr(text, 0, len) == NULL);
}

static void
VerifyScalar(const AttributeValue *value)
{
	Verify((value->tag & ~VALUE_TYPE_MASK) == 0);
	switch (AttributeValueType(value))
	{
		case ATTRIBUTE_S:
			VerifyText(value->data, value->len);
			break;
		case ATTRIBUTE_N:
			Verify(NumberIsCanonical(value->data, value->len));
			break;
		case ATTRIBUTE_B:
			break;
		case ATTRIBUTE_TRUE:
		case ATTRIBUTE_FALSE:
		case ATTRIBUTE_NULL:
			Verify(value->len == 0);
			break;
		default:
			Verify(false);
	}
}

/*
 * Reads count offsets that must ascend from start; returns the last, or start
 * if there is none.
 */
static uint32
VerifyOffsets(const char *offsets, uint32 count, uint32 width, uint32 start)
{
	for (uint32 i = 0; i < count; i++)
	{
		uint32		end = 0;

		for (uint32 byte = 0; byte < width; byte++)
			end |= (uint32) (uint8) offsets[i * width + byte] << (8 * byte);
		Verify(end >= start);
		start = end;
	}
	return start;
}

/*
 * Checks a container's directory against the bytes that are there, and that
 * it is as narrow as it can be.
 */
static void
VerifyDirectory(const AttributeValue *value)
{
	uint32		width = (value->tag & VALUE_WIDE) ? 4 : 2;
	bool		is_map = AttributeValueType(value) == ATTRIBUTE_M;
	uint32		count = 0;
	uint64		directory;
	uint32		names_end = 0;
	uint32		data_len;

	Verify((value->tag & ~(VALUE_TYPE_MASK | VALUE_WIDE)) == 0);
	Verify(value->len >= width);
	for (uint32 byte = 0; byte < width; byte++)
		count |= (uint32) (uint8) value->data[byte] << (8 * byte);
	directory = (uint64) count * width * (is_map ? 2 : 1) + width;
	Verify(directory <= value->len);
	data_len = value->len - (uint32) directory;
	Verify((width == 4) == (count > 0xFFFF || data_len > 0xFFFF));
	if (is_map)
		names_end = VerifyOffsets(value->data + width, count, width, 0);
	Verify(VerifyOffsets(value->data + width + (is_map ? (size_t) count * width : 0),
						 count, width, names_end) == data_len);
}

static void
VerifySetOrder(const Container *set)
{
	Verify(set->count > 0);
	for (uint32 i = 1; i < set->count; i++)
	{
		AttributeValue previous = ContainerElement(set, i - 1);
		AttributeValue element = ContainerElement(set, i);

		Verify(CompareBytes(previous.data, previous.len, element.data, element.len) < 0);
	}
}

static void
VerifyMapNames(const Container *map)
{
	const char *previous = NULL;
	uint32		previous_len = 0;

	for (uint32 i = 0; i < map->count; i++)
	{
		const char *name;
		uint32		len;

		MapMember(map, i, &name, &len);
		VerifyText(name, len);
		Verify(len > 0 && len <= ATTRIBUTE_NAME_MAX_SIZE);
		Verify(i == 0 || CompareBytes(previous, previous_len, name, len) < 0);
		previous = name;
		previous_len = len;
	}
}

/* A tagged element needs at least its tag. */
static void
VerifyElementTags(const Container *container)
{
	uint32		start = 0;
	uint32		width = container->wide ? 4 : 2;

	if (container->type == ATTRIBUTE_M && container->count > 0)
		start = VerifyOffsets(container->name_ends + (size_t) (container->count - 1) * width, 1, width, 0);
	for (uint32 i = 0; i < container->count; i++)
	{
		uint32		end = VerifyOffsets(container->value_ends + (size_t) i * width, 1, width, 0);

		Verify(end > start);
		start = end;
	}
}

static void
VerifyContainer(const AttributeValue *value, int depth)
{
	Container	container;

	VerifyDirectory(value);
	container = ContainerOpen(value);
	Verify(AttributeTypeIsSet(container.type) || depth < ITEM_MAX_DEPTH);
	if (AttributeTypeIsSet(container.type))
		VerifySetOrder(&container);
	else
		VerifyElementTags(&container);
	if (container.type == ATTRIBUTE_M)
		VerifyMapNames(&container);
	for (uint32 i = 0; i < container.count; i++)
	{
		AttributeValue element = ContainerElement(&container, i);

		VerifyValue(&element, depth + 1);
	}
}

static void
VerifyValue(const AttributeValue *value, int depth)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	switch (AttributeValueType(value))
	{
		case ATTRIBUTE_M:
		case ATTRIBUTE_L:
		case ATTRIBUTE_SS:
		case ATTRIBUTE_NS:
		case ATTRIBUTE_BS:
			VerifyContainer(value, depth);
			break;
		default:
			VerifyScalar(value);
	}
}

void
ItemVerify(const DynamoItem *item)
{
	AttributeValue root;

	Verify(VARSIZE(item) > offsetof(DynamoItem, value) && item->version == ITEM_VERSION);
	root = ItemValue(item);
	Verify(AttributeValueType(&root) == ATTRIBUTE_M);
	VerifyContainer(&root, 0);
	ItemCheckSize(item);
}
