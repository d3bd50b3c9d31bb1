-- Secondary indexes in CreateTable, DescribeTable and DeleteTable, and UpdateTable
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

-- UpdateTable of a table with members; what it describes then, or the error.
CREATE FUNCTION pg_temp.update(name text, members text) RETURNS text
    LANGUAGE sql AS $$
    SELECT pg_temp.ask('UpdateTable', (json_build_object('TableName', name)::jsonb || members::jsonb)::text)
$$;

-- The same, undone; only whether it worked, or the error.
CREATE FUNCTION pg_temp.try(name text, members text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    request constant jsonb := json_build_object('TableName', name)::jsonb || members::jsonb;
BEGIN
    PERFORM dynamo.update_table(request::json);
    RAISE SQLSTATE 'ZZ000' USING MESSAGE = 'updated';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN
        RETURN SQLERRM;
    WHEN OTHERS THEN
        RETURN SQLSTATE || ' ' || SQLERRM;
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

CREATE FUNCTION pg_temp.index(name text, keys text, members text DEFAULT '{}') RETURNS jsonb
    LANGUAGE sql AS $$
    SELECT jsonb_build_object('IndexName', name, 'KeySchema', pg_temp.pairs(keys, 'KeyType'),
                              'Projection', '{"ProjectionType": "ALL"}'::jsonb) || members::jsonb
$$;

-- Members of an UpdateTable request that add an index.
CREATE FUNCTION pg_temp.add(name text, keys text, definitions text, members text DEFAULT '{}') RETURNS text
    LANGUAGE sql AS $$
    SELECT jsonb_build_object('AttributeDefinitions', pg_temp.pairs(definitions, 'AttributeType'),
        'GlobalSecondaryIndexUpdates', jsonb_build_array(jsonb_build_object('Create', pg_temp.index(name, keys, members))))::text
$$;

CREATE FUNCTION pg_temp.drop(name text) RETURNS text
    LANGUAGE sql AS $$
    SELECT json_build_object('GlobalSecondaryIndexUpdates',
        json_build_array(json_build_object('Delete', json_build_object('IndexName', name))))::text
$$;

-- Name, IndexStatus and Backfilling of each global index, and the defined attributes.
CREATE FUNCTION pg_temp.state(name text, description json DEFAULT NULL) RETURNS text
    LANGUAGE sql AS $$
    WITH t AS (SELECT coalesce(description, dynamo.describe_table(json_build_object('TableName', name)) -> 'Table') AS description)
    SELECT concat_ws(' ',
        (SELECT string_agg(concat_ws(' ', i ->> 'IndexName', i ->> 'IndexStatus', 'backfilling ' || (i ->> 'Backfilling')), ', ')
         FROM json_array_elements(t.description -> 'GlobalSecondaryIndexes') AS i),
        (SELECT '[' || string_agg((d ->> 'AttributeName') || ':' || (d ->> 'AttributeType'), ' ') || ']'
         FROM json_array_elements(t.description -> 'AttributeDefinitions') AS d))
    FROM t
$$;

-- Waits until the builder has made all indexes of the table ACTIVE.
CREATE PROCEDURE pg_temp.wait(name text)
    LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 600 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM dynamo.indexes JOIN dynamo.tables USING (relation)
                              WHERE table_name = name AND status <> 'ACTIVE');
        COMMIT;
        PERFORM pg_sleep(0.05);
    END LOOP;
END
$$;

