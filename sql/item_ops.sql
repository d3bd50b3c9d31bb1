-- PutItem, GetItem, DeleteItem.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA item_ops;
SET search_path = item_ops, public;
SET dynamo.schema = item_ops;

-- The reply of an operation, or its error.
CREATE FUNCTION call(operation text, request text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.call(operation, request::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
-- A table "Ops.<hash><range>" with keys p and r of these types.
CREATE FUNCTION make_table(hash text, range text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT dynamo.create_table(json_build_object('TableName', 'Ops.' || hash || coalesce(range, ''), 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', jsonb_path_query_array(jsonb_build_array(jsonb_build_object('AttributeName', 'p', 'KeyType', 'HASH'),
            CASE WHEN range IS NOT NULL THEN jsonb_build_object('AttributeName', 'r', 'KeyType', 'RANGE') END), '$[*] ? (@ != null)'),
        'AttributeDefinitions', jsonb_path_query_array(jsonb_build_array(jsonb_build_object('AttributeName', 'p', 'AttributeType', hash),
            CASE WHEN range IS NOT NULL THEN jsonb_build_object('AttributeName', 'r', 'AttributeType', range) END), '$[*] ? (@ != null)')))
        -> 'TableDescription' ->> 'TableStatus'
$$;
SELECT hash, range, make_table(hash, range) FROM unnest('{S,N,B}'::text[]) hash, unnest('{S,N,B,NULL}'::text[]) range ORDER BY 1, 2;

----------------------------------------------------------------------
-- Every key type: put, get, delete
----------------------------------------------------------------------
CREATE TABLE key_types AS
SELECT 'Ops.' || h.type || coalesce(r.type, '') AS name,
       json_build_object('p', json_build_object(h.type, h.value)) AS hash,
       CASE WHEN r.type IS NOT NULL THEN jsonb_build_object('r', jsonb_build_object(r.type, r.value)) ELSE '{}' END AS range
FROM (VALUES ('S', 'Ä key'), ('N', '-12.50'), ('B', 'AP8B')) h(type, value),
     (VALUES ('S', ' '), ('N', '1E-130'), ('B', 'gA=='), (NULL, NULL)) r(type, value);
SELECT name, call('PutItem', json_build_object('TableName', name, 'Item', hash::jsonb || range || '{"x":{"S":"one"}}')::text) FROM key_types ORDER BY 1;
SELECT name, call('GetItem', json_build_object('TableName', name, 'Key', hash::jsonb || range)::text) FROM key_types ORDER BY 1;
SELECT name, call('PutItem', json_build_object('TableName', name, 'Item', hash::jsonb || range || '{"x":{"S":"two"}}', 'ReturnValues', 'ALL_OLD')::text) FROM key_types ORDER BY 1;
SELECT name, call('DeleteItem', json_build_object('TableName', name, 'Key', hash::jsonb || range, 'ReturnValues', 'ALL_OLD')::text) FROM key_types ORDER BY 1;
SELECT name, call('GetItem', json_build_object('TableName', name, 'Key', hash::jsonb || range)::text) FROM key_types ORDER BY 1;
SELECT name, call('DeleteItem', json_build_object('TableName', name, 'Key', hash::jsonb || range, 'ReturnValues', 'ALL_OLD')::text) FROM key_types ORDER BY 1;

-- One number, several spellings.
SELECT call('PutItem', '{"TableName":"Ops.NN","Item":{"p":{"N":"1.0"},"r":{"N":"-0"}}}');
SELECT call('GetItem', '{"TableName":"Ops.NN","Key":{"p":{"N":"1"},"r":{"N":"0.00"}}}');
SELECT call('GetItem', '{"TableName":"Ops.NN","Key":{"p":{"N":"10e-1"},"r":{"N":"0e5"}}}');
SELECT p, r, item FROM "Ops.NN";

----------------------------------------------------------------------
-- Every type of value comes back as it went in
----------------------------------------------------------------------
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"all"},"s":{"S":"a\"\\\u00e9\n\ud83d\ude00"},"empty":{"S":""},"n":{"N":"-1.50e2"},"b":{"B":"AAEC/w=="},"nob":{"B":""},"t":{"BOOL":true},"f":{"BOOL":false},"null":{"NULL":true},"ss":{"SS":["b","a",""]},"ns":{"NS":["2","-1","1e1"]},"bs":{"BS":["/w==","AA=="]},"l":{"L":[{"N":"1"},{"L":[]},{"M":{}}]},"m":{"M":{"é":{"M":{"l":{"L":[{"S":"deep"}]}}}}}}}');
SELECT call('GetItem', '{"TableName":"Ops.S","Key":{"p":{"S":"all"}}}');
-- null members are absent members, unknown ones are ignored, the last of two counts
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"null"}},"ReturnValues":null,"ConditionExpression":null,"Expected":null,"Unknown":{"a":[1]},"ProjectionExpression":"("}');
SELECT call('GetItem', '{"TableName":"Ops.N","TableName":"Ops.S","Key":{"p":{"S":"null"}},"KeyConditionExpression":"("}');

