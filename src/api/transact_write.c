/*
 * transact_write.c
 *	  TransactWriteItems: up to 100 puts, updates, deletes and checks, all or
 *	  nothing.
 *
 * The actions run in the order of table and key, so that two transactions do
 * not wait for each other in a circle; before the first, all locks on keys are
 * taken (store.h).  An action that fails does not end the work: the reasons of
 * all are reported together, and the error undoes what was written.
 */
#include "base/compat.h"

#include "api/batch.h"
#include "api/item_write.h"
#include "api/operations.h"
#include "api/request_member.h"
#include "api/transact.h"
#include "base/json_writer.h"
#include "miscadmin.h"
#include "table/index_entry.h"
#include "table/transaction_token.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "value/error_codes.h"
#include "value/item_json.h"

/* In a transaction everything costs twice. */
#define TRANSACTION_FACTOR	2

typedef struct TransactWrite
{
	int			count;
	ItemWrite  *writes;
	BatchEntry *entries;		/* the same by table and key, for sorting */
	CancellationReason *reasons;
} TransactWrite;

/* A write and where its reason goes. */
typedef struct Action
{
	ItemWrite  *write;
	CancellationReason *reason;
	MemoryContext context;		/* where the reason's texts go */
} Action;

/* ---- reading ---- */

/* The one member of a TransactWriteItem. */
static const JsonNode *
FindAction(const JsonNode *item, ItemWriteKind *kind)
{
	static const char *const names[] = {
		[ITEM_WRITE_PUT] = "Put",
		[ITEM_WRITE_UPDATE] = "Update",
		[ITEM_WRITE_DELETE] = "Delete",
		[ITEM_WRITE_CHECK] = "ConditionCheck",
	};
	const JsonNode *found = NULL;

	for (int i = 0; i < (int) lengthof(names); i++)
	{
		const JsonNode *member = RequestMember(item, names[i]);

		if (member == NULL)
			continue;
		if (found)
			RaiseValidation("TransactItems can only contain one of Check, Put, Update or Delete");
		found = member;
		*kind = (ItemWriteKind) i;
	}
	if (found == NULL)
		RaiseValidation("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
	return found;
}

static void
ReadActions(TransactWrite *transact, const JsonNode *items)
{
	uint64		size = 0;

	transact->writes = palloc(items->count * sizeof(ItemWrite));
	transact->entries = palloc0(items->count * sizeof(BatchEntry));
	transact->reasons = palloc0(items->count * sizeof(CancellationReason));
	JsonForEach(item, items)
	{
		ItemWriteKind kind = ITEM_WRITE_PUT;
		const JsonNode *action = FindAction(item, &kind);

		CHECK_FOR_INTERRUPTS();
		ItemWriteRead(&transact->writes[transact->count], kind, action);
		size += ItemSize(transact->writes[transact->count++].given);
	}
	if (size > TRANSACT_MAX_SIZE)
		RaiseValidation(psprintf("Transaction payload size cannot exceed 4MB. Payload Size: " UINT64_FORMAT, size));
}

/* Makes the key; what is wrong with it becomes the reason. */
static void
MakeKey(ItemWrite *write, CancellationReason *reason)
{
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		ItemWriteMakeKey(write);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		if (!TransactTakeReason(reason, context))
			PG_RE_THROW();
	}
	PG_END_TRY();
}

/* What may insert locks the key as who inserts does, anything else as who holds an absence. */
static LOCKMODE
KeyLockOf(ItemWriteKind kind)
{
	return kind == ITEM_WRITE_PUT || kind == ITEM_WRITE_UPDATE ? RowExclusiveLock : ShareLock;
}

/* Opens the tables and makes the keys. */
static void
OpenTables(TransactWrite *transact)
{
	for (int i = 0; i < transact->count; i++)
		ItemWriteOpen(&transact->writes[i]);
	for (int i = 0; i < transact->count; i++)
		MakeKey(&transact->writes[i], &transact->reasons[i]);
	TransactCheckReasons(transact->reasons, transact->count);
	for (int i = 0; i < transact->count; i++)
	{
		BatchEntry *entry = &transact->entries[i];

		entry->table_index = i;
		entry->table = transact->writes[i].table;
		entry->key = transact->writes[i].key;
		entry->key_lock = KeyLockOf(transact->writes[i].kind);
		for (int j = 0; j < i && entry->capacity == NULL; j++)
		{
			if (transact->entries[j].table->relid == entry->table->relid)
				entry->capacity = transact->entries[j].capacity;
		}
		if (entry->capacity == NULL)
			entry->capacity = ConsumedNothing(entry->table);
	}
	if (BatchHasDuplicates(transact->entries, transact->count))
		TransactRaiseDuplicate();
}

/* ---- running ---- */

/* What the indexes have against the item would come too late from the store. */
static void
CheckIndexes(const TableDesc *table, const DynamoItem *item)
{
	for (int i = 0; item && i < table->nindexes; i++)
		(void) IndexEntryOf(&table->indexes[i], item);
}

