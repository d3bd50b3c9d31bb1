
# Streams on a hot standby, and behind its promotion.

use strict;
use warnings;

use FindBin;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;
use StreamHistory;

my $primary = DynamoEndpoint->new('primary', 'wal_level = logical', 'max_wal_senders = 4', 'autovacuum = off');
my $node = $primary->node;

ok($primary->start, 'the primary starts');

my $standby = $primary->new_standby;
my $copy = $standby->node;

$copy->start;
ok($standby->wait_ready, 'the endpoint of the standby answers');

sub put
{
	my ($endpoint, $id) = @_;

	return ($endpoint->call('PutItem', { TableName => 'Music', Item => { id => { S => $id } } }))[0];
}

sub streams
{
	my ($endpoint, $operation, $request) = @_;
	my $response = $endpoint->post(JSON::PP::encode_json($request),
		'X-Amz-Target' => "DynamoDBStreams_20120810.$operation");

	return $response->{json};
}

# All records of the stream, in the order of their numbers, each with its shard.
sub records_of
{
	my ($endpoint, $arn) = @_;
	my @records;

	foreach my $shard (@{ streams($endpoint, 'DescribeStream', { StreamArn => $arn })->{StreamDescription}{Shards} })
	{
		my $place = { StreamArn => $arn, ShardId => $shard->{ShardId} };
		my $iterator = streams($endpoint, 'GetShardIterator', { %$place, ShardIteratorType => 'TRIM_HORIZON' });
		my $page = streams($endpoint, 'GetRecords', { ShardIterator => $iterator->{ShardIterator} });

		push @records, map { { %{ $_->{dynamodb} }, place => $place } } @{ $page->{Records} };
	}
	return sort { $a->{SequenceNumber} cmp $b->{SequenceNumber} } @records;
}

sub keys_of { return join ' ', map { $_->{Keys}{id}{S} } records_of(@_); }

sub feeders
{
	return $_[0]->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'dynamo stream feeder'");
}

#
# A standby reads what the primary has filed
#
is(($primary->create_table('Music'))[0], 200, 'CreateTable');
is(($primary->call('UpdateTable', { TableName => 'Music',
				StreamSpecification => { StreamEnabled => JSON::PP::true, StreamViewType => 'KEYS_ONLY' } }))[0], 200,
	'UpdateTable with a stream');
ok($node->poll_query_until('postgres', "SELECT status = 'ENABLED' FROM dynamo.streams"), 'it is enabled');
is(put($primary, $_), 200, "PutItem $_") foreach 'a', 'b', 'c';
StreamHistory::wait_until_fed($node);
$node->wait_for_catchup($copy, 'replay', $node->lsn('insert'));

my $list = streams($standby, 'ListStreams', { TableName => 'Music' })->{Streams};

is(scalar @$list, 1, 'ListStreams on the standby');

my $arn = $list->[0]{StreamArn};

is(keys_of($standby, $arn), 'a b c', 'the records, on the standby');
is(keys_of($primary, $arn), 'a b c', 'and on the primary');
is(feeders($copy), '0', 'nobody feeds on the standby');

my ($oldest) = records_of($primary, $arn);

my ($status, $json) = $standby->call('UpdateTable',
	{ TableName => 'Music', StreamSpecification => { StreamEnabled => JSON::PP::false } });

is($status, 400, 'UpdateTable on the standby');
like($json->{message}, qr/^This server is a standby/, 'is refused');

#
# Behind its promotion it has no slot that knows what came last
#
$node->stop;
$copy->promote;
ok($copy->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_replication_slots WHERE plugin = 'dynamo' AND active"),
	'the promoted server has a slot');
ok($copy->poll_query_until('postgres', "SELECT first_lsn > '0/0' FROM dynamo.streams"), 'the stream is trimmed');
like(PostgreSQL::Test::Utils::slurp_file($copy->logfile), qr/WARNING:  stream ".*" of table "Music" is trimmed/,
	'which the log says');
for (my $i = 0; $i < 200 && put($standby, 'd') != 200; $i++)
{
	sleep 0.05;
}
is(put($standby, 'e'), 200, 'PutItem');
StreamHistory::wait_until_fed($copy);
is(keys_of($standby, $arn), 'd e', 'what is written from then on is in the same stream');

$json = streams($standby, 'GetShardIterator', { %{ $oldest->{place} }, ShardIteratorType => 'AT_SEQUENCE_NUMBER',
		SequenceNumber => $oldest->{SequenceNumber} });
like($json->{__type}, qr/#TrimmedDataAccessException$/, 'but who stands before the gap is told of it');

$copy->stop;
done_testing();
