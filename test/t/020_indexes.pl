
# Secondary indexes where more than one session or server is needed to write
# the items: dump and restore, logical replication's apply, prepared
# transactions over a restart, and crashes.

use strict;
use warnings;

use FindBin;
use Test::More;
use Time::HiRes qw(sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;
use IndexedTable;

my $server = DynamoEndpoint->new('indexes',
	'wal_level = logical', 'max_wal_senders = 10', 'max_replication_slots = 10', 'max_prepared_transactions = 5', 'max_worker_processes = 20', 'synchronous_commit = on');
my $node = $server->node;

ok($server->start, 'the server starts');
make_item_function($node);
create_table($node, 'Things');
fill_table($node, 'Things', 3000);
# Items that one index or another does not hold.
$node->safe_psql('postgres', q{
	INSERT INTO "Things" SELECT 'sparse', i, (item(i)::jsonb - ('{g,n,b}'::text[])[i % 3 + 1])::dynamo.item FROM generate_series(1, 100) i;
	INSERT INTO "Things" VALUES ('sparse', 0, '{}')});
is(differences($node, 'Things'), '', 'the indexes agree');

# ---- dump and restore ----

my $items = q{SELECT count(*), md5(string_agg(item::text, ',' ORDER BY p, r)) FROM "Things"};
my $indexes = q{SELECT relation, index_name, side, kind, status, hash_keys, range_keys, key_types, projection, included, settings FROM dynamo.indexes ORDER BY 1, 2};
my $origin = $node->connstr . ' dbname=postgres';
my $dump = $node->basedir . '/dump';

sub run_ok
{
	my ($what, @command) = @_;
	my ($out, $err) = ('', '');

	ok(IPC::Run::run(\@command, '>', \$out, '2>', \$err) && $err !~ /\b(WARNING|ERROR)\b/, $what) or diag("@command: $err");
	return;
}

sub psql_file
{
	my ($database, $file) = @_;

	return ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', $file);
}

sub is_restored
{
	my ($database, $what) = @_;

	is($node->safe_psql($database, $items), $node->safe_psql('postgres', $items), "$what: the items are there");
	is($node->safe_psql($database, $indexes), $node->safe_psql('postgres', $indexes), "$what: the indexes are there");
	keeps_on($node, 'Things', $database, $what);
	return;
}

sub create_database
{
	my ($database) = @_;

	return $node->safe_psql('template1', "CREATE DATABASE $database TEMPLATE template0");
}

create_database('plain');
run_ok('pg_dump', 'pg_dump', '-d', $origin, '-f', "$dump.sql");
run_ok('psql', psql_file('plain', "$dump.sql"));
is_restored('plain', 'pg_dump | psql');

create_database('parallel');
run_ok('pg_dump -Fd -j2', 'pg_dump', '-Fd', '-j2', '-d', $origin, '-f', "$dump.d");
run_ok('pg_restore -j2', 'pg_restore', '-j2', '-d', $node->connstr('parallel'), "$dump.d");
is_restored('parallel', 'pg_dump -Fd | pg_restore -j2');

create_database('inserts');
run_ok('pg_dump --inserts', 'pg_dump', '--inserts', '--load-via-partition-root', '-d', $origin, '-f', "$dump.inserts");
run_ok('psql of INSERTs', psql_file('inserts', "$dump.inserts"));
is_restored('inserts', 'pg_dump --inserts --load-via-partition-root');

# The schema first and all its triggers; then the data.
run_ok('pg_dump --schema-only', 'pg_dump', '--schema-only', '-d', $origin, '-f', "$dump.schema");
run_ok('pg_dump --data-only', 'pg_dump', '--data-only', '-d', $origin, '-f', "$dump.data");
run_ok('pg_dump --data-only --disable-triggers', 'pg_dump', '--data-only', '--disable-triggers', '-d', $origin, '-f', "$dump.disable");
create_database($_), run_ok("psql of the schema: $_", psql_file($_, "$dump.schema")) foreach qw(later later_parallel later_disabled);
run_ok('psql of the data', psql_file('later', "$dump.data"));
is_restored('later', '--schema-only, then --data-only');
run_ok('psql of the data without triggers', psql_file('later_disabled', "$dump.disable"));
like(differences($node, 'Things', 'later_disabled'), qr/not enabled ALWAYS/, '--disable-triggers: triggers are left that replication does not fire');
$node->safe_psql('later_disabled', q{
	DO $$
	DECLARE
		t record;
	BEGIN
		FOR t IN SELECT tgrelid::regclass AS relation, tgname FROM pg_trigger
			WHERE tgfoid IN ('dynamo.truncate_entries'::regproc, 'dynamo.guard_entries'::regproc) AND tgenabled = 'O'
		LOOP
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.relation, t.tgname);
		END LOOP;
	END
	$$});
