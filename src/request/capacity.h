/*
 * capacity.h
 *	  Consumed capacity: counting units and writing ConsumedCapacity.
 *
 * Units (developer guide, "Capacity unit consumption"): a strongly consistent
 * read costs one read unit for each 4 KB begun, an eventually consistent one
 * half; a write costs one write unit for each 1 KB begun; in a transaction
 * both cost double.  Reading what is not there costs as the smallest item.
 */
#ifndef DYNAMO_CAPACITY_H
#define DYNAMO_CAPACITY_H

#include "base/json_reader.h"
#include "lib/stringinfo.h"

typedef enum ReturnCapacity
{
	RETURN_CAPACITY_NONE,
	RETURN_CAPACITY_TOTAL,
	RETURN_CAPACITY_INDEXES
} ReturnCapacity;

/* The request's ReturnConsumedCapacity; NONE where it is absent. */
extern ReturnCapacity ReturnCapacityOf(const JsonNode *request);

extern double ReadUnits(uint64 bytes, bool consistent);
extern double WriteUnits(uint64 bytes);

/* What an operation consumed of a secondary index. */
typedef struct IndexCapacity
{
	const char *index_name;
	bool		is_local;
	double		units;			/* 0: nothing, so it is not shown */
} IndexCapacity;

/* What an operation consumed of a table and its indexes. */
typedef struct Capacity
{
	const char *table_name;
	double		table_units;
	int			nindexes;
	IndexCapacity *indexes;		/* in order of names */
} Capacity;

/*
 * Appends one ConsumedCapacity object:
 * {"TableName": ..., "CapacityUnits": sum[, "Table": {"CapacityUnits": u},
 * "LocalSecondaryIndexes": {name: {"CapacityUnits": u}},
 * "GlobalSecondaryIndexes": ...]}
 */
extern void CapacityToJson(StringInfo out, const Capacity *capacity, ReturnCapacity detail);

#endif							/* DYNAMO_CAPACITY_H */
