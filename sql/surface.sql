-- Every SQL object of the extension: no change of the surface goes unseen.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS dynamo;
\pset null ''
\pset format unaligned
\t on

-- What the extension is made of; row and array types count from PostgreSQL 17 on.
SELECT pg_describe_object(classid, objid, objsubid)
FROM pg_depend JOIN pg_extension e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid
WHERE extname = 'dynamo' AND deptype = 'e'
    AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT oid FROM pg_type WHERE typtype = 'c' OR typcategory = 'A'))
ORDER BY pg_describe_object(classid, objid, objsubid) COLLATE "C";

-- Functions: arguments, result, then volatility, strictness, parallel mark, security, cost, settings, privileges.
SELECT p.oid::regprocedure || ' -> ' || pg_get_function_result(p.oid), l.lanname,
    CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
    CASE WHEN proisstrict THEN 'strict' ELSE 'called on null' END,
    'parallel ' || CASE proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
    CASE WHEN prosecdef THEN 'security definer' END, proconfig,
    CASE WHEN has_function_privilege('public', p.oid, 'EXECUTE') THEN 'public' ELSE 'not public' END
FROM pg_proc p JOIN pg_language l ON l.oid = prolang
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON d.refobjid = e.oid AND extname = 'dynamo'
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Operators.
SELECT o.oid::regoperator, oprcode, oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin,
    CASE WHEN oprcanhash THEN 'hashes' END, CASE WHEN oprcanmerge THEN 'merges' END
FROM pg_operator o JOIN pg_depend d ON d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e'
    JOIN pg_extension e ON d.refobjid = e.oid AND extname = 'dynamo'
ORDER BY o.oid::regoperator::text COLLATE "C";

-- Types, casts, operator classes.
SELECT typname, typlen, typalign, typstorage, typcategory, typispreferred, typinput, typoutput, typreceive, typsend, typarray::regtype
FROM pg_type WHERE typnamespace = 'dynamo'::regnamespace AND typtype = 'b' AND typcategory <> 'A' ORDER BY 1;
SELECT castsource::regtype, casttarget::regtype, castfunc::regproc, castcontext, castmethod FROM pg_cast
WHERE castsource = 'dynamo.item'::regtype OR casttarget = 'dynamo.item'::regtype ORDER BY castsource::regtype::text COLLATE "C";
SELECT opcname, amname, opcintype::regtype, opcdefault, amopstrategy, amopopr::regoperator
FROM pg_opclass JOIN pg_am a ON a.oid = opcmethod JOIN pg_amop ON amopfamily = opcfamily
WHERE opcintype = 'dynamo.item'::regtype;
SELECT amprocnum, amproc FROM pg_amproc WHERE amproclefttype = 'dynamo.item'::regtype ORDER BY 1;

-- Tables, their columns and constraints, and what pg_dump takes of them.
SELECT c.oid::regclass, attnum, attname, format_type(atttypid, atttypmod), nullif(attcollation, 0)::regcollation, CASE WHEN attnotnull THEN 'not null' END
FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
WHERE relnamespace = 'dynamo'::regnamespace AND relkind = 'r' ORDER BY relname COLLATE "C", attnum;
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'dynamo'::regnamespace AND contype <> 'n' ORDER BY conname COLLATE "C";
SELECT c.oid::regclass, privilege_type, coalesce(nullif(grantee, 0)::regrole::text, 'public') AS grantee
FROM pg_class c, aclexplode(relacl) WHERE relnamespace = 'dynamo'::regnamespace AND grantee <> relowner ORDER BY relname COLLATE "C", 2, 3;
SELECT unnest(extconfig)::regclass, unnest(extcondition) FROM pg_extension WHERE extname = 'dynamo';

-- Schemas: who may use them, and create in them.
SELECT nspname, has_schema_privilege('public', oid, 'USAGE') AS usage, has_schema_privilege('public', oid, 'CREATE') AS "create"
FROM pg_namespace WHERE nspname LIKE 'dynamo%' ORDER BY 1;

-- Access methods and event triggers.
SELECT amname, amtype, amhandler FROM pg_am WHERE amname = 'dynamo';
SELECT evtname, evtevent, evtenabled, evttags, evtfoid::regproc FROM pg_event_trigger ORDER BY 1;

-- Settings of a session; the endpoint's exist only where the library is preloaded.
SELECT name, setting, unit, vartype, min_val, max_val, boot_val FROM pg_settings WHERE name LIKE 'dynamo.%' AND context = 'user' ORDER BY 1;

-- What has no comment.
SELECT pg_describe_object(classid, objid, objsubid)
FROM pg_depend JOIN pg_extension e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid
WHERE extname = 'dynamo' AND deptype = 'e' AND classid NOT IN ('pg_opfamily'::regclass)
    AND NOT (classid = 'pg_type'::regclass AND (SELECT typcategory = 'A' OR typrelid <> 0 FROM pg_type t WHERE t.oid = objid))
    AND obj_description(objid, classid::regclass::text) IS NULL
UNION ALL
SELECT attrelid::regclass || '.' || attname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
WHERE relnamespace = 'dynamo'::regnamespace AND relkind = 'r' AND col_description(attrelid, attnum) IS NULL;

-- It can be dropped, but not from under its tables, and made again.
\t off
\pset format aligned
SELECT dynamo.create_table('{"TableName":"keeps","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}') IS NOT NULL AS created;
\set VERBOSITY terse
DROP EXTENSION dynamo;
DROP TABLE keeps;
DROP EXTENSION dynamo;
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'dynamo%';
CREATE EXTENSION dynamo;
SET dynamo.partitions = 1;
SELECT dynamo.create_table('{"TableName":"keeps","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}') IS NOT NULL AS created;
INSERT INTO keeps VALUES ('a', '{}');
DROP EXTENSION dynamo CASCADE;
SELECT relname, relkind FROM pg_class WHERE relname LIKE 'keeps%' ORDER BY 1;
DROP TABLE IF EXISTS keeps;
CREATE EXTENSION dynamo;
SELECT dynamo.list_tables('{}');
SELECT dynamo.create_table('{"TableName":"keeps","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
    "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}') IS NOT NULL AS created;
SELECT dynamo.put_item('{"TableName":"keeps","Item":{"p":{"S":"a"}}}');
DROP TABLE keeps;
-- In another encoding it is refused, and only a superuser makes it.
CREATE ROLE regress_dynamo_user;
SELECT current_database() AS database \gset
GRANT CREATE ON DATABASE :"database" TO regress_dynamo_user;
DROP EXTENSION dynamo;
SET ROLE regress_dynamo_user;
CREATE EXTENSION dynamo;
RESET ROLE;
CREATE EXTENSION dynamo;
REVOKE CREATE ON DATABASE :"database" FROM regress_dynamo_user;
DROP ROLE regress_dynamo_user;
CREATE DATABASE regress_dynamo_latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;
\c regress_dynamo_latin1
\set VERBOSITY terse
CREATE EXTENSION dynamo;
\c :database
DROP DATABASE regress_dynamo_latin1;
