/*
 * create_table.h
 *	  What a CreateTable request asks for.
 */
#ifndef DYNAMO_CREATE_TABLE_H
#define DYNAMO_CREATE_TABLE_H

#include "base/json_reader.h"
#include "table/ddl.h"
#include "table/stream_catalog.h"

/*
 * Raises the service's error for a request that the service would refuse, and
 * a ValidationException of our own for one that asks for what this version
 * does not build.
 */
extern void CreateTableCheck(const JsonNode *request);

/* The table that a checked request asks for. */
extern TableDefinition CreateTableDefinition(const JsonNode *request);

/* ---- what UpdateTable checks the same way ---- */

/* Raises ValidationException for a StreamSpecification that makes no sense. */
extern void StreamSpecificationCheck(const JsonNode *stream);

/* The view of the stream that a checked request enables; false if it enables none. */
extern bool StreamSpecificationView(const JsonNode *request, StreamViewType *view_type);

/*
 * Raises ValidationException if SSESpecification asks for what this version
 * does not build.
 */
extern void UnbuiltSpecificationsRefuse(const JsonNode *request);

#endif							/* DYNAMO_CREATE_TABLE_H */
