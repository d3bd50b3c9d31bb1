/*
 * index_builder.h
 *	  The background worker that builds new indexes.
 */
#ifndef DYNAMO_INDEX_BUILDER_H
#define DYNAMO_INDEX_BUILDER_H

/*
 * Registers builders that go on, when the server starts, with what was left
 * unfinished in the databases that are served, and then end.  Only while the library is
 * preloaded.
 */
extern void IndexBuilderInit(void);

#endif							/* DYNAMO_INDEX_BUILDER_H */
