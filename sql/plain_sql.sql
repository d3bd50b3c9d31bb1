-- An item table by plain SQL: every write path, what it refuses, and DDL.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
\pset null '(null)'

CREATE FUNCTION make_table(table_name text, partitions int DEFAULT 4) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('dynamo.partitions', partitions::text, false);
    RETURN dynamo.create_table(json_build_object('TableName', table_name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', json_build_array(json_build_object('AttributeName', 'p', 'KeyType', 'HASH'), json_build_object('AttributeName', 'r', 'KeyType', 'RANGE')),
        'AttributeDefinitions', json_build_array(json_build_object('AttributeName', 'p', 'AttributeType', 'S'), json_build_object('AttributeName', 'r', 'AttributeType', 'N')))) IS NOT NULL;
END
$$;
-- How many items Scan gives, over all its pages.
CREATE FUNCTION count_by_api(table_name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    request jsonb := jsonb_build_object('TableName', table_name, 'Select', 'COUNT');
    reply jsonb;
    total bigint := 0;
BEGIN
    LOOP
        reply := dynamo.scan(request::json);
        total := total + (reply ->> 'Count')::bigint;
        EXIT WHEN NOT reply ? 'LastEvaluatedKey';
        request := request || jsonb_build_object('ExclusiveStartKey', reply -> 'LastEvaluatedKey');
    END LOOP;
    RETURN total;
END
$$;
-- What a statement raises: SQLSTATE and message, or SQLSTATE alone.
CREATE FUNCTION try(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
CREATE FUNCTION state_of(statement text) RETURNS text LANGUAGE sql AS $$ SELECT regexp_replace(try(statement), ':.*', '') $$;

SELECT make_table('things');
\d things
SELECT relname, amname, reloptions FROM pg_class c JOIN pg_am a ON a.oid = relam
WHERE c.oid IN (SELECT relid FROM pg_partition_tree('things') WHERE isleaf) ORDER BY 1;

----------------------------------------------------------------------
-- INSERT, SELECT
----------------------------------------------------------------------
INSERT INTO things VALUES ('a', 1, '{"x":{"S":"one"}}'), ('a', 2, '{"p":{"S":"a"},"x":{"S":"two"}}'), ('b', 1, '{"p":{"S":"b"},"r":{"N":"1.0"}}'), ('c', -1.50, '{}')
    RETURNING *;
INSERT INTO things (item, r, p) VALUES ('{"x":{"S":"columns in another order"}}', 5, 'd');
SELECT * FROM things ORDER BY p, r;
SELECT dynamo.get_item('{"TableName":"things","Key":{"p":{"S":"c"},"r":{"N":"-1.5"}}}');
SELECT dynamo.query('{"TableName":"things","KeyConditionExpression":"p = :p AND r > :r","ExpressionAttributeValues":{":p":{"S":"a"},":r":{"N":"1"}}}');
SELECT p, r, item ->> 'x' FROM things WHERE p = 'a' AND r >= 2;
INSERT INTO things SELECT 'series', i, dynamo.from_json(jsonb_build_object('i', i)) FROM generate_series(1, 100) i;
SELECT count(*), count_by_api('things') FROM things;
SELECT tableoid::regclass, count(*) FROM things GROUP BY 1 ORDER BY 1;

-- Pruning and index use on the key columns.
EXPLAIN (COSTS OFF) SELECT * FROM things WHERE p = 'a' AND r = 1;
EXPLAIN (COSTS OFF) SELECT * FROM things WHERE p = 'a' AND r > 1 ORDER BY r DESC LIMIT 2;
SET plan_cache_mode = force_generic_plan;
PREPARE one(text, numeric) AS SELECT item ->> 'x' FROM things WHERE p = $1 AND r = $2;
EXECUTE one('a', 1);
EXECUTE one('a', 2.0);
EXPLAIN (COSTS OFF) EXECUTE one('a', 1);
DEALLOCATE one;
RESET plan_cache_mode;

-- Joins with ordinary tables.
CREATE TABLE people (name text PRIMARY KEY, age int);
INSERT INTO people VALUES ('a', 30), ('b', 40), ('z', 50);
SELECT name, age, r, item ->> 'x' AS x FROM people LEFT JOIN things ON p = name ORDER BY name, r;
SELECT p, sum(r) FROM things JOIN people ON name = p GROUP BY p ORDER BY p;

-- A cursor, both ways.
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT p, r FROM things WHERE p = 'a' ORDER BY r;
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
UPDATE things SET item = '{"x":{"S":"by cursor"}}' WHERE p = 'a' AND r = 1;
COMMIT;
BEGIN;
DECLARE d CURSOR FOR SELECT * FROM things WHERE r = -1.5 FOR UPDATE;
FETCH d;
UPDATE things SET item = '{"x":{"S":"current of"}}' WHERE CURRENT OF d;
COMMIT;
SELECT item FROM things WHERE p IN ('a', 'c') AND r < 2 ORDER BY p;
SELECT p, r FROM things WHERE p = 'a' ORDER BY r FOR UPDATE;

----------------------------------------------------------------------
-- UPDATE, DELETE, ON CONFLICT, MERGE
----------------------------------------------------------------------
UPDATE things SET item = '{"x":{"S":"new"}}' WHERE p = 'b' RETURNING *;
-- A key changes when the item follows, or leaves it out.
UPDATE things SET r = 7, item = '{"x":{"S":"moved in its partition"}}' WHERE p = 'b' RETURNING *;
UPDATE things SET r = 8, item = '{"r":{"N":"8"}}' WHERE p = 'b' RETURNING *;
UPDATE things SET p = 'elsewhere', item = (item::jsonb - 'p')::dynamo.item WHERE p = 'b' RETURNING tableoid::regclass, *;
UPDATE things SET p = 'b', item = '{}' WHERE p = 'elsewhere' RETURNING tableoid::regclass, *;
SELECT dynamo.get_item('{"TableName":"things","Key":{"p":{"S":"elsewhere"},"r":{"N":"8"}}}'), dynamo.get_item('{"TableName":"things","Key":{"p":{"S":"b"},"r":{"N":"8"}}}');
UPDATE things SET item = dynamo.from_json(jsonb_build_object('age', age)) FROM people WHERE name = p AND p = 'b' RETURNING things.*;
DELETE FROM things WHERE p = 'd' RETURNING *;
DELETE FROM things USING people WHERE p = name AND name = 'z';

INSERT INTO things VALUES ('a', 1, '{}') ON CONFLICT DO NOTHING;
INSERT INTO things VALUES ('a', 1, '{}') ON CONFLICT (p, r) DO NOTHING RETURNING *;
INSERT INTO things VALUES ('a', 1, '{"x":{"S":"conflict"}}'), ('new', 1, '{"x":{"S":"none"}}')
    ON CONFLICT (p, r) DO UPDATE SET item = dynamo.from_json(dynamo.to_json(things.item) || dynamo.to_json(EXCLUDED.item) || '{"n":1}') RETURNING *;
INSERT INTO things VALUES ('a', 1, '{}') ON CONFLICT (p, r) DO UPDATE SET item = '{"x":{"S":"no"}}' WHERE things.r > 1 RETURNING *;
INSERT INTO things VALUES ('a', 1, '{}');

MERGE INTO things USING (VALUES ('a', 1, 'merged'), ('merge', 2, 'inserted'), ('new', 1, 'gone')) s(p, r, x) ON things.p = s.p AND things.r = s.r
    WHEN MATCHED AND s.x = 'gone' THEN DELETE
    WHEN MATCHED THEN UPDATE SET item = dynamo.from_json(jsonb_build_object('x', s.x))
    WHEN NOT MATCHED THEN INSERT (p, r, item) VALUES (s.p, s.r, dynamo.from_json(jsonb_build_object('x', s.x)));
SELECT * FROM things WHERE p <> 'series' ORDER BY p, r;
SELECT count(*), count_by_api('things') FROM things;

----------------------------------------------------------------------
-- COPY
----------------------------------------------------------------------
COPY things FROM STDIN;
copied	1	{"x":{"S":"text"}}
copied	2	{"p":{"S":"copied"},"r":{"N":"2"}}
\.
COPY things (item, p, r) FROM STDIN WITH (FORMAT csv);
"{""x"":{""S"":""csv""}}",copied,3
\.
COPY (SELECT * FROM things WHERE p = 'copied' ORDER BY r) TO STDOUT;
COPY (SELECT * FROM things WHERE p = 'copied' ORDER BY r) TO STDOUT WITH (FORMAT csv, HEADER);
\copy (SELECT * FROM things) TO 'results/things.bin' WITH (FORMAT binary)
SELECT make_table('again');
\copy again FROM 'results/things.bin' WITH (FORMAT binary)
SELECT count(*) FROM things JOIN again USING (p, r, item);
SELECT count(*) FROM things;

----------------------------------------------------------------------
-- A contradiction and a broken limit, on every way in
----------------------------------------------------------------------
INSERT INTO things VALUES ('bad', 1, '{"p":{"S":"good"}}');
INSERT INTO things VALUES ('bad', 1, '{"r":{"N":"2"}}');
INSERT INTO things VALUES ('1', 1, '{"p":{"N":"1"}}');
INSERT INTO things VALUES ('bad', 1, '{"r":{"S":"1"}}');
INSERT INTO things VALUES ('bad', 1, '{"p":{"NULL":true}}');
INSERT INTO things VALUES ('', 1, '{}');
INSERT INTO things VALUES (repeat('k', 2049), 1, '{}');
INSERT INTO things VALUES ('bad', 'NaN', '{}');
INSERT INTO things VALUES (NULL, 1, '{}');
INSERT INTO things VALUES ('bad', NULL, '{}');
INSERT INTO things VALUES ('bad', 1, NULL);
INSERT INTO things VALUES ('bad', 1, '{"x":{"S":1}}');
INSERT INTO things SELECT 'bad', i, CASE i WHEN 3 THEN '{"r":{"N":"4"}}' ELSE '{}' END::dynamo.item FROM generate_series(1, 5) i;
INSERT INTO dynamo_data."things.0" SELECT p, r, '{"p":{"S":"liar"}}' FROM (SELECT 'k' || i AS p, 1 AS r FROM generate_series(1, 100) i) k
    WHERE satisfies_hash_partition('things'::regclass, 4, 0, p) LIMIT 1;
COPY things FROM STDIN;
bad	1	{}
bad	2	{"p":{"S":"good"}}
\.
BEGIN;
TRUNCATE dynamo_data."things.0";
COPY dynamo_data."things.0" FROM STDIN WITH (FREEZE);
series	1	{"p":{"S":"liar"}}
\.
ROLLBACK;
UPDATE things SET item = '{"p":{"S":"good"}}' WHERE p = 'c';
UPDATE things SET r = r + 1 WHERE p = 'c';
UPDATE things SET p = 'cc' WHERE p = 'c';
UPDATE things SET p = '', item = '{}' WHERE p = 'c';
INSERT INTO things VALUES ('bad', 1, '{"p":{"S":"good"}}') ON CONFLICT DO NOTHING;
INSERT INTO things VALUES ('c', -1.5, '{}') ON CONFLICT (p, r) DO UPDATE SET item = '{"p":{"S":"good"}}';
MERGE INTO things USING (VALUES ('c')) s(k) ON p = k WHEN MATCHED THEN UPDATE SET item = '{"p":{"S":"good"}}';
MERGE INTO things USING (VALUES ('bad')) s(k) ON p = k WHEN NOT MATCHED THEN INSERT VALUES ('bad', 1, '{"p":{"S":"good"}}');
SELECT * FROM things WHERE p IN ('bad', 'c', 'cc', '', 'good') ORDER BY p;
-- A rewrite of the column is a way in as well.
SELECT try('ALTER TABLE again ALTER COLUMN item TYPE dynamo.item USING ''{"p":{"S":"liar"}}''::dynamo.item') <> 'no error' AS refused;
SELECT try('ALTER TABLE again ALTER COLUMN r TYPE numeric USING r + 1') <> 'no error' AS refused;
SELECT count(*) FROM again WHERE item ->> 'p' IS DISTINCT FROM p OR (item ->> 'r')::numeric IS DISTINCT FROM r;
DROP TABLE again;

----------------------------------------------------------------------
-- Transactions
----------------------------------------------------------------------
BEGIN;
INSERT INTO things VALUES ('tx', 1, '{}');
SAVEPOINT s;
INSERT INTO things VALUES ('tx', 2, '{}');
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"tx"},"r":{"N":"3"}}}');
INSERT INTO things VALUES ('tx', 1, '{}');
ROLLBACK TO s;
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"tx"},"r":{"N":"4"}}}');
SELECT dynamo.delete_item('{"TableName":"things","Key":{"p":{"S":"tx"},"r":{"N":"1"}}}');
SELECT p, r FROM things WHERE p = 'tx' ORDER BY r;
COMMIT;
SELECT p, r FROM things WHERE p = 'tx' ORDER BY r;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*), count_by_api('things') FROM things;
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"tx"},"r":{"N":"5"}}}');
SELECT count(*), count_by_api('things') FROM things;
ROLLBACK;
BEGIN READ ONLY;
SELECT dynamo.get_item('{"TableName":"things","Key":{"p":{"S":"tx"},"r":{"N":"4"}}}');
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"tx"},"r":{"N":"5"}}}');
ROLLBACK;
BEGIN;
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"prepared"},"r":{"N":"5"}}}');
ROLLBACK;

