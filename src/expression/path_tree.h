/*
 * path_tree.h
 *	  Document paths put together in a tree in which every step stands once.
 *
 * A node has members of a map or elements of a list below it, in ascending
 * order, or nothing, and then a path ends there.
 */
#ifndef DYNAMO_PATH_TREE_H
#define DYNAMO_PATH_TREE_H

#include "expression/tree.h"
#include "value/document_path.h"

typedef struct PathTree
{
	PathElement step;			/* from the parent to here; none at the top */
	const DocumentPath *path;	/* of a node without children */
	int			count;
	int			size;			/* room for that many */
	struct PathTree **children; /* all of members or all of elements */
} PathTree;

/*
 * Takes a path into the tree, which points to it from then on.  Raises the
 * service's error if it overlaps or conflicts with one that is there.
 */
extern void PathTreeAdd(PathTree *root, const DocumentPath *path, ExpressionKind kind);

/*
 * The tree of paths that neither overlap nor conflict; sorts the array.  Takes
 * any number of them in any order without delay.
 */
extern PathTree *PathTreeMake(const DocumentPath **paths, int count);

/* What a value must be for the node's children: M or L.  There must be one. */
extern AttributeType PathTreeContainer(const PathTree *node);

#endif							/* DYNAMO_PATH_TREE_H */
