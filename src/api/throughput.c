/*
 * throughput.c
 *	  The throughput of a table or index: how it is billed and what it may use.
 *
 * Tables and indexes have the same three members; index_name is NULL where
 * those of a table are looked at, and texts differ a little.
 *
 * Of the settings, ProvisionedThroughput has more members than a request's:
 * when it was last increased and decreased, and how often the latter that day.
 */
#include "base/compat.h"

#include "api/description_parts.h"
#include "api/raise_invalid.h"
#include "api/request_member.h"
#include "api/table_settings.h"
#include "api/throughput.h"
#include "base/json_writer.h"
#include "utils/timestamp.h"

#define CAPACITY_UNITS_MAX	INT64CONST(1000000000000)
#define NO_MAXIMUM			(-1)	/* of on-demand throughput */

/* Texts that CreateTable and UpdateTable share, for RaiseInvalid(). */
#define NEITHER_UNITS \
	"Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
#define BOTH_UNITS \
	"ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
#define INDEX_UNITS_REFUSED \
	"ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST"
#define INDEX_UNITS_REQUIRED \
	"ProvisionedThroughput must be specified for index: %s"

/* What settings and descriptions tell of changes. */
#define LAST_INCREASE		"LastIncreaseDateTime"
#define LAST_DECREASE		"LastDecreaseDateTime"
#define DECREASES			"NumberOfDecreasesToday"

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
static void DatesToJson(StringInfo out, const JsonNode *provisioned);
static int64 DecreasesToday(const JsonNode *provisioned);
static int64 WarmUnits(const JsonNode *settings, const char *member, bool on_demand);
static int64 UnitsOf(const JsonNode *settings, const char *throughput, const char *member, int64 absent);
static void CheckTableMode(const ThroughputChange *change);
static void CheckIndexMode(const ThroughputChange *change);
static void CheckDiffers(const ThroughputChange *change);
static void CheckNotColder(const ThroughputChange *change, const char *member);
static bool Raises(const ThroughputChange *change, const char *member);
static bool Lowers(const ThroughputChange *change, const char *member);
static void ProvisionedChangeToJson(StringInfo out, const ThroughputChange *change);

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

/* The same for an index, whose throughput goes with the BillingMode of its table. */
void
NewIndexThroughputCheck(const JsonNode *index, bool on_demand)
{
	const char *index_name = RequestString(index, "IndexName");
	const JsonNode *provisioned = RequestMember(index, "ProvisionedThroughput");

	if (on_demand && provisioned)
		RaiseInvalid(INDEX_UNITS_REFUSED, index_name);
	if (!on_demand && !provisioned)
		RaiseInvalid(INDEX_UNITS_REQUIRED, index_name);
	CheckThroughput(index, index_name, on_demand);
}

/* What an on-demand table has at least is not asked for here. */
void
ThroughputRequestCheck(const JsonNode *owner, const char *index_name)
{
	if (index_name == NULL && IsOnDemand(owner) && RequestMember(owner, "ProvisionedThroughput"))
		RaiseInvalid(NEITHER_UNITS);
	CheckThroughput(owner, index_name, false);
}

/* Throughput is provisioned if and only if BillingMode says so. */
static void
CheckBillingMode(const JsonNode *request)
{
	bool		provisioned = RequestMember(request, "ProvisionedThroughput") != NULL;

	if (IsOnDemand(request) && provisioned)
		RaiseInvalid(NEITHER_UNITS);
	if (!IsOnDemand(request) && !provisioned)
		RaiseInvalid(BOTH_UNITS);
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
	const JsonNode *provisioned = RequestMember(settings, "ProvisionedThroughput");

	JsonKeyName(out, "ProvisionedThroughput");
	appendStringInfoChar(out, '{');
	DatesToJson(out, provisioned);
	JsonMemberInt(out, "NumberOfDecreasesToday", DecreasesToday(provisioned));
	JsonMemberInt(out, "ReadCapacityUnits", RequestInteger(provisioned, "ReadCapacityUnits", 0));
	JsonMemberInt(out, "WriteCapacityUnits", RequestInteger(provisioned, "WriteCapacityUnits", 0));
	appendStringInfoChar(out, '}');
}

/* Those that there are. */
static void
DatesToJson(StringInfo out, const JsonNode *provisioned)
{
	static const char *const names[] = {LAST_INCREASE, LAST_DECREASE};

	for (size_t i = 0; i < lengthof(names); i++)
	{
		const JsonNode *date = RequestMember(provisioned, names[i]);

		if (date)
		{
			JsonKeyName(out, names[i]);
			JsonTree(out, date);
		}
	}
}

