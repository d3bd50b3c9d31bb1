/*
 * item.c
 *	  Reading an item in place: look-up, iteration, size, verification.
 *
 * The layout is described in item.h.
 */
#include "base/compat.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "value/item.h"
#include "value/number.h"

/* Per AttributeValue that is or holds a document: see AttributeValueSize(). */
#define CONTAINER_OVERHEAD	3
#define ELEMENT_OVERHEAD	1

static inline uint32
ReadInteger(const char *p, bool wide)
{
	if (wide)
	{
		uint32		value;

		memcpy(&value, p, 4);
#ifdef WORDS_BIGENDIAN
		value = pg_bswap32(value);
#endif
		return value;
	}
	return (uint8) p[0] | (uint32) (uint8) p[1] << 8;
}

/* Integer number i of an array of them. */
static inline uint32
ReadOffset(const char *offsets, uint32 i, bool wide)
{
	return ReadInteger(offsets + (size_t) i * (wide ? 4 : 2), wide);
}

AttributeValue
ItemValue(const DynamoItem *item)
{
	AttributeValue value;

	value.tag = item->value[0];
	value.data = (const char *) item->value + 1;
	value.len = VARSIZE(item) - offsetof(DynamoItem, value) - 1;
	return value;
}

Container
ContainerOpen(const AttributeValue *value)
{
	Container	container;
	uint32		width = (value->tag & VALUE_WIDE) ? 4 : 2;
	uint32		directory;

	container.type = AttributeValueType(value);
	container.wide = width == 4;
	container.count = ReadInteger(value->data, container.wide);
	directory = container.count * width;
	container.name_ends = value->data + width;
	container.value_ends = container.name_ends;
	if (container.type == ATTRIBUTE_M)
		container.value_ends += directory;
	container.data = container.value_ends + directory;
	return container;
}

/* Where payload i of the container starts and ends, behind the directory. */
static inline void
ValueBounds(const Container *container, uint32 i, uint32 *start, uint32 *end)
{
	*end = ReadOffset(container->value_ends, i, container->wide);
	if (i > 0)
		*start = ReadOffset(container->value_ends, i - 1, container->wide);
	else if (container->type == ATTRIBUTE_M)
		*start = ReadOffset(container->name_ends, container->count - 1, container->wide);
	else
		*start = 0;
}

static AttributeType
ElementType(AttributeType set)
{
	switch (set)
	{
		case ATTRIBUTE_SS:
			return ATTRIBUTE_S;
		case ATTRIBUTE_NS:
			return ATTRIBUTE_N;
		default:
			return ATTRIBUTE_B;
	}
}

AttributeValue
ContainerElement(const Container *container, uint32 i)
{
	AttributeValue value;
	uint32		start;
	uint32		end;

	ValueBounds(container, i, &start, &end);
	if (AttributeTypeIsSet(container->type))
		value.tag = ElementType(container->type);
	else
		value.tag = container->data[start++];
	value.data = container->data + start;
	value.len = end - start;
	return value;
}

/* The name of member i of an M. */
static inline const char *
MapName(const Container *map, uint32 i, uint32 *len)
{
	uint32		end = ReadOffset(map->name_ends, i, map->wide);
	uint32		start = i > 0 ? ReadOffset(map->name_ends, i - 1, map->wide) : 0;

	*len = end - start;
	return map->data + start;
}

AttributeValue
MapMember(const Container *map, uint32 i, const char **name, uint32 *name_len)
{
	*name = MapName(map, i, name_len);
	return ContainerElement(map, i);
}

int
CompareBytes(const char *a, uint32 a_len, const char *b, uint32 b_len)
{
	int			order = memcmp(a, b, Min(a_len, b_len));

	if (order != 0)
		return order;
	return (a_len > b_len) - (a_len < b_len);
}

bool
MapFind(const Container *map, const char *name, uint32 name_len, AttributeValue *value)
{
	uint32		low = 0;
	uint32		high = map->count;

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;
		uint32		len;
		const char *candidate = MapName(map, middle, &len);
		int			order = CompareBytes(candidate, len, name, name_len);

		if (order == 0)
		{
			*value = ContainerElement(map, middle);
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool
ItemFind(const DynamoItem *item, const char *name, uint32 name_len, AttributeValue *value)
{
	AttributeValue root = ItemValue(item);
	Container	map = ContainerOpen(&root);

	return MapFind(&map, name, name_len, value);
}

const char *
AttributeTypeName(AttributeType type)
{
	static const char *const names[] = {
		[ATTRIBUTE_S] = "S",[ATTRIBUTE_N] = "N",[ATTRIBUTE_B] = "B",
		[ATTRIBUTE_TRUE] = "BOOL",[ATTRIBUTE_FALSE] = "BOOL",[ATTRIBUTE_NULL] = "NULL",
		[ATTRIBUTE_M] = "M",[ATTRIBUTE_L] = "L",
		[ATTRIBUTE_SS] = "SS",[ATTRIBUTE_NS] = "NS",[ATTRIBUTE_BS] = "BS",
	};

	return names[type];
}

/*
 * The service's size of a value: a string or binary its bytes, a number see
 * NumberSize(), BOOL and NULL one; a set the sum of its elements; a list or
 * map 3 and 1 for each element, and what the elements (and names) take.
 *
 * Source: "DynamoDB item sizes and formats" in the developer guide.
 */
uint32
AttributeValueSize(const AttributeValue *value)
{
	AttributeType type = AttributeValueType(value);
	Container	container;
	uint32		size = 0;

	switch (type)
	{
		case ATTRIBUTE_S:
		case ATTRIBUTE_B:
			return value->len;
		case ATTRIBUTE_N:
			return NumberSize(value->data, value->len);
		case ATTRIBUTE_TRUE:
		case ATTRIBUTE_FALSE:
		case ATTRIBUTE_NULL:
			return 1;
		default:
			break;
	}

	check_stack_depth();
	container = ContainerOpen(value);
	if (!AttributeTypeIsSet(type))
		size = CONTAINER_OVERHEAD + ELEMENT_OVERHEAD * container.count;
	if (type == ATTRIBUTE_M && container.count > 0)
		size += ReadOffset(container.name_ends, container.count - 1, container.wide);
	for (uint32 i = 0; i < container.count; i++)
	{
		AttributeValue element = ContainerElement(&container, i);

		size += AttributeValueSize(&element);
	}
	return size;
}

/* All names and values; the item's own map costs no overhead. */
uint32
ItemSize(const DynamoItem *item)
{
	AttributeValue root = ItemValue(item);
	Container	map = ContainerOpen(&root);

	return AttributeValueSize(&root) - CONTAINER_OVERHEAD - ELEMENT_OVERHEAD * map.count;
}