is_restored('later_disabled', '--data-only --disable-triggers');

# Items that come before the catalog's rows are refused, since they would be
# missing in the indexes.
my (undef, undef, $error) = $node->psql('later_parallel', q{INSERT INTO "Things" VALUES ('a', 1, '{}')});
like($error, qr/indexes of item table partition "Things\.\d" are not in the catalog/, 'items before the catalog are refused');
run_ok("pg_restore -n $_", 'pg_restore', '--data-only', '-j2', '-n', $_, '-d', $node->connstr('later_parallel'), "$dump.d")
  foreach qw(dynamo dynamo_data);
is_restored('later_parallel', '--schema-only, then pg_restore --data-only -j2');

# The items of one table, into a table that CreateTable has made.
foreach my $database (qw(existing existing_parallel))
{
	create_database($database);
	$node->safe_psql($database, 'CREATE EXTENSION dynamo');
	make_item_function($node, $database);
	create_table($node, 'Things', $database);
}
run_ok('pg_dump --data-only -n dynamo_data', 'pg_dump', '--data-only', '-n', 'dynamo_data', '-d', $origin, '-f', "$dump.items");
run_ok('psql of the items', psql_file('existing', "$dump.items"));
is_restored('existing', '--data-only into a table that is there');
run_ok('pg_restore -j2 of the items', 'pg_restore', '--data-only', '-n', 'dynamo_data', '-j2', '-d', $node->connstr('existing_parallel'), "$dump.d");
is_restored('existing_parallel', 'the same by pg_restore -j2');

$node->safe_psql('template1', "DROP DATABASE $_")
  foreach qw(plain parallel inserts later later_parallel later_disabled existing existing_parallel);

# ---- side tables are not written to ----

foreach my $write ('INSERT INTO dynamo_data."Things.by_g" SELECT * FROM dynamo_data."Things.by_g"', 'UPDATE dynamo_data."Things.by_g" SET p = p',
	'DELETE FROM dynamo_data."Things.by_g.1"', 'TRUNCATE dynamo_data."Things.by_g"', 'TRUNCATE dynamo_data."Things.by_g.1"',
	'MERGE INTO dynamo_data."Things.by_g" USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE')
{
	(undef, undef, $error) = $node->psql('postgres', $write);
	like($error, qr/entries of a secondary index cannot be changed/, "refused: $write");
}

# ---- prepared transactions ----

my $writes = q{
	INSERT INTO "Things" SELECT 'prepared', i, item(i) FROM generate_series(1, 50) i;
	UPDATE "Things" SET item = item(r::int + 3) WHERE p = 'k7';
	DELETE FROM "Things" WHERE p = 'k8';
	SELECT dynamo.put_item('{"TableName":"Things","Item":{"p":{"S":"prepared"},"r":{"N":"0"},"g":{"S":"g"},"n":{"N":"1"}}}')};

foreach my $end ('ROLLBACK', 'COMMIT')
{
	my $before = $node->safe_psql('postgres', $items);

	$node->safe_psql('postgres', "BEGIN; $writes; PREPARE TRANSACTION 'writes'");
	is(differences($node, 'Things'), '', "$end PREPARED: nothing shows before");
	$node->stop('immediate');
	$node->start;
	is($node->safe_psql('postgres', $items), $before, "$end PREPARED: nor after a restart");
	is(differences($node, 'Things'), '', "$end PREPARED: in the indexes neither");
	$node->safe_psql('postgres', "$end PREPARED 'writes'");
	ok(($node->safe_psql('postgres', $items) eq $before) == ($end eq 'ROLLBACK'), "$end PREPARED: done");
	is(differences($node, 'Things'), '', "$end PREPARED: the indexes agree");
}