--
-- A table with indexes from its making to its end
--
SELECT pg_temp.ask('CreateTable', '{"TableName": "Games", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "User", "KeyType": "HASH"}, {"AttributeName": "Game", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "User", "AttributeType": "S"}, {"AttributeName": "Game", "AttributeType": "S"},
        {"AttributeName": "Score", "AttributeType": "N"}, {"AttributeName": "Hash", "AttributeType": "B"}, {"AttributeName": "Country", "AttributeType": "S"}],
    "LocalSecondaryIndexes": [
        {"IndexName": "ByScore", "KeySchema": [{"AttributeName": "User", "KeyType": "HASH"}, {"AttributeName": "Score", "KeyType": "RANGE"}],
         "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["Wins", "Losses"]}}],
    "GlobalSecondaryIndexes": [
        {"IndexName": "Top", "KeySchema": [{"AttributeName": "Game", "KeyType": "HASH"}, {"AttributeName": "Score", "KeyType": "RANGE"}],
         "Projection": {"ProjectionType": "ALL"}, "OnDemandThroughput": {"MaxReadRequestUnits": 7}, "WarmThroughput": {"ReadUnitsPerSecond": 20000}},
        {"IndexName": "Many", "KeySchema": [{"AttributeName": "Country", "KeyType": "HASH"}, {"AttributeName": "Hash", "KeyType": "HASH"},
            {"AttributeName": "Score", "KeyType": "RANGE"}, {"AttributeName": "User", "KeyType": "RANGE"}],
         "Projection": {"ProjectionType": "KEYS_ONLY"}}]}');
SELECT pg_temp.ask('DescribeTable', '{"TableName": "Games"}');
SELECT index_name, side, kind, status, backfilling, hash_keys, range_keys, key_types, projection, included, indexes.settings
    FROM dynamo.indexes JOIN dynamo.tables USING (relation) WHERE table_name = 'Games' ORDER BY index_name;
SELECT settings FROM dynamo.tables WHERE table_name = 'Games';
SELECT side, pg_get_partkeydef(side), string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
    FROM dynamo.indexes JOIN pg_attribute ON attrelid = side AND attnum > 0 GROUP BY side ORDER BY side::text;

-- Sizes are those of the side table, as ANALYZE found them
SELECT count(dynamo.put_item(format('{"TableName": "Games", "Item": {"User": {"S": "u%s"}, "Game": {"S": "g"}%s}}',
        n, CASE WHEN n <= 10 THEN ', "Score": {"N": "7"}' END)::json)) FROM generate_series(1, 15) AS n;
ANALYZE "Games", dynamo_data."Games.Top", dynamo_data."Games.Many", dynamo_data."Games.ByScore";
SELECT kind, i ->> 'IndexName', i ->> 'ItemCount', (i ->> 'IndexSizeBytes')::int > 0, i ->> 'IndexArn'
    FROM unnest(ARRAY['Local', 'Global']) AS kind,
         json_array_elements(dynamo.describe_table('{"TableName": "Games"}') -> 'Table' -> (kind || 'SecondaryIndexes')) AS i;

SELECT pg_temp.ask('DeleteTable', '{"TableName": "Games"}');
SELECT count(*) FROM dynamo.indexes;
SELECT count(*) FROM pg_class WHERE relname LIKE 'Games%';

--
-- UpdateTable: the request by itself
--
SELECT dynamo.create_table((pg_temp.schema('p:HASH r:RANGE', 'p:S r:N q:S') || jsonb_build_object('TableName', 'demand', 'BillingMode', 'PAY_PER_REQUEST',
    'LocalSecondaryIndexes', jsonb_build_array(pg_temp.index('local', 'p:HASH q:RANGE')),
    'GlobalSecondaryIndexes', jsonb_build_array(pg_temp.index('one', 'q:HASH'), pg_temp.index('two', 'r:HASH q:RANGE'))))::json) IS NOT NULL;
SELECT dynamo.create_table((pg_temp.schema('p:HASH', 'p:S q:S') || jsonb_build_object('TableName', 'provisioned',
    'ProvisionedThroughput', '{"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}'::jsonb,
    'GlobalSecondaryIndexes', jsonb_build_array(pg_temp.index('one', 'q:HASH', '{"ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}}'))))::json) IS NOT NULL;

SELECT pg_temp.ask('UpdateTable', request)
    FROM unnest(ARRAY['{}', '{"TableName": "ab"}', '{"TableName": "a;b", "BillingMode": "x", "GlobalSecondaryIndexUpdates": [{"Update": {}}]}',
                      '{"TableName": "arn:aws:s3"}', '{"TableName": "nosuch"}', '{"TableName": "nosuch", "TableClass": "STANDARD"}']) AS request;
SELECT pg_temp.ask('UpdateTable', '{"TableName": "demand", "AttributeDefinitions": [{}], "BillingMode": "x", "TableClass": "x",
    "ProvisionedThroughput": {"ReadCapacityUnits": 0}, "SSESpecification": {"SSEType": "x"},
    "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": ";"}, "Create": {}, "Delete": {}}]}');
