/*
 * stream_read.c
 *	  GetShardIterator and GetRecords.
 *
 * Who may read the table may read its stream; but not where row security
 * applies, as nobody can tell which policy an old image would have passed.  The
 * stream of a table that is gone is its owner's.
 */
#include "base/compat.h"

#include <math.h>

#include "access/xlog.h"
#include "access/xlogrecovery.h"
#include "api/operations.h"
#include "api/raise_invalid.h"
#include "api/stream_iterator.h"
#include "api/stream_record.h"
#include "api/table_name.h"
#include "base/json_writer.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "value/error_codes.h"

#define GET_RECORDS_LIMIT	1000
#define GET_RECORDS_BYTES	(1024 * 1024)

static void RaiseTrimmed(void) pg_attribute_noreturn();

/* A page of records. */
typedef struct RecordPage
{
	StringInfo	out;
	const StreamRow *stream;
	int			limit;			/* records that may still follow */
	int			start;			/* length of out before the first one */
	StreamPosition next;		/* where to go on */
	bool		full;			/* there is more */
} RecordPage;

/* ---- privileges ---- */

static void
RequireRead(const StreamRow *stream)
{
	TableRow   *table = CatalogFindRelation(stream->relid);

	if (table == NULL)
	{
		if (!has_privs_of_role(GetUserId(), stream->owner))
			aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, stream->table_name);
		return;
	}
	if (pg_class_aclcheck(stream->relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(stream->relid));
	if (check_enable_rls(stream->relid, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("row-level security keeps the stream of table \"%s\" from being read", stream->table_name)));
}

/* ---- positions ---- */

static void
RaiseTrimmed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DYNAMO_TRIMMED_DATA_ACCESS),
			 errmsg("The data you are trying to access has been trimmed.")));
}

static void
RequireUntrimmed(const StreamRow *stream, int shard, StreamPosition position)
{
	if (position.commit_lsn < stream->first_lsn || StreamLogIsTrimmed(stream->id, shard, position))
		RaiseTrimmed();
}

/* What will be committed from now on. */
static StreamPosition
Now(void)
{
	StreamPosition now = {
		.commit_lsn = RecoveryInProgress() ? GetXLogReplayRecPtr(NULL) : GetXLogInsertRecPtr(),
	};

	return now;
}

/* Where the log ends, or the stream begins if it has not come so far. */
static StreamPosition
EndOfLog(const StreamRow *stream)
{
	StreamPosition end = {.commit_lsn = Max(StreamLogEnd(), stream->first_lsn)};

	return end;
}

/* The first record that was made at a time, in seconds, or later. */
typedef struct RecordSearch
{
	double		since;
	StreamPosition found;
	bool		any;
} RecordSearch;

/* A StreamLogVisitor. */
static bool
IsSince(const StreamLogRecord *record, void *arg)
{
	RecordSearch *search = arg;

	if ((double) StreamEpochSeconds(record->committed_at) < search->since)
		return true;
	search->found = record->position;
	search->any = true;
	return false;
}

static StreamPosition
FirstSince(const StreamRow *stream, int shard, double since)
{
	StreamPosition begin = {.commit_lsn = stream->first_lsn};
	RecordSearch search = {.since = since};

	StreamLogRead(stream->id, shard, begin, IsSince, &search);
	return search.any ? search.found : EndOfLog(stream);
}

static StreamPosition
AtSequenceNumber(const JsonNode *request, const StreamRow *stream, int shard)
{
	const char *number = RequestString(request, "SequenceNumber");
	StreamPosition position;

	if (number == NULL || !StreamSequenceParse(number, &position))
		RaiseInvalid("Invalid SequenceNumber");
	RequireUntrimmed(stream, shard, position);
	return position;
}

static StreamPosition
AtTimestamp(const JsonNode *request, const StreamRow *stream, int shard)
{
	const JsonNode *member = RequestMember(request, "Timestamp");
	double		since = member ? strtod(member->text, NULL) : 0;

	if (member == NULL)
		RaiseInvalid("Timestamp must be passed for this iterator type");
	if (since > (double) StreamEpochSeconds(GetCurrentTimestamp()) + 1)
		RaiseInvalid("Timestamp cannot be in the future");
	return FirstSince(stream, shard, since);
}

