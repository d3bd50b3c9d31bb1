/*
 * store_executor.c
 *	  The executor store: one item by statements that PostgreSQL's executor runs.
 *
 * Plans are generic from the start: a custom one would be made for each key,
 * which costs more than running it.  They are PostgreSQL's saved plans, which
 * know by themselves when a role with other policies needs another one.
 *
 * An insertion runs in a subtransaction, because only the error of the primary
 * key's index tells that there is an item, whether the role may see it or not.
 * ON CONFLICT would not do: not every partition can have an arbiter, and what
 * it says when nothing was inserted may as well come from a trigger.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "table/leaf_keys.h"
#include "table/store_executor.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

/* What each row of the statements below is about. */
typedef enum PointPlan
{
	PLAN_GET,
	PLAN_HOLD,
	PLAN_INSERT,
	PLAN_INSERT_RETURNING,
	PLAN_UPDATE,
	PLAN_UPDATE_RETURNING,
	PLAN_DELETE
} PointPlan;

typedef struct ExecutorPlan
{
	int			number;
	SPIPlanPtr	plan;
	struct ExecutorPlan *next;
} ExecutorPlan;

/* ---- the choice ---- */

bool
ExecutorHasRowSecurity(const TableDesc *table)
{
	return table->row_security && check_enable_rls(table->relid, InvalidOid, true) == RLS_ENABLED;
}

bool
ExecutorReads(const TableDesc *table)
{
	return table->foreign_parts || ExecutorHasRowSecurity(table);
}

bool
ExecutorWrites(const TableDesc *table)
{
	return table->executor_writes || ExecutorReads(table);
}

void
ExecutorRaiseForbidden(const TableDesc *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("row-level security of table \"%s\" forbids to change the item",
					get_rel_name(table->relid)),
			 err_generic_string(PG_DIAG_TABLE_NAME, table->table_name)));
}

/* ---- plans ---- */

/* When the description goes: nobody runs its plans then. */
static void
FreePlans(void *arg)
{
	TableDesc  *table = arg;

	for (ExecutorPlan *plan = table->plans; plan; plan = plan->next)
		SPI_freeplan(plan->plan);
}

/* Keeps a plan with the description. */
static void
KeepPlan(TableDesc *table, int number, SPIPlanPtr plan)
{
	ExecutorPlan *kept = MemoryContextAlloc(table->context, sizeof(ExecutorPlan));

	if (table->plans == NULL)
	{
		MemoryContextCallback *callback;

		callback = MemoryContextAllocZero(table->context, sizeof(MemoryContextCallback));
		callback->func = FreePlans;
		callback->arg = table;
		MemoryContextRegisterResetCallback(table->context, callback);
	}
	kept->number = number;
	kept->plan = plan;
	kept->next = table->plans;
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	table->plans = kept;
}

SPIPlanPtr
ExecutorPlanFor(TableDesc *table, int number, ExecutorAppend append)
{
	ExecutorStatement statement = {.nparams = 0};
	SPIPlanPtr	plan;

	for (ExecutorPlan *kept = table->plans; kept; kept = kept->next)
	{
		if (kept->number == number)
			return kept->plan;
	}
	initStringInfo(&statement.sql);
	append(&statement, table, number);
	plan = SPI_prepare_cursor(statement.sql.data, statement.nparams, statement.types,
							  CURSOR_OPT_GENERIC_PLAN | CURSOR_OPT_NO_SCROLL | CURSOR_OPT_FAST_PLAN);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	KeepPlan(table, number, plan);
	return plan;
}

void
ExecutorAppendTable(ExecutorStatement *statement, const TableDesc *table)
{
	char	   *schema = get_namespace_name(get_rel_namespace(table->relid));

	appendStringInfoString(&statement->sql, quote_qualified_identifier(schema, get_rel_name(table->relid)));
}

void
ExecutorAppendKey(ExecutorStatement *statement, const TableDesc *table, int key)
{
	char	   *column = get_attname(table->relid, table->keys[key].column, false);

	appendStringInfoString(&statement->sql, quote_identifier(column));
}

static void
AppendParameter(ExecutorStatement *statement, Oid type)
{
	statement->types[statement->nparams++] = type;
	appendStringInfo(&statement->sql, "$%d", statement->nparams);
}

void
ExecutorAppendKeyParameter(ExecutorStatement *statement, const TableDesc *table, int key)
{
	AppendParameter(statement, table->keys[key].column_type);
}

/* " WHERE p = $1 AND r = $2" */
static void
AppendWhere(ExecutorStatement *statement, const TableDesc *table)
{
	for (int i = 0; i < table->nkeys; i++)
	{
		appendStringInfoString(&statement->sql, i == 0 ? " WHERE " : " AND ");
		ExecutorAppendKey(statement, table, i);
		appendStringInfoString(&statement->sql, " OPERATOR(pg_catalog.=) ");
		ExecutorAppendKeyParameter(statement, table, i);
	}
}

/* "INSERT INTO t (p, r, item) VALUES ($1, $2, $3)" */
static void
AppendInsert(ExecutorStatement *statement, const TableDesc *table, Oid item_type)
{
	appendStringInfoString(&statement->sql, "INSERT INTO ");
	ExecutorAppendTable(statement, table);
	appendStringInfoString(&statement->sql, " (");
	for (int i = 0; i < table->nkeys; i++)
	{
		ExecutorAppendKey(statement, table, i);
		appendStringInfoString(&statement->sql, ", ");
	}
	appendStringInfoString(&statement->sql, "item) VALUES (");
	for (int i = 0; i < table->nkeys; i++)
	{
		ExecutorAppendKeyParameter(statement, table, i);
		appendStringInfoString(&statement->sql, ", ");
	}
	AppendParameter(statement, item_type);
	appendStringInfoChar(&statement->sql, ')');
}

