/*
 * settings.h
 *	  Settings of the table floor.
 */
#ifndef DYNAMO_TABLE_SETTINGS_H
#define DYNAMO_TABLE_SETTINGS_H

extern char *dynamo_schema;		/* dynamo.schema: where CreateTable puts roots */
extern int	dynamo_partitions;	/* dynamo.partitions: leaves of a new table */

extern void TableSettingsInit(void);

#endif							/* DYNAMO_TABLE_SETTINGS_H */