# ---- logical replication ----

# Two subscribers: one gets the item table, the other whatever is in
# dynamo_data, side tables included, which would be every entry twice.
create_table($node, 'Copied');
fill_table($node, 'Copied', 1000);
$node->safe_psql('postgres', q{
	CREATE PUBLICATION items FOR TABLE "Copied" WITH (publish_via_partition_root = true);
	CREATE PUBLICATION leaves FOR TABLES IN SCHEMA dynamo_data});

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$subscriber->append_conf('postgresql.conf', "wal_retrieve_retry_interval = 100ms\nmax_worker_processes = 20\n");
$subscriber->start;
foreach my $publication (qw(items leaves))
{
	$subscriber->safe_psql('postgres', "CREATE DATABASE $publication");
	$subscriber->safe_psql($publication, 'CREATE EXTENSION dynamo');
	make_item_function($subscriber, $publication);
	create_table($subscriber, $_, $publication) foreach qw(Copied Things);
	$subscriber->safe_psql($publication,
		"CREATE SUBSCRIPTION $publication CONNECTION '$origin' PUBLICATION $publication WITH (copy_data = true)");
	$subscriber->wait_for_subscription_sync($node, $publication, $publication);
}

sub is_replicated
{
	my ($name, $what) = @_;
	my $content = qq{SELECT count(*), md5(string_agg(item::text, ',' ORDER BY p, r)) FROM "$name"};

	foreach my $publication (qw(items leaves))
	{
		next if $publication eq 'items' && $name ne 'Copied';
		$node->wait_for_catchup($publication);
		is($subscriber->safe_psql($publication, $content), $node->safe_psql('postgres', $content), "$what: items, $publication, $name");
		is(differences($subscriber, $name, $publication), '', "$what: indexes, $publication, $name");
	}
	return;
}

is_replicated($_, 'first copy') foreach qw(Copied Things);
foreach my $name (qw(Copied Things))
{
	$node->safe_psql('postgres', qq{
		INSERT INTO "$name" SELECT 'new' || i, i, item(i) FROM generate_series(1, 300) i;
		UPDATE "$name" SET item = (item::jsonb || '{"x":{"S":"updated"}}')::dynamo.item WHERE r % 3 = 0;
		UPDATE "$name" SET item = (item::jsonb || '{"g":{"S":"updated"}}')::dynamo.item WHERE r % 4 = 0;
		UPDATE "$name" SET item = (item::jsonb - 'n')::dynamo.item WHERE r % 5 = 0;
		UPDATE "$name" SET p = 'moved' || p, item = (item::jsonb - 'p')::dynamo.item WHERE r % 7 = 0;
		DELETE FROM "$name" WHERE r % 11 = 0;
		SELECT dynamo.put_item('{"TableName":"$name","Item":{"p":{"S":"api"},"r":{"N":"1"},"g":{"S":"g"},"n":{"N":"1"}}}')});
	is_replicated($name, 'changes');
	# A publication by the root does not publish this one.
	$node->safe_psql('postgres', qq{TRUNCATE dynamo_data."$name.1"});
	is_replicated($name, 'TRUNCATE of a partition') if $name eq 'Things';
	$node->safe_psql('postgres', qq{BEGIN; TRUNCATE "$name"; INSERT INTO "$name" SELECT 'after', i, item(i) FROM generate_series(1, 100) i; COMMIT});
	is_replicated($name, 'TRUNCATE');
}
$subscriber->safe_psql($_, "DROP SUBSCRIPTION $_") foreach qw(items leaves);
$subscriber->stop;
$node->safe_psql('postgres', 'DROP PUBLICATION items, leaves; DROP TABLE "Copied"');

# ---- crashes ----

