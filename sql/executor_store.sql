-- Tables on which others have a say: triggers, constraints, more columns, row
-- security. All of them are heeded by every operation.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
CREATE SCHEMA executor_store;
SET search_path = executor_store, public;
SET dynamo.schema = executor_store;
SET dynamo.partitions = 4;

-- The reply of an operation, or its error.
CREATE FUNCTION call(operation text, request text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dynamo.call(operation, request::json);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION make_table(name text, more jsonb DEFAULT '{}') RETURNS boolean LANGUAGE sql AS $$
    SELECT dynamo.create_table((jsonb_build_object('TableName', name, 'BillingMode', 'PAY_PER_REQUEST',
        'KeySchema', '[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}]'::jsonb,
        'AttributeDefinitions', '[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]'::jsonb) || more)::json) IS NOT NULL
$$;
CREATE FUNCTION put(name text, p text, r numeric, x text DEFAULT NULL, more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT call('PutItem', (jsonb_build_object('TableName', name, 'Item', jsonb_strip_nulls(jsonb_build_object('p', jsonb_build_object('S', p),
        'r', jsonb_build_object('N', r::text), 'x', CASE WHEN x IS NOT NULL THEN jsonb_build_object('S', x) END))) || more)::text)
$$;
CREATE FUNCTION keyed(operation text, name text, p text, r numeric, more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT call(operation, (jsonb_build_object('TableName', name, 'Key', jsonb_build_object('p', jsonb_build_object('S', p),
        'r', jsonb_build_object('N', r::text))) || more)::text)
$$;
CREATE FUNCTION old() RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"ReturnValues":"ALL_OLD"}'::jsonb $$;
CREATE FUNCTION set_x(x text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('UpdateExpression', 'SET x = :x', 'ExpressionAttributeValues', jsonb_build_object(':x', jsonb_build_object('S', x)), 'ReturnValues', 'ALL_NEW')
$$;

----------------------------------------------------------------------
-- CHECK constraints, generated columns, columns with defaults
----------------------------------------------------------------------
SELECT make_table('columns');
ALTER TABLE columns ADD CONSTRAINT positive CHECK (r > 0),
    ADD COLUMN x text GENERATED ALWAYS AS (item ->> 'x') STORED,
    ADD COLUMN n int DEFAULT 5 NOT NULL,
    ADD COLUMN dropped int;
ALTER TABLE columns DROP COLUMN dropped;
SELECT put('columns', 'a', 1, 'one');
SELECT put('columns', 'a', 1, 'two', old());
SELECT put('columns', 'a', -1, 'no');
SELECT keyed('UpdateItem', 'columns', 'a', 1, set_x('three'));
SELECT keyed('UpdateItem', 'columns', 'a', 2, set_x('new'));
SELECT keyed('UpdateItem', 'columns', 'a', -2, set_x('no'));
-- what else is in the row stays
UPDATE columns SET n = 6 WHERE r = 1;
SELECT put('columns', 'a', 1, 'four');
SELECT * FROM columns ORDER BY r;
SELECT keyed('GetItem', 'columns', 'a', 1);
-- conditions
SELECT put('columns', 'a', 1, 'no', '{"ConditionExpression":"attribute_not_exists(p)"}');
SELECT put('columns', 'a', 3, 'three', '{"ConditionExpression":"attribute_not_exists(p)"}');
SELECT put('columns', 'a', 4, 'no', '{"ConditionExpression":"attribute_exists(p)"}');
SELECT keyed('DeleteItem', 'columns', 'a', 3, '{"ConditionExpression":"x = :x","ExpressionAttributeValues":{":x":{"S":"other"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}');
SELECT keyed('DeleteItem', 'columns', 'a', 3, old() || '{"ReturnConsumedCapacity":"TOTAL"}');
SELECT keyed('DeleteItem', 'columns', 'a', 3, old());
-- batches are all or nothing
SELECT call('BatchWriteItem', '{"RequestItems":{"columns":[{"PutRequest":{"Item":{"p":{"S":"b"},"r":{"N":"1"}}}},{"PutRequest":{"Item":{"p":{"S":"b"},"r":{"N":"-1"}}}}]}}');
SELECT call('BatchWriteItem', '{"RequestItems":{"columns":[{"PutRequest":{"Item":{"p":{"S":"b"},"r":{"N":"1"}}}},{"DeleteRequest":{"Key":{"p":{"S":"a"},"r":{"N":"2"}}}}]}}');
SELECT call('BatchGetItem', '{"RequestItems":{"columns":{"Keys":[{"p":{"S":"b"},"r":{"N":"1"}},{"p":{"S":"a"},"r":{"N":"2"}}]}}}');
-- in a transaction a constraint is the reason of its action
CREATE FUNCTION reasons(actions text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN dynamo.transact_write_items(json_build_object('TransactItems', actions::json));
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ' ' || SQLERRM || ' ' || CASE WHEN SQLSTATE = 'DY010' THEN detail ELSE '' END;
END
$$;
SELECT reasons('[{"Put":{"TableName":"columns","Item":{"p":{"S":"t"},"r":{"N":"1"}}}},{"Put":{"TableName":"columns","Item":{"p":{"S":"t"},"r":{"N":"-1"}}}}]');
SELECT reasons('[{"Put":{"TableName":"columns","Item":{"p":{"S":"t"},"r":{"N":"1"}}}},{"ConditionCheck":{"TableName":"columns","Key":{"p":{"S":"t"},"r":{"N":"2"}},"ConditionExpression":"attribute_exists(p)"}}]');
SELECT reasons('[{"Put":{"TableName":"columns","Item":{"p":{"S":"t"},"r":{"N":"1"}}}},{"ConditionCheck":{"TableName":"columns","Key":{"p":{"S":"a"},"r":{"N":"1"}},"ConditionExpression":"attribute_exists(p)"}},
    {"Update":{"TableName":"columns","Key":{"p":{"S":"t"},"r":{"N":"3"}},"UpdateExpression":"SET x = p"}},{"Delete":{"TableName":"columns","Key":{"p":{"S":"b"},"r":{"N":"1"}}}}]');
SELECT p, r, x, n FROM columns ORDER BY p, r;
SELECT call('TransactGetItems', '{"TransactItems":[{"Get":{"TableName":"columns","Key":{"p":{"S":"t"},"r":{"N":"3"}}}},{"Get":{"TableName":"columns","Key":{"p":{"S":"b"},"r":{"N":"1"}}}}]}');
-- a unique index of somebody's own; NOT NULL
CREATE UNIQUE INDEX ON dynamo_data."columns.0" (x);
CREATE UNIQUE INDEX ON dynamo_data."columns.1" (x);
CREATE UNIQUE INDEX ON dynamo_data."columns.2" (x);
CREATE UNIQUE INDEX ON dynamo_data."columns.3" (x);
SELECT regexp_replace(put('columns', 'a', 9, 'four'), 'columns.[0-9]', 'columns.N');
SELECT regexp_replace(keyed('UpdateItem', 'columns', 'a', 9, set_x('four')), 'columns.[0-9]', 'columns.N');
ALTER TABLE columns ALTER n DROP DEFAULT;
SELECT regexp_replace(put('columns', 'a', 9, 'nine'), 'columns.[0-9]', 'columns.N');

----------------------------------------------------------------------
-- Triggers
----------------------------------------------------------------------
SELECT make_table('triggered');
CREATE TABLE log (id serial, what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO log (what) VALUES (concat_ws(' ', TG_WHEN, TG_OP, TG_LEVEL, CASE WHEN TG_LEVEL = 'ROW' THEN coalesce(NEW, OLD) END));
    IF TG_LEVEL = 'ROW' AND TG_WHEN = 'AFTER' AND NEW.item ->> 'x' = 'refused after' THEN
        RAISE 'no such x: %', NEW.item ->> 'x';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    x text := coalesce(NEW.item ->> 'x', '');
BEGIN
    IF x = 'refused' THEN
        RAISE 'x is refused';
    ELSIF x = 'suppressed' OR (TG_OP = 'DELETE' AND OLD.r = 99) THEN
        RETURN NULL;
    ELSIF x = 'changed' THEN
        NEW.item := (NEW.item::jsonb || '{"by":{"S":"trigger"}}')::dynamo.item;
    ELSIF x = 'moved' THEN
        NEW.r := NEW.r + 100;
        NEW.item := (NEW.item::jsonb - 'r')::dynamo.item;
    ELSIF x = 'again' THEN
        UPDATE triggered SET item = item WHERE p = NEW.p AND r = NEW.r;
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER judge BEFORE INSERT OR UPDATE OR DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION judge();
CREATE TRIGGER after_row AFTER INSERT OR UPDATE OR DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER after_statement AFTER INSERT OR UPDATE OR DELETE ON triggered EXECUTE FUNCTION note();
SELECT put('triggered', 'a', 1, 'one');
SELECT put('triggered', 'a', 1, 'two', old());
SELECT keyed('UpdateItem', 'triggered', 'a', 1, set_x('three'));
SELECT keyed('DeleteItem', 'triggered', 'a', 1, old());
SELECT keyed('DeleteItem', 'triggered', 'a', 1, old());
SELECT what FROM log ORDER BY id;
TRUNCATE log;
-- errors undo what was done
SELECT put('triggered', 'a', 1, 'refused');
SELECT put('triggered', 'a', 1, 'refused after');
SELECT reasons('[{"Put":{"TableName":"triggered","Item":{"p":{"S":"t"},"r":{"N":"1"}}}},{"Put":{"TableName":"triggered","Item":{"p":{"S":"t"},"r":{"N":"2"},"x":{"S":"refused after"}}}}]');
SELECT (SELECT count(*) FROM triggered) AS items, (SELECT count(*) FROM log) AS logged;
-- what a trigger made of the item is what was stored
SELECT keyed('UpdateItem', 'triggered', 'a', 2, set_x('changed'));
SELECT keyed('UpdateItem', 'triggered', 'a', 2, set_x('changed'));
SELECT put('triggered', 'a', 3, 'changed');
SELECT keyed('GetItem', 'triggered', 'a', 3);
SELECT put('triggered', 'a', 4, 'moved');
SELECT keyed('GetItem', 'triggered', 'a', 4), keyed('GetItem', 'triggered', 'a', 104);
-- the place it moves to is taken
SELECT regexp_replace(put('triggered', 'a', 4, 'moved'), 'triggered.[0-9]', 'triggered.N');
-- what a trigger would not have is not done
SELECT put('triggered', 'a', 5, 'suppressed');
SELECT put('triggered', 'a', 3, 'suppressed', old());
SELECT put('triggered', 'a', 99, 'stays');
SELECT keyed('DeleteItem', 'triggered', 'a', 99, old());
SELECT put('triggered', 'a', 99, 'again');
SELECT r, item ->> 'x' AS x, item ->> 'by' AS by FROM triggered ORDER BY r;
DROP TRIGGER judge ON triggered;
DROP TRIGGER after_row ON triggered;
DROP TRIGGER after_statement ON triggered;
TRUNCATE log;
-- a trigger of one partition alone, a deferred one
DO $$ BEGIN EXECUTE (SELECT format('CREATE TRIGGER leaf AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION note()', tableoid::regclass) FROM triggered LIMIT 1); END $$;
SELECT put('triggered', 'a', 200);
SELECT what FROM log;
DO $$ BEGIN EXECUTE (SELECT format('DROP TRIGGER leaf ON %s', tableoid::regclass) FROM triggered LIMIT 1); END $$;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON triggered DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
TRUNCATE log;
BEGIN;
SELECT put('triggered', 'a', 201);
SELECT count(*) AS before FROM log;
COMMIT;
SELECT what FROM log;
DROP TRIGGER later ON triggered;
-- foreign keys, from the table and to it
CREATE TABLE people (name text COLLATE "C" PRIMARY KEY);
INSERT INTO people VALUES ('a'), ('b');
ALTER TABLE triggered ADD CONSTRAINT person FOREIGN KEY (p) REFERENCES people;
CREATE TABLE refers (p text COLLATE "C", r numeric, CONSTRAINT referred FOREIGN KEY (p, r) REFERENCES triggered);
SELECT put('triggered', 'b', 1), put('triggered', 'c', 1);
INSERT INTO refers VALUES ('b', 1);
SELECT put('triggered', 'b', 1, 'still');
SELECT regexp_replace(keyed('DeleteItem', 'triggered', 'b', 1), 'triggered.[0-9]', 'triggered.N') LIKE '23503 update or delete on table "triggered%violates foreign key%' AS refused;
DELETE FROM refers;
SELECT keyed('DeleteItem', 'triggered', 'b', 1, old());
DROP TABLE refers;

----------------------------------------------------------------------
-- Row security
----------------------------------------------------------------------
SELECT make_table('shared', '{"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"x","AttributeType":"S"}],
    "GlobalSecondaryIndexes":[{"IndexName":"by_g","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
    "LocalSecondaryIndexes":[{"IndexName":"by_x","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"x","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}');
CREATE ROLE executor_alice;
CREATE ROLE executor_bob;
GRANT USAGE ON SCHEMA executor_store TO executor_alice, executor_bob;
GRANT SELECT, INSERT, UPDATE, DELETE ON shared TO executor_alice, executor_bob;
INSERT INTO shared SELECT p, i, dynamo.from_json(jsonb_build_object('g', 'g', 'x', 'x' || i, 'owner', owner, 'secret', owner || i))
FROM (VALUES ('common', 0), ('common', 1), ('p2', 2), ('p3', 3), ('p4', 4), ('p5', 5)) t(p, i), unnest(ARRAY['executor_alice', 'executor_bob']) WITH ORDINALITY o(owner, n)
WHERE i % 2 = n - 1;
-- everybody sees his own and what is public, and may change his own
ALTER TABLE shared ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shared USING (item ->> 'owner' = current_user);
CREATE POLICY public ON shared FOR SELECT USING (item ->> 'owner' = 'public');
INSERT INTO shared VALUES ('public', 1, '{"owner":{"S":"public"},"g":{"S":"g"},"x":{"S":"x"}}');

CREATE FUNCTION put_own(p text, r numeric, owner text, x text DEFAULT 'x', more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT call('PutItem', (jsonb_build_object('TableName', 'shared', 'Item', jsonb_build_object('p', jsonb_build_object('S', p), 'r', jsonb_build_object('N', r::text),
        'g', '{"S":"g"}'::jsonb, 'x', jsonb_build_object('S', x), 'owner', jsonb_build_object('S', owner))) || more)::text)
$$;
-- All pages of a Query or Scan, one item each: keys and what the pages counted.
CREATE FUNCTION pages(operation text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    reply jsonb;
    result text := '';
BEGIN
    LOOP
        reply := dynamo.call(operation, (request || '{"TableName":"shared","Limit":1}')::json);
        result := result || coalesce((reply #>> '{Items,0,p,S}') || (reply #>> '{Items,0,r,N}'), '-') || '/' || (reply ->> 'ScannedCount') || ' ';
        EXIT WHEN NOT reply ? 'LastEvaluatedKey';
        request := request || jsonb_build_object('ExclusiveStartKey', reply -> 'LastEvaluatedKey');
    END LOOP;
    RETURN result;
END
$$;
CREATE FUNCTION by(key text, value text, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('KeyConditionExpression', key || ' = :v', 'ExpressionAttributeValues', jsonb_build_object(':v', jsonb_build_object('S', value))) || more
$$;

-- the owner is not concerned, as in SQL
SELECT pages('Query', by('p', 'common'));

SET ROLE executor_alice;
SELECT keyed('GetItem', 'shared', 'common', 0), keyed('GetItem', 'shared', 'common', 1), keyed('GetItem', 'shared', 'public', 1);
SELECT call('BatchGetItem', '{"RequestItems":{"shared":{"Keys":[{"p":{"S":"p2"},"r":{"N":"2"}},{"p":{"S":"p3"},"r":{"N":"3"}}]}}}');
SELECT call('TransactGetItems', '{"TransactItems":[{"Get":{"TableName":"shared","Key":{"p":{"S":"p2"},"r":{"N":"2"}}}},{"Get":{"TableName":"shared","Key":{"p":{"S":"p3"},"r":{"N":"3"}}}}]}');
SELECT pages('Query', by('p', 'common'));
SELECT call('Query', (by('p', 'common') || '{"TableName":"shared","ReturnConsumedCapacity":"TOTAL"}')::text);
SELECT pages('Query', by('p', 'common', '{"ScanIndexForward":false}'));
SELECT pages('Query', by('p', 'p3'));
SELECT pages('Scan', '{}');
SELECT string_agg(pages('Scan', jsonb_build_object('TotalSegments', 3, 'Segment', segment)), '| ') ~ 'p4' FROM generate_series(0, 2) segment;
SELECT count(*) FROM generate_series(0, 4) segment, jsonb_array_elements(call('Scan', jsonb_build_object('TableName', 'shared', 'TotalSegments', 5, 'Segment', segment)::text)::jsonb -> 'Items');
-- indexes: entries of hidden items are not there, not even counted
SELECT pages('Query', by('g', 'g', '{"IndexName":"by_g"}'));
SELECT pages('Query', by('g', 'g', '{"IndexName":"by_g","ScanIndexForward":false}'));
SELECT pages('Scan', '{"IndexName":"by_g"}') ~ 'p3|p5|common1' AS leaked;
SELECT call('Query', (by('p', 'common') || '{"TableName":"shared","IndexName":"by_x","Select":"ALL_ATTRIBUTES"}')::text);
SELECT call('Query', (by('p', 'p3') || '{"TableName":"shared","IndexName":"by_x","Select":"COUNT","ReturnConsumedCapacity":"TOTAL"}')::text);
-- one's own
SELECT put_own('mine', 1, 'executor_alice'), put_own('mine', 1, 'executor_alice', 'again', old());
SELECT keyed('UpdateItem', 'shared', 'mine', 1, set_x('third'));
SELECT pages('Query', by('p', 'mine', '{"IndexName":"by_x"}'));
SELECT keyed('DeleteItem', 'shared', 'mine', 1, old());
-- others': as if they were not there, but their place cannot be taken
SELECT put_own('p3', 3, 'executor_alice');
SELECT put_own('p3', 3, 'executor_alice', 'x', '{"ConditionExpression":"attribute_exists(p)"}');
SELECT keyed('UpdateItem', 'shared', 'p3', 3, '{"UpdateExpression":"SET #o = :o","ExpressionAttributeNames":{"#o":"owner"},"ExpressionAttributeValues":{":o":{"S":"executor_alice"}}}');
SELECT keyed('DeleteItem', 'shared', 'p3', 3, old());
SELECT put_own('given', 1, 'executor_bob');
SELECT put_own('p2', 2, 'executor_bob');
-- what can only be seen
SELECT put_own('public', 1, 'executor_alice');
SELECT keyed('DeleteItem', 'shared', 'public', 1);
SELECT reasons('[{"ConditionCheck":{"TableName":"shared","Key":{"p":{"S":"public"},"r":{"N":"1"}},"ConditionExpression":"attribute_exists(p)"}}]');
-- several
SELECT call('BatchWriteItem', '{"RequestItems":{"shared":[{"PutRequest":{"Item":{"p":{"S":"b"},"r":{"N":"1"},"owner":{"S":"executor_alice"}}}},{"PutRequest":{"Item":{"p":{"S":"p3"},"r":{"N":"3"},"owner":{"S":"executor_alice"}}}}]}}');
SELECT reasons('[{"Put":{"TableName":"shared","Item":{"p":{"S":"b"},"r":{"N":"1"},"owner":{"S":"executor_alice"}}}},{"Put":{"TableName":"shared","Item":{"p":{"S":"p3"},"r":{"N":"3"},"owner":{"S":"executor_alice"}}}}]');
SELECT reasons('[{"Put":{"TableName":"shared","Item":{"p":{"S":"b"},"r":{"N":"1"},"owner":{"S":"executor_alice"}}}},{"ConditionCheck":{"TableName":"shared","Key":{"p":{"S":"p3"},"r":{"N":"3"}},"ConditionExpression":"attribute_not_exists(p)"}}]');
-- the plans follow the role
SET ROLE executor_bob;
SELECT keyed('GetItem', 'shared', 'common', 0), keyed('GetItem', 'shared', 'common', 1);
SELECT pages('Scan', '{}');
SELECT pages('Query', by('g', 'g', '{"IndexName":"by_g"}'));
-- and row_security, and the policies
SET row_security = off;
SELECT keyed('GetItem', 'shared', 'common', 1);
RESET row_security;
RESET ROLE;
SELECT p, r, item ->> 'owner' AS owner FROM shared ORDER BY 1, 2;
ALTER TABLE shared FORCE ROW LEVEL SECURITY;
SELECT count(*) FROM dynamo.check_table('shared');
DROP POLICY public ON shared;
SET ROLE executor_bob;
SELECT keyed('GetItem', 'shared', 'public', 1);
RESET ROLE;
ALTER TABLE shared DISABLE ROW LEVEL SECURITY;
SET ROLE executor_bob;
SELECT keyed('GetItem', 'shared', 'public', 1);
RESET ROLE;
ALTER TABLE shared ENABLE ROW LEVEL SECURITY;
-- a policy for each command; a trigger is besides it
DROP POLICY own ON shared;
CREATE POLICY reading ON shared FOR SELECT USING (true);
CREATE POLICY making ON shared FOR INSERT WITH CHECK (r < 10);
CREATE POLICY changing ON shared FOR UPDATE USING (r < 20) WITH CHECK (item ->> 'x' <> 'no');
SET ROLE executor_bob;
SELECT put_own('each', 9, 'b'), put_own('each', 10, 'b'), put_own('each', 9, 'b', 'yes', old());
SELECT put_own('each', 9, 'b', 'no');
SELECT keyed('DeleteItem', 'shared', 'each', 9);
RESET ROLE;
-- a role that may write but not read
REVOKE SELECT ON shared FROM executor_bob;
SET ROLE executor_bob;
SELECT put_own('each', 8, 'b');
RESET ROLE;

----------------------------------------------------------------------
-- Partitions of another access method; what is still refused
----------------------------------------------------------------------
SELECT make_table('mixed');
INSERT INTO mixed SELECT 'p' || i % 10, i, '{}' FROM generate_series(1, 40) i;
ALTER TABLE dynamo_data."mixed.1" SET ACCESS METHOD heap;
SELECT string_agg(put('mixed', 'p' || i % 10, i, 'put'), '') FROM generate_series(31, 50) i;
SELECT count(*), count(*) FILTER (WHERE item ->> 'x' = 'put') AS put, count(DISTINCT tableoid) AS leaves FROM mixed;
SELECT call('Scan', '{"TableName":"mixed","Select":"COUNT"}');
SELECT call('Query', '{"TableName":"mixed","Select":"COUNT","KeyConditionExpression":"p = :p AND r BETWEEN :a AND :b","ExpressionAttributeValues":{":p":{"S":"p3"},":a":{"N":"10"},":b":{"N":"43"}}}');
SELECT sum((call('Scan', jsonb_build_object('TableName', 'mixed', 'Select', 'COUNT', 'TotalSegments', 7, 'Segment', segment)::text)::jsonb ->> 'Count')::int) FROM generate_series(0, 6) segment;
-- one session, one plan: first whom row security does not concern, then whom it does
CREATE POLICY few ON mixed USING (r < 5);
ALTER TABLE mixed ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON mixed TO executor_alice;
SELECT call('Scan', '{"TableName":"mixed","Select":"COUNT"}');
SET ROLE executor_alice;
SELECT call('Scan', '{"TableName":"mixed","Select":"COUNT"}');
SELECT keyed('GetItem', 'mixed', 'p4', 4), keyed('GetItem', 'mixed', 'p5', 5), put('mixed', 'p5', 5), put('mixed', 'p5', 1);
RESET ROLE;
SELECT call('Scan', '{"TableName":"mixed","Select":"COUNT"}');
ALTER TABLE mixed DISABLE ROW LEVEL SECURITY;
SELECT call('UpdateTable', '{"TableName":"mixed","AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by_g","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}');
ALTER TABLE dynamo_data."mixed.1" SET ACCESS METHOD dynamo;
CREATE RULE r AS ON INSERT TO mixed DO ALSO NOTIFY mixed;
SELECT put('mixed', 'p', 1);
DROP RULE r ON mixed;
SELECT put('mixed', 'p', 1);
ALTER TABLE dynamo_data."shared.1" SET ACCESS METHOD heap;
SELECT keyed('GetItem', 'shared', 'p2', 2);

DROP SCHEMA executor_store CASCADE;
DROP ROLE executor_alice, executor_bob;
