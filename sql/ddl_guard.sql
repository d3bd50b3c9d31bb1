-- Whose the relations behind an item table are, and what can be done to them
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
RESET client_min_messages;
\pset format unaligned
\pset tuples_only on
SET dynamo.partitions = 2;

CREATE ROLE regress_dynamo_alice;
CREATE ROLE regress_dynamo_bob;
CREATE ROLE regress_dynamo_carol;
CREATE SCHEMA regress_dynamo;
GRANT ALL ON SCHEMA regress_dynamo TO regress_dynamo_alice, regress_dynamo_bob;
SET dynamo.schema = regress_dynamo;
SET search_path = regress_dynamo;

-- A table with key a and an index "GSI" of g and b.
CREATE FUNCTION make(name text) RETURNS boolean LANGUAGE sql
    AS $$ SELECT dynamo.create_table(json_build_object('TableName', name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', '[{"AttributeName":"a","KeyType":"HASH"}]'::json,
        'AttributeDefinitions', jsonb_build_array('{"AttributeName":"a","AttributeType":"S"}'::jsonb,
            '{"AttributeName":"g","AttributeType":"S"}'::jsonb, '{"AttributeName":"b","AttributeType":"S"}'::jsonb),
        'GlobalSecondaryIndexes', jsonb_build_array(jsonb_build_object('IndexName', 'GSI',
            'KeySchema', jsonb_build_array('{"AttributeName":"g","KeyType":"HASH"}'::jsonb,
                '{"AttributeName":"b","KeyType":"RANGE"}'::jsonb),
            'Projection', '{"ProjectionType":"ALL"}'::jsonb)))) IS NOT NULL $$;
CREATE FUNCTION owners(pattern text) RETURNS TABLE (relation name, owner regrole) LANGUAGE sql
    AS $$ SELECT relname, relowner::regrole FROM pg_class WHERE relname LIKE pattern AND relkind IN ('r', 'p', 't') ORDER BY relname COLLATE "C" $$;

--
-- The schema of leaves and side tables
--
SET ROLE regress_dynamo_alice;
SELECT make('Guarded');
SELECT has_schema_privilege('dynamo_data', 'USAGE'), has_schema_privilege('dynamo_data', 'CREATE');
CREATE TABLE dynamo_data."Yyy.3" (a int);
-- Owners index their tables all the same
CREATE INDEX by_x ON "Guarded" ((item ->> 'x'));
ALTER TABLE "Guarded" ADD CONSTRAINT once UNIQUE (a);
CREATE INDEX ON dynamo_data."Guarded.GSI" (a);
SELECT count(*) FROM pg_index WHERE indrelid::regclass::text LIKE 'dynamo_data."Guarded%';
-- That lets them make nothing else there
CREATE TABLE dynamo_data."Yyy.3" (a int);
CREATE TABLE dynamo_data."Yyy.3" AS SELECT 1;
SELECT 1 AS a INTO dynamo_data."Yyy.3";
CREATE VIEW dynamo_data."Yyy.3" AS SELECT 1;
CREATE SEQUENCE dynamo_data."Yyy.3";
CREATE DOMAIN dynamo_data."Yyy.3" AS text;
CREATE TYPE dynamo_data."Yyy.3" AS (a int);
CREATE FUNCTION dynamo_data.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE STATISTICS dynamo_data.s ON (a || 'x'), (a || 'y') FROM dynamo_data."Guarded.0";
CREATE TABLE elsewhere (a int);
ALTER TABLE elsewhere SET SCHEMA dynamo_data;
DROP TABLE elsewhere;
-- Names that are taken are not needed
CREATE INDEX "Named.0" ON dynamo_data."Guarded.0" (a);
CREATE INDEX "Named.GSI.1" ON dynamo_data."Guarded.0" (a);
SELECT make('Named');
SELECT relation ~ '^Named(\.GSI)?_[0-9a-f]{8}(\.\d)?$' AS hashed, count(*) FROM owners('Named%') GROUP BY 1 ORDER BY 1;
SELECT dynamo.put_item('{"TableName":"Named","Item":{"a":{"S":"1"},"g":{"S":"g"},"b":{"S":"b"}}}');
SELECT dynamo.check_table('Named');
-- Also not those of the leaves and side tables of others
SELECT make('Col.GSI');
SELECT make('Col');
SELECT dynamo.put_item('{"TableName":"Col","Item":{"a":{"S":"1"},"g":{"S":"g"},"b":{"S":"b"}}}');
SELECT dynamo.query('{"TableName":"Col","IndexName":"GSI","KeyConditionExpression":"g=:g","ExpressionAttributeValues":{":g":{"S":"g"}}}')->>'Count';
SELECT dynamo.scan('{"TableName":"Col.GSI"}')->>'Count';
CREATE DOMAIN "Squatted" AS text;
CREATE TABLE "Squatted_0439ee5d" (a int);
SELECT make('Squatted');
SELECT count(*) FROM pg_class WHERE relname LIKE 'Squatted%' AND relkind = 'p';

