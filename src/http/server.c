/*
 * server.c
 *	  The worker's HTTP server: its connections, and the requests they carry.
 *
 * libmicrohttpd parses and writes HTTP; it never waits: the worker's loop
 * calls ServerRun() when its descriptor is readable.  The callbacks here run
 * nothing that could raise an error.  A complete request is put into the
 * exchange queue, and its callback returns without a response; libmicrohttpd
 * then calls again in its next run, by when the worker has run the request.
 *
 * Time limits are kept here and not by libmicrohttpd, whose limit a client
 * escapes that sends a byte now and then.  They are counted in ticks of the
 * worker's loop, so that a client does not pay for the time another one's
 * request takes.
 */
#include "base/compat.h"

#include <limits.h>
#include <microhttpd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/exchange.h"
#include "http/listen.h"
#include "http/metrics.h"
#include "http/protocol.h"
#include "http/response.h"
#include "http/server.h"
#include "http/tls.h"
#include "utils/guc.h"
#include "utils/memutils.h"

/* Ticks between two log messages that no more connections are taken. */
#define LOG_INTERVAL		60

/* Connections taken in one turn, so that those at work get theirs. */
#define ACCEPT_AT_ONCE		32

typedef struct Connection
{
	dlist_node	node;
	int			socket;
	bool		fresh;			/* no request has begun yet */
	bool		busy;			/* a request has begun and is not answered */
	struct MHD_Connection *suspended;	/* itself, while its request is parked */
	bool		cut;			/* it took too long */
	int			age;			/* ticks since it became busy or idle */
} Connection;

static int	max_connections;
static int	max_header_kb;
static int	idle_timeout;
static int	client_timeout;

static struct MHD_Daemon *server = NULL;
static int	listen_fd = -1;
static MemoryContext connection_context = NULL;
static dlist_head connections = DLIST_STATIC_INIT(connections);
static int	connection_count = 0;
static bool exhausted = false;	/* no descriptor or memory for another one */
static bool paused = false;
static int	quiet_ticks = 0;	/* until the log is told again of a pause */

static struct MHD_Daemon *StartDaemon(void);
static void RaiseDescriptorLimit(void);
static void PauseOrResume(void);
static int	TimeLimit(const Connection *connection);
static bool PeerHasClosed(const Connection *connection);
static void LogMessage(void *arg, const char *format, va_list args) pg_attribute_printf(2, 0);
static void Panic(void *arg, const char *file, unsigned int line, const char *reason);
static void ConnectionChanged(void *arg, struct MHD_Connection *mhd, void **context,
							  enum MHD_ConnectionNotificationCode code);
static void SetBusy(struct MHD_Connection *mhd, bool busy);
static enum MHD_Result HandleRequest(void *arg, struct MHD_Connection *mhd,
									 const char *path, const char *method, const char *version,
									 const char *data, size_t *len, void **context);
static enum MHD_Result RequestBegins(struct MHD_Connection *mhd, const char *path, const char *method,
									 void **context);
static enum MHD_Result RequestComplete(Exchange *exchange, struct MHD_Connection *mhd);
static void Suspend(Exchange *exchange, struct MHD_Connection *mhd);
static void RequestOver(void *arg, struct MHD_Connection *mhd, void **context,
						enum MHD_RequestTerminationCode code);

void
ServerInit(void)
{
	DefineCustomIntVariable("dynamo.max_connections",
							"Sets the number of connections that each HTTP worker keeps open.",
							"More wait until one of them is closed.",
							&max_connections,
							1000, 1, 65536,
							PGC_POSTMASTER,
							0,
							NULL, NULL, NULL);
	DefineCustomIntVariable("dynamo.max_header",
							"Sets the memory that each HTTP connection has for the headers of a request.",
							"About a third of it is used for the reading of them.",
							&max_header_kb,
							16, 4, 1024,
							PGC_POSTMASTER,
							GUC_UNIT_KB,
							NULL, NULL, NULL);
	DefineCustomIntVariable("dynamo.idle_timeout",
							"Sets how long an HTTP connection may stay open without a request.",
							NULL,
							&idle_timeout,
							300, 1, INT_MAX / 1000,
							PGC_SIGHUP,
							GUC_UNIT_S,
							NULL, NULL, NULL);
	DefineCustomIntVariable("dynamo.client_timeout",
							"Sets how long a client may take to send a request's body and to receive the response.",
							"Also for what comes before the first request of a connection.",
							&client_timeout,
							60, 1, INT_MAX / 1000,
							PGC_SIGHUP,
							GUC_UNIT_S,
							NULL, NULL, NULL);
}

