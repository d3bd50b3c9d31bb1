-- The Streams API, on streams and records that are put into the catalogs by
-- hand: no worker feeds this database.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
RESET client_min_messages;
\pset format unaligned
\t on
ALTER TABLE dynamo.streams DISABLE TRIGGER streams_changed;

SELECT count(*) FROM dynamo.create_table('{"TableName": "Streamed", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "r", "AttributeType": "N"}]}');
INSERT INTO dynamo.streams
    SELECT id, '"Streamed"', 'Streamed', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS'), view_type, status,
        'p', 'r', 3, current_user::regrole, created_at, ended_at, '0/1000', last_lsn
    FROM (VALUES (1, 'OLD_IMAGE', 'DISABLED', '2026-01-01 00:00+00', '2026-01-02 00:00+00', '0/3000'),
        (2, 'NEW_AND_OLD_IMAGES', 'ENABLED', '2026-01-02 00:00:00.123+00', NULL, NULL))
        AS stream (id, view_type, status, created_at_text, ended_at_text, last_lsn_text),
    LATERAL (SELECT created_at_text::timestamptz, ended_at_text::timestamptz, last_lsn_text::pg_lsn) AS typed (created_at, ended_at, last_lsn);
INSERT INTO dynamo.streams
    SELECT 3, 1, 'Another', '2026-01-03T00:00:00.000', 'KEYS_ONLY', 'ENABLING', 'p', NULL, 1, current_user::regrole, '2026-01-03 00:00+00', NULL, '0/1000', NULL;

