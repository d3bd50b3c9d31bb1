/*
 * page_source.c
 *	  What a Query or Scan reads: a table, or one of its indexes.
 *
 * A global index gives only what it projects.  A local one gives everything:
 * what it does not project is fetched from the table, item by item.
 */
#include "base/compat.h"

#include "api/expressions.h"
#include "api/item_key.h"
#include "api/page.h"
#include "api/request_member.h"
#include "expression/evaluate.h"
#include "table/index_entry.h"

/* "[a, b]" of those attributes that the index does not hold; NULL if it holds all. */
static char *
MissingAttributes(const IndexDesc *index, const List *attributes)
{
	StringInfoData missing;
	ListCell   *cell;

	initStringInfo(&missing);
	foreach(cell, attributes)
	{
		const PathElement *attribute = lfirst(cell);

		if (!IndexKeeps(index, attribute->name, attribute->name_len))
			appendStringInfo(&missing, "%s%.*s", missing.len > 0 ? ", " : "[",
							 (int) attribute->name_len, attribute->name);
	}
	if (missing.len == 0)
		return NULL;
	appendStringInfoChar(&missing, ']');
	return missing.data;
}

static List *
ProjectedAttributes(const Projection *projection)
{
	int			count;
	const DocumentPath *paths = ProjectionPaths(projection, &count);
	List	   *attributes = NIL;

	for (int i = 0; i < count; i++)
		attributes = lappend(attributes, &paths[i].elements[0]);
	return attributes;
}

/* Whether the page asks for more than the index holds. */
static bool
NeedsTable(const PageRequest *page)
{
	if (page->index->projection == INDEX_PROJECT_ALL)
		return false;
	return page->all_attributes ||
		(page->projection &&
		 MissingAttributes(page->index, ProjectedAttributes(page->projection)));
}

static void
OpenIndex(PageRequest *page)
{
	page->index = TableIndex(page->table, page->index_name);
	if (page->index == NULL || page->index->status == INDEX_DELETING)
		RaiseValidation(psprintf("The table does not have the specified index: %s", page->index_name));
	if (page->index->status == INDEX_CREATING)
		RaiseValidation(psprintf("Cannot read from backfilling global secondary index: %s", page->index_name));
	if (page->index->kind == INDEX_GLOBAL && page->consistent)
		RaiseValidation("Consistent reads are not supported on global secondary indexes");
	if (page->index->kind == INDEX_LOCAL)
		page->fetch = NeedsTable(page);
	page->entries = TableDescOfIndex(page->table, page->index);
}

void
PageOpen(PageRequest *page, const Binding *binding)
{
	page->table = StoreOpen(page->table_name, ACL_SELECT, TABLE_MISSING);
	page->entries = page->table;
	if (page->index_name)
		OpenIndex(page);
	CheckKeyPaths(binding, page->table);
}

void
PageCheckFilter(const PageRequest *page)
{
	char	   *missing = NULL;

	if (page->index)
		missing = MissingAttributes(page->index, ConditionAttributes(page->filter));
	if (missing)
		RaiseValidation(psprintf("One or more parameter values were invalid: Secondary index %s does not project one or more filter attributes: %s",
								 page->index->name, missing));
}

void
PageCheckProjection(const PageRequest *page)
{
	if (page->index == NULL || page->index->kind == INDEX_LOCAL || !NeedsTable(page))
		return;
	if (page->all_attributes)
		RaiseValidation(psprintf("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL",
								 page->index->name));
	RaiseValidation(psprintf("One or more parameter values were invalid: Global secondary index %s does not project %s",
							 page->index->name,
							 MissingAttributes(page->index, ProjectedAttributes(page->projection))));
}
