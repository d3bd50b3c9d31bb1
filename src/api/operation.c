/*
 * operation.c
 *	  The registry of operations, and how to run one.
 */
#include "base/compat.h"

#include "api/operation.h"
#include "api/operations.h"
#include "api/standby.h"
#include "value/error_codes.h"

static const Operation operations[] = {
	{"BatchGetItem", BatchGetItemRun, true},
	{"BatchWriteItem", BatchWriteItemRun, false},
	{"CreateTable", CreateTableRun, false},
	{"DeleteItem", DeleteItemRun, false},
	{"DeleteTable", DeleteTableRun, false},
	{"DescribeStream", DescribeStreamRun, true, .of_streams = true},
	{"DescribeTable", DescribeTableRun, true},
	{"DescribeTimeToLive", DescribeTimeToLiveRun, true},
	{"GetItem", GetItemRun, true},
	{"GetRecords", GetRecordsRun, true, .of_streams = true},
	{"GetShardIterator", GetShardIteratorRun, true, .of_streams = true},
	{"ListStreams", ListStreamsRun, true, .of_streams = true},
	{"ListTables", ListTablesRun, true},
	{"PutItem", PutItemRun, false},
	{"Query", QueryRun, true},
	{"Scan", ScanRun, true},
	{"TransactGetItems", TransactGetItemsRun, true, true},
	{"TransactWriteItems", TransactWriteItemsRun, false},
	{"UpdateItem", UpdateItemRun, false},
	{"UpdateTable", UpdateTableRun, false},
};

const Operation *
OperationFind(const char *name, int len)
{
	for (size_t i = 0; i < lengthof(operations); i++)
	{
		const char *candidate = operations[i].name;

		if (strncmp(candidate, name, len) == 0 && candidate[len] == '\0')
			return &operations[i];
	}
	return NULL;
}

int
OperationCount(void)
{
	return lengthof(operations);
}

int
OperationIndex(const Operation *operation)
{
	return operation - operations;
}

const char *
OperationName(int index)
{
	return operations[index].name;
}

void
OperationRun(const Operation *operation, const char *body, int len, StringInfo reply)
{
	static const Shape *shapes[lengthof(operations)];
	const Shape **shape = &shapes[operation - operations];
	JsonReadError error;
	JsonNode   *request = JsonRead(body, len, &error);

	/* the service says nothing about what is not JSON at all */
	if (request == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_SERIALIZATION),
				 errmsg("%s", error.malformed ? "" : error.message),
				 errdetail_log("%s", error.message)));
	if (*shape == NULL)
		*shape = ShapeOfOperation(operation->name);
	ShapeCheck(*shape, request);
	StandbyCheck(operation, request);
	operation->run(request, reply);
}
