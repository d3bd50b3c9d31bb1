/* dynamo--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION dynamo" to load this file. \quit

DO $$
BEGIN
    IF pg_catalog.getdatabaseencoding() <> 'UTF8' THEN
        RAISE EXCEPTION 'dynamo needs a database with encoding UTF8'
            USING ERRCODE = 'feature_not_supported';
    END IF;
END
$$;

----------------------------------------------------------------------
-- Schemas
----------------------------------------------------------------------

CREATE SCHEMA dynamo;
COMMENT ON SCHEMA dynamo IS 'DynamoDB operations, the type item, and the catalog of item tables';

CREATE SCHEMA dynamo_data;
COMMENT ON SCHEMA dynamo_data IS 'partitions of item tables';
-- Only so that owners reach what is theirs there; each relation has its own rights.
GRANT USAGE ON SCHEMA dynamo_data TO PUBLIC;

----------------------------------------------------------------------
-- The type item
----------------------------------------------------------------------

CREATE TYPE dynamo.item;

CREATE FUNCTION dynamo.item_in(cstring) RETURNS dynamo.item
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_in(cstring) IS 'I/O: item from DynamoDB JSON';

CREATE FUNCTION dynamo.item_out(dynamo.item) RETURNS cstring
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_out(dynamo.item) IS 'I/O: item to DynamoDB JSON';

CREATE FUNCTION dynamo.item_recv(internal) RETURNS dynamo.item
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_recv(internal) IS 'I/O: item from its binary format';

CREATE FUNCTION dynamo.item_send(dynamo.item) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_send(dynamo.item) IS 'I/O: item to its binary format';

CREATE TYPE dynamo.item (
    INPUT = dynamo.item_in,
    OUTPUT = dynamo.item_out,
    RECEIVE = dynamo.item_recv,
    SEND = dynamo.item_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE dynamo.item IS 'a DynamoDB item: a map of attribute names to AttributeValues';

CREATE FUNCTION dynamo.item_eq(dynamo.item, dynamo.item) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_eq(dynamo.item, dynamo.item) IS 'implementation of = operator';

CREATE FUNCTION dynamo.item_ne(dynamo.item, dynamo.item) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_ne(dynamo.item, dynamo.item) IS 'implementation of <> operator';

CREATE FUNCTION dynamo.item_hash(dynamo.item) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_hash(dynamo.item) IS 'hash of an item';

CREATE FUNCTION dynamo.item_hash_extended(dynamo.item, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_hash_extended(dynamo.item, bigint) IS 'hash of an item, seeded';

-- The operators stand in pg_catalog so that they work whatever search_path is,
-- as the type's own columns do.
CREATE OPERATOR pg_catalog.= (
    LEFTARG = dynamo.item, RIGHTARG = dynamo.item, FUNCTION = dynamo.item_eq,
    COMMUTATOR = OPERATOR(pg_catalog.=), NEGATOR = OPERATOR(pg_catalog.<>),
    RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES
);
COMMENT ON OPERATOR pg_catalog.= (dynamo.item, dynamo.item) IS 'equal: the same attributes with the same values';

CREATE OPERATOR pg_catalog.<> (
    LEFTARG = dynamo.item, RIGHTARG = dynamo.item, FUNCTION = dynamo.item_ne,
    COMMUTATOR = OPERATOR(pg_catalog.<>), NEGATOR = OPERATOR(pg_catalog.=),
    RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR pg_catalog.<> (dynamo.item, dynamo.item) IS 'not equal';

CREATE OPERATOR CLASS dynamo.item_hash_ops
    DEFAULT FOR TYPE dynamo.item USING hash AS
    OPERATOR 1 pg_catalog.=,
    FUNCTION 1 dynamo.item_hash(dynamo.item),
    FUNCTION 2 dynamo.item_hash_extended(dynamo.item, bigint);
COMMENT ON OPERATOR CLASS dynamo.item_hash_ops USING hash IS 'equality of items';

CREATE FUNCTION dynamo.item_get(dynamo.item, text) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_get(dynamo.item, text) IS 'implementation of -> operator';

CREATE FUNCTION dynamo.item_get_text(dynamo.item, text) RETURNS text
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_get_text(dynamo.item, text) IS 'implementation of ->> operator';

CREATE FUNCTION dynamo.item_has_attribute(dynamo.item, text) RETURNS boolean
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_has_attribute(dynamo.item, text) IS 'implementation of ? operator';

CREATE OPERATOR pg_catalog.-> (LEFTARG = dynamo.item, RIGHTARG = text, FUNCTION = dynamo.item_get);
COMMENT ON OPERATOR pg_catalog.-> (dynamo.item, text) IS 'AttributeValue at a document path, as DynamoDB JSON';

CREATE OPERATOR pg_catalog.->> (LEFTARG = dynamo.item, RIGHTARG = text, FUNCTION = dynamo.item_get_text);
COMMENT ON OPERATOR pg_catalog.->> (dynamo.item, text) IS 'AttributeValue at a document path, as text';

CREATE OPERATOR pg_catalog.? (
    LEFTARG = dynamo.item, RIGHTARG = text, FUNCTION = dynamo.item_has_attribute,
    RESTRICT = pg_catalog.contsel, JOIN = pg_catalog.contjoinsel
);
COMMENT ON OPERATOR pg_catalog.? (dynamo.item, text) IS 'has an attribute of that name';

CREATE FUNCTION dynamo.attributes(dynamo.item, OUT name text, OUT type text, OUT value jsonb)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'item_attributes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.attributes(dynamo.item) IS 'attributes of an item as rows';

CREATE FUNCTION dynamo.item_size(dynamo.item) RETURNS integer
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_size(dynamo.item) IS 'size of an item in bytes, by the service''s rule';

CREATE FUNCTION dynamo.item_difference(dynamo.item, dynamo.item) RETURNS bytea
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_difference(dynamo.item, dynamo.item) IS 'what makes the second item of the first one';
CREATE FUNCTION dynamo.item_apply(dynamo.item, bytea) RETURNS dynamo.item
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_apply(dynamo.item, bytea) IS 'the other item, made of one and a difference';

CREATE FUNCTION dynamo.to_json(dynamo.item) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'item_to_plain_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.to_json(dynamo.item) IS 'item as plain JSON, as the SDKs'' document clients show it';

CREATE FUNCTION dynamo.from_json(jsonb) RETURNS dynamo.item
    AS 'MODULE_PATHNAME', 'plain_jsonb_to_item' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.from_json(jsonb) IS 'item from plain JSON';

CREATE FUNCTION dynamo.item_to_jsonb(dynamo.item) RETURNS jsonb
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.item_to_jsonb(dynamo.item) IS 'item as DynamoDB JSON';

CREATE FUNCTION dynamo.jsonb_to_item(jsonb) RETURNS dynamo.item
    AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dynamo.jsonb_to_item(jsonb) IS 'item from DynamoDB JSON';

CREATE CAST (dynamo.item AS jsonb) WITH FUNCTION dynamo.item_to_jsonb(dynamo.item);
COMMENT ON CAST (dynamo.item AS jsonb) IS 'DynamoDB JSON';

CREATE CAST (jsonb AS dynamo.item) WITH FUNCTION dynamo.jsonb_to_item(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS dynamo.item) IS 'DynamoDB JSON';

----------------------------------------------------------------------
-- Catalog
----------------------------------------------------------------------

CREATE TABLE dynamo.tables (
    table_name text COLLATE "C" NOT NULL,
    relation regclass NOT NULL,
    table_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    hash_key text COLLATE "C" NOT NULL,
    range_key text COLLATE "C",
    settings jsonb NOT NULL,
    CONSTRAINT tables_pkey PRIMARY KEY (table_name),
    CONSTRAINT tables_relation_key UNIQUE (relation)
) WITH (user_catalog_table = true); -- logical decoding reads it as it was
COMMENT ON TABLE dynamo.tables IS 'DynamoDB tables and the relations that hold their items';
COMMENT ON COLUMN dynamo.tables.table_name IS 'TableName of the API';
COMMENT ON COLUMN dynamo.tables.relation IS 'the partitioned table';
COMMENT ON COLUMN dynamo.tables.table_id IS 'TableId of the API';
COMMENT ON COLUMN dynamo.tables.created_at IS 'CreationDateTime of the API';
COMMENT ON COLUMN dynamo.tables.hash_key IS 'name of the partition key attribute';
COMMENT ON COLUMN dynamo.tables.range_key IS 'name of the sort key attribute, null without one';
COMMENT ON COLUMN dynamo.tables.settings IS 'the other members of CreateTable';
GRANT SELECT ON dynamo.tables TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('dynamo.tables', '');

CREATE TABLE dynamo.indexes (
    relation regclass NOT NULL,
    index_name text COLLATE "C" NOT NULL,
    side regclass NOT NULL,
    kind text NOT NULL CHECK (kind IN ('GLOBAL', 'LOCAL')),
    status text NOT NULL CHECK (status IN ('CREATING', 'ACTIVE', 'DELETING')),
    backfilling boolean NOT NULL,
    hash_keys text[] COLLATE "C" NOT NULL,
    range_keys text[] COLLATE "C" NOT NULL,
    key_types text[] NOT NULL,
    projection text NOT NULL CHECK (projection IN ('ALL', 'KEYS_ONLY', 'INCLUDE')),
    included text[] COLLATE "C" NOT NULL,
    settings jsonb NOT NULL,
    CONSTRAINT indexes_pkey PRIMARY KEY (relation, index_name),
    CONSTRAINT indexes_side_key UNIQUE (side)
);
COMMENT ON TABLE dynamo.indexes IS 'secondary indexes of DynamoDB tables and the relations that hold their entries';
COMMENT ON COLUMN dynamo.indexes.relation IS 'the item table';
COMMENT ON COLUMN dynamo.indexes.index_name IS 'IndexName of the API';
COMMENT ON COLUMN dynamo.indexes.side IS 'the partitioned table of its entries';
COMMENT ON COLUMN dynamo.indexes.kind IS 'GLOBAL or LOCAL';
COMMENT ON COLUMN dynamo.indexes.status IS 'IndexStatus of the API';
COMMENT ON COLUMN dynamo.indexes.backfilling IS 'Backfilling of the API';
COMMENT ON COLUMN dynamo.indexes.hash_keys IS 'attributes of the partition key';
COMMENT ON COLUMN dynamo.indexes.range_keys IS 'attributes of the sort key';
COMMENT ON COLUMN dynamo.indexes.key_types IS 'S, N or B for each of hash_keys and range_keys';
COMMENT ON COLUMN dynamo.indexes.projection IS 'ProjectionType of the API';
COMMENT ON COLUMN dynamo.indexes.included IS 'NonKeyAttributes of the API';
COMMENT ON COLUMN dynamo.indexes.settings IS 'throughput as CreateTable or UpdateTable gave it';
GRANT SELECT ON dynamo.indexes TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('dynamo.indexes', '');

-- What went wrong may tell of items, so it is for the table's owner only.
CREATE TABLE dynamo.index_builds (
    side oid NOT NULL,
    attempts integer NOT NULL,
    retry_at timestamptz NOT NULL,
    failed_at timestamptz,
    error text,
    CONSTRAINT index_builds_pkey PRIMARY KEY (side)
);
REVOKE ALL ON dynamo.index_builds FROM PUBLIC;
COMMENT ON TABLE dynamo.index_builds IS 'secondary indexes that are being built';
COMMENT ON COLUMN dynamo.index_builds.side IS 'the table of its entries';
COMMENT ON COLUMN dynamo.index_builds.attempts IS 'how often the builder has begun';
COMMENT ON COLUMN dynamo.index_builds.retry_at IS 'when the next attempt may begin, if this one fails';
COMMENT ON COLUMN dynamo.index_builds.failed_at IS 'when an attempt failed last';
COMMENT ON COLUMN dynamo.index_builds.error IS 'why';

CREATE VIEW dynamo.index_problems WITH (security_barrier) AS
    SELECT i.relation, i.index_name, b.attempts, b.failed_at, b.retry_at, b.error
    FROM dynamo.index_builds b
        JOIN dynamo.indexes i ON i.side::oid = b.side
        JOIN pg_catalog.pg_class c ON c.oid = i.relation
    WHERE b.error IS NOT NULL AND i.status = 'CREATING' AND pg_catalog.pg_has_role(c.relowner, 'USAGE');
COMMENT ON VIEW dynamo.index_problems IS 'secondary indexes of the reader''s tables whose building has failed, and is tried again';
GRANT SELECT ON dynamo.index_problems TO PUBLIC;

CREATE TABLE dynamo.streams (
    stream_id integer NOT NULL,
    relation regclass NOT NULL,
    table_name text COLLATE "C" NOT NULL,
    label text COLLATE "C" NOT NULL,
    view_type text NOT NULL CHECK (view_type IN ('KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES')),
    status text NOT NULL CHECK (status IN ('ENABLING', 'ENABLED', 'DISABLING', 'DISABLED')),
    hash_key text COLLATE "C" NOT NULL,
    range_key text COLLATE "C",
    shards integer NOT NULL,
    owner regrole NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    first_lsn pg_lsn NOT NULL,
    last_lsn pg_lsn,
    CONSTRAINT streams_pkey PRIMARY KEY (stream_id),
    CONSTRAINT streams_label_key UNIQUE (table_name, label)
) WITH (user_catalog_table = true); -- logical decoding reads it as it was
CREATE INDEX streams_relation_idx ON dynamo.streams (relation);
COMMENT ON TABLE dynamo.streams IS 'streams of DynamoDB tables, for 24 hours after their end, too';
COMMENT ON COLUMN dynamo.streams.stream_id IS 'what its records are filed under';
COMMENT ON COLUMN dynamo.streams.relation IS 'the item table, perhaps gone';
COMMENT ON COLUMN dynamo.streams.table_name IS 'TableName of the API';
COMMENT ON COLUMN dynamo.streams.label IS 'StreamLabel of the API';
COMMENT ON COLUMN dynamo.streams.view_type IS 'StreamViewType of the API';
COMMENT ON COLUMN dynamo.streams.status IS 'StreamStatus of the API';
COMMENT ON COLUMN dynamo.streams.hash_key IS 'name of the partition key attribute';
COMMENT ON COLUMN dynamo.streams.range_key IS 'name of the sort key attribute, null without one';
COMMENT ON COLUMN dynamo.streams.shards IS 'how many there are: one for each partition of the table';
COMMENT ON COLUMN dynamo.streams.owner IS 'the table''s owner, who may read the stream when the table is gone';
COMMENT ON COLUMN dynamo.streams.created_at IS 'CreationRequestDateTime of the API';
COMMENT ON COLUMN dynamo.streams.ended_at IS 'when it was disabled or its table deleted, null while it goes on';
COMMENT ON COLUMN dynamo.streams.first_lsn IS 'records of commits before this one are trimmed';
COMMENT ON COLUMN dynamo.streams.last_lsn IS 'no record is of a commit behind this one, null unless it is DISABLED';
GRANT SELECT ON dynamo.streams TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('dynamo.streams', '');

CREATE FUNCTION dynamo.streams_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'dynamo_streams_changed' LANGUAGE C;
COMMENT ON FUNCTION dynamo.streams_changed() IS 'trigger on streams: wakes the worker that feeds them';
REVOKE ALL ON FUNCTION dynamo.streams_changed() FROM PUBLIC;

CREATE TRIGGER streams_changed AFTER INSERT OR UPDATE ON dynamo.streams
    FOR EACH STATEMENT EXECUTE FUNCTION dynamo.streams_changed();
ALTER TABLE dynamo.streams ENABLE ALWAYS TRIGGER streams_changed;

-- Records are written around a ring of partitions, four hours in each, which
-- are emptied by turns: no row is ever deleted, and none older than 32 hours is
-- left.  They are not dumped: a stream goes on in the new database, but what it
-- has said stays behind.
CREATE TABLE dynamo.stream_records (
    period smallint NOT NULL,
    stream_id integer NOT NULL,
    shard integer NOT NULL,
    commit_lsn pg_lsn NOT NULL,
    number integer NOT NULL,
    committed_at timestamptz NOT NULL,
    event "char" NOT NULL,
    by_service boolean NOT NULL,
    keys dynamo.item,
    new_image dynamo.item,
    old_image dynamo.item,
    old_difference bytea
) PARTITION BY LIST (period);
-- Compressing them would be most of the work.
ALTER TABLE dynamo.stream_records ALTER keys SET STORAGE EXTERNAL,
    ALTER new_image SET STORAGE EXTERNAL, ALTER old_image SET STORAGE EXTERNAL,
    ALTER old_difference SET STORAGE EXTERNAL;
CREATE INDEX stream_records_idx ON dynamo.stream_records (stream_id, shard, commit_lsn, number);
DO $$
BEGIN
    FOR period IN 0..7
    LOOP
        EXECUTE format('CREATE TABLE dynamo.stream_records_%s PARTITION OF dynamo.stream_records FOR VALUES IN (%s)
            WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false, toast_tuple_target = 8160)', period, period);
    END LOOP;
END
$$;
COMMENT ON TABLE dynamo.stream_records IS 'records of streams, in the order in which their transactions were committed';
COMMENT ON COLUMN dynamo.stream_records.period IS 'which four hours, by the remainder by 8';
COMMENT ON COLUMN dynamo.stream_records.stream_id IS 'the stream';
COMMENT ON COLUMN dynamo.stream_records.shard IS 'the shard, from 0: the partition of the table';
COMMENT ON COLUMN dynamo.stream_records.commit_lsn IS 'where the transaction was committed';
COMMENT ON COLUMN dynamo.stream_records.number IS 'which of the records of that transaction, from 1';
COMMENT ON COLUMN dynamo.stream_records.committed_at IS 'when it was committed';
COMMENT ON COLUMN dynamo.stream_records.event IS 'I, M or R: INSERT, MODIFY, REMOVE';
COMMENT ON COLUMN dynamo.stream_records.by_service IS 'whether the service itself removed the item';
COMMENT ON COLUMN dynamo.stream_records.keys IS 'the key attributes, unless there is an image';
COMMENT ON COLUMN dynamo.stream_records.new_image IS 'NewImage of the API';
COMMENT ON COLUMN dynamo.stream_records.old_image IS 'OldImage of the API, where there is no NewImage';
COMMENT ON COLUMN dynamo.stream_records.old_difference IS 'what makes OldImage of NewImage: see dynamo.item_apply()';

CREATE TABLE dynamo.stream_periods (
    period bigint NOT NULL,
    first_lsn pg_lsn NOT NULL,
    CONSTRAINT stream_periods_pkey PRIMARY KEY (period)
);
COMMENT ON TABLE dynamo.stream_periods IS 'the periods whose records are kept';
COMMENT ON COLUMN dynamo.stream_periods.period IS 'four hours, counted from 2000; its partition is the remainder by 8';
COMMENT ON COLUMN dynamo.stream_periods.first_lsn IS 'its records are of commits from here on';

CREATE TABLE dynamo.stream_feed (
    position pg_lsn NOT NULL
);
COMMENT ON TABLE dynamo.stream_feed IS 'how far the records have come, in one row';
COMMENT ON COLUMN dynamo.stream_feed.position IS 'every commit before this one is among the records';

CREATE FUNCTION dynamo.forget_dropped() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    dropped oid[] := (SELECT array_agg(objid) FROM pg_catalog.pg_event_trigger_dropped_objects()
        WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objsubid = 0);
    index_of_other dynamo.indexes;
    side_relation regclass;
BEGIN
    DELETE FROM dynamo.tables WHERE relation::oid = ANY (dropped);
    UPDATE dynamo.streams SET status = 'DISABLING', ended_at = pg_catalog.clock_timestamp()
        WHERE relation::oid = ANY (dropped) AND status IN ('ENABLING', 'ENABLED');
    SELECT * INTO index_of_other FROM dynamo.indexes WHERE side::oid = ANY (dropped) AND relation::oid <> ALL (dropped) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'cannot drop the side table of index "%" of item table %', index_of_other.index_name, index_of_other.relation
            USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Delete the index with UpdateTable.';
    END IF;
    FOR side_relation IN DELETE FROM dynamo.indexes WHERE relation::oid = ANY (dropped) RETURNING side
    LOOP
        IF side_relation::oid <> ALL (dropped) THEN
            EXECUTE pg_catalog.format('DROP TABLE %s', side_relation);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION dynamo.forget_dropped() IS 'takes dropped relations out of the catalog, and drops their side tables';
REVOKE ALL ON FUNCTION dynamo.forget_dropped() FROM PUBLIC;

CREATE EVENT TRIGGER dynamo_forget_dropped ON sql_drop
    WHEN TAG IN ('DROP TABLE', 'DROP SCHEMA', 'DROP OWNED', 'DROP EXTENSION', 'DROP TYPE')
    EXECUTE FUNCTION dynamo.forget_dropped();
ALTER EVENT TRIGGER dynamo_forget_dropped ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER dynamo_forget_dropped IS 'takes dropped relations out of the catalog, and drops their side tables';

CREATE TABLE dynamo.transactions (
    token text COLLATE "C" NOT NULL,
    content bytea NOT NULL,
    finished_at timestamptz NOT NULL,
    CONSTRAINT transactions_pkey PRIMARY KEY (token)
);
CREATE INDEX transactions_finished_at_idx ON dynamo.transactions (finished_at);
COMMENT ON TABLE dynamo.transactions IS 'TransactWriteItems with a ClientRequestToken, for ten minutes';
COMMENT ON COLUMN dynamo.transactions.token IS 'ClientRequestToken of the API';
COMMENT ON COLUMN dynamo.transactions.content IS 'SHA-256 of its TransactItems';
COMMENT ON COLUMN dynamo.transactions.finished_at IS 'when it was about to commit';

----------------------------------------------------------------------
-- Access method
----------------------------------------------------------------------

CREATE FUNCTION dynamo.dynamo_tableam_handler(internal) RETURNS table_am_handler
    AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION dynamo.dynamo_tableam_handler(internal) IS 'handler of table access method dynamo';

CREATE ACCESS METHOD dynamo TYPE TABLE HANDLER dynamo.dynamo_tableam_handler;
COMMENT ON ACCESS METHOD dynamo IS 'heap that checks the items it stores';

CREATE FUNCTION dynamo.truncate_entries() RETURNS trigger
    AS 'MODULE_PATHNAME', 'dynamo_truncate_entries' LANGUAGE C;
COMMENT ON FUNCTION dynamo.truncate_entries() IS 'trigger on the partitions of a table with indexes';

CREATE FUNCTION dynamo.guard_entries() RETURNS trigger
    AS 'MODULE_PATHNAME', 'dynamo_guard_entries' LANGUAGE C;
COMMENT ON FUNCTION dynamo.guard_entries() IS 'trigger on the side table of an index';

CREATE FUNCTION dynamo.guard_rewrite() RETURNS event_trigger
    AS 'MODULE_PATHNAME', 'dynamo_guard_rewrite' LANGUAGE C;
COMMENT ON FUNCTION dynamo.guard_rewrite() IS 'keeps ALTER TABLE from rewriting what indexes and streams are made of';

CREATE EVENT TRIGGER dynamo_guard_rewrite ON table_rewrite EXECUTE FUNCTION dynamo.guard_rewrite();
ALTER EVENT TRIGGER dynamo_guard_rewrite ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER dynamo_guard_rewrite IS 'keeps ALTER TABLE from rewriting what indexes and streams are made of';

CREATE FUNCTION dynamo.guard_ddl() RETURNS event_trigger
    AS 'MODULE_PATHNAME', 'dynamo_guard_ddl' LANGUAGE C;
COMMENT ON FUNCTION dynamo.guard_ddl() IS 'keeps DDL off dynamo_data and side tables, and gives leaves and side tables to a table''s new owner';

CREATE EVENT TRIGGER dynamo_guard_ddl ON ddl_command_end EXECUTE FUNCTION dynamo.guard_ddl();
ALTER EVENT TRIGGER dynamo_guard_ddl ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER dynamo_guard_ddl IS 'keeps DDL off dynamo_data and side tables, and gives leaves and side tables to a table''s new owner';

CREATE FUNCTION dynamo.allow_index() RETURNS event_trigger
    AS 'MODULE_PATHNAME', 'dynamo_allow_index' LANGUAGE C;
COMMENT ON FUNCTION dynamo.allow_index() IS 'lets owners of item tables make indexes on them, whose parts are in dynamo_data';

CREATE EVENT TRIGGER dynamo_allow_index ON ddl_command_start
    WHEN TAG IN ('CREATE INDEX', 'ALTER TABLE')
    EXECUTE FUNCTION dynamo.allow_index();
ALTER EVENT TRIGGER dynamo_allow_index ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER dynamo_allow_index IS 'lets owners of item tables make indexes on them, whose parts are in dynamo_data';

CREATE FUNCTION dynamo.check_table(table_name text, OUT index_name text, OUT problem text, OUT item_key dynamo.item)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'dynamo_check_table' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.check_table(text) IS 'compares a table with its secondary indexes; no rows if they agree';

----------------------------------------------------------------------
-- Operations: the request in, the reply out, both as the service's JSON
----------------------------------------------------------------------

CREATE FUNCTION dynamo.call(operation text, request json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_call' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.call(text, json) IS 'any DynamoDB operation by its name';

CREATE FUNCTION dynamo.create_table(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_create_table' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.create_table(json) IS 'DynamoDB CreateTable';

CREATE FUNCTION dynamo.describe_table(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_describe_table' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.describe_table(json) IS 'DynamoDB DescribeTable';

CREATE FUNCTION dynamo.describe_time_to_live(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_describe_time_to_live' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.describe_time_to_live(json) IS 'DynamoDB DescribeTimeToLive';

CREATE FUNCTION dynamo.list_tables(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_list_tables' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.list_tables(json) IS 'DynamoDB ListTables';

CREATE FUNCTION dynamo.delete_table(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_delete_table' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.delete_table(json) IS 'DynamoDB DeleteTable';

CREATE FUNCTION dynamo.update_table(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_update_table' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.update_table(json) IS 'DynamoDB UpdateTable';

CREATE FUNCTION dynamo.put_item(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_put_item' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.put_item(json) IS 'DynamoDB PutItem';

CREATE FUNCTION dynamo.get_item(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_get_item' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.get_item(json) IS 'DynamoDB GetItem';

CREATE FUNCTION dynamo.update_item(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_update_item' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.update_item(json) IS 'DynamoDB UpdateItem';

CREATE FUNCTION dynamo.delete_item(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_delete_item' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.delete_item(json) IS 'DynamoDB DeleteItem';

CREATE FUNCTION dynamo.batch_write_item(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_batch_write_item' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.batch_write_item(json) IS 'DynamoDB BatchWriteItem';

CREATE FUNCTION dynamo.batch_get_item(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_batch_get_item' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.batch_get_item(json) IS 'DynamoDB BatchGetItem';

CREATE FUNCTION dynamo.transact_write_items(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_transact_write_items' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.transact_write_items(json) IS 'DynamoDB TransactWriteItems';

CREATE FUNCTION dynamo.list_streams(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_list_streams' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.list_streams(json) IS 'DynamoDB Streams ListStreams';

CREATE FUNCTION dynamo.describe_stream(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_describe_stream' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.describe_stream(json) IS 'DynamoDB Streams DescribeStream';

CREATE FUNCTION dynamo.get_shard_iterator(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_get_shard_iterator' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.get_shard_iterator(json) IS 'DynamoDB Streams GetShardIterator';

CREATE FUNCTION dynamo.get_records(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_get_records' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.get_records(json) IS 'DynamoDB Streams GetRecords';

CREATE FUNCTION dynamo.transact_get_items(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_transact_get_items' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.transact_get_items(json) IS 'DynamoDB TransactGetItems';

CREATE FUNCTION dynamo.query(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_query' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.query(json) IS 'DynamoDB Query';

CREATE FUNCTION dynamo.scan(json) RETURNS json
    AS 'MODULE_PATHNAME', 'dynamo_scan' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.scan(json) IS 'DynamoDB Scan';

----------------------------------------------------------------------
-- Statistics of the endpoint
----------------------------------------------------------------------

CREATE FUNCTION dynamo.read_stats(OUT name text, OUT database text, OUT operation text, OUT status integer,
    OUT bound double precision, OUT value double precision) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'dynamo_read_stats' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION dynamo.read_stats() IS 'what the HTTP endpoint counts, for the view dynamo.stats';
REVOKE EXECUTE ON FUNCTION dynamo.read_stats() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dynamo.read_stats() TO pg_read_all_stats;

CREATE VIEW dynamo.stats AS
    SELECT name, database, operation, status, bound, value FROM dynamo.read_stats();
COMMENT ON VIEW dynamo.stats IS 'what the HTTP endpoint counts since the server started, as /metrics shows it; bound: upper bound of a bucket of latencies, in seconds';
GRANT SELECT ON dynamo.stats TO pg_read_all_stats;

----------------------------------------------------------------------
-- Access keys of the HTTP endpoint
----------------------------------------------------------------------

-- Not marked for pg_dump: it holds secrets, and roles that a dump has not.
-- Row security without a policy keeps it even from pg_read_all_data.
CREATE TABLE dynamo.access_keys (
    access_key_id text COLLATE "C" NOT NULL CHECK (access_key_id ~ '^[A-Za-z0-9_.-]{1,128}$'),
    secret_access_key text COLLATE "C" NOT NULL CHECK (secret_access_key ~ '^[!-~]{8,128}$'),
    role regrole NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    valid_until timestamptz,
    enabled boolean NOT NULL DEFAULT true,
    CONSTRAINT access_keys_pkey PRIMARY KEY (access_key_id)
);
ALTER TABLE dynamo.access_keys ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON dynamo.access_keys FROM PUBLIC;
COMMENT ON TABLE dynamo.access_keys IS 'access keys of the HTTP endpoint, with their secrets';
COMMENT ON COLUMN dynamo.access_keys.access_key_id IS 'what a client gives as its access key ID';
COMMENT ON COLUMN dynamo.access_keys.secret_access_key IS 'what it signs its requests with';
COMMENT ON COLUMN dynamo.access_keys.role IS 'as which its requests run';
COMMENT ON COLUMN dynamo.access_keys.created_at IS 'when it was created or imported';
COMMENT ON COLUMN dynamo.access_keys.valid_until IS 'when it ends, null if never';
COMMENT ON COLUMN dynamo.access_keys.enabled IS 'whether it may be used';

CREATE FUNCTION dynamo.access_keys_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'dynamo_access_keys_changed' LANGUAGE C;
COMMENT ON FUNCTION dynamo.access_keys_changed() IS 'trigger on access_keys: tells the HTTP workers';
REVOKE ALL ON FUNCTION dynamo.access_keys_changed() FROM PUBLIC;

CREATE TRIGGER access_keys_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON dynamo.access_keys
    FOR EACH STATEMENT EXECUTE FUNCTION dynamo.access_keys_changed();
ALTER TABLE dynamo.access_keys ENABLE ALWAYS TRIGGER access_keys_changed;
COMMENT ON TRIGGER access_keys_changed ON dynamo.access_keys IS 'tells the HTTP workers';

CREATE VIEW dynamo.access_key_list WITH (security_barrier) AS
    SELECT access_key_id, role, created_at, valid_until, enabled
    FROM dynamo.access_keys
    WHERE pg_catalog.pg_has_role(role, 'MEMBER');
COMMENT ON VIEW dynamo.access_key_list IS 'access keys of the roles that the reader is a member of, without secrets';
GRANT SELECT ON dynamo.access_key_list TO PUBLIC;

CREATE FUNCTION dynamo.create_access_key(role regrole, INOUT access_key_id text DEFAULT NULL,
        INOUT secret_access_key text DEFAULT NULL, valid_until timestamptz DEFAULT NULL)
    RETURNS record
    AS 'MODULE_PATHNAME', 'dynamo_create_access_key' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION dynamo.create_access_key(regrole, text, text, timestamptz)
    IS 'makes an access key for a role, or imports one; shows the secret this once';
REVOKE ALL ON FUNCTION dynamo.create_access_key(regrole, text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION dynamo.rotate_access_key(INOUT access_key_id text, grace interval DEFAULT '0', OUT secret_access_key text)
    RETURNS record
    AS 'MODULE_PATHNAME', 'dynamo_rotate_access_key' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.rotate_access_key(text, interval)
    IS 'makes a new access key for the role of an old one, which ends after the grace interval';
REVOKE ALL ON FUNCTION dynamo.rotate_access_key(text, interval) FROM PUBLIC;

CREATE FUNCTION dynamo.disable_access_key(access_key_id text) RETURNS void
    AS 'MODULE_PATHNAME', 'dynamo_disable_access_key' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.disable_access_key(text) IS 'refuses an access key at once';
REVOKE ALL ON FUNCTION dynamo.disable_access_key(text) FROM PUBLIC;

CREATE FUNCTION dynamo.enable_access_key(access_key_id text) RETURNS void
    AS 'MODULE_PATHNAME', 'dynamo_enable_access_key' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.enable_access_key(text) IS 'takes a disabled access key again';
REVOKE ALL ON FUNCTION dynamo.enable_access_key(text) FROM PUBLIC;

CREATE FUNCTION dynamo.drop_access_key(access_key_id text) RETURNS void
    AS 'MODULE_PATHNAME', 'dynamo_drop_access_key' LANGUAGE C VOLATILE STRICT;
COMMENT ON FUNCTION dynamo.drop_access_key(text) IS 'refuses an access key at once and for ever';
REVOKE ALL ON FUNCTION dynamo.drop_access_key(text) FROM PUBLIC;

----------------------------------------------------------------------
-- Grants
----------------------------------------------------------------------

-- Who may do what to an item table is said on the table itself.
GRANT USAGE ON SCHEMA dynamo TO PUBLIC;
