/*
 * expression.h
 *	  Expressions: their placeholders, and what each kind gives its caller.
 *
 * One grammar reads all kinds.  A parsed expression (tree.h) holds no value of
 * a request, only placeholders, and is cached by kind and text for the life
 * of the process; a prepared one is a parsed one bound to a request's names
 * and values, and lives in the memory context current at the call.  It points
 * into the text it was prepared from and into the binding's JSON: both must
 * live as long as it does.
 *
 * A request is served in this order, which is the service's:
 *	 1. BindingRefuseValues() where it applies, BindingMake()
 *	 2. each expression's ...Prepare(): UpdateExpression before
 *		ConditionExpression; FilterExpression, ProjectionExpression,
 *		KeyConditionExpression
 *	 3. BindingCheckUnused()
 *	 4. with the table at hand, BindingCheckKeyPath() for every key attribute
 *		of the table and of its indexes
 *	 5. KeyConditionMatch(), ConditionEvaluate(), UpdateApply()
 *
 * Errors are the service's ValidationException with its text, for example
 *	  Invalid ProjectionExpression: Syntax error; token: ".", near: "..b"
 *
 * Source: "Expressions" in the developer guide and ExpressionAttributeNames,
 * ExpressionAttributeValues, ProjectionExpression, KeyConditionExpression in
 * the service model.
 */
#ifndef DYNAMO_EXPRESSION_H
#define DYNAMO_EXPRESSION_H

#include "expression/binding.h"
#include "expression/evaluate.h"
#include "expression/key_condition.h"
#include "expression/projection.h"
#include "expression/update.h"

#endif							/* DYNAMO_EXPRESSION_H */
