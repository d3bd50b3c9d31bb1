/*
 * owner_scope.h
 *	  Working on a relation as its owner.
 *
 * Whatever is evaluated for a relation (expressions of its indexes, triggers)
 * is its owner's code.  Where we and not its user set that going, it runs with
 * the owner's rights, in a security-restricted operation and with a search_path
 * that finds no function of the caller's: as REINDEX and autovacuum do.
 *
 * An error that aborts the (sub)transaction ends the scope, too.
 */
#ifndef DYNAMO_OWNER_SCOPE_H
#define DYNAMO_OWNER_SCOPE_H

#include "base/compat.h"

typedef struct OwnerScope
{
	Oid			role;			/* what is put back */
	int			context;
	int			settings;
} OwnerScope;

/* As the owner of that relation, on which the caller holds a lock. */
extern OwnerScope OwnerScopeEnter(Oid relid);
extern void OwnerScopeLeave(const OwnerScope *scope);

/* The owner of a relation; raises an error if it is gone. */
extern Oid	RelationOwner(Oid relid);

#endif							/* DYNAMO_OWNER_SCOPE_H */
