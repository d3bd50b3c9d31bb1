# Ways into an item table that need more than one session or server: logical
# replication's apply, recovery after a crash, a replica, and index builds
# while the relcache is being invalidated.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('primary');
$node->init(allows_streaming => 'logical');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');

sub create_table
{
	my ($server, $name) = @_;

	return $server->safe_psql('postgres',
		qq{SET dynamo.partitions = 4;
		SELECT dynamo.create_table('{"TableName":"$name","BillingMode":"PAY_PER_REQUEST",
			"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
			"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]}') IS NOT NULL});
}

# A table's items, in one line.
sub items
{
	my ($server, $name) = @_;

	return $server->safe_psql('postgres',
		qq{SELECT count(*), md5(string_agg(p || ' ' || trim_scale(r) || item::text, ',' ORDER BY p, r)) FROM "$name"});
}

# That what SQL says of a table is what the API says.
sub check_agreement
{
	my ($server, $name, $what) = @_;

	is( $server->safe_psql('postgres', qq{
			SELECT count(*), count(*) FILTER (WHERE item ->> 'p' <> p OR (item ->> 'r')::numeric <> r OR
				dynamo.get_item(json_build_object('TableName', '$name', 'Key', json_build_object('p', item -> 'p', 'r', item -> 'r'))) ->> 'Item'
					IS DISTINCT FROM item::text) FROM "$name"}) =~ s/\|.*//r . '|0',
		$server->safe_psql('postgres', qq{
			SELECT count(*), count(*) FILTER (WHERE item ->> 'p' <> p OR (item ->> 'r')::numeric <> r OR
				dynamo.get_item(json_build_object('TableName', '$name', 'Key', json_build_object('p', item -> 'p', 'r', item -> 'r'))) ->> 'Item'
					IS DISTINCT FROM item::text) FROM "$name"}),
		$what);
	return;
}

create_table($node, 'things');
$node->safe_psql('postgres', q{INSERT INTO things SELECT 'k' || i % 50, i, '{}' FROM generate_series(1, 1000) i});

# ---- logical replication ----

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', 'wal_retrieve_retry_interval = 100ms');
$subscriber->start;
$subscriber->safe_psql('postgres', 'CREATE EXTENSION dynamo');
create_table($subscriber, 'things');

# The publisher's "loose" is an ordinary table, which says what it likes; on
# the subscriber it is an item table.
$node->safe_psql('postgres', q{CREATE TABLE loose (p text COLLATE "C", r numeric, item dynamo.item, PRIMARY KEY (p, r))});
create_table($subscriber, 'loose');
$node->safe_psql('postgres', q{CREATE PUBLICATION everything FOR TABLE things, loose WITH (publish_via_partition_root = true)});
$subscriber->safe_psql('postgres',
	q{CREATE SUBSCRIPTION everything CONNECTION '} . $node->connstr . q{ dbname=postgres' PUBLICATION everything});
$subscriber->wait_for_subscription_sync($node, 'everything');
is(items($subscriber, 'things'), items($node, 'things'), 'the first copy is whole');

$node->safe_psql('postgres', q{
	INSERT INTO things SELECT 'new' || i, i, dynamo.from_json(jsonb_build_object('pad', repeat(md5(i::text), i % 300))) FROM generate_series(1, 500) i;
	UPDATE things SET item = '{"x":{"S":"updated"}}' WHERE r % 3 = 0;
	UPDATE things SET p = 'moved' || p, item = (item::jsonb - 'p')::dynamo.item WHERE r % 7 = 0;
	DELETE FROM things WHERE r % 5 = 0});
$node->safe_psql('postgres', q{
	SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"api"},"r":{"N":"1"},"x":{"L":[{"B":"AAEC"}]}}}');
	SELECT dynamo.delete_item('{"TableName":"things","Key":{"p":{"S":"k1"},"r":{"N":"1"}}}')});
$node->wait_for_catchup('everything');
is(items($subscriber, 'things'), items($node, 'things'), 'changes arrive');
check_agreement($subscriber, 'things', 'and the API finds them');