/* Days are those of UTC. */
static int64
DecreasesToday(const JsonNode *provisioned)
{
	const char *last = RequestString(provisioned, LAST_DECREASE);
	int64		now = strtoll(TimestampText(GetCurrentTimestamp()), NULL, 10);

	if (last == NULL || strtoll(last, NULL, 10) / SECS_PER_DAY != now / SECS_PER_DAY)
		return 0;
	return RequestInteger(provisioned, DECREASES, 0);
}

/* Nothing unless there is a maximum that means something. */
void
OnDemandThroughputToJson(StringInfo out, const JsonNode *settings, bool on_demand)
{
	if (!on_demand || !RequestMember(settings, "OnDemandThroughput"))
		return;
	JsonKeyName(out, "OnDemandThroughput");
	appendStringInfoChar(out, '{');
	JsonMemberInt(out, "MaxReadRequestUnits", UnitsOf(settings, "OnDemandThroughput", "MaxReadRequestUnits", NO_MAXIMUM));
	JsonMemberInt(out, "MaxWriteRequestUnits", UnitsOf(settings, "OnDemandThroughput", "MaxWriteRequestUnits", NO_MAXIMUM));
	appendStringInfoChar(out, '}');
}

void
WarmThroughputToJson(StringInfo out, const JsonNode *settings, bool on_demand)
{
	JsonKeyName(out, "WarmThroughput");
	appendStringInfoChar(out, '{');
	JsonMemberInt(out, "ReadUnitsPerSecond", WarmUnits(settings, "ReadUnitsPerSecond", on_demand));
	JsonMemberInt(out, "WriteUnitsPerSecond", WarmUnits(settings, "WriteUnitsPerSecond", on_demand));
	JsonMemberString(out, "Status", "ACTIVE");
	appendStringInfoChar(out, '}');
}

/* What is not given is what the service takes: all that is provisioned. */
static int64
WarmUnits(const JsonNode *settings, const char *member, bool on_demand)
{
	bool		read = strcmp(member, "ReadUnitsPerSecond") == 0;
	int64		absent;

	if (on_demand)
		absent = read ? WARM_READ_UNITS : WARM_WRITE_UNITS;
	else
		absent = UnitsOf(settings, "ProvisionedThroughput", read ? "ReadCapacityUnits" : "WriteCapacityUnits", 0);
	return UnitsOf(settings, "WarmThroughput", member, absent);
}

/* A number of one of the throughputs in the settings. */
static int64
UnitsOf(const JsonNode *settings, const char *throughput, const char *member, int64 absent)
{
	return RequestInteger(RequestMember(settings, throughput), member, absent);
}

/* ---- changing ---- */

/* Raises ValidationException unless what is requested is a change that can be. */
void
ThroughputChangeCheck(const ThroughputChange *change)
{
	if (change->index_name)
		CheckIndexMode(change);
	else
		CheckTableMode(change);
	if (change->request == NULL)
		return;
	CheckThroughput(change->request, change->index_name, change->on_demand);
	CheckDiffers(change);
	CheckNotColder(change, "ReadUnitsPerSecond");
	CheckNotColder(change, "WriteUnitsPerSecond");
}

/* Who starts to provision throughput must say how much. */
static void
CheckTableMode(const ThroughputChange *change)
{
	bool		provisioned = RequestMember(change->request, "ProvisionedThroughput") != NULL;

	if (change->on_demand && provisioned)
		RaiseInvalid(NEITHER_UNITS);
	if (!change->on_demand && change->was_on_demand && !provisioned)
		RaiseInvalid(BOTH_UNITS);
}

static void
CheckIndexMode(const ThroughputChange *change)
{
	bool		provisioned = RequestMember(change->request, "ProvisionedThroughput") != NULL;

	if (change->on_demand && provisioned)
		RaiseInvalid(INDEX_UNITS_REFUSED, change->index_name);
	if (!change->on_demand && change->was_on_demand && !provisioned)
		RaiseInvalid(INDEX_UNITS_REQUIRED, change->index_name);
	if (change->request && !provisioned && !RequestMember(change->request, "OnDemandThroughput") &&
		!RequestMember(change->request, "WarmThroughput"))
		RaiseInvalid("ProvisionedThroughput, OnDemandThroughput or WarmThroughput must be specified for index: %s",
					 change->index_name);
}

