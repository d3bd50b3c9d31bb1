/*
 * listen.c
 *	  The addresses the endpoint listens on.
 *
 * The sockets stand in an epoll set of their own, so that one descriptor
 * speaks for all of them and accepting can be paused.
 *
 * SO_REUSEPORT would also let another server of the same user share the port
 * unnoticed; so the postmaster first tries to have the port for itself.
 */
#include "base/compat.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "http/authentication.h"
#include "http/listen.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/varlena.h"

#define MAX_SOCKETS		64
#define BACKLOG			1024

/* What to do with each address; false ends the walk. */
typedef bool (*AddressFunction) (const struct addrinfo *address);

static int	port;				/* of this worker's endpoint */
static char *listen_addresses;

static int	epoll_fd = -1;
static int	sockets[MAX_SOCKETS];
static int	socket_count = 0;

static bool ForEachAddress(AddressFunction function);
static bool ForEachAddressOf(const char *host, AddressFunction function);
static bool CheckAddress(const struct addrinfo *address);
static const char *AddressText(const struct addrinfo *address);
static bool IsMissing(int error);
static int	BoundSocket(const struct addrinfo *address, bool shared);
static bool OpenAddress(const struct addrinfo *address);

void
ListenInit(void)
{
	DefineCustomStringVariable("dynamo.listen_addresses",
							   "Sets the host names or IP addresses the HTTP endpoint listens on.",
							   "Separated by commas. While dynamo.auth is \"none\", only loopback addresses are accepted.",
							   &listen_addresses,
							   "127.0.0.1",
							   PGC_POSTMASTER,
							   GUC_LIST_INPUT,
							   NULL, NULL, NULL);
}

bool
ListenIsPossible(int wanted_port)
{
	port = wanted_port;
	if (AuthenticationIsKnown() && ForEachAddress(CheckAddress))
		return true;
	ereport(LOG, (errmsg("the HTTP endpoint is not started")));
	return false;
}

int
ListenOpen(int wanted_port)
{
	port = wanted_port;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		elog(ERROR, "epoll_create1 failed: %m");
	if (!ForEachAddress(OpenAddress) || socket_count == 0)
		ereport(ERROR, (errmsg("the HTTP endpoint could not be opened")));
	ListenPause(false);
	return epoll_fd;
}

void
ListenClose(void)
{
	for (int i = 0; i < socket_count; i++)
		close(sockets[i]);
	socket_count = 0;
	close(epoll_fd);
	epoll_fd = -1;
}

void
ListenPause(bool pause)
{
	struct epoll_event event = {.events = EPOLLIN};

	for (int i = 0; i < socket_count; i++)
	{
		int			op = pause ? EPOLL_CTL_DEL : EPOLL_CTL_ADD;

		if (epoll_ctl(epoll_fd, op, sockets[i], &event) < 0)
			elog(ERROR, "epoll_ctl failed: %m");
	}
}

int
ListenAccept(struct sockaddr_storage *address, socklen_t *address_len)
{
	int			result = -1;

	errno = EAGAIN;
	for (int i = 0; i < socket_count && result < 0 && errno == EAGAIN; i++)
	{
		*address_len = sizeof(*address);
		result = accept4(sockets[i], (struct sockaddr *) address, address_len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	}
	return result;
}

/*
 * Calls the function with every address of dynamo.listen_addresses.  False,
 * with the reason in the log, if one of them is not to be had.
 */
static bool
ForEachAddress(AddressFunction function)
{
	char	   *copy = pstrdup(listen_addresses);
	List	   *hosts;
	ListCell   *cell;

	if (!SplitGUCList(copy, ',', &hosts) || hosts == NIL)
	{
		ereport(LOG,
				(errmsg("\"dynamo.listen_addresses\" is not a list of addresses")));
		return false;
	}
	foreach(cell, hosts)
	{
		if (!ForEachAddressOf(lfirst(cell), function))
			return false;
	}
	return true;
}

/* The same for the addresses of one name. */
static bool
ForEachAddressOf(const char *host, AddressFunction function)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	struct addrinfo *addresses;
	char		service[12];
	int			error;
	bool		good = true;

	pg_ltoa(port, service);
	error = getaddrinfo(strcmp(host, "*") == 0 ? NULL : host, service, &hints, &addresses);
	if (error != 0)
	{
		ereport(LOG,
				(errmsg("could not resolve \"%s\" of \"dynamo.listen_addresses\": %s",
						host, gai_strerror(error))));
		return false;
	}
	for (struct addrinfo *address = addresses; good && address != NULL; address = address->ai_next)
		good = function(address);
	freeaddrinfo(addresses);
	return good;
}

/*
 * Whether the endpoint may listen on the address, and nobody else does.  An
 * address that this machine does not have ("localhost" may mean one) does no
 * harm.
 */
static bool
CheckAddress(const struct addrinfo *address)
{
	int			fd;

	if (AuthenticationIsNone() && !ListenIsLoopback(address->ai_addr))
	{
		ereport(LOG,
				(errmsg("\"%s\" of \"dynamo.listen_addresses\" is not a loopback address",
						AddressText(address)),
				 errdetail("With \"dynamo.auth\" set to \"none\" anybody who reaches the endpoint may do anything.")));
		return false;
	}
	fd = BoundSocket(address, false);
	if (fd < 0)
		return IsMissing(errno);
	close(fd);
	return true;
}

/* An IPv4 client of a socket for both has an address mapped into IPv6; ours are for one. */
bool
ListenIsLoopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *) address)->sin_addr.s_addr) >> 24) == 127;
	if (address->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *) address)->sin6_addr);
	return false;
}

/* The address as people write it, for messages; good until the next call. */
static const char *
AddressText(const struct addrinfo *address)
{
	static char text[NI_MAXHOST];

	if (getnameinfo(address->ai_addr, address->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
		return "?";
	return text;
}

/* Whether the error says that this machine has no such address. */
static bool
IsMissing(int error)
{
	return error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}

/*
 * A non-blocking socket bound to the address, or -1 with errno set and the
 * reason in the log.  A shared one stands beside those of the other workers.
 */
static int
BoundSocket(const struct addrinfo *address, bool shared)
{
	int			one = 1;
	int			save_errno;
	bool		v6 = address->ai_family == AF_INET6;
	int			fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
		(!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) == 0) &&
		(!v6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) == 0) &&
		bind(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;

	save_errno = errno;
	ereport(LOG,
			(errcode_for_socket_access(),
			 errmsg("could not bind the HTTP endpoint to address \"%s\", port %d: %m",
					AddressText(address), port)));
	if (fd >= 0)
		close(fd);
	errno = save_errno;
	return -1;
}

/* Listens on the address; false, with the reason in the log, if it cannot. */
static bool
OpenAddress(const struct addrinfo *address)
{
	int			fd = BoundSocket(address, true);

	if (fd < 0)
		return IsMissing(errno);
	if (socket_count == MAX_SOCKETS || listen(fd, BACKLOG) < 0)
	{
		ereport(LOG, (errmsg("could not listen on address \"%s\": %m", AddressText(address))));
		close(fd);
		return false;
	}
	sockets[socket_count++] = fd;
	return true;
}
