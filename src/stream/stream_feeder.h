/*
 * stream_feeder.h
 *	  The background worker that feeds the streams of a database.
 *
 * There is one for each database that has a stream, and none for any other:
 * one is started with the server where streams are, and when a stream is
 * enabled, and it ends when the last of them can no longer be read.
 */
#ifndef DYNAMO_STREAM_FEEDER_H
#define DYNAMO_STREAM_FEEDER_H

/* Registers the workers and declares their settings.  Only while the library is preloaded. */
extern void StreamFeederInit(void);

#endif							/* DYNAMO_STREAM_FEEDER_H */
