/*
 * sigv4_test.c
 *	  Verifying a signature with a key, for a service and at a time that the
 *	  test chooses.
 */
#include "base/compat.h"

#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "funcapi.h"
#include "http/sha256.h"
#include "http/sigv4.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

typedef void (*AddField) (SigV4Request *request, SigV4Text name, SigV4Text value);

static void AddFields(SigV4Request *request, ArrayType *texts, AddField add);
static SigV4Text TextOf(Datum datum);

PG_FUNCTION_INFO_V1(sigv4_verify);

/*
 * sigv4_verify(method text, path text, headers text[], parameters text[],
 *				body bytea, secret text, service text, now bigint,
 *				OUT canonical text, OUT string_to_sign text, OUT signature text)
 *
 * Headers and parameters are names and values by turns.  Raises the service's
 * error if the signature is not good.
 */
Datum
sigv4_verify(PG_FUNCTION_ARGS)
{
	SigV4Request request = {0};
	SigV4Claim	claim;
	bytea	   *body = PG_GETARG_BYTEA_PP(4);
	char	   *secret = text_to_cstring(PG_GETARG_TEXT_PP(5));
	uint8		key[SIGV4_HASH_LEN];
	char		signature[SIGV4_HEX_LEN + 1];
	StringInfoData canonical;
	StringInfoData string_to_sign;
	TupleDesc	desc;
	Datum		values[3];
	bool		nulls[3] = {false};

	Sha256Start();
	request.method = text_to_cstring(PG_GETARG_TEXT_PP(0));
	request.path = text_to_cstring(PG_GETARG_TEXT_PP(1));
	AddFields(&request, PG_GETARG_ARRAYTYPE_P(2), SigV4AddHeader);
	AddFields(&request, PG_GETARG_ARRAYTYPE_P(3), SigV4AddParameter);
	if (!Sha256(VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), request.payload))
		elog(ERROR, "could not compute SHA-256");

	SigV4ReadClaim(&request, &claim);
	SigV4CheckScope(&claim, "", text_to_cstring(PG_GETARG_TEXT_PP(6)));
	SigV4CheckTime(&claim, PG_GETARG_INT64(7));
	SigV4SigningKey(secret, strlen(secret), &claim, key);
	SigV4CheckSignature(&request, &claim, key, false);

	initStringInfo(&canonical);
	initStringInfo(&string_to_sign);
	SigV4CanonicalRequest(&request, &claim, &canonical);
	SigV4StringToSign(&claim, &canonical, &string_to_sign);
	SigV4Signature(key, &string_to_sign, signature);

	values[0] = CStringGetTextDatum(canonical.data);
	values[1] = CStringGetTextDatum(string_to_sign.data);
	values[2] = CStringGetTextDatum(signature);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

static void
AddFields(SigV4Request *request, ArrayType *texts, AddField add)
{
	Datum	   *elements;
	int			count;

	deconstruct_array(texts, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	for (int i = 0; i + 1 < count; i += 2)
		add(request, TextOf(elements[i]), TextOf(elements[i + 1]));
}

static SigV4Text
TextOf(Datum datum)
{
	const text *value = DatumGetTextPP(datum);

	return (SigV4Text){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}