# Keys that the publisher left out are filled in; a contradiction stops it.
$node->safe_psql('postgres', q{INSERT INTO loose VALUES ('a', 1, '{"x":{"S":"y"}}')});
$node->wait_for_catchup('everything');
is($subscriber->safe_psql('postgres', 'SELECT * FROM loose'), 'a|1|{"p":{"S":"a"},"r":{"N":"1"},"x":{"S":"y"}}', 'apply fills keys in');
my $log = -s $subscriber->logfile;
$node->safe_psql('postgres', q{UPDATE loose SET item = '{"p":{"S":"liar"}}'});
ok($subscriber->wait_for_log(qr/item contradicts key column "p"/, $log), 'apply refuses a contradiction');
is($subscriber->safe_psql('postgres', 'SELECT item FROM loose'), '{"p":{"S":"a"},"r":{"N":"1"},"x":{"S":"y"}}', 'and stores nothing of it');
$subscriber->safe_psql('postgres', 'ALTER SUBSCRIPTION everything DISABLE; ALTER SUBSCRIPTION everything SET (slot_name = NONE); DROP SUBSCRIPTION everything');
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_replication_slots WHERE active});
$node->safe_psql('postgres', q{SELECT pg_drop_replication_slot('everything'); DROP PUBLICATION everything});
$subscriber->stop;

# ---- a replica ----

$node->backup('base');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($node, 'base', has_streaming => 1);
$replica->start;
$node->safe_psql('postgres', q{
	SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"late"},"r":{"N":"1"},"x":{"S":"streamed"}}}')});
create_table($node, 'later');
$node->safe_psql('postgres', q{INSERT INTO later VALUES ('a', 1, '{}')});
$node->wait_for_catchup($replica, 'replay', $node->lsn('flush'));
is(items($replica, 'things'), items($node, 'things'), 'the replica has it all');
check_agreement($replica, 'things', 'the replica serves GetItem');
is( $replica->safe_psql('postgres', q{SELECT dynamo.query('{"TableName":"things","KeyConditionExpression":"p = :p",
		"ExpressionAttributeValues":{":p":{"S":"late"}}}') ->> 'Items'}),
	'[{"p":{"S":"late"},"r":{"N":"1"},"x":{"S":"streamed"}}]', 'Query');
is($replica->safe_psql('postgres', q{SELECT dynamo.list_tables('{}') ->> 'TableNames'}), '["later","things"]', 'ListTables');
is($replica->safe_psql('postgres', q{SELECT dynamo.scan('{"TableName":"later"}') ->> 'Count'}), '1', 'Scan of a table that came later');
my (undef, undef, $error) = $replica->psql('postgres', q{SELECT dynamo.put_item('{"TableName":"later","Item":{"p":{"S":"b"},"r":{"N":"1"}}}')});
like($error, qr/is a standby and does not take writes; send \w+ to the primary/, 'PutItem is refused');
(undef, undef, $error) = $replica->psql('postgres', q{SELECT dynamo.delete_table('{"TableName":"later"}')});
like($error, qr/is a standby and does not take writes; send \w+ to the primary/, 'DeleteTable is refused');
$node->safe_psql('postgres', q{SELECT dynamo.delete_table('{"TableName":"later"}')});
$node->wait_for_catchup($replica, 'replay', $node->lsn('flush'));
(undef, undef, $error) = $replica->psql('postgres', q{SELECT dynamo.scan('{"TableName":"later"}')});
like($error, qr/Requested resource not found/, 'a table dropped there is gone here');
$replica->stop;

# ---- a crash ----

my $before = items($node, 'things');
my $open = $node->background_psql('postgres');
$open->query_safe(q{BEGIN; INSERT INTO things SELECT 'lost', i, '{}' FROM generate_series(1, 100) i});
$open->query_safe(q{SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"lost"},"r":{"N":"1000"}}}')});
$node->safe_psql('postgres', q{
	CHECKPOINT;
	SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"kept"},"r":{"N":"1"}}}');
	UPDATE things SET item = '{"x":{"S":"kept, too"}}' WHERE p = 'late'});
my $kept = items($node, 'things');
isnt($kept, $before, 'something changed');
$node->stop('immediate');
eval { $open->{run}->finish };
$node->start;
is(items($node, 'things'), $kept, 'after a crash what was committed is there, and nothing else');
check_agreement($node, 'things', 'and the API agrees');
is($node->safe_psql('postgres', q{SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"lost"},"r":{"N":"1"}}}')}), '{}', 'writing goes on');

# ---- index builds while the relcache is invalidated ----