void
ServerStart(int port)
{
	connection_context = AllocSetContextCreate(TopMemoryContext, "dynamo http connections", ALLOCSET_DEFAULT_SIZES);
	ExchangeStart();
	ResponseStart();
	RaiseDescriptorLimit();

	MHD_set_panic_func(Panic, NULL);
	TlsStart();
	server = StartDaemon();
	if (server == NULL)
		ereport(ERROR, (errmsg("could not start the HTTP server")));
	listen_fd = ListenOpen(port);
}

/*
 * With TLS, GnuTLS asks for the certificate at each handshake; without, the
 * options end before those of TLS.
 */
static struct MHD_Daemon *
StartDaemon(void)
{
	unsigned int flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
		MHD_USE_ERROR_LOG;

	return MHD_start_daemon(flags | (TlsIsOn() ? MHD_USE_TLS : 0),
							0,
							NULL, NULL, HandleRequest, NULL,
							MHD_OPTION_EXTERNAL_LOGGER, LogMessage, NULL,
							MHD_OPTION_CONNECTION_LIMIT, (unsigned int) max_connections,
							MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) max_header_kb * 1024,
							MHD_OPTION_NOTIFY_COMPLETED, RequestOver, NULL,
							MHD_OPTION_NOTIFY_CONNECTION, ConnectionChanged, NULL,
							TlsIsOn() ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, TlsCertificate,
							MHD_OPTION_HTTPS_PRIORITIES, TlsPriorities(),
							MHD_OPTION_END);
}

/*
 * PostgreSQL has shared out the descriptors that the process may have; what
 * connections need comes on top.
 */
static void
RaiseDescriptorLimit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
		return;
	limit.rlim_cur += max_connections;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		ereport(LOG, (errmsg("could not raise the limit on open files: %m")));
}

int
ServerListenDescriptor(void)
{
	return listen_fd;
}