/* The service takes no update that changes nothing. */
static void
CheckDiffers(const ThroughputChange *change)
{
	const char *what = change->index_name ? psprintf("index %s", change->index_name) : "table";
	const char *kind = change->index_name ? "index" : "table";
	const JsonNode *new_units = RequestMember(change->request, "ProvisionedThroughput");
	const JsonNode *old_units = RequestMember(change->settings, "ProvisionedThroughput");
	int64		read = RequestInteger(old_units, "ReadCapacityUnits", 0);
	int64		write = RequestInteger(old_units, "WriteCapacityUnits", 0);

	if (new_units == NULL ||
		RequestInteger(new_units, "ReadCapacityUnits", 0) != read ||
		RequestInteger(new_units, "WriteCapacityUnits", 0) != write)
		return;
	RaiseValidation(psprintf("The provisioned throughput for the %s will not change."
							 " The requested value equals the current value."
							 " Current ReadCapacityUnits provisioned for the %s: " INT64_FORMAT "."
							 " Requested ReadCapacityUnits: " INT64_FORMAT "."
							 " Current WriteCapacityUnits provisioned for the %s: " INT64_FORMAT "."
							 " Requested WriteCapacityUnits: " INT64_FORMAT "."
							 " Refer to the Amazon DynamoDB Developer Guide for current limits"
							 " and how to request higher limits.",
							 what, kind, read, read, kind, write, write));
}

/* What is warm stays warm. */
static void
CheckNotColder(const ThroughputChange *change, const char *member)
{
	int64		units = WarmUnits(change->settings, member, change->was_on_demand);

	if (UnitsOf(change->request, "WarmThroughput", member, units) < units)
		RaiseInvalid("Requested %s for WarmThroughput for %s%s is lower than current WarmThroughput,"
					 " decreasing WarmThroughput is not supported",
					 member, change->index_name ? "index " : "table", change->index_name ? change->index_name : "");
}

/* Appends what changes in the settings. */
void
ThroughputChangeToJson(StringInfo out, const ThroughputChange *change)
{
	static const char *const names[] = {"OnDemandThroughput", "WarmThroughput", NULL};

	if (change->on_demand && !change->was_on_demand)
	{
		JsonKeyName(out, "ProvisionedThroughput");
		appendStringInfoString(out, "null");
	}
	if (change->request == NULL)
		return;
	SettingsAppend(out, change->request, names);
	if (RequestMember(change->request, "ProvisionedThroughput"))
		ProvisionedChangeToJson(out, change);
}

static void
ProvisionedChangeToJson(StringInfo out, const ThroughputChange *change)
{
	const JsonNode *new_units = RequestMember(change->request, "ProvisionedThroughput");
	const JsonNode *old_units = RequestMember(change->settings, "ProvisionedThroughput");
	const char *now = TimestampText(GetCurrentTimestamp());

	JsonKeyName(out, "ProvisionedThroughput");
	appendStringInfoChar(out, '{');
	JsonMemberInt(out, "ReadCapacityUnits", RequestInteger(new_units, "ReadCapacityUnits", 0));
	JsonMemberInt(out, "WriteCapacityUnits", RequestInteger(new_units, "WriteCapacityUnits", 0));
	if (Raises(change, "ReadCapacityUnits") || Raises(change, "WriteCapacityUnits"))
	{
		JsonKeyName(out, LAST_INCREASE);
		appendStringInfoString(out, now);
	}
	if (Lowers(change, "ReadCapacityUnits") || Lowers(change, "WriteCapacityUnits"))
	{
		JsonKeyName(out, LAST_DECREASE);
		appendStringInfoString(out, now);
		JsonMemberInt(out, DECREASES, DecreasesToday(old_units) + 1);
	}
	appendStringInfoChar(out, '}');
}

/* Units that are given for the first time are neither. */
static bool
Raises(const ThroughputChange *change, const char *member)
{
	int64		units = UnitsOf(change->request, "ProvisionedThroughput", member, 0);

	return units > UnitsOf(change->settings, "ProvisionedThroughput", member, units);
}

static bool
Lowers(const ThroughputChange *change, const char *member)
{
	int64		units = UnitsOf(change->request, "ProvisionedThroughput", member, 0);

	return units < UnitsOf(change->settings, "ProvisionedThroughput", member, units);
}
