/*
 * stream_lines.c
 *	  The lines of a transaction: its records, for who reads by transaction.
 */
#include "base/compat.h"

#include "base/json_writer.h"
#include "replication/output_plugin.h"
#include "stream/stream_lines.h"

/* A line that has grown to so many bytes is ended. */
#define LINE_SIZE	(16 * 1024 * 1024)

void
StreamLinesInit(StreamLines *lines)
{
	memset(lines, 0, sizeof(*lines));
	initStringInfo(&lines->text);
}

void
StreamLinesBegin(StreamLines *lines, TransactionId xid, int part)
{
	resetStringInfo(&lines->text);
	lines->xid = xid;
	lines->part = part;
}

static void
SendLine(LogicalDecodingContext *ctx, StreamLines *lines)
{
	StringInfo	text = &lines->text;
	MemoryContext before;

	appendStringInfoChar(text, '}');
	OutputPluginPrepareWrite(ctx, true);
	appendBinaryStringInfo(ctx->out, text->data, text->len);
	OutputPluginWrite(ctx, true);

	/* A long line's memory is given back. */
	before = MemoryContextSwitchTo(GetMemoryChunkContext(text->data));
	pfree(text->data);
	initStringInfo(text);
	MemoryContextSwitchTo(before);
}

static void
WriteXid(StringInfo text, const char *name, TransactionId xid)
{
	JsonKeyName(text, name);
	appendStringInfo(text, "\"%u\"", xid);
}

/* Starts a line: whose it is. */
static void
StartLine(StreamLines *lines, TransactionId subxid)
{
	lines->subxid = subxid;
	appendStringInfoChar(&lines->text, '{');
	WriteXid(&lines->text, "TransactionId", lines->xid);
	if (TransactionIdIsValid(subxid))
		WriteXid(&lines->text, "SubtransactionId", subxid);
}

/* Starts a line of records; commit_lsn is invalid while the transaction is in progress. */
static void
StartRecords(StreamLines *lines, TransactionId subxid, XLogRecPtr commit_lsn, TimestampTz committed_at)
{
	StringInfo	text = &lines->text;

	StartLine(lines, subxid);
	if (!XLogRecPtrIsInvalid(commit_lsn))
	{
		JsonKeyName(text, "CommitLSN");
		appendStringInfo(text, "\"%X/%X\"", LSN_FORMAT_ARGS(commit_lsn));
		JsonMemberInt(text, "ApproximateCreationDateTime", StreamEpochSeconds(committed_at));
	}
	JsonMemberInt(text, "Part", ++lines->part);
	JsonKeyName(text, "Records");
	appendStringInfoChar(text, '[');
}

void
StreamLinesEnd(LogicalDecodingContext *ctx, StreamLines *lines, bool more)
{
	if (lines->text.len == 0)
		return;
	appendStringInfoChar(&lines->text, ']');
	JsonMemberBool(&lines->text, "More", more);
	SendLine(ctx, lines);
}

void
StreamLinesAdd(LogicalDecodingContext *ctx, StreamLines *lines, TransactionId subxid,
			   const StreamRecord *record)
{
	StringInfo	text = &lines->text;

	if (text->len > LINE_SIZE || subxid != lines->subxid)
		StreamLinesEnd(ctx, lines, true);
	if (text->len == 0)
		StartRecords(lines, subxid, record->position.commit_lsn, record->committed_at);
	JsonElement(text);
	StreamRecordToJson(text, record);
}

void
StreamLinesCommit(LogicalDecodingContext *ctx, StreamLines *lines, XLogRecPtr commit_lsn,
				  TimestampTz committed_at)
{
	StartRecords(lines, InvalidTransactionId, commit_lsn, committed_at);
	StreamLinesEnd(ctx, lines, false);
}

void
StreamLinesRollback(LogicalDecodingContext *ctx, StreamLines *lines, TransactionId subxid)
{
	StartLine(lines, subxid);
	JsonMemberBool(&lines->text, "RolledBack", true);
	SendLine(ctx, lines);
}
