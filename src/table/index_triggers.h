/*
 * index_triggers.h
 *	  The triggers of tables with secondary indexes.
 *
 * dynamo_indexes, AFTER TRUNCATE on every leaf of the item table, takes the
 * entries of a truncated leaf out of the indexes.  It is the mark, too, by
 * which the access method knows that it has to keep the indexes: a dump gives
 * the data back before the triggers, so that what it restores, entries
 * included, is taken as it is.
 *
 * dynamo_guard, BEFORE INSERT, UPDATE, DELETE on every side table, keeps
 * everybody off who is not the access method (which fires no triggers).  COPY
 * and logical replication are let pass without effect: the items that they
 * bring as well make the entries.  dynamo_guard_truncate does so with TRUNCATE.
 *
 * All are enabled ALWAYS, so that they fire in replication, too.
 */
#ifndef DYNAMO_INDEX_TRIGGERS_H
#define DYNAMO_INDEX_TRIGGERS_H

#include "base/compat.h"

#include "utils/rel.h"

/* Whether the leaf carries the mark, enabled. */
extern bool LeafIsMarked(Relation leaf);

/*
 * Whether a leaf's mark, or the guards of a side table's leaf, are there and
 * enabled ALWAYS.  Restoring with triggers disabled leaves them enabled only
 * for ordinary sessions.
 */
extern bool LeafIsMarkedAlways(Relation leaf);
extern bool SideIsGuardedAlways(Relation side_leaf);

/* Whether the relation carries an enabled guard: it is a side table's. */
extern bool SideIsGuarded(Relation rel);

/* Raises the guard's error. */
extern void IndexEntriesRefuse(Relation side) pg_attribute_noreturn();

/* Whether the relation has triggers besides the mark. */
extern bool RelationHasOtherTriggers(Relation rel);

#endif							/* DYNAMO_INDEX_TRIGGERS_H */
