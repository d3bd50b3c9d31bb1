-- Access keys: who may manage them, who sees what of them.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
\set VERBOSITY terse
CREATE ROLE regress_dynamo_app;
CREATE ROLE "regress dynamo Admin";
CREATE ROLE regress_dynamo_reader;
GRANT pg_read_all_data TO regress_dynamo_reader;

-- What a new key looks like.
SELECT access_key_id AS id, secret_access_key AS secret FROM dynamo.create_access_key('regress_dynamo_app') \gset
SELECT :'id' ~ '^AKIA[A-Z2-7]{16}$' AS id, :'secret' ~ '^[A-Za-z0-9+/]{40}$' AS secret;
SELECT count(DISTINCT access_key_id), count(DISTINCT secret_access_key)
FROM generate_series(1, 20) AS i, dynamo.create_access_key(CASE WHEN i > 0 THEN 'regress_dynamo_app'::regrole END);
DELETE FROM dynamo.access_keys WHERE access_key_id <> :'id';

-- Existing ones can be taken over, whole.
SELECT * FROM dynamo.create_access_key('"regress dynamo Admin"', 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', 'only-an-id');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', secret_access_key => 'only-a-secret');
SELECT * FROM dynamo.create_access_key(NULL);
SELECT * FROM dynamo.create_access_key('regress_dynamo_nobody');
SELECT * FROM dynamo.create_access_key(0);
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', '', 'long-enough');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', 'a/b', 'long-enough');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', repeat('a', 129), 'long-enough');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', 'id', 'short');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', 'id', 'with a space');
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', 'id', repeat('a', 129));
SELECT * FROM dynamo.create_access_key('regress_dynamo_app', 'id', 'nön-äscii');

-- The list, without secrets: of the roles one is a member of.
SELECT access_key_id = :'id' AS id, role, created_at <= now() AS created, valid_until, enabled FROM dynamo.access_key_list ORDER BY role::text;
SET ROLE regress_dynamo_app;
SELECT access_key_id = :'id' AS id, role FROM dynamo.access_key_list;
SELECT * FROM dynamo.access_keys;
SELECT dynamo.create_access_key('regress_dynamo_app');
SELECT dynamo.rotate_access_key(:'id');
SELECT dynamo.drop_access_key(:'id');
SELECT dynamo.disable_access_key(:'id');
SELECT dynamo.enable_access_key(:'id');
RESET ROLE;
-- Who may read all data does not see secrets.
SET ROLE regress_dynamo_reader;
SELECT count(*) FROM dynamo.access_keys;
SELECT count(*) FROM dynamo.access_key_list;
RESET ROLE;

-- Who may execute the functions manages the keys of the roles he is a member of.
GRANT EXECUTE ON FUNCTION dynamo.create_access_key, dynamo.rotate_access_key, dynamo.drop_access_key, dynamo.disable_access_key
    TO "regress dynamo Admin";
SET ROLE "regress dynamo Admin";
SELECT count(*) FROM dynamo.create_access_key('"regress dynamo Admin"');
SELECT dynamo.create_access_key('regress_dynamo_app');
SELECT dynamo.rotate_access_key(:'id');
SELECT dynamo.drop_access_key(:'id');
SELECT dynamo.disable_access_key(:'id');
SELECT dynamo.drop_access_key('nobody');
RESET ROLE;
GRANT regress_dynamo_app TO "regress dynamo Admin";
SET ROLE "regress dynamo Admin";
SELECT dynamo.disable_access_key(:'id');
SELECT access_key_id, enabled FROM dynamo.access_key_list WHERE role = 'regress_dynamo_app'::regrole AND NOT enabled AND access_key_id = :'id' \gset
SELECT :'access_key_id' = :'id' AS disabled;
RESET ROLE;
SELECT dynamo.enable_access_key(:'id');

-- Rotated: the old one ends then, or at once.
SELECT access_key_id AS new_id FROM dynamo.rotate_access_key(:'id', '1 hour') \gset
SELECT access_key_id = :'new_id' AS new, role, valid_until - now() < '1 hour' AS ends, enabled FROM dynamo.access_keys
WHERE access_key_id IN (:'id', :'new_id') ORDER BY new;
SELECT count(*) FROM dynamo.rotate_access_key(:'id', '2 hours');
SELECT valid_until - now() < '1 hour' AS ends_not_later FROM dynamo.access_keys WHERE access_key_id = :'id';
SELECT count(*) FROM dynamo.rotate_access_key(:'id');
SELECT count(*) FROM dynamo.access_keys WHERE access_key_id = :'id';
SELECT dynamo.create_access_key('regress_dynamo_app', 'temporary', 'long-enough', '2030-01-01 UTC');
SELECT valid_until AT TIME ZONE 'UTC' FROM dynamo.access_keys WHERE access_key_id = 'temporary';
SELECT dynamo.drop_access_key('temporary');
SELECT dynamo.drop_access_key('temporary');

-- The table itself keeps them sound.
INSERT INTO dynamo.access_keys VALUES ('a b', 'long-enough', 'regress_dynamo_app');
INSERT INTO dynamo.access_keys VALUES ('a', 'short', 'regress_dynamo_app');
SELECT dynamo.access_keys_changed();

-- A role can be dropped all the same; its keys are refused, and can be dropped.
SELECT count(*) FROM dynamo.create_access_key('regress_dynamo_app', 'orphan', 'long-enough');
DELETE FROM dynamo.access_keys WHERE access_key_id <> 'orphan';
DROP OWNED BY regress_dynamo_app, "regress dynamo Admin";
DROP ROLE regress_dynamo_app, "regress dynamo Admin", regress_dynamo_reader;
SELECT dynamo.drop_access_key('orphan');
SELECT count(*) FROM dynamo.access_keys;
