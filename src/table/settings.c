/*
 * settings.c
 *	  Settings of the table floor.
 */
#include "base/compat.h"

#include "table/settings.h"
#include "utils/guc.h"

#define DEFAULT_PARTITIONS	8
#define MAX_PARTITIONS		1024

char	   *dynamo_schema = NULL;
int			dynamo_partitions = DEFAULT_PARTITIONS;

void
TableSettingsInit(void)
{
	DefineCustomStringVariable("dynamo.schema",
							   "Schema in which CreateTable makes item tables.",
							   NULL,
							   &dynamo_schema,
							   "public",
							   PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("dynamo.partitions",
							"Number of hash partitions of a new item table.",
							"Tables that exist keep the number they were made with.",
							&dynamo_partitions,
							DEFAULT_PARTITIONS, 1, MAX_PARTITIONS,
							PGC_USERSET, 0, NULL, NULL, NULL);
}
