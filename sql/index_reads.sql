-- Query and Scan on secondary indexes.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA index_reads;
SET search_path = index_reads, public;
SET dynamo.schema = index_reads;

SELECT dynamo.create_table('{"TableName":"Reads","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},
        {"AttributeName":"n","AttributeType":"N"},{"AttributeName":"h","AttributeType":"S"}],
    "GlobalSecondaryIndexes":[
        {"IndexName":"all","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}},
        {"IndexName":"some","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["i"]}},
        {"IndexName":"turned","KeySchema":[{"AttributeName":"r","KeyType":"HASH"},{"AttributeName":"p","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}},
        {"IndexName":"many","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"h","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"},{"AttributeName":"r","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
    "LocalSecondaryIndexes":[
        {"IndexName":"local","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}') IS NOT NULL AS made;

-- g: G0 G1; n: 0 to 3, five of each; h: H0 H1; and one item without any
INSERT INTO "Reads" SELECT 'p' || i % 3, i, dynamo.from_json(jsonb_build_object('g', 'G' || i % 2, 'n', i % 4, 'h', 'H' || i / 10, 'i', 'i' || i, 'x', repeat('x', 3000))) FROM generate_series(0, 19) i;
INSERT INTO "Reads" VALUES ('p0', 100, '{"x":{"S":"sparse"}}');

CREATE FUNCTION call(operation text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.call(operation, (jsonb_build_object('TableName', 'Reads') || request)::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION query(index_name text, condition text, bound text, more text DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT call('Query', jsonb_build_object('IndexName', index_name, 'KeyConditionExpression', condition, 'ExpressionAttributeValues', bound::jsonb) || more::jsonb)
$$;
-- n and r of the items in the order of the reply, a bar behind each page; every page but the last has a key of all parts.
CREATE FUNCTION pages(index_name text, condition text, bound text, more text DEFAULT '{}', operation text DEFAULT 'Query') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    request jsonb := jsonb_strip_nulls(jsonb_build_object('TableName', 'Reads', 'IndexName', index_name, 'KeyConditionExpression', condition, 'ExpressionAttributeValues', bound::jsonb)) || more::jsonb;
    reply json;
    result text := '';
BEGIN
    LOOP
        reply := dynamo.call(operation, request::json);
        result := result || coalesce((SELECT string_agg(concat_ws(':', item -> 'n' ->> 'N', item -> 'r' ->> 'N'), ' ' ORDER BY i) FROM json_array_elements(reply -> 'Items') WITH ORDINALITY l(item, i)), '') || '|';
        EXIT WHEN reply -> 'LastEvaluatedKey' IS NULL;
        request := request || jsonb_build_object('ExclusiveStartKey', reply -> 'LastEvaluatedKey');
    END LOOP;
    RETURN result;
END
$$;

----------------------------------------------------------------------
-- Order, bounds and pages
----------------------------------------------------------------------
-- equal keys come in the order of the table's key
SELECT forward, l, pages('all', 'g = :g', '{":g":{"S":"G1"}}', format('{"ScanIndexForward":%s%s}', forward, ',"Limit":' || l)) FROM unnest('{true,false}'::text[]) forward, unnest('{NULL,1,3,10,11}'::int[]) l;
CREATE FUNCTION used(condition text, bound jsonb) RETURNS text LANGUAGE sql AS $$ SELECT jsonb_object_agg(k, v) FROM jsonb_each(bound) e(k, v) WHERE condition ~ (k || '\M') $$;
SELECT c, pages('all', 'g = :g AND ' || c, used(':g ' || c, '{":g":{"S":"G0"},":a":{"N":"0"},":b":{"N":"2"}}'), more)
FROM unnest(ARRAY['n = :b', 'n < :b', 'n <= :b', 'n > :a', 'n >= :a', 'n BETWEEN :a AND :b']) c, unnest(ARRAY['{}', '{"Limit":2}', '{"Limit":2,"ScanIndexForward":false}']) more;
SELECT pages('local', 'p = :p', '{":p":{"S":"p1"}}', '{"Limit":2}'), pages('local', 'p = :p AND n > :n', '{":p":{"S":"p1"},":n":{"N":"0"}}', '{"Limit":2,"ScanIndexForward":false}');
SELECT pages('turned', 'r = :r', '{":r":{"N":"7"}}'), pages('turned', 'r = :r AND begins_with(p, :p)', '{":r":{"N":"7"},":p":{"S":"p"}}'), pages('turned', 'r = :r AND p > :p', '{":r":{"N":"7"},":p":{"S":"p1"}}');
-- an item that lacks a key is in no page
SELECT pages('some', NULL, NULL, '{"Limit":7}', 'Scan') ~ '100' AS has_sparse, length(regexp_replace(pages('some', NULL, NULL, '{"Limit":7}', 'Scan'), '[^|]', '', 'g')) AS pages;
-- every entry is in one segment
SELECT total, (SELECT count(*) FROM generate_series(0, total - 1) s, json_array_elements(dynamo.scan(json_build_object('TableName', 'Reads', 'IndexName', 'all', 'Segment', s, 'TotalSegments', total)) -> 'Items')) FROM unnest('{1,2,7,100}'::int[]) total;

----------------------------------------------------------------------
-- Key schemas of several attributes
----------------------------------------------------------------------
SELECT c, pages('many', c, used(c, '{":g":{"S":"G1"},":h":{"S":"H0"},":n":{"N":"1"},":r":{"N":"4"}}'), '{"Limit":2}')
FROM unnest(ARRAY['g = :g AND h = :h', 'h = :h AND g = :g', 'g = :g AND h = :h AND n = :n', 'g = :g AND h = :h AND n > :n', 'g = :g AND h = :h AND n = :n AND r > :r', 'g = :g AND h = :h AND n = :n AND r = :r']) c;
SELECT c, query('many', c, used(c, '{":g":{"S":"G1"},":h":{"S":"H0"},":n":{"N":"1"},":r":{"N":"4"}}'))
FROM unnest(ARRAY['g = :g', 'h = :h AND n = :n', 'g = :g AND h > :h', 'g = :g AND h = :h AND r > :r', 'g = :g AND h = :h AND n > :n AND r = :r']) c;

----------------------------------------------------------------------
-- What is given back, and what it costs
----------------------------------------------------------------------
CREATE FUNCTION attributes(reply text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN reply NOT LIKE '{%' THEN reply ELSE concat_ws(' ', (SELECT string_agg(DISTINCT k, '' ORDER BY k) FROM json_array_elements(reply::json -> 'Items') i, json_object_keys(i) k),
        reply::json ->> 'Count', reply::json ->> 'ScannedCount', reply::json -> 'ConsumedCapacity') END
$$;
SELECT i, more, attributes(query(i, CASE i WHEN 'local' THEN 'p = :k' ELSE 'g = :k' END, format('{":k":{"S":"%s"}}', CASE i WHEN 'local' THEN 'p0' ELSE 'G1' END), (more::jsonb || '{"ReturnConsumedCapacity":"INDEXES"}')::text))
FROM unnest('{all,some,local}'::text[]) i, unnest(ARRAY['{}', '{"Select":"ALL_PROJECTED_ATTRIBUTES"}', '{"Select":"ALL_ATTRIBUTES"}', '{"Select":"COUNT"}', '{"ProjectionExpression":"i"}', '{"ProjectionExpression":"x, nope.a"}', '{"ProjectionExpression":"r"}', '{"ConsistentRead":true}', '{"FilterExpression":"attribute_exists(x)"}', '{"FilterExpression":"i = :k"}']) more;
SELECT attributes(call('Query', '{"IndexName":"some","AttributesToGet":["x"],"KeyConditions":{"g":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"G1"}]}}}'));
SELECT i, more, attributes(call('Scan', jsonb_build_object('IndexName', i, 'ReturnConsumedCapacity', 'TOTAL') || more::jsonb))
FROM unnest('{some,local}'::text[]) i, unnest(ARRAY['{}', '{"Select":"ALL_ATTRIBUTES"}', '{"ProjectionExpression":"x"}', '{"ConsistentRead":true}', '{"FilterExpression":"attribute_exists(x)"}']) more;

----------------------------------------------------------------------
-- What is refused
----------------------------------------------------------------------
SELECT c, query('all', c, used(c, '{":g":{"S":"G1"},":n":{"N":"1"}}'))
FROM unnest(ARRAY['p = :g', 'g = :g AND r = :n', 'g = :n', 'g > :g', 'g = :g AND n = :g', 'g.a = :g', 'g = :g AND n[0] = :n']) c;
SELECT f, query('all', 'g = :g', '{":g":{"S":"G1"}}', json_build_object('FilterExpression', f, 'Select', 'COUNT')::text) FROM unnest(ARRAY['g <> :g', 'n <> :g', 'p <> :g', 'r <> :g', 'g.a = :g', 'p.a = :g']) f;
SELECT k, query('all', 'g = :g', '{":g":{"S":"G1"}}', json_build_object('ExclusiveStartKey', k::json, 'Select', 'COUNT')::text)
FROM unnest(ARRAY['{"p":{"S":"p1"},"r":{"N":"1"},"g":{"S":"G1"},"n":{"N":"1"}}', '{"p":{"S":"p1"},"r":{"N":"1"}}', '{"g":{"S":"G1"},"n":{"N":"1"}}', '{"p":{"S":"p1"},"r":{"N":"1"},"g":{"S":"G0"},"n":{"N":"1"}}', '{"p":{"S":"p1"},"r":{"N":"1"},"g":{"S":"G1"},"n":{"S":"1"}}', '{"p":{"S":"p1"},"r":{"N":"1"},"g":{"S":"G1"},"x":{"N":"1"}}']) k;
SELECT query('nope', 'g = :g', '{":g":{"S":"G1"}}'), call('Scan', '{"IndexName":"nope"}');
-- empty keys have texts of their own
SELECT query('all', 'g = :g', '{":g":{"S":""}}');
SELECT query('local', 'p = :g', '{":g":{"S":""}}');
SELECT query('local', 'p = :g', '{":g":{"S":"p1"}}', '{"ExclusiveStartKey":{"p":{"S":""},"r":{"N":"1"},"n":{"N":"1"}}}');
SELECT query('all', 'g = :g', '{":g":{"S":"G1"}}', '{"ExclusiveStartKey":{"p":{"S":"p1"},"r":{"N":"1"},"g":{"S":""},"n":{"N":"1"}}}');
SELECT call('UpdateItem', '{"Key":{"p":{"S":"p1"},"r":{"N":"1"}},"UpdateExpression":"SET g = :g","ExpressionAttributeValues":{":g":{"S":""}}}');
SELECT call('PutItem', '{"Item":{"p":{"S":"p1"},"r":{"N":"1"},"g":{"S":""}}}');
-- nothing is below a key of any index, whichever is read
SELECT call('GetItem', '{"Key":{"p":{"S":"p1"},"r":{"N":"1"}},"ProjectionExpression":"g.a"}'),
    call('Scan', '{"IndexName":"local","FilterExpression":"attribute_exists(h[0])"}'),
    call('DeleteItem', '{"Key":{"p":{"S":"p1"},"r":{"N":"1"}},"ConditionExpression":"attribute_exists(n.a)"}');
-- the filter is looked at before the projection
SELECT query('some', 'g = :g', '{":g":{"S":"G1"}}', '{"FilterExpression":"attribute_exists(y)","ProjectionExpression":"x"}');
SELECT query('some', 'g = :g', '{":g":{"S":"G1"}}', '{"ProjectionExpression":"x"}');
SELECT query('some', 'g = :g', '{":g":{"S":"G1"}}', '{"Select":"ALL_ATTRIBUTES"}');
-- not before it is built
UPDATE dynamo.indexes SET status = 'CREATING' WHERE relation = '"Reads"'::regclass AND index_name = 'all';
ALTER TABLE dynamo_data."Reads.0" SET (fillfactor = 80);
SELECT query('all', 'g = :g', '{":g":{"S":"G1"}}');

SELECT dynamo.delete_table('{"TableName":"Reads"}') -> 'TableDescription' ->> 'TableStatus' AS status;
DROP SCHEMA index_reads CASCADE;
