/*
 * throughput.h
 *	  The throughput of a table or index: how it is billed and what it may use.
 *
 * Nothing here is enforced: the numbers are checked, kept and shown.
 */
#ifndef DYNAMO_THROUGHPUT_H
#define DYNAMO_THROUGHPUT_H

#include "base/compat.h"

#include "base/json_reader.h"
#include "lib/stringinfo.h"

/* Does the table pay per request?  Else its throughput is provisioned. */
extern bool IsOnDemand(const JsonNode *table);

/*
 * Raises ValidationException for a CreateTable request whose throughput does
 * not go with its BillingMode or is out of range.
 */
extern void TableThroughputCheck(const JsonNode *request);

/* Raises ValidationException for an index's throughput that is out of range. */
extern void IndexThroughputCheck(const JsonNode *index, bool on_demand);

/*
 * Append the members of a TableDescription that tell of its throughput; the
 * settings are those members of the CreateTable request.
 */
extern void ProvisionedThroughputToJson(StringInfo out, const JsonNode *settings);
extern void OnDemandThroughputToJson(StringInfo out, const JsonNode *settings);
extern void WarmThroughputToJson(StringInfo out, const JsonNode *settings);

#endif							/* DYNAMO_THROUGHPUT_H */
