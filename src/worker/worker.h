/*
 * worker.h
 *	  What every background worker of the extension does alike: being
 *	  registered, starting, minding signals, ending.
 *
 * A worker's main function is
 *
 *		WorkerStart();
 *		while (!WorkerStopRequested())
 *		{
 *			WaitEventSetWait(...);
 *			WorkerProcessInterrupts();
 *			...
 *		}
 *		proc_exit(1);
 *
 * Exit status 1, because the postmaster does not start a worker again that
 * has returned 0.
 */
#ifndef DYNAMO_WORKER_H
#define DYNAMO_WORKER_H

/*
 * Declares the settings that all workers share.  Only while the library is
 * preloaded.
 */
extern void WorkerInit(void);

/* dynamo.database. */
extern const char *WorkerDatabase(void);

/*
 * Registers a static background worker that runs the library's function of
 * that name with an integer for argument; type is what pg_stat_activity shows
 * as backend_type.  Only while the library is preloaded.
 */
extern void WorkerRegister(const char *name, const char *type, const char *function, int argument);

/* The same for one that works on a hot standby, too, and goes on after its promotion. */
extern void WorkerRegisterForStandby(const char *name, const char *type, const char *function, int argument);

/*
 * Installs the signal handlers and connects to dynamo.database.  After this,
 * an error outside PG_TRY ends the worker where it is raised, and
 * pg_cancel_backend() is held back (WorkerAllowCancel).
 */
extern void WorkerStart(void);

/* The same for another database (databases.h). */
extern void WorkerStartIn(const char *database_name);

/* True once the worker was told to end. */
extern bool WorkerStopRequested(void);

/*
 * Does what other processes or the administrator asked for; to be called when
 * the latch was set, outside a transaction.  True if the settings were read
 * again.
 */
extern bool WorkerProcessInterrupts(void);

/*
 * Bracket the work that pg_cancel_backend() and statement_timeout may abort;
 * a cancel that came before is forgotten.  Whoever catches an error inside
 * must call WorkerRefuseCancel() before anything else.
 */
extern void WorkerAllowCancel(void);
extern void WorkerRefuseCancel(void);

/*
 * Raises ServiceUnavailableException unless the extension is created in the
 * worker's database.  Needs a transaction; costs nothing once it was found.
 */
extern void WorkerRequireExtension(void);

#endif							/* DYNAMO_WORKER_H */
