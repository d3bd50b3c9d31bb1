-- CreateTable, DescribeTable, ListTables and DeleteTable by SQL function
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
RESET client_min_messages;
\pset format unaligned
\pset tuples_only on

-- What an operation answers: its reply, dates and ids masked, or its error.
CREATE FUNCTION pg_temp.ask(operation text, request text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    answer := dynamo.call(operation, request::json);
    answer := regexp_replace(answer, '(DateTime":)\d{10}\.\d{3}\M', '\1<date>', 'g');
    RETURN regexp_replace(answer, '("TableId":")[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', '\1<id>"');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- CreateTable of a plain table changed by members; a table made is deleted.
CREATE FUNCTION pg_temp.try(members text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    base constant jsonb := '{"TableName": "try", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}';
    request constant jsonb := base || members::jsonb;
    answer constant text := pg_temp.ask('CreateTable', request::text);
BEGIN
    IF answer NOT LIKE '{"TableDescription":{%' THEN
        RETURN answer;
    END IF;
    PERFORM dynamo.delete_table(json_build_object('TableName', request -> 'TableName'));
    RETURN 'made';
END
$$;

-- Short forms: 'p:HASH r:RANGE' for a key schema, 'p:S r:N' for definitions.
CREATE FUNCTION pg_temp.pairs(list text, second text) RETURNS jsonb
    LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('AttributeName', split_part(pair, ':', 1),
                                        second, split_part(pair, ':', 2)) ORDER BY place)
    FROM regexp_split_to_table(list, ' ') WITH ORDINALITY AS t(pair, place)
$$;

CREATE FUNCTION pg_temp.schema(keys text, definitions text) RETURNS jsonb
    LANGUAGE sql AS $$
    SELECT jsonb_build_object('KeySchema', pg_temp.pairs(keys, 'KeyType'),
                              'AttributeDefinitions', pg_temp.pairs(definitions, 'AttributeType'))
$$;

-- A list of one index of that name with keys, changed by members.
CREATE FUNCTION pg_temp.index(name text, keys text, members text DEFAULT '{}') RETURNS jsonb
    LANGUAGE sql AS $$
    SELECT jsonb_build_array(jsonb_build_object('IndexName', name,
                                                'KeySchema', pg_temp.pairs(keys, 'KeyType'),
                                                'Projection', '{"ProjectionType": "ALL"}'::jsonb)
                             || members::jsonb)
$$;

CREATE FUNCTION pg_temp.try_global(indexes jsonb, definitions text) RETURNS text
    LANGUAGE sql AS $$
    SELECT pg_temp.try((pg_temp.schema('p:HASH', definitions)
                        || jsonb_build_object('GlobalSecondaryIndexes', indexes))::text)
$$;

CREATE FUNCTION pg_temp.try_local(indexes jsonb, definitions text) RETURNS text
    LANGUAGE sql AS $$
    SELECT pg_temp.try((pg_temp.schema('p:HASH r:RANGE', definitions)
                        || jsonb_build_object('LocalSecondaryIndexes', indexes))::text)
$$;

CREATE FUNCTION pg_temp.vector(name text, members text DEFAULT '{}') RETURNS jsonb
    LANGUAGE sql AS $$
    SELECT '{"VectorAttribute": {"AttributeName": "v"}, "Projection": {"ProjectionType": "ALL"},
             "Dimensions": 3, "DistanceFunction": "COSINE"}'::jsonb
           || jsonb_build_object('IndexName', name) || members::jsonb
$$;

--
-- A table from its making to its end
--
SELECT dynamo.list_tables('{}');
SELECT pg_temp.ask('CreateTable', '{"TableName": "Music", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "SongTitle", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "SongTitle", "AttributeType": "S"}, {"AttributeName": "Artist", "AttributeType": "S"}]}');
SELECT pg_temp.ask('DescribeTable', '{"TableName": "Music"}');
SELECT attname, format_type(atttypid, atttypmod), attnotnull
    FROM pg_attribute WHERE attrelid = '"Music"'::regclass AND attnum > 0 ORDER BY attnum;
SELECT pg_get_partkeydef('"Music"'::regclass), count(*), min(amname)
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid JOIN pg_am ON pg_am.oid = relam
    WHERE inhparent = '"Music"'::regclass;
