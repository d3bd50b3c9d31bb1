/*
 * path.h
 *	  Document paths of an expression, bound to a request's names.
 */
#ifndef DYNAMO_PATH_H
#define DYNAMO_PATH_H

#include "expression/binding.h"
#include "expression/tree.h"

/*
 * The path of a NODE_PATH.  Its names point into the text and the binding's
 * JSON.  Raises the service's errors for an undefined placeholder and for a
 * path too deep.  Notes the path for BindingCheckKeyPath(), unless it is of an
 * update: UpdateCheckKey().
 */
extern DocumentPath PathBind(const ExpressionNode *node, ExpressionKind kind,
							 const char *text, Binding *binding);

extern bool PathEquals(const DocumentPath *a, const DocumentPath *b);

/* "[a, [0], b]", as the service shows a path in its messages. */
extern char *PathToText(const DocumentPath *path);

#endif							/* DYNAMO_PATH_H */
