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

/* Declares dynamo.port and dynamo.listen_addresses. */
extern void ListenInit(void);

/*
 * In the postmaster: whether the endpoint can be started.  If not, the log
 * says why.
 */
extern bool ListenIsPossible(void);

/*
 * Opens the worker's sockets and returns a descriptor that is readable while
 * a connection waits.  Raises an error if it cannot.
 */
extern int	ListenOpen(void);
extern void ListenClose(void);

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
