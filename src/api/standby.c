/*
 * standby.c
 *	  What a hot standby answers.
 */
#include "base/compat.h"

#include "access/xlog.h"
#include "api/request_member.h"
#include "api/standby.h"
#include "replication/walreceiver.h"
#include "utils/guc.h"
#include "value/error_codes.h"

static char *primary_endpoint;

void
StandbyInit(void)
{
	DefineCustomStringVariable("dynamo.primary_endpoint",
							   "Sets what a standby tells clients of where the primary's endpoint is.",
							   "If empty, the server it receives WAL from is named.",
							   &primary_endpoint,
							   "",
							   PGC_SIGHUP, 0, NULL, NULL, NULL);
}

/* Where the primary is, as far as this server knows; "" if it does not. */
static const char *
Primary(void)
{
	char		host[NI_MAXHOST] = "";
	int			port = 0;

	if (primary_endpoint[0] != '\0')
		return psprintf(" at %s", primary_endpoint);

	/* what pg_stat_wal_receiver shows, which hides a password in the same way */
	SpinLockAcquire(&WalRcv->mutex);
	if (WalRcv->ready_to_display)
	{
		memcpy(host, WalRcv->sender_host, sizeof(host));
		port = WalRcv->sender_port;
	}
	SpinLockRelease(&WalRcv->mutex);
	host[sizeof(host) - 1] = '\0';
	if (host[0] == '\0')
		return "";
	return psprintf(" (this server replicates from host %s, PostgreSQL port %d)", host, port);
}

/* ConsistentRead stands in the request, or in that of each table. */
static bool
IsConsistentRead(const JsonNode *request)
{
	const JsonNode *tables = RequestMember(request, "RequestItems");

	if (RequestBool(request, "ConsistentRead", false))
		return true;
	if (tables == NULL)
		return false;
	JsonForEach(table, tables)
	{
		if (RequestBool(table, "ConsistentRead", false))
			return true;
	}
	return false;
}

void
StandbyCheck(const Operation *operation, const JsonNode *request)
{
	const char *what = NULL;

	if (likely(!RecoveryInProgress()))
		return;
	if (!operation->read_only)
		what = "does not take writes";
	else if (operation->consistent)
		what = "does not read in transactions";
	else if (IsConsistentRead(request))
		what = "does not serve strongly consistent reads";
	if (what)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_VALIDATION),
				 errmsg("This server is a standby and %s; send %s to the primary%s",
						what, operation->name, Primary())));
}