----------------------------------------------------------------------
-- Scans, maintenance, DDL
----------------------------------------------------------------------
INSERT INTO things SELECT 'many' || i, i, dynamo.from_json(jsonb_build_object('i', i, 'pad', repeat(md5(i::text), 100))) FROM generate_series(1, 2000) i;
ANALYZE things;
SELECT count(*) BETWEEN 1 AND 2105 AS sampled FROM things TABLESAMPLE bernoulli (50);
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 2; SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(*), sum(dynamo.item_size(item)) FROM things;
SELECT count(*), sum(dynamo.item_size(item)) FROM things;
ROLLBACK;
SELECT count(*), sum(dynamo.item_size(item)) FROM things;
CREATE INDEX things_x ON things ((item ->> 'x'));
CREATE INDEX things_i ON things (((item ->> 'i')::int)) WHERE item ? 'i';
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT p FROM things WHERE item ->> 'x' = 'merged';
SELECT p, r FROM things WHERE item ->> 'x' = 'merged';
SELECT count(*) FROM things WHERE (item ->> 'i')::int BETWEEN 50 AND 60 AND item ? 'i';
-- The API keeps the indexes, too.
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"a"},"r":{"N":"1"},"x":{"S":"put"}}}');
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"fresh"},"r":{"N":"1"},"x":{"S":"put"}}}');
SELECT p, r FROM things WHERE item ->> 'x' IN ('merged', 'put') ORDER BY p;
-- An index may use a key that the item left out.
CREATE INDEX things_p ON things ((item ->> 'p'));
INSERT INTO things VALUES ('filled', 1, '{}');
SELECT p FROM things WHERE item ->> 'p' = 'filled';
RESET enable_seqscan;
CREATE INDEX CONCURRENTLY things_leaf ON dynamo_data."things.0" ((item ->> 'x'));
REINDEX TABLE things;
REINDEX TABLE CONCURRENTLY things;
VACUUM things;
VACUUM (FULL, ANALYZE) things;
CLUSTER dynamo_data."things.0" USING "things.0_pkey";
SELECT count(*), sum(dynamo.item_size(item)), count_by_api('things') FROM things;
SELECT dynamo.get_item('{"TableName":"things","Key":{"p":{"S":"filled"},"r":{"N":"1"}}}');
DROP INDEX things_x, things_i, things_p;

