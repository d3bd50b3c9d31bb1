/*
 * endpoints.h
 *	  The endpoints: each serves one database on one port with workers of its
 *	  own.
 */
#ifndef DYNAMO_ENDPOINTS_H
#define DYNAMO_ENDPOINTS_H

typedef struct Endpoint
{
	const char *database;
	int			port;
	int			first_worker;	/* workers are numbered through, from 0 */
	int			workers;
} Endpoint;

/* Declares dynamo.port and dynamo.workers. */
extern void EndpointsInit(void);

/*
 * In the postmaster, once the settings are known: makes the list, for all
 * processes to come.  False, with the reason in the log, if two endpoints have
 * the same port.
 */
extern bool EndpointsMake(void);

extern int	EndpointCount(void);
extern const Endpoint *EndpointAt(int index);

/* All endpoints' workers, and the endpoint of one of them. */
extern int	EndpointWorkers(void);
extern const Endpoint *EndpointOfWorker(int worker);

#endif							/* DYNAMO_ENDPOINTS_H */
