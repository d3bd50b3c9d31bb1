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
	DynamoItem *start;			/* ExclusiveStartKey, or NULL */
	bool		single;			/* at most one item can match: no
								 * LastEvaluatedKey */
} PageRequest;

/*
 * Reads the members that Query and Scan share and checks what needs no table.
 * The projection is prepared against the binding; without a binding (no
 * placeholders, no expression) pass NULL.
 */
extern void PageRead(PageRequest *page, const JsonNode *request, Binding *binding);

/* The table of the page, open for reading. */
extern TableDesc *PageOpenTable(const PageRequest *page);

/* Reads the range to the page's end and writes the reply. */
extern void PageReply(StringInfo reply, const PageRequest *page, TableDesc *table, const RangeSpec *spec);

#endif							/* DYNAMO_PAGE_H */
