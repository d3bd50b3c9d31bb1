/*
 * operations.h
 *	  The operations, for the registry; each is described in its own file.
 */
#ifndef DYNAMO_OPERATIONS_H
#define DYNAMO_OPERATIONS_H

#include "base/json_reader.h"
#include "lib/stringinfo.h"

/* table_ops.c */
extern void CreateTableRun(const JsonNode *request, StringInfo reply);
extern void DescribeTableRun(const JsonNode *request, StringInfo reply);
extern void ListTablesRun(const JsonNode *request, StringInfo reply);
extern void DeleteTableRun(const JsonNode *request, StringInfo reply);

/* time_to_live.c */
extern void DescribeTimeToLiveRun(const JsonNode *request, StringInfo reply);

/* update_table.c */
extern void UpdateTableRun(const JsonNode *request, StringInfo reply);

/* item_ops.c */
extern void PutItemRun(const JsonNode *request, StringInfo reply);
extern void GetItemRun(const JsonNode *request, StringInfo reply);
extern void UpdateItemRun(const JsonNode *request, StringInfo reply);
extern void DeleteItemRun(const JsonNode *request, StringInfo reply);

/* batch_write.c, batch_get.c */
extern void BatchWriteItemRun(const JsonNode *request, StringInfo reply);
extern void BatchGetItemRun(const JsonNode *request, StringInfo reply);

/* transact_write.c, transact_get.c */
extern void TransactWriteItemsRun(const JsonNode *request, StringInfo reply);
extern void TransactGetItemsRun(const JsonNode *request, StringInfo reply);

/* query.c, scan.c */
extern void QueryRun(const JsonNode *request, StringInfo reply);
extern void ScanRun(const JsonNode *request, StringInfo reply);

/* stream_ops.c, stream_read.c */
extern void ListStreamsRun(const JsonNode *request, StringInfo reply);
extern void DescribeStreamRun(const JsonNode *request, StringInfo reply);
extern void GetShardIteratorRun(const JsonNode *request, StringInfo reply);
extern void GetRecordsRun(const JsonNode *request, StringInfo reply);

#endif							/* DYNAMO_OPERATIONS_H */
