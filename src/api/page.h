/*
 * page.h
 *	  A page of Query or Scan: what both read from a request, and the reply.
 */
#ifndef DYNAMO_PAGE_H
#define DYNAMO_PAGE_H

#include "expression/expression.h"
#include "request/capacity.h"
#include "table/range.h"

/* What is read before a page is full, in bytes of item size. */
#define PAGE_MAX_SIZE	(1024 * 1024)

typedef struct PageRequest
{
	const char *table_name;
	const char *index_name;		/* NULL: the table itself */
	int64		limit;			/* 0: none */
	bool		consistent;
	bool		count_only;		/* Select COUNT */
	bool		all_attributes; /* Select ALL_ATTRIBUTES */
	ReturnCapacity capacity;
	Projection *projection;		/* NULL: whole items */
	ConditionNode *filter;		/* NULL: every item */
	DynamoItem *start;			/* ExclusiveStartKey, or NULL */
	bool		single;			/* at most one item can match */
	const AttributeValue *end;	/* the last sort key that can match, or NULL */

	/* Filled in by PageOpen(). */
	TableDesc  *table;
	const IndexDesc *index;		/* NULL: the table itself */
	TableDesc  *entries;		/* what is read: the table's or the index's */
	bool		fetch;			/* the items are the table's all the same */
} PageRequest;

/*
 * Reads the members that Query and Scan share, but for the expressions, which
 * have been read before, and checks what needs no table.
 */
extern void PageRead(PageRequest *page, const JsonNode *request, ConditionNode *filter,
					 Projection *projection);

/*
 * Opens the table of the page for reading, and finds out what is read: raises
 * the service's errors for an index that is not there, is not built yet, or
 * cannot give what is asked for; and for expressions that reach below a key.
 */
extern void PageOpen(PageRequest *page, const Binding *binding);

/* Raises the service's error for a filter of Query that the index cannot serve. */
extern void PageCheckFilter(const PageRequest *page);

/* The same for attributes that a global index does not have. */
extern void PageCheckProjection(const PageRequest *page);

/* Reads the range to the page's end and writes the reply. */
extern void PageReply(StringInfo reply, const PageRequest *page, const RangeSpec *spec);

#endif							/* DYNAMO_PAGE_H */