--
-- Side tables
--
ALTER TABLE dynamo_data."Guarded.GSI" DROP COLUMN b;
ALTER TABLE dynamo_data."Guarded.GSI" DROP COLUMN b, ADD COLUMN b numeric;
ALTER TABLE dynamo_data."Guarded.GSI" ADD COLUMN c text;
ALTER TABLE dynamo_data."Guarded.GSI" ALTER COLUMN b TYPE text COLLATE "POSIX";
ALTER TABLE dynamo_data."Guarded.GSI" ALTER COLUMN b DROP NOT NULL;
ALTER TABLE dynamo_data."Guarded.GSI" ALTER COLUMN b SET DEFAULT 'x';
ALTER TABLE dynamo_data."Guarded.GSI" RENAME COLUMN b TO c;
ALTER TABLE dynamo_data."Guarded.GSI" ADD CONSTRAINT positive CHECK (b > '');
ALTER TABLE dynamo_data."Guarded.GSI" DROP CONSTRAINT "Guarded.GSI_pkey";
ALTER TABLE dynamo_data."Guarded.GSI" DETACH PARTITION dynamo_data."Guarded.GSI.0";
ALTER TABLE dynamo_data."Guarded.GSI.0" ADD CONSTRAINT positive CHECK (b > '');
ALTER TABLE dynamo_data."Guarded.GSI.0" SET ACCESS METHOD dynamo;
-- Nor by a superuser; what the entries do not depend on, by their owner
RESET ROLE;
ALTER TABLE dynamo_data."Guarded.GSI" DROP COLUMN b;
ALTER TABLE dynamo_data."Guarded.GSI" OWNER TO regress_dynamo_bob;
SET ROLE regress_dynamo_alice;
ALTER TABLE dynamo_data."Guarded.GSI.0" SET (fillfactor = 80), ALTER COLUMN item SET STATISTICS 10;
-- The columns of leaves are their root's
ALTER TABLE dynamo_data."Guarded.0" DROP COLUMN item;

