/*
 * scan.c
 *	  Scan: a whole table, or one of its segments.
 */
#include "base/compat.h"

#include "api/expressions.h"
#include "api/item_key.h"
#include "api/operations.h"
#include "api/page.h"
#include "api/request_member.h"

/* Reads Segment and TotalSegments, which come together or not at all. */
static void
ReadSegment(RangeSpec *spec, const JsonNode *request)
{
	int64		segment = RequestInteger(request, "Segment", -1);
	int64		total = RequestInteger(request, "TotalSegments", -1);

	if (segment < 0 && total < 0)
		return;
	if (total < 0)
		RaiseValidation("The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
	if (segment < 0)
		RaiseValidation("The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
	if (segment >= total)
		RaiseValidation(psprintf("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " INT64_FORMAT " is not less than TotalSegments: " INT64_FORMAT,
								 segment, total));
	spec->segment = (uint32) segment;
	spec->total_segments = (uint32) total;
}

void
ScanRun(const JsonNode *request, StringInfo reply)
{
	static const char *const legacy[] = {"AttributesToGet", "ScanFilter", "ConditionalOperator", NULL};
	static const char *const expressions[] = {"ProjectionExpression", "FilterExpression", NULL};
	const JsonNode *filter_text = RequestMember(request, "FilterExpression");
	RangeSpec	spec = {.total_segments = 1};
	Binding    *binding;
	ConditionNode *filter;
	Projection *projection;
	ItemKey		start;
	PageRequest page;

	RefuseMixedParameters(request, legacy, expressions);
	binding = ReadBinding(request, filter_text || RequestMember(request, "ProjectionExpression"),
						  filter_text ? NULL : "FilterExpression is null");
	filter = ReadFilter(request, "ScanFilter", binding);
	projection = ReadProjection(request, binding);
	BindingCheckUnused(binding);
	PageRead(&page, request, filter, projection);
	ReadSegment(&spec, request);

	PageOpen(&page, binding);
	PageCheckProjection(&page);
	if (page.start)
	{
		start = ItemKeyOfStartKey(page.entries, page.table, page.start);
		spec.start = &start;
		if (RangeSegmentOf(page.entries, start.datums, spec.total_segments) != spec.segment)
			RaiseValidation(psprintf("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: %u Segment: %u",
									 spec.total_segments, spec.segment));
	}
	PageReply(reply, &page, &spec);
}
