/*
 * item_key.h
 *	  Primary keys in requests and replies.
 */
#ifndef DYNAMO_ITEM_KEY_H
#define DYNAMO_ITEM_KEY_H

#include "lib/stringinfo.h"
#include "table/store.h"

/* The message of a data-plane operation on a table that is not there. */
#define TABLE_MISSING	"Requested resource not found"

/*
 * The key of an item that is to be put; raises the service's errors for a
 * missing key, one of the wrong type, and one that breaks a limit.
 */
extern ItemKey ItemKeyOfItem(const TableDesc *table, const DynamoItem *item);

/*
 * The key that a request's Key member gives: exactly the key attributes, each
 * of its type.
 */
extern ItemKey ItemKeyOfKey(const TableDesc *table, const DynamoItem *key);

/*
 * The same for ExclusiveStartKey, in its own words.  entries: what is read, the
 * table or one of its indexes.
 */
extern ItemKey ItemKeyOfStartKey(const TableDesc *entries, const TableDesc *table, const DynamoItem *key);

/* Appends {"hash": {...}, "range": {...}} of an item. */
extern void ItemKeyToJson(StringInfo out, const TableDesc *table, const DynamoItem *item);

#endif							/* DYNAMO_ITEM_KEY_H */
