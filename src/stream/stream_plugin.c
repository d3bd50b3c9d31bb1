/*
 * stream_plugin.c
 *	  The logical decoding output plugin "dynamo": item changes as records of
 *	  DynamoDB Streams.
 *
 * A record's SequenceNumber is made of its transaction's commit, so a
 * transaction is told when it has committed: one that passes
 * logical_decoding_work_mem waits on disk, not in memory.  Who reads by
 * transaction may have such a one while it is in progress, the option
 * "streaming"; its records lack what is not known before the commit.
 */
#include "base/compat.h"

#include "api/stream_record.h"
#include "api/table_name.h"
#include "base/json_writer.h"
#include "catalog/pg_class.h"
#include "commands/defrem.h"
#include "replication/logical.h"
#include "replication/output_plugin.h"
#include "replication/reorderbuffer.h"
#include "replication/origin.h"
#include "stream/stream_leaf.h"
#include "stream/stream_lines.h"
#include "stream/stream_plugin.h"
#include "utils/datum.h"
#include "utils/rel.h"
#include "value/item_build.h"
#include "value/key.h"

/*
 * A transaction that has sent a logical message with this prefix and content
 * acts for the service from there on: what it removes is removed as expired.
 */
#define MESSAGE_PREFIX	"dynamo"
#define MESSAGE_SERVICE "service"

/* So many changes without output, and the receiver is told that all is well. */
#define QUIET_CHANGES	100

typedef struct StreamPlugin
{
	List	   *tables;			/* names; NIL: all */
	char	   *region;
	StreamViewType view_type;
	bool		by_transaction; /* a line is a transaction, not a record */
	bool		streaming;		/* large transactions come while they are in progress */
	StreamPosition position;	/* of the last record; in progress: no commit_lsn */
	bool		by_service;		/* the transaction acts for the service */
	StreamLines lines;			/* of this transaction */
	TransactionId subxid;		/* the change's subtransaction in one in progress, or invalid */
	int			quiet;			/* changes since the last sign of life */
	MemoryContext change_context;	/* reset after each change */
} StreamPlugin;

/* A transaction in progress, between the blocks of its changes. */
typedef struct StreamedTransaction
{
	int			nlines;
	bool		by_service;
} StreamedTransaction;

/* What a tuple says of an item; item is NULL if the tuple does not hold it. */
typedef struct DecodedItem
{
	Datum		keys[TABLE_MAX_KEYS];
	const DynamoItem *item;
	bool		unchanged;		/* the item stands as it was, out of line */
} DecodedItem;

StreamSink	stream_sink = NULL;

extern PGDLLEXPORT void _PG_output_plugin_init(OutputPluginCallbacks *callbacks);

/* ---- options ---- */

static void
RefuseOption(const DefElem *option, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for option \"%s\"", option->defname),
			 errhint("%s", hint)));
}

/* The names between commas; no TableName holds a comma. */
static List *
ParseTables(DefElem *option)
{
	List	   *names = NIL;
	char	   *text = pstrdup(defGetString(option));
	char	   *rest = NULL;

	for (char *name = strtok_r(text, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest))
		names = lappend(names, name);
	if (names == NIL)
		RefuseOption(option, "It is a list of table names, with commas between them.");
	return names;
}

static void
ParseOption(StreamPlugin *plugin, DefElem *option)
{
	if (strcmp(option->defname, "tables") == 0)
		plugin->tables = ParseTables(option);
	else if (strcmp(option->defname, "region") == 0)
		plugin->region = pstrdup(defGetString(option));
	else if (strcmp(option->defname, "view-type") == 0)
	{
		if (!StreamViewTypeParse(defGetString(option), &plugin->view_type))
			RefuseOption(option, "It is KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES.");
	}
	else if (strcmp(option->defname, "format") == 0)
	{
		plugin->by_transaction = strcmp(defGetString(option), "transaction") == 0;
		if (!plugin->by_transaction && strcmp(defGetString(option), "record") != 0)
			RefuseOption(option, "It is record or transaction.");
	}
	else if (strcmp(option->defname, "streaming") == 0)
		plugin->streaming = defGetBoolean(option);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("output plugin \"dynamo\" has no option \"%s\"", option->defname),
				 errhint("It has the options tables, view-type, format, streaming and region.")));
}

