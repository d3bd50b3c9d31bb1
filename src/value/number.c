/*
 * number.c
 *	  The service's number: an exact decimal whose bytes sort as it does.
 *
 * Text is first brought to significant digits and the place of the decimal
 * point (value = 0.DDD... x 10^point), from there to base 100.  The bytes are
 * described in number.h.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "value/error_codes.h"
#include "value/number.h"

#define SIGN_NEGATIVE	1
#define SIGN_ZERO		2
#define SIGN_POSITIVE	3
#define TERMINATOR		0xFF
#define MAX_DIGIT_BYTES	20

/* 1E-130 is 0.1 x 10^-129; 9.99E+125 is 0.999 x 10^126. */
#define POINT_MIN		(-129)
#define POINT_MAX		126

/* Past this an exponent's exact value no longer matters. */
#define EXPONENT_CLAMP	100000000

/* A number as significant decimal digits. */
typedef struct Decimal
{
	bool		negative;
	int			count;			/* 0: the number is zero */
	int64		point;			/* value = 0.digits x 10^point */
	char		digits[NUMBER_MAX_PRECISION + 1];	/* 0-9, one to spare so that
													 * an odd point can shift */
} Decimal;

static bool
IsDigit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Reads digits with at most one decimal point.  Returns where they end, NULL
 * if there is no digit.  Digits past the 38th are only allowed as zeros.
 */
static const char *
ReadDigits(const char *p, const char *end, Decimal *decimal, bool *too_precise)
{
	bool		point_seen = false;
	bool		digit_seen = false;
	int64		position = 0;	/* of the digit, counted from the first that
								 * is not zero */

	*too_precise = false;
	for (; p < end; p++)
	{
		if (*p == '.' && !point_seen)
		{
			point_seen = true;
			continue;
		}
		if (!IsDigit(*p))
			break;
		digit_seen = true;
		if (*p == '0' && position == 0)
		{
			decimal->point -= point_seen;
			continue;
		}
		decimal->point += !point_seen;
		if (*p != '0')
		{
			if (position >= NUMBER_MAX_PRECISION)
				*too_precise = true;
			else
				decimal->count = position + 1;
		}
		if (position < NUMBER_MAX_PRECISION)
			decimal->digits[position] = *p - '0';
		position++;
	}
	return digit_seen ? p : NULL;
}

/* Reads "e+12" to the end of the text; false if it is no exponent. */
static bool
ReadExponent(const char *p, const char *end, int64 *exponent)
{
	bool		negative = false;
	int64		value = 0;

	p++;
	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (p == end)
		return false;
	for (; p < end; p++)
	{
		if (!IsDigit(*p))
			return false;
		if (value < EXPONENT_CLAMP)
			value = value * 10 + (*p - '0');
	}
	*exponent = negative ? -value : value;
	return true;
}

static NumberError
DecimalFromText(const char *text, int len, Decimal *decimal)
{
	const char *p = text;
	const char *end = text + len;
	int64		exponent = 0;
	bool		too_precise;

	memset(decimal, 0, sizeof(Decimal));
	if (p < end && (*p == '+' || *p == '-'))
		decimal->negative = *p++ == '-';
	p = ReadDigits(p, end, decimal, &too_precise);
	if (p == NULL)
		return NUMBER_INVALID;
	if (p < end && ((*p != 'e' && *p != 'E') || !ReadExponent(p, end, &exponent)))
		return NUMBER_INVALID;
	if (decimal->count == 0)
		return NUMBER_OK;
	decimal->point += exponent;
	if (decimal->point > POINT_MAX)
		return NUMBER_OVERFLOW;
	if (decimal->point < POINT_MIN)
		return NUMBER_UNDERFLOW;
	return too_precise ? NUMBER_TOO_PRECISE : NUMBER_OK;
}

/* Writes the bytes of a decimal and returns how many. */
static int
EncodeDecimal(const Decimal *decimal, uint8 *buffer)
{
	int			odd = decimal->point & 1;
	int			exponent = ((int) decimal->point + odd) / 2 + NUMBER_EXPONENT_BIAS;
	int			bytes = (decimal->count + odd + 1) / 2;
	int			used = 2;

	if (decimal->count == 0)
	{
		buffer[0] = SIGN_ZERO;
		return 1;
	}
	buffer[0] = decimal->negative ? SIGN_NEGATIVE : SIGN_POSITIVE;
	buffer[1] = decimal->negative ? 127 - exponent : exponent;
	for (int i = 0; i < bytes; i++)
	{
		int			high = 2 * i - odd;
		int			low = high + 1;
		int			pair = (high >= 0 ? decimal->digits[high] * 10 : 0) +
			(low < decimal->count ? decimal->digits[low] : 0);

		buffer[used++] = decimal->negative ? 100 - pair : pair;
	}
	if (decimal->negative && bytes < MAX_DIGIT_BYTES)
		buffer[used++] = TERMINATOR;
	return used;
}

/* How many of the bytes are base-100 digits. */
static int
DigitBytes(const char *bytes, int len)
{
	if (len <= 2)
		return 0;
	return (uint8) bytes[len - 1] == TERMINATOR ? len - 3 : len - 2;
}

