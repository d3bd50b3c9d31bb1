
# Secondary indexes under sessions that write the same items at once, while
# their relations are rebuilt, and while an index is built online.

use strict;
use warnings;

use FindBin;
use Test::More;
use Time::HiRes qw(sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use IndexedTable;

my $node = PostgreSQL::Test::Cluster->new('concurrency');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "deadlock_timeout = 100ms\nmax_worker_processes = 20\n");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');
make_item_function($node);
create_table($node, 'Things');
fill_table($node, 'Things', 2000);

# ---- two sessions and one item ----

my ($first, $second) = map { $node->background_psql('postgres', on_error_stop => 0) } 1 .. 2;

# Lets the second session run into a lock of the first, which then ends; what
# the second one says.
sub collide
{
	my ($sql, $end) = @_;

	$second->{stderr} = '';
	# psql takes what follows a COPY's data and an empty statement for more data
	$sql .= ";\n" unless $sql =~ /\n\z/;
	$second->{stdin} .= "$sql\\echo collided\n";
	$second->{run}->pump_nb;
	$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted}) or die 'the second session does not wait';
	$first->query_safe($end);
	$second->{run}->pump until $second->{stdout} =~ /collided/;

	my $answer = $second->{stdout} . $second->{stderr};

	$second->{stdout} = '';
	return $answer =~ s/collided\n//r;
}

my $put = q{SELECT dynamo.put_item('{"TableName":"Things","Item":{"p":{"S":"%s"},"r":{"N":"1"},"g":{"S":"%s"},"n":{"N":"1"}}}')};
my $entries = q{SELECT string_agg(g, ',') FROM dynamo_data."Things.by_g" WHERE p = '%s'};

# Both insert an item that was not there.
my %insert = (
	'INSERT' => q{INSERT INTO "Things" VALUES ('%s', 1, '{"g":{"S":"%s"},"n":{"N":"1"}}')},
	'ON CONFLICT' => q{INSERT INTO "Things" VALUES ('%s', 1, '{"g":{"S":"%s"},"n":{"N":"1"}}') ON CONFLICT (p, r) DO UPDATE SET item = excluded.item},
	'PutItem' => $put,
	'COPY' => qq{COPY "Things" FROM stdin;\n%s\t1\t{"g":{"S":"%s"},"n":{"N":"1"}}\n\\.\n});
my $key = 0;

foreach my $mine (qw(INSERT PutItem))
{
	foreach my $theirs (sort keys %insert)
	{
		foreach my $end (qw(COMMIT ROLLBACK))
		{
			my $p = 'race' . ++$key;
			my $what = "$mine and $theirs of one item, then $end";

			$first->query_safe('BEGIN; ' . sprintf($insert{$mine}, $p, 'mine'));

			my $answer = collide(sprintf($insert{$theirs}, $p, 'theirs'), $end);
			my $refused = $end eq 'COMMIT' && $theirs =~ /INSERT|COPY/;

			if ($refused)
			{
				like($answer, qr/duplicate key value violates unique constraint "Things[^"]*_pkey"/, "$what: one is refused");
			}
			else
			{
				unlike($answer, qr/ERROR/, "$what: it is done");
			}
			is($node->safe_psql('postgres', sprintf($entries, $p)), $refused ? 'mine' : 'theirs', "$what: one entry");
		}
	}
}
is(differences($node, 'Things'), '', 'races of inserts: the indexes agree');