static void
Startup(LogicalDecodingContext *ctx, OutputPluginOptions *options, bool is_init)
{
	StreamPlugin *plugin = palloc0(sizeof(StreamPlugin));
	ListCell   *cell;

	options->output_type = OUTPUT_PLUGIN_TEXTUAL_OUTPUT;
	options->receive_rewrites = false;
	plugin->region = ARN_REGION;
	plugin->view_type = STREAM_NEW_AND_OLD_IMAGES;
	foreach(cell, ctx->output_plugin_options)
		ParseOption(plugin, lfirst(cell));
	if (plugin->streaming && !plugin->by_transaction)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"streaming\" needs the option \"format\" to be \"transaction\"")));
	ctx->streaming &= plugin->streaming;
	plugin->change_context = AllocSetContextCreate(ctx->context, "dynamo stream change",
												   ALLOCSET_DEFAULT_SIZES);
	StreamLinesInit(&plugin->lines);
	StreamLeavesInit(ctx->context);
	ctx->output_plugin_private = plugin;
}

/* ---- writing ---- */

static bool
IsWanted(const StreamPlugin *plugin, const char *table_name)
{
	ListCell   *cell;

	if (plugin->tables == NIL)
		return true;
	foreach(cell, plugin->tables)
	{
		if (strcmp(lfirst(cell), table_name) == 0)
			return true;
	}
	return false;
}

static void
WriteRecord(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, StreamRecord *record)
{
	StreamPlugin *plugin = ctx->output_plugin_private;

	plugin->position.number++;
	record->position = plugin->position;
	record->committed_at = txn->xact_time.commit_time;
	record->by_service = plugin->by_service && record->event == STREAM_REMOVE;
	record->view_type = plugin->view_type;
	record->region = plugin->region;
	if (!plugin->by_transaction)
	{
		OutputPluginPrepareWrite(ctx, true);
		StreamRecordToJson(ctx->out, record);
		OutputPluginWrite(ctx, true);
		plugin->quiet = 0;
		return;
	}
	StreamLinesAdd(ctx, &plugin->lines, plugin->subxid, record);
}

static AttributeValue
KeyOf(const StreamLeaf *leaf, const DecodedItem *decoded, int i)
{
	return KeyAttributeValue(leaf->keys[i].type, decoded->keys[i]);
}

/* ---- feeding ---- */

/* An item of the keys alone. */
static const DynamoItem *
KeysItem(const StreamLeaf *leaf, const DecodedItem *decoded)
{
	ValueNode	root = {0};

	ValueNodeSetBranch(&root, ATTRIBUTE_M, leaf->nkeys);
	for (int i = 0; i < leaf->nkeys; i++)
	{
		AttributeValue key = KeyOf(leaf, decoded, i);

		ValueNodeSetLeaf(&root.children[i], &key);
		root.children[i].name = leaf->keys[i].name;
		root.children[i].name_len = leaf->keys[i].name_len;
	}
	return ItemBuild(&root);
}

/* Hands the change over, as the view shows it. */
static void
FeedEvent(StreamPlugin *plugin, ReorderBufferTXN *txn, const StreamLeaf *leaf,
		  StreamEvent event, const DecodedItem *old, const DecodedItem *new)
{
	bool		both = leaf->view_type == STREAM_NEW_AND_OLD_IMAGES;
	bool		show_new = both || leaf->view_type == STREAM_NEW_IMAGE;
	bool		show_old = both || leaf->view_type == STREAM_OLD_IMAGE;
	StreamLogRecord record = {
		.stream_id = leaf->stream_id,
		.shard = leaf->shard,
		.committed_at = txn->xact_time.commit_time,
		.event = event,
		.by_service = plugin->by_service && event == STREAM_REMOVE,
		.new_image = show_new && new ? new->item : NULL,
		.old_image = show_old && old ? old->item : NULL,
	};

	plugin->position.number++;
	record.position = plugin->position;
	if (!record.new_image && !record.old_image)
		record.keys = KeysItem(leaf, new ? new : old);
	stream_sink(&record);
}

