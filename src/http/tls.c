/*
 * tls.c
 *	  The endpoint's certificate and key.
 *
 * The files and their permissions are as PostgreSQL wants its own.  GnuTLS
 * takes pointers to a credential and uses them until the handshake is over, so
 * one that is replaced is kept for as long as a handshake may last.
 */
#include "base/compat.h"

#include <sys/stat.h>

#include "http/tls.h"
#include "lib/ilist.h"
#include "storage/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#define MAX_CHAIN		16

/* A certificate or key file has no reason to be larger. */
#define MAX_FILE		(1024 * 1024)

typedef struct Credential
{
	dlist_node	node;			/* among the replaced ones */
	gnutls_pcert_st chain[MAX_CHAIN];
	unsigned int chain_len;
	gnutls_privkey_t key;
	gnutls_datum_t cert_text;	/* what it was made of */
	gnutls_datum_t key_text;
	int			ticks;			/* since it was replaced */
} Credential;

static bool ssl;
static char *cert_file;
static char *key_file;

static MemoryContext context = NULL;
static Credential *current = NULL;
static dlist_head replaced = DLIST_STATIC_INIT(replaced);

void
TlsInit(void)
{
	DefineCustomBoolVariable("dynamo.ssl",
							 "Makes the HTTP endpoint speak TLS, and nothing else.",
							 NULL,
							 &ssl,
							 false,
							 PGC_POSTMASTER, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("dynamo.ssl_cert_file",
							   "Sets the file of the HTTP endpoint's certificate and those it rests on.",
							   "If empty, it is ssl_cert_file.",
							   &cert_file,
							   "",
							   PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomStringVariable("dynamo.ssl_key_file",
							   "Sets the file of the HTTP endpoint's private key.",
							   "If empty, it is ssl_key_file.",
							   &key_file,
							   "",
							   PGC_SIGHUP, 0, NULL, NULL, NULL);
}

bool
TlsIsOn(void)
{
	return ssl;
}

const char *
TlsPriorities(void)
{
	return "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
}

static const char *
CertFile(void)
{
	return cert_file[0] != '\0' ? cert_file : GetConfigOption("ssl_cert_file", false, false);
}

static const char *
KeyFile(void)
{
	return key_file[0] != '\0' ? key_file : GetConfigOption("ssl_key_file", false, false);
}

/* A whole file, with a NUL behind it; data is NULL, and the log says why, if it cannot be read. */
static gnutls_datum_t
ReadFile(const char *name)
{
	gnutls_datum_t result = {0};
	FILE	   *file = AllocateFile(name, PG_BINARY_R);
	char	   *data;

	if (file == NULL)
	{
		ereport(LOG, (errcode_for_file_access(), errmsg("could not open file \"%s\": %m", name)));
		return result;
	}
	data = MemoryContextAlloc(context, MAX_FILE + 1);
	result.size = fread(data, 1, MAX_FILE, file);
	if (ferror(file))
		ereport(LOG, (errcode_for_file_access(), errmsg("could not read file \"%s\": %m", name)));
	else
		result.data = memcpy(MemoryContextAllocZero(context, result.size + 1), data, result.size);
	explicit_bzero(data, MAX_FILE + 1);
	pfree(data);
	FreeFile(file);
	return result;
}

static void
FreeText(gnutls_datum_t *text)
{
	if (text->data == NULL)
		return;
	explicit_bzero(text->data, text->size);
	pfree(text->data);
	text->data = NULL;
}

static void
FreeCredential(Credential *credential)
{
	for (unsigned int i = 0; i < credential->chain_len; i++)
		gnutls_pcert_deinit(&credential->chain[i]);
	if (credential->key)
		gnutls_privkey_deinit(credential->key);
	FreeText(&credential->cert_text);
	FreeText(&credential->key_text);
	pfree(credential);
}

/* Whether key and certificate are of one another. */
static int
CheckPair(Credential *credential)
{
	gnutls_pubkey_t public;
	unsigned char of_key[64];
	unsigned char of_cert[64];
	size_t		len = sizeof(of_key);
	size_t		cert_len = sizeof(of_cert);
	int			result = gnutls_pubkey_init(&public);

	if (result < 0)
		return result;
	result = gnutls_pubkey_import_privkey(public, credential->key, 0, 0);
	if (result >= 0)
		result = gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, of_key, &len);
	gnutls_pubkey_deinit(public);
	if (result >= 0)
		result = gnutls_pubkey_get_key_id(credential->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256,
										  of_cert, &cert_len);
	if (result >= 0 && (len != cert_len || memcmp(of_key, of_cert, len) != 0))
		result = GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
	return result;
}

/* Makes of the texts what GnuTLS uses; an error code of GnuTLS, negative. */
static int
Parse(Credential *credential)
{
	unsigned int count = MAX_CHAIN;
	int			result;

	result = gnutls_pcert_list_import_x509_raw(credential->chain, &count, &credential->cert_text,
											   GNUTLS_X509_FMT_PEM, 0);
	if (result < 0)
		return result;
	credential->chain_len = count;
	if (count == 0)
		return GNUTLS_E_NO_CERTIFICATE_FOUND;
	result = gnutls_privkey_init(&credential->key);
	if (result < 0)
		return result;
	result = gnutls_privkey_import_x509_raw(credential->key, &credential->key_text,
											GNUTLS_X509_FMT_PEM, NULL, 0);
	return result < 0 ? result : CheckPair(credential);
}

/* What the files say; NULL, and the log says why, if that is of no use. */
static Credential *
Load(void)
{
	Credential *credential;
	int			result;

	if (!check_ssl_key_file_permissions(KeyFile(), false))
		return NULL;
	credential = MemoryContextAllocZero(context, sizeof(Credential));
	credential->cert_text = ReadFile(CertFile());
	if (credential->cert_text.data)
		credential->key_text = ReadFile(KeyFile());
	if (credential->key_text.data)
	{
		result = Parse(credential);
		if (result >= 0)
			return credential;
		ereport(LOG,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("could not use certificate file \"%s\" with private key file \"%s\": %s",
						CertFile(), KeyFile(), gnutls_strerror(result))));
	}
	FreeCredential(credential);
	return NULL;
}

