/*
 * sigv4_date.h
 *	  The dates of signatures.
 */
#ifndef DYNAMO_SIGV4_DATE_H
#define DYNAMO_SIGV4_DATE_H

#include "http/sigv4.h"

/*
 * Reads 20150830T123600Z, or as the header Date may have it, Sun, 30 Aug 2015
 * 12:36:00 GMT: seconds since 1970.  False if it is neither.
 */
extern bool SigV4ParseDate(SigV4Text text, int64 *seconds);

/* Writes seconds since 1970 as 20150830T123600Z. */
extern void SigV4FormatDate(int64 seconds, char date[SIGV4_DATE_LEN + 1]);

#endif							/* DYNAMO_SIGV4_DATE_H */
