/*
 * throughput.c
 *	  The throughput of a table or index: how it is billed and what it may use.
 *
 * Tables and indexes have the same three members; index_name is NULL where
 * those of a table are looked at, and texts differ a little.
 */
#include "base/compat.h"

#include "api/raise_invalid.h"
#include "api/request_member.h"
#include "api/throughput.h"
#include "base/json_writer.h"

#define CAPACITY_UNITS_MAX	INT64CONST(1000000000000)
#define NO_MAXIMUM			(-1)	/* of on-demand throughput */

/* What the service keeps ready for any on-demand table. */
#define WARM_READ_UNITS		12000
#define WARM_WRITE_UNITS	4000

static void CheckBillingMode(const JsonNode *request);
static void CheckThroughput(const JsonNode *owner, const char *index_name, bool on_demand);
static void CheckProvisioned(const JsonNode *throughput, const char *member, const char *index_name);
static void CheckOnDemand(const JsonNode *throughput, const char *member, const char *index_name);
static void CheckWarm(const JsonNode *throughput, const char *member, int64 least, const char *index_name);
static void OutOfRange(const char *member, const char *throughput,
					   const char *index_name) pg_attribute_noreturn();
static int64 UnitsOf(const JsonNode *settings, const char *throughput, const char *member, int64 absent);

/* Does the table pay per request? */
bool
IsOnDemand(const JsonNode *table)
{
	const char *billing_mode = RequestString(table, "BillingMode");

	return billing_mode && strcmp(billing_mode, "PAY_PER_REQUEST") == 0;
}

/* ---- checking ---- */

/* Raises ValidationException for throughput that a table cannot have. */
void
TableThroughputCheck(const JsonNode *request)
{
	CheckBillingMode(request);
	CheckThroughput(request, NULL, IsOnDemand(request));
}

/* The same for an index; the caller knows whether it goes with the table. */
void
IndexThroughputCheck(const JsonNode *index, bool on_demand)
{
	CheckThroughput(index, RequestString(index, "IndexName"), on_demand);
}

/* Throughput is provisioned if and only if BillingMode says so. */
static void
CheckBillingMode(const JsonNode *request)
{
	bool		provisioned = RequestMember(request, "ProvisionedThroughput") != NULL;

	if (IsOnDemand(request) && provisioned)
		RaiseInvalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
	if (!IsOnDemand(request) && !provisioned)
		RaiseInvalid("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
}

static void
CheckThroughput(const JsonNode *owner, const char *index_name, bool on_demand)
{
	const JsonNode *provisioned = RequestMember(owner, "ProvisionedThroughput");
	const JsonNode *maximum = RequestMember(owner, "OnDemandThroughput");
	const JsonNode *warm = RequestMember(owner, "WarmThroughput");

	if (provisioned)
	{
		CheckProvisioned(provisioned, "ReadCapacityUnits", index_name);
		CheckProvisioned(provisioned, "WriteCapacityUnits", index_name);
	}
	if (maximum)
	{
		if (!RequestMember(maximum, "MaxReadRequestUnits") && !RequestMember(maximum, "MaxWriteRequestUnits"))
			RaiseInvalid("OnDemandThroughput must have MaxReadRequestUnits, MaxWriteRequestUnits or both");
		CheckOnDemand(maximum, "MaxReadRequestUnits", index_name);
		CheckOnDemand(maximum, "MaxWriteRequestUnits", index_name);
	}
	if (warm)
	{
		CheckWarm(warm, "ReadUnitsPerSecond", on_demand ? WARM_READ_UNITS : 1, index_name);
		CheckWarm(warm, "WriteUnitsPerSecond", on_demand ? WARM_WRITE_UNITS : 1, index_name);
	}
}

/* ShapeCheck() has seen that there is a number, and that it is positive. */
static void
CheckProvisioned(const JsonNode *throughput, const char *member, const char *index_name)
{
	int64		units = RequestInteger(throughput, member, 0);

	if (units > CAPACITY_UNITS_MAX)
		RaiseValidation(psprintf("Given value " INT64_FORMAT " for %s is out of bounds%s%s", units, member,
								 index_name ? " for index " : "", index_name ? index_name : ""));
}

static void
CheckOnDemand(const JsonNode *throughput, const char *member, const char *index_name)
{
	int64		units = RequestInteger(throughput, member, NO_MAXIMUM);

	if (units < 1 && units != NO_MAXIMUM)
		OutOfRange(member, "OnDemandThroughput", index_name);
}

static void
CheckWarm(const JsonNode *throughput, const char *member, int64 least, const char *index_name)
{
	if (RequestInteger(throughput, member, least) < least)
		OutOfRange(member, "WarmThroughput", index_name);
}

static void
OutOfRange(const char *member, const char *throughput, const char *index_name)
{
	RaiseInvalid("Requested %s for %s for %s%s is outside of valid range",
				 member, throughput, index_name ? "index " : "table", index_name ? index_name : "");
}

/* ---- showing ---- */

/* An on-demand table shows zeros. */
void
ProvisionedThroughputToJson(StringInfo out, const JsonNode *settings)
{
	JsonKeyName(out, "ProvisionedThroughput");
	appendStringInfoChar(out, '{');
	JsonMemberInt(out, "NumberOfDecreasesToday", 0);
	JsonMemberInt(out, "ReadCapacityUnits", UnitsOf(settings, "ProvisionedThroughput", "ReadCapacityUnits", 0));
	JsonMemberInt(out, "WriteCapacityUnits", UnitsOf(settings, "ProvisionedThroughput", "WriteCapacityUnits", 0));
	appendStringInfoChar(out, '}');
}

/* Nothing unless the table was given a maximum that means something to it. */
void
OnDemandThroughputToJson(StringInfo out, const JsonNode *settings)
{
	if (!IsOnDemand(settings) || !RequestMember(settings, "OnDemandThroughput"))
		return;
	JsonKeyName(out, "OnDemandThroughput");
	appendStringInfoChar(out, '{');
	JsonMemberInt(out, "MaxReadRequestUnits", UnitsOf(settings, "OnDemandThroughput", "MaxReadRequestUnits", NO_MAXIMUM));
	JsonMemberInt(out, "MaxWriteRequestUnits", UnitsOf(settings, "OnDemandThroughput", "MaxWriteRequestUnits", NO_MAXIMUM));
	appendStringInfoChar(out, '}');
}

/* What is not given is what the service takes: all that is provisioned. */
void
WarmThroughputToJson(StringInfo out, const JsonNode *settings)
{
	bool		on_demand = IsOnDemand(settings);
	int64		read = UnitsOf(settings, "ProvisionedThroughput", "ReadCapacityUnits", 0);
	int64		write = UnitsOf(settings, "ProvisionedThroughput", "WriteCapacityUnits", 0);

	JsonKeyName(out, "WarmThroughput");
	appendStringInfoChar(out, '{');
	JsonMemberInt(out, "ReadUnitsPerSecond",
				  UnitsOf(settings, "WarmThroughput", "ReadUnitsPerSecond", on_demand ? WARM_READ_UNITS : read));
	JsonMemberInt(out, "WriteUnitsPerSecond",
				  UnitsOf(settings, "WarmThroughput", "WriteUnitsPerSecond", on_demand ? WARM_WRITE_UNITS : write));
	JsonMemberString(out, "Status", "ACTIVE");
	appendStringInfoChar(out, '}');
}

/* A number of one of the throughputs in the settings. */
static int64
UnitsOf(const JsonNode *settings, const char *throughput, const char *member, int64 absent)
{
	return RequestInteger(RequestMember(settings, throughput), member, absent);
}
