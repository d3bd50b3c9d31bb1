/*
 * request_member.c
 *	  Reading members of a checked request.
 */
#include "base/compat.h"

#include "api/request_member.h"
#include "request/shape.h"
#include "value/error_codes.h"

const JsonNode *
RequestMember(const JsonNode *request, const char *name)
{
	const JsonNode *member = JsonMember(request, name);

	return member && member->kind != JSON_NODE_NULL ? member : NULL;
}

bool
RequestBool(const JsonNode *request, const char *name, bool absent)
{
	const JsonNode *member = RequestMember(request, name);

	return member ? member->kind == JSON_NODE_TRUE : absent;
}

int64
RequestInteger(const JsonNode *request, const char *name, int64 absent)
{
	const JsonNode *member = RequestMember(request, name);

	return member ? ShapeInteger(member) : absent;
}

const char *
RequestString(const JsonNode *request, const char *name)
{
	const JsonNode *member = RequestMember(request, name);

	return member ? member->text : NULL;
}

/* Raises a ValidationException. */
void
RaiseValidation(const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_VALIDATION),
			 errmsg("%s", message)));
}

void
RequestRefuse(const JsonNode *request, const char *const *names)
{
	for (; *names != NULL; names++)
	{
		if (RequestMember(request, *names))
			RaiseValidation(psprintf("The parameter %s is not supported by this version of dynamo", *names));
	}
}