-- Anything else USING dynamo is plain heap.
CREATE MATERIALIZED VIEW summary USING dynamo AS SELECT p, count(*) AS n FROM things WHERE p IN ('a', 'series') GROUP BY p;
REFRESH MATERIALIZED VIEW summary;
CREATE UNIQUE INDEX ON summary (p);
REFRESH MATERIALIZED VIEW CONCURRENTLY summary;
SELECT * FROM summary ORDER BY p;
CREATE TABLE plain USING dynamo AS SELECT 'p' AS p, '{"p":{"S":"something else"}}'::dynamo.item AS item;
SELECT * FROM plain;
DROP MATERIALIZED VIEW summary;
DROP TABLE plain;
-- TRUNCATE.
SELECT make_table('short');
INSERT INTO short VALUES ('a', 1, '{}'), ('b', 1, '{}');
TRUNCATE short;
SELECT count(*), count_by_api('short') FROM short;

-- Whatever has a say besides, the operations serve the table (executor_store has
-- the rest); but not with rules.
CREATE FUNCTION serve() RETURNS text LANGUAGE sql AS
    $$ SELECT try('SELECT dynamo.put_item(''{"TableName":"short","Item":{"p":{"S":"a"},"r":{"N":"1"}}}'')') $$;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
SELECT serve();
CREATE TRIGGER t BEFORE INSERT ON short FOR EACH ROW EXECUTE FUNCTION nothing();
SELECT serve() AS row_trigger;
DROP TRIGGER t ON short;
CREATE TRIGGER t AFTER INSERT ON short EXECUTE FUNCTION nothing();
SELECT serve() AS statement_trigger;
DROP TRIGGER t ON short;
CREATE TRIGGER t BEFORE INSERT ON dynamo_data."short.1" FOR EACH ROW EXECUTE FUNCTION nothing();
SELECT serve() AS leaf_trigger;
DROP TRIGGER t ON dynamo_data."short.1";
SELECT serve();
ALTER TABLE short ADD CONSTRAINT positive CHECK (r > 0);
SELECT serve() AS check_constraint;
ALTER TABLE short DROP CONSTRAINT positive;
ALTER TABLE dynamo_data."short.2" ADD CONSTRAINT positive CHECK (r > 0);
SELECT serve() AS leaf_check_constraint;
ALTER TABLE dynamo_data."short.2" DROP CONSTRAINT positive;
CREATE RULE r AS ON INSERT TO short DO ALSO NOTIFY short;
SELECT serve() AS rule;
DROP RULE r ON short;
ALTER TABLE short ADD COLUMN more int DEFAULT 5;
SELECT serve() AS column;
INSERT INTO short (p, r, item) VALUES ('more', 1, '{}') RETURNING *;
ALTER TABLE short DROP COLUMN more;
SELECT serve() AS dropped_column;
ALTER TABLE short ADD COLUMN x text GENERATED ALWAYS AS (item ->> 'x') STORED;
SELECT serve() AS generated_column;
INSERT INTO short (p, r, item) VALUES ('gen', 1, '{"x":{"S":"made"}}') RETURNING *;
ALTER TABLE short DROP COLUMN x;
DELETE FROM short WHERE p <> 'a';
ALTER TABLE short ADD FOREIGN KEY (p) REFERENCES people (name);
SELECT serve() AS foreign_key;
ALTER TABLE short DROP CONSTRAINT short_p_fkey;
CREATE TABLE refers (p text COLLATE "C", r numeric, FOREIGN KEY (p, r) REFERENCES short ON DELETE CASCADE);
SELECT serve() AS referred_to;
DROP TABLE refers;
ALTER TABLE dynamo_data."short.3" SET ACCESS METHOD heap;
SELECT serve() AS heap_leaf;
ALTER TABLE dynamo_data."short.3" SET ACCESS METHOD dynamo;
SELECT serve();
-- A foreign partition cannot be, as long as there is a primary key.
ALTER TABLE short DETACH PARTITION dynamo_data."short.3";
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE short_foreign PARTITION OF short FOR VALUES WITH (MODULUS 4, REMAINDER 3) SERVER nowhere;
ALTER TABLE short ATTACH PARTITION dynamo_data."short.3" FOR VALUES WITH (MODULUS 4, REMAINDER 3);
SELECT serve();
-- Row security concerns a role it holds for.
CREATE ROLE regress_dynamo_reader;
GRANT SELECT, INSERT, UPDATE ON short TO regress_dynamo_reader;
ALTER TABLE short ENABLE ROW LEVEL SECURITY;
SELECT serve() AS owner;
SET ROLE regress_dynamo_reader;
SELECT dynamo.get_item('{"TableName":"short","Key":{"p":{"S":"a"},"r":{"N":"1"}}}');
SELECT * FROM short;
RESET ROLE;
ALTER TABLE short FORCE ROW LEVEL SECURITY;
ALTER TABLE short DISABLE ROW LEVEL SECURITY;
SET ROLE regress_dynamo_reader;
SELECT dynamo.get_item('{"TableName":"short","Key":{"p":{"S":"a"},"r":{"N":"1"}}}');

