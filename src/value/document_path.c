/*
 * document_path.c
 *	  A path into a document: a.b[2].c
 */
#include "base/compat.h"

#include "value/document_path.h"

static void
BadPath(const char *text, int len)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid document path: \"%.*s\"", len, text),
			 errhint("Write a path like name.inner[2].\"odd name\".")));
}

static bool
IsPlainNameChar(char c)
{
	return c != '.' && c != '[' && c != ']' && c != '"';
}

/* Reads a name in double quotes, which p stands behind the first of. */
static const char *
ReadQuotedName(const char *p, const char *end, PathElement *element)
{
	char	   *name = palloc(end - p);

	element->name = name;
	for (; p < end; p++)
	{
		if (*p == '"')
		{
			if (p + 1 >= end || p[1] != '"')
			{
				element->name_len = name - element->name;
				return element->name_len > 0 ? p + 1 : NULL;
			}
			p++;
		}
		*name++ = *p;
	}
	return NULL;
}

/* Reads "2]", which p stands at the start of. */
static const char *
ReadIndex(const char *p, const char *end, PathElement *element)
{
	const char *start = p;
	uint64		index = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++)
		index = Min(index * 10 + (*p - '0'), PG_UINT32_MAX);
	if (p == start || p == end || *p != ']')
		return NULL;
	element->index = (uint32) index;
	return p + 1;
}

/* Reads a name; NULL if there is none. */
static const char *
ReadName(const char *p, const char *end, PathElement *element)
{
	if (p < end && *p == '"')
		return ReadQuotedName(p + 1, end, element);
	element->name = p;
	while (p < end && IsPlainNameChar(*p))
		p++;
	element->name_len = p - element->name;
	return element->name_len > 0 ? p : NULL;
}

DocumentPath
DocumentPathParse(const char *text, int len)
{
	DocumentPath path = {0};
	const char *p = text;
	const char *end = text + len;

	/* every element takes at least one character of the text */
	path.elements = palloc0((len + 1) * sizeof(PathElement));
	p = ReadName(p, end, &path.elements[path.count++]);
	while (p != NULL && p < end)
	{
		PathElement *element = &path.elements[path.count++];

		if (*p == '.')
			p = ReadName(p + 1, end, element);
		else if (*p == '[')
			p = ReadIndex(p + 1, end, element);
		else
			p = NULL;
	}
	if (p == NULL)
		BadPath(text, len);
	return path;
}

bool
DocumentPathFind(const DocumentPath *path, const AttributeValue *map, AttributeValue *value)
{
	AttributeValue current = *map;

	for (int i = 0; i < path->count; i++)
	{
		const PathElement *element = &path->elements[i];
		AttributeType type = AttributeValueType(&current);
		Container	container;

		if (type != (element->name ? ATTRIBUTE_M : ATTRIBUTE_L))
			return false;
		container = ContainerOpen(&current);
		if (element->name == NULL)
		{
			if (element->index >= container.count)
				return false;
			current = ContainerElement(&container, element->index);
		}
		else if (!MapFind(&container, element->name, element->name_len, &current))
			return false;
	}
	*value = current;
	return true;
}
