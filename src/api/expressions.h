/*
 * expressions.h
 *	  The expressions of a request and their placeholders.
 */
#ifndef DYNAMO_API_EXPRESSIONS_H
#define DYNAMO_API_EXPRESSIONS_H

#include "expression/expression.h"
#include "table/table_desc.h"

/*
 * Raises the service's error for a request that has both an expression and one
 * of the parameters that expressions replaced.  Each list names what the
 * operation knows, in the order in which the service shows it, and ends with
 * NULL.
 */
extern void RefuseMixedParameters(const JsonNode *request, const char *const *legacy,
								  const char *const *expressions);
extern void RaiseMixedParameters(const char *legacy_list,
								 const char *expression_list) pg_attribute_noreturn();

/*
 * Raises the service's error for a ConditionalOperator in a request that has
 * no conditions for it.
 */
extern void RefuseConditionalOperator(const JsonNode *request);

/*
 * The placeholders of a request.  has_expression: it has an expression that
 * could use them.  If none could use values, null_expressions names those that
 * are missing (see BindingRefuseValues()); NULL otherwise.
 */
extern Binding *ReadBinding(const JsonNode *request, bool has_expression, const char *null_expressions);

/* The ProjectionExpression of a request; NULL: none. */
extern Projection *ReadProjection(const JsonNode *request, Binding *binding);

/*
 * The FilterExpression of a request, or its legacy form, which is the member
 * of that name; NULL: every item.
 */
extern ConditionNode *ReadFilter(const JsonNode *request, const char *legacy_name, Binding *binding);

/*
 * Reads a GetItem or a table of a BatchGetItem, whose only expression is the
 * projection; AttributesToGet, too.  NULL: whole items.
 */
extern Projection *ReadOnlyProjection(const JsonNode *request, Binding **binding);

/* Raises the service's error for an expression that reaches below a key. */
extern void CheckKeyPaths(const Binding *binding, const TableDesc *table);

/* The item as JSON, whole where projection is NULL. */
extern void ProjectedItemToJson(StringInfo out, const Projection *projection, const DynamoItem *item);

#endif							/* DYNAMO_API_EXPRESSIONS_H */