----------------------------------------------------------------------
-- Privileges decide at both doors
----------------------------------------------------------------------
SELECT dynamo.delete_item('{"TableName":"short","Key":{"p":{"S":"a"},"r":{"N":"1"}}}');
DELETE FROM short;
SELECT dynamo.batch_write_item('{"RequestItems":{"short":[{"DeleteRequest":{"Key":{"p":{"S":"a"},"r":{"N":"1"}}}}]}}');
SELECT dynamo.delete_table('{"TableName":"short"}');
DROP TABLE short;
SELECT dynamo.put_item('{"TableName":"short","Item":{"p":{"S":"granted"},"r":{"N":"1"}}}');
SELECT dynamo.get_item('{"TableName":"things","Key":{"p":{"S":"a"},"r":{"N":"1"}}}');
SELECT dynamo.scan('{"TableName":"things"}');
SELECT dynamo.query('{"TableName":"things","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"a"}}}');
SELECT dynamo.batch_get_item('{"RequestItems":{"things":{"Keys":[{"p":{"S":"a"},"r":{"N":"1"}}]}}}');
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"a"},"r":{"N":"1"}}}');
INSERT INTO dynamo.tables SELECT * FROM dynamo.tables;
DELETE FROM dynamo.tables;
SELECT try('SELECT make_table(''not_allowed'')');
RESET ROLE;
REVOKE SELECT ON short FROM regress_dynamo_reader;
SET ROLE regress_dynamo_reader;
SELECT dynamo.get_item('{"TableName":"short","Key":{"p":{"S":"granted"},"r":{"N":"1"}}}');
SELECT dynamo.put_item('{"TableName":"short","Item":{"p":{"S":"granted"},"r":{"N":"1"}},"ReturnValues":"ALL_OLD"}');
SELECT dynamo.put_item('{"TableName":"short","Item":{"p":{"S":"granted"},"r":{"N":"1"}}}');
RESET ROLE;
REVOKE UPDATE ON short FROM regress_dynamo_reader;
SET ROLE regress_dynamo_reader;
SELECT dynamo.put_item('{"TableName":"short","Item":{"p":{"S":"granted"},"r":{"N":"2"}}}');
RESET ROLE;
REVOKE ALL ON short FROM regress_dynamo_reader;
-- Who may create in the schema owns what he makes, and does all to it.
CREATE ROLE regress_dynamo_owner;
GRANT CREATE ON SCHEMA public TO regress_dynamo_owner;
SET ROLE regress_dynamo_owner;
SELECT make_table('owned');
INSERT INTO owned VALUES ('a', 1, '{"x":{"S":"y"}}');
CREATE INDEX ON owned ((item ->> 'x'));
ALTER TABLE owned ADD COLUMN extra int;
ALTER TABLE owned DROP COLUMN extra;
ANALYZE owned;
VACUUM FULL owned;
REINDEX TABLE owned;
TRUNCATE owned;
SELECT dynamo.put_item('{"TableName":"owned","Item":{"p":{"S":"a"},"r":{"N":"2"}}}');
SELECT c.relname, c.relowner::regrole FROM pg_partition_tree('owned') t JOIN pg_class c ON c.oid = t.relid ORDER BY 1;
SELECT dynamo.delete_table('{"TableName":"owned"}') IS NOT NULL AS deleted;
SELECT make_table('owned');
DROP TABLE owned;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM regress_dynamo_owner;
DROP OWNED BY regress_dynamo_owner;
DROP ROLE regress_dynamo_reader, regress_dynamo_owner;