void
TlsStart(void)
{
	if (!ssl)
		return;
	context = AllocSetContextCreate(TopMemoryContext, "dynamo http certificates", ALLOCSET_DEFAULT_SIZES);
	current = Load();
	if (current == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("the HTTP endpoint has no certificate"),
				 errhint("See the settings \"dynamo.ssl_cert_file\" and \"dynamo.ssl_key_file\".")));
}

static bool
IsSameText(const gnutls_datum_t *one, const gnutls_datum_t *other)
{
	return one->size == other->size && memcmp(one->data, other->data, one->size) == 0;
}

void
TlsReload(void)
{
	Credential *fresh;

	if (current == NULL)
		return;
	fresh = Load();
	if (fresh == NULL)
	{
		ereport(LOG, (errmsg("the HTTP endpoint keeps its certificate")));
		return;
	}
	if (IsSameText(&fresh->cert_text, &current->cert_text) &&
		IsSameText(&fresh->key_text, &current->key_text))
	{
		FreeCredential(fresh);
		return;
	}
	dlist_push_tail(&replaced, &current->node);
	current = fresh;
}

void
TlsTick(int handshake_seconds)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &replaced)
	{
		Credential *credential = dlist_container(Credential, node, iter.cur);

		if (++credential->ticks <= handshake_seconds)
			continue;
		dlist_delete(&credential->node);
		FreeCredential(credential);
	}
}

int
TlsCertificate(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
			   const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
			   gnutls_pcert_st **chain, unsigned int *chain_len, gnutls_privkey_t *key)
{
	*chain = current->chain;
	*chain_len = current->chain_len;
	*key = current->key;
	return 0;
}