----------------------------------------------------------------------
-- ReturnValues, ReturnConsumedCapacity, ReturnItemCollectionMetrics
----------------------------------------------------------------------
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"v"}},"ReturnValues":"ALL_OLD"}');
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"v"}},"ReturnValues":"NONE"}');
SELECT call(op, format('{"TableName":"Ops.S","%s":{"p":{"S":"v"}},"ReturnValues":"%s"}', member, v))
FROM (VALUES ('PutItem', 'Item'), ('DeleteItem', 'Key')) o(op, member), unnest('{ALL_NEW,UPDATED_OLD,UPDATED_NEW,SOME}'::text[]) v ORDER BY 1;
-- what is paid for is the larger of the old item and the new one
SELECT step, call('PutItem', json_build_object('TableName', 'Ops.S', 'ReturnConsumedCapacity', 'TOTAL', 'Item', json_build_object('p', '{"S":"c"}'::json, 'x', json_build_object('S', repeat('x', len))))::text)
FROM (VALUES (1, 0), (2, 1021), (3, 1022), (4, 0), (5, 0)) t(step, len) ORDER BY step;
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"c"}},"ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE"}');
SELECT call('GetItem', json_build_object('TableName', 'Ops.S', 'Key', '{"p":{"S":"c"}}'::json, 'ConsistentRead', strong, 'ReturnConsumedCapacity', capacity)::text)
FROM unnest('{t,f}'::bool[]) strong, unnest('{NONE,TOTAL,INDEXES}'::text[]) capacity ORDER BY 1;
SELECT call('GetItem', '{"TableName":"Ops.S","Key":{"p":{"S":"absent"}},"ReturnConsumedCapacity":"TOTAL"}');
SELECT call('DeleteItem', '{"TableName":"Ops.S","Key":{"p":{"S":"c"}},"ReturnConsumedCapacity":"TOTAL"}');
SELECT call('DeleteItem', '{"TableName":"Ops.S","Key":{"p":{"S":"c"}},"ReturnConsumedCapacity":"TOTAL"}');

----------------------------------------------------------------------
-- What is wrong with a request, in the order in which it is looked at
----------------------------------------------------------------------
-- 1. JSON and its types
SELECT call('GetItem', body) FROM unnest(ARRAY['[]', '5', '{"TableName":5}', '{"TableName":"Ops.S","Key":[]}', '{"TableName":"Ops.S","Key":{"p":"a"}}',
    '{"TableName":"Ops.S","Key":{"p":{"S":5}}}', '{"TableName":"Ops.S","Key":{"p":{"S":"a"}},"ConsistentRead":"yes"}']) body;
