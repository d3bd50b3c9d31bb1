
# pg_upgrade: a cluster's tables, items, indexes and streams come along, by copy
# and by link, and everything goes on there.  Old and new server are of one
# version, which is all that is at hand; what pg_upgrade does is the same.

use strict;
use warnings;

use Cwd;
use FindBin;
use JSON::PP ();
use Test::More;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;
use IndexedTable;

my @settings = ('wal_level = logical', 'max_worker_processes = 20');
my $old = DynamoEndpoint->new('old', @settings);
my $bin = $old->node->config_data('--bindir');

plan skip_all => 'pg_upgrade is not installed' unless -x "$bin/pg_upgrade";

# ---- what is to survive ----

my $node = $old->node;

ok($old->start, 'the old server starts');
make_item_function($node);
create_table($node, 'Things');
fill_table($node, 'Things', 3000);

# dropped and remade, so that nothing fits by chance; a name that is shortened
is(($old->create_table('Gone'))[0], 200, 'CreateTable');
is(($old->call('DeleteTable', '{"TableName":"Gone"}'))[0], 200, 'DeleteTable');
is(($old->create_table('Plain'))[0], 200, 'CreateTable');
is(($old->create_table('Long.' . 'x' x 200))[0], 200, 'CreateTable with a long name');
$node->safe_psql('postgres', q{
	UPDATE "Things" SET item = item(r::int + 1) WHERE p = 'k7';
	DELETE FROM "Things" WHERE p = 'k8';
	ALTER TABLE "Plain" ADD COLUMN kind text GENERATED ALWAYS AS (item ->> 'kind') STORED;
	INSERT INTO "Plain" (id, item) SELECT 'k' || i, jsonb_build_object('kind', jsonb_build_object('S', 'kind' || i % 3),
		'long', jsonb_build_object('S', repeat(md5(i::text), i * 30)))::dynamo.item FROM generate_series(1, 50) i;
	CREATE ROLE keeper;
	SELECT dynamo.create_access_key('keeper', 'key', 'a-secret-of-some-length') IS NULL;
	CREATE DATABASE other});
$node->safe_psql('other', 'CREATE EXTENSION dynamo');
make_item_function($node, 'other');
create_table($node, 'Others', 'other');
fill_table($node, 'Others', 500, 'other');

# a stream with records, the last of which are read by nobody before the upgrade
is(($old->call('CreateTable', {
				TableName => 'Followed',
				AttributeDefinitions => [ { AttributeName => 'id', AttributeType => 'S' } ],
				KeySchema => [ { AttributeName => 'id', KeyType => 'HASH' } ],
				BillingMode => 'PAY_PER_REQUEST',
				StreamSpecification => { StreamEnabled => JSON::PP::true, StreamViewType => 'NEW_IMAGE' }
			}))[0], 200, 'CreateTable with a stream');
ok($node->poll_query_until('postgres', q{SELECT status = 'ENABLED' FROM dynamo.streams}), 'the stream is ENABLED');
sub put
{
	my ($server, $table, $id) = @_;

	return ($server->call('PutItem', { TableName => $table, Item => { id => { S => $id } } }))[0];
}
is(put($old, 'Followed', "before $_"), 200, 'PutItem') foreach 1 .. 3;
ok($node->poll_query_until('postgres', 'SELECT count(*) = 3 FROM dynamo.stream_records'), 'the stream has records');

# an index whose building is interrupted
my $holder = $node->background_psql('postgres');

$holder->query_safe(q{BEGIN; SELECT r FROM "Things" WHERE p = 'k1' AND r = 1 FOR UPDATE});
add_index($node, 'Things');
ok( $node->poll_query_until('postgres',
		q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'dynamo index builder' AND wait_event = 'transactionid'}),
	'an index is being built');

