/*
 * table_name.c
 *	  Names and ARNs of tables.
 *
 * An ARN is arn:<partition>:dynamodb:<region>:<account>:table/<name>.
 */
#include "base/compat.h"

#include "api/request_member.h"
#include "api/table_name.h"
#include "table/catalog.h"

#define ARN_PREFIX			"arn:"
#define ARN_FIELDS			5	/* before the resource */
#define ARN_SERVICE_FIELD	2	/* from 0 */
#define ARN_SERVICE			"dynamodb"
#define ARN_RESOURCE		"table/"
#define TABLE_NAME_MIN		3

static const char *ArnResource(const char *arn);
static bool IsTableName(const char *name);

/* The plain name in a member that holds a table's name or ARN. */
char *
TableNameOf(const JsonNode *member)
{
	const char *resource;

	if (strncmp(member->text, ARN_PREFIX, strlen(ARN_PREFIX)) != 0)
		return unconstify(char *, member->text);

	resource = ArnResource(member->text);
	if (resource == NULL ||
		strncmp(resource, ARN_RESOURCE, strlen(ARN_RESOURCE)) != 0 ||
		!IsTableName(resource + strlen(ARN_RESOURCE)))
		RaiseValidation(psprintf("Invalid TableArn: Invalid ResourceArn provided as input %s", member->text));
	return pstrdup(resource + strlen(ARN_RESOURCE));
}

/* The ARN of the table of that name. */
char *
TableArn(const char *table_name)
{
	return psprintf("arn:aws:" ARN_SERVICE ":" ARN_REGION ":" ARN_ACCOUNT ":" ARN_RESOURCE "%s", table_name);
}

/* The ARN of a table's stream. */
char *
StreamArn(const char *table_name, const char *label)
{
	return psprintf("%s/stream/%s", TableArn(table_name), label);
}

/* What follows the fields of an ARN of this service's; NULL if it is none. */
static const char *
ArnResource(const char *arn)
{
	for (int field = 0; field < ARN_FIELDS; field++)
	{
		const char *end = strchr(arn, ':');

		if (end == NULL || end == arn)
			return NULL;
		if (field == ARN_SERVICE_FIELD &&
			strncmp(arn, ARN_SERVICE ":", strlen(ARN_SERVICE ":")) != 0)
			return NULL;
		arn = end + 1;
	}
	return arn;
}

/* Is this a name that a table may have? */
static bool
IsTableName(const char *name)
{
	size_t		len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
							 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

	return name[len] == '\0' && len >= TABLE_NAME_MIN && len <= TABLE_NAME_MAX;
}
