/*
 * update_table_request.h
 *	  What an UpdateTable request asks for, whatever the table is.
 */
#ifndef DYNAMO_UPDATE_TABLE_REQUEST_H
#define DYNAMO_UPDATE_TABLE_REQUEST_H

#include "base/compat.h"

#include "base/json_reader.h"

typedef enum IndexAction
{
	INDEX_ACTION_CREATE,
	INDEX_ACTION_UPDATE,
	INDEX_ACTION_DELETE
} IndexAction;

/*
 * Raises the service's error for a request that no table would take, and a
 * ValidationException of our own for one that asks for what this version does
 * not build.  What passes has for each index one action at most, and one at
 * most that creates or deletes an index.
 */
extern void UpdateTableCheck(const JsonNode *request);

/*
 * What is to be done with the index of that name, or with any (NULL); NULL if
 * it is not of this kind.
 */
extern const JsonNode *IndexActionFind(const JsonNode *request, IndexAction action, const char *index_name);

/* Raises LimitExceededException: another index is being created or deleted. */
extern void RaiseIndexLimit(void) pg_attribute_noreturn();

#endif							/* DYNAMO_UPDATE_TABLE_REQUEST_H */
