/*
 * relation_extend.h
 *	  Extending a relation by many pages at once.
 *
 * RelationExtendBy adds npages empty heap pages to the relation's end and tells
 * the free space map of them, so that insertions find them.  The caller holds
 * a lock to insert, and nobody else inserts into the relation.  From PostgreSQL
 * 16 on insertions of many tuples do so on their own, and this does nothing.
 */
#ifndef DYNAMO_RELATION_EXTEND_H
#define DYNAMO_RELATION_EXTEND_H

#include "base/compat.h"

#include "storage/buf.h"

extern void RelationExtendBy(Relation rel, int npages, BufferAccessStrategy strategy);

#endif							/* DYNAMO_RELATION_EXTEND_H */
