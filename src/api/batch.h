/*
 * batch.h
 *	  What BatchWriteItem and BatchGetItem share: keys of several tables.
 */
#ifndef DYNAMO_BATCH_H
#define DYNAMO_BATCH_H

#include "api/consumed.h"
#include "base/json_reader.h"
#include "lib/stringinfo.h"
#include "table/store.h"

/* Limits of the service. */
#define BATCH_MAX_WRITES		25
#define BATCH_MAX_KEYS			100
#define BATCH_MAX_REPLY_SIZE	(16 * 1024 * 1024)

/* One request of a batch. */
typedef struct BatchEntry
{
	int			table_index;	/* which member of RequestItems, from 0 */
	TableDesc  *table;
	DynamoItem *given;			/* the item or key of the request */
	bool		is_delete;
	ItemKey		key;
	LOCKMODE	key_lock;		/* what BatchLockKeys() takes on the key */
	DynamoItem *item;			/* read: the item, or NULL */
	Capacity   *capacity;		/* what its table consumes: one for all its entries */
} BatchEntry;

/* Whether two entries have the same key; and raises the service's error if so. */
extern bool BatchHasDuplicates(BatchEntry *entries, int count);
extern void BatchCheckDuplicates(BatchEntry *entries, int count);

/* Gives the entries [first, first + count) their table. */
extern void BatchSetTable(BatchEntry *first, int count, TableDesc *table);

/*
 * The entries in an order that is the same in every process, so that two
 * batches never wait for each other in a circle.
 */
extern BatchEntry **BatchSort(BatchEntry *entries, int count);

/*
 * Takes the locks on the entries' keys (store.h) in an order that all share, so
 * that no writer of several items has to ask for one while it holds others.
 * *locking, where wanted, is the entry at work: for who catches the error of a
 * failed wait.
 */
extern void BatchLockKeys(BatchEntry *entries, int count, volatile int *locking);

/* Whether RequestItems has a later member of that name, which then counts. */
extern bool BatchIsRepeated(const JsonNode *tables, const JsonNode *member);

/* The plain table name of a member of RequestItems. */
extern char *BatchTableName(const JsonNode *member);

/*
 * Appends the member ConsumedCapacity, an object for each table, if wanted.
 * Entries of one table share one Capacity.
 */
extern void BatchCapacityToJson(StringInfo reply, const BatchEntry *entries, int count,
								ReturnCapacity capacity);

#endif							/* DYNAMO_BATCH_H */
