/*
 * dynamo.c
 *	  The library's entry point.
 *
 * Each module declares its own settings and workers; here they are only
 * called.
 */
#include "postgres.h"

#include "api/standby.h"
#include "fmgr.h"
#include "http/http.h"
#include "miscadmin.h"
#include "stream/stream_feeder.h"
#include "table/key_hints.h"
#include "table/settings.h"
#include "table/stream_ddl.h"
#include "utils/guc.h"
#include "worker/index_builder.h"
#include "worker/worker.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	TableSettingsInit();
	StreamDdlInit();
	StandbyInit();

	/*
	 * The workers exist only where the library is preloaded, and so do their
	 * settings; without them the prefix must not be reserved.
	 */
	if (!process_shared_preload_libraries_in_progress)
		return;
	KeyHintsInit();
	WorkerInit();
	IndexBuilderInit();
	StreamFeederInit();
	HttpInit();
	MarkGUCPrefixReserved("dynamo");
}
