/*
 * error.h
 *	  Raising the service's ValidationException.
 */
#ifndef DYNAMO_EXPRESSION_ERROR_H
#define DYNAMO_EXPRESSION_ERROR_H

#include "value/error_codes.h"

/* Arguments as for errmsg(). */
#define RaiseInvalid(...) \
	ereport(ERROR, \
			(errcode(ERRCODE_DYNAMO_VALIDATION), errmsg(__VA_ARGS__)))

#endif							/* DYNAMO_EXPRESSION_ERROR_H */
