/*
 * cors.c
 *	  Cross-origin resource sharing: which web pages' scripts may use the
 *	  endpoint.
 *
 * A browser asks before it sends what a page could not always send: the
 * preflight, an OPTIONS request.  DynamoDB's content type and headers are of
 * that kind, so a page that is not allowed gets nothing run, too.
 */
#include "base/compat.h"

#include "http/cors.h"
#include "utils/guc.h"
#include "utils/varlena.h"

/* How long a browser may remember the answer to a preflight: a day. */
#define MAX_AGE		"86400"

#define METHODS		"GET, HEAD, POST, OPTIONS"

/* What a script may read besides what it always may. */
#define EXPOSED		"x-amzn-RequestId, x-amz-crc32, x-amzn-ErrorType, x-amz-request-id, x-amz-id-2, Date, " \
	"Content-Encoding, Content-Length"

static char *origins;

static bool
CheckOrigins(char **value, void **extra, GucSource source)
{
	List	   *list;
	char	   *copy = pstrdup(*value);
	ListCell   *cell;

	if (!SplitGUCList(copy, ',', &list))
	{
		GUC_check_errdetail("List syntax is invalid.");
		return false;
	}
	foreach(cell, list)
	{
		const char *origin = lfirst(cell);

		if (strcmp(origin, "*") == 0 || strcmp(origin, "null") == 0)
			continue;
		if (strstr(origin, "://") == NULL || strchr(strstr(origin, "://") + 3, '/') != NULL)
		{
			GUC_check_errdetail("\"%s\" is no origin; https://app.example.com is one.", origin);
			return false;
		}
	}
	return true;
}

void
CorsInit(void)
{
	DefineCustomStringVariable("dynamo.cors_origins",
							   "Sets the origins of web pages that may use the HTTP endpoint.",
							   "A list separated by commas of origins (https://app.example.com is one); * means all.",
							   &origins,
							   "",
							   PGC_SIGHUP,
							   GUC_LIST_INPUT,
							   CheckOrigins, NULL, NULL);
}

/* Whether one member of the list, of that length, is the origin. */
static bool
IsOrigin(const char *member, Size len, const char *origin)
{
	while (len > 0 && (member[len - 1] == ' ' || member[len - 1] == '"'))
		len--;
	return len == strlen(origin) && pg_strncasecmp(member, origin, len) == 0;
}

/* The list is not split into memory here, as that might raise an error. */
const char *
CorsAllowed(const char *origin)
{
	const char *member = origins;

	while (origin != NULL && *member != '\0')
	{
		Size		len;

		member += strspn(member, " ,\"");
		len = strcspn(member, ",");
		if (IsOrigin(member, len, "*"))
			return "*";
		if (IsOrigin(member, len, origin))
			return origin;
		member += len;
	}
	return NULL;
}

static bool
Add(struct MHD_Response *response, const char *name, const char *value)
{
	return MHD_add_response_header(response, name, value) == MHD_YES;
}

bool
CorsAddHeaders(struct MHD_Response *response, const char *allowed, bool preflight,
			   const char *requested_headers)
{
	if (!Add(response, "Access-Control-Allow-Origin", allowed) ||
		!Add(response, "Vary", "Origin"))
		return false;
	if (!preflight)
		return Add(response, "Access-Control-Expose-Headers", EXPOSED);
	return Add(response, "Access-Control-Allow-Methods", METHODS) &&
		Add(response, "Access-Control-Max-Age", MAX_AGE) &&
		(requested_headers == NULL || Add(response, "Access-Control-Allow-Headers", requested_headers));
}
