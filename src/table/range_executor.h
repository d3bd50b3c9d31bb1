/*
 * range_executor.h
 *	  Ordered reads by the executor, for range.c: see store_executor.h.
 *
 * A Query is in the order of the sort key, as any; a Scan in the order of the
 * primary key over all partitions, because the executor does not read one
 * partition alone.  Nor does it read a segment alone: others' items are read
 * and left out.
 */
#ifndef DYNAMO_RANGE_EXECUTOR_H
#define DYNAMO_RANGE_EXECUTOR_H

#include "table/range.h"

typedef struct RangeCursor RangeCursor;

/* A cursor on what the spec asks for, but for the segment; as of the snapshot. */
extern RangeCursor *RangeCursorOpen(TableDesc *table, const RangeSpec *spec, Snapshot snapshot);

/* The next item or NULL; it lives until the next call. */
extern DynamoItem *RangeCursorNext(RangeCursor *cursor);
extern void RangeCursorClose(RangeCursor *cursor);

#endif							/* DYNAMO_RANGE_EXECUTOR_H */
