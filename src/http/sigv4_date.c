/*
 * sigv4_date.c
 *	  The dates of signatures.
 */
#include "base/compat.h"

#include "datatype/timestamp.h"
#include "http/sigv4_date.h"
#include "utils/datetime.h"

/* "D" stands for a digit, "M" for a letter of the month, "W" of the weekday. */
static const char basic_pattern[] = "DDDDDDDDTDDDDDDZ";
static const char http_pattern[] = "WWW, DD MMM DDDD DD:DD:DD GMT";

static bool HasPattern(SigV4Text text, const char *pattern);
static int	Number(const char *digits, int count);
static int	Month(const char *name);
static bool Seconds(const struct pg_tm *time, int64 *seconds);

bool
SigV4ParseDate(SigV4Text text, int64 *seconds)
{
	const char *data = text.data;
	struct pg_tm time = {0};

	if (HasPattern(text, basic_pattern))
	{
		time.tm_year = Number(data, 4);
		time.tm_mon = Number(data + 4, 2);
		time.tm_mday = Number(data + 6, 2);
		time.tm_hour = Number(data + 9, 2);
		time.tm_min = Number(data + 11, 2);
		time.tm_sec = Number(data + 13, 2);
	}
	else if (HasPattern(text, http_pattern))
	{
		time.tm_mday = Number(data + 5, 2);
		time.tm_mon = Month(data + 8);
		time.tm_year = Number(data + 12, 4);
		time.tm_hour = Number(data + 17, 2);
		time.tm_min = Number(data + 20, 2);
		time.tm_sec = Number(data + 23, 2);
	}
	return Seconds(&time, seconds);
}

static bool
HasPattern(SigV4Text text, const char *pattern)
{
	if (text.len != strlen(pattern))
		return false;
	for (uint32 i = 0; i < text.len; i++)
	{
		char		c = text.data[i];
		bool		fits;

		if (pattern[i] == 'D')
			fits = c >= '0' && c <= '9';
		else if ((pattern[i] == 'M' && i > 7 && i < 11) || pattern[i] == 'W')
			fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		else
			fits = c == pattern[i];
		if (!fits)
			return false;
	}
	return true;
}

static int
Number(const char *digits, int count)
{
	int			number = 0;

	for (int i = 0; i < count; i++)
		number = number * 10 + (digits[i] - '0');
	return number;
}

/* From 1, or 0 if there is no such month. */
static int
Month(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < MONTHS_PER_YEAR; i++)
	{
		if (memcmp(name, names + 3 * i, 3) == 0)
			return i + 1;
	}
	return 0;
}

/* False if there is no such time. */
static bool
Seconds(const struct pg_tm *time, int64 *seconds)
{
	int64		days;

	if (time->tm_year < 1 || time->tm_mon < 1 || time->tm_mon > MONTHS_PER_YEAR || time->tm_mday < 1 ||
		time->tm_mday > day_tab[isleap(time->tm_year)][time->tm_mon - 1] ||
		time->tm_hour >= HOURS_PER_DAY || time->tm_min >= MINS_PER_HOUR || time->tm_sec > SECS_PER_MINUTE)
		return false;
	days = date2j(time->tm_year, time->tm_mon, time->tm_mday) - UNIX_EPOCH_JDATE;
	*seconds = days * SECS_PER_DAY +
		time->tm_hour * SECS_PER_HOUR + time->tm_min * SECS_PER_MINUTE + time->tm_sec;
	return true;
}

void
SigV4FormatDate(int64 seconds, char date[SIGV4_DATE_LEN + 1])
{
	int			of_day = seconds % SECS_PER_DAY;
	int			year;
	int			month;
	int			day;

	j2date((int) (seconds / SECS_PER_DAY) + UNIX_EPOCH_JDATE, &year, &month, &day);
	snprintf(date, SIGV4_DATE_LEN + 1, "%04d%02d%02dT%02d%02d%02dZ", year % 10000, month, day,
			 of_day / SECS_PER_HOUR, of_day / SECS_PER_MINUTE % MINS_PER_HOUR, of_day % SECS_PER_MINUTE);
}