----------------------------------------------------------------------
-- The catalog follows: RENAME, SET SCHEMA, DROP
----------------------------------------------------------------------
ALTER TABLE short RENAME TO renamed;
ALTER TABLE renamed RENAME COLUMN p TO q;
SELECT dynamo.put_item('{"TableName":"short","Item":{"p":{"S":"after"},"r":{"N":"1"}}}');
SELECT * FROM renamed WHERE q = 'after';
INSERT INTO renamed (q, r, item) VALUES ('column', 1, '{}') RETURNING *;
INSERT INTO renamed (q, r, item) VALUES ('column', 2, '{"p":{"S":"other"}}');
CREATE SCHEMA elsewhere;
ALTER TABLE renamed SET SCHEMA elsewhere;
SELECT dynamo.get_item('{"TableName":"short","Key":{"p":{"S":"after"},"r":{"N":"1"}}}');
SELECT table_name, relation FROM dynamo.tables ORDER BY 1;
SELECT make_table('short');
DROP SCHEMA elsewhere CASCADE;
SELECT dynamo.get_item('{"TableName":"short","Key":{"p":{"S":"after"},"r":{"N":"1"}}}');
SELECT table_name, relation FROM dynamo.tables ORDER BY 1;
BEGIN;
DROP TABLE things;
SELECT dynamo.scan('{"TableName":"things"}');
ROLLBACK;
SELECT count(*), count_by_api('things') FROM things;
SELECT dynamo.delete_table('{"TableName":"things"}') IS NOT NULL AS deleted;
SELECT * FROM things;
SELECT make_table('things', 1);
SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"again"},"r":{"N":"1"}}}');
SELECT * FROM things;
DROP TABLE things;
SELECT count(*) FROM dynamo.tables;
SELECT relname FROM pg_class WHERE relnamespace = 'dynamo_data'::regnamespace;

