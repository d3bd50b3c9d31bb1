/*
 * raise_invalid.h
 *	  A ValidationException that opens as most of the service's do.
 */
#ifndef DYNAMO_RAISE_INVALID_H
#define DYNAMO_RAISE_INVALID_H

#include "api/request_member.h"

/* Takes a format, which must be a literal, and its arguments. */
#define RaiseInvalid(...) \
	RaiseValidation(psprintf("One or more parameter values were invalid: " __VA_ARGS__))

#endif							/* DYNAMO_RAISE_INVALID_H */
