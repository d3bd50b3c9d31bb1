-- Whatever rewrites an item table or a side table: the indexes agree, or it is refused.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
RESET client_min_messages;
SET dynamo.partitions = 4;
\pset format unaligned
\pset tuples_only on

SELECT dynamo.create_table('{"TableName": "Moved", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}, {"AttributeName": "r", "AttributeType": "N"},
        {"AttributeName": "g", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
    "GlobalSecondaryIndexes": [
        {"IndexName": "by_g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}},
        {"IndexName": "turned", "KeySchema": [{"AttributeName": "r", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]}}],
    "LocalSecondaryIndexes": [
        {"IndexName": "by_n", "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"}}]}') IS NOT NULL;

CREATE FUNCTION new_item(n int) RETURNS dynamo.item LANGUAGE sql AS $$
    SELECT jsonb_build_object('g', jsonb_build_object('S', 'g' || n % 7), 'n', jsonb_build_object('N', n::text),
        'x', jsonb_build_object('S', repeat('x' || n, n % 900)))::dynamo.item
$$;

-- How many items and entries there are, and where they differ: by the checker,
-- and by plain SQL, which knows nothing of it.
CREATE FUNCTION state() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s items, %s by_g, %s turned, %s by_n, %s differences, %s by plain SQL',
        (SELECT count(*) FROM "Moved"), (SELECT count(*) FROM dynamo_data."Moved.by_g"),
        (SELECT count(*) FROM dynamo_data."Moved.turned"), (SELECT count(*) FROM dynamo_data."Moved.by_n"),
        (SELECT count(*) FROM dynamo.check_table('Moved')),
        (SELECT count(*) FROM (SELECT p, r, item ->> 'g' AS g, item::text AS content FROM "Moved" WHERE item ? 'g') t
            FULL JOIN dynamo_data."Moved.by_g" e USING (p, r) WHERE (t.content, t.g) IS DISTINCT FROM (e.item::text, e.g)))
$$;

-- What comes of statements: as they leave the table, and after writes by every
-- door.  All of it is undone.
CREATE PROCEDURE try(statements text) LANGUAGE plpgsql AS $$
DECLARE
    before constant text := state();
    answer text := 'done';
    hint text;
BEGIN
    BEGIN
        EXECUTE statements;
        IF state() <> before THEN
            answer := 'CHANGED: ' || state();
        END IF;
        INSERT INTO "Moved" (p, r, item) SELECT 'more', i, new_item(i) FROM generate_series(1, 50) i;
        UPDATE "Moved" SET item = new_item(r::int + 1) WHERE p IN ('k1', 'more');
        UPDATE "Moved" SET p = 'moved', item = new_item(r::int + 2) WHERE p = 'k2';
        DELETE FROM "Moved" WHERE p = 'k3';
        PERFORM dynamo.put_item('{"TableName": "Moved", "Item": {"p": {"S": "k1"}, "r": {"N": "1"}, "g": {"S": "put"}, "n": {"N": "7"}}}');
        PERFORM dynamo.update_item('{"TableName": "Moved", "Key": {"p": {"S": "more"}, "r": {"N": "1"}}, "UpdateExpression": "REMOVE g"}');
        PERFORM dynamo.delete_item('{"TableName": "Moved", "Key": {"p": {"S": "more"}, "r": {"N": "2"}}}');
        answer := answer || '; after writes ' || state();
        RAISE EXCEPTION USING ERRCODE = 'P0099';
    EXCEPTION
        WHEN SQLSTATE 'P0099' THEN
            RAISE INFO '%: %', statements, answer;
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
            RAISE INFO '%: % % (%)', statements, SQLSTATE, regexp_replace(SQLERRM, 'pg_temp_\d+', 'pg_temp_<oid>'), hint;
    END;
    IF state() <> before THEN
        RAISE EXCEPTION 'not undone: %', state();
    END IF;
END
$$;

INSERT INTO "Moved" SELECT 'k' || i % 20, i, new_item(i) FROM generate_series(1, 500) i;
UPDATE "Moved" SET item = (item::jsonb - 'g')::dynamo.item WHERE r % 10 = 0;
DELETE FROM "Moved" WHERE r % 11 = 0;
SELECT state();

