-- Secondary indexes follow the items, whatever way those change.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA index_paths;
SET search_path = index_paths, public;
SET dynamo.schema = index_paths;

SELECT dynamo.create_table('{"TableName":"Paths","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},
        {"AttributeName":"n","AttributeType":"N"},{"AttributeName":"b","AttributeType":"B"}],
    "GlobalSecondaryIndexes":[
        {"IndexName":"by_g","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}},
        {"IndexName":"by_b","KeySchema":[{"AttributeName":"b","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}},
        {"IndexName":"turned","KeySchema":[{"AttributeName":"r","KeyType":"HASH"},{"AttributeName":"p","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
    "LocalSecondaryIndexes":[{"IndexName":"by_n","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}')
    IS NOT NULL AS made;
SELECT relation, index_name, side, kind, status, hash_keys, range_keys, key_types, projection, included FROM dynamo.indexes WHERE relation = '"Paths"'::regclass ORDER BY 2;

-- What an index holds, and whether everything agrees.
CREATE FUNCTION entries(index_name text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT item::text FROM dynamo_data.%I ORDER BY 1', 'Paths.' || index_name);
END
$$;
CREATE FUNCTION counts() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', (SELECT count(*) FROM "Paths"), (SELECT count(*) FROM entries('by_g')), (SELECT count(*) FROM entries('by_b')),
        (SELECT count(*) FROM entries('turned')), (SELECT count(*) FROM entries('by_n')),
        (SELECT string_agg(format('%s: %s %s', index_name, problem, item_key), '; ') FROM dynamo.check_table('Paths')))
$$;
-- An item with every index attribute, or what is left of it.
CREATE FUNCTION item(n int, without text[] DEFAULT '{}') RETURNS dynamo.item LANGUAGE sql IMMUTABLE AS $$
    SELECT ((dynamo.from_json(jsonb_build_object('g', 'g' || n % 3, 'n', n, 'x', 'x' || n))::jsonb || jsonb_build_object('b', jsonb_build_object('B', encode(('b' || n % 2)::bytea, 'base64')))) - without)::dynamo.item
$$;

----------------------------------------------------------------------
-- Plain SQL
----------------------------------------------------------------------
INSERT INTO "Paths" VALUES ('a', 1, item(1));
SELECT i, entries(i) FROM unnest('{by_b,by_g,by_n,turned}'::text[]) i;
-- sparse: no attribute, no entry
INSERT INTO "Paths" VALUES ('a', 2, item(2, '{g}')), ('a', 3, item(3, '{n}')), ('a', 4, item(4, '{b}')), ('a', 5, '{}');
SELECT counts();
-- many rows at once
INSERT INTO "Paths" SELECT 'many', i, item(i) FROM generate_series(1, 2000) i;
SELECT counts();
-- an update of what the index does not hold leaves its rows alone
CREATE TABLE before AS SELECT tableoid AS leaf, ctid AS place FROM dynamo_data."Paths.by_b" UNION ALL SELECT tableoid, ctid FROM dynamo_data."Paths.by_n";
UPDATE "Paths" SET item = (item::jsonb || '{"y":{"S":"other"}}')::dynamo.item WHERE p = 'many';
SELECT count(*) FROM (SELECT tableoid AS leaf, ctid AS place FROM dynamo_data."Paths.by_b" UNION ALL SELECT tableoid, ctid FROM dynamo_data."Paths.by_n" EXCEPT TABLE before) changed;
SELECT counts();
-- in place: projected attributes, index keys, attributes that come and go
UPDATE "Paths" SET item = (item::jsonb || '{"x":{"S":"new"}}')::dynamo.item WHERE p = 'many' AND r < 100;
UPDATE "Paths" SET item = (item::jsonb || '{"n":{"N":"-1.50"}}')::dynamo.item WHERE p = 'many' AND r BETWEEN 50 AND 150;
UPDATE "Paths" SET item = (item::jsonb - 'g')::dynamo.item WHERE p = 'many' AND r BETWEEN 120 AND 200;
UPDATE "Paths" SET item = (item::jsonb || '{"g":{"S":"back"}}')::dynamo.item WHERE p = 'many' AND r BETWEEN 150 AND 170;
SELECT counts();
-- the key itself: within a partition, and to another one
UPDATE "Paths" SET r = r + 10000, item = item(7) WHERE p = 'many' AND r > 1900;
UPDATE "Paths" SET p = 'moved', item = item(r::int) WHERE p = 'many' AND r BETWEEN 1000 AND 1100;
SELECT counts();
DELETE FROM "Paths" WHERE p = 'many' AND r % 2 = 0;
SELECT counts();
-- both arms of ON CONFLICT, and a conflict that is no error
INSERT INTO "Paths" VALUES ('a', 1, item(9)), ('c', 1, item(10)) ON CONFLICT (p, r) DO UPDATE SET item = excluded.item;
INSERT INTO "Paths" VALUES ('a', 1, item(11)), ('c', 2, item(12)) ON CONFLICT DO NOTHING;
SELECT item FROM dynamo_data."Paths.by_n" WHERE p IN ('a', 'c') ORDER BY 1::text;
SELECT counts();
-- a duplicate key is reported by the table's own key
\set VERBOSITY terse
INSERT INTO "Paths" VALUES ('c', 2, item(12));
\set VERBOSITY default
SELECT counts();
MERGE INTO "Paths" t USING (SELECT 'm' AS p, i AS r FROM generate_series(1, 5) i UNION SELECT 'c', 1) s ON t.p = s.p AND t.r = s.r
    WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.p, s.r, item(s.r));
MERGE INTO "Paths" t USING (SELECT 'm' AS p, i AS r FROM generate_series(1, 5) i) s ON t.p = s.p AND t.r = s.r
    WHEN MATCHED AND s.r > 3 THEN DELETE WHEN MATCHED THEN UPDATE SET item = item(s.r + 100);
SELECT counts();
-- COPY, into an emptied partition with FREEZE, too
\getenv builddir PG_ABS_BUILDDIR
\set rows :builddir '/results/index_paths.rows'
\set leaf_rows :builddir '/results/index_paths.leaf_rows'
COPY (SELECT 'copied', i, item(i) FROM generate_series(1, 3000) i) TO :'rows';
COPY "Paths" FROM :'rows';
SELECT counts();
SELECT tableoid::regclass AS leaf FROM "Paths" WHERE p = 'copied' LIMIT 1 \gset
COPY :leaf TO :'leaf_rows';
BEGIN;
TRUNCATE :leaf;
COPY :leaf FROM :'leaf_rows' (FREEZE);
COMMIT;
SELECT counts();
BEGIN;
CREATE TEMP TABLE kept AS TABLE "Paths";
TRUNCATE "Paths";
SELECT counts();
COPY "Paths" FROM :'rows';
INSERT INTO "Paths" SELECT * FROM kept WHERE p <> 'copied';
SELECT counts();
COMMIT;
-- CTEs that write
WITH gone AS (DELETE FROM "Paths" WHERE p = 'copied' AND r <= 10 RETURNING *) INSERT INTO "Paths" SELECT 'again', r, item(r::int + 1) FROM gone;
SELECT counts();

----------------------------------------------------------------------
-- Savepoints, rollbacks, prepared transactions
----------------------------------------------------------------------
BEGIN;
INSERT INTO "Paths" VALUES ('s', 1, item(1));
SAVEPOINT one;
UPDATE "Paths" SET item = item(2) WHERE p = 's';
DELETE FROM "Paths" WHERE p = 'copied';
SELECT counts();
ROLLBACK TO one;
SELECT counts();
UPDATE "Paths" SET item = item(3) WHERE p = 's';
COMMIT;
SELECT counts();
SELECT item FROM dynamo_data."Paths.by_g" WHERE p = 's';
BEGIN;
DELETE FROM "Paths";
SELECT counts();
ROLLBACK;
SELECT counts();

----------------------------------------------------------------------
-- API operations
----------------------------------------------------------------------
SELECT dynamo.put_item('{"TableName":"Paths","Item":{"p":{"S":"api"},"r":{"N":"1"},"g":{"S":"g"},"n":{"N":"1"}}}');
SELECT dynamo.put_item('{"TableName":"Paths","Item":{"p":{"S":"api"},"r":{"N":"1"},"g":{"S":"g2"},"n":{"N":"1"}}}');
SELECT dynamo.update_item('{"TableName":"Paths","Key":{"p":{"S":"api"},"r":{"N":"1"}},"UpdateExpression":"SET n = n + :one, b = :b","ExpressionAttributeValues":{":one":{"N":"1"},":b":{"B":"AQID"}}}');
SELECT dynamo.update_item('{"TableName":"Paths","Key":{"p":{"S":"api"},"r":{"N":"2"}},"UpdateExpression":"SET g = :g","ExpressionAttributeValues":{":g":{"S":"g"}}}');
SELECT dynamo.batch_write_item('{"RequestItems":{"Paths":[{"PutRequest":{"Item":{"p":{"S":"api"},"r":{"N":"3"},"g":{"S":"g"},"n":{"N":"3"}}}},{"DeleteRequest":{"Key":{"p":{"S":"api"},"r":{"N":"2"}}}}]}}');
SELECT i, e FROM unnest('{by_b,by_g,by_n,turned}'::text[]) i, entries(i) e WHERE e LIKE '%"api"%';
SELECT dynamo.delete_item('{"TableName":"Paths","Key":{"p":{"S":"api"},"r":{"N":"1"}}}');
SELECT counts();

----------------------------------------------------------------------
-- Triggers and foreign keys of other tables
----------------------------------------------------------------------
CREATE TABLE orders (id int PRIMARY KEY, p text COLLATE "C", r numeric, FOREIGN KEY (p, r) REFERENCES "Paths" ON DELETE CASCADE ON UPDATE CASCADE);
CREATE FUNCTION write_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "Paths" VALUES (new.p, new.r, item(new.id)) ON CONFLICT (p, r) DO UPDATE SET item = excluded.item;
    RETURN new;
END
$$;
CREATE TRIGGER write_item BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION write_item();
INSERT INTO orders SELECT i, 'trigger', i % 5 FROM generate_series(1, 20) i;
SELECT counts();
DELETE FROM "Paths" WHERE p = 'trigger';
SELECT counts();
DROP TABLE orders;

----------------------------------------------------------------------
-- DDL
----------------------------------------------------------------------
-- one leaf alone, then all
SELECT tableoid::regclass AS leaf, count(*) > 1000 AS many, count(*) < (SELECT count(*) FROM "Paths") AS not_all FROM "Paths" GROUP BY tableoid ORDER BY count(*) DESC LIMIT 1 \gset
SELECT :'many', :'not_all';
TRUNCATE :leaf;
SELECT counts();
TRUNCATE "Paths";
SELECT counts();
COPY "Paths" FROM :'rows';
VACUUM FULL dynamo_data."Paths.1", dynamo_data."Paths.by_g.1";
CLUSTER dynamo_data."Paths.2" USING "Paths.2_pkey";
REINDEX TABLE dynamo_data."Paths.3";
REINDEX TABLE CONCURRENTLY dynamo_data."Paths.3";
REINDEX TABLE CONCURRENTLY dynamo_data."Paths.by_n.3";
CREATE INDEX ON "Paths" ((item ->> 'x'));
ALTER TABLE dynamo_data."Paths.4" SET UNLOGGED;
ALTER TABLE dynamo_data."Paths.4" SET LOGGED;
ALTER TABLE "Paths" ALTER item SET STORAGE EXTERNAL;
UPDATE "Paths" SET item = item(r::int + 1);
SELECT counts();
DROP INDEX "Paths_expr_idx";
ALTER TABLE "Paths" DETACH PARTITION dynamo_data."Paths.5";
SELECT DISTINCT problem FROM dynamo.check_table('Paths');
ALTER TABLE "Paths" ATTACH PARTITION dynamo_data."Paths.5" FOR VALUES WITH (MODULUS 8, REMAINDER 5);
SELECT counts();
-- a leaf without the trigger passes its indexes by, and the checker says so
ALTER TABLE dynamo_data."Paths.6" DISABLE TRIGGER dynamo_indexes;
INSERT INTO "Paths" SELECT 'unkept' || i, 1, item(i) FROM generate_series(1, 30) i;
SELECT index_name, problem, count(*) > 0 FROM dynamo.check_table('Paths') GROUP BY 1, 2 ORDER BY 1, 2;
DELETE FROM "Paths" WHERE tableoid = 'dynamo_data."Paths.6"'::regclass AND p LIKE 'unkept%';
ALTER TABLE dynamo_data."Paths.6" ENABLE ALWAYS TRIGGER dynamo_indexes;
SELECT counts();
-- so it does of an entry that is not what it should be
BEGIN;
ALTER TABLE dynamo_data."Paths.by_g" DISABLE TRIGGER ALL;
ALTER TABLE dynamo_data."Paths.by_n" DISABLE TRIGGER ALL;
UPDATE dynamo_data."Paths.by_g" SET item = (item::jsonb - 'r')::dynamo.item WHERE p = 'copied' AND r = 11;
UPDATE dynamo_data."Paths.by_g" SET item = (item::jsonb || '{"x":{"S":"forged"}}')::dynamo.item WHERE p = 'copied' AND r = 12;
DELETE FROM dynamo_data."Paths.by_n" WHERE p = 'copied' AND r = 13;
UPDATE dynamo_data."Paths.by_n" SET r = -1, item = (item::jsonb || '{"r":{"N":"-1"}}')::dynamo.item WHERE p = 'copied' AND r = 14;
SELECT * FROM dynamo.check_table('Paths') ORDER BY 1, 2, 3::text;
ROLLBACK;
SELECT counts();

----------------------------------------------------------------------
-- Entries are nobody's to change; what cannot be in an index cannot be in the table
----------------------------------------------------------------------
INSERT INTO dynamo_data."Paths.turned" (p, r, item) VALUES ('x', 1, '{}');
UPDATE dynamo_data."Paths.turned" SET item = '{}';
DELETE FROM dynamo_data."Paths.turned";
TRUNCATE dynamo_data."Paths.turned";
TRUNCATE dynamo_data."Paths.turned.1";
INSERT INTO "Paths" VALUES ('bad', 1, '{"g":{"N":"1"}}');
INSERT INTO "Paths" VALUES ('bad', 1, '{"n":{"S":"1"}}');
INSERT INTO "Paths" VALUES ('bad', 1, '{"g":{"S":""}}');
INSERT INTO "Paths" VALUES ('bad', 1, '{"b":{"B":""}}');
INSERT INTO "Paths" VALUES ('bad', 1, '{"g":{"NULL":true}}');
INSERT INTO "Paths" VALUES ('bad', 1, format('{"g":{"S":"%s"}}', repeat('g', 2049))::dynamo.item);
INSERT INTO "Paths" VALUES ('good', 1, format('{"g":{"S":"%s"}}', repeat('g', 2048))::dynamo.item);
SELECT * FROM dynamo.check_table('Nope');
-- nor can a side table be dropped alone, or items be stored while the catalog does not know the indexes
DROP TABLE dynamo_data."Paths.by_g";
BEGIN;
DELETE FROM dynamo.indexes WHERE relation = '"Paths"'::regclass;
\set VERBOSITY terse
ALTER TABLE dynamo_data."Paths.7" SET (fillfactor = 80);
INSERT INTO "Paths" SELECT 'unknown' || i, 1, item(i) FROM generate_series(1, 30) i;
\set VERBOSITY default
ROLLBACK;

DROP TABLE "Paths";
SELECT count(*) FROM dynamo.indexes WHERE index_name IN ('by_g', 'by_b', 'turned', 'by_n');
SELECT count(*) FROM pg_class WHERE relname LIKE 'Paths%';
DROP SCHEMA index_paths CASCADE;
