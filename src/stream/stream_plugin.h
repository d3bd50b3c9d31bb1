/*
 * stream_plugin.h
 *	  The output plugin "dynamo", as the worker that feeds the streams uses it:
 *	  records go to a function of the process instead of out as text.
 */
#ifndef DYNAMO_STREAM_PLUGIN_H
#define DYNAMO_STREAM_PLUGIN_H

#include "table/stream_log.h"

/*
 * Takes a change that a stream takes up, with keys and images as the stream's
 * view has them.  The record lives until the function is back.  Called in the
 * middle of decoding: no catalog may be read or written, and no memory be kept
 * in the current context.
 */
typedef void (*StreamSink) (const StreamLogRecord *record);

/* This process's, NULL in all that do not feed. */
extern StreamSink stream_sink;

#endif							/* DYNAMO_STREAM_PLUGIN_H */