# An index expression and a predicate that run SQL let invalidations in during
# the heap scan; a false predicate makes the build scan without touching the
# index.
$node->safe_psql('postgres', q{
	CREATE FUNCTION slow_key(dynamo.item) RETURNS text IMMUTABLE LANGUAGE plpgsql AS
		$$ BEGIN PERFORM 1 FROM pg_class WHERE relname = 'things'; RETURN $1 ->> 'x'; END $$;
	CREATE FUNCTION never(dynamo.item) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
		$$ BEGIN PERFORM count(*) FROM pg_namespace; RETURN false; END $$;
	CREATE ROLE somebody;
	SELECT dynamo.put_item(json_build_object('TableName', 'things', 'Item', json_build_object(
		'p', json_build_object('S', 'build' || i), 'r', json_build_object('N', '1')))) FROM generate_series(1, 3000) i});
my $stop_file = $node->basedir . '/stop';
my $loop = fork() // die "fork: $!";
if ($loop == 0)
{
	my $grants = join(';', map {
		qq{GRANT SELECT ON dynamo_data."things.$_" TO somebody; REVOKE SELECT ON dynamo_data."things.$_" FROM somebody} } 0 .. 3);
	until (-e $stop_file)
	{
		my ($out, $err) = ('', '');

		IPC::Run::run([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') ], '<', \join(";\n", ($grants) x 50), '>', \$out, '2>', \$err);
	}
	require POSIX;
	POSIX::_exit(0);
}
for my $round (1 .. 6)
{
	my $leaf = 'dynamo_data."things.' . $round % 4 . '"';

	is( $node->psql('postgres',
			"CREATE INDEX CONCURRENTLY race ON $leaf (slow_key(item)) WHERE never(item)", on_error_stop => 1),
		0, "CREATE INDEX CONCURRENTLY while privileges change, round $round");
	is($node->psql('postgres', 'REINDEX INDEX CONCURRENTLY dynamo_data.race', on_error_stop => 1), 0, "REINDEX CONCURRENTLY, round $round");
	is($node->psql('postgres', "CREATE INDEX race_too ON $leaf (slow_key(item))", on_error_stop => 1), 0, "CREATE INDEX, round $round");
	$node->psql('postgres', 'DROP INDEX IF EXISTS dynamo_data.race, dynamo_data.race_too');
}
append_to_file($stop_file, '');
waitpid($loop, 0);
is($?, 0, 'the other session ended well');

# ---- a session that holds on to a table while its partitions change ----

# Two keys in different partitions.
my ($first, $second) = split /\n/, $node->safe_psql('postgres', q{
	SELECT p FROM (SELECT DISTINCT ON (tableoid) tableoid, p FROM things WHERE p LIKE 'build%' AND r = 1 ORDER BY tableoid, p) k LIMIT 2});
my $leaf = $node->safe_psql('postgres', qq{SELECT tableoid::regclass FROM things WHERE p = '$second'});
my $session = $node->background_psql('postgres', on_error_stop => 0);
my $get = q{SELECT dynamo.get_item('{"TableName":"things","Key":{"p":{"S":"%s"},"r":{"N":"1"}}}')};
my $put = q{SELECT dynamo.put_item('{"TableName":"things","Item":{"p":{"S":"%s"},"r":{"N":"1"},"x":{"S":"put"}}}')};

$session->query(sprintf("BEGIN; $get;", $first));
$node->safe_psql('postgres', "REINDEX TABLE CONCURRENTLY $leaf");
like($session->query(sprintf("$get;", $second)), qr/"Item"/, 'GetItem after a partition was reindexed concurrently');
$session->query('ROLLBACK');
$session->query(sprintf("BEGIN; $put;", $first));
$node->safe_psql('postgres', qq{
	CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'refused'; END \$\$;
	CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON $leaf FOR EACH ROW EXECUTE FUNCTION refuse()});
$session->query(sprintf("$put;", $second));
$session->query('COMMIT');
is($node->safe_psql('postgres', qq{SELECT item ->> 'x' IS NULL FROM things WHERE p = '$second'}), 't', 'PutItem does not pass by a trigger made meanwhile');
$node->safe_psql('postgres', "DROP TRIGGER refuse ON $leaf");

# A table that is being dropped is there, or it is not.
create_table($node, 'going');
$session->query(q{BEGIN; SELECT dynamo.delete_table('{"TableName":"going"}');});
my $waiting = $node->background_psql('postgres', on_error_stop => 0);
$waiting->{stdin} .= q{SELECT dynamo.scan('{"TableName":"going"}');} . "\n\\echo done\n";
$waiting->{run}->pump_nb;
$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted});
$session->query('COMMIT');
$waiting->{run}->pump until $waiting->{stdout} =~ /done/;
like($waiting->{stderr}, qr/Requested resource not found/, 'Scan of a table whose DeleteTable commits meanwhile');
$waiting->quit;
$session->quit;

$node->stop;
done_testing();