/* Takes the bytes apart again. */
static void
DecodeDecimal(const char *bytes, int len, Decimal *decimal)
{
	const uint8 *b = (const uint8 *) bytes;
	int			pairs = DigitBytes(bytes, len);
	int			exponent;
	int			n = 0;

	memset(decimal, 0, sizeof(Decimal));
	if (b[0] == SIGN_ZERO)
		return;
	decimal->negative = b[0] == SIGN_NEGATIVE;
	exponent = (decimal->negative ? 127 - b[1] : b[1]) - NUMBER_EXPONENT_BIAS;
	decimal->point = 2 * exponent;
	for (int i = 0; i < pairs; i++)
	{
		int			pair = decimal->negative ? 100 - b[2 + i] : b[2 + i];

		if (i == 0 && pair < 10)
			decimal->point--;
		else
			decimal->digits[n++] = pair / 10;
		decimal->digits[n++] = pair % 10;
	}
	if (n > 0 && decimal->digits[n - 1] == 0)
		n--;
	decimal->count = n;
}

NumberError
NumberFromText(const char *text, int len, uint8 buffer[NUMBER_MAX_BYTES], int *out_len)
{
	Decimal		decimal;
	NumberError error = DecimalFromText(text, len, &decimal);

	if (error == NUMBER_OK)
		*out_len = EncodeDecimal(&decimal, buffer);
	return error;
}

/* Raises the service's words for what was wrong with the text. */
static void
RaiseNumberError(NumberError error, const char *text, int len)
{
	switch (error)
	{
		case NUMBER_OK:
			break;
		case NUMBER_INVALID:
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 len == 0 ?
					 errmsg("The parameter cannot be converted to a numeric value") :
					 errmsg("The parameter cannot be converted to a numeric value: %.*s", len, text)));
			break;
		case NUMBER_OVERFLOW:
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 errmsg("Number overflow. Attempting to store a number with magnitude larger than supported range")));
			break;
		case NUMBER_UNDERFLOW:
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 errmsg("Number underflow. Attempting to store a number with magnitude smaller than supported range")));
			break;
		case NUMBER_TOO_PRECISE:
			ereport(ERROR,
					(errcode(ERRCODE_DYNAMO_VALIDATION),
					 errmsg("Attempting to store more than 38 significant digits in a Number")));
			break;
	}
}

int
NumberFromTextOrError(const char *text, int len, uint8 buffer[NUMBER_MAX_BYTES])
{
	int			used = 0;

	RaiseNumberError(NumberFromText(text, len, buffer, &used), text, len);
	return used;
}

/* Plain digits without an exponent, however long: as the service answers. */
void
NumberToText(StringInfo out, const char *bytes, int len)
{
	Decimal		decimal;
	int			point;

	DecodeDecimal(bytes, len, &decimal);
	if (decimal.count == 0)
	{
		appendStringInfoChar(out, '0');
		return;
	}
	point = (int) decimal.point;
	if (decimal.negative)
		appendStringInfoChar(out, '-');
	if (point <= 0)
		appendStringInfoString(out, "0.");
	for (int i = point; i < 0; i++)
		appendStringInfoCharMacro(out, '0');
	for (int i = 0; i < decimal.count; i++)
	{
		if (i == point && i > 0)
			appendStringInfoCharMacro(out, '.');
		appendStringInfoCharMacro(out, '0' + decimal.digits[i]);
	}
	for (int i = decimal.count; i < point; i++)
		appendStringInfoCharMacro(out, '0');
}

Numeric
NumberToNumeric(const char *bytes, int len)
{
	StringInfoData text;
	Datum		numeric;

	initStringInfo(&text);
	NumberToText(&text, bytes, len);
	numeric = DirectFunctionCall3(numeric_in, CStringGetDatum(text.data),
								  ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	pfree(text.data);
	return DatumGetNumeric(numeric);
}

int
NumberFromNumeric(Numeric numeric, uint8 buffer[NUMBER_MAX_BYTES])
{
	char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(numeric)));
	int			len = NumberFromTextOrError(text, strlen(text), buffer);

	pfree(text);
	return len;
}

/*
 * One byte, and one for each two significant digits counted from the decimal
 * point; a negative number costs one more.
 */
int
NumberSize(const char *bytes, int len)
{
	return 1 + DigitBytes(bytes, len) + ((uint8) bytes[0] == SIGN_NEGATIVE ? 1 : 0);
}

/* Whether there are as many base-100 digits as there may be, each in range. */
static bool
DigitsAreCanonical(const uint8 *digits, int pairs, bool negative)
{
	for (int i = 0; i < pairs; i++)
	{
		int			pair = negative ? 100 - digits[i] : digits[i];

		if (pair < 0 || pair > 99 || (pair == 0 && (i == 0 || i == pairs - 1)))
			return false;
		/* 20 pairs hold 38 digits only if the point is odd */
		if (pairs == MAX_DIGIT_BYTES && ((i == 0 && pair > 9) || (i == pairs - 1 && pair % 10 != 0)))
			return false;
	}
	return pairs >= 1 && pairs <= MAX_DIGIT_BYTES;
}

bool
NumberIsCanonical(const char *bytes, int len)
{
	const uint8 *b = (const uint8 *) bytes;
	Decimal		decimal;
	uint8		again[NUMBER_MAX_BYTES];

	if (len == 1)
		return b[0] == SIGN_ZERO;
	if (len < 3 || len > NUMBER_MAX_BYTES || b[1] > 127 ||
		(b[0] != SIGN_NEGATIVE && b[0] != SIGN_POSITIVE) ||
		!DigitsAreCanonical(b + 2, DigitBytes(bytes, len), b[0] == SIGN_NEGATIVE))
		return false;
	DecodeDecimal(bytes, len, &decimal);
	return decimal.point >= POINT_MIN && decimal.point <= POINT_MAX &&
		EncodeDecimal(&decimal, again) == len && memcmp(again, bytes, len) == 0;
}
