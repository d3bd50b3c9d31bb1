/*
 * consumed.h
 *	  What an operation consumes of a table and its secondary indexes.
 */
#ifndef DYNAMO_CONSUMED_H
#define DYNAMO_CONSUMED_H

#include "request/capacity.h"
#include "table/table_desc.h"

/* Nothing yet, of the table and all its indexes. */
extern Capacity *ConsumedNothing(const TableDesc *table);

/*
 * Adds what the write of one item costs; NULL: there was none, or is none.  An
 * index costs nothing if its entry did not change, one write if it came, went
 * or changed in what is no key, and two if its key changed.
 */
extern void ConsumeWrite(Capacity *capacity, const TableDesc *table,
						 const DynamoItem *before, const DynamoItem *after);

/* Adds to an index of the table, or to the table itself if index is NULL. */
extern void ConsumeUnits(Capacity *capacity, const IndexDesc *index, double units);

#endif							/* DYNAMO_CONSUMED_H */