/* ---- changes ---- */

static void
WriteEvent(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, const StreamLeaf *leaf,
		   StreamEvent event, const DecodedItem *old, const DecodedItem *new)
{
	StreamRecord record = {.event = event, .table_name = leaf->table_name, .nkeys = leaf->nkeys};

	for (int i = 0; i < leaf->nkeys; i++)
	{
		record.key_names[i] = leaf->keys[i].name;
		record.keys[i] = KeyOf(leaf, new ? new : old, i);
	}
	record.new_item = new ? new->item : NULL;
	record.old_item = old ? old->item : NULL;
	WriteRecord(ctx, txn, &record);
}

static void
TakeEvent(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, const StreamLeaf *leaf,
		  StreamEvent event, const DecodedItem *old, const DecodedItem *new)
{
	if (stream_sink)
		FeedEvent(ctx->output_plugin_private, txn, leaf, event, old, new);
	else
		WriteEvent(ctx, txn, leaf, event, old, new);
}

/* ---- reading changes ---- */

/* False if the tuple does not hold the keys. */
static bool
DecodeTuple(DecodedItem *decoded, const StreamLeaf *leaf, TupleDesc desc, HeapTuple tuple)
{
	Datum		value;
	bool		isnull;

	memset(decoded, 0, sizeof(*decoded));
	if (!tuple)
		return false;
	for (int i = 0; i < leaf->nkeys; i++)
	{
		value = heap_getattr(tuple, leaf->keys[i].column, desc, &isnull);
		if (isnull)
			return false;
		decoded->keys[i] = value;
	}
	value = heap_getattr(tuple, leaf->item_column, desc, &isnull);
	if (isnull)
		return true;			/* only the replica identity's columns */

	/*
	 * An UPDATE that does not touch a value out of line brings it along no
	 * more than it writes it again.
	 */
	if (VARATT_IS_EXTERNAL_ONDISK(DatumGetPointer(value)))
		decoded->unchanged = true;
	else
		decoded->item = DatumGetItemP(value);
	return true;
}

static bool
SameKeys(const StreamLeaf *leaf, const DecodedItem *a, const DecodedItem *b)
{
	for (int i = 0; i < leaf->nkeys; i++)
	{
		AttributeValue key;

		if (datumIsEqual(a->keys[i], b->keys[i], false, -1))
			continue;

		/* equal numbers may be written in more than one way */
		key = KeyOf(leaf, a, i);
		if (!KeyDatumEquals(leaf->keys[i].type, b->keys[i], &key))
			return false;
	}
	return true;
}

/* Whether an UPDATE left the item as it was, as far as one can know. */
static bool
SameItem(const DecodedItem *old, const DecodedItem *new)
{
	if (new->unchanged)
		return true;
	return old && old->item && new->item && VARSIZE(old->item) == VARSIZE(new->item) &&
		memcmp(old->item, new->item, VARSIZE(old->item)) == 0;
}

/* old is NULL if the server did not log the old row. */
static void
DecodeUpdate(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, const StreamLeaf *leaf,
			 const DecodedItem *old, DecodedItem *new)
{
	if (new->unchanged && old)
		new->item = old->item;
	if (old && !SameKeys(leaf, old, new))
	{
		TakeEvent(ctx, txn, leaf, STREAM_REMOVE, old, NULL);
		TakeEvent(ctx, txn, leaf, STREAM_INSERT, NULL, new);
	}
	else if (!SameItem(old, new))
		TakeEvent(ctx, txn, leaf, STREAM_MODIFY, old, new);
}