# What must be the same in every cluster, by the API and by SQL.
sub contents
{
	my ($server) = @_;
	my $sql = $server->node->safe_psql('postgres', q{
		SELECT table_name, relation, relation::oid, table_id, created_at, settings FROM dynamo.tables ORDER BY 1;
		SELECT relation, side, side::oid, index_name, status, hash_keys, range_keys FROM dynamo.indexes WHERE index_name <> 'later' ORDER BY 1, 4;
		SELECT stream_id, relation, label, view_type, status, owner FROM dynamo.streams;
		SELECT * FROM dynamo.access_key_list;
		SELECT count(*), md5(string_agg(p || r || item::text, ',' ORDER BY p, r)) FROM "Things";
		SELECT count(*), md5(string_agg(p || r || item::text, ',' ORDER BY p, r)) FROM dynamo_data."Things.by_g";
		SELECT count(*), md5(string_agg(id || kind || item::text, ',' ORDER BY id)) FROM "Plain";
		SELECT dynamo.query('{"TableName":"Things","IndexName":"by_g","KeyConditionExpression":"g = :g","Limit":20,
			"ScanIndexForward":false,"ExpressionAttributeValues":{":g":{"S":"g3"}}}');
		SELECT dynamo.list_streams('{}');
		SELECT c.oid::regclass, amname, reloptions FROM pg_class c LEFT JOIN pg_am a ON a.oid = relam
			WHERE relnamespace = 'dynamo_data'::regnamespace AND relkind = 'r' AND c.oid::regclass::text NOT LIKE '%later%' ORDER BY c.oid::regclass::text;
		SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger WHERE tgname LIKE 'dynamo%' AND tgrelid::regclass::text NOT LIKE '%later%' ORDER BY tgrelid::regclass::text, 2;
		SELECT evtname, evtenabled FROM pg_event_trigger ORDER BY 1});

	return $sql . $server->node->safe_psql('other', q{SELECT count(*), md5(string_agg(p || r || item::text, ',' ORDER BY p, r)) FROM "Others"});
}

my $contents = contents($old);

# What is asked for by HTTP, where only the number of items may have become fresher.
sub described
{
	my ($server) = @_;

	return [ map { my $table = ($server->call('DescribeTable', { TableName => $_ }))[1]{Table}; delete @$table{qw(ItemCount TableSizeBytes GlobalSecondaryIndexes)}; $table }
		  'Plain', 'Things', 'Followed', 'Long.' . 'x' x 200 ];
}

my $described = described($old);

$node->stop('fast');
$holder->{run}->finish;

# From 17 on slots come along, but only those that have nothing left to read.
if ($node->pg_version >= 17)
{
	$node->append_conf('postgresql.conf', "shared_preload_libraries = ''");
	$node->start;
	$node->safe_psql('postgres', q{SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots});
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'dynamo'");
	$node->stop;
}

# ---- the upgrades ----

