-- The operations in the caller's transaction.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA transactions;
SET search_path = transactions, public;
SET dynamo.schema = transactions;

SELECT dynamo.create_table('{"TableName":"Accounts","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}') IS NOT NULL;
CREATE FUNCTION put(key text, balance int) RETURNS json LANGUAGE sql AS $$
    SELECT dynamo.put_item(json_build_object('TableName', 'Accounts', 'Item', json_build_object('p', json_build_object('S', key), 'n', json_build_object('N', balance::text)), 'ReturnValues', 'ALL_OLD')) $$;
CREATE FUNCTION remove(key text) RETURNS json LANGUAGE sql AS $$
    SELECT dynamo.delete_item(json_build_object('TableName', 'Accounts', 'Key', json_build_object('p', json_build_object('S', key)), 'ReturnValues', 'ALL_OLD')) $$;
CREATE FUNCTION get(key text) RETURNS json LANGUAGE sql AS $$
    SELECT dynamo.get_item(json_build_object('TableName', 'Accounts', 'Key', json_build_object('p', json_build_object('S', key)))) -> 'Item' $$;

-- It sees what it has done, by either door, and a rollback undoes it all.
BEGIN;
SELECT put('a', 1), put('a', 2), get('a');
UPDATE "Accounts" SET item = '{"n":{"N":"3"}}' WHERE p = 'a';
SELECT get('a'), put('a', 4);
SELECT item FROM "Accounts";
DELETE FROM "Accounts";
SELECT get('a'), put('a', 5), remove('a'), remove('a'), get('a'), put('a', 6);
INSERT INTO "Accounts" VALUES ('b', '{}');
SELECT get('b'), dynamo.query('{"TableName":"Accounts","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"b"}}}') ->> 'Count', dynamo.scan('{"TableName":"Accounts"}') ->> 'Count';
ROLLBACK;
SELECT get('a'), get('b'), count(*) FROM "Accounts";

-- Savepoints
BEGIN;
SELECT put('a', 1);
SAVEPOINT one;
SELECT put('a', 2), put('b', 2), remove('a');
ROLLBACK TO one;
SELECT get('a'), get('b');
SAVEPOINT two;
SELECT dynamo.put_item('{"TableName":"Accounts","Item":{"q":{"S":"a"}}}');
ROLLBACK TO two;
SELECT put('a', 3);
COMMIT;
SELECT get('a');

-- An error in the middle of a batch leaves nothing behind a savepoint.
BEGIN;
SAVEPOINT batch;
SELECT dynamo.batch_write_item('{"RequestItems":{"Accounts":[{"PutRequest":{"Item":{"p":{"S":"a"}}}},{"DeleteRequest":{"Key":{"p":{"N":"1"}}}}]}}');
ROLLBACK TO batch;
SELECT get('a');
COMMIT;

-- One statement may write many items, and one item many times.
SELECT count(put('k' || i % 10, i)) FROM generate_series(1, 100) i;
SELECT p, item ->> 'n' AS n FROM "Accounts" WHERE p LIKE 'k%' ORDER BY 1;
SELECT remove(p) ->> 'x' FROM "Accounts" WHERE p LIKE 'k%' AND p > 'k2';
SELECT p FROM "Accounts" ORDER BY 1;
-- a statement's own snapshot does not see what its functions write
SELECT p, put(p || '+', 0) IS NOT NULL FROM "Accounts" ORDER BY 1;
SELECT p FROM "Accounts" ORDER BY 1;

-- Items and ordinary rows change together.
CREATE TABLE journal (p text, n int CHECK (n >= 0));
DO $$
BEGIN
    PERFORM put('a', 10);
    INSERT INTO journal VALUES ('a', -1);
EXCEPTION WHEN check_violation THEN
    RAISE WARNING 'undone';
END
$$;
SELECT get('a'), count(*) FROM journal;

-- REPEATABLE READ reads as of its start, and sees its own writes.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT get('a');
SELECT put('a', 11), get('a'), remove('k0'), get('k0'), put('k0', 1), get('k0');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT put('s', 1), get('s'), remove('s'), get('s');
COMMIT;

-- A read-only transaction reads.
BEGIN READ ONLY;
SELECT get('a');
SELECT put('a', 12);
ROLLBACK;
BEGIN READ ONLY;
SELECT remove('a');
ROLLBACK;
BEGIN READ ONLY;
SELECT dynamo.batch_write_item('{"RequestItems":{"Accounts":[{"DeleteRequest":{"Key":{"p":{"S":"absent"}}}}]}}');
ROLLBACK;

-- A table made, used and dropped in one transaction
BEGIN;
SELECT dynamo.create_table('{"TableName":"Short","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"N"}]}') IS NOT NULL;
SELECT dynamo.put_item('{"TableName":"Short","Item":{"p":{"N":"1"}}}'), dynamo.get_item('{"TableName":"Short","Key":{"p":{"N":"1"}}}');
SAVEPOINT made;
SELECT dynamo.delete_table('{"TableName":"Short"}') IS NOT NULL;
SAVEPOINT gone;
SELECT dynamo.get_item('{"TableName":"Short","Key":{"p":{"N":"1"}}}');
ROLLBACK TO made;
SELECT dynamo.get_item('{"TableName":"Short","Key":{"p":{"N":"1"}}}');
ROLLBACK;
SELECT dynamo.get_item('{"TableName":"Short","Key":{"p":{"N":"1"}}}');

-- A cursor over items stays as it was while operations write.
BEGIN;
DECLARE c CURSOR FOR SELECT p FROM "Accounts" ORDER BY p;
FETCH 1 FROM c;
SELECT dynamo.batch_write_item('{"RequestItems":{"Accounts":[{"DeleteRequest":{"Key":{"p":{"S":"k1"}}}},{"PutRequest":{"Item":{"p":{"S":"zzz"}}}}]}}');
FETCH ALL FROM c;
COMMIT;

SELECT dynamo.delete_table('{"TableName":"Accounts"}') IS NOT NULL;
DROP SCHEMA transactions CASCADE;