-- 2. constraints, all of them at once
SELECT call('GetItem', body) FROM unnest(ARRAY['{}', '{"TableName":"a b","ReturnConsumedCapacity":"ALL"}', '{"TableName":"ab","Key":{"p":{"S":"a"}}}', '{"TableName":"","Key":{}}']) body;
-- 3. what needs no table: "Nope" is none
SELECT call('PutItem', format('{"TableName":"Nope","Item":{"p":%s}}', v))
FROM unnest(ARRAY['{}', '{"S":"a","N":"1"}', '{"N":"x"}', '{"N":""}', '{"N":"1E126"}', '{"N":"1e-131"}', '{"SS":[]}', '{"SS":["a","a"]}', '{"NULL":false}', '{"B":"*"}', '{"Unknown":"a"}']) v;
SELECT call('PutItem', '{"TableName":"Nope","Item":{"p":{}},"ReturnValues":"ALL_NEW"}');
SELECT call('GetItem', '{"TableName":"Nope","Key":{"p":{}},"ProjectionExpression":"a,"}');
SELECT call('PutItem', '{"TableName":"Nope","Item":{},"ExpressionAttributeNames":{"#a":"b"}}');
SELECT call('DeleteItem', '{"TableName":"Nope","Key":{},"ExpressionAttributeValues":{":a":{"S":"b"}}}');
-- 4. the table
SELECT call(op, format('{"TableName":"Nope","%s":{"q":{"S":"v"}}}', member)) FROM (VALUES ('PutItem', 'Item'), ('DeleteItem', 'Key'), ('GetItem', 'Key')) o(op, member);
SELECT call('GetItem', '{"TableName":"arn:aws:dynamodb:local:000000000000:table/Ops.S","Key":{"p":{"S":"null"}}}');
SELECT call('GetItem', '{"TableName":"arn:aws:dynamodb:local:000000000000:index/Ops.S","Key":{"p":{"S":"null"}}}');
-- 5. the key
SELECT call('PutItem', format('{"TableName":"Ops.SN","Item":%s}', v))
FROM unnest(ARRAY['{}', '{"p":{"S":"a"}}', '{"r":{"N":"1"}}', '{"p":{"N":"1"},"r":{"N":"1"}}', '{"p":{"S":"a"},"r":{"S":"1"}}', '{"p":{"S":""},"r":{"N":"1"}}', '{"p":{"NULL":true},"r":{"N":"1"}}']) v;
SELECT op, call(op, format('{"TableName":"Ops.SN","Key":%s}', v))
FROM unnest('{GetItem,DeleteItem}'::text[]) op, unnest(ARRAY['{}', '{"p":{"S":"a"}}', '{"p":{"S":"a"},"q":{"N":"1"}}', '{"p":{"S":"a"},"r":{"N":"1"},"q":{"N":"1"}}', '{"p":{"N":"1"},"r":{"N":"1"}}', '{"p":{"S":""},"r":{"N":"1"}}']) v ORDER BY 1, 2;
SELECT call('PutItem', '{"TableName":"Ops.BB","Item":{"p":{"B":""},"r":{"B":"AA=="}}}');
-- keys of 2048 and 1024 bytes are the longest
SELECT h, r, call('PutItem', json_build_object('TableName', 'Ops.SS', 'Item', json_build_object('p', json_build_object('S', repeat('é', h / 2)), 'r', json_build_object('S', repeat('r', r))))::text)
FROM (VALUES (2048, 1024), (2050, 1), (2, 1025)) t(h, r);
SELECT call('GetItem', json_build_object('TableName', 'Ops.BB', 'Key', json_build_object('p', json_build_object('B', encode(decode(repeat('00', 2049), 'hex'), 'base64')), 'r', '{"B":"AA=="}'::json))::text) LIKE 'DY002%';
SELECT call('GetItem', json_build_object('TableName', 'Ops.BB', 'Key', json_build_object('p', json_build_object('B', translate(encode(decode(repeat('00', 2049), 'hex'), 'base64'), E'\n', '')), 'r', '{"B":"AA=="}'::json))::text);
-- an item of 409600 bytes is the largest
SELECT len, call('PutItem', json_build_object('TableName', 'Ops.S', 'Item', json_build_object('p', '{"S":"big"}'::json, 'x', json_build_object('S', repeat('x', len))))::text)
FROM (VALUES (409600 - 5), (409600 - 4)) t(len);
SELECT dynamo.item_size(item) FROM "Ops.S" WHERE p = 'big';
-- 32 levels are the deepest
SELECT depth, call('PutItem', format('{"TableName":"Ops.S","Item":{"p":{"S":"deep"},"x":%s{"S":"x"}%s}}', repeat('{"L":[', depth), repeat(']}', depth)))
FROM unnest('{31,32,200}'::int[]) depth;
-- names: any length up to 64 KB, and not empty
SELECT len, call('PutItem', json_build_object('TableName', 'Ops.S', 'Item', json_build_object('p', '{"S":"name"}'::json, repeat('n', len), '{"S":""}'::json))::text) FROM (VALUES (65535), (65536), (1000000)) t(len);
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"a\u0000b"}}}');

