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

/* {"CapacityUnits": u} */
static void
UnitsToJson(StringInfo out, const char *name, double units)
{
	JsonKeyName(out, name);
	appendStringInfoChar(out, '{');
	JsonMemberDouble(out, "CapacityUnits", units);
	appendStringInfoChar(out, '}');
}

/* The member for all local or all global indexes, unless none was used. */
static void
IndexUnitsToJson(StringInfo out, const char *name, const Capacity *capacity, bool is_local)
{
	bool		any = false;

	for (int i = 0; i < capacity->nindexes; i++)
	{
		const IndexCapacity *index = &capacity->indexes[i];

		if (index->is_local != is_local || index->units == 0)
			continue;
		if (!any)
		{
			JsonKeyName(out, name);
			appendStringInfoChar(out, '{');
		}
		any = true;
		UnitsToJson(out, index->index_name, index->units);
	}
	if (any)
		appendStringInfoChar(out, '}');
}

void
CapacityToJson(StringInfo out, const Capacity *capacity, ReturnCapacity detail)
{
	double		units = capacity->table_units;

	for (int i = 0; i < capacity->nindexes; i++)
		units += capacity->indexes[i].units;
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "TableName", capacity->table_name);
	JsonMemberDouble(out, "CapacityUnits", units);
	if (detail == RETURN_CAPACITY_INDEXES)
	{
		UnitsToJson(out, "Table", capacity->table_units);
		IndexUnitsToJson(out, "LocalSecondaryIndexes", capacity, true);
		IndexUnitsToJson(out, "GlobalSecondaryIndexes", capacity, false);
	}
	appendStringInfoChar(out, '}');
}

/* How many units of that size are begun: at least one, even by nothing. */
static uint64
UnitsBegun(uint64 bytes, uint64 unit)
{
	return Max(1, (bytes + unit - 1) / unit);
}
