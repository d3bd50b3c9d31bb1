/*
 * server.h
 *	  The worker's HTTP server: its connections, and the requests they carry.
 */
#ifndef DYNAMO_SERVER_H
#define DYNAMO_SERVER_H

#include "http/exchange.h"

/*
 * Declares dynamo.max_connections, dynamo.idle_timeout and
 * dynamo.client_timeout.
 */
extern void ServerInit(void);

/* Opens the endpoint on that port.  Raises an error if it cannot. */
extern void ServerStart(int port);

/* The descriptors that are readable when there is something to do. */
extern int	ServerListenDescriptor(void);
extern int	ServerDescriptor(void);

/* Takes the connections that wait, as far as there is room. */
extern void ServerAccept(void);

/*
 * Reads, and sends, what can be without waiting; complete requests go to the
 * exchange queue.  True if there is more to do at once.
 */
extern bool ServerRun(void);

/* The exchange has its response, which may now be sent. */
extern void ServerResume(Exchange *exchange);

/* Closes connections that take too long.  To be called once a second. */
extern void ServerTick(void);

/* True if ServerTick() has something to look after. */
extern bool ServerNeedsTick(void);

/* Takes no more connections. */
extern void ServerStopListening(void);

/* Closes all connections. */
extern void ServerStop(void);

#endif							/* DYNAMO_SERVER_H */
