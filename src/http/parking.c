/*
 * parking.c
 *	  Requests that met a lock and wait for another try.
 */
#include "base/compat.h"

#include <limits.h>

#include "http/metrics.h"
#include "http/parking.h"
#include "portability/instr_time.h"
#include "utils/guc.h"

#define DEFAULT_LOCK_TIMEOUT	5000

/* The intervals, which double from one try to the next. */
#define FIRST_INTERVAL_MS	1
#define LAST_INTERVAL_MS	64

static int	lock_timeout;		/* ms; 0: without end */
static dlist_head parked = DLIST_STATIC_INIT(parked);
static int64 next_due = PG_INT64_MAX;	/* none of them is due before */

void
ParkingInit(void)
{
	DefineCustomIntVariable("dynamo.lock_timeout",
							"Sets how long a request of the HTTP endpoint waits for a lock.",
							"Then it is answered with TransactionConflictException. 0: without end.",
							&lock_timeout,
							DEFAULT_LOCK_TIMEOUT, 0, INT_MAX,
							PGC_SIGHUP,
							GUC_UNIT_MS,
							NULL, NULL, NULL);
}

/* Milliseconds of a clock that never goes back. */
static int64
Now(void)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	return (int64) INSTR_TIME_GET_MILLISEC(now);
}

RequestTry
ParkingTry(const Exchange *exchange)
{
	if (exchange->tries == 0)
		return REQUEST_FIRST_TRY;
	if (lock_timeout > 0 && Now() - exchange->parked_at >= lock_timeout)
		return REQUEST_LAST_TRY;
	return REQUEST_RETRY;
}

void
ParkingAdd(Exchange *exchange)
{
	int64		now = Now();
	int			interval = Min(FIRST_INTERVAL_MS << Min(exchange->tries, 16), LAST_INTERVAL_MS);

	if (exchange->tries++ == 0)
		exchange->parked_at = now;
	exchange->retry_at = now + interval;
	if (lock_timeout > 0)
		exchange->retry_at = Min(exchange->retry_at, Max(now + 1, exchange->parked_at + lock_timeout));
	exchange->state = EXCHANGE_PARKED;
	MetricAdd(METRIC_PARKED, 1);
	dlist_push_tail(&parked, &exchange->node);
	next_due = Min(next_due, exchange->retry_at);
}

Exchange *
ParkingTake(void)
{
	dlist_iter	iter;
	int64		now;
	int64		earliest = PG_INT64_MAX;

	if (dlist_is_empty(&parked))
		return NULL;
	now = Now();
	if (now < next_due)
		return NULL;
	dlist_foreach(iter, &parked)
	{
		Exchange   *exchange = dlist_container(Exchange, node, iter.cur);

		if (exchange->retry_at <= now)
		{
			dlist_delete(&exchange->node);
			return exchange;
		}
		earliest = Min(earliest, exchange->retry_at);
	}
	next_due = earliest;
	return NULL;
}

/* The bound may be that of a request whose connection is gone; that costs a turn. */
long
ParkingTimeout(void)
{
	if (dlist_is_empty(&parked))
		return -1;
	return Max(0, Min(next_due - Now(), LONG_MAX));
}