int
ServerDescriptor(void)
{
	return MHD_get_daemon_info(server, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

/* From libmicrohttpd 1.0 on a connection is counted only when the server runs. */
void
ServerAccept(void)
{
	int			room = Min(ACCEPT_AT_ONCE, max_connections - connection_count);

	for (int i = 0; i < room; i++)
	{
		struct sockaddr_storage address;
		socklen_t	address_len;
		int			fd = ListenAccept(&address, &address_len);

		if (fd < 0)
		{
			exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
			break;
		}
		MHD_add_connection(server, fd, (struct sockaddr *) &address, address_len);
	}
	PauseOrResume();
}

/* Takes connections only while there is room for one more. */
static void
PauseOrResume(void)
{
	bool		pause = exhausted || connection_count >= max_connections;

	if (pause == paused || listen_fd < 0)
		return;
	ListenPause(pause);
	paused = pause;
	if (!pause || quiet_ticks > 0)
		return;
	quiet_ticks = LOG_INTERVAL;
	ereport(LOG,
			(errmsg("the HTTP worker takes no more connections for now"),
			 exhausted ? errdetail("The limit on open files or memory is reached.") :
			 errdetail("The limit \"dynamo.max_connections\" (%d) is reached.", max_connections)));
}

bool
ServerRun(void)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	MHD_run(server);
	PauseOrResume();
	return MHD_get_timeout(server, &timeout) == MHD_YES && timeout == 0;
}

void
ServerTick(void)
{
	dlist_iter	iter;

	exhausted = false;
	quiet_ticks = Max(quiet_ticks - 1, 0);
	PauseOrResume();
	TlsTick(client_timeout + 1);
	dlist_foreach(iter, &connections)
	{
		Connection *connection = dlist_container(Connection, node, iter.cur);
		bool		late;

		if (connection->suspended)
			continue;
		late = ++connection->age > TimeLimit(connection);
		if (late && !connection->cut)
			MetricAdd(METRIC_CONNECTIONS_TIMED_OUT, 1);
		connection->cut |= late;

		/* Shut down, it is readable at its end; ServerRun() closes it. */
		if (late || (!connection->busy && PeerHasClosed(connection)))
			shutdown(connection->socket, SHUT_RDWR);
	}
}

/* In ticks. */
static int
TimeLimit(const Connection *connection)
{
	if (connection->busy)
		return client_timeout;
	return connection->fresh ? Min(client_timeout, idle_timeout) : idle_timeout;
}

/*
 * libmicrohttpd does not notice the end of a connection that came together
 * with its last bytes: it waits for an edge of the descriptor that was that of
 * the bytes.
 */
static bool
PeerHasClosed(const Connection *connection)
{
	char		byte;

	return recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool
ServerNeedsTick(void)
{
	return connection_count > 0 || exhausted;
}

void
ServerStopListening(void)
{
	listen_fd = -1;
	ListenClose();
}

/* libmicrohttpd wants its suspended connections back first. */
void
ServerStop(void)
{
	dlist_iter	iter;

	dlist_foreach(iter, &connections)
	{
		Connection *connection = dlist_container(Connection, node, iter.cur);

		if (connection->suspended)
			MHD_resume_connection(connection->suspended);
	}
	MHD_stop_daemon(server);
	server = NULL;
}

/* What libmicrohttpd has to say is about its clients: nothing to worry about. */
static void
LogMessage(void *arg, const char *format, va_list args)
{
	char		message[512];

	if (!message_level_is_interesting(DEBUG1))
		return;
	vsnprintf(message, sizeof(message), format, args);
	ereport(DEBUG1, (errmsg_internal("libmicrohttpd: %s", message)));
}

/* libmicrohttpd would abort(), and the whole server start anew. */
static void
Panic(void *arg, const char *file, unsigned int line, const char *reason)
{
	elog(FATAL, "libmicrohttpd failed in %s, line %u: %s", file, line, reason);
}

/* Called when a connection was taken, and when it was closed. */
static void
ConnectionChanged(void *arg, struct MHD_Connection *mhd, void **context,
				  enum MHD_ConnectionNotificationCode code)
{
	Connection *connection = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
	{
		connection = MemoryContextAllocZero(connection_context, sizeof(Connection));
		connection->socket = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		connection->fresh = true;
		dlist_push_tail(&connections, &connection->node);
		connection_count++;
		MetricAdd(METRIC_CONNECTIONS_TAKEN, 1);
		MetricAdd(METRIC_CONNECTIONS, 1);
		*context = connection;
	}
	else
	{
		dlist_delete(&connection->node);
		connection_count--;
		MetricAdd(METRIC_CONNECTIONS, -1);
		pfree(connection);
	}
}

static Connection *
ConnectionOf(struct MHD_Connection *mhd)
{
	return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* Starts the time limit of a request, or of the wait for the next one. */
static void
SetBusy(struct MHD_Connection *mhd, bool busy)
{
	Connection *connection = ConnectionOf(mhd);

	connection->fresh = false;
	connection->busy = busy;
	connection->age = 0;
}

/*
 * libmicrohttpd calls this when the headers are there, for each piece of the
 * body (*len is then not 0 and says how much was left), and when the request
 * is complete, until it gets a response.
 */
static enum MHD_Result
HandleRequest(void *arg, struct MHD_Connection *mhd,
			  const char *path, const char *method, const char *version,
			  const char *data, size_t *len, void **context)
{
	Exchange   *exchange = *context;
	size_t		data_len = *len;

	if (exchange == NULL)
		return RequestBegins(mhd, path, method, context);
	if (data_len > 0)
	{
		*len = 0;
		return ProtocolReadBody(exchange, data, data_len) ? MHD_YES : MHD_NO;
	}
	return RequestComplete(exchange, mhd);
}

/* The headers are there. */
static enum MHD_Result
RequestBegins(struct MHD_Connection *mhd, const char *path, const char *method, void **context)
{
	Exchange   *exchange = ExchangeCreate();

	*context = exchange;
	SetBusy(mhd, true);
	if (ProtocolReadHead(exchange, mhd, method, path))
		return MHD_YES;
	ExchangeSetAnswered(exchange);
	return ProtocolAnswer(exchange, mhd) ? MHD_YES : MHD_NO;
}

/*
 * Keeps libmicrohttpd from asking for a response again and again, and the time
 * limits from counting.
 */
static void
Suspend(Exchange *exchange, struct MHD_Connection *mhd)
{
	MHD_suspend_connection(mhd);
	exchange->suspended = mhd;
	ConnectionOf(mhd)->suspended = mhd;
}

void
ServerResume(Exchange *exchange)
{
	if (exchange->suspended == NULL)
		return;
	SetBusy(exchange->suspended, true);
	ConnectionOf(exchange->suspended)->suspended = NULL;
	MHD_resume_connection(exchange->suspended);
	exchange->suspended = NULL;
}

/* The body is there: answers what can be answered by now. */
static enum MHD_Result
RequestComplete(Exchange *exchange, struct MHD_Connection *mhd)
{
	switch (exchange->state)
	{
		case EXCHANGE_RECEIVING:
			if (ProtocolNeedsRun(exchange))
			{
				ExchangeEnqueue(exchange);
				return MHD_YES;
			}
			ExchangeSetAnswered(exchange);
			break;
		case EXCHANGE_QUEUED:
		case EXCHANGE_RUNNING:
			return MHD_YES;
		case EXCHANGE_PARKED:
			Suspend(exchange, mhd);
			return MHD_YES;
		case EXCHANGE_ANSWERED:
			break;
	}
	return ProtocolAnswer(exchange, mhd) ? MHD_YES : MHD_NO;
}

/* The response is sent, or the connection is gone. */
static void
RequestOver(void *arg, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
	Exchange   *exchange = *context;

	if (exchange == NULL)
		return;
	*context = NULL;
	ExchangeRelease(exchange);
	SetBusy(mhd, false);
}