/* Where an iterator that is asked for begins. */
static StreamPosition
BeginningOf(const JsonNode *request, const StreamRow *stream, int shard)
{
	const char *type = RequestString(request, "ShardIteratorType");
	bool		at = strcmp(type, "AT_SEQUENCE_NUMBER") == 0;
	bool		after = strcmp(type, "AFTER_SEQUENCE_NUMBER") == 0;
	StreamPosition position;

	if (!at && !after && RequestMember(request, "SequenceNumber"))
		RaiseInvalid("SequenceNumber should not be passed for this iterator type");
	if (strcmp(type, "AT_TIMESTAMP") != 0 && RequestMember(request, "Timestamp"))
		RaiseInvalid("Timestamp should not be passed for this iterator type");
	if (strcmp(type, "LATEST") == 0)
		return Now();
	if (strcmp(type, "TRIM_HORIZON") == 0)
		return FirstSince(stream, shard, 0);
	if (strcmp(type, "AT_TIMESTAMP") == 0)
		return AtTimestamp(request, stream, shard);
	position = AtSequenceNumber(request, stream, shard);
	if (after)
		position.number++;
	return position;
}

void
GetShardIteratorRun(const JsonNode *request, StringInfo reply)
{
	StreamRow  *stream = StreamOfArn(RequestString(request, "StreamArn"));
	int			shard = StreamShardFind(stream, RequestString(request, "ShardId"));

	if (shard < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_RESOURCE_NOT_FOUND),
				 errmsg("Shard does not exist")));
	RequireRead(stream);
	PushActiveSnapshot(GetLatestSnapshot());
	appendStringInfoChar(reply, '{');
	JsonMemberString(reply, "ShardIterator", StreamIteratorText(stream, shard, BeginningOf(request, stream, shard)));
	appendStringInfoChar(reply, '}');
	PopActiveSnapshot();
}

/* ---- records ---- */

/* A StreamLogVisitor: appends a record, unless the page is full. */
static bool
AddRecord(const StreamLogRecord *log_record, void *arg)
{
	RecordPage *page = arg;
	int			before = page->out->len;
	StreamRecord record;

	page->full = page->limit == 0;
	if (page->full)
		return false;
	StreamRecordFromLog(&record, page->stream, log_record);
	JsonElement(page->out);
	StreamRecordToJson(page->out, &record);
	if (before > page->start && page->out->len - page->start > GET_RECORDS_BYTES)
	{
		page->out->len = before;
		page->out->data[before] = '\0';
		page->full = true;
		return false;
	}
	page->limit--;
	page->next = log_record->position;
	page->next.number++;
	return true;
}

/* Appends the records, and the iterator to go on with: none behind the end of a closed shard. */
static void
PageToJson(RecordPage *page, const StreamIterator *iterator)
{
	StreamPosition end = EndOfLog(page->stream);

	appendStringInfoChar(page->out, '{');
	JsonKeyName(page->out, "Records");
	appendStringInfoChar(page->out, '[');
	page->start = page->out->len;
	StreamLogRead(page->stream->id, iterator->shard, iterator->position, AddRecord, page);
	appendStringInfoChar(page->out, ']');

	/* an old place would be taken for one that was trimmed */
	if (!page->full && end.commit_lsn > page->next.commit_lsn)
		page->next = end;
	if (page->full || page->stream->status != STREAM_DISABLED)
		JsonMemberString(page->out, "NextShardIterator",
						 StreamIteratorText(page->stream, iterator->shard, page->next));
	appendStringInfoChar(page->out, '}');
}

/* One snapshot shows the stream's state, the records, and where they end. */
void
GetRecordsRun(const JsonNode *request, StringInfo reply)
{
	int			limit = RequestInteger(request, "Limit", GET_RECORDS_LIMIT);
	StreamIterator iterator;
	RecordPage	page = {.out = reply, .limit = limit};

	if (limit > GET_RECORDS_LIMIT)
		RaiseInvalid("Limit should be less than or equal to %d", GET_RECORDS_LIMIT);
	page.stream = StreamIteratorParse(RequestString(request, "ShardIterator"), &iterator);
	page.next = iterator.position;
	RequireRead(page.stream);
	PushActiveSnapshot(GetLatestSnapshot());
	RequireUntrimmed(page.stream, iterator.shard, iterator.position);
	PageToJson(&page, &iterator);
	PopActiveSnapshot();
}
