/*
 * exchange.c
 *	  One request and its response, from the first header to the last byte
 *	  sent.
 */
#include "base/compat.h"

#include "http/exchange.h"
#include "utils/memutils.h"

/* A buffer that has grown beyond this is not kept for the next request. */
#define KEEP_BUFFER_SIZE	(64 * 1024)

/* More exchanges than this are not kept. */
#define KEEP_EXCHANGES		64

/* What a buffer has at first. */
#define FIRST_BUFFER_SIZE	2048

/* What is allocated at once on the word of a Content-Length. */
#define TRUSTED_LENGTH		(1024 * 1024)

static MemoryContext context = NULL;
static dlist_head free_exchanges = DLIST_STATIC_INIT(free_exchanges);
static int	free_count = 0;
static dlist_head queue = DLIST_STATIC_INIT(queue);
static int	unsent_count = 0;

static bool GrowBody(Exchange *exchange, Size needed);
static void ShrinkBuffer(StringInfo buffer);
static void InitBuffer(StringInfo buffer);

void
ExchangeStart(void)
{
	context = AllocSetContextCreate(TopMemoryContext, "dynamo http exchanges", ALLOCSET_DEFAULT_SIZES);
}

Exchange *
ExchangeCreate(void)
{
	Exchange   *exchange;

	if (free_count > 0)
	{
		exchange = dlist_container(Exchange, node, dlist_pop_head_node(&free_exchanges));
		free_count--;
	}
	else
	{
		exchange = MemoryContextAlloc(context, sizeof(Exchange));
		InitBuffer(&exchange->body);
		InitBuffer(&exchange->reply);
	}
	exchange->state = EXCHANGE_RECEIVING;
	exchange->kind = REQUEST_UNKNOWN_OPERATION;
	exchange->operation = NULL;
	exchange->authentication.verified = false;
	exchange->content_type = NULL;
	exchange->announced = 0;
	exchange->received = 0;
	exchange->tries = 0;
	exchange->allowed_origin = NULL;
	exchange->requested_headers = NULL;
	exchange->body_is_gzip = false;
	exchange->takes_gzip = false;
	exchange->packed = NULL;
	exchange->suspended = NULL;
	resetStringInfo(&exchange->body);
	resetStringInfo(&exchange->reply);
	return exchange;
}

void
ExchangeRelease(Exchange *exchange)
{
	if (exchange->state == EXCHANGE_QUEUED || exchange->state == EXCHANGE_PARKED)
		dlist_delete(&exchange->node);
	if (exchange->state == EXCHANGE_ANSWERED)
		unsent_count--;
	if (exchange->packed != NULL)
		pfree(exchange->packed);
	if (free_count == KEEP_EXCHANGES)
	{
		pfree(exchange->body.data);
		pfree(exchange->reply.data);
		pfree(exchange);
		return;
	}
	ShrinkBuffer(&exchange->body);
	ShrinkBuffer(&exchange->reply);
	dlist_push_head(&free_exchanges, &exchange->node);
	free_count++;
}

bool
ExchangeAppendBody(Exchange *exchange, const char *data, Size len)
{
	StringInfo	body = &exchange->body;
	Size		needed = body->len + len;

	if (needed >= (Size) body->maxlen && !GrowBody(exchange, needed))
		return false;
	memcpy(body->data + body->len, data, len);
	body->len += len;
	body->data[body->len] = '\0';
	return true;
}

/*
 * Room for so many bytes: all that was announced, if that is modest, else
 * twice what is needed now, so that only what has come takes memory.
 */
static bool
GrowBody(Exchange *exchange, Size needed)
{
	StringInfo	body = &exchange->body;
	Size		size = Max(needed * 2, Min(exchange->announced, TRUSTED_LENGTH)) + 1;
	char	   *data;

	data = MemoryContextAllocExtended(context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (data == NULL)
		return false;
	memcpy(data, body->data, body->len);
	pfree(body->data);
	body->data = data;
	body->maxlen = size;
	return true;
}

bool
ExchangeTakeBody(Exchange *exchange, StringInfo taken)
{
	char	   *data = MemoryContextAllocExtended(context, FIRST_BUFFER_SIZE, MCXT_ALLOC_NO_OOM);

	if (data == NULL)
		return false;
	*taken = exchange->body;
	exchange->body.data = data;
	exchange->body.maxlen = FIRST_BUFFER_SIZE;
	resetStringInfo(&exchange->body);
	return true;
}

bool
ExchangeMakePacked(Exchange *exchange, Size size)
{
	exchange->packed = MemoryContextAllocExtended(context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	return exchange->packed != NULL;
}

/* Gives back what the buffer has grown to, if that is much. */
static void
ShrinkBuffer(StringInfo buffer)
{
	if (buffer->maxlen <= KEEP_BUFFER_SIZE)
		return;
	pfree(buffer->data);
	InitBuffer(buffer);
}

/* initStringInfo(), in our context. */
static void
InitBuffer(StringInfo buffer)
{
	buffer->data = MemoryContextAlloc(context, FIRST_BUFFER_SIZE);
	buffer->maxlen = FIRST_BUFFER_SIZE;
	resetStringInfo(buffer);
}

void
ExchangeEnqueue(Exchange *exchange)
{
	exchange->state = EXCHANGE_QUEUED;
	INSTR_TIME_SET_CURRENT(exchange->begun);
	dlist_push_tail(&queue, &exchange->node);
}

Exchange *
ExchangeDequeue(void)
{
	Exchange   *exchange;

	if (dlist_is_empty(&queue))
		return NULL;
	exchange = dlist_container(Exchange, node, dlist_pop_head_node(&queue));
	exchange->state = EXCHANGE_RUNNING;
	return exchange;
}

void
ExchangeSetAnswered(Exchange *exchange)
{
	exchange->state = EXCHANGE_ANSWERED;
	unsent_count++;
}

int
ExchangeUnsentCount(void)
{
	return unsent_count;
}
