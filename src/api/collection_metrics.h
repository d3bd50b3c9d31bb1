/*
 * collection_metrics.h
 *	  ItemCollectionMetrics: how large the items of one partition key are.
 *
 * Shown for tables with local secondary indexes, as the service does.  The
 * collection lives in one partition of the table and one of each local index;
 * their size on disk is the upper bound of the estimate.
 */
#ifndef DYNAMO_COLLECTION_METRICS_H
#define DYNAMO_COLLECTION_METRICS_H

#include "base/json_reader.h"
#include "lib/stringinfo.h"
#include "table/store.h"

/* Whether the request asks for it with ReturnItemCollectionMetrics SIZE. */
extern bool CollectionMetricsWanted(const JsonNode *request);

/* Whether there is something to show of the table. */
extern bool HasCollections(const TableDesc *table);

/* Appends {"ItemCollectionKey": {...}, "SizeEstimateRangeGB": [...]} for an item's collection. */
extern void CollectionMetricsToJson(StringInfo out, TableDesc *table, const ItemKey *key);

#endif							/* DYNAMO_COLLECTION_METRICS_H */