----------------------------------------------------------------------
-- What would make the relation another than the API thinks
----------------------------------------------------------------------
-- The item's column has its type: a text is not read as an item.
SELECT make_table('odd', 1);
INSERT INTO odd VALUES ('a', 1, '{}');
BEGIN;
TRUNCATE odd;
ALTER TABLE odd ALTER COLUMN item TYPE text;
SELECT state_of('SELECT dynamo.scan(''{"TableName":"odd"}'')'), state_of('INSERT INTO odd VALUES (''b'', 1, ''text'')');
ROLLBACK;
-- The primary key has its columns in the order of the key schema.
BEGIN;
ALTER TABLE odd DROP CONSTRAINT odd_pkey;
ALTER TABLE odd ADD PRIMARY KEY (r, p);
SELECT state_of('SELECT dynamo.put_item(''{"TableName":"odd","Item":{"p":{"S":"b"},"r":{"N":"1"}}}'')'), state_of('INSERT INTO odd VALUES (''b'', 1, ''{}'')');
ROLLBACK;
BEGIN;
ALTER TABLE odd RENAME COLUMN item TO thing;
SELECT state_of('SELECT dynamo.scan(''{"TableName":"odd"}'')'), state_of('INSERT INTO odd VALUES (''b'', 1, ''{}'')');
ROLLBACK;
BEGIN;
DROP TABLE dynamo_data."odd.0";
SELECT state_of('SELECT dynamo.get_item(''{"TableName":"odd","Key":{"p":{"S":"a"},"r":{"N":"1"}}}'')'),
    state_of('SELECT dynamo.scan(''{"TableName":"odd","ExclusiveStartKey":{"p":{"S":"a"},"r":{"N":"1"}}}'')');
ROLLBACK;
SELECT dynamo.scan('{"TableName":"odd"}');
DROP TABLE odd;

DROP FOREIGN DATA WRAPPER nowhere CASCADE;
DROP TABLE people;
DROP FUNCTION serve, nothing, state_of, try, count_by_api, make_table;
