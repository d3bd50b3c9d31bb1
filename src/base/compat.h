/*
 * compat.h
 *	  What differs between PostgreSQL 15 and 18, in one place.
 *
 * Bodies elsewhere use one spelling and stay free of version tests.
 */
#ifndef DYNAMO_COMPAT_H
#define DYNAMO_COMPAT_H

#include "postgres.h"

#include "common/base64.h"
#include "common/jsonapi.h"
#include "storage/latch.h"
#include "utils/memutils.h"
#include "utils/relcache.h"

/* Its header is replication/syncrep.h in 15 and utils/guc_hooks.h later. */
extern void assign_synchronous_commit(int newval, void *extra);

/* Its header, libpq/libpq.h, wants that of GSSAPI. */
extern bool check_ssl_key_file_permissions(const char *ssl_key_file, bool isServerStart);

/* postgres.h no longer brings the macros of varlena values from 16 on. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#if PG_VERSION_NUM < 150000
#error "dynamo needs PostgreSQL 15 or newer"
#endif

/*
 * 18 has pg_noreturn, which stands before the return type, in place of the
 * attribute behind the declaration.
 */
#if PG_VERSION_NUM >= 180000
#define pg_attribute_noreturn()	__attribute__((noreturn))
#endif

/*
 * The JSON parser's callbacks return an error code from 16 on.  On 15 they
 * cannot; there the parse is ended by cutting the input off behind the current
 * token, which the parser takes for an unexpected end.
 */
#if PG_VERSION_NUM >= 160000
#define JsonActionResult		JsonParseErrorType
#define JSON_ACTION_DONE		return JSON_SUCCESS
#define JSON_ACTION_ABORT(lex)	return JSON_SEM_ACTION_FAILED
#else
#define JsonActionResult		void
#define JSON_ACTION_DONE		return
#define JSON_ACTION_ABORT(lex) \
	do { (lex)->input_length = (lex)->token_terminator - (lex)->input; return; } while (0)
#endif

static inline JsonLexContext *
JsonLexContextMake(const char *json, int len, int encoding, bool need_escapes)
{
#if PG_VERSION_NUM >= 170000
	return makeJsonLexContextCstringLen(NULL, json, len, encoding, need_escapes);
#else
	return makeJsonLexContextCstringLen(unconstify(char *, json), len, encoding, need_escapes);
#endif
}

/*
 * Base64 works on uint8 from 18 on.  Decoding returns -1 for what is not
 * base64; the room needed is pg_b64_dec_len() and pg_b64_enc_len().
 */
static inline int
Base64Decode(const char *text, int len, char *bytes, int room)
{
#if PG_VERSION_NUM >= 180000
	return pg_b64_decode(text, len, (uint8 *) bytes, room);
#else
	return pg_b64_decode(text, len, bytes, room);
#endif
}

static inline int
Base64Encode(const char *bytes, int len, char *text, int room)
{
#if PG_VERSION_NUM >= 180000
	return pg_b64_encode((const uint8 *) bytes, len, text, room);
#else
	return pg_b64_encode(bytes, len, text, room);
#endif
}

/* tuple_update reports which indexes need entries by an enum from 16 on. */
#if PG_VERSION_NUM >= 160000
#define TableUpdateIndexes		TU_UpdateIndexes
#define UPDATE_NO_INDEXES		TU_None
#define ExecInsertIndexesAfterUpdate(rri, slot, estate, which) \
	ExecInsertIndexTuples(rri, slot, estate, true, false, NULL, NIL, (which) == TU_Summarizing)
#define ExecInsertIndexesSpeculative(rri, slot, estate, conflict, arbiters) \
	ExecInsertIndexTuples(rri, slot, estate, false, true, conflict, arbiters, false)
#else
#define TableUpdateIndexes		bool
#define UPDATE_NO_INDEXES		false
#define ExecInsertIndexesAfterUpdate(rri, slot, estate, which) \
	ExecInsertIndexTuples(rri, slot, estate, true, false, NULL, NIL)
#define ExecInsertIndexesSpeculative(rri, slot, estate, conflict, arbiters) \
	ExecInsertIndexTuples(rri, slot, estate, false, true, conflict, arbiters)
#endif

