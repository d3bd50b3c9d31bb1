/*
 * stream_ddl.c
 *	  Enabling and disabling the stream of a table.
 *
 * A table with a stream has full replica identity, whatever the stream shows:
 * whether a write has changed the item can be told only from the old one.
 * pg_class is changed directly, because ALTER TABLE would lock out readers, too.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/indexing.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "replication/slot.h"
#include "table/access_method.h"
#include "table/stream_ddl.h"
#include "table/table_desc.h"
#include "table/worker_request.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "value/error_codes.h"

PG_FUNCTION_INFO_V1(dynamo_streams_changed);

StreamServerHook stream_server_hook = NULL;

/* ---- what the server must offer ---- */

static void
Refuse(const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_VALIDATION),
			 errmsg("StreamSpecification: %s", message),
			 errhint("%s", hint)));
}

void
StreamRequire(void)
{
	if (wal_level < WAL_LEVEL_LOGICAL)
		Refuse("streams need the server's setting wal_level to be logical",
			   "Set \"wal_level = logical\" and restart the server.");
	if (max_replication_slots == 0)
		Refuse("streams need a replication slot for each database",
			   "Set \"max_replication_slots\" and restart the server.");
	if (stream_server_hook == NULL)
		Refuse("streams need the library dynamo to be preloaded",
			   "Add \"dynamo\" to \"shared_preload_libraries\" and restart the server.");
	if (!stream_server_hook())
		Refuse("streams are served in the databases of the endpoint only",
			   "Set \"dynamo.database\" or add this database to \"dynamo.databases\", and restart the server.");
}

char *
StreamSlotName(void)
{
	return psprintf("dynamo_%u", MyDatabaseId);
}

/* Whether what commits from now on will be decoded. */
static bool
ServerDecodes(void)
{
	ReplicationSlot *slot = SearchNamedReplicationSlot(StreamSlotName(), true);
	bool		decodes = false;

	if (slot == NULL)
		return false;
	SpinLockAcquire(&slot->mutex);
	decodes = slot->data.database == MyDatabaseId && slot->data.confirmed_flush != InvalidXLogRecPtr &&
		slot->data.restart_lsn != InvalidXLogRecPtr;
	SpinLockRelease(&slot->mutex);
	return decodes;
}

/* ---- starting the feeder ---- */

static void
RequestFeeder(void)
{
	static WorkerRequest feeder = {
		.function = STREAM_FEEDER_FUNCTION,
		.name = STREAM_FEEDER_NAME,
		.deed = "enabled a stream",
		.work = "feed the stream",
		.otherwise = "the stream begins after the next start of the server",
	};

	WorkerRequestAtCommit(&feeder);
}

/*
 * dynamo.streams_changed(): AFTER INSERT OR UPDATE on dynamo.streams, which
 * fires for SQL only: a restored dump, say.
 */
Datum
dynamo_streams_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "dynamo.streams_changed() is a trigger");
	if (stream_server_hook != NULL)
		RequestFeeder();
	return PointerGetDatum(NULL);
}

/* ---- replica identity ---- */

/* Keeps writers out of all leaves, and waits for those that are there. */
static List *
LockLeaves(Oid table)
{
	return find_inheritance_children(table, ShareRowExclusiveLock);
}

static void
SetReplicaIdentity(Oid relid, char identity)
{
	Relation	pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple	tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "relation %u is gone", relid);
	((Form_pg_class) GETSTRUCT(tuple))->relreplident = identity;
	CatalogTupleUpdate(pg_class, &tuple->t_self, tuple);
	InvokeObjectPostAlterHook(RelationRelationId, relid, 0);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
}

static void
SetLeaves(List *leaves, char identity)
{
	ListCell   *cell;

	foreach(cell, leaves)
	{
		SetReplicaIdentity(lfirst_oid(cell), identity);
		/* decoding learns by this that there is a stream, or none any more */
		CacheInvalidateRelcacheByRelid(lfirst_oid(cell));
	}
	CommandCounterIncrement();
}