SELECT members, pg_temp.try('demand', members)
    FROM unnest(ARRAY['{}', '{"GlobalSecondaryIndexUpdates": []}', '{"AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}',
                      '{"GlobalSecondaryIndexUpdates": [{}]}', '{"GlobalSecondaryIndexUpdates": [{"Create": null}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "one"}, "Update": {"IndexName": "two"}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "one"}}, {"Update": {"IndexName": "one"}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "one"}}, {"Delete": {"IndexName": "two"}}]}',
                      '{"StreamSpecification": {"StreamEnabled": true}}',
                      '{"StreamSpecification": {"StreamEnabled": false, "StreamViewType": "KEYS_ONLY"}}',
                      '{"StreamSpecification": {"StreamEnabled": false}}', '{"SSESpecification": {"Enabled": true}}',
                      '{"ReplicaUpdates": []}', '{"ReplicaUpdates": [{"Create": {"RegionName": "eu-west-1"}}]}',
                      '{"MultiRegionConsistency": "STRONG"}', '{"GlobalTableWitnessUpdates": [{"Create": {"RegionName": "eu-west-1"}}]}',
                      '{"GlobalTableSettingsReplicationMode": "ENABLED"}', '{"DisassociationProtectionEnabled": false}',
                      '{"VectorIndexUpdates": [{"Delete": {"IndexName": "vec"}}]}']) AS members;
SELECT count, pg_temp.try('demand', json_build_object('GlobalSecondaryIndexUpdates', (SELECT json_agg(json_build_object('Update',
        json_build_object('IndexName', 'idx' || place, 'WarmThroughput', '{}'::json))) FROM generate_series(1, count) AS place))::text)
    FROM generate_series(20, 21) AS count;

--
-- UpdateTable: settings
--
SELECT pg_temp.update('demand', '{"DeletionProtectionEnabled": true, "TableClass": "STANDARD_INFREQUENT_ACCESS", "Nonsense": 1,
    "SSESpecification": {"Enabled": false}, "OnDemandThroughput": {"MaxReadRequestUnits": 7}, "WarmThroughput": {"WriteUnitsPerSecond": 5000}}');
SELECT pg_temp.ask('DeleteTable', '{"TableName": "demand"}');
SELECT pg_temp.update('demand', '{"DeletionProtectionEnabled": false, "OnDemandThroughput": {"MaxWriteRequestUnits": 8}}') IS NOT NULL;
SELECT settings FROM dynamo.tables WHERE table_name = 'demand';

-- Throughput that a table cannot have
SELECT members, pg_temp.try('demand', members)
    FROM unnest(ARRAY['{"BillingMode": "PAY_PER_REQUEST"}', '{"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}',
                      '{"BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}',
                      '{"BillingMode": "PROVISIONED"}',
                      '{"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}',
                      '{"OnDemandThroughput": {}}', '{"OnDemandThroughput": {"MaxReadRequestUnits": 0}}', '{"OnDemandThroughput": {"MaxReadRequestUnits": -1}}',
                      '{"WarmThroughput": {"ReadUnitsPerSecond": 11999}}', '{"WarmThroughput": {"ReadUnitsPerSecond": 12000}}',
                      '{"WarmThroughput": {"WriteUnitsPerSecond": 4999}}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one"}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "OnDemandThroughput": {"MaxReadRequestUnits": 0}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "WarmThroughput": {"ReadUnitsPerSecond": 11999}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "nosuch", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "local", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}}]}']) AS members;
SELECT members, pg_temp.try('provisioned', members)
    FROM unnest(ARRAY['{"BillingMode": "PROVISIONED"}', '{"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}',
                      '{"ProvisionedThroughput": {"ReadCapacityUnits": 5}}', '{"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}}',
                      '{"ProvisionedThroughput": {"ReadCapacityUnits": 1000000000001, "WriteCapacityUnits": 6}}',
                      '{"BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}}',
                      '{"WarmThroughput": {"ReadUnitsPerSecond": 4}}', '{"WarmThroughput": {"ReadUnitsPerSecond": 5}}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one"}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 1000000000001}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "WarmThroughput": {"WriteUnitsPerSecond": 2}}}]}',
                      '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2}}}]}',
                      '{"BillingMode": "PAY_PER_REQUEST", "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2}}}]}']) AS members;