SELECT (dynamo.describe_table('{"TableName": "Music"}') #>> '{Table,CreationDateTime}')::numeric
    BETWEEN extract(epoch FROM now()) - 600 AND extract(epoch FROM now()) + 600;
SELECT dynamo.describe_table('{"TableName": "Music"}') #>> '{Table,TableId}' = table_id::text
    FROM dynamo.tables WHERE table_name = 'Music';
SELECT pg_temp.ask('DeleteTable', '{"TableName": "Music"}');
SELECT pg_temp.ask('DescribeTable', '{"TableName": "Music"}');
SELECT pg_temp.ask('DeleteTable', '{"TableName": "Music"}');
SELECT to_regclass('"Music"'), count(*) FROM dynamo.tables WHERE table_name = 'Music';

-- Parameters that are data are kept and shown; nulls and unknown members are not
SELECT pg_temp.ask('CreateTable', '{"TableName": "full", "BillingMode": "PROVISIONED", "Nonsense": 1,
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH", "Nonsense": 1}, {"AttributeName": "r", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "N"}, {"AttributeName": "r", "AttributeType": "B", "Nonsense": 1}],
    "ProvisionedThroughput": {"ReadCapacityUnits": 5e0, "WriteCapacityUnits": 6.9},
    "LocalSecondaryIndexes": null, "StreamSpecification": {"StreamEnabled": false}, "SSESpecification": {"Enabled": false},
    "Tags": [{"Key": "owner", "Value": "Zoë"}, {"Key": "empty", "Value": ""}],
    "TableClass": "STANDARD_INFREQUENT_ACCESS", "DeletionProtectionEnabled": true,
    "OnDemandThroughput": {"MaxReadRequestUnits": 7}, "WarmThroughput": {"WriteUnitsPerSecond": 9000}}');
SELECT settings FROM dynamo.tables WHERE table_name = 'full';
SELECT pg_temp.ask('DescribeTable', '{"TableName": "full"}');
SELECT pg_temp.ask('DeleteTable', '{"TableName": "full"}');
DROP TABLE "full";
SELECT pg_temp.ask('DescribeTable', '{"TableName": "full"}');
SELECT pg_temp.ask('CreateTable', '{"TableName": "demand", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "B"}],
    "OnDemandThroughput": {"MaxReadRequestUnits": 7}, "WarmThroughput": {"ReadUnitsPerSecond": 9223372036854775807},
    "DeletionProtectionEnabled": false, "Tags": []}');

-- Names: ARNs, and what PostgreSQL has no room for
SELECT pg_temp.ask('DescribeTable', '{"TableName": "arn:aws:dynamodb:us-east-1:123456789012:table/demand"}') LIKE '{"Table":{%';
SELECT pg_temp.ask('DeleteTable', '{"TableName": "arn:aws:dynamodb:local:000000000000:table/demand"}') LIKE '{"TableDescription":{%';
SELECT pg_temp.ask('DescribeTable', '{"TableName": "arn:aws:dynamodb:local:000000000000:table/demand"}');
SELECT arn, pg_temp.ask('DescribeTable', json_build_object('TableName', arn)::text)
    FROM unnest(ARRAY['arn:aws:foo', 'arn:aws:s3:local:000000000000:table/demand', 'arn:aws:dynamodb:::table/demand',
                      'arn:aws:dynamodb:local:000000000000:table/de', 'arn:aws:dynamodb:local:000000000000:table/d;mand',
                      'arn:aws:dynamodb:local:000000000000:table/demand/index/i', 'arn:aws:dynamodb:local:000000000000:stream/demand',
                      'arn:aws:dynamodb:local:000000000000:table/' || repeat('x', 256)]) AS arn;
SELECT name, pg_temp.ask('CreateTable', json_build_object('TableName', name)::text)
    FROM unnest(ARRAY['', 'ab', 'a b', 'é', 'arn:aws:dynamodb', repeat('x', 256)]) AS name;
SELECT name, pg_temp.try(json_build_object('TableName', name)::text)
    FROM unnest(ARRAY['try', 'arn:aws:dynamodb:local:000000000000:table/try']) AS name;
SELECT pg_temp.ask('CreateTable', format('{"TableName": "%s", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "item", "KeyType": "HASH"}, {"AttributeName": "%s", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": "item", "AttributeType": "S"}, {"AttributeName": "%s", "AttributeType": "N"}]}',
        repeat('n', 200) || place, repeat('é', 100), repeat('é', 100))) LIKE '{"TableDescription":{%'
    FROM generate_series(1, 2) AS place;
SELECT length(relation::text), regexp_replace(attname, '_[0-9a-f]{8}$', '_<hash>')
    FROM dynamo.tables JOIN pg_attribute ON attrelid = relation AND attnum > 0 WHERE table_name LIKE 'nnn%' ORDER BY table_name, attnum;
SELECT dynamo.describe_table(json_build_object('TableName', table_name)) #> '{Table,KeySchema}'
    FROM dynamo.tables WHERE table_name LIKE 'nnn%' ORDER BY table_name;
SELECT count(dynamo.delete_table(json_build_object('TableName', table_name)))
    FROM dynamo.tables WHERE table_name LIKE 'nnn%';

-- Table names tell upper from lower case, and a relation may be there already
CREATE TABLE public.taken (a int);
SELECT name, dynamo.create_table(json_build_object('TableName', name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', pg_temp.pairs('p:HASH', 'KeyType'), 'AttributeDefinitions', pg_temp.pairs('p:S', 'AttributeType'))) IS NOT NULL
    FROM unnest(ARRAY['Try', 'taken']) AS name;
SELECT name, pg_temp.try(json_build_object('TableName', name)::text)
    FROM unnest(ARRAY['try', 'Try', 'taken', 'arn:aws:dynamodb:local:000000000000:table/Try', 'arn:aws:dynamodb']) AS name;
SELECT relation::text ~ '^taken_[0-9a-f]{8}$' FROM dynamo.tables WHERE table_name = 'taken';
SELECT name, dynamo.delete_table(json_build_object('TableName', name)) IS NOT NULL FROM unnest(ARRAY['Try', 'taken']) AS name;
DROP TABLE public.taken;

--
-- CreateTable: keys and definitions
--
SELECT pg_temp.try('{"KeySchema": null}');
SELECT pg_temp.try('{"KeySchema": null, "AttributeDefinitions": null}');
SELECT pg_temp.try('{"KeySchema": []}');
SELECT pg_temp.try('{"KeySchema": [{"AttributeName": "p", "KeyType": "X"}], "AttributeDefinitions": [{"AttributeName": "", "AttributeType": "SS"}]}');
SELECT keys, definitions, pg_temp.try(pg_temp.schema(keys, definitions)::text)
    FROM (VALUES ('p:HASH', 'p:S'), ('p:HASH r:RANGE', 'r:N p:B'),
                 ('p:HASH', 'p:S q:S'), ('p:HASH', 'p:S p:S'), ('p:HASH', 'q:S'), ('p:HASH', 'P:S'),
                 ('p:HASH r:RANGE', 'p:S'), ('p:HASH r:RANGE', 'p:S p:S'), ('p:HASH r:RANGE', 'x:S y:S'),
                 ('p:HASH p:RANGE', 'p:S'), ('p:HASH r:HASH', 'p:S r:S'), ('r:RANGE', 'r:S'),
                 ('r:RANGE p:HASH', 'p:S r:S'), ('p:HASH q:RANGE r:RANGE', 'p:S q:S r:S')) AS t(keys, definitions);

--
-- CreateTable: throughput
--
SELECT members, pg_temp.try(members)
    FROM unnest(ARRAY['{"BillingMode": null}', '{"BillingMode": "PROVISIONED"}', '{"BillingMode": "free"}',
                      '{"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}',
                      '{"BillingMode": null, "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}',
                      '{"BillingMode": null, "ProvisionedThroughput": {"ReadCapacityUnits": 0}}',
                      '{"BillingMode": null, "ProvisionedThroughput": {"ReadCapacityUnits": 1000000000000, "WriteCapacityUnits": 1000000000001}}',
                      '{"OnDemandThroughput": {}}', '{"OnDemandThroughput": {"MaxReadRequestUnits": 0}}',
                      '{"OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -2}}',
                      '{"OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 1}}',
                      '{"WarmThroughput": {}}', '{"WarmThroughput": {"ReadUnitsPerSecond": 11999}}',
                      '{"WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 3999}}',
                      '{"WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}}']) AS members;

--
-- CreateTable: indexes
--
SELECT keys, definitions, pg_temp.try_global(pg_temp.index('idx', keys), definitions)
    FROM (VALUES ('q:HASH', 'p:S q:S'), ('q:HASH p:RANGE', 'p:S q:S'), ('q:HASH p:HASH', 'p:S q:S'),
                 ('a:HASH b:HASH c:HASH d:HASH e:RANGE f:RANGE g:RANGE h:RANGE', 'p:S a:S b:S c:S d:S e:S f:S g:S h:S'),
                 ('q:HASH', 'p:S'), ('q:HASH s:RANGE', 'p:S s:S x:S'), ('q:HASH', 'p:S q:S x:S'), ('q:HASH', 'p:S q:S p:S'),
                 ('q:RANGE', 'p:S q:S'), ('q:HASH q:RANGE', 'p:S q:S'), ('q:HASH a:HASH q:RANGE', 'p:S q:S a:S'),
                 ('q:HASH a:RANGE b:HASH', 'p:S q:S a:S b:S'), ('a:HASH b:HASH c:HASH d:HASH e:HASH', 'p:S'),
                 ('a:HASH b:RANGE c:RANGE d:RANGE e:RANGE f:RANGE', 'p:S')) AS t(keys, definitions);
SELECT keys, definitions, pg_temp.try_local(pg_temp.index('idx', keys), definitions)
    FROM (VALUES ('p:HASH q:RANGE', 'p:S r:S q:S'), ('p:HASH r:RANGE', 'p:S r:S'),
                 ('p:HASH', 'p:S r:S'), ('r:HASH q:RANGE', 'p:S r:S q:S'), ('p:HASH p:RANGE', 'p:S r:S'),
                 ('p:HASH q:HASH', 'p:S r:S q:S'), ('p:HASH q:RANGE', 'p:S r:S'), ('p:HASH q:RANGE', 'p:S r:S q:S x:S'),
                 ('p:HASH q:RANGE x:RANGE', 'p:S r:S q:S x:S')) AS t(keys, definitions);
SELECT pg_temp.try('{"GlobalSecondaryIndexes": []}');
SELECT pg_temp.try('{"LocalSecondaryIndexes": []}');
SELECT pg_temp.try((pg_temp.schema('p:HASH', 'p:S q:S') || jsonb_build_object('LocalSecondaryIndexes', pg_temp.index('idx', 'p:HASH q:RANGE')))::text);
SELECT projection, pg_temp.try_global(pg_temp.index('idx', 'q:HASH', json_build_object('Projection', projection)::text), 'p:S q:S')
    FROM unnest(ARRAY['{}', '{"NonKeyAttributes": ["a"]}', '{"ProjectionType": "SOME"}', '{"ProjectionType": "KEYS_ONLY"}',
                      '{"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["a"]}', '{"ProjectionType": "ALL", "NonKeyAttributes": ["a"]}',
                      '{"ProjectionType": "INCLUDE"}', '{"ProjectionType": "INCLUDE", "NonKeyAttributes": []}',
                      '{"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "a"]}',
                      '{"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b"]}']::json[]) AS projection;
SELECT pg_temp.try_global(pg_temp.index('idx', 'q:HASH') || pg_temp.index('idx', 'p:HASH'), 'p:S q:S');
SELECT pg_temp.try((pg_temp.schema('p:HASH r:RANGE', 'p:S r:S')
                    || jsonb_build_object('LocalSecondaryIndexes', pg_temp.index('idx', 'p:HASH r:RANGE'),
                                          'GlobalSecondaryIndexes', pg_temp.index('idx', 'r:HASH')))::text);
SELECT count, pg_temp.try_global((SELECT jsonb_agg(pg_temp.index('idx' || place, 'q:HASH') -> 0) FROM generate_series(1, count) AS place), 'p:S q:S')
    FROM generate_series(20, 21) AS count;
SELECT count, pg_temp.try_local((SELECT jsonb_agg(pg_temp.index('idx' || place, 'p:HASH q:RANGE') -> 0) FROM generate_series(1, count) AS place), 'p:S r:S q:S')
    FROM generate_series(5, 6) AS count;
SELECT count, pg_temp.try_global((SELECT jsonb_agg(pg_temp.index('idx' || place, 'q:HASH',
        json_build_object('Projection', json_build_object('ProjectionType', 'INCLUDE', 'NonKeyAttributes',
            (SELECT json_agg('a' || number) FROM generate_series(1, CASE place WHEN 6 THEN 1 ELSE 20 END) AS number)))::text) -> 0)
        FROM generate_series(1, count) AS place), 'p:S q:S')
    FROM generate_series(5, 6) AS count;
SELECT members, pg_temp.try_global(pg_temp.index('idx', 'q:HASH', members), 'p:S q:S')
    FROM unnest(ARRAY['{"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}', '{"IndexName": "ab"}',
                      '{"OnDemandThroughput": {"MaxWriteRequestUnits": 0}}', '{"WarmThroughput": {"ReadUnitsPerSecond": 1}}']) AS members;
SELECT members, pg_temp.try((pg_temp.schema('p:HASH', 'p:S q:S') || jsonb_build_object('BillingMode', 'PROVISIONED',
        'ProvisionedThroughput', '{"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}'::jsonb,
        'GlobalSecondaryIndexes', pg_temp.index('idx', 'q:HASH', members)))::text)
    FROM unnest(ARRAY['{}', '{"ProvisionedThroughput": {"ReadCapacityUnits": 1000000000001, "WriteCapacityUnits": 1}}',
                      '{"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}']) AS members;
SELECT pg_temp.try('{"VectorIndexes": []}');
SELECT members, pg_temp.try(jsonb_build_object('VectorIndexes', jsonb_build_array(pg_temp.vector('vec', members)))::text)
    FROM unnest(ARRAY['{}', '{"Dimensions": 4096}', '{"Dimensions": 4097}', '{"Projection": {}}', '{"DistanceFunction": "FAR"}',
                      '{"SearchSchema": [{"AttributeName": "h", "SearchSchemaElementType": "HASH"}]}']) AS members;
SELECT pg_temp.try((pg_temp.schema('p:HASH', 'p:S h:S') || jsonb_build_object('VectorIndexes', jsonb_build_array(pg_temp.vector('vec',
    '{"SearchSchema": [{"AttributeName": "h", "SearchSchemaElementType": "HASH"}]}'))))::text);
SELECT type, count, pg_temp.try(jsonb_build_object('VectorIndexes', jsonb_build_array(pg_temp.vector('vec', json_build_object('SearchSchema',
        (SELECT json_agg(json_build_object('AttributeName', 'a' || place, 'SearchSchemaElementType', type)) FROM generate_series(1, count) AS place))::text)))::text)
    FROM (VALUES ('INLINE_FILTER', 18), ('INLINE_FILTER', 19), ('HASH', 4), ('HASH', 5)) AS t(type, count);
SELECT members, pg_temp.try(jsonb_build_object('VectorIndexes', jsonb_build_array(pg_temp.vector('vec'), pg_temp.vector('other', members)))::text)
    FROM unnest(ARRAY['{}', '{"IndexName": "vec"}', '{"Dimensions": 4}', '{"Dimensions": 4, "VectorAttribute": {"AttributeName": "w"}}']) AS members;
SELECT count, pg_temp.try(jsonb_build_object('VectorIndexes', (SELECT jsonb_agg(pg_temp.vector('vec' || place)) FROM generate_series(1, count) AS place))::text)
    FROM generate_series(5, 6) AS count;
SELECT pg_temp.try(jsonb_build_object('BillingMode', 'PROVISIONED', 'ProvisionedThroughput', '{"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}'::jsonb,
    'VectorIndexes', jsonb_build_array(pg_temp.vector('vec')))::text);

--
-- CreateTable: the rest
--
SELECT members, pg_temp.try(members)
    FROM unnest(ARRAY['{"StreamSpecification": {"StreamEnabled": false}}', '{"StreamSpecification": {"StreamEnabled": true}}',
                      '{"StreamSpecification": {"StreamEnabled": false, "StreamViewType": "KEYS_ONLY"}}', '{"StreamSpecification": {}}',
                      '{"SSESpecification": {}}', '{"SSESpecification": {"Enabled": false}}', '{"SSESpecification": {"Enabled": true}}',
                      '{"SSESpecification": {"SSEType": "KMS"}}', '{"SSESpecification": {"Enabled": false, "KMSMasterKeyId": "x"}}',
                      '{"Tags": [{"Key": "a", "Value": "b"}, {"Key": "A", "Value": "b"}]}', '{"Tags": [{"Key": "a"}]}',
                      '{"Tags": [{"Key": "a", "Value": "b"}, {"Key": "a", "Value": "c"}]}', '{"Tags": [{"Key": "aws:a", "Value": "b"}]}',
                      '{"TableClass": "STANDARD"}', '{"TableClass": "GOLD"}', '{"DeletionProtectionEnabled": "yes"}',
                      '{"ResourcePolicy": "{}"}', '{"ResourcePolicy": "x"}', '{"ResourcePolicy": ""}',
                      '{"GlobalTableSettingsReplicationMode": "ENABLED"}',
                      '{"GlobalTableSourceArn": "arn:aws:dynamodb:local:000000000000:table/x", "KeySchema": null, "AttributeDefinitions": null}']) AS members;
SELECT length, pg_temp.try(json_build_object('ResourcePolicy', '{"a":"' || repeat('x', length - 8) || '"}')::text)
    FROM generate_series(20480, 20481) AS length;
SELECT count, pg_temp.try(json_build_object('Tags', (SELECT json_agg(json_build_object('Key', 'k' || place, 'Value', '')) FROM generate_series(1, count) AS place))::text)
    FROM generate_series(50, 51) AS count;
SELECT dynamo.list_tables('{}');

--
-- Transactions and rights
--
BEGIN;
SELECT pg_temp.ask('CreateTable', '{"TableName": "gone", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}') LIKE '{"TableDescription":{%';
SELECT dynamo.list_tables('{}');
ROLLBACK;
SELECT dynamo.list_tables('{}'), to_regclass('gone');

CREATE ROLE regress_dynamo_maker;
CREATE ROLE regress_dynamo_other;
GRANT CREATE ON SCHEMA public TO regress_dynamo_maker;
SET ROLE regress_dynamo_maker;
SELECT dynamo.create_table('{"TableName": "mine", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}') IS NOT NULL;
SET ROLE regress_dynamo_other;
\set VERBOSITY terse
SELECT dynamo.create_table('{"TableName": "theirs", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}');
SELECT dynamo.list_tables('{}');
SELECT dynamo.describe_table('{"TableName": "mine"}') #>> '{Table,TableName}';
SELECT dynamo.delete_table('{"TableName": "mine"}');
SET ROLE regress_dynamo_maker;
SELECT dynamo.delete_table('{"TableName": "mine"}') #>> '{TableDescription,TableStatus}';
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM regress_dynamo_maker;
DROP OWNED BY regress_dynamo_maker;
DROP ROLE regress_dynamo_maker, regress_dynamo_other;

--
-- Counts and sizes come from ANALYZE
--
SELECT pg_temp.ask('CreateTable', '{"TableName": "sized", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "N"}]}') LIKE '{"TableDescription":{%';
INSERT INTO sized SELECT n, '{}' FROM generate_series(1, 1000) AS n;
ANALYZE sized;
SELECT dynamo.describe_table('{"TableName": "sized"}') #>> '{Table,ItemCount}';
SELECT (dynamo.describe_table('{"TableName": "sized"}') #>> '{Table,TableSizeBytes}')::bigint = sum(pg_relation_size(inhrelid))
    FROM pg_inherits WHERE inhparent = 'sized'::regclass;
SELECT dynamo.delete_table('{"TableName": "sized"}') #>> '{TableDescription,ItemCount}';

--
-- ListTables
--
SELECT count(dynamo.create_table(json_build_object('TableName', name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', pg_temp.pairs('p:HASH', 'KeyType'), 'AttributeDefinitions', pg_temp.pairs('p:S', 'AttributeType'))))
    FROM unnest(ARRAY['b10', 'a-1', 'A.1', 'b9x', '_x1', 'zzz']) AS name;
SELECT request, pg_temp.ask('ListTables', request)
    FROM unnest(ARRAY['{}', '{"Limit": 1}', '{"Limit": 5}', '{"Limit": 6}', '{"Limit": 7}',
                      '{"Limit": 2, "ExclusiveStartTableName": "a-1"}', '{"ExclusiveStartTableName": "aaa"}',
                      '{"ExclusiveStartTableName": "b9x", "Limit": 1}', '{"ExclusiveStartTableName": "zzz"}',
                      '{"Limit": 0}', '{"Limit": 101}', '{"ExclusiveStartTableName": "ab"}', '{"Limit": "1"}']) AS request;
SET dynamo.partitions = 1;
SELECT count(dynamo.create_table(json_build_object('TableName', 'many' || to_char(number, 'FM000'), 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', pg_temp.pairs('p:HASH', 'KeyType'), 'AttributeDefinitions', pg_temp.pairs('p:S', 'AttributeType'))))
    FROM generate_series(0, 104) AS number;
RESET dynamo.partitions;
SELECT json_array_length(answer -> 'TableNames'), answer ->> 'LastEvaluatedTableName' FROM dynamo.list_tables('{}') AS answer;
SELECT dynamo.list_tables('{"ExclusiveStartTableName": "many098"}');
SELECT count(dynamo.delete_table(json_build_object('TableName', table_name)))
    FROM dynamo.tables WHERE relation::text ~ '^"?(many|b10|a-1|A.1|b9x|_x1|zzz)';
SELECT dynamo.list_tables('{}');
