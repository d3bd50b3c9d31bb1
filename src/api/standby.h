/*
 * standby.h
 *	  What a hot standby answers.
 *
 * A standby replays what the primary has committed, a moment later: it serves
 * eventually consistent reads, and nothing else.
 */
#ifndef DYNAMO_STANDBY_H
#define DYNAMO_STANDBY_H

#include "api/operation.h"

/* Declares dynamo.primary_endpoint. */
extern void StandbyInit(void);

/*
 * Raises a ValidationException, which names the primary, if the server is a
 * standby and the request writes or asks for a strongly consistent read.  The
 * request must have passed ShapeCheck().
 */
extern void StandbyCheck(const Operation *operation, const JsonNode *request);

#endif							/* DYNAMO_STANDBY_H */
