/*
 * range.h
 *	  Ordered reads: one partition key (Query) or a whole table (Scan).
 *
 * A range gives items in the order of the primary key within a leaf, and
 * leaves in the order of the descriptor.  It holds a registered snapshot and
 * an open scan: end it, or let an error do so.
 *
 * Where row security applies to the role, or a partition is elsewhere, the
 * executor reads (store_executor.h).  A Scan is then in the order of the key
 * over all partitions, whatever its segment.  Of an index, which has no policies
 * of its own, entries are given whose item the role may see.
 */
#ifndef DYNAMO_RANGE_H
#define DYNAMO_RANGE_H

#include "table/leaf_scan.h"
#include "table/store.h"

/* A bound on an attribute of the sort key: strategy as in stratnum.h. */
typedef struct RangeBound
{
	int			key;			/* index into the table's keys */
	StrategyNumber strategy;
	Datum		datum;
} RangeBound;

/* One for each attribute of the sort key, and the last may have two. */
#define RANGE_MAX_BOUNDS	(INDEX_MAX_RANGE_KEYS + 1)

typedef struct RangeSpec
{
	/* Query: the partition key, and bounds on the sort key in its order. */
	bool		has_hash;
	Datum		hash[INDEX_MAX_HASH_KEYS];
	int			nbounds;
	RangeBound	bounds[RANGE_MAX_BOUNDS];
	bool		backward;

	/* Scan: segment of total_segments; 0 of 1 is everything. */
	uint32		segment;
	uint32		total_segments;

	/* Starts behind this key, if not NULL. */
	const ItemKey *start;

	/* Everything that is stored, not only what the role may see. */
	bool		as_stored;
} RangeSpec;

typedef struct Range Range;

/* table, spec and what they point to must outlive the range. */
extern Range *RangeBegin(TableDesc *table, const RangeSpec *spec);

/* The next item, or NULL; it lives until the next call. */
extern DynamoItem *RangeNext(Range *range);

/*
 * Another item, of the same moment as those of the range; NULL: none.  It
 * belongs to the current context.
 */
extern DynamoItem *RangeFetch(Range *range, TableDesc *table, const ItemKey *key);
extern void RangeEnd(Range *range);

/* The segment that a partition key (nhash datums) belongs to. */
extern uint32 RangeSegmentOf(TableDesc *table, const Datum *hash_key, uint32 total_segments);

#endif							/* DYNAMO_RANGE_H */
