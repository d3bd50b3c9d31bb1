-- Query: key conditions, order, pages, start keys.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA query;
SET search_path = query, public;
SET dynamo.schema = query;

CREATE FUNCTION make_table(table_name text, hash text, range text) RETURNS boolean LANGUAGE sql AS $$
    SELECT dynamo.create_table(json_build_object('TableName', table_name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', '[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}]'::json,
        'AttributeDefinitions', json_build_array(json_build_object('AttributeName', 'p', 'AttributeType', hash), json_build_object('AttributeName', 'r', 'AttributeType', range)))) IS NOT NULL
$$;
CREATE FUNCTION put(table_name text, item text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dynamo.put_item(format('{"TableName":"%s","Item":%s}', table_name, item)::json);
END
$$;
-- The reply of Query, or its error.
CREATE FUNCTION query(table_name text, condition text, bound text, more text DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.query((jsonb_build_object('TableName', table_name, 'KeyConditionExpression', condition, 'ExpressionAttributeValues', bound::jsonb) || more::jsonb)::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
-- The sort keys in the order of the reply, a bar behind each page.
CREATE FUNCTION keys(table_name text, condition text, bound text, more text DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    request jsonb := jsonb_build_object('TableName', table_name, 'KeyConditionExpression', condition, 'ExpressionAttributeValues', bound::jsonb) || more::jsonb;
    reply json;
    result text := '';
BEGIN
    LOOP
        reply := dynamo.query(request::json);
        result := result || coalesce((SELECT string_agg(v.value, ' ' ORDER BY n) FROM json_array_elements(reply -> 'Items') WITH ORDINALITY i(item, n), json_each_text(item -> 'r') v), '') || '|';
        EXIT WHEN reply -> 'LastEvaluatedKey' IS NULL;
        request := request || jsonb_build_object('ExclusiveStartKey', reply -> 'LastEvaluatedKey');
    END LOOP;
    RETURN result;
END
$$;

SELECT make_table('Strings', 'S', 'S'), make_table('Numbers', 'N', 'N'), make_table('Bytes', 'B', 'B');
SELECT count(put('Strings', json_build_object('p', '{"S":"k"}'::json, 'r', json_build_object('S', r), 'x', json_build_object('S', 'x' || r))::text)) FROM unnest('{b,a,ab,abc,B,é,ba,c,~,日本,😀,￿}'::text[]) r;
SELECT count(put('Numbers', json_build_object('p', '{"N":"1"}'::json, 'r', json_build_object('N', r))::text)) FROM unnest('{10,9,-1,-10,0,1.5,0.001,-0.001,1E20,-1E20}'::text[]) r;
SELECT count(put('Bytes', json_build_object('p', '{"B":"AA=="}'::json, 'r', json_build_object('B', encode(r, 'base64')))::text)) FROM unnest(ARRAY['\x00', '\xff', '\x7f', '\x80', '\x8000', '\xffff', '\xfffe', '\xfeff', '\x61', '\x6162']::bytea[]) r;
SELECT count(put('Strings', '{"p":{"S":"other"},"r":{"S":"' || i || '"}}')) FROM generate_series(1, 20) i;

----------------------------------------------------------------------
-- Conditions, in both directions
----------------------------------------------------------------------
SELECT c, keys('Strings', c, v), keys('Strings', c, v, '{"ScanIndexForward":false}')
FROM (VALUES ('p = :p', '{":p":{"S":"k"}}'),
    ('p = :p AND r = :v', '{":p":{"S":"k"},":v":{"S":"b"}}'),
    ('p = :p AND r < :v', '{":p":{"S":"k"},":v":{"S":"b"}}'),
    ('p = :p AND r <= :v', '{":p":{"S":"k"},":v":{"S":"b"}}'),
    ('p = :p AND r > :v', '{":p":{"S":"k"},":v":{"S":"b"}}'),
    ('p = :p AND r >= :v', '{":p":{"S":"k"},":v":{"S":"b"}}'),
    ('p = :p AND r BETWEEN :v AND :w', '{":p":{"S":"k"},":v":{"S":"ab"},":w":{"S":"b"}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"S":"k"},":v":{"S":"a"}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"S":"k"},":v":{"S":"日"}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"S":"k"},":v":{"S":"nothing"}}'),
    ('r > :v and (p = :p)', '{":p":{"S":"k"},":v":{"S":"b"}}'),
    (':p = p AND :v > r', '{":p":{"S":"k"},":v":{"S":"b"}}'),
    ('p = :p AND r > :v', '{":p":{"S":"absent"},":v":{"S":"b"}}')) t(c, v);
SELECT c, keys('Numbers', c, v), keys('Numbers', c, v, '{"ScanIndexForward":false}')
FROM (VALUES ('p = :p', '{":p":{"N":"1.0"}}'),
    ('p = :p AND r = :v', '{":p":{"N":"1"},":v":{"N":"1.50"}}'),
    ('p = :p AND r < :v', '{":p":{"N":"1"},":v":{"N":"0"}}'),
    ('p = :p AND r >= :v', '{":p":{"N":"1"},":v":{"N":"-0"}}'),
    ('p = :p AND r BETWEEN :v AND :w', '{":p":{"N":"1"},":v":{"N":"-10"},":w":{"N":"9.99"}}')) t(c, v);
-- a prefix of 0xFF bytes only has no first value behind it
SELECT c, keys('Bytes', c, v), keys('Bytes', c, v, '{"ScanIndexForward":false}')
FROM (VALUES ('p = :p', '{":p":{"B":"AA=="}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"B":"AA=="},":v":{"B":"YQ=="}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"B":"AA=="},":v":{"B":"fw=="}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"B":"AA=="},":v":{"B":"/w=="}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"B":"AA=="},":v":{"B":"//8="}}'),
    ('p = :p AND begins_with(r, :v)', '{":p":{"B":"AA=="},":v":{"B":"/v8="}}'),
    ('p = :p AND r > :v', '{":p":{"B":"AA=="},":v":{"B":"gA=="}}')) t(c, v);

----------------------------------------------------------------------
-- Pages: whatever the limit, all items come once, in order
----------------------------------------------------------------------
SELECT keys('Strings', 'p = :p', '{":p":{"S":"k"}}', '{"Limit":5}');
SELECT keys('Strings', 'p = :p', '{":p":{"S":"k"}}', '{"Limit":5,"ScanIndexForward":false}');
SELECT keys('Strings', 'p = :p AND r > :v', '{":p":{"S":"k"},":v":{"S":"ab"}}', '{"Limit":2}');
SELECT name, condition, forward, count(*) AS limits, bool_and(rtrim(replace(keys(name, condition, bound, format('{"Limit":%s,"ScanIndexForward":%s}', n, forward)), '|', ' '))
    = rtrim(replace(keys(name, condition, bound, format('{"ScanIndexForward":%s}', forward)), '|', ' '))) AS same
FROM (VALUES ('Strings', 'p = :p', '{":p":{"S":"k"}}'), ('Strings', 'p = :p AND begins_with(r, :v)', '{":p":{"S":"k"},":v":{"S":"a"}}'),
    ('Numbers', 'p = :p AND r BETWEEN :v AND :w', '{":p":{"N":"1"},":v":{"N":"-10"},":w":{"N":"10"}}'), ('Bytes', 'p = :p AND r <= :v', '{":p":{"B":"AA=="},":v":{"B":"/w=="}}')) t(name, condition, bound),
    generate_series(1, 13) n, unnest('{true,false}'::text[]) forward
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- a full page has a LastEvaluatedKey, even if nothing follows ...
SELECT query('Numbers', 'p = :p AND r < :v', '{":p":{"N":"1"},":v":{"N":"-5"}}', '{"Limit":2}');
SELECT query('Numbers', 'p = :p AND r < :v', '{":p":{"N":"1"},":v":{"N":"-5"}}', '{"Limit":3}');
SELECT query('Numbers', 'p = :p AND r = :v', '{":p":{"N":"1"},":v":{"N":"9"}}', '{"Limit":1}');
-- ... unless it ends with the last key that can be
SELECT query('Numbers', 'p = :p AND r <= :v', '{":p":{"N":"1"},":v":{"N":"-10.0"}}', '{"Limit":2}');
SELECT query('Numbers', 'p = :p AND r >= :v', '{":p":{"N":"1"},":v":{"N":"10"}}', '{"Limit":2,"ScanIndexForward":false}');
SELECT query('Numbers', 'p = :p AND r BETWEEN :v AND :w', '{":p":{"N":"1"},":v":{"N":"9"},":w":{"N":"10"}}', '{"Limit":2}');
SELECT query('Numbers', 'p = :p', '{":p":{"N":"7"}}', '{"Limit":1}');

-- A page ends with the item that brings it to 1 MB.
SELECT count(put('Numbers', json_build_object('p', '{"N":"2"}'::json, 'r', json_build_object('N', i::text), 'x', json_build_object('S', repeat('x', 262144 - dynamo.item_size(format('{"p":{"N":"2"},"r":{"N":"%s"},"x":{"S":""}}', i)::dynamo.item))))::text)) FROM generate_series(1, 6) i;
SELECT DISTINCT dynamo.item_size(item) FROM "Numbers" WHERE p = 2;
SELECT keys('Numbers', 'p = :p', '{":p":{"N":"2"}}'), keys('Numbers', 'p = :p', '{":p":{"N":"2"}}', '{"ScanIndexForward":false}');
SELECT query('Numbers', 'p = :p', '{":p":{"N":"2"}}', '{"Select":"COUNT","ReturnConsumedCapacity":"TOTAL"}');
SELECT query('Numbers', 'p = :p', '{":p":{"N":"2"}}', '{"ProjectionExpression":"r","ReturnConsumedCapacity":"INDEXES","ConsistentRead":true}');
-- one byte less in the fourth, and a fifth is read
UPDATE "Numbers" SET item = dynamo.from_json(jsonb_set(dynamo.to_json(item), '{x}', to_jsonb(left(dynamo.to_json(item) ->> 'x', -1)))) WHERE p = 2 AND r = 4;
SELECT keys('Numbers', 'p = :p', '{":p":{"N":"2"}}');
SELECT keys('Numbers', 'p = :p', '{":p":{"N":"2"}}', '{"Limit":4}');

----------------------------------------------------------------------
-- Select, projection, capacity
----------------------------------------------------------------------
SELECT s, query('Strings', 'p = :p AND r = :v', '{":p":{"S":"k"},":v":{"S":"b"}}', format('{"Select":"%s"}', s)) FROM unnest('{ALL_ATTRIBUTES,COUNT,SPECIFIC_ATTRIBUTES,ALL_PROJECTED_ATTRIBUTES,SOME}'::text[]) s;
SELECT s, query('Strings', 'p = :p AND r = :v', '{":p":{"S":"k"},":v":{"S":"b"}}', format('{"Select":"%s","ProjectionExpression":"x"}', s)) FROM unnest('{ALL_ATTRIBUTES,COUNT,SPECIFIC_ATTRIBUTES,ALL_PROJECTED_ATTRIBUTES}'::text[]) s;
SELECT query('Strings', 'p = :p', '{":p":{"S":"absent"}}', '{"ReturnConsumedCapacity":"TOTAL"}');
SELECT query('Strings', '#p = :p AND #r = :v', '{":p":{"S":"k"},":v":{"S":"b"}}', '{"ProjectionExpression":"#x,nothing","ExpressionAttributeNames":{"#p":"p","#r":"r","#x":"x"}}');

----------------------------------------------------------------------
-- Start keys
----------------------------------------------------------------------
SELECT k, keys('Strings', 'p = :p', '{":p":{"S":"k"}}', format('{"ExclusiveStartKey":%s}', k)), keys('Strings', 'p = :p', '{":p":{"S":"k"}}', format('{"ScanIndexForward":false,"ExclusiveStartKey":%s}', k))
FROM unnest(ARRAY['{"p":{"S":"k"},"r":{"S":"b"}}', '{"p":{"S":"k"},"r":{"S":"aa"}}', '{"p":{"S":"k"},"r":{"S":"!"}}', '{"r":{"S":"😁"},"p":{"S":"k"}}']) k;
SELECT k, query('Strings', 'p = :p AND r > :v', '{":p":{"S":"k"},":v":{"S":"b"}}', format('{"Select":"COUNT","ExclusiveStartKey":%s}', k))
FROM unnest(ARRAY['{}', '{"p":{"S":"k"}}', '{"p":{"S":"k"},"q":{"S":"b"}}', '{"p":{"S":"k"},"r":{"S":"c"},"x":{"S":"c"}}', '{"p":{"S":"k"},"r":{"N":"1"}}', '{"p":{"S":"k"},"r":{"S":""}}',
    '{"p":{"S":"k"},"r":{}}', '{"p":{"S":"other"},"r":{"S":"c"}}', '{"p":{"S":"k"},"r":{"S":"b"}}', '{"p":{"S":"k"},"r":{"S":"a"}}', '{"p":{"S":"k"},"r":{"S":"c"}}']) k;

----------------------------------------------------------------------
-- What is wrong with a request
----------------------------------------------------------------------
SELECT c, query('Strings', c, v)
FROM (VALUES ('r = :v', '{":v":{"S":"b"}}'), ('p > :v', '{":v":{"S":"b"}}'), ('p = :v AND x = :v', '{":v":{"S":"b"}}'), ('p = :v AND r = :v AND x = :v', '{":v":{"S":"b"}}'),
    ('p = :v AND p = :v', '{":v":{"S":"b"}}'), ('p = :v AND r > :v AND r < :v', '{":v":{"S":"b"}}'), ('p = :v OR r = :v', '{":v":{"S":"b"}}'), ('NOT p = :v', '{":v":{"S":"b"}}'),
    ('p = :v AND r <> :v', '{":v":{"S":"b"}}'), ('p = :v AND r IN (:v)', '{":v":{"S":"b"}}'), ('p = :v AND contains(r, :v)', '{":v":{"S":"b"}}'), ('p = :v AND size(r) = :w', '{":v":{"S":"b"},":w":{"N":"1"}}'),
    ('p = r', '{":v":{"S":"b"}}'), (':v = :v', '{":v":{"S":"b"}}'), ('p.a = :v', '{":v":{"S":"b"}}'), ('p = :v AND r[0] = :v', '{":v":{"S":"b"}}'), ('p = :v AND x.y = :v', '{":v":{"S":"b"}}'),
    ('p = :v AND begins_with(:v, r)', '{":v":{"S":"b"}}'), ('p = :v', '{":v":{"N":"1"}}'), ('p = :v AND r = :w', '{":v":{"S":"b"},":w":{"B":"AA=="}}'), ('p = :v', '{":v":{"S":""}}'),
    ('p = :v AND r BETWEEN :v AND :w', '{":v":{"S":"b"},":w":{"S":"a"}}'), ('p = :v AND r BETWEEN :v AND :w', '{":v":{"S":"b"},":w":{"N":"1"}}'), ('p = :v AND begins_with(r, :w)', '{":v":{"S":"b"},":w":{"S":""}}'),
    ('p = :v', '{":v":{"S":"b"},":unused":{"S":"b"}}'), ('p = :undefined', '{":v":{"S":"b"}}'), ('', '{":v":{"S":"b"}}'), ('p = ', '{":v":{"S":"b"}}'), ('p = :v', '{}'), ('p = :v', '{":v":{"SS":[]}}'), ('p = :v', '{"v":{"S":"b"}}')) t(c, v);
SELECT query('Numbers', 'p = :p AND begins_with(r, :v)', '{":p":{"N":"1"},":v":{"N":"1"}}');
SELECT query('Strings', 'p = :p', '{":p":{"S":"k"}}', more)
FROM unnest(ARRAY['{"Limit":0}', '{"Limit":-1,"Select":""}', '{"IndexName":"nope"}', '{"IndexName":"x"}', '{"FilterExpression":"x = :p"}', '{"KeyConditions":{}}', '{"QueryFilter":{}}', '{"ConditionalOperator":"OR"}', '{"AttributesToGet":["x"]}',
    '{"KeyConditionExpression":null}', '{"KeyConditionExpression":null,"ExpressionAttributeValues":null}', '{"TableName":"Nope"}', '{"TableName":"Nope","ProjectionExpression":"a,"}', '{"ProjectionExpression":"p.a"}', '{"ProjectionExpression":"a.","KeyConditionExpression":"p ="}',
    '{"ExpressionAttributeNames":{"#a":"x"}}', '{"ExpressionAttributeNames":{}}', '{"ExpressionAttributeNames":{"#a":""}}', '{"ScanIndexForward":"no"}']) more;

SELECT dynamo.delete_table(json_build_object('TableName', name)) IS NOT NULL FROM unnest('{Strings,Numbers,Bytes}'::text[]) name;
DROP SCHEMA query CASCADE;
