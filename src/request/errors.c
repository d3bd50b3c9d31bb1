/*
 * errors.c
 *	  The service's errors as the client sees them.
 *
 * Errors of class DY were raised by this extension for the client: their
 * message goes out as it is.  Any other class is PostgreSQL speaking to a
 * database user.  What the client gets then is the nearest exception, with
 * the service's words for it.  PostgreSQL's message stays where somebody who
 * has a say on the table wrote it or needs it: it names the privilege to be
 * granted, or the constraint; or it is what a trigger raised.
 */
#include "base/compat.h"

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "request/errors.h"
#include "utils/errcodes.h"

/* An error of PostgreSQL's own and what the client sees instead. */
typedef struct ForeignError
{
	int			sqlstate;
	int			shown_as;
	const char *message;		/* NULL: PostgreSQL's */
} ForeignError;

#define CONFLICT_MESSAGE	"Transaction is ongoing for the item"
#define IN_USE_MESSAGE		"Attempt to change a resource which is still in use"
#define UNAVAILABLE_MESSAGE	"The service is currently unavailable or busy."
#define INTERNAL_MESSAGE	"Internal server error"

static const ServiceError service_errors[] = {
#include "request/error_table.h"
};

static const ForeignError foreign_errors[] = {
	{ERRCODE_INSUFFICIENT_PRIVILEGE, ERRCODE_DYNAMO_ACCESS_DENIED, NULL},
	{ERRCODE_T_R_SERIALIZATION_FAILURE, ERRCODE_DYNAMO_TRANSACTION_CONFLICT, CONFLICT_MESSAGE},
	{ERRCODE_T_R_DEADLOCK_DETECTED, ERRCODE_DYNAMO_TRANSACTION_CONFLICT, CONFLICT_MESSAGE},
	{ERRCODE_LOCK_NOT_AVAILABLE, ERRCODE_DYNAMO_TRANSACTION_CONFLICT, CONFLICT_MESSAGE},
	{ERRCODE_PROGRAM_LIMIT_EXCEEDED, ERRCODE_DYNAMO_VALIDATION, NULL},
	{ERRCODE_CHECK_VIOLATION, ERRCODE_DYNAMO_VALIDATION, NULL},
	{ERRCODE_NOT_NULL_VIOLATION, ERRCODE_DYNAMO_VALIDATION, NULL},
	{ERRCODE_FOREIGN_KEY_VIOLATION, ERRCODE_DYNAMO_VALIDATION, NULL},
	{ERRCODE_UNIQUE_VIOLATION, ERRCODE_DYNAMO_VALIDATION, NULL},
	{ERRCODE_EXCLUSION_VIOLATION, ERRCODE_DYNAMO_VALIDATION, NULL},
	{ERRCODE_RAISE_EXCEPTION, ERRCODE_DYNAMO_VALIDATION, NULL},
	{ERRCODE_OBJECT_IN_USE, ERRCODE_DYNAMO_RESOURCE_IN_USE, IN_USE_MESSAGE},
	{ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST, ERRCODE_DYNAMO_RESOURCE_IN_USE, IN_USE_MESSAGE},
	{ERRCODE_READ_ONLY_SQL_TRANSACTION, ERRCODE_DYNAMO_SERVICE_UNAVAILABLE, UNAVAILABLE_MESSAGE},
	{ERRCODE_ADMIN_SHUTDOWN, ERRCODE_DYNAMO_SERVICE_UNAVAILABLE, UNAVAILABLE_MESSAGE},
	{ERRCODE_CRASH_SHUTDOWN, ERRCODE_DYNAMO_SERVICE_UNAVAILABLE, UNAVAILABLE_MESSAGE},
	{ERRCODE_CANNOT_CONNECT_NOW, ERRCODE_DYNAMO_SERVICE_UNAVAILABLE, UNAVAILABLE_MESSAGE},
	{ERRCODE_CONNECTION_FAILURE, ERRCODE_DYNAMO_SERVICE_UNAVAILABLE, UNAVAILABLE_MESSAGE},
	{ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION, ERRCODE_DYNAMO_SERVICE_UNAVAILABLE,
	UNAVAILABLE_MESSAGE},
};

static const ServiceError *FindServiceError(int sqlstate);
static const ForeignError *FindForeignError(int sqlstate);
static void AddDetail(StringInfo out, const char *detail);

/* The exception for an SQLSTATE, ours or PostgreSQL's. */
const ServiceError *
ServiceErrorFor(int sqlstate)
{
	const ServiceError *error = FindServiceError(sqlstate);
	const ForeignError *foreign;

	if (error)
		return error;
	foreign = FindForeignError(sqlstate);
	return FindServiceError(foreign ? foreign->shown_as : ERRCODE_DYNAMO_INTERNAL_SERVER_ERROR);
}

/* Appends the error body and returns the HTTP status. */
int
ServiceErrorBody(StringInfo out, const ErrorData *edata)
{
	const ServiceError *error = ServiceErrorFor(edata->sqlerrcode);
	bool		ours = error->sqlstate == edata->sqlerrcode;
	const char *message = edata->message;

	if (!ours)
	{
		const ForeignError *foreign = FindForeignError(edata->sqlerrcode);

		if (!foreign)
			message = INTERNAL_MESSAGE;
		else if (foreign->message)
			message = foreign->message;
	}

	appendStringInfoChar(out, '{');
	JsonMemberString(out, "__type", error->type);
	if (message && message[0] != '\0')
		JsonMemberString(out, error->text_member, message);
	if (ours && edata->detail)
		AddDetail(out, edata->detail);
	appendStringInfoChar(out, '}');
	return error->http_status;
}

/* The row of one of our own SQLSTATEs, or NULL. */
static const ServiceError *
FindServiceError(int sqlstate)
{
	for (size_t i = 0; i < lengthof(service_errors); i++)
	{
		if (service_errors[i].sqlstate == sqlstate)
			return &service_errors[i];
	}
	return NULL;
}

/* The row of an SQLSTATE of PostgreSQL's that has a near exception, or NULL. */
static const ForeignError *
FindForeignError(int sqlstate)
{
	for (size_t i = 0; i < lengthof(foreign_errors); i++)
	{
		if (foreign_errors[i].sqlstate == sqlstate)
			return &foreign_errors[i];
	}
	return NULL;
}

/*
 * Adds the members of a DETAIL that is a JSON object, as they are written.
 * SQL can raise our SQLSTATEs with any DETAIL, so one that is no object or
 * would repeat our own members is left out: the body must stay JSON.
 */
static void
AddDetail(StringInfo out, const char *detail)
{
	JsonReadError error;
	const JsonNode *object = JsonRead(detail, strlen(detail), &error);
	const char *open = strchr(detail, '{');
	const char *close = strrchr(detail, '}');

	if (!object || object->kind != JSON_NODE_OBJECT || object->count == 0)
		return;
	if (JsonMember(object, "__type") ||
		JsonMember(object, "message") || JsonMember(object, "Message"))
		return;
	JsonElement(out);
	appendBinaryStringInfo(out, open + 1, close - open - 1);
}
