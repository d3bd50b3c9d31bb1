/*
 * access_keys.h
 *	  The access keys of dynamo.access_keys, as the workers look them up.
 *
 * Keys once found are kept until anything changes that they depend on: the
 * catalog table, whoever changes it and however, or a role.  The change is
 * seen by every transaction that starts after its commit.
 */
#ifndef DYNAMO_ACCESS_KEYS_H
#define DYNAMO_ACCESS_KEYS_H

#include "base/compat.h"

#include "access/attnum.h"
#include "datatype/timestamp.h"
#include "http/sigv4.h"

#define ACCESS_KEY_ID_MAX		128
#define ACCESS_KEY_SECRET_MAX	128

/* Columns of dynamo.access_keys, as in dynamo--1.0.sql. */
#define Anum_access_keys_id			1
#define Anum_access_keys_secret		2
#define Anum_access_keys_role		3
#define Anum_access_keys_created_at	4
#define Anum_access_keys_valid_until	5
#define Anum_access_keys_enabled	6
#define Natts_access_keys			6

typedef struct AccessKey AccessKey;

/*
 * The key of that id, or NULL: there is none, it is disabled or its role is
 * gone.  Needs a transaction.  Good until the next call.
 */
extern AccessKey *AccessKeyFind(SigV4Text id);

/* Its role. */
extern Oid	AccessKeyRole(const AccessKey *key);

/* When it ends; infinity if never. */
extern TimestampTz AccessKeyValidUntil(const AccessKey *key);

/* The key to verify signatures with the claim's scope. */
extern const uint8 *AccessKeySigningKey(AccessKey *key, const SigV4Claim *claim);

#endif							/* DYNAMO_ACCESS_KEYS_H */