----------------------------------------------------------------------
-- The items stay as they are
----------------------------------------------------------------------
CALL try('ALTER TABLE dynamo_data."Moved.1" SET UNLOGGED');
CALL try('ALTER TABLE dynamo_data."Moved.1" SET UNLOGGED; ALTER TABLE dynamo_data."Moved.1" SET LOGGED');
CALL try('ALTER TABLE dynamo_data."Moved.by_g.1" SET UNLOGGED; ALTER TABLE dynamo_data."Moved.by_g.1" SET LOGGED');
CALL try('ALTER TABLE "Moved" ADD COLUMN extra float NOT NULL DEFAULT random()');
CALL try('ALTER TABLE "Moved" ADD COLUMN extra text GENERATED ALWAYS AS (item ->> ''g'') STORED');
CALL try('ALTER TABLE "Moved" ADD COLUMN extra int; ALTER TABLE "Moved" ALTER extra TYPE text USING p || r; ALTER TABLE "Moved" DROP COLUMN extra');
CALL try('ALTER TABLE "Moved" ALTER COLUMN r TYPE numeric USING r + 0');
CALL try('ALTER TABLE "Moved" ALTER COLUMN r TYPE numeric(20, 5)');
CALL try('ALTER TABLE "Moved" ALTER COLUMN item TYPE dynamo.item');
CALL try('CLUSTER dynamo_data."Moved.1" USING "Moved.1_pkey"');
CALL try('ALTER TABLE dynamo_data."Moved.1" SET ACCESS METHOD heap; ALTER TABLE dynamo_data."Moved.1" SET ACCESS METHOD dynamo');
CALL try('CLUSTER dynamo_data."Moved.by_g.1" USING "Moved.by_g.1_pkey"');
CALL try('ALTER TABLE dynamo_data."Moved.by_g" ADD COLUMN extra float DEFAULT random()');

-- What cannot be part of a transaction
VACUUM FULL "Moved";
SELECT state();
VACUUM (FULL, FREEZE) dynamo_data."Moved.by_g", dynamo_data."Moved.turned", dynamo_data."Moved.by_n";
SELECT state();
CLUSTER "Moved" USING "Moved_pkey";
SELECT state();
CLUSTER dynamo_data."Moved.by_g" USING "Moved.by_g_pkey";
SELECT state();
CALL try('SELECT 1');

----------------------------------------------------------------------
-- They would change, or the entries
----------------------------------------------------------------------
CALL try('ALTER TABLE "Moved" ALTER COLUMN item TYPE dynamo.item USING (item::jsonb - ''g'')::dynamo.item');
CALL try('ALTER TABLE "Moved" ALTER COLUMN r TYPE numeric USING r + 1, ALTER COLUMN item TYPE dynamo.item USING (item::jsonb - ''r'')::dynamo.item');
CALL try('ALTER TABLE "Moved" ALTER COLUMN r TYPE numeric USING r + 1');
CALL try('ALTER TABLE "Moved" ALTER COLUMN r TYPE bigint');
CALL try('ALTER TABLE "Moved" ALTER COLUMN p TYPE text COLLATE "C" USING p || ''x''');
CALL try('ALTER TABLE "Moved" ALTER COLUMN item TYPE jsonb USING item::jsonb');
CALL try('ALTER TABLE "Moved" DROP COLUMN item, ADD COLUMN item dynamo.item NOT NULL DEFAULT new_item(random()::int)');
CALL try('ALTER TABLE dynamo_data."Moved.by_g" ALTER COLUMN item TYPE dynamo.item USING (item::jsonb - ''x'')::dynamo.item');
CALL try('ALTER TABLE dynamo_data."Moved.turned" ALTER COLUMN p TYPE text COLLATE "C" USING p || ''x''');

-- Also where other triggers do not fire
SET session_replication_role = replica;
CALL try('ALTER TABLE "Moved" ALTER COLUMN item TYPE dynamo.item USING (item::jsonb - ''g'')::dynamo.item');
RESET session_replication_role;

-- Without indexes it is a write like any other
SELECT dynamo.create_table('{"TableName": "Single", "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}]}') IS NOT NULL;
INSERT INTO "Single" VALUES ('a', '{"x": {"S": "1"}, "y": {"S": "2"}}');
ALTER TABLE "Single" ALTER COLUMN item TYPE dynamo.item USING (item::jsonb - 'y')::dynamo.item;
SELECT dynamo.get_item('{"TableName": "Single", "Key": {"p": {"S": "a"}}}');

DROP PROCEDURE try;
DROP FUNCTION state, new_item;
DROP TABLE "Moved", "Single";
