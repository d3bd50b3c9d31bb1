/*
 * transact.c
 *	  Why a transaction was cancelled.
 */
#include "base/compat.h"

#include "api/request_member.h"
#include "api/transact.h"
#include "base/json_writer.h"
#include "table/lock_wait.h"
#include "utils/memutils.h"
#include "value/error_codes.h"

/* What is in the DETAIL {"Item": ...} of a failed condition; NULL without one. */
static const char *
DetailItem(const ErrorData *error)
{
	static const char prefix[] = "{\"Item\":";
	int			len = error->detail ? strlen(error->detail) : 0;

	if (len < (int) sizeof(prefix) || strncmp(error->detail, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	return pnstrdup(error->detail + sizeof(prefix) - 1, len - sizeof(prefix));
}

/* The code of a reason for an error, or NULL if it is none. */
static const char *
ReasonCode(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_DYNAMO_CONDITIONAL_CHECK_FAILED:
			return "ConditionalCheckFailed";
		case ERRCODE_DYNAMO_VALIDATION:
		case ERRCODE_CHECK_VIOLATION:
		case ERRCODE_NOT_NULL_VIOLATION:
		case ERRCODE_FOREIGN_KEY_VIOLATION:
		case ERRCODE_UNIQUE_VIOLATION:
		case ERRCODE_EXCLUSION_VIOLATION:
		case ERRCODE_RAISE_EXCEPTION:
			return "ValidationError";
		case ERRCODE_LOCK_NOT_AVAILABLE:
			return LockWaitIsFinal() ? "TransactionConflict" : NULL;
		case ERRCODE_T_R_DEADLOCK_DETECTED:
		case ERRCODE_T_R_SERIALIZATION_FAILURE:
			return "TransactionConflict";
		default:
			return NULL;
	}
}

bool
TransactTakeReason(CancellationReason *reason, MemoryContext context)
{
	const char *code = ReasonCode(geterrcode());
	MemoryContext caller;
	ErrorData  *error;

	if (code == NULL)
		return false;
	caller = MemoryContextSwitchTo(context);
	error = CopyErrorData();
	FlushErrorState();
	reason->code = code;
	reason->message = error->message;
	if (strcmp(code, "TransactionConflict") == 0)
		reason->message = "Transaction is ongoing for the item";
	reason->item = DetailItem(error);
	MemoryContextSwitchTo(caller);
	return true;
}

static void
ReasonToJson(StringInfo out, const CancellationReason *reason)
{
	appendStringInfoChar(out, '{');
	JsonMemberString(out, "Code", reason->code ? reason->code : "None");
	if (reason->message)
		JsonMemberString(out, "Message", reason->message);
	if (reason->item)
	{
		JsonKeyName(out, "Item");
		appendStringInfoString(out, reason->item);
	}
	appendStringInfoChar(out, '}');
}

static void
RaiseCanceled(const CancellationReason *reasons, int count)
{
	StringInfoData codes;
	StringInfoData detail;

	initStringInfo(&codes);
	initStringInfo(&detail);
	appendStringInfoString(&detail, "{\"CancellationReasons\":[");
	for (int i = 0; i < count; i++)
	{
		appendStringInfo(&codes, "%s%s", i > 0 ? ", " : "", reasons[i].code ? reasons[i].code : "None");
		JsonElement(&detail);
		ReasonToJson(&detail, &reasons[i]);
	}
	appendStringInfoString(&detail, "]}");
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_TRANSACTION_CANCELED),
			 errmsg("Transaction cancelled, please refer cancellation reasons for specific reasons [%s]",
					codes.data),
			 errdetail_internal("%s", detail.data)));
}

void
TransactCheckReasons(const CancellationReason *reasons, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (reasons[i].code)
			RaiseCanceled(reasons, count);
	}
}

void
TransactRaiseDuplicate(void)
{
	RaiseValidation("Transaction request cannot include multiple operations on one item");
}
