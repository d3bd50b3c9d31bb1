
# What the endpoint counts: /metrics and dynamo.stats after requests that are
# known, and who may see it.

use strict;
use warnings;

use FindBin;
use Test::More;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('metrics', 'dynamo.idle_timeout = 2s', 'dynamo.gzip_min_size = -1');
my $node = $server->node;

# A page of metrics: the value of each sample by its name and labels.
sub metrics
{
	my $response = $server->request('GET', '/metrics', '', 'Content-Type' => undef);
	my %samples;

	is($response->{status}, 200, 'GET /metrics');
	foreach my $line (split(/\n/, $response->{content}))
	{
		next if $line =~ m/^# (HELP|TYPE) dynamo_\w+ \S/;
		if ($line =~ m/^(dynamo_\w+(?:\{(?:\w+="[^"]*",?)+\})?) (\S+)$/)
		{
			$samples{$1} = $2;
		}
		else
		{
			fail("a line of no known form: $line");
		}
	}
	return \%samples;
}

sub requests
{
	my ($metrics, $operation, $status) = @_;

	return $metrics->{"dynamo_http_requests_total{database=\"postgres\",operation=\"$operation\",status=\"$status\"}"} // 0;
}

sub plain { return $_[0]->{"$_[1]\{database=\"postgres\"\}"}; }

ok($server->start, 'the server starts');

my $before = metrics();

is(plain($before, 'dynamo_commits_total'), 0, 'no commit so far');
is($before->{dynamo_standby}, 0, 'this is no standby');
is((grep { m/^dynamo_build_info\{version="[\d.]+",postgresql="\d+/ } keys %$before), 1, 'versions');

#
# Requests, by operation and status
#
is(($server->create_table('Music'))[0], 200, 'CreateTable');

my $put = '{"TableName":"Music","Item":{"id":{"S":"x"}}}';
my $get = '{"TableName":"Music","Key":{"id":{"S":"x"}}}';
my $bytes = 0;

foreach my $i (1 .. 7)
{
	$bytes += length($put);
	$server->call('PutItem', $put);
}
foreach my $i (1 .. 5)
{
	$bytes += length($get);
	$server->call('GetItem', $get);
}
foreach my $i (1 .. 3)
{
	$bytes += 2;
	$server->call('GetItem', '{}');
}
$server->health;
$server->request('GET', '/nothing', '', 'Content-Type' => undef);

my $after = metrics();

is(requests($after, 'CreateTable', 200), 1, 'CreateTable is counted');
is(requests($after, 'PutItem', 200), 7, 'so is PutItem');
is(requests($after, 'GetItem', 200), 5, 'and GetItem');
is(requests($after, 'GetItem', 400), 3, 'and what was refused');
is(requests($after, 'none', 200) - requests($before, 'none', 200), 2, 'GET / and the page before');
is(requests($after, 'none', 404), 1, 'another path');
is(requests($after, 'UpdateItem', 200), 0, 'what nobody asked for is not');
cmp_ok(plain($after, 'dynamo_commits_total'), '==', 8, 'commits');
cmp_ok(plain($after, 'dynamo_wal_flushes_total'), '>=', 8, 'each waited for the disk, as each came alone');
cmp_ok(plain($after, 'dynamo_http_request_bytes_total') - plain($before, 'dynamo_http_request_bytes_total'), '>',
	$bytes, 'bytes in');
cmp_ok(plain($after, 'dynamo_http_response_bytes_total') - plain($before, 'dynamo_http_response_bytes_total'), '>',
	7 * 2 + 5 * length('{"Item":{"id":{"S":"x"}}}'), 'bytes out');

#
# Latencies
#
my $labels = 'database="postgres",operation="GetItem"';
my @buckets = map { $after->{"dynamo_http_request_seconds_bucket{$labels,le=\"$_\"}"} }
  qw(0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf);

is($buckets[-1], 8, 'all are in the last bucket');
is_deeply([ sort { $a <=> $b } @buckets ], \@buckets, 'each holds those before it');
is($after->{"dynamo_http_request_seconds_count{$labels}"}, 8, 'their count');
cmp_ok($after->{"dynamo_http_request_seconds_sum{$labels}"}, '>', 0, 'their sum');
cmp_ok($after->{"dynamo_http_request_seconds_sum{$labels}"}, '<', 60, 'is of seconds');

# A request that waits for a lock takes as long as it waits.
my $session = $node->background_psql('postgres');

$session->query_safe('BEGIN; UPDATE public."Music" SET item = item');

my $socket = $server->connect;

DynamoEndpoint::write_all($socket, DynamoEndpoint::operation_bytes('PutItem', $put));
sleep 1;
$session->query_safe('COMMIT');
$session->quit;
like((DynamoEndpoint::read_answers($socket, 1))[0], qr/^HTTP\/1\.1 200/, 'a request that met a lock');
$after = metrics();
cmp_ok(plain($after, 'dynamo_parked_total'), '>', 0, 'was set aside');
is($after->{'dynamo_http_request_seconds_bucket{database="postgres",operation="PutItem",le="+Inf"}'}
	  - $after->{'dynamo_http_request_seconds_bucket{database="postgres",operation="PutItem",le="0.5"}'}, 1,
	'and took its time');

#
# Connections
#
delete $server->{socket};
close $socket;
sleep 1;

my @sockets = map { $server->connect } 1 .. 4;

sleep 1;
cmp_ok(plain(metrics(), 'dynamo_http_connections'), '==', 5, 'connections that are open');
sleep 4;
$after = metrics();
cmp_ok(plain($after, 'dynamo_http_connections'), '==', 1, 'idle ones are closed');
cmp_ok(plain($after, 'dynamo_http_connections_timed_out_total'), '>=', 4, 'and counted');

#
# By SQL
#
is($node->safe_psql('postgres', "SELECT value FROM dynamo.stats"
		  . " WHERE name = 'dynamo_http_requests_total' AND operation = 'PutItem' AND status = 200"), 8, 'dynamo.stats');
is($node->safe_psql('postgres', "SELECT max(value) FROM dynamo.stats"
		  . " WHERE name = 'dynamo_http_request_seconds_bucket' AND operation = 'GetItem' AND bound = 'Infinity'"), 8,
	'has buckets');
my @page = sort map { s/\{.*//r } grep { !m/build_info|standby/ } keys %{ metrics() };
my @view = split(/\n/, $node->safe_psql('postgres', 'SELECT name FROM dynamo.stats ORDER BY name COLLATE "C"'));

is_deeply(\@view, \@page, 'the view has what the page has');
$node->safe_psql('postgres', 'CREATE ROLE nobody; CREATE ROLE watcher; GRANT pg_monitor TO watcher');
is($node->psql('postgres', 'SET ROLE nobody; SELECT * FROM dynamo.stats'), 3, 'not for everybody');
is($node->psql('postgres', 'SET ROLE watcher; SELECT * FROM dynamo.stats'), 0, 'but for pg_monitor');

#
# Another worker, a worker anew
#
my @workers = $server->workers;
my $puts = requests(metrics(), 'PutItem', 200);

$node->safe_psql('postgres', "SELECT pg_terminate_backend($_)") foreach @workers;
$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid IN (" . join(',', @workers) . ')');
ok($server->wait_workers(2) && $server->wait_ready, 'workers are started again');
is(requests(metrics(), 'PutItem', 200), $puts, 'and go on counting');

#
# Who may read
#
$node->safe_psql('postgres', $_) foreach "ALTER SYSTEM SET dynamo.metrics = 'off'", 'SELECT pg_reload_conf()';
sleep 1;
is($server->request('GET', '/metrics', '', 'Content-Type' => undef)->{status}, 404, 'dynamo.metrics = off');
is($server->request('POST', '/metrics', '{}', 'X-Amz-Target' => 'DynamoDB_20120810.ListTables')->{status}, 404, 'nor by POST');

$node->stop;
done_testing();
