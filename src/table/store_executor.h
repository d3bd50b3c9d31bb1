/*
 * store_executor.h
 *	  The executor store: one item by statements that PostgreSQL's executor runs.
 *
 * For tables on which something else must have its say.  The choice is made
 * from the relcache, for each table and role:
 *
 *	- reads: row security that applies to the role, or a partition that is a
 *	  foreign table or of another access method;
 *	- writes: those, and triggers, foreign keys, CHECK constraints and columns
 *	  besides the keys and the item (generated, or with defaults).
 *
 * The statements run on the root as the current role, by saved plans that
 * live as long as the table's description.  PostgreSQL checks what it checks of
 * any statement: a write needs SELECT as well, as an UPDATE with a WHERE does.
 *
 * Nothing here loops or waits for its turn; store.c does.
 */
#ifndef DYNAMO_STORE_EXECUTOR_H
#define DYNAMO_STORE_EXECUTOR_H

#include "executor/spi.h"
#include "table/store.h"

extern bool ExecutorReads(const TableDesc *table);
extern bool ExecutorWrites(const TableDesc *table);

/* Whether row security applies to the current role. */
extern bool ExecutorHasRowSecurity(const TableDesc *table);

/* As StoreGetAsOf(). */
extern DynamoItem *ExecutorGet(TableDesc *table, const ItemKey *key, Snapshot snapshot);

/*
 * Inserts the item.  NULL: done, unless a trigger would not have it.  Else the
 * error that an item with that key is there, seen or not; nothing else has
 * happened then.  *stored, if not NULL, becomes what was stored.
 */
extern ErrorData *ExecutorInsert(TableDesc *table, const TableLeaf *leaf, const ItemKey *key,
								 DynamoItem *item, DynamoItem **stored);

/*
 * Updates, deletes or share-locks the item of the key, which the role sees and
 * which no other transaction can change meanwhile.  Raises an error if row
 * security forbids it.  What a trigger would not have is not done.
 */
extern void ExecutorUpdate(TableDesc *table, const ItemKey *key, DynamoItem *item, DynamoItem **stored);
extern void ExecutorDelete(TableDesc *table, const ItemKey *key);
extern void ExecutorHold(TableDesc *table, const ItemKey *key);

/* Raises the error for an item that row security keeps from the role. */
extern void ExecutorRaiseForbidden(const TableDesc *table) pg_attribute_noreturn();

/*
 * The saved plan of that number, of statements whose text append writes when
 * it is needed first; with the types of the parameters.  For this file and
 * range_executor.c, which have numbers below and from EXECUTOR_RANGE_PLANS on.
 */
#define EXECUTOR_RANGE_PLANS	0x100

typedef struct ExecutorStatement
{
	StringInfoData sql;
	int			nparams;
	Oid			types[DESC_MAX_KEYS + 4];
} ExecutorStatement;

typedef void (*ExecutorAppend) (ExecutorStatement *statement, TableDesc *table, int number);

extern SPIPlanPtr ExecutorPlanFor(TableDesc *table, int number, ExecutorAppend append);

/* Parts of a statement: the table, a key's column, a parameter of a key's type. */
extern void ExecutorAppendTable(ExecutorStatement *statement, const TableDesc *table);
extern void ExecutorAppendKey(ExecutorStatement *statement, const TableDesc *table, int key);
extern void ExecutorAppendKeyParameter(ExecutorStatement *statement, const TableDesc *table, int key);

/*
 * To SPI and back.  SPI wants an active snapshot, which a worker of the endpoint
 * does not have by itself; InvalidSnapshot: a new one.
 */
extern void ExecutorConnect(Snapshot snapshot);
extern void ExecutorDisconnect(void);

/* Copies the item of a row, whose first column it is, to the context. */
extern DynamoItem *ExecutorCopyItem(SPITupleTable *rows, uint64 row, MemoryContext context);

#endif							/* DYNAMO_STORE_EXECUTOR_H */