-- Records of now, but for one of the second stream.
SELECT (extract(epoch FROM now()) - extract(epoch FROM timestamptz '2000-01-01 00:00+00'))::bigint / (4 * 3600) AS period \gset
INSERT INTO dynamo.stream_periods VALUES (:period, '0/0');
INSERT INTO dynamo.stream_feed VALUES ('0/5000');
CREATE FUNCTION pg_temp.add(stream integer, shard integer, lsn pg_lsn, number integer, age interval, event "char",
    keys text, new_image text, old_image text, by_service boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dynamo.stream_records SELECT period % 8, stream, shard, lsn, number, now() - age, event, by_service,
        keys::dynamo.item, new_image::dynamo.item, CASE WHEN new_image IS NULL THEN old_image::dynamo.item END,
        dynamo.item_difference(new_image::dynamo.item, old_image::dynamo.item) FROM dynamo.stream_periods $$;
SELECT pg_temp.add(1, 0, '0/2000', 1, '1 hour', 'I', '{"p":{"S":"a"},"r":{"N":"1"}}', NULL, NULL),
    pg_temp.add(1, 0, '0/2100', 1, '1 hour', 'R', NULL, NULL, '{"p":{"S":"a"},"r":{"N":"1"},"v":{"S":"old"}}', true),
    pg_temp.add(2, 1, '0/1800', 1, '25 hours', 'I', NULL, '{"p":{"S":"a"},"r":{"N":"1"}}', NULL),
    pg_temp.add(2, 1, '0/2000', 1, '2 hours', 'M', NULL, '{"p":{"S":"a"},"r":{"N":"1"},"v":{"S":"one"}}', '{"p":{"S":"a"},"r":{"N":"1"}}'),
    pg_temp.add(2, 1, '0/2000', 2, '2 hours', 'I', NULL, '{"p":{"S":"b"},"r":{"N":"-1"},"v":{"S":"two"}}', NULL),
    pg_temp.add(2, 1, '0/2001', 1, '1 hour', 'R', NULL, NULL, '{"p":{"S":"b"},"r":{"N":"-1"},"v":{"S":"two"}}');

-- What a request gives, or the error.
CREATE FUNCTION pg_temp.ask(operation text, request json) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.call(operation, request);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.arn(stream integer) RETURNS text LANGUAGE sql AS $$
    SELECT 'arn:aws:dynamodb:local:000000000000:table/' || table_name || '/stream/' || label FROM dynamo.streams WHERE stream_id = stream $$;
CREATE FUNCTION pg_temp.shard(stream integer, shard integer) RETURNS text LANGUAGE sql AS $$
    SELECT dynamo.describe_stream(json_build_object('StreamArn', pg_temp.arn(stream)))->'StreamDescription'->'Shards'->shard->>'ShardId' $$;
CREATE FUNCTION pg_temp.iterator(stream integer, shard integer, type text, more json DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(reply::json->>'ShardIterator', reply)
    FROM pg_temp.ask('GetShardIterator', (jsonb_build_object('StreamArn', pg_temp.arn(stream), 'ShardId', pg_temp.shard(stream, shard),
        'ShardIteratorType', type) || more::jsonb)::json) AS answer(text),
    LATERAL (SELECT CASE WHEN text LIKE '{%' THEN text ELSE to_json(text)::text END) AS reply(reply) $$;
-- The records from an iterator on in short, and whether there is a next one.
CREATE FUNCTION pg_temp.records(iterator text, lim integer DEFAULT 1000) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN reply LIKE '{%' THEN
        coalesce((SELECT string_agg(concat(record->>'eventName', ' ', record->'dynamodb'->'Keys', ' ', record->'dynamodb'->'NewImage'->'v',
                ' ', record->'dynamodb'->'OldImage'->'v'), ', ') FROM json_array_elements(reply::json->'Records') AS record), 'none')
            || CASE WHEN reply::json->'NextShardIterator' IS NULL THEN ' end' ELSE ' more' END
        ELSE reply END
    FROM pg_temp.ask('GetRecords', json_build_object('ShardIterator', iterator, 'Limit', lim)) AS reply $$;
CREATE FUNCTION pg_temp.next(iterator text, lim integer) RETURNS text LANGUAGE sql AS $$
    SELECT dynamo.get_records(json_build_object('ShardIterator', iterator, 'Limit', lim))->>'NextShardIterator' $$;

--
-- ListStreams
--
SELECT pg_temp.ask('ListStreams', '{}');
SELECT pg_temp.ask('ListStreams', '{"TableName": "Streamed", "Limit": 1}');
SELECT pg_temp.ask('ListStreams', json_build_object('TableName', 'Streamed', 'ExclusiveStartStreamArn', pg_temp.arn(1)));
SELECT pg_temp.ask('ListStreams', json_build_object('Limit', 2, 'ExclusiveStartStreamArn', pg_temp.arn(3)));
SELECT request, pg_temp.ask('ListStreams', request::json)
    FROM unnest(ARRAY['{"TableName": "None"}', '{"TableName": "x"}', '{"TableName": 1}', '{"Limit": 0}', '{"Limit": 101}',
        '{"ExclusiveStartStreamArn": "x"}', '{"ExclusiveStartStreamArn": "x12345678901234567890123456789012345678901"}']) AS request;

--
-- DescribeStream
--
SELECT pg_temp.ask('DescribeStream', json_build_object('StreamArn', pg_temp.arn(1)));
SELECT pg_temp.ask('DescribeStream', json_build_object('StreamArn', pg_temp.arn(2), 'Limit', 2));
SELECT pg_temp.ask('DescribeStream', json_build_object('StreamArn', pg_temp.arn(2), 'Limit', 2, 'ExclusiveStartShardId', pg_temp.shard(2, 1)));
SELECT pg_temp.ask('DescribeStream', json_build_object('StreamArn', pg_temp.arn(3)));
SELECT pg_temp.ask('DescribeStream', json_build_object('StreamArn', pg_temp.arn(3), 'ShardFilter',
    json_build_object('Type', 'CHILD_SHARDS', 'ShardId', pg_temp.shard(3, 0))))::json->'StreamDescription'->'Shards';
SELECT request, pg_temp.ask('DescribeStream', (json_build_object('StreamArn', pg_temp.arn(2))::jsonb || request::jsonb)::json)
    FROM unnest(ARRAY['{"StreamArn": null}', '{"StreamArn": "x"}', '{"StreamArn": "arn:aws:dynamodb:local:000000000000:table/None/stream/x"}',
        '{"Limit": 101}', '{"ExclusiveStartShardId": "x"}', '{"ShardFilter": {"Type": "PARENT_SHARDS"}}']) AS request;

--
-- GetShardIterator, GetRecords
--
SELECT pg_temp.records(pg_temp.iterator(1, 0, 'TRIM_HORIZON'));
SELECT record - 'eventID' #- '{dynamodb,ApproximateCreationDateTime}'
    FROM jsonb_array_elements(dynamo.get_records(json_build_object('ShardIterator', pg_temp.iterator(1, 0, 'TRIM_HORIZON')))::jsonb->'Records') AS record;
SELECT pg_temp.records(pg_temp.iterator(1, 0, 'TRIM_HORIZON'), 1);
SELECT pg_temp.records(pg_temp.iterator(1, 1, 'TRIM_HORIZON'));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'TRIM_HORIZON'));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'TRIM_HORIZON'), 1);
SELECT pg_temp.records(pg_temp.next(pg_temp.iterator(2, 1, 'TRIM_HORIZON'), 1), 1);
SELECT pg_temp.records(pg_temp.next(pg_temp.iterator(2, 1, 'TRIM_HORIZON'), 3));
SELECT pg_temp.records(pg_temp.iterator(2, 0, 'TRIM_HORIZON'));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'LATEST'));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'AT_SEQUENCE_NUMBER', '{"SequenceNumber": "1000000000000000081920000000002"}'));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'AFTER_SEQUENCE_NUMBER', '{"SequenceNumber": "1000000000000000081920000000002"}'));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'AT_TIMESTAMP', '{"Timestamp": 1}'));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'AT_TIMESTAMP', json_build_object('Timestamp', extract(epoch FROM now() - interval '90 minutes'))));
SELECT pg_temp.records(pg_temp.iterator(2, 1, 'AT_TIMESTAMP', json_build_object('Timestamp', extract(epoch FROM now()))));
SELECT pg_temp.records(pg_temp.iterator(3, 0, 'TRIM_HORIZON'));
-- trimmed, by age and by where the stream begins
SELECT pg_temp.iterator(2, 1, 'AT_SEQUENCE_NUMBER', '{"SequenceNumber": "1000000000000000061440000000001"}');
SELECT pg_temp.iterator(2, 1, 'AFTER_SEQUENCE_NUMBER', '{"SequenceNumber": "1000000000000000000010000000001"}');
SELECT more, pg_temp.iterator(2, 1, more->>'ShardIteratorType', more)
    FROM unnest(ARRAY['{"ShardIteratorType": "FIRST"}', '{"ShardIteratorType": "LATEST", "ShardId": "x"}',
        '{"ShardIteratorType": "LATEST", "ShardId": "shardId-00000000000000000000-00000000"}',
        '{"ShardIteratorType": "LATEST", "StreamArn": "arn:aws:dynamodb:local:000000000000:table/Streamed/stream/x"}',
        '{"ShardIteratorType": "LATEST", "SequenceNumber": "1000000000000000061440000000001"}',
        '{"ShardIteratorType": "LATEST", "Timestamp": 1}', '{"ShardIteratorType": "AT_SEQUENCE_NUMBER"}',
        '{"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": "1"}',
        '{"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": "100000000000000006144000000000x"}',
        '{"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": "199999999999999999999990000000001"}',
        '{"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": "1999999999999999999999900000000"}',
        '{"ShardIteratorType": "AT_TIMESTAMP"}', '{"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 99999999999}',
        '{"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": "now"}']::json[]) AS more;
