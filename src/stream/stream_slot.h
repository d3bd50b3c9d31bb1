/*
 * stream_slot.h
 *	  The replication slot of the worker that feeds the streams of a database,
 *	  and decoding by it in this process.
 *
 * Nothing here may be called in a transaction, but StreamSlotDrop().
 */
#ifndef DYNAMO_STREAM_SLOT_H
#define DYNAMO_STREAM_SLOT_H

#include "access/xlogdefs.h"

/*
 * Makes the library's output plugin loadable in this process, where the server
 * has a list of those that are.
 */
extern void StreamSlotInit(void);

/* Whether there is a slot, usable or not. */
extern bool StreamSlotIsThere(void);

/* Whether the slot is there, and the server has kept the WAL for it. */
extern bool StreamSlotIsUsable(void);

/*
 * Makes the slot, which waits until all transactions that are running now have
 * ended.  What commits later can be decoded.
 */
extern void StreamSlotCreate(void);

/* Drops the slot, if there is one, usable or not; not while decoding. */
extern void StreamSlotDrop(void);

/* How much WAL the server keeps for the slot, in bytes. */
extern uint64 StreamSlotKeeps(void);

/*
 * Begins with decoding: transactions that committed at start or later, and no
 * earlier than what was confirmed.
 */
extern void StreamDecodingBegin(XLogRecPtr start);
extern void StreamDecodingEnd(void);

/* Decodes what is flushed, one WAL record at a time; false if there is no more. */
extern bool StreamDecodingStep(void);

/* Where it stands: what committed before this has been decoded. */
extern XLogRecPtr StreamDecodingPosition(void);

/* Tells the server that it need not keep what was decoded before this. */
extern void StreamDecodingConfirm(XLogRecPtr position);

#endif							/* DYNAMO_STREAM_SLOT_H */