/* Whether an old row's key is logged where it matters. */
static bool
KeyIsLogged(Relation rel)
{
	return rel->rd_rel->relreplident == REPLICA_IDENTITY_FULL ||
		RelationGetReplicaIndex(rel) == RelationPrimaryKey(rel);
}

/* Nobody can tell which item was removed, or that a key was changed. */
static void
WarnOfLoss(StreamLeaf *leaf, Relation rel)
{
	if (!leaf->warned)
		ereport(WARNING,
				(errmsg("changes of partition \"%s\" of table \"%s\" are decoded incompletely",
						RelationGetRelationName(rel), leaf->table_name),
				 errdetail("The partition's replica identity does not include its key."),
				 errhint("Use ALTER TABLE ... REPLICA IDENTITY FULL.")));
	leaf->warned = true;
}

static void
DecodeChange(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, StreamLeaf *leaf, Relation rel,
			 ReorderBufferChange *change)
{
	TupleDesc	desc = RelationGetDescr(rel);
	DecodedItem old;
	DecodedItem new;
	bool		has_old = DecodeTuple(&old, leaf, desc, ChangedTuple(change->data.tp.oldtuple));
	bool		has_new = DecodeTuple(&new, leaf, desc, ChangedTuple(change->data.tp.newtuple));

	if (change->action != REORDER_BUFFER_CHANGE_INSERT && !KeyIsLogged(rel))
		WarnOfLoss(leaf, rel);
	if (change->action == REORDER_BUFFER_CHANGE_INSERT && has_new)
		TakeEvent(ctx, txn, leaf, STREAM_INSERT, NULL, &new);
	else if (change->action == REORDER_BUFFER_CHANGE_UPDATE && has_new)
		DecodeUpdate(ctx, txn, leaf, has_old ? &old : NULL, &new);
	else if (change->action == REORDER_BUFFER_CHANGE_DELETE && has_old)
		TakeEvent(ctx, txn, leaf, STREAM_REMOVE, &old, NULL);
}

/* ---- callbacks ---- */

/* Begins a transaction, or goes on with one; commit_lsn is invalid if it is in progress. */
static void
BeginChanges(StreamPlugin *plugin, ReorderBufferTXN *txn, XLogRecPtr commit_lsn, int nlines, bool by_service)
{
	plugin->position.commit_lsn = commit_lsn;
	plugin->position.number = 0;
	plugin->by_service = by_service;
	plugin->subxid = InvalidTransactionId;
	StreamLinesBegin(&plugin->lines, txn->xid, nlines);
	StreamLeavesSweep();
}

static void
Begin(LogicalDecodingContext *ctx, ReorderBufferTXN *txn)
{
	BeginChanges(ctx->output_plugin_private, txn, txn->final_lsn, 0, false);
}

static void
Change(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, Relation rel, ReorderBufferChange *change)
{
	StreamPlugin *plugin = ctx->output_plugin_private;
	MemoryContext before = MemoryContextSwitchTo(plugin->change_context);
	StreamLeaf *leaf = StreamLeafFor(rel);

	if (leaf && (stream_sink ? leaf->stream_id != 0 : IsWanted(plugin, leaf->table_name)))
		DecodeChange(ctx, txn, leaf, rel, change);
	MemoryContextSwitchTo(before);
	MemoryContextReset(plugin->change_context);
	if (++plugin->quiet >= QUIET_CHANGES)
	{
		OutputPluginUpdateProgress(ctx, false);
		plugin->quiet = 0;
	}
}

static void
Commit(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, XLogRecPtr commit_lsn)
{
	StreamPlugin *plugin = ctx->output_plugin_private;

	StreamLinesEnd(ctx, &plugin->lines, false);
	OutputPluginUpdateProgress(ctx, plugin->position.number == 0);
}

static void
Message(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, XLogRecPtr lsn, bool transactional,
		const char *prefix, Size size, const char *content)
{
	StreamPlugin *plugin = ctx->output_plugin_private;

	if (transactional && strcmp(prefix, MESSAGE_PREFIX) == 0)
		plugin->by_service = size == strlen(MESSAGE_SERVICE) && memcmp(content, MESSAGE_SERVICE, size) == 0;
}