SELECT request, pg_temp.ask('GetRecords', request::json)
    FROM unnest(ARRAY['{}', '{"ShardIterator": ""}', '{"ShardIterator": "x"}', '{"ShardIterator": "x|1|AAAA"}', '{"ShardIterator": "|1|"}',
        '{"ShardIterator": "x", "Limit": 0}', '{"ShardIterator": "x", "Limit": 1001}']) AS request;
-- an iterator that somebody has changed, and one that is old
SELECT pg_temp.records(replace(pg_temp.iterator(2, 1, 'LATEST'), 'Streamed', 'Another'));
CREATE FUNCTION pg_temp.forge(stream integer, shard integer, age interval) RETURNS text LANGUAGE sql AS $$
    SELECT arn || '|1|' || encode(convert_to(place || ' ' ||
            to_hex(hashtextextended(arn || ' ' || place, (SELECT system_identifier FROM pg_control_system()))), 'UTF8'), 'base64')
    FROM (SELECT pg_temp.arn(stream) AS arn, format('%s 0/2000 0 %s', shard,
        (extract(epoch FROM now() - age - timestamptz '2000-01-01 00:00+00') * 1000000)::bigint) AS place) AS parts $$;
SELECT replace(pg_temp.records(replace(pg_temp.forge(2, 1, '14 minutes'), E'\n', '')), pg_temp.arn(2), 'ARN');
SELECT pg_temp.records(replace(pg_temp.forge(2, 1, '16 minutes'), E'\n', ''));
SELECT pg_temp.records(replace(pg_temp.forge(2, 3, '1 minute'), E'\n', ''));

