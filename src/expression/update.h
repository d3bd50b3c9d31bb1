/*
 * update.h
 *	  UpdateExpression: what becomes of an item.
 *
 * An update is prepared once for a request and applied to whatever the item
 * is by then.  All operands are read from the item as it was before the
 * update, in whatever order the actions stand.
 *
 * Source: "Using update expressions in DynamoDB" in the developer guide, and
 * UpdateItem in the service model.
 */
#ifndef DYNAMO_UPDATE_H
#define DYNAMO_UPDATE_H

#include "expression/condition.h"
#include "expression/projection.h"

typedef enum UpdateActionType
{
	UPDATE_SET,
	UPDATE_REMOVE,
	UPDATE_ADD,
	UPDATE_DELETE
} UpdateActionType;

typedef struct UpdateAction
{
	UpdateActionType type;
	DocumentPath path;
	ConditionNode *operand;		/* NULL: none */
	bool		legacy;			/* from AttributeUpdates, where ADD takes lists, too */
} UpdateAction;

typedef struct Update
{
	int			count;
	UpdateAction *actions;
} Update;

/*
 * Parses, binds and checks the expression as far as that goes without an
 * item: syntax, placeholders, clauses, types of operands, overlapping and
 * conflicting paths, number of operators, size of all values together.
 * Raises the service's errors.
 */
extern Update *UpdatePrepare(const char *text, int len, Binding *binding);

/*
 * Raises the service's error if an action changes that key attribute of the
 * table, or a path of the update leads below it; or below that key attribute
 * of an index, which an action may change.  The service looks at this where it
 * applies an update, so BindingCheckKeyPath() does not know of its paths.
 */
extern void UpdateCheckKey(const Update *update, const char *name, uint32 name_len);
extern void UpdateCheckIndexKey(const Update *update, const char *name, uint32 name_len);

/*
 * The item after the update, in the current context.  old is the item as it
 * is, or, where there is none, an item of its key attributes only.  Raises
 * the service's errors for operands that do not fit the item, paths that lead
 * nowhere, and an item that becomes too large or too deep.
 */
extern DynamoItem *UpdateApply(const Update *update, const DynamoItem *old);

/* The paths that the update changes, for UPDATED_OLD and UPDATED_NEW. */
extern Projection *UpdateProjection(const Update *update);

#endif							/* DYNAMO_UPDATE_H */
