/*
 * index_trigger.c
 *	  An index kept by hand, for test/bench/index_copy: an AFTER ROW trigger
 *	  that inserts the entry of a new item by a prepared statement.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/rel.h"

PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(keep_entry);

#define COLUMNS	3

static SPIPlanPtr
Prepare(const Trigger *trigger, TupleDesc desc)
{
	Oid			types[COLUMNS];
	SPIPlanPtr	plan;

	for (int i = 0; i < COLUMNS; i++)
		types[i] = TupleDescAttr(desc, i)->atttypid;
	plan = SPI_prepare(psprintf("INSERT INTO %s VALUES ($3 ->> 'gpk', ($3 ->> 'gsk')::numeric, $1, $2, $3)",
								trigger->tgargs[0]),
					   COLUMNS, types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed");
	SPI_keepplan(plan);
	return plan;
}

/* Its argument is the name of the table of entries. */
Datum
keep_entry(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	TriggerData *data = (TriggerData *) fcinfo->context;
	TupleDesc	desc = RelationGetDescr(data->tg_relation);
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS];

	heap_deform_tuple(data->tg_trigtuple, desc, values, nulls);
	SPI_connect();
	if (plan == NULL)
		plan = Prepare(data->tg_trigger, desc);
	if (SPI_execute_plan(plan, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "SPI_execute_plan failed");
	SPI_finish();
	return PointerGetDatum(NULL);
}