# Runs pg_upgrade into a new cluster, which is given back started.
sub upgrade
{
	my ($how) = @_;
	my $new = DynamoEndpoint->new($how, @settings);
	my $here = getcwd();
	my $output = '';

	chdir $PostgreSQL::Test::Utils::tmp_check or die "chdir: $!";
	my $done = IPC::Run::run(
		[
			"$bin/pg_upgrade", '--no-sync', '--retain', $how eq 'link' ? '--link' : (),
			'-b', $bin, '-B', $bin,
			'-d', $node->data_dir, '-D', $new->node->data_dir,
			'-p', $node->port, '-P', $new->node->port,
			'-s', $node->host
		],
		'>', \$output, '2>&1');
	chdir $here or die "chdir: $!";
	ok($done, "pg_upgrade, $how") or do { diag($output); BAIL_OUT('there is nothing to look at') };

	# who connects to a database may keep pg_upgrade from making it anew
	my ($log) = glob($new->node->data_dir . '/pg_upgrade_output.d/*/log/pg_upgrade_server.log');
	is(join("\n", grep { m/background worker "dynamo|logical decoding for slot/ } split(/\n/, slurp_file($log))),
		'', "$how: no worker was in the way");
	ok($new->start, "$how: the new server starts");
	return $new;
}

# Whether everything is there and goes on.
sub check
{
	my ($how, $new) = @_;
	my $fresh = $new->node;

	is(contents($new), $contents, "$how: everything is there");
	is_deeply(described($new), $described, "$how: DescribeTable");
	ok(wait_active($fresh, 'Things'), "$how: the index that was being built is finished");
	is( $fresh->safe_psql('postgres', q{SELECT count(*) FROM dynamo_data."Things.later"}),
		$fresh->safe_psql('postgres', q{SELECT count(*) FROM "Things" WHERE item -> 'x' ->> 'S' <> ''}), "$how: with an entry for each item");
	keeps_on($fresh, 'Things', 'postgres', $how);
	keeps_on($fresh, 'Others', 'other', "$how, another database");

	is(put($new, 'Plain', 'new'), 200, "$how: PutItem");
	my ($status, $reply) = $new->call('UpdateItem', {
			TableName => 'Things', Key => { p => { S => 'k9' }, r => { N => '9' } }, UpdateExpression => 'SET g = :g',
			ExpressionAttributeValues => { ':g' => { S => 'upgraded' } }
	});
	is($status, 200, "$how: UpdateItem");
	($status, $reply) = $new->call('Query', {
			TableName => 'Things', IndexName => 'by_g', KeyConditionExpression => 'g = :g',
			ExpressionAttributeValues => { ':g' => { S => 'upgraded' } }
	});
	is($reply->{Count}, 1, "$how: Query of an index");
	is(($new->create_table('After'))[0], 200, "$how: CreateTable");
	is(($new->call('DeleteTable', '{"TableName":"After"}'))[0], 200, "$how: DeleteTable");
	check_stream($how, $new);
	return;
}

sub call_streams
{
	my ($server, $operation, $request) = @_;

	return $server->post(JSON::PP::encode_json($request), 'X-Amz-Target' => "DynamoDBStreams_20120810.$operation")->{json};
}

# Records by the API, as the items' keys.
sub records
{
	my ($new) = @_;
	my ($arn) = map { $_->{StreamArn} } @{ call_streams($new, 'ListStreams', { TableName => 'Followed' })->{Streams} };
	my @shards = @{ call_streams($new, 'DescribeStream', { StreamArn => $arn })->{StreamDescription}{Shards} };
	my @records;

	foreach my $shard (@shards)
	{
		my $iterator = call_streams($new, 'GetShardIterator',
			{ StreamArn => $arn, ShardId => $shard->{ShardId}, ShardIteratorType => 'TRIM_HORIZON' })->{ShardIterator};

		push @records, @{ call_streams($new, 'GetRecords', { ShardIterator => $iterator })->{Records} };
	}
	return join(',', sort map { $_->{dynamodb}{NewImage}{id}{S} } @records);
}

# The slot stays behind, so the stream is trimmed, and goes on.
sub check_stream
{
	my ($how, $new) = @_;

	ok($new->node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_replication_slots WHERE plugin = 'dynamo' AND active}),
		"$how: the stream is fed");
	ok($new->node->poll_query_until('postgres', q{SELECT first_lsn > pg_lsn(0) FROM dynamo.streams}), "$how: and trimmed");
	is(put($new, 'Followed', "after $_"), 200, "$how: PutItem") foreach 1 .. 2;
	ok($new->node->poll_query_until('postgres', q{SELECT count(*) = 2 FROM dynamo.stream_records WHERE new_image ->> 'id' LIKE 'after%'}),
		"$how: it has new records");
	is(records($new), 'after 1,after 2', "$how: which GetRecords gives");
	return;
}

my $copied = upgrade('copy');

check('copy', $copied);
$copied->node->stop;
my $linked = upgrade('link');
check('link', $linked);
$linked->node->stop;
done_testing();