-- More and less is told apart, and counted by the day
CREATE FUNCTION pg_temp.throughput(members text) RETURNS text
    LANGUAGE sql AS $$
    WITH t AS (SELECT dynamo.update_table((json_build_object('TableName', 'provisioned')::jsonb || members::jsonb)::json) -> 'TableDescription' AS d)
    SELECT regexp_replace(concat_ws(' ', d -> 'ProvisionedThroughput', d #> '{GlobalSecondaryIndexes,0,ProvisionedThroughput}'), '\d{10}\.\d{3}', '<date>', 'g') FROM t
$$;
SELECT members, pg_temp.throughput(members)
    FROM unnest(ARRAY['{"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 9}}',
                      '{"ProvisionedThroughput": {"ReadCapacityUnits": 4, "WriteCapacityUnits": 9}}',
                      '{"ProvisionedThroughput": {"ReadCapacityUnits": 6, "WriteCapacityUnits": 8},
                        "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 4}}}]}']) AS members;
SELECT table_name, index_name, s #>> '{ProvisionedThroughput,NumberOfDecreasesToday}',
       abs((s #>> '{ProvisionedThroughput,LastDecreaseDateTime}')::numeric - extract(epoch FROM now())) < 60,
       (s #>> '{ProvisionedThroughput,LastDecreaseDateTime}') = (s #>> '{ProvisionedThroughput,LastIncreaseDateTime}')
    FROM (SELECT table_name, NULL AS index_name, settings AS s FROM dynamo.tables
          UNION ALL SELECT table_name, index_name, i.settings FROM dynamo.indexes AS i JOIN dynamo.tables USING (relation)) AS t
    WHERE table_name = 'provisioned' ORDER BY index_name NULLS FIRST;
UPDATE dynamo.tables SET settings = jsonb_set(settings, '{ProvisionedThroughput,LastDecreaseDateTime}', '1500000000.000') WHERE table_name = 'provisioned';
SELECT dynamo.describe_table('{"TableName": "provisioned"}') #> '{Table,ProvisionedThroughput,NumberOfDecreasesToday}';

-- To pay per request and back: the indexes go with the table, and the last switch stays known
SELECT pg_temp.update('provisioned', '{"BillingMode": "PAY_PER_REQUEST"}');
SELECT index_name, indexes.settings FROM dynamo.indexes JOIN dynamo.tables USING (relation) WHERE table_name = 'provisioned';
SELECT pg_temp.update('provisioned', '{"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 3}}}]}');
SELECT pg_temp.update('demand', '{"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "one", "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 3}}},
                                    {"Update": {"IndexName": "two", "ProvisionedThroughput": {"ReadCapacityUnits": 4, "WriteCapacityUnits": 4}}}]}') IS NOT NULL;
SELECT (t -> 'CreationDateTime')::text = (t #> '{BillingModeSummary,LastUpdateToPayPerRequestDateTime}')::text, t #> '{BillingModeSummary,BillingMode}'
    FROM (SELECT dynamo.describe_table('{"TableName": "demand"}') -> 'Table' AS t) AS d;

-- Who pays per request sends no throughput with a new index, all others must; an index that goes needs none
SELECT pg_temp.try('provisioned', pg_temp.add('new', 'q:HASH', 'q:S'));
SELECT pg_temp.try('provisioned', pg_temp.add('new', 'q:HASH', 'q:S', '{"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}'));
SELECT pg_temp.update('provisioned', '{"BillingMode": "PAY_PER_REQUEST"}') IS NOT NULL;
SELECT pg_temp.try('provisioned', pg_temp.add('new', 'q:HASH', 'q:S', '{"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}'));
SELECT pg_temp.try('provisioned', (pg_temp.drop('one')::jsonb || '{"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}')::text);
SELECT pg_temp.update('demand', '{"BillingMode": "PAY_PER_REQUEST"}') IS NOT NULL;

--
-- UpdateTable: what an index can be
--
SELECT keys, definitions, pg_temp.try('demand', pg_temp.add('new', keys, definitions))
    FROM (VALUES ('q:HASH', 'q:S'), ('x:HASH p:RANGE', 'x:B p:S'), ('x:HASH', 'x:N unused:S'),
                 ('a:HASH b:HASH c:HASH d:HASH e:RANGE f:RANGE g:RANGE h:RANGE', 'a:S b:S c:S d:S e:S f:S g:S h:S'),
                 ('q:HASH x:RANGE', 'x:S'), ('x:HASH', 'q:S'), ('x:HASH', 'x:S x:S'), ('x:HASH', 'x:S x:N'), ('x:HASH', 'x:S p:N'), ('p:HASH', 'p:N'),
                 ('x:RANGE', 'x:S'), ('x:HASH x:RANGE', 'x:S'), ('x:HASH y:HASH x:RANGE', 'x:S y:S'), ('x:HASH y:RANGE z:HASH', 'x:S y:S z:S'),
                 ('a:HASH b:HASH c:HASH d:HASH e:HASH', 'a:S'), ('a:HASH b:RANGE c:RANGE d:RANGE e:RANGE f:RANGE', 'a:S')) AS t(keys, definitions);
SELECT pg_temp.try('demand', (pg_temp.add('new', 'q:HASH', 'q:S')::jsonb - 'AttributeDefinitions')::text);
SELECT projection, pg_temp.try('demand', pg_temp.add('new', 'q:HASH', 'q:S', json_build_object('Projection', projection)::text))
    FROM unnest(ARRAY['{}', '{"ProjectionType": "SOME"}', '{"ProjectionType": "KEYS_ONLY"}', '{"ProjectionType": "ALL", "NonKeyAttributes": ["a"]}',
                      '{"ProjectionType": "INCLUDE"}', '{"ProjectionType": "INCLUDE", "NonKeyAttributes": []}',
                      '{"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "a"]}', '{"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b"]}']::json[]) AS projection;
SELECT name, pg_temp.try('demand', pg_temp.add(name, 'q:HASH', 'q:S')) FROM unnest(ARRAY['one', 'local', 'One', 'ab', 'a b']) AS name;
SELECT name, pg_temp.try('demand', pg_temp.drop(name)) FROM unnest(ARRAY['one', 'local', 'nosuch']) AS name;
SELECT pg_temp.try('nosuch', pg_temp.drop('one'));

-- 20 global indexes, and 100 NonKeyAttributes in all
SELECT dynamo.create_table((pg_temp.schema('p:HASH', 'p:S') || jsonb_build_object('TableName', 'crowded', 'BillingMode', 'PAY_PER_REQUEST',
    'GlobalSecondaryIndexes', (SELECT jsonb_agg(pg_temp.index('idx' || n, 'p:HASH', CASE WHEN n <= 5 THEN json_build_object('Projection',
        json_build_object('ProjectionType', 'INCLUDE', 'NonKeyAttributes', (SELECT json_agg('a' || a) FROM generate_series(1, CASE n WHEN 5 THEN 1 ELSE 20 END) AS a)))::text ELSE '{}' END))
        FROM generate_series(1, 19) AS n)))::json) IS NOT NULL;
SELECT count, pg_temp.try('crowded', pg_temp.add('new', 'p:HASH', 'p:S', json_build_object('Projection',
        json_build_object('ProjectionType', 'INCLUDE', 'NonKeyAttributes', (SELECT json_agg('b' || b) FROM generate_series(1, count) AS b)))::text))
    FROM generate_series(19, 21) AS count;
SELECT pg_temp.update('crowded', '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "idx1", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}}]}') IS NOT NULL;
SELECT pg_temp.update('crowded', pg_temp.add('idx20', 'p:HASH', 'p:S')) LIKE '{"TableDescription":{%';
CALL pg_temp.wait('crowded');
SELECT pg_temp.try('crowded', pg_temp.add('idx21', 'p:HASH', 'p:S'));
SELECT dynamo.delete_table('{"TableName": "crowded"}') IS NOT NULL;

--
-- UpdateTable: adding and deleting an index
--
SELECT count(dynamo.put_item(format('{"TableName": "demand", "Item": {"p": {"S": "p%s"}, "r": {"N": "%s"}, "x": {"%s": "eA=="}}}',
        n, n, CASE WHEN n <= 700 THEN 'B' ELSE 'S' END)::json)) FROM generate_series(1, 1000) AS n;
SELECT pg_temp.update('demand', pg_temp.add('three', 'x:HASH p:RANGE', 'x:B p:S unused:N', '{"Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["z", "a"]}}'));
CALL pg_temp.wait('demand');
SELECT pg_temp.state('demand');
SELECT count(*) FROM dynamo_data."demand.three";
SELECT * FROM dynamo.check_table('demand');
SELECT pg_temp.update('demand', pg_temp.drop('two'));
SELECT pg_temp.state('demand');
SELECT pg_temp.state('demand', dynamo.update_table((pg_temp.drop('three')::jsonb || '{"TableName": "demand"}')::json) -> 'TableDescription');
SELECT pg_temp.state('demand'), to_regclass('dynamo_data."demand.three"');

-- Only one at a time: here the builder cannot start before the transaction ends
BEGIN;
SELECT pg_temp.state('demand', dynamo.update_table((pg_temp.add('four', 'y:HASH', 'y:S')::jsonb || '{"TableName": "demand"}')::json) -> 'TableDescription');
SELECT pg_temp.try('demand', pg_temp.add('five', 'y:HASH', 'y:S'));
SELECT pg_temp.try('demand', pg_temp.drop('one'));
SELECT pg_temp.try('demand', '{"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "four", "OnDemandThroughput": {"MaxReadRequestUnits": 1}}}]}');
SELECT pg_temp.try('demand', pg_temp.drop('four'));
ROLLBACK;
SELECT pg_temp.state('demand');
BEGIN;
SELECT pg_temp.update('demand', pg_temp.add('four', 'y:HASH', 'y:S')) IS NOT NULL;
SELECT pg_temp.update('demand', pg_temp.drop('four')) IS NOT NULL;
COMMIT;
SELECT pg_temp.state('demand');

--
-- Who may: the owner of the relation, and his members
--
CREATE ROLE regress_dynamo_owner;
CREATE ROLE regress_dynamo_member IN ROLE regress_dynamo_owner;
CREATE ROLE regress_dynamo_other;
GRANT CREATE ON SCHEMA public TO regress_dynamo_owner;
SET ROLE regress_dynamo_owner;
SELECT dynamo.create_table((pg_temp.schema('p:HASH', 'p:S q:S') || jsonb_build_object('TableName', 'owned', 'BillingMode', 'PAY_PER_REQUEST',
    'GlobalSecondaryIndexes', jsonb_build_array(pg_temp.index('one', 'q:HASH'))))::json) IS NOT NULL;
SELECT pg_temp.try('owned', '{"TableClass": "STANDARD"}');
SELECT pg_temp.try('owned', pg_temp.add('two', 'q:HASH', 'q:S'));
SELECT pg_temp.try('owned', pg_temp.drop('one'));
RESET ROLE;
GRANT ALL ON "owned" TO regress_dynamo_other;
SET ROLE regress_dynamo_other;
SELECT pg_temp.try('owned', '{"TableClass": "STANDARD"}');
SELECT pg_temp.try('owned', pg_temp.add('two', 'q:HASH', 'q:S'));
SELECT pg_temp.try('owned', pg_temp.drop('one'));
SET ROLE regress_dynamo_member;
SELECT pg_temp.try('owned', '{"TableClass": "STANDARD"}');
SELECT pg_temp.try('owned', pg_temp.drop('one'));
SELECT pg_temp.update('owned', pg_temp.add('two', 'q:HASH', 'q:S')) IS NOT NULL;
RESET ROLE;
CALL pg_temp.wait('owned');
SELECT relname, relowner::regrole FROM pg_class WHERE relname IN ('owned', 'owned.one', 'owned.two') ORDER BY relname COLLATE "C";
-- Also one whose table has got a new owner since
ALTER TABLE "owned" OWNER TO regress_dynamo_other;
SET ROLE regress_dynamo_owner;
SELECT pg_temp.try('owned', pg_temp.drop('one'));
SET ROLE regress_dynamo_other;
SELECT pg_temp.update('owned', pg_temp.drop('one')) IS NOT NULL;
SELECT pg_temp.state('owned');
RESET ROLE;
SELECT dynamo.delete_table('{"TableName": "owned"}') IS NOT NULL;
REVOKE CREATE ON SCHEMA public FROM regress_dynamo_owner;
DROP OWNED BY regress_dynamo_owner, regress_dynamo_member, regress_dynamo_other;
DROP ROLE regress_dynamo_member, regress_dynamo_other, regress_dynamo_owner;

SELECT count(dynamo.delete_table(json_build_object('TableName', name))) FROM unnest(ARRAY['demand', 'provisioned']) AS name;
SELECT count(*) FROM dynamo.indexes;