#if PG_VERSION_NUM >= 180000
#define ExecFindIndexConflict(rri, slot, estate, conflict, arbiters) \
	(!ExecCheckIndexConstraints(rri, slot, estate, conflict, NULL, arbiters))
#else
#define ExecFindIndexConflict(rri, slot, estate, conflict, arbiters) \
	(!ExecCheckIndexConstraints(rri, slot, estate, conflict, arbiters))
#endif

/*
 * The primary key's index, but none that is deferrable: up to 16 that counts as
 * no primary key at all.
 */
static inline Oid
PrimaryKeyIndex(Relation rel)
{
#if PG_VERSION_NUM >= 180000
	return RelationGetPrimaryKeyIndex(rel, false);
#else
	return RelationGetPrimaryKeyIndex(rel);
#endif
}

/* One function checks the privileges on every class of object from 16 on. */
#if PG_VERSION_NUM >= 160000
#define FunctionAclCheck(function, role)	object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE)
#define SchemaAclCheck(schema, role)		object_aclcheck(NamespaceRelationId, schema, role, ACL_USAGE)
#define SchemaCreateAclCheck(schema, role)	object_aclcheck(NamespaceRelationId, schema, role, ACL_CREATE)
#define SchemaOwnerCheck(schema, role)		object_ownercheck(NamespaceRelationId, schema, role)
#define RelationOwnerCheck(relid, role)		object_ownercheck(RelationRelationId, relid, role)
#define DatabaseAclCheck(database, role)	object_aclcheck(DatabaseRelationId, database, role, ACL_CONNECT)
#else
#define FunctionAclCheck(function, role)	pg_proc_aclcheck(function, role, ACL_EXECUTE)
#define SchemaAclCheck(schema, role)		pg_namespace_aclcheck(schema, role, ACL_USAGE)
#define SchemaCreateAclCheck(schema, role)	pg_namespace_aclcheck(schema, role, ACL_CREATE)
#define SchemaOwnerCheck(schema, role)		pg_namespace_ownercheck(schema, role)
#define RelationOwnerCheck(relid, role)		pg_class_ownercheck(relid, role)
#define DatabaseAclCheck(database, role)	pg_database_aclcheck(database, role, ACL_CONNECT)
#endif

/* Index scans can be instrumented from 18 on. */
#if PG_VERSION_NUM >= 180000
#define IndexBeginScan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define IndexBeginScan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* What a decoded change holds of a row; NULL if it holds nothing. */
#if PG_VERSION_NUM >= 170000
#define ChangedTuple(buffer)	(buffer)
#else
#define ChangedTuple(buffer)	((buffer) ? &(buffer)->tuple : NULL)
#endif

/* Replication slots; 16 says why one is invalid, 17 has those that are synced to standbys. */
#if PG_VERSION_NUM >= 160000
#define SlotIsInvalid(data)	((data)->invalidated != RS_INVAL_NONE)
#else
#define SlotIsInvalid(data)	((data)->invalidated_at != InvalidXLogRecPtr)
#endif
#if PG_VERSION_NUM >= 170000
#define SlotCreateEphemeral(name)	ReplicationSlotCreate(name, true, RS_EPHEMERAL, false, false, false)
#else
#define SlotCreateEphemeral(name)	ReplicationSlotCreate(name, true, RS_EPHEMERAL, false)
#endif
#if PG_VERSION_NUM >= 180000
#define SlotAcquire(name)	ReplicationSlotAcquire(name, true, true)
#else
#define SlotAcquire(name)	ReplicationSlotAcquire(name, true)
#endif

/* Writes a logical message that no transaction owns; returns where it ends. */
#if PG_VERSION_NUM >= 170000
#define WriteLogicalMessage(prefix)	LogLogicalMessage(prefix, "", 0, false, false)
#else
#define WriteLogicalMessage(prefix)	LogLogicalMessage(prefix, "", 0, false)
#endif

/* A set of events that lives as long as the process. */
static inline WaitEventSet *
WaitEventSetMake(int size)
{
#if PG_VERSION_NUM >= 170000
	return CreateWaitEventSet(NULL, size);
#else
	return CreateWaitEventSet(TopMemoryContext, size);
#endif
}

#endif							/* DYNAMO_COMPAT_H */