-- Where the guard was away, the table is not written to
RESET ROLE;
ALTER EVENT TRIGGER dynamo_guard_ddl DISABLE;
SET ROLE regress_dynamo_alice;
ALTER TABLE dynamo_data."Guarded.GSI" DROP COLUMN b;
ALTER TABLE dynamo_data."Guarded.GSI" ADD COLUMN b numeric, ADD PRIMARY KEY (g, b, a);
SELECT dynamo.put_item('{"TableName":"Guarded","Item":{"a":{"S":"1"},"g":{"S":"g"},"b":{"S":"raw"}}}');
INSERT INTO "Guarded" VALUES ('1', '{"g":{"S":"g"},"b":{"S":"raw"}}');
COPY "Guarded" FROM stdin;
1	{"g":{"S":"g"},"b":{"S":"raw"}}
\.
SELECT dynamo.query('{"TableName":"Guarded","IndexName":"GSI","KeyConditionExpression":"g=:g","ExpressionAttributeValues":{":g":{"S":"g"}}}');
ALTER TABLE dynamo_data."Guarded.GSI" DROP COLUMN b;
ALTER TABLE dynamo_data."Guarded.GSI" ADD COLUMN b text COLLATE "POSIX", ADD PRIMARY KEY (g, b, a);
INSERT INTO "Guarded" VALUES ('1', '{"g":{"S":"g"},"b":{"S":"raw"}}');
RESET ROLE;
ALTER EVENT TRIGGER dynamo_guard_ddl ENABLE ALWAYS;
SET ROLE regress_dynamo_alice;
SELECT dynamo.delete_table('{"TableName":"Guarded"}') IS NOT NULL;
-- A key column of an empty table gets another type
SELECT dynamo.create_table('{"TableName":"Empty","BillingMode":"PAY_PER_REQUEST",
    "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
    "AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
    "GlobalSecondaryIndexes":[{"IndexName":"GSI","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]}') IS NOT NULL;
ALTER TABLE "Empty" ALTER COLUMN b TYPE numeric USING 1;
INSERT INTO "Empty" VALUES ('1', 1, '{"g":{"S":"g"}}');
SELECT dynamo.put_item('{"TableName":"Empty","Item":{"a":{"S":"1"},"g":{"S":"g"},"b":{"N":"1"}}}');
DROP TABLE "Empty";

--
-- A new owner gets all of it
--
SELECT make('Given');
RESET ROLE;
ALTER TABLE "Given" OWNER TO regress_dynamo_bob;
SELECT DISTINCT owner FROM owners('Given%');
GRANT regress_dynamo_carol TO regress_dynamo_bob;
GRANT ALL ON SCHEMA regress_dynamo TO regress_dynamo_carol;
SET ROLE regress_dynamo_bob;
ALTER TABLE "Given" OWNER TO regress_dynamo_carol;
SELECT DISTINCT owner FROM owners('Given%');
SET ROLE regress_dynamo_alice;
TABLE dynamo_data."Given.0";
SET ROLE regress_dynamo_carol;
SELECT dynamo.put_item('{"TableName":"Given","Item":{"a":{"S":"1"},"g":{"S":"g"},"b":{"S":"b"}}}');
CREATE INDEX ON "Given" ((item ->> 'x'));
SELECT dynamo.update_table('{"TableName":"Given","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"GSI"}}]}') IS NOT NULL;
RESET ROLE;
REASSIGN OWNED BY regress_dynamo_carol TO regress_dynamo_alice;
SELECT DISTINCT owner FROM owners('Given%');

--
-- TRUNCATE by another role: the side table's triggers are its owner's code
--
SET ROLE regress_dynamo_alice;
SELECT make('Emptied');
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE INFO '%: %, %', TG_TABLE_NAME, current_user, current_setting('search_path'); SET ROLE NONE; RETURN NULL; END $$;
INSERT INTO "Emptied" VALUES ('1', '{"g":{"S":"g"},"b":{"S":"b"}}');
CREATE TRIGGER tell BEFORE TRUNCATE ON dynamo_data."Emptied.GSI" EXECUTE FUNCTION tell();
GRANT TRUNCATE ON "Emptied" TO regress_dynamo_bob;
SET ROLE regress_dynamo_bob;
TRUNCATE "Emptied";
SELECT current_user, current_setting('search_path');
SET ROLE regress_dynamo_alice;
DROP TRIGGER tell ON dynamo_data."Emptied.GSI";
SET ROLE regress_dynamo_bob;
TRUNCATE "Emptied";
RESET ROLE;
SELECT count(*) FROM dynamo_data."Emptied.GSI";

SET client_min_messages = warning;
RESET search_path;
RESET dynamo.schema;
DROP SCHEMA regress_dynamo CASCADE;
REVOKE ALL ON SCHEMA dynamo_data FROM regress_dynamo_alice, regress_dynamo_carol;
DROP ROLE regress_dynamo_alice, regress_dynamo_bob, regress_dynamo_carol;