my $script = $node->basedir . '/writes';
append_to_file($script, q{
\set v random(1, 100000)
INSERT INTO "Things" SELECT 'w' || :client_id, i, item(i) FROM generate_series(1, 40) i ON CONFLICT (p, r) DO UPDATE SET item = item(excluded.r::int + 1);
SELECT dynamo.put_item(('{"TableName":"Things","Item":{"p":{"S":"w' || :client_id || '"},"r":{"N":"7"},"g":{"S":"put"},"n":{"N":"' || :v || '"}}}')::json);
UPDATE "Things" SET item = item(:v) WHERE p = 'after' AND r % 4 = :client_id;
UPDATE "Things" SET p = 'v' || :client_id, item = item(3) WHERE p = 'w' || :client_id AND r > 20;
DELETE FROM "Things" WHERE p = 'v' || :client_id;
});

# The postmaster first, so that it begins no recovery, then all the others.
sub kill_all
{
	my @pids = split(/\n/, $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()'));

	$node->kill9;
	kill 'KILL', @pids;
	for (my $i = 0; $i < 600 && kill(0, @pids); $i++)
	{
		sleep 0.1;
	}
	return;
}

foreach my $round (1 .. 3)
{
	my $written = $node->safe_psql('postgres', 'SELECT pg_current_wal_lsn()');
	my ($out, $err) = ('', '');
	my $writers = IPC::Run::start([ 'pgbench', '-n', '-c', 4, '-T', 300, '-f', $script, $origin ], '>', \$out, '2>', \$err);

	ok($node->poll_query_until('postgres', "SELECT pg_current_wal_lsn() - '$written' > 2000000"), "crash $round: there are writes");
	kill_all();
	$writers->finish;
	$node->start;
	is(differences($node, 'Things'), '', "crash $round: the indexes agree");
}

# ---- a crash while an index is built ----

# The builder waits for whoever holds an item, and so is killed at work.
sub hold_items
{
	my ($name) = @_;
	my $session = $node->background_psql('postgres');

	$session->query_safe(qq{BEGIN; SELECT count(*) FROM (SELECT FROM "$name" WHERE r = 15000 FOR UPDATE) held});
	return $session;
}

sub start_build
{
	my ($name) = @_;

	create_table($node, $name);
	fill_table($node, $name, 20000);
	# No entry for these: the wrong type, and no attribute.
	$node->safe_psql('postgres', qq{
		INSERT INTO "$name" VALUES ('odd', 1, '{"x":{"N":"1"}}'), ('odd', 2, '{}'), ('odd', 3, '{"x":{"S":""}}')});

	my $holder = hold_items($name);

	add_index($node, $name);
	ok( $node->poll_query_until('postgres',
			q{SELECT count(*) > 0 FROM pg_locks l JOIN pg_stat_activity USING (pid) WHERE backend_type = 'dynamo index builder' AND NOT granted}),
		"$name: the builder is at work");
	cmp_ok($node->safe_psql('postgres', qq{SELECT count(*) FROM dynamo_data."$name.later"}), '>', 0, "$name: there are entries");
	is($node->safe_psql('postgres', qq{SELECT problem FROM dynamo.check_table('$name')}), 'the index is not built yet', "$name: it is not complete");
	return $holder;
}

sub is_built
{
	my ($name, $what) = @_;

	ok(wait_active($node, $name), "$what: the build goes on to its end");
	is(differences($node, $name), '', "$what: the index is right");
	is( $node->safe_psql('postgres', qq{SELECT count(*) FROM dynamo_data."$name.later"}),
		$node->safe_psql('postgres', qq{SELECT count(*) FROM "$name" WHERE item -> 'x' ->> 'S' <> ''}),
		"$what: and has what it can hold");
	return;
}

my $holder = start_build('Killed');
kill_all();
eval { $holder->{run}->finish };
$node->start;
is_built('Killed', 'SIGKILL of the server');

$holder = start_build('Builder');
my $builder = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'dynamo index builder'});
$node->safe_psql('postgres', "SELECT pg_terminate_backend($builder)");
$holder->query_safe('ROLLBACK');
$holder->quit;
is_built('Builder', 'the builder terminated');

$holder = start_build('Restarted');
eval { $holder->{run}->kill_kill };
$node->restart;
is_built('Restarted', 'a restart');

$node->stop;
done_testing();
