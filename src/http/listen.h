/*
 * listen.h
 *	  The addresses the endpoint listens on.
 *
 * Every worker has sockets of its own on the one port (SO_REUSEPORT), so the
 * kernel spreads the connections over the workers and nobody passes any on.
 */
#ifndef DYNAMO_LISTEN_H
#define DYNAMO_LISTEN_H

#include <sys/socket.h>

/* Declares dynamo.listen_addresses. */
extern void ListenInit(void);

/*
 * In the postmaster: whether the endpoint on that port can be started.  If
 * not, the log says why.
 */
extern bool ListenIsPossible(int wanted_port);

/*
 * Opens the worker's sockets on the port and returns a descriptor that is readable while
 * a connection waits.  Raises an error if it cannot.
 */
extern int	ListenOpen(int wanted_port);
extern void ListenClose(void);

/* Whether only this machine has the address. */
extern bool ListenIsLoopback(const struct sockaddr *address);

/*
 * While paused the descriptor is never readable; connections wait in the
 * kernel.
 */
extern void ListenPause(bool pause);

/*
 * Accepts one connection, not blocking: its socket, or -1 with errno set
 * (EAGAIN: none waits).
 */
extern int	ListenAccept(struct sockaddr_storage *address, socklen_t *address_len);

#endif							/* DYNAMO_LISTEN_H */
