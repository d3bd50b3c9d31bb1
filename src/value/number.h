/*
 * number.h
 *	  The service's number: an exact decimal whose bytes sort as it does.
 *
 * 38 significant digits; 0, or a magnitude from 1E-130 to
 * 9.9999999999999999999999999999999999999E+125.
 *
 *	  byte 0	 1 negative, 2 zero, 3 positive; zero has no more bytes
 *	  byte 1	 exponent e of 100 plus NUMBER_EXPONENT_BIAS, where the value
 *				 is 0.d1 d2 d3 ... x 100^e in base-100 digits, d1 not 0
 *	  byte 2..	 the digits, 0-99, without trailing zeros, at most 20
 *
 * Of a negative number byte 1 is 127 minus that and a digit is 100 - d, and
 * fewer than 20 digits are closed by 0xFF, so that memcmp order (shorter
 * first) is numeric order and equal numbers have equal bytes.
 *
 * Source: "Naming rules and data types" in the developer guide.
 */
#ifndef DYNAMO_NUMBER_H
#define DYNAMO_NUMBER_H

#include "lib/stringinfo.h"
#include "utils/numeric.h"

#define NUMBER_MAX_BYTES		22
#define NUMBER_MAX_PRECISION	38
#define NUMBER_EXPONENT_BIAS	64

typedef enum NumberError
{
	NUMBER_OK,
	NUMBER_INVALID,				/* not a number's text */
	NUMBER_OVERFLOW,
	NUMBER_UNDERFLOW,
	NUMBER_TOO_PRECISE			/* more than 38 significant digits */
} NumberError;

/*
 * Reads decimal text ("-12.5", "1E3") into buffer; *out_len is how much of it
 * is used.  Never raises.
 */
extern NumberError NumberFromText(const char *text, int len, uint8 buffer[NUMBER_MAX_BYTES], int *out_len);

/* The same, raising the service's ValidationException. */
extern int	NumberFromTextOrError(const char *text, int len, uint8 buffer[NUMBER_MAX_BYTES]);

/* Appends the service's text of the number. */
extern void NumberToText(StringInfo out, const char *bytes, int len);

/* To PostgreSQL's numeric and back; back raises ValidationException. */
extern Numeric NumberToNumeric(const char *bytes, int len);
extern int	NumberFromNumeric(Numeric numeric, uint8 buffer[NUMBER_MAX_BYTES]);

/* The number's size by the service's rule, in bytes. */
extern int	NumberSize(const char *bytes, int len);

/* True if the bytes are what NumberFromText() writes. */
extern bool NumberIsCanonical(const char *bytes, int len);

#endif							/* DYNAMO_NUMBER_H */
