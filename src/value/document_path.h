/*
 * document_path.h
 *	  A path into a document: a.b[2].c
 *
 * The expression floor builds paths from its own grammar; the SQL operators
 * -> and ->> read them with DocumentPathParse().
 */
#ifndef DYNAMO_DOCUMENT_PATH_H
#define DYNAMO_DOCUMENT_PATH_H

#include "value/item.h"

typedef struct PathElement
{
	const char *name;			/* NULL: a list index */
	uint32		name_len;
	uint32		index;
} PathElement;

typedef struct DocumentPath
{
	int			count;
	PathElement *elements;
} DocumentPath;

/*
 * Parses a.b[2].c; a name with other characters than letters, digits, '_'
 * and '-' stands in double quotes ("" for a quote).  Raises
 * ERRCODE_INVALID_PARAMETER_VALUE.  Allocates in the current context; names
 * point into text where they can.
 */
extern DocumentPath DocumentPathParse(const char *text, int len);

/* The value at the path from the top of an item: true and *value, or false. */
extern bool DocumentPathFind(const DocumentPath *path, const AttributeValue *map, AttributeValue *value);

#endif							/* DYNAMO_DOCUMENT_PATH_H */
