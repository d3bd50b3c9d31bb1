/*
 * owner_scope.c
 *	  Working on a relation as its owner.
 */
#include "base/owner_scope.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#define SAFE_SEARCH_PATH	"pg_catalog, pg_temp"

Oid
RelationOwner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "relation %u is gone", relid);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

OwnerScope
OwnerScopeEnter(Oid relid)
{
	Oid			owner = RelationOwner(relid);
	OwnerScope	scope;

	GetUserIdAndSecContext(&scope.role, &scope.context);
	SetUserIdAndSecContext(owner, scope.context | SECURITY_RESTRICTED_OPERATION);
	scope.settings = NewGUCNestLevel();
	(void) set_config_option("search_path", SAFE_SEARCH_PATH, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return scope;
}

void
OwnerScopeLeave(const OwnerScope *scope)
{
	AtEOXact_GUC(false, scope->settings);
	SetUserIdAndSecContext(scope->role, scope->context);
}