/*
 * ItemWriteDecide(), whose error becomes the action's reason.  It only reads
 * and builds in memory, so the error leaves nothing to clean up.  A delete of
 * what is not there holds that, as a check does.
 */
static StoreAction
Decide(const DynamoItem *old, void *arg, DynamoItem **item)
{
	Action	   *action = arg;
	volatile StoreAction result = STORE_NOTHING;

	PG_TRY();
	{
		result = ItemWriteDecide(old, action->write, item);
		CheckIndexes(action->write->table, action->write->after);
		if (result == STORE_DELETE && old == NULL)
			result = STORE_HOLD;
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(action->context);
		if (!TransactTakeReason(action->reason, action->context))
			PG_RE_THROW();
		result = STORE_NOTHING;
	}
	PG_END_TRY();
	return result;
}

/* Runs one action; one that loses against another transaction ends everything. */
static void
RunAction(TransactWrite *transact, int i, bool keep_old)
{
	MemoryContext context = CurrentMemoryContext;
	ItemWrite  *write = &transact->writes[i];
	Action		action = {write, &transact->reasons[i], context};

	PG_TRY();
	{
		write->before = StoreModify(write->table, &write->key, Decide, &action, keep_old, NULL);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		if (!TransactTakeReason(&transact->reasons[i], context))
			PG_RE_THROW();
		TransactCheckReasons(transact->reasons, transact->count);
	}
	PG_END_TRY();
}

/* Takes the locks on all keys; who waits for one too long has lost as well. */
static void
LockKeys(TransactWrite *transact)
{
	MemoryContext context = CurrentMemoryContext;
	volatile int locking = 0;

	PG_TRY();
	{
		BatchLockKeys(transact->entries, transact->count, &locking);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		if (!TransactTakeReason(&transact->reasons[locking], context))
			PG_RE_THROW();
		TransactCheckReasons(transact->reasons, transact->count);
	}
	PG_END_TRY();
}

static void
RunActions(TransactWrite *transact, bool keep_old)
{
	BatchEntry **sorted = BatchSort(transact->entries, transact->count);

	LockKeys(transact);
	for (int i = 0; i < transact->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		RunAction(transact, sorted[i]->table_index, keep_old);
	}
	TransactCheckReasons(transact->reasons, transact->count);
}

/* ---- the token ---- */

/* The request as far as the service compares it, in a form of its own. */
static char *
ContentOf(const JsonNode *items)
{
	StringInfoData text;

	initStringInfo(&text);
	JsonTree(&text, items);
	return DatumGetCString(DirectFunctionCall1(jsonb_out,
											   DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data))));
}

/* Whether the transaction was committed before, under the token of the request. */
static bool
IsRepeated(const char *token, const char *content)
{
	switch (TokenLookup(token, content))
	{
		case TOKEN_NEW:
			return false;
		case TOKEN_SAME:
			return true;
		case TOKEN_OTHER:
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_IDEMPOTENT_MISMATCH),
					 errmsg("The specified idempotent token was used with different request parameters")));
			break;
		case TOKEN_IN_PROGRESS:
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_TRANSACTION_IN_PROGRESS),
					 errmsg("The transaction with the given request token is already in progress")));
			break;
	}
	return false;
}

/* ---- the reply ---- */

/* A transaction that was committed before costs reading its items. */
static void
CountCapacity(TransactWrite *transact, bool repeated)
{
	for (int i = 0; i < transact->count; i++)
	{
		ItemWrite  *write = &transact->writes[i];
		Capacity   *capacity = transact->entries[i].capacity;

		for (int turn = 0; turn < TRANSACTION_FACTOR; turn++)
		{
			if (repeated)
				ConsumeUnits(capacity, NULL, ReadUnits(ItemSize(write->given), true));
			else
				ConsumeWrite(capacity, write->table, write->before,
							 write->kind == ITEM_WRITE_CHECK ? write->before : write->after);
		}
	}
}

void
TransactWriteItemsRun(const JsonNode *request, StringInfo reply)
{
	const JsonNode *items = RequestMember(request, "TransactItems");
	const char *token = RequestString(request, "ClientRequestToken");
	ReturnCapacity capacity = ReturnCapacityOf(request);
	char	   *content = token ? ContentOf(items) : NULL;
	TransactWrite transact = {0};
	bool		repeated;

	ReadActions(&transact, items);
	OpenTables(&transact);
	repeated = token && IsRepeated(token, content);
	if (!repeated)
		RunActions(&transact, capacity != RETURN_CAPACITY_NONE);
	if (token && !repeated)
		TokenKeep(token, content);

	CountCapacity(&transact, repeated);
	appendStringInfoChar(reply, '{');
	BatchCapacityToJson(reply, transact.entries, transact.count, capacity);
	appendStringInfoChar(reply, '}');
}