/* ---- callbacks of transactions in progress ---- */

static StreamedTransaction *
StreamedOf(LogicalDecodingContext *ctx, ReorderBufferTXN *txn)
{
	if (!txn->output_plugin_private)
		txn->output_plugin_private = MemoryContextAllocZero(ctx->context, sizeof(StreamedTransaction));
	return txn->output_plugin_private;
}

static void
StreamStart(LogicalDecodingContext *ctx, ReorderBufferTXN *txn)
{
	StreamedTransaction *streamed = StreamedOf(ctx, txn);

	BeginChanges(ctx->output_plugin_private, txn, InvalidXLogRecPtr, streamed->nlines, streamed->by_service);
}

static void
StreamStop(LogicalDecodingContext *ctx, ReorderBufferTXN *txn)
{
	StreamPlugin *plugin = ctx->output_plugin_private;
	StreamedTransaction *streamed = StreamedOf(ctx, txn);

	StreamLinesEnd(ctx, &plugin->lines, true);
	streamed->nlines = plugin->lines.part;
	streamed->by_service = plugin->by_service;
}

static void
StreamChange(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, Relation rel, ReorderBufferChange *change)
{
	StreamPlugin *plugin = ctx->output_plugin_private;

	plugin->subxid = change->txn == txn ? InvalidTransactionId : change->txn->xid;
	Change(ctx, txn, rel, change);
}

static void
ForgetStreamed(ReorderBufferTXN *txn)
{
	pfree(txn->output_plugin_private);
	txn->output_plugin_private = NULL;
}

/*
 * Of a subtransaction, or the transaction itself.  Only who has had lines of it
 * is told how it ended.
 */
static void
StreamAbort(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, XLogRecPtr abort_lsn)
{
	StreamPlugin *plugin = ctx->output_plugin_private;
	ReorderBufferTXN *top = txn->toptxn ? txn->toptxn : txn;
	StreamedTransaction *streamed = StreamedOf(ctx, top);

	if (streamed->nlines > 0)
	{
		StreamLinesBegin(&plugin->lines, top->xid, streamed->nlines);
		StreamLinesRollback(ctx, &plugin->lines, txn == top ? InvalidTransactionId : txn->xid);
	}
	if (txn == top)
		ForgetStreamed(txn);
}

static void
StreamCommit(LogicalDecodingContext *ctx, ReorderBufferTXN *txn, XLogRecPtr commit_lsn)
{
	StreamPlugin *plugin = ctx->output_plugin_private;
	StreamedTransaction *streamed = StreamedOf(ctx, txn);

	if (streamed->nlines > 0)
	{
		StreamLinesBegin(&plugin->lines, txn->xid, streamed->nlines);
		StreamLinesCommit(ctx, &plugin->lines, txn->final_lsn, txn->xact_time.commit_time);
	}
	OutputPluginUpdateProgress(ctx, streamed->nlines == 0);
	ForgetStreamed(txn);
}

/* What the feeding worker writes concerns nobody. */
static bool
FilterByOrigin(LogicalDecodingContext *ctx, RepOriginId origin)
{
	return origin == DoNotReplicateId;
}

void
_PG_output_plugin_init(OutputPluginCallbacks *callbacks)
{
	callbacks->startup_cb = Startup;
	callbacks->begin_cb = Begin;
	callbacks->change_cb = Change;
	callbacks->commit_cb = Commit;
	callbacks->message_cb = Message;
	callbacks->filter_by_origin_cb = FilterByOrigin;
	callbacks->stream_start_cb = StreamStart;
	callbacks->stream_stop_cb = StreamStop;
	callbacks->stream_change_cb = StreamChange;
	callbacks->stream_message_cb = Message;
	callbacks->stream_abort_cb = StreamAbort;
	callbacks->stream_commit_cb = StreamCommit;
}
