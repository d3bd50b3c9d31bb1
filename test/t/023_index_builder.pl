
# Expressions of a side table's indexes are its owner's code: it runs as the
# owner, and where it fails or takes its time, other indexes are built all the
# same.

use strict;
use warnings;

use FindBin;
use Test::More;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('builder', 'dynamo.partitions = 2', "log_min_messages = warning");
my $node = $server->node;

ok($server->start, 'the server starts');
$node->safe_psql('postgres', q{
	CREATE ROLE alice LOGIN;
	CREATE ROLE bob LOGIN;
	GRANT CREATE ON SCHEMA public TO alice, bob;
	CREATE SCHEMA mal AUTHORIZATION alice;
	GRANT USAGE ON SCHEMA mal TO bob});

# SQL as a role; fails the test if it fails.
sub sql_as
{
	my ($role, $sql) = @_;

	return $node->safe_psql('postgres', $sql, extra_params => [ '-U', $role ]);
}

sub make_table
{
	my ($role, $name) = @_;

	sql_as($role, qq{
		SELECT dynamo.create_table('{"TableName":"$name","BillingMode":"PAY_PER_REQUEST",
			"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}]}');
		INSERT INTO "$name" SELECT 'k' || i, '{"g":{"S":"x"}}' FROM generate_series(1, 1200) i});
	return;
}

# What adds the index "GGG"; the side table exists in the same transaction.
sub add_index
{
	my ($name) = @_;

	return qq{SELECT dynamo.update_table('{"TableName":"$name","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
			{"AttributeName":"g","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"GGG",
			"KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}');};
}

sub is_active
{
	my ($name) = @_;

	return $node->poll_query_until('postgres', qq{SELECT status = 'ACTIVE' FROM dynamo.indexes WHERE relation = '"$name"'::regclass});
}

# ---- as whom ----

make_table('alice', 'Evil');
sql_as('alice', q{
	CREATE TABLE mal.told (text text);
	CREATE FUNCTION mal.try(statement text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		BEGIN
			EXECUTE statement;
			INSERT INTO mal.told VALUES (statement || ' done');
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO mal.told VALUES (statement || ': ' || SQLERRM);
		END;
	END $$;
	CREATE FUNCTION mal.attack() RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO mal.told VALUES (current_user || ' ' || current_setting('search_path'));
		PERFORM mal.try('ALTER ROLE alice SUPERUSER');
		PERFORM mal.try('SET ROLE postgres');
		PERFORM mal.try('RESET ROLE');
		PERFORM mal.try('SET SESSION AUTHORIZATION postgres');
		PERFORM mal.try('RESET SESSION AUTHORIZATION');
		PERFORM mal.try('CREATE TEMP TABLE t (a int)');
		PERFORM mal.try('SELECT pg_read_file(''postgresql.conf'')');
		PERFORM set_config('search_path', 'mal', false);
		PERFORM set_config('work_mem', '64kB', false);
	END $$;
	CREATE FUNCTION mal.evil(g text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM mal.attack(); RETURN g; END $$});
sql_as('alice', 'BEGIN;' . add_index('Evil') . q{CREATE INDEX ON dynamo_data."Evil.GGG" (mal.evil(g)); COMMIT});
ok(is_active('Evil'), 'an index with an expression on its side table is built');
is(sql_as('alice', q{SELECT text FROM mal.told WHERE text LIKE '%pg_temp'} . ' LIMIT 1'), 'alice pg_catalog, pg_temp',
	'it runs as the owner, with a safe search_path');
is(sql_as('alice', q{SELECT count(DISTINCT text) FROM mal.told WHERE text LIKE '%restricted operation'}), '5', 'in a security-restricted operation');
is(sql_as('alice', q{SELECT count(DISTINCT text) FROM mal.told WHERE text ~ '^(ALTER ROLE|SELECT pg_read).*(superuser|permission)'}), '2', 'with no rights but its own');
is($node->safe_psql('postgres', q{SELECT rolsuper FROM pg_roles WHERE rolname = 'alice'}), 'f', 'alice is no superuser');
is($node->safe_psql('postgres', q{SELECT count(*) FROM mal.told WHERE text LIKE '%done' OR text LIKE 'postgres%'}), '0', 'nothing was done');

# ---- one that fails ----

sub problems
{
	my ($role) = @_;

	return sql_as($role, q{SELECT relation, index_name, attempts > 0, failed_at < retry_at, error FROM dynamo.index_problems});
}

make_table($_, "Of_$_") foreach qw(alice bob);
sql_as('alice', q{
	CREATE FUNCTION mal.fail(a text) RETURNS text IMMUTABLE LANGUAGE plpgsql
		AS $$ BEGIN IF a = 'k600' THEN RAISE 'secret of %', a; END IF; RETURN a; END $$});
sql_as('alice', 'BEGIN;' . add_index('Of_alice') . q{CREATE INDEX ON dynamo_data."Of_alice.GGG" (mal.fail(a)); COMMIT});
ok($node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM dynamo.index_problems'), 'an index that cannot be built has a problem');
like(problems('alice'), qr/^"Of_alice"\|GGG\|t\|t\|secret of k600\nCONTEXT: .*mal\.fail/, 'its owner sees which');
is(problems('bob'), '', 'nobody else does');
is(sql_as('bob', q{SELECT has_table_privilege('dynamo.index_builds', 'SELECT')}), 'f', 'not even in the table');
sql_as('bob', add_index('Of_bob'));
ok(is_active('Of_bob'), 'the index of another table is built');

# also by one builder that has both to do, and after a restart
make_table('bob', 'Later');
$node->append_conf('postgresql.conf', 'max_worker_processes = 4');
$node->restart(fail_ok => 0);
sql_as('bob', add_index('Later'));
ok(is_active('Later'), 'and one after a restart');
is($node->safe_psql('postgres', q{SELECT status FROM dynamo.indexes WHERE relation = '"Of_alice"'::regclass}), 'CREATING', 'while it still fails');

# the attempts come at longer and longer intervals, from one process
my $attempts = $node->safe_psql('postgres', 'SELECT attempts FROM dynamo.index_builds WHERE error IS NOT NULL');
cmp_ok($attempts, '<', 12, 'the attempts are not many');
ok($node->poll_query_until('postgres', 'SELECT retry_at - failed_at >= \'8 s\' FROM dynamo.index_builds WHERE error IS NOT NULL'), 'they come later and later');

sql_as('alice', q{CREATE OR REPLACE FUNCTION mal.fail(a text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT a'});
ok(is_active('Of_alice'), 'the index is built when its owner has mended it');
is($node->safe_psql('postgres', 'SELECT count(*) FROM dynamo.index_builds'), '0', 'its problem is forgotten');
is($node->safe_psql('postgres', q{SELECT * FROM dynamo.check_table('Of_alice')}), '', 'it is complete');

# ---- one that sleeps ----

make_table('alice', 'Slow');
make_table('bob', 'Quick');
sql_as('alice', q{CREATE FUNCTION mal.sleep(a text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN a; END $$});

# both at once, for one builder
$node->safe_psql('postgres', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = \'dynamo index builder\'');
sql_as('alice', 'BEGIN;' . add_index('Slow') . q{CREATE INDEX ON dynamo_data."Slow.GGG" (mal.sleep(a)); COMMIT});
$node->safe_psql('postgres', 'BEGIN; SET LOCAL ROLE bob;' . add_index('Quick') . 'COMMIT');
ok(is_active('Quick'), 'an index is built beside a slow one');
is($node->safe_psql('postgres', q{SELECT status FROM dynamo.indexes WHERE relation = '"Slow"'::regclass}), 'CREATING', 'which is not done yet');

# ---- killed in the middle ----

$node->stop('immediate');
$node->start;
sql_as('alice', q{CREATE OR REPLACE FUNCTION mal.sleep(a text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT a'});
ok(is_active('Slow'), 'a builder goes on after a crash');
is($node->safe_psql('postgres', q{SELECT * FROM dynamo.check_table('Slow')}), '', 'the index is complete');

# ---- an index that goes while it fails ----

make_table('alice', 'Gone');
sql_as('alice', q{CREATE OR REPLACE FUNCTION mal.fail(a text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$});
sql_as('alice', 'BEGIN;' . add_index('Gone') . q{CREATE INDEX ON dynamo_data."Gone.GGG" (mal.fail(a)); COMMIT});
ok($node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM dynamo.index_problems'), 'another one fails');
sql_as('alice', q{SELECT dynamo.delete_table('{"TableName":"Gone"}')});
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'dynamo index builder'}),
	'when its table is deleted, the builder ends');
is($node->safe_psql('postgres', 'SELECT count(*) FROM dynamo.index_builds'), '0', 'and forgets it');

$node->stop;
done_testing();
