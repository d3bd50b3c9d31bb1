/*
 * index_builder.h
 *	  The background worker that builds new indexes.
 */
#ifndef DYNAMO_INDEX_BUILDER_H
#define DYNAMO_INDEX_BUILDER_H

/*
 * Registers a builder that goes on, when the server starts, with what was left
 * unfinished in dynamo.database, and then ends.  Only while the library is
 * preloaded.
 */
extern void IndexBuilderInit(void);

#endif							/* DYNAMO_INDEX_BUILDER_H */
