/*
 * content_coding.h
 *	  Bodies compressed with gzip.
 */
#ifndef DYNAMO_CONTENT_CODING_H
#define DYNAMO_CONTENT_CODING_H

#include "http/exchange.h"

/* Declares dynamo.gzip_min_size. */
extern void ContentCodingInit(void);

/* How a body comes. */
typedef enum ContentCoding
{
	CODING_NONE,
	CODING_GZIP,
	CODING_UNKNOWN
} ContentCoding;

/* What a Content-Encoding says. */
extern ContentCoding ContentCodingOf(const char *value, Size len);

/* Whether an Accept-Encoding takes gzip. */
extern bool ContentCodingAccepted(const char *value, Size len);

typedef enum UnpackResult
{
	UNPACK_DONE,
	UNPACK_BAD,					/* that is no gzip */
	UNPACK_TOO_LARGE,
	UNPACK_NO_MEMORY
} UnpackResult;

/* Unpacks the exchange's body, to at most so many bytes. */
extern UnpackResult ContentUnpack(Exchange *exchange, uint64 max_body);

/*
 * The exchange's reply compressed, if it is large enough for that to be worth
 * it; NULL: send it as it is.  Lives as long as the exchange.
 */
extern const char *ContentPack(Exchange *exchange, Size *len);

#endif							/* DYNAMO_CONTENT_CODING_H */
