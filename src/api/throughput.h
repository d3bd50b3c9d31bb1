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

/* The same for a new global index of a table that pays on demand, or not. */
extern void NewIndexThroughputCheck(const JsonNode *index, bool on_demand);

/*
 * The same for an UpdateTable request, or an index in it, as far as that does
 * not depend on the table.  Of the table index_name is NULL, here and below.
 */
extern void ThroughputRequestCheck(const JsonNode *owner, const char *index_name);

/*
 * Appends the members of a description that tell of the throughput of a table
 * or index; the settings are those members of the CreateTable request.
 */
extern void ProvisionedThroughputToJson(StringInfo out, const JsonNode *settings);
extern void OnDemandThroughputToJson(StringInfo out, const JsonNode *settings, bool on_demand);
extern void WarmThroughputToJson(StringInfo out, const JsonNode *settings, bool on_demand);

/* ---- changing it ---- */

typedef struct ThroughputChange
{
	const JsonNode *settings;	/* of the table or index as it is */
	const JsonNode *request;	/* that has the new numbers, or NULL */
	const char *index_name;
	bool		was_on_demand;
	bool		on_demand;		/* from now on */
} ThroughputChange;

/* Raises ValidationException unless what is requested is a change that can be. */
extern void ThroughputChangeCheck(const ThroughputChange *change);

/* Appends what changes in the settings; null stands for what is to go. */
extern void ThroughputChangeToJson(StringInfo out, const ThroughputChange *change);

#endif							/* DYNAMO_THROUGHPUT_H */
