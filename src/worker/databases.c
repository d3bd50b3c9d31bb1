/*
 * databases.c
 *	  The databases that the background workers serve.
 *
 * dynamo.databases is a list of name:port or name:port:workers.  The numbers
 * are looked for from the end, as a database's name may have a colon.
 */
#include "base/compat.h"

#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/varlena.h"
#include "worker/databases.h"
#include "worker/worker.h"

#define MAX_PORT		65535
#define MAX_WORKERS		1024

static char *databases;

static bool CheckDatabases(char **value, void **extra, GucSource source);

void
DatabasesInit(void)
{
	DefineCustomStringVariable("dynamo.databases",
							   "Sets further databases that the HTTP endpoint serves, each on a port of its own.",
							   "A list of name:port or name:port:workers, separated by commas.",
							   &databases,
							   "",
							   PGC_POSTMASTER,
							   GUC_LIST_INPUT,
							   CheckDatabases, NULL, NULL);
}

/*
 * Takes ":number" off the end of the text; -1, and nothing taken, if there is
 * none.
 */
static int
TakeNumber(char *text)
{
	char	   *colon = strrchr(text, ':');
	int			number = 0;

	if (colon == NULL || colon[1] == '\0' || strlen(colon + 1) > 5 ||
		strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return -1;
	number = atoi(colon + 1);
	*colon = '\0';
	return number;
}

/* One member of the list, which is written over; NULL: it is none. */
static ServedDatabase *
ParseDatabase(char *text)
{
	ServedDatabase *database = palloc(sizeof(ServedDatabase));
	int			last = TakeNumber(text);
	int			before = TakeNumber(text);

	database->name = text;
	database->port = before >= 0 ? before : last;
	database->workers = before >= 0 ? last : -1;
	if (text[0] == '\0' || database->port < 1 || database->port > MAX_PORT || database->workers > MAX_WORKERS)
		return NULL;
	return database;
}

/* What the list says; false: it is no such list.  The result points into text. */
static bool
ParseDatabases(char *text, List **result)
{
	List	   *members;
	ListCell   *cell;

	*result = NIL;
	if (!SplitGUCList(text, ',', &members))
		return false;
	foreach(cell, members)
	{
		ServedDatabase *database = ParseDatabase(lfirst(cell));

		if (database == NULL)
			return false;
		*result = lappend(*result, database);
	}
	return true;
}

static bool
CheckDatabases(char **value, void **extra, GucSource source)
{
	List	   *list;

	if (ParseDatabases(pstrdup(*value), &list))
		return true;
	GUC_check_errdetail("It is a list of name:port or name:port:workers.");
	return false;
}

List *
DatabasesServed(void)
{
	ServedDatabase *first = palloc0(sizeof(ServedDatabase));
	List	   *others;

	first->name = WorkerDatabase();
	first->workers = -1;
	if (!ParseDatabases(pstrdup(databases), &others))
		elog(ERROR, "dynamo.databases is not a list of databases");
	return lcons(first, others);
}
