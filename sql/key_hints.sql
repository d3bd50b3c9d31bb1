-- The place that is remembered for a key may have become any other thing: no
-- item is found that is not there, and none is missed that is.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA key_hints;
SET search_path = key_hints, dynamo, public;
SET dynamo.schema = key_hints;

SELECT create_table('{"TableName": "places", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"},
                             {"AttributeName": "sk", "AttributeType": "N"}]}') \g /dev/null

CREATE FUNCTION get(sk int) RETURNS text LANGUAGE sql AS $$
    SELECT get_item(format('{"TableName": "places", "Key": {"pk": {"S": "p"}, "sk": {"N": "%s"}}}', sk)::json)
        #>> '{Item,v,S}'
$$;
CREATE FUNCTION put(sk int, v text) RETURNS text LANGUAGE sql AS $$
    SELECT put_item(format('{"TableName": "places", "ReturnValues": "ALL_OLD",
        "Item": {"pk": {"S": "p"}, "sk": {"N": "%s"}, "v": {"S": "%s"}}}', sk, v)::json) #>> '{Attributes,v,S}'
$$;
-- All that is wrong: nothing.
CREATE FUNCTION differences() RETURNS TABLE (sk int, found text, stored text) LANGUAGE sql AS $$
    SELECT i, get(i), item ->> 'v' FROM generate_series(1, 400) AS i LEFT JOIN places ON pk = 'p' AND places.sk = i
        WHERE get(i) IS DISTINCT FROM item ->> 'v'
$$;

SELECT count(put(i, 'first')) FROM generate_series(1, 400) AS i;
SELECT * FROM differences();

-- Updates on the page and off it, by both doors.
SELECT count(put(i, 'second')) FROM generate_series(1, 400, 2) AS i;
SELECT * FROM differences();
SELECT count(put(i, repeat('x', 1000))) FROM generate_series(1, 400, 3) AS i;
SELECT * FROM differences();
UPDATE places SET item = ('{"v": {"S": "' || repeat('y', 500) || '"}}')::item WHERE sk % 5 = 0;
SELECT * FROM differences();

-- A key changes; another one comes to its place.
UPDATE places SET sk = -sk, item = '{"v": {"S": "negative"}}' WHERE sk % 7 = 0;
SELECT * FROM differences();
VACUUM places;
INSERT INTO places SELECT 'p', i, '{"v": {"S": "again"}}' FROM generate_series(399, 1, -7) AS i WHERE i % 7 = 0;
SELECT * FROM differences();

-- What one transaction wrote is not there for itself after an abort.
BEGIN;
SELECT left(put(1, 'aborted'), 5), put(401, 'aborted');
SELECT get(1), get(401);
ROLLBACK;
SELECT get(1) = 'aborted', get(401);

-- Deleted, and the end of the file cut off.
DELETE FROM places WHERE sk > 3;
SELECT get(400), get(3) IS NOT NULL;
VACUUM places;
SELECT * FROM differences();
SELECT put(400, 'new'), get(400);

-- The tuples elsewhere, or nowhere.
SELECT count(put(i, 'third')) FROM generate_series(1, 400) AS i;
VACUUM FULL places;
SELECT * FROM differences();
TRUNCATE places;
SELECT * FROM differences();
SELECT put(5, 'fifth'), get(5), get(6);

-- Where nothing was found, serializability may depend on it.
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT get(5), get(6);
COMMIT;
SELECT delete_table('{"TableName": "places"}') \g /dev/null
DROP SCHEMA key_hints CASCADE;
