/*
 * binding.h
 *	  A request's placeholders: ExpressionAttributeNames and
 *	  ExpressionAttributeValues.
 *
 * Every expression of a request is prepared against the same binding, which
 * notes what they use; BindingCheckUnused() then refuses what none used.
 */
#ifndef DYNAMO_BINDING_H
#define DYNAMO_BINDING_H

#include "base/compat.h"

#include "base/json_reader.h"
#include "value/document_path.h"
#include "value/item.h"

/* Limits of the service (bytes). */
#define PLACEHOLDER_MAX_SIZE	255
#define BINDING_MAX_SIZE		(2 * 1024 * 1024)

typedef struct Binding Binding;

/* What a value placeholder stands for. */
typedef struct BoundValue
{
	AttributeValue value;
	const JsonNode *json;		/* the same, as the request spells it */
} BoundValue;

/*
 * names and values are the members ExpressionAttributeNames and
 * ExpressionAttributeValues, or NULL where absent.  Checks both: placeholder
 * syntax, emptiness, the values themselves, 2 MB each.  has_expression says
 * whether the request has any expression these could serve.
 */
extern Binding *BindingMake(const JsonNode *names, const JsonNode *values, bool has_expression);

/*
 * To be called before BindingMake() by an operation that takes values, if the
 * request has no expression that could use them: refuses the values.
 * null_expressions lists what the operation could have had, in the service's
 * words: "FilterExpression is null", "FilterExpression and
 * KeyConditionExpression are null".
 */
extern void BindingRefuseValues(const JsonNode *values, const char *null_expressions);

/* Raises the service's error for placeholders that no expression used. */
extern void BindingCheckUnused(const Binding *binding);

/*
 * Raises the service's error if an expression reaches below that key
 * attribute ("pk.a", "pk[0]"), as key attributes are scalars.  of_index: it
 * is a key of an index, not of the table.
 */
extern void BindingCheckKeyPath(const Binding *binding, const char *name,
								uint32 name_len, bool of_index);

/* ---- for the other files of this floor ---- */

/* The name or value behind a placeholder ("#n", ":v"), or NULL; notes its use. */
extern const JsonNode *BindingName(Binding *binding, const char *placeholder, int len);
extern const BoundValue *BindingValue(Binding *binding, const char *placeholder, int len);

/* Notes a path of more than one element, for BindingCheckKeyPath(). */
extern void BindingNotePath(Binding *binding, const DocumentPath *path);

#endif							/* DYNAMO_BINDING_H */
