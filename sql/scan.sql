-- Scan: pages, start keys across partitions, segments.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA scan;
SET search_path = scan, public;
SET dynamo.schema = scan;

CREATE FUNCTION make_table(table_name text, hash text, range text DEFAULT NULL) RETURNS boolean LANGUAGE sql AS $$
    SELECT dynamo.create_table(CASE WHEN range IS NULL THEN json_build_object('TableName', table_name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', '[{"AttributeName":"p","KeyType":"HASH"}]'::json, 'AttributeDefinitions', json_build_array(json_build_object('AttributeName', 'p', 'AttributeType', hash)))
    ELSE json_build_object('TableName', table_name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', '[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}]'::json,
        'AttributeDefinitions', json_build_array(json_build_object('AttributeName', 'p', 'AttributeType', hash), json_build_object('AttributeName', 'r', 'AttributeType', range))) END) IS NOT NULL
$$;
-- The reply of Scan, or its error.
CREATE FUNCTION scan(request text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.scan(request::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
-- All items of all pages; an error if a page comes twice.
CREATE FUNCTION pages(table_name text, more text DEFAULT '{}') RETURNS SETOF json LANGUAGE plpgsql AS $$
DECLARE
    request jsonb := jsonb_build_object('TableName', table_name) || more::jsonb;
    reply json;
    seen jsonb := '[]';
BEGIN
    LOOP
        reply := dynamo.scan(request::json);
        RETURN QUERY SELECT json_array_elements(reply -> 'Items');
        EXIT WHEN reply -> 'LastEvaluatedKey' IS NULL;
        IF seen @> jsonb_build_array(reply -> 'LastEvaluatedKey') THEN
            RAISE 'page % comes twice', reply -> 'LastEvaluatedKey';
        END IF;
        seen := seen || jsonb_build_array(reply -> 'LastEvaluatedKey');
        request := request || jsonb_build_object('ExclusiveStartKey', reply -> 'LastEvaluatedKey');
    END LOOP;
END
$$;

SELECT make_table('Hash', 'S'), make_table('Both', 'N', 'S'), make_table('Bytes', 'B', 'N'), make_table('Empty', 'S', 'S');
SELECT scan('{"TableName":"Empty"}'), scan('{"TableName":"Empty","Limit":1,"ReturnConsumedCapacity":"TOTAL"}');
INSERT INTO "Hash" SELECT 'key ' || i, '{}' FROM generate_series(1, 300) i;
-- sort keys that go against the order of the partition keys
INSERT INTO "Both" SELECT i, chr(122 - i % 26) || j, '{}' FROM generate_series(1, 60) i, generate_series(1, 5) j;
INSERT INTO "Bytes" SELECT decode(lpad(to_hex(i), 4, '0'), 'hex'), -i * j, '{}' FROM generate_series(1, 60) i, generate_series(1, 5) j;

----------------------------------------------------------------------
-- Pages: whatever the limit, every item comes once
----------------------------------------------------------------------
SELECT name, n AS "limit", count(*), count(DISTINCT item::text) FROM unnest('{Hash,Both,Bytes}'::text[]) name, unnest('{1,2,3,7,64,299,300,301}'::int[]) n, pages(name, format('{"Limit":%s}', n)) item GROUP BY 1, 2 ORDER BY 1, 2;
-- the items of one partition key come together, in the order of the sort key
SELECT bool_and(array(SELECT i -> 'r' ->> 'S' FROM json_array_elements(dynamo.scan('{"TableName":"Both"}') -> 'Items') i WHERE i -> 'p' ->> 'N' = p::text) = array(SELECT r FROM "Both" b WHERE b.p = k.p ORDER BY r)) FROM (SELECT DISTINCT p FROM "Both") k;
-- a start key need not be an item's: every one finds what lies behind it
SELECT p, count(*) FROM (SELECT (i -> 'p' ->> 'N')::numeric AS p, i -> 'r' ->> 'S' AS r FROM pages('Both', '{"ExclusiveStartKey":{"p":{"N":"17"},"r":{"S":"i3x"}}}') i) behind WHERE p = 17 GROUP BY 1;
SELECT bool_and((SELECT count(*) FROM pages('Both', format('{"ExclusiveStartKey":{"p":{"N":"%s"},"r":{"S":"%s"}}}', p, r))) = 300 - n) FROM
    (SELECT (i -> 'p' ->> 'N') AS p, i -> 'r' ->> 'S' AS r, row_number() OVER () AS n FROM pages('Both') i) items WHERE n % 7 = 0 OR n > 290;
-- Count, Select, projection, capacity
SELECT scan('{"TableName":"Both","Select":"COUNT","ReturnConsumedCapacity":"INDEXES","ConsistentRead":true}');
SELECT json_array_length(dynamo.scan('{"TableName":"Both","Limit":3}') -> 'Items');
SELECT scan('{"TableName":"Hash","Limit":2,"ProjectionExpression":"nothing","Select":"SPECIFIC_ATTRIBUTES"}')::jsonb - 'LastEvaluatedKey';
SELECT more, scan(format('{"TableName":"Hash",%s}', more)) FROM unnest(ARRAY['"Select":"SPECIFIC_ATTRIBUTES"', '"Select":"ALL_PROJECTED_ATTRIBUTES"', '"Select":"COUNT","ProjectionExpression":"p"', '"Select":"ALL_ATTRIBUTES","ProjectionExpression":"p"']) more;

----------------------------------------------------------------------
-- Segments: every item in exactly one, with pages inside
----------------------------------------------------------------------
SELECT name, total, sum(c), sum(d) FROM unnest('{Hash,Both,Bytes}'::text[]) name, unnest('{1,2,3,7,8,9,16}'::int[]) total, generate_series(0, total - 1) segment,
    LATERAL (SELECT count(*) AS c, count(DISTINCT i::text) AS d FROM pages(name, format('{"Segment":%s,"TotalSegments":%s,"Limit":13}', segment, total)) i) s GROUP BY 1, 2 ORDER BY 1, 2;
SELECT name, count(*), count(DISTINCT i::text) FROM unnest('{Hash,Both,Bytes}'::text[]) name, generate_series(0, 99) segment, pages(name, format('{"Segment":%s,"TotalSegments":100}', segment)) i GROUP BY 1 ORDER BY 1;
SELECT count(*), count(DISTINCT i::text) FROM generate_series(0, 999) segment, pages('Hash', format('{"Segment":%s,"TotalSegments":1000}', segment)) i;
-- a thousandth of all has a thousand of the million segments; each of its items is in exactly one
CREATE TABLE thousandth AS SELECT segment, count(*) AS items FROM generate_series(0, 999) segment, pages('Both', format('{"Segment":%s,"TotalSegments":1000}', segment)) i GROUP BY 1;
SELECT min(all_items), bool_and(items = (SELECT count(DISTINCT i::text) FROM generate_series(1000 * segment, 1000 * segment + 999) s, pages('Both', format('{"Segment":%s,"TotalSegments":1000000}', s)) i)) AS same
FROM (SELECT sum(items) OVER () AS all_items, * FROM thousandth) t, LATERAL (SELECT 1 WHERE segment IN (SELECT segment FROM thousandth ORDER BY 1 LIMIT 5)) sample;
-- no segment is much larger than another
SELECT max(c) < 3 * min(c) FROM generate_series(0, 3) segment, LATERAL (SELECT count(*) AS c FROM pages('Hash', format('{"Segment":%s,"TotalSegments":4}', segment))) s;
-- the start key must be the segment's
SELECT count(*) FROM generate_series(0, 3) segment WHERE scan(format('{"TableName":"Hash","Segment":%s,"TotalSegments":4,"Select":"COUNT","ExclusiveStartKey":{"p":{"S":"key 1"}}}', segment)) LIKE '{"Count"%';
SELECT count(*) FROM generate_series(0, 3) segment WHERE scan(format('{"TableName":"Hash","Segment":%s,"TotalSegments":4,"ExclusiveStartKey":{"p":{"S":"key 1"}}}', segment)) =
    format('DY001 The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: 4 Segment: %s', segment);

----------------------------------------------------------------------
-- A page ends with the item that brings it to 1 MB
----------------------------------------------------------------------
SELECT count(dynamo.put_item(json_build_object('TableName', 'Empty', 'Item', json_build_object('p', '{"S":"same"}'::json, 'r', json_build_object('S', i::text), 'x', json_build_object('S', repeat('x', 262144 - 8))))))
FROM generate_series(1, 6) i;
SELECT DISTINCT dynamo.item_size(item) FROM "Empty";
SELECT scan('{"TableName":"Empty","Select":"COUNT","ReturnConsumedCapacity":"TOTAL"}');
SELECT scan('{"TableName":"Empty","ProjectionExpression":"r","ExclusiveStartKey":{"p":{"S":"same"},"r":{"S":"2"}}}');
UPDATE "Empty" SET item = dynamo.from_json(jsonb_set(dynamo.to_json(item), '{x}', to_jsonb(left(dynamo.to_json(item) ->> 'x', -1)))) WHERE r = '4';
SELECT scan('{"TableName":"Empty","Select":"COUNT"}');
SELECT scan('{"TableName":"Empty","Select":"COUNT","Limit":4}');

----------------------------------------------------------------------
-- What is wrong with a request
----------------------------------------------------------------------
SELECT more, scan(format('{"TableName":"Hash","Limit":1,%s}', more))
FROM unnest(ARRAY['"Segment":0', '"TotalSegments":2', '"Segment":2,"TotalSegments":2', '"Segment":-1,"TotalSegments":0', '"Segment":1000000,"TotalSegments":1000001', '"Limit":0', '"IndexName":"nope"', '"FilterExpression":"a = b"', '"ScanFilter":{}', '"ConditionalOperator":"AND"',
    '"AttributesToGet":["a"]', '"ExclusiveStartKey":{}', '"ExclusiveStartKey":{"q":{"S":"a"}}', '"ExclusiveStartKey":{"p":{"N":"1"}}', '"ExclusiveStartKey":{"p":{"S":"a"},"q":{"S":"b"}}', '"ExclusiveStartKey":{"p":{"S":""}}', '"ExclusiveStartKey":{"p":{}}',
    '"ExpressionAttributeNames":{"#a":"b"}', '"ExpressionAttributeValues":{":a":{"S":"b"}}', '"ProjectionExpression":"p","ExpressionAttributeValues":{":a":{"S":"b"}}', '"ProjectionExpression":"p[1]"', '"ProjectionExpression":"a,","Segment":0', '"TableName":"Nope"']) more;

SELECT dynamo.delete_table(json_build_object('TableName', name)) IS NOT NULL FROM unnest('{Hash,Both,Bytes,Empty}'::text[]) name;
DROP SCHEMA scan CASCADE;
