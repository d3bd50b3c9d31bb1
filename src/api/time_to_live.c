/*
 * time_to_live.c
 *	  DescribeTimeToLive.
 *
 * Items do not expire yet: there is no UpdateTimeToLive, so that of every table
 * is DISABLED, as the service says of a table on which it was never enabled.
 */
#include "base/compat.h"

#include "api/operations.h"
#include "api/table_ops.h"

void
DescribeTimeToLiveRun(const JsonNode *request, StringInfo reply)
{
	(void) TableOfRequest(request);
	appendStringInfoString(reply, "{\"TimeToLiveDescription\":{\"TimeToLiveStatus\":\"DISABLED\"}}");
}
