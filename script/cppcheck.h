/*
 * cppcheck.h
 *	  What cppcheck has to know of the server's macros; it does not read the
 *	  server's headers.
 *
 * Above all that an error does not return.
 */
#define PG_VERSION_NUM 150000

#define INT64_FORMAT "%ld"
#define UINT64_FORMAT "%lu"

#define LOG 15
#define NOTICE 18
#define WARNING 19
#define ERROR 21
#define FATAL 22
#define PANIC 23

#define ereport(elevel, ...) do { (void) (__VA_ARGS__); if ((elevel) >= ERROR) abort(); } while (0)
#define elog(elevel, ...) ereport(elevel, errmsg_internal(__VA_ARGS__))
#define Assert(condition) do { if (!(condition)) abort(); } while (0)
#define pg_unreachable() abort()
#define pg_attribute_noreturn() __attribute__((noreturn))

#define PG_TRY() if (sigsetjmp() == 0)
#define PG_CATCH() else
#define PG_FINALLY()
#define PG_END_TRY() (void) 0
#define PG_RE_THROW() abort()

#define foreach(cell, list) for (ListCell *cell = list_head(list); cell != NULL; cell = lnext(list, cell))
