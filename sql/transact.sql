-- TransactWriteItems and TransactGetItems.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA transact;
SET search_path = transact, public;
SET dynamo.schema = transact;

SELECT dynamo.create_table('{"TableName":"Accounts","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
    "GlobalSecondaryIndexes":[{"IndexName":"by_g","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]}') IS NOT NULL AS made;
SELECT dynamo.create_table('{"TableName":"Orders","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]}') IS NOT NULL AS made;

-- The reply of an operation; of an error its code, message and detail.
CREATE FUNCTION call(operation text, request text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN dynamo.call(operation, request::json);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, nullif(detail, ''));
END
$$;
CREATE FUNCTION write(items text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$ SELECT call('TransactWriteItems', format('{"TransactItems":[%s]%s}', items, more)) $$;
CREATE FUNCTION get(items text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$ SELECT call('TransactGetItems', format('{"TransactItems":[%s]%s}', items, more)) $$;
CREATE VIEW everything AS SELECT 'Accounts' AS name, item::text FROM "Accounts" UNION ALL SELECT 'Orders', item::text FROM "Orders" ORDER BY 1, 2;

----------------------------------------------------------------------
-- All four actions, over two tables
----------------------------------------------------------------------
SELECT write('{"Put":{"TableName":"Accounts","Item":{"p":{"S":"a"},"balance":{"N":"100"},"g":{"S":"x"}}}},{"Put":{"TableName":"Accounts","Item":{"p":{"S":"b"},"balance":{"N":"0"}}}},{"Put":{"TableName":"Orders","Item":{"p":{"S":"old"},"r":{"N":"1"}}}}', ',"ReturnConsumedCapacity":"INDEXES"');
SELECT write('{"Update":{"TableName":"Accounts","Key":{"p":{"S":"a"}},"UpdateExpression":"SET balance = balance - :n","ConditionExpression":"balance >= :n","ExpressionAttributeValues":{":n":{"N":"30"}}}},
    {"Update":{"TableName":"Accounts","Key":{"p":{"S":"b"}},"UpdateExpression":"ADD balance :n","ExpressionAttributeValues":{":n":{"N":"30"}}}},
    {"Delete":{"TableName":"Orders","Key":{"p":{"S":"old"},"r":{"N":"1"}},"ConditionExpression":"attribute_exists(p)"}},
    {"Put":{"TableName":"Orders","Item":{"p":{"S":"new"},"r":{"N":"1"}},"ConditionExpression":"attribute_not_exists(p)"}},
    {"ConditionCheck":{"TableName":"Orders","Key":{"p":{"S":"none"},"r":{"N":"1"}},"ConditionExpression":"attribute_not_exists(p)"}}', ',"ReturnConsumedCapacity":"TOTAL"');
TABLE everything;

----------------------------------------------------------------------
-- Nothing, if one fails; the reasons are in the order of the request
----------------------------------------------------------------------
SELECT write('{"Put":{"TableName":"Orders","Item":{"p":{"S":"z"},"r":{"N":"1"}}}},
    {"Update":{"TableName":"Accounts","Key":{"p":{"S":"a"}},"UpdateExpression":"SET balance = balance - :n","ConditionExpression":"balance >= :n","ExpressionAttributeValues":{":n":{"N":"300"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}},
    {"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"b"}},"ConditionExpression":"attribute_exists(p)"}},
    {"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"none"}},"ConditionExpression":"attribute_exists(p)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}');
-- what is wrong with one action is its reason
SELECT a, write('{"Put":{"TableName":"Orders","Item":{"p":{"S":"z"},"r":{"N":"1"}}}},' || a) FROM unnest(ARRAY[
    '{"Update":{"TableName":"Accounts","Key":{"p":{"S":"a"}},"UpdateExpression":"SET balance = nope"}}',
    '{"Update":{"TableName":"Accounts","Key":{"p":{"S":"a"}},"UpdateExpression":"SET balance.x = p"}}',
    '{"Update":{"TableName":"Accounts","Key":{"p":{"S":"a"}},"UpdateExpression":"REMOVE p"}}',
    '{"Update":{"TableName":"Accounts","Key":{"q":{"S":"a"}},"UpdateExpression":"REMOVE x"}}',
    '{"Delete":{"TableName":"Accounts","Key":{"p":{"N":"1"}}}}',
    '{"Put":{"TableName":"Accounts","Item":{"p":{"S":""}}}}',
    '{"Put":{"TableName":"Accounts","Item":{"p":{"S":"i"},"g":{"N":"1"}}}}',
    '{"Update":{"TableName":"Accounts","Key":{"p":{"S":"i"}},"UpdateExpression":"SET g = :n","ExpressionAttributeValues":{":n":{"N":"1"}}}}']) a;
TABLE everything;

----------------------------------------------------------------------
-- What is refused as a whole
----------------------------------------------------------------------
SELECT a, write(a) FROM unnest(ARRAY[
    '', '{}', 'null', '{"Put":null}',
    '{"Put":{"TableName":"Accounts","Item":{"p":{"S":"x"}}},"Delete":{"TableName":"Accounts","Key":{"p":{"S":"y"}}}}',
    '{"Put":{"TableName":"Accounts"}}',
    '{"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"x"}}}}',
    '{"Update":{"TableName":"Accounts","Key":{"p":{"S":"x"}}}}',
    '{"Put":{"TableName":"Nope","Item":{"p":{"S":"x"}}}}',
    '{"Put":{"TableName":"Accounts","Item":{"p":{"S":"x"}},"ConditionExpression":"x"}}',
    '{"Put":{"TableName":"Accounts","Item":{"p":{"S":"x"},"n":{"N":"y"}}}}',
    '{"Put":{"TableName":"Accounts","Item":{"p":{"S":"x"}}}},{"Delete":{"TableName":"Accounts","Key":{"p":{"S":"x"}}}}',
    '{"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"x"}},"ConditionExpression":"attribute_exists(p)"}},{"Put":{"TableName":"Accounts","Item":{"p":{"S":"x"}}}}']) a;
SELECT right(write((SELECT string_agg(format('{"Put":{"TableName":"Accounts","Item":{"p":{"S":"%s"}}}}', i), ',') FROM generate_series(1, 101) i)), 100);
SELECT write((SELECT string_agg(format('{"Put":{"TableName":"Accounts","Item":{"p":{"S":"%s"},"x":{"S":"%s"}}}}', i, repeat('x', 400000)), ',') FROM generate_series(1, 11) i));
SELECT write((SELECT string_agg(format('{"Put":{"TableName":"Orders","Item":{"p":{"S":"many"},"r":{"N":"%s"}}}}', i), ',') FROM generate_series(1, 100) i));
SELECT count(*) FROM "Orders";

----------------------------------------------------------------------
-- ClientRequestToken
----------------------------------------------------------------------
SELECT write('{"Update":{"TableName":"Accounts","Key":{"p":{"S":"b"}},"UpdateExpression":"ADD balance :n","ExpressionAttributeValues":{":n":{"N":"1"}}}}', ',"ClientRequestToken":"t1","ReturnConsumedCapacity":"TOTAL"') FROM generate_series(1, 3);
SELECT write('{"Update":{"Key":{"p":{"S":"b"}},"TableName":"Accounts","ExpressionAttributeValues":{":n":{"N":"1"}},"UpdateExpression":"ADD balance :n"}}', ',"ClientRequestToken":"t1"');
SELECT write('{"Update":{"TableName":"Accounts","Key":{"p":{"S":"b"}},"UpdateExpression":"ADD balance :n","ExpressionAttributeValues":{":n":{"N":"2"}}}}', ',"ClientRequestToken":"t1"');
SELECT item ->> 'balance' FROM "Accounts" WHERE p = 'b';
-- a cancelled transaction leaves no token
SELECT write('{"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"late"}},"ConditionExpression":"attribute_exists(p)"}}', ',"ClientRequestToken":"t2"');
SELECT dynamo.put_item('{"TableName":"Accounts","Item":{"p":{"S":"late"}}}');
SELECT write('{"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"late"}},"ConditionExpression":"attribute_exists(p)"}}', ',"ClientRequestToken":"t2"');
-- after ten minutes it is forgotten
UPDATE dynamo.transactions SET finished_at = finished_at - interval '10 minutes 1 second' WHERE token = 't1';
SELECT write('{"Update":{"TableName":"Accounts","Key":{"p":{"S":"b"}},"UpdateExpression":"ADD balance :n","ExpressionAttributeValues":{":n":{"N":"2"}}}}', ',"ClientRequestToken":"t1"');
SELECT item ->> 'balance' FROM "Accounts" WHERE p = 'b';
UPDATE dynamo.transactions SET finished_at = finished_at - interval '11 minutes';
SELECT write('{"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"late"}},"ConditionExpression":"attribute_exists(p)"}}', ',"ClientRequestToken":"t3"');
SELECT token FROM dynamo.transactions;
SELECT t, write('{"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"late"}},"ConditionExpression":"attribute_exists(p)"}}', format(',"ClientRequestToken":"%s"', t)) FROM unnest(ARRAY['', repeat('x', 36), repeat('x', 37)]) t;

----------------------------------------------------------------------
-- In the caller's transaction
----------------------------------------------------------------------
BEGIN;
SELECT dynamo.transact_write_items('{"TransactItems":[{"Delete":{"TableName":"Accounts","Key":{"p":{"S":"late"}}}},{"Put":{"TableName":"Accounts","Item":{"p":{"S":"later"}}}}]}');
SAVEPOINT s;
SELECT dynamo.transact_write_items('{"TransactItems":[{"Put":{"TableName":"Accounts","Item":{"p":{"S":"x"}}}},{"ConditionCheck":{"TableName":"Accounts","Key":{"p":{"S":"late"}},"ConditionExpression":"attribute_exists(p)"}}]}');
ROLLBACK TO s;
SELECT p FROM "Accounts" ORDER BY 1;
ROLLBACK;
SELECT p FROM "Accounts" ORDER BY 1;

----------------------------------------------------------------------
-- TransactGetItems
----------------------------------------------------------------------
SELECT get('{"Get":{"TableName":"Accounts","Key":{"p":{"S":"a"}}}},{"Get":{"TableName":"Orders","Key":{"p":{"S":"none"},"r":{"N":"1"}}}},{"Get":{"TableName":"Orders","Key":{"p":{"S":"new"},"r":{"N":"1"}},"ProjectionExpression":"r"}}', ',"ReturnConsumedCapacity":"TOTAL"');
SELECT a, get(a) FROM unnest(ARRAY['', '{}', '{"Get":{"TableName":"Nope","Key":{"p":{"S":"a"}}}}',
    '{"Get":{"TableName":"Accounts","Key":{"p":{"S":"a"}}}},{"Get":{"TableName":"Accounts","Key":{"p":{"S":"a"}}}}',
    '{"Get":{"TableName":"Accounts","Key":{"p":{"S":"a"}}}},{"Get":{"TableName":"Accounts","Key":{"q":{"S":"a"}}}}',
    '{"Get":{"TableName":"Accounts","Key":{"p":{"S":"a"}},"ProjectionExpression":"a["}}']) a;
SELECT right(get((SELECT string_agg(format('{"Get":{"TableName":"Accounts","Key":{"p":{"S":"%s"}}}}', i), ',') FROM generate_series(1, 101) i)), 100);

DROP VIEW everything;
SELECT name, dynamo.delete_table(json_build_object('TableName', name)) -> 'TableDescription' ->> 'TableStatus' FROM unnest('{Accounts,Orders}'::text[]) name;
DROP SCHEMA transact CASCADE;
