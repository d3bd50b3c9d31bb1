/*
 * endpoints.c
 *	  The endpoints: each serves one database on one port with workers of its
 *	  own.
 */
#include "base/compat.h"

#include <unistd.h>

#include "http/endpoints.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "worker/databases.h"

static int	port;
static int	workers;

static Endpoint *endpoints = NULL;
static int	endpoint_count = 0;

/*
 * More workers than processors make nothing faster, and those of parallel
 * queries need room too.
 */
static int
DefaultWorkers(void)
{
	long		processors = sysconf(_SC_NPROCESSORS_ONLN);

	return Max(1, Min(processors, max_worker_processes / 2));
}

void
EndpointsInit(void)
{
	DefineCustomIntVariable("dynamo.port",
							"Sets the TCP port of the HTTP endpoint.",
							NULL,
							&port,
							8000, 1, 65535,
							PGC_POSTMASTER,
							0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("dynamo.workers",
							"Sets the number of background workers that serve the HTTP endpoint of each database.",
							"0 means no endpoint. The default is the number of processors, but at most half of max_worker_processes.",
							&workers,
							DefaultWorkers(), 0, 1024,
							PGC_POSTMASTER,
							0,
							NULL, NULL, NULL);
}

static void
AddEndpoint(const ServedDatabase *database)
{
	Endpoint   *endpoint = &endpoints[endpoint_count];

	endpoint->database = MemoryContextStrdup(TopMemoryContext, database->name);
	endpoint->port = database->port > 0 ? database->port : port;
	endpoint->workers = database->workers >= 0 ? database->workers : workers;
	endpoint->first_worker = EndpointWorkers();
	endpoint_count++;
}

bool
EndpointsMake(void)
{
	List	   *databases = DatabasesServed();
	ListCell   *cell;

	endpoints = MemoryContextAllocZero(TopMemoryContext, list_length(databases) * sizeof(Endpoint));
	foreach(cell, databases)
	{
		AddEndpoint(lfirst(cell));
		for (int i = 0; i < endpoint_count - 1; i++)
		{
			if (endpoints[i].port != endpoints[endpoint_count - 1].port)
				continue;
			ereport(LOG,
					(errmsg("port %d is to serve the database \"%s\" and the database \"%s\"", endpoints[i].port,
							endpoints[i].database, endpoints[endpoint_count - 1].database),
					 errhint("See the settings \"dynamo.port\" and \"dynamo.databases\".")));
			return false;
		}
	}
	return true;
}

int
EndpointCount(void)
{
	return endpoint_count;
}

const Endpoint *
EndpointAt(int index)
{
	Assert(index < endpoint_count);
	return &endpoints[index];
}

int
EndpointWorkers(void)
{
	int			count = 0;

	for (int i = 0; i < endpoint_count; i++)
		count += endpoints[i].workers;
	return count;
}

const Endpoint *
EndpointOfWorker(int worker)
{
	for (int i = 0; i < endpoint_count; i++)
	{
		if (worker < endpoints[i].first_worker + endpoints[i].workers)
			return &endpoints[i];
	}
	elog(ERROR, "there is no HTTP worker %d", worker);
}
