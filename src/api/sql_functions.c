/*
 * sql_functions.c
 *	  The SQL door: one function for each operation, and dynamo.call().
 *
 * Each takes the service's request as json and gives back its reply as json,
 * in the caller's transaction.
 */
#include "base/compat.h"

#include "api/operation.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "value/error_codes.h"

/* A reply that is built where it will be returned: a text to be. */
static Datum
RunOperation(const Operation *operation, const text *request)
{
	StringInfoData reply;

	initStringInfo(&reply);
	appendStringInfoSpaces(&reply, VARHDRSZ);
	OperationRun(operation, VARDATA_ANY(request), VARSIZE_ANY_EXHDR(request), &reply);
	SET_VARSIZE(reply.data, reply.len);
	PG_RETURN_TEXT_P(reply.data);
}

#define OPERATION_FUNCTION(sql_name, name) \
	PG_FUNCTION_INFO_V1(dynamo_##sql_name); \
	Datum \
	dynamo_##sql_name(PG_FUNCTION_ARGS) \
	{ \
		static const Operation *operation = NULL; \
\
		if (unlikely(operation == NULL)) \
			operation = OperationFind(name, strlen(name)); \
		return RunOperation(operation, PG_GETARG_TEXT_PP(0)); \
	} \
	extern int	no_such_variable

OPERATION_FUNCTION(batch_get_item, "BatchGetItem");
OPERATION_FUNCTION(batch_write_item, "BatchWriteItem");
OPERATION_FUNCTION(create_table, "CreateTable");
OPERATION_FUNCTION(delete_item, "DeleteItem");
OPERATION_FUNCTION(delete_table, "DeleteTable");
OPERATION_FUNCTION(describe_stream, "DescribeStream");
OPERATION_FUNCTION(describe_table, "DescribeTable");
OPERATION_FUNCTION(describe_time_to_live, "DescribeTimeToLive");
OPERATION_FUNCTION(get_item, "GetItem");
OPERATION_FUNCTION(get_records, "GetRecords");
OPERATION_FUNCTION(get_shard_iterator, "GetShardIterator");
OPERATION_FUNCTION(list_streams, "ListStreams");
OPERATION_FUNCTION(list_tables, "ListTables");
OPERATION_FUNCTION(put_item, "PutItem");
OPERATION_FUNCTION(query, "Query");
OPERATION_FUNCTION(scan, "Scan");
OPERATION_FUNCTION(transact_get_items, "TransactGetItems");
OPERATION_FUNCTION(transact_write_items, "TransactWriteItems");
OPERATION_FUNCTION(update_item, "UpdateItem");
OPERATION_FUNCTION(update_table, "UpdateTable");

PG_FUNCTION_INFO_V1(dynamo_call);

/* dynamo.call(operation, request): any operation by its name. */
Datum
dynamo_call(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	const Operation *operation = OperationFind(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (operation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_UNKNOWN_OPERATION),
				 errmsg("unknown operation: \"%s\"", text_to_cstring(name))));
	return RunOperation(operation, PG_GETARG_TEXT_PP(1));
}
