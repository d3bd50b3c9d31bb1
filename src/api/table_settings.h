/*
 * table_settings.h
 *	  The parameters of tables and indexes that are mere data.
 *
 * The catalogs keep them as a JSON object, which has the members of a
 * CreateTable request, or of an index in it.
 */
#ifndef DYNAMO_TABLE_SETTINGS_H
#define DYNAMO_TABLE_SETTINGS_H

#include "base/compat.h"

#include "base/json_reader.h"
#include "lib/stringinfo.h"

/* The object as a tree. */
extern const JsonNode *SettingsRead(const char *settings);

/*
 * An object of those members of a checked request that are named, as a
 * CreateTable request has them: without what its shape does not know, nulls
 * and repetitions.  names ends with NULL.
 */
extern char *SettingsOfRequest(const JsonNode *request, const char *const *names);

/* The same, appended to an object that is being written. */
extern void SettingsAppend(StringInfo out, const JsonNode *request, const char *const *names);

/*
 * The object with the changes of another: a member replaces what was there,
 * an object member by member, and null removes it.
 */
extern char *SettingsMerge(const JsonNode *settings, const char *changes);

#endif							/* DYNAMO_TABLE_SETTINGS_H */
