/*
 * databases.h
 *	  The databases that the background workers serve.
 */
#ifndef DYNAMO_DATABASES_H
#define DYNAMO_DATABASES_H

#include "nodes/pg_list.h"

typedef struct ServedDatabase
{
	const char *name;
	int			port;			/* of its endpoint; 0: dynamo.port */
	int			workers;		/* of its endpoint; -1: dynamo.workers */
} ServedDatabase;

/* Declares dynamo.databases. */
extern void DatabasesInit(void);

/*
 * dynamo.database, then those of dynamo.databases, in their order: pointers to
 * ServedDatabase, in the current memory context.
 */
extern List *DatabasesServed(void);

#endif							/* DYNAMO_DATABASES_H */
