/*
 * capacity.c
 *	  Consumed capacity: counting units and writing ConsumedCapacity.
 */
#include "base/compat.h"

#include "base/json_writer.h"
#include "request/capacity.h"

#define READ_UNIT_BYTES		4096
#define WRITE_UNIT_BYTES	1024

static uint64 UnitsBegun(uint64 bytes, uint64 unit);

/* The request's ReturnConsumedCapacity; NONE where it is absent. */
ReturnCapacity
ReturnCapacityOf(const JsonNode *request)
{
	const JsonNode *member = JsonMember(request, "ReturnConsumedCapacity");

	if (!member || member->kind != JSON_NODE_STRING)
		return RETURN_CAPACITY_NONE;
	if (strcmp(member->text, "INDEXES") == 0)
		return RETURN_CAPACITY_INDEXES;
	if (strcmp(member->text, "TOTAL") == 0)
		return RETURN_CAPACITY_TOTAL;
	return RETURN_CAPACITY_NONE;
}

/* What a read of so many bytes costs. */
double
ReadUnits(uint64 bytes, bool consistent)
{
	double		units = UnitsBegun(bytes, READ_UNIT_BYTES);

	return consistent ? units : units / 2;
}

/* What a write of so many bytes costs. */
double
WriteUnits(uint64 bytes)
{
	return UnitsBegun(bytes, WRITE_UNIT_BYTES);
}

/* Appends one ConsumedCapacity object for a table. */
void
CapacityToJson(StringInfo out, const char *table_name, double units, ReturnCapacity detail)
{
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "TableName", table_name);
	JsonMemberDouble(out, "CapacityUnits", units);
	if (detail == RETURN_CAPACITY_INDEXES)
	{
		JsonKeyName(out, "Table");
		appendStringInfoChar(out, '{');
		JsonMemberDouble(out, "CapacityUnits", units);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, '}');
}

/* How many units of that size are begun: at least one, even by nothing. */
static uint64
UnitsBegun(uint64 bytes, uint64 unit)
{
	return Max(1, (bytes + unit - 1) / unit);
}