--
-- No more than 1 MB in a page, but at least one record
--
SELECT pg_temp.add(2, 2, '0/4000', i, '1 minute', 'I', NULL,
    format('{"p":{"S":"big"},"r":{"N":"%s"},"v":{"S":"%s"}}', i, repeat('x', 300000)), NULL) FROM generate_series(1, 7) AS i \g /dev/null
WITH RECURSIVE pages(number, reply) AS (
    SELECT 1, dynamo.get_records(json_build_object('ShardIterator', pg_temp.iterator(2, 2, 'TRIM_HORIZON')))
    UNION ALL
    SELECT number + 1, dynamo.get_records(json_build_object('ShardIterator', reply->>'NextShardIterator')) FROM pages WHERE number < 4)
SELECT number, (SELECT string_agg(record->'dynamodb'->'Keys'->'r'->>'N', ',') FROM json_array_elements(reply->'Records') AS record) FROM pages;
SELECT pg_temp.add(2, 0, '0/4000', i, '1 minute', 'I', NULL, format('{"p":{"S":"small"},"r":{"N":"%s"}}', i), NULL)
    FROM generate_series(1, 1001) AS i \g /dev/null
SELECT json_array_length(reply->'Records'), json_array_length(dynamo.get_records(json_build_object('ShardIterator', reply->>'NextShardIterator'))->'Records')
    FROM dynamo.get_records(json_build_object('ShardIterator', pg_temp.iterator(2, 0, 'TRIM_HORIZON'))) AS reply;

--
-- Who may read
--
CREATE ROLE regress_stream_reader;
GRANT USAGE ON SCHEMA dynamo TO regress_stream_reader;
SELECT pg_temp.iterator(2, 1, 'LATEST') AS latest \gset
SET ROLE regress_stream_reader;
SELECT count(*) FROM dynamo.list_streams('{}');
SELECT pg_temp.records(:'latest');
SELECT * FROM dynamo.stream_records;
RESET ROLE;
GRANT SELECT ON "Streamed" TO regress_stream_reader;
SET ROLE regress_stream_reader;
SELECT pg_temp.records(:'latest');
RESET ROLE;
ALTER TABLE "Streamed" ENABLE ROW LEVEL SECURITY;
SET ROLE regress_stream_reader;
SELECT pg_temp.records(:'latest');
RESET ROLE;
-- of a table that is gone
SELECT d->'StreamSpecification', d->>'LatestStreamArn' = pg_temp.arn(2)
    FROM CAST(dynamo.delete_table('{"TableName": "Streamed"}') AS json) r, CAST(r->'TableDescription' AS json) d;
SELECT status, ended_at > now() FROM dynamo.streams WHERE stream_id = 2;
SELECT pg_temp.records(:'latest');
SET ROLE regress_stream_reader;
SELECT pg_temp.records(:'latest');
RESET ROLE;
DELETE FROM dynamo.streams WHERE stream_id = 2;
SELECT pg_temp.records(:'latest') LIKE 'DY004 %';

REVOKE USAGE ON SCHEMA dynamo FROM regress_stream_reader;
DROP ROLE regress_stream_reader;
TRUNCATE dynamo.streams, dynamo.stream_records, dynamo.stream_periods, dynamo.stream_feed;
ALTER TABLE dynamo.streams ENABLE ALWAYS TRIGGER streams_changed;
