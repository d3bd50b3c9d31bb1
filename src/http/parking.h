/*
 * parking.h
 *	  Requests that met a lock and wait for another try.
 *
 * A worker never waits for a lock for longer than a moment: it undoes the
 * request, goes on with others, and runs it again later, at longer and longer
 * intervals, until it succeeds or dynamo.lock_timeout is over.
 */
#ifndef DYNAMO_PARKING_H
#define DYNAMO_PARKING_H

#include "http/exchange.h"

/* Declares dynamo.lock_timeout. */
extern void ParkingInit(void);

/* How to run a request that has not been answered yet. */
extern RequestTry ParkingTry(const Exchange *exchange);

/* Sets the request aside. */
extern void ParkingAdd(Exchange *exchange);

/* A request that is to be tried again now, or NULL. */
extern Exchange *ParkingTake(void);

/* Milliseconds until there is one, or -1. */
extern long ParkingTimeout(void);

#endif							/* DYNAMO_PARKING_H */