/* Raises an error unless the WAL has what happens in all leaves. */
static void
CheckLeaves(const TableRow *table, List *leaves)
{
	ListCell   *cell;

	foreach(cell, leaves)
	{
		Relation	leaf = table_open(lfirst_oid(cell), NoLock);

		if (!RelationUsesDynamoAccessMethod(leaf) || !RelationNeedsWAL(leaf))
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 errmsg("Table %s has a partition that is unlogged or without access method dynamo,"
							" whose items a stream would miss: %s",
							table->table_name, RelationGetRelationName(leaf))));
		table_close(leaf, NoLock);
	}
}

/* ---- streams ---- */

/* The time in UTC with milliseconds, as the service labels streams; later if that is taken. */
static char *
NewLabel(const char *table_name, TimestampTz created_at)
{
	TimestampTz time = created_at;
	char	   *label;

	do
	{
		struct pg_tm tm;
		fsec_t		fraction;

		if (timestamp2tm(time, NULL, &tm, &fraction, NULL, NULL) != 0)
			elog(ERROR, "timestamp out of range");
		label = psprintf("%04d-%02d-%02dT%02d:%02d:%02d.%03d", tm.tm_year, tm.tm_mon, tm.tm_mday,
						 tm.tm_hour, tm.tm_min, tm.tm_sec, (int) (fraction / 1000));
		time += 1000;
	} while (StreamCatalogFind(table_name, label));
	return label;
}

static Oid
OwnerOf(Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	Oid			owner = rel->rd_rel->relowner;

	table_close(rel, NoLock);
	return owner;
}

StreamRow *
StreamEnable(const TableRow *table, StreamViewType view_type, TimestampTz created_at)
{
	StreamRow  *row = palloc0(sizeof(StreamRow));
	List	   *leaves;

	StreamRequire();
	leaves = LockLeaves(table->relid);
	CheckLeaves(table, leaves);
	SetLeaves(leaves, REPLICA_IDENTITY_FULL);
	row->relid = table->relid;
	row->table_name = table->table_name;
	row->label = NewLabel(table->table_name, created_at);
	row->view_type = view_type;
	row->status = ServerDecodes() ? STREAM_ENABLED : STREAM_ENABLING;
	row->hash_key = table->hash_key;
	row->range_key = table->range_key;
	row->shards = TableDescFind(table->table_name)->modulus;
	row->owner = OwnerOf(table->relid);
	row->created_at = created_at;
	row->first_lsn = GetXLogInsertRecPtr();
	StreamCatalogInsert(row);
	RequestFeeder();
	return row;
}

void
StreamDisable(const TableRow *table, StreamRow *stream)
{
	List	   *leaves = LockLeaves(table->relid);

	SetLeaves(leaves, REPLICA_IDENTITY_DEFAULT);
	stream->status = STREAM_DISABLING;
	stream->ended_at = GetCurrentTimestamp();
	StreamCatalogUpdate(stream);
}

/* ---- TRUNCATE ---- */

static object_access_hook_type next_object_access_hook = NULL;

/*
 * TRUNCATE says nothing of the items that it takes away, so a stream would
 * miss them.
 */
static void
RefuseTruncate(ObjectAccessType access, Oid classid, Oid relid, int subid, void *arg)
{
	StreamRow  *stream;

	if (next_object_access_hook)
		next_object_access_hook(access, classid, relid, subid, arg);
	if (access != OAT_TRUNCATE || classid != RelationRelationId)
		return;
	stream = StreamCatalogOfLeaf(relid);
	if (stream)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot truncate table \"%s\", which has a stream", stream->table_name),
				 errhint("Use DELETE, or disable the stream first.")));
}

void
StreamDdlInit(void)
{
	next_object_access_hook = object_access_hook;
	object_access_hook = RefuseTruncate;
}