# The second session finds the item changed by the first.
my %change = (
	'UPDATE' => q{UPDATE "Things" SET item = (item::jsonb || '{"g":{"S":"theirs"}}')::dynamo.item WHERE p = '%s'},
	'UPDATE of the key' => q{UPDATE "Things" SET r = r + 10, item = (item::jsonb - 'r' || '{"g":{"S":"theirs"}}')::dynamo.item WHERE p = '%s'},
	'UpdateItem' => q{SELECT dynamo.update_item('{"TableName":"Things","Key":{"p":{"S":"%s"},"r":{"N":"1"}},"UpdateExpression":"SET g = :g",
		"ExpressionAttributeValues":{":g":{"S":"theirs"}}}')},
	'PutItem' => sprintf($put, '%s', 'theirs'),
	'DELETE' => q{DELETE FROM "Things" WHERE p = '%s'},
	'DeleteItem' => q{SELECT dynamo.delete_item('{"TableName":"Things","Key":{"p":{"S":"%s"},"r":{"N":"1"}}}')},
	'SELECT FOR UPDATE' => q{WITH held AS MATERIALIZED (SELECT p, r FROM "Things" WHERE p = '%s' FOR UPDATE)
		UPDATE "Things" t SET item = (item::jsonb || '{"g":{"S":"theirs"}}')::dynamo.item FROM held WHERE t.p = held.p AND t.r = held.r});

foreach my $theirs (sort keys %change)
{
	foreach my $mine ('nothing', 'UPDATE', 'ROLLBACK')
	{
		my $p = 'held' . ++$key;
		my $what = "$theirs against SELECT FOR UPDATE and $mine";

		$node->safe_psql('postgres', sprintf($put, $p, 'before'));
		$first->query_safe(qq{BEGIN; SELECT r FROM "Things" WHERE p = '$p' FOR UPDATE});
		$first->query_safe(qq{UPDATE "Things" SET item = (item::jsonb || '{"g":{"S":"mine"},"n":{"N":"2"}}')::dynamo.item WHERE p = '$p'})
		  if $mine ne 'nothing';
		unlike(collide(sprintf($change{$theirs}, $p), $mine eq 'ROLLBACK' ? 'ROLLBACK' : 'COMMIT'), qr/ERROR/, $what);
		is($node->safe_psql('postgres', sprintf($entries, $p)), $theirs =~ /^DELETE|^Delete/ ? '' : 'theirs', "$what: the entry");
	}
}
is(differences($node, 'Things'), '', 'races of changes: the indexes agree');

# A snapshot that is older than the item's last version.
$first->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
$node->safe_psql('postgres', sprintf($put, 'held1', 'newer'));
$node->safe_psql('postgres', sprintf($put, 'fresh', 'newer'));
$first->query(q{INSERT INTO "Things" VALUES ('fresh', 1, '{"g":{"S":"older"},"n":{"N":"1"}}') ON CONFLICT DO NOTHING});
like($first->{stderr}, qr/could not serialize access/, 'REPEATABLE READ: ON CONFLICT is refused');
$first->{stderr} = '';
$first->query_safe('ROLLBACK');
$first->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
$node->safe_psql('postgres', q{UPDATE "Things" SET item = item(1) WHERE p = 'k1'});
$first->query_safe(q{UPDATE "Things" SET item = item(2) WHERE p = 'k2'});
$first->query_safe('COMMIT');
is(differences($node, 'Things'), '', 'REPEATABLE READ: the indexes agree');
$_->quit foreach ($first, $second);

# ---- many sessions ----

my $bench = $node->basedir . '/bench';

# Runs pgbench on a script: whether no transaction failed.
sub bench_ok
{
	my ($what, $clients, $transactions, $script) = @_;
	my ($out, $err) = ('', '');

	append_to_file("$bench.$clients.$transactions", $script) unless -e "$bench.$clients.$transactions";
	ok( IPC::Run::run(
			[ 'pgbench', '-n', '-c', $clients, '-t', $transactions, '-f', "$bench.$clients.$transactions", $node->connstr . ' dbname=postgres' ],
			'>', \$out, '2>', \$err) && $err !~ /ERROR/, $what) or diag($err);
	return;
}

# All of them write the same twenty items, in an order by chance.
my $request = join(',', map {
		'{"PutRequest":{"Item":{"p":{"S":"batch\' || (:a + ' . $_ . ' * :step) % 20 || \'"},"r":{"N":"1"},"g":{"S":"g\' || :b % ' . ($_ + 2) . ' || \'"},"n":{"N":"1"}}}}' } 0 .. 5);

bench_ok('sessions that write overlapping batches do not fail', 6, 150, qq{
\\set a random(0, 19)
\\set b random(0, 1000)
\\set step 1 + 2 * random(0, 4)
SELECT CASE WHEN :step = 5 THEN NULL ELSE dynamo.batch_write_item(('{"RequestItems":{"Things":[$request]}}')::json) END;
SELECT dynamo.update_item(('{"TableName":"Things","Key":{"p":{"S":"batch' || :a || '"},"r":{"N":"1"}},"UpdateExpression":"SET g = :g, n = :n",
	"ExpressionAttributeValues":{":g":{"S":"u' || :b || '"},":n":{"N":"' || :b || '"}}}')::json);
SELECT dynamo.delete_item(('{"TableName":"Things","Key":{"p":{"S":"batch' || :b % 20 || '"},"r":{"N":"1"}}}')::json);
UPDATE "Things" SET item = item(:b) WHERE p = 'batch' || :a;
});
is(differences($node, 'Things'), '', 'overlapping batches: the indexes agree');
unlike(slurp_file($node->logfile), qr/deadlock detected/, 'overlapping batches: no deadlock');

# ---- while relations are rebuilt ----

# ON CONFLICT on a partitioned table fails by itself now and then while a
# partition's index is rebuilt concurrently.
$node->safe_psql('postgres', q{
	CREATE FUNCTION upsert(k text, n int, v int) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO "Things" VALUES (k, n, item(v)) ON CONFLICT (p, r) DO UPDATE SET item = excluded.item;
	EXCEPTION WHEN internal_error THEN
		IF SQLERRM <> 'invalid arbiter index list' THEN
			RAISE;
		END IF;
	END $$});

# Writers that may lose against each other, but not against the indexes.
my $writes = q{
\set r random(1, 12000)
\set k :r % 50
\set v random(1, 100000)
SELECT upsert('k' || :k, :r, :v);
UPDATE "Things" SET item = item(:v) WHERE p = 'k' || :k AND r = :r;
UPDATE "Things" SET item = (item::jsonb - 'g')::dynamo.item WHERE p = 'k' || :k AND r = :r;
SELECT dynamo.put_item(('{"TableName":"Things","Item":{"p":{"S":"k' || :k || '"},"r":{"N":"' || :r || '"},"g":{"S":"g' || :v || '"},"n":{"N":"1"},"x":{"S":"x"}}}')::json);
DELETE FROM "Things" WHERE p = 'k' || :k AND r = :r AND :v % 3 = 0;
};
append_to_file("$bench.writes", $writes);

# Starts writers in the background; to be ended with stop_writers().
sub start_writers
{
	my ($seconds) = @_;
	my %writers = (out => '', err => '');

	$writers{run} = IPC::Run::start(
		[ 'pgbench', '-n', '-c', 4, '-T', $seconds, '-f', "$bench.writes", $node->connstr . ' dbname=postgres' ],
		'>', \$writers{out}, '2>', \$writers{err});
	return \%writers;
}

sub stop_writers
{
	my ($writers, $what) = @_;

	ok($writers->{run}->finish && $writers->{err} !~ /ERROR/, "$what: the writers do not fail") or diag($writers->{err});
	cmp_ok($writers->{out} =~ /actually processed: (\d+)/ ? $1 : 0, '>', 0, "$what: they wrote");
	is(differences($node, 'Things'), '', "$what: the indexes agree");
	return;
}

my $writers = start_writers(5);

foreach my $round (1 .. 2)
{
	foreach my $statement (
		'VACUUM "Things"', 'VACUUM dynamo_data."Things.by_g"', 'VACUUM FULL dynamo_data."Things.by_b"', 'VACUUM (FULL, FREEZE) "Things"',
		'REINDEX TABLE dynamo_data."Things.turned"', 'REINDEX TABLE CONCURRENTLY dynamo_data."Things.by_n"',
		'REINDEX TABLE CONCURRENTLY "Things"', 'ANALYZE dynamo_data."Things.by_g"', 'VACUUM (TRUNCATE, INDEX_CLEANUP) dynamo_data."Things.by_g"',
		'ALTER TABLE dynamo_data."Things.by_g.1" SET UNLOGGED', 'ALTER TABLE dynamo_data."Things.by_g.1" SET LOGGED')
	{
		my (undef, undef, $error) = $node->psql('postgres', $statement);

		unlike($error, qr/ERROR/, "$statement, round $round");
	}
}
stop_writers($writers, 'maintenance');

# What DESIGN calls the relcache race: an index build that runs SQL, while
# privileges change and indexes are kept.
$node->safe_psql('postgres', q{
	CREATE FUNCTION slow_key(dynamo.item) RETURNS text IMMUTABLE LANGUAGE plpgsql AS
		$$ BEGIN PERFORM 1 FROM pg_class WHERE relname = 'things'; RETURN $1 ->> 'x'; END $$;
	CREATE FUNCTION never(dynamo.item) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
		$$ BEGIN PERFORM count(*) FROM pg_namespace; RETURN false; END $$;
	CREATE ROLE somebody});
append_to_file("$bench.grants", join(";\n", map {
			qq{GRANT SELECT ON dynamo_data."Things.$_" TO somebody; REVOKE SELECT ON dynamo_data."Things.$_" FROM somebody} } 0 .. 3) . ";\n");
$writers = start_writers(4);
my ($out, $err) = ('', '');
my $grants = IPC::Run::start([ 'pgbench', '-n', '-T', 4, '-f', "$bench.grants", $node->connstr . ' dbname=postgres' ], '>', \$out, '2>', \$err);
foreach my $round (1 .. 4)
{
	my $leaf = 'dynamo_data."Things.' . $round % 4 . '"';

	foreach my $statement (
		"CREATE INDEX CONCURRENTLY race ON $leaf (slow_key(item)) WHERE never(item)", 'REINDEX INDEX CONCURRENTLY dynamo_data.race',
		"CREATE INDEX race_too ON $leaf (slow_key(item))", 'DROP INDEX IF EXISTS dynamo_data.race, dynamo_data.race_too')
	{
		my (undef, undef, $error) = $node->psql('postgres', $statement);

		unlike($error, qr/ERROR/, "$statement, round $round");
	}
}
ok($grants->finish && $err !~ /ERROR/, 'the session that grants does not fail') or diag($err);
stop_writers($writers, 'index builds while privileges change');

# ---- building an index online ----

$node->safe_psql('postgres', q{INSERT INTO "Things" SELECT 'k' || i % 50, i, item(i) FROM generate_series(1, 12000) i ON CONFLICT DO NOTHING});
foreach my $round (1 .. 3)
{
	$writers = start_writers(6);
	sleep 0.3;
	add_index($node, 'Things');
	ok(wait_active($node, 'Things'), "online build $round: it comes to its end");
	ok($writers->{run}->pumpable, "online build $round: the writers are still at it");
	stop_writers($writers, "online build $round");
	is( $node->safe_psql('postgres', q{SELECT count(*) FROM dynamo_data."Things.later"}),
		$node->safe_psql('postgres', q{SELECT count(*) FROM "Things" WHERE item -> 'x' ->> 'S' <> ''}), "online build $round: nothing too much");
	$node->safe_psql('postgres', q{SELECT dynamo.update_table('{"TableName":"Things",
		"GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"later"}}]}') IS NOT NULL});
	ok( $node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM dynamo.indexes WHERE index_name = 'later'}),
		"online build $round: deleted");
	is($node->safe_psql('postgres', q{SELECT to_regclass('dynamo_data."Things.later"')}), '', "online build $round: the side table, too");
}

$node->stop;
done_testing();
