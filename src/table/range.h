/*
 * range.h
 *	  Ordered reads: one partition key (Query) or a whole table (Scan).
 *
 * A range gives items in the order of the primary key within a leaf, and
 * leaves in the order of the descriptor.  It holds a registered snapshot and
 * an open scan: end it, or let an error do so.
 */
#ifndef DYNAMO_RANGE_H
#define DYNAMO_RANGE_H

#include "table/leaf_scan.h"
#include "table/store.h"

/* A bound on the sort key: strategy as in stratnum.h. */
typedef struct RangeBound
{
	StrategyNumber strategy;
	Datum		datum;
} RangeBound;

#define RANGE_MAX_BOUNDS	2

typedef struct RangeSpec
{
	/* Query: the partition key and bounds on the sort key. */
	bool		has_hash;
	Datum		hash;
	int			nbounds;
	RangeBound	bounds[RANGE_MAX_BOUNDS];
	bool		backward;

	/* Scan: segment of total_segments; 0 of 1 is everything. */
	uint32		segment;
	uint32		total_segments;

	/* Starts behind this key, if not NULL. */
	const ItemKey *start;
} RangeSpec;

typedef struct Range Range;

/* table, spec and what they point to must outlive the range. */
extern Range *RangeBegin(TableDesc *table, const RangeSpec *spec);

/* The next item, or NULL; it lives until the next call. */
extern DynamoItem *RangeNext(Range *range);
extern void RangeEnd(Range *range);

/* The segment that a partition key belongs to. */
extern uint32 RangeSegmentOf(TableDesc *table, Datum hash_key, uint32 total_segments);

#endif							/* DYNAMO_RANGE_H */