----------------------------------------------------------------------
-- A constraint that is broken, and rights
----------------------------------------------------------------------
SELECT make_table('S', 'S') FROM (SELECT dynamo.delete_table('{"TableName":"Ops.SS"}')) gone;
ALTER TABLE "Ops.SS" ADD CHECK (p <> 'no');
SELECT call('PutItem', '{"TableName":"Ops.SS","Item":{"p":{"S":"no"},"r":{"S":"x"}}}');
SELECT call('GetItem', '{"TableName":"Ops.SS","Key":{"p":{"S":"no"},"r":{"S":"x"}}}');
CREATE ROLE item_ops_reader;
GRANT USAGE ON SCHEMA item_ops TO item_ops_reader;
SET ROLE item_ops_reader;
SELECT call('GetItem', '{"TableName":"Ops.S","Key":{"p":{"S":"null"}}}');
RESET ROLE;
GRANT SELECT ON "Ops.S" TO item_ops_reader;
SET ROLE item_ops_reader;
SELECT call('GetItem', '{"TableName":"Ops.S","Key":{"p":{"S":"null"}}}');
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"mine"}}}');
SELECT call('DeleteItem', '{"TableName":"Ops.S","Key":{"p":{"S":"null"}}}');
RESET ROLE;
-- to replace an item takes INSERT and UPDATE; to see the old one SELECT
REVOKE ALL ON "Ops.S" FROM item_ops_reader;
GRANT INSERT ON "Ops.S" TO item_ops_reader;
SET ROLE item_ops_reader;
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"mine"}}}');
RESET ROLE;
GRANT UPDATE, DELETE ON "Ops.S" TO item_ops_reader;
SET ROLE item_ops_reader;
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"mine"}}}');
SELECT call('PutItem', '{"TableName":"Ops.S","Item":{"p":{"S":"mine"}},"ReturnValues":"ALL_OLD"}');
SELECT call('DeleteItem', '{"TableName":"Ops.S","Key":{"p":{"S":"mine"}},"ReturnValues":"ALL_OLD"}');
SELECT call('DeleteItem', '{"TableName":"Ops.S","Key":{"p":{"S":"mine"}}}');
RESET ROLE;
REVOKE ALL ON "Ops.S" FROM item_ops_reader;
REVOKE ALL ON SCHEMA item_ops FROM item_ops_reader;
DROP ROLE item_ops_reader;

SELECT call('DescribeBackup', '{}');
SELECT call('putitem', '{}');
SELECT call('', '{}');
SELECT dynamo.get_item(NULL);

SELECT name, dynamo.delete_table(json_build_object('TableName', name)) -> 'TableDescription' ->> 'TableStatus' FROM key_types ORDER BY 1;
DROP SCHEMA item_ops CASCADE;
