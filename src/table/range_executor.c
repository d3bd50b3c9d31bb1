/*
 * range_executor.c
 *	  Ordered reads by the executor.
 *
 * There is one saved plan for each form of a range: with or without partition
 * key and start, forward or backward, and the operators of its bounds.  The
 * cursor is a portal that belongs to the transaction; SPI is only connected
 * while rows are fetched, so that whoever reads may do what he likes between.
 */
#include "base/compat.h"

#include "table/range_executor.h"
#include "table/store_executor.h"
#include "utils/portal.h"

/* How many rows are fetched at once, at most: an item may have 400 KB. */
#define FETCH_ROWS		16

/* The bits of a plan's number. */
#define FORM_HASH		0x01
#define FORM_BACKWARD	0x02
#define FORM_START		0x04
#define FORM_BOUND_SHIFT	3	/* two strategies of three bits each */
#define FORM_BOUND_BITS	3

/* An item table's sort key has one attribute, so a range no more than two bounds. */
#define MAX_BOUNDS		2
#define MAX_VALUES		(1 + MAX_BOUNDS + TABLE_MAX_KEYS)

struct RangeCursor
{
	Portal		portal;
	Snapshot	snapshot;		/* the range's */
	MemoryContext context;		/* of the rows that have been fetched */
	DynamoItem *items[FETCH_ROWS];
	int			count;
	int			next;
	int			fetch;			/* how many to fetch */
};

static int
FormOf(const RangeSpec *spec)
{
	int			form = (spec->has_hash ? FORM_HASH : 0) | (spec->backward ? FORM_BACKWARD : 0) |
		(spec->start ? FORM_START : 0);

	Assert(spec->nbounds <= MAX_BOUNDS);
	for (int i = 0; i < spec->nbounds; i++)
		form |= spec->bounds[i].strategy << (FORM_BOUND_SHIFT + i * FORM_BOUND_BITS);
	return form;
}

/* The columns that a range with that form goes through, in its order, start with this one. */
static int
FirstOrdered(int form)
{
	return form & FORM_HASH ? 1 : 0;
}

/* "(p, r) > ($1, $2)", which is where the page before ended. */
static void
AppendStart(ExecutorStatement *statement, TableDesc *table, int form)
{
	const char *operator = form & FORM_BACKWARD ? "<" : ">";

	appendStringInfoChar(&statement->sql, '(');
	for (int i = FirstOrdered(form); i < table->nkeys; i++)
	{
		ExecutorAppendKey(statement, table, i);
		appendStringInfoString(&statement->sql, i + 1 < table->nkeys ? ", " : "");
	}
	appendStringInfo(&statement->sql, ") OPERATOR(pg_catalog.%s) (", operator);
	for (int i = FirstOrdered(form); i < table->nkeys; i++)
	{
		ExecutorAppendKeyParameter(statement, table, i);
		appendStringInfoString(&statement->sql, i + 1 < table->nkeys ? ", " : "");
	}
	appendStringInfoChar(&statement->sql, ')');
}

static void
AppendConditions(ExecutorStatement *statement, TableDesc *table, int form)
{
	static const char *const operators[] = {"", "<", "<=", "=", ">=", ">"};
	const char *glue = " WHERE ";

	if (form & FORM_HASH)
	{
		appendStringInfoString(&statement->sql, glue);
		ExecutorAppendKey(statement, table, 0);
		appendStringInfoString(&statement->sql, " OPERATOR(pg_catalog.=) ");
		ExecutorAppendKeyParameter(statement, table, 0);
		glue = " AND ";
	}
	for (int rest = form >> FORM_BOUND_SHIFT; rest; rest >>= FORM_BOUND_BITS)
	{
		appendStringInfoString(&statement->sql, glue);
		ExecutorAppendKey(statement, table, 1);
		appendStringInfo(&statement->sql, " OPERATOR(pg_catalog.%s) ",
						 operators[rest & ((1 << FORM_BOUND_BITS) - 1)]);
		ExecutorAppendKeyParameter(statement, table, 1);
	}
	if (form & FORM_START)
	{
		appendStringInfoString(&statement->sql, glue);
		AppendStart(statement, table, form);
	}
}

static void
AppendRange(ExecutorStatement *statement, TableDesc *table, int number)
{
	int			form = number - EXECUTOR_RANGE_PLANS;

	appendStringInfoString(&statement->sql, "SELECT item FROM ");
	ExecutorAppendTable(statement, table);
	AppendConditions(statement, table, form);
	for (int i = FirstOrdered(form); i < table->nkeys; i++)
	{
		appendStringInfoString(&statement->sql, i == FirstOrdered(form) ? " ORDER BY " : ", ");
		ExecutorAppendKey(statement, table, i);
		appendStringInfoString(&statement->sql, form & FORM_BACKWARD ? " DESC" : "");
	}
}

/* The parameters, in the order in which AppendConditions() writes them. */
static void
FillValues(Datum values[MAX_VALUES], const TableDesc *table, const RangeSpec *spec)
{
	int			n = 0;

	if (spec->has_hash)
		values[n++] = spec->hash[0];
	for (int i = 0; i < spec->nbounds; i++)
		values[n++] = spec->bounds[i].datum;
	if (spec->start)
	{
		for (int i = FirstOrdered(FormOf(spec)); i < table->nkeys; i++)
			values[n++] = spec->start->datums[i];
	}
}

RangeCursor *
RangeCursorOpen(TableDesc *table, const RangeSpec *spec, Snapshot snapshot)
{
	RangeCursor *cursor = palloc0(sizeof(RangeCursor));
	Datum		values[MAX_VALUES];

	cursor->context = AllocSetContextCreate(CurrentMemoryContext, "dynamo range cursor",
											ALLOCSET_DEFAULT_SIZES);
	cursor->snapshot = snapshot;
	cursor->fetch = 1;
	FillValues(values, table, spec);
	ExecutorConnect(snapshot);
	cursor->portal = SPI_cursor_open(NULL,
									 ExecutorPlanFor(table, EXECUTOR_RANGE_PLANS + FormOf(spec), AppendRange),
									 values, NULL, true);
	ExecutorDisconnect();
	return cursor;
}

/* Fetches the next rows: one at first, more if there seems to be a demand. */
static void
Fetch(RangeCursor *cursor)
{
	MemoryContextReset(cursor->context);
	ExecutorConnect(cursor->snapshot);
	SPI_cursor_fetch(cursor->portal, true, cursor->fetch);
	cursor->count = (int) SPI_processed;
	cursor->next = 0;
	for (int i = 0; i < cursor->count; i++)
		cursor->items[i] = ExecutorCopyItem(SPI_tuptable, i, cursor->context);
	ExecutorDisconnect();
	cursor->fetch = Min(cursor->fetch * 2, FETCH_ROWS);
}

DynamoItem *
RangeCursorNext(RangeCursor *cursor)
{
	if (cursor->next == cursor->count)
		Fetch(cursor);
	return cursor->count == 0 ? NULL : cursor->items[cursor->next++];
}

void
RangeCursorClose(RangeCursor *cursor)
{
	SPI_cursor_close(cursor->portal);
	MemoryContextDelete(cursor->context);
	pfree(cursor);
}