/* The item's parameter stands behind the keys' in every statement, first in the text here. */
static void
AppendUpdate(ExecutorStatement *statement, const TableDesc *table, Oid item_type)
{
	appendStringInfoString(&statement->sql, "UPDATE ");
	ExecutorAppendTable(statement, table);
	appendStringInfo(&statement->sql, " SET item = $%d", table->nkeys + 1);
	AppendWhere(statement, table);
	statement->types[statement->nparams++] = item_type;
}

static void
AppendPointStatement(ExecutorStatement *statement, TableDesc *table, int number)
{
	Oid			item_type = get_atttype(table->relid, get_attnum(table->relid, "item"));

	switch ((PointPlan) number)
	{
		case PLAN_GET:
		case PLAN_HOLD:
			appendStringInfoString(&statement->sql, "SELECT item FROM ");
			ExecutorAppendTable(statement, table);
			AppendWhere(statement, table);
			if (number == PLAN_HOLD)
				appendStringInfoString(&statement->sql, " FOR SHARE");
			return;
		case PLAN_INSERT:
		case PLAN_INSERT_RETURNING:
			AppendInsert(statement, table, item_type);
			break;
		case PLAN_UPDATE:
		case PLAN_UPDATE_RETURNING:
			AppendUpdate(statement, table, item_type);
			break;
		case PLAN_DELETE:
			appendStringInfoString(&statement->sql, "DELETE FROM ");
			ExecutorAppendTable(statement, table);
			AppendWhere(statement, table);
			return;
	}
	if (number == PLAN_INSERT_RETURNING || number == PLAN_UPDATE_RETURNING)
		appendStringInfoString(&statement->sql, " RETURNING item");
}

/* ---- running them ---- */

void
ExecutorConnect(Snapshot snapshot)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	PushActiveSnapshot(snapshot ? snapshot : GetTransactionSnapshot());
}

void
ExecutorDisconnect(void)
{
	PopActiveSnapshot();
	SPI_finish();
}

DynamoItem *
ExecutorCopyItem(SPITupleTable *rows, uint64 row, MemoryContext context)
{
	bool		isnull;
	Datum		datum = SPI_getbinval(rows->vals[row], rows->tupdesc, 1, &isnull);
	MemoryContext caller = MemoryContextSwitchTo(context);
	DynamoItem *item;

	if (isnull)
		elog(ERROR, "item column of an item table is null");
	item = (DynamoItem *) PG_DETOAST_DATUM_COPY(datum);
	MemoryContextSwitchTo(caller);
	return item;
}

/*
 * Runs a statement on one key; true if it had a row.  Its item goes to *found,
 * if not NULL.  With a snapshot it reads as of that, else it takes a new one and
 * may write.
 */
static bool
Run(PointPlan number, TableDesc *table, const ItemKey *key, DynamoItem *item, Snapshot snapshot,
	DynamoItem **found)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[DESC_MAX_KEYS + 1];
	bool		any;
	int			result;

	memcpy(values, key->datums, table->nkeys * sizeof(Datum));
	values[table->nkeys] = PointerGetDatum(item);
	ExecutorConnect(snapshot);
	result = SPI_execute_snapshot(ExecutorPlanFor(table, number, AppendPointStatement), values, NULL,
								  snapshot, InvalidSnapshot, snapshot != InvalidSnapshot, true, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
	any = SPI_processed > 0;
	if (any && found)
		*found = ExecutorCopyItem(SPI_tuptable, 0, caller);
	ExecutorDisconnect();
	return any;
}

DynamoItem *
ExecutorGet(TableDesc *table, const ItemKey *key, Snapshot snapshot)
{
	DynamoItem *item = NULL;

	Run(PLAN_GET, table, key, NULL, snapshot, &item);
	return item;
}

/* A statement that should have had its row: row security or a trigger kept it from that. */
static void
CheckDone(const TableDesc *table, bool done)
{
	if (!done && ExecutorHasRowSecurity(table))
		ExecutorRaiseForbidden(table);
}

void
ExecutorUpdate(TableDesc *table, const ItemKey *key, DynamoItem *item, DynamoItem **stored)
{
	PointPlan	number = stored ? PLAN_UPDATE_RETURNING : PLAN_UPDATE;

	CheckDone(table, Run(number, table, key, item, InvalidSnapshot, stored));
}

void
ExecutorDelete(TableDesc *table, const ItemKey *key)
{
	CheckDone(table, Run(PLAN_DELETE, table, key, NULL, InvalidSnapshot, NULL));
}

void
ExecutorHold(TableDesc *table, const ItemKey *key)
{
	CheckDone(table, Run(PLAN_HOLD, table, key, NULL, InvalidSnapshot, NULL));
}

/*
 * Whether the error comes from the leaf's primary key.  A foreign server does
 * not say which constraint it was.
 */
static bool
IsKeyConflict(const ErrorData *error, const TableLeaf *leaf)
{
	if (error->sqlerrcode != ERRCODE_UNIQUE_VIOLATION)
		return false;
	if (!OidIsValid(leaf->index))
		return true;
	return error->constraint_name && strcmp(error->constraint_name, get_rel_name(leaf->index)) == 0 &&
		error->table_name && strcmp(error->table_name, get_rel_name(leaf->relid)) == 0;
}

ErrorData *
ExecutorInsert(TableDesc *table, const TableLeaf *leaf, const ItemKey *key, DynamoItem *item,
			   DynamoItem **stored)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		Run(stored ? PLAN_INSERT_RETURNING : PLAN_INSERT, table, key, item, InvalidSnapshot, stored);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (error && !IsKeyConflict(error, leaf))
		ReThrowError(error);
	return error;
}
