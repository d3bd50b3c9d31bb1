/*
 * authentication.c
 *	  Who sends a request.
 *
 * With dynamo.auth = 'none' it is dynamo.role, else the role of the access key
 * that signed the request.  He acts as that role, with its privileges and no
 * others: it need not be able to log in, but must be allowed to connect to the
 * database.
 */
#include "base/compat.h"

#include "access/xact.h"
#include "http/access_keys.h"
#include "http/authentication.h"
#include "http/permissions.h"
#include "http/sha256.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "value/error_codes.h"

#define SERVICE		"dynamodb"

/*
 * A string, although few values are good: PostgreSQL would replace one that is
 * refused by the default.
 */
static char *auth;
static char *role;
static char *signing_region;
static bool allow_unsigned_payload;

static const char *sender_name = NULL;

static enum MHD_Result TakeHeader(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
								  const char *value, size_t value_len);
static enum MHD_Result TakeParameter(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
									 const char *value, size_t value_len);
static Oid	SenderOf(Authentication *authentication);
static AccessKey *VerifiedKey(Authentication *authentication, TimestampTz now);
static AccessKey *KeyOf(SigV4Text access_key_id, TimestampTz now);
static Oid	RoleOfSetting(void);

void
AuthenticationInit(void)
{
	DefineCustomStringVariable("dynamo.auth",
							   "Sets how the HTTP endpoint authenticates its clients.",
							   "\"sigv4\": by AWS Signature Version 4, with the keys of dynamo.access_keys; "
							   "\"none\": not at all, on loopback addresses only.",
							   &auth,
							   "none",
							   PGC_POSTMASTER,
							   0,
							   NULL, NULL, NULL);
	DefineCustomStringVariable("dynamo.role",
							   "Sets the role as which the HTTP endpoint runs requests while dynamo.auth is \"none\".",
							   "If empty, it is the bootstrap superuser.",
							   &role,
							   "",
							   PGC_SIGHUP,
							   0,
							   NULL, NULL, NULL);
	DefineCustomStringVariable("dynamo.signing_region",
							   "Sets the Region for which requests must be signed.",
							   "If empty, any will do.",
							   &signing_region,
							   "",
							   PGC_SIGHUP,
							   0,
							   NULL, NULL, NULL);
	DefineCustomBoolVariable("dynamo.allow_unsigned_payload",
							 "Takes requests whose body is not part of their signature.",
							 "Whoever sits between could then change it.",
							 &allow_unsigned_payload,
							 false,
							 PGC_SIGHUP,
							 0,
							 NULL, NULL, NULL);
}

bool
AuthenticationIsKnown(void)
{
	if (AuthenticationIsNone() || pg_strcasecmp(auth, "sigv4") == 0)
		return true;
	ereport(LOG,
			(errmsg("invalid value for parameter \"dynamo.auth\": \"%s\"", auth),
			 errhint("Available values: none, sigv4.")));
	return false;
}

bool
AuthenticationIsNone(void)
{
	return pg_strcasecmp(auth, "none") == 0;
}

void
AuthenticationStart(void)
{
	Sha256Start();
}

/* ---- taking in the request ---- */

void
AuthenticationReadHead(Authentication *authentication, struct MHD_Connection *connection,
					   const char *method, const char *path)
{
	SigV4Request *request = &authentication->request;

	authentication->verified = false;
	if (AuthenticationIsNone())
		return;
	request->method = method;
	request->path = path;
	request->nheaders = request->nparameters = 0;
	request->too_many = false;
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, TakeHeader, request);
	MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, TakeParameter, request);
}

static enum MHD_Result
TakeHeader(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
		   const char *value, size_t value_len)
{
	SigV4AddHeader(arg, (SigV4Text){name, name_len}, (SigV4Text){value, value_len});
	return MHD_YES;
}

/* One without "=" has no value, which is signed as an empty one. */
static enum MHD_Result
TakeParameter(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
			  const char *value, size_t value_len)
{
	SigV4AddParameter(arg, (SigV4Text){name, name_len}, (SigV4Text){value ? value : "", value_len});
	return MHD_YES;
}

bool
AuthenticationReadBody(Authentication *authentication, const char *body, Size len)
{
	return AuthenticationIsNone() || Sha256(body, len, authentication->request.payload);
}

/* ---- judging it ---- */

Oid
AuthenticationBecomeSender(Authentication *authentication, const Operation *operation)
{
	Oid			sender;

	sender_name = NULL;
	sender = SenderOf(authentication);
	if (!OidIsValid(sender))
		return InvalidOid;
	sender_name = GetUserNameFromId(sender, false);
	SetUserIdAndSecContext(sender, SECURITY_LOCAL_USERID_CHANGE);
	PermissionCheck(sender, operation);
	return sender;
}

const char *
AuthenticationSender(void)
{
	return sender_name;
}

/* InvalidOid: the worker's own user. */
static Oid
SenderOf(Authentication *authentication)
{
	TimestampTz now;

	if (AuthenticationIsNone())
		return RoleOfSetting();
	now = GetCurrentStatementStartTimestamp();
	if (authentication->verified)
		return AccessKeyRole(KeyOf(authentication->access_key_id, now));
	return AccessKeyRole(VerifiedKey(authentication, now));
}

/* The key that the request was signed with. */
static AccessKey *
VerifiedKey(Authentication *authentication, TimestampTz now)
{
	const SigV4Request *request = &authentication->request;
	SigV4Claim	claim;
	AccessKey  *key;

	SigV4ReadClaim(request, &claim);
	SigV4CheckScope(&claim, signing_region, SERVICE);
	SigV4CheckTime(&claim, timestamptz_to_time_t(now));
	key = KeyOf(claim.access_key_id, now);
	SigV4CheckSignature(request, &claim, AccessKeySigningKey(key, &claim), allow_unsigned_payload);
	authentication->access_key_id = claim.access_key_id;
	authentication->verified = true;
	return key;
}

/* Raises the service's error unless the key is good. */
static AccessKey *
KeyOf(SigV4Text access_key_id, TimestampTz now)
{
	AccessKey  *key = AccessKeyFind(access_key_id);

	if (key == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_UNRECOGNIZED_CLIENT),
				 errmsg("The security token included in the request is invalid.")));
	if (AccessKeyValidUntil(key) <= now)
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_EXPIRED_TOKEN),
				 errmsg("The security token included in the request is expired")));
	return key;
}

static Oid
RoleOfSetting(void)
{
	Oid			role_id = role[0] != '\0' ? get_role_oid(role, true) : InvalidOid;

	if (role[0] != '\0' && !OidIsValid(role_id))
		ereport(ERROR,
				(errcode(ERRCODE_DYNAMO_SERVICE_UNAVAILABLE),
				 errmsg("The role \"%s\" of the setting dynamo.role does not exist", role)));
	return role_id;
}
