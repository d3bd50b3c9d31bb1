/*
 * request_member.h
 *	  Reading members of a checked request.
 *
 * ShapeCheck() has passed, so a member that is there has the right type.  A
 * member that is null counts as absent.
 */
#ifndef DYNAMO_REQUEST_MEMBER_H
#define DYNAMO_REQUEST_MEMBER_H

#include "base/compat.h"

#include "base/json_reader.h"

extern const JsonNode *RequestMember(const JsonNode *request, const char *name);
extern bool RequestBool(const JsonNode *request, const char *name, bool absent);
extern int64 RequestInteger(const JsonNode *request, const char *name, int64 absent);

/* The text of a string member, or NULL. */
extern const char *RequestString(const JsonNode *request, const char *name);

/*
 * Raises a ValidationException if the request has one of these members, whose
 * work this version does not do.  names ends with NULL.
 */
extern void RequestRefuse(const JsonNode *request, const char *const *names);

extern void RaiseValidation(const char *message) pg_attribute_noreturn();

#endif							/* DYNAMO_REQUEST_MEMBER_H */
