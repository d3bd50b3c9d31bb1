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
	ReturnCapacity capacity;
	Projection *projection;		/* NULL: whole items */
	ConditionNode *filter;		/* NULL: every item */
	DynamoItem *start;			/* ExclusiveStartKey, or NULL */
	bool		single;			/* at most one item can match */
	const AttributeValue *end;	/* the last sort key that can match, or NULL */
} PageRequest;

/*
 * Reads the members that Query and Scan share, but for the expressions, which
 * have been read before, and checks what needs no table.
 */
extern void PageRead(PageRequest *page, const JsonNode *request, ConditionNode *filter,
					 Projection *projection);

/* The table of the page, open for reading. */
extern TableDesc *PageOpenTable(const PageRequest *page);

/* Reads the range to the page's end and writes the reply. */
extern void PageReply(StringInfo reply, const PageRequest *page, TableDesc *table, const RangeSpec *spec);

#endif							/* DYNAMO_PAGE_H */
