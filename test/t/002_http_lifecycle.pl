
# The HTTP endpoint's workers: starting, settings, signals, stopping.

use strict;
use warnings;

use FindBin;
use Test::More;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('lifecycle', 'dynamo.idle_timeout = 600s');
my $node = $server->node;
my $get = '{"TableName":"Music","Key":{"id":{"S":"x"}}}';
my $put_slow = '{"TableName":"Music","Item":{"id":{"S":"slow"},"slow":{"BOOL":true}}}';

# Starts the server again with settings changed; where its log goes on.
sub restart_with
{
	my (%settings) = @_;
	my $offset = -s $node->logfile;

	$node->append_conf('postgresql.conf', "$_ = '$settings{$_}'") foreach sort keys %settings;
	$node->restart;
	return $offset;
}

sub log_since
{
	return slurp_file($node->logfile, $_[0]);
}

# Sends PutItem of an item whose index takes a minute, on a connection of its
# own.
sub slow_request
{
	my $socket = $server->connect;

	DynamoEndpoint::write_all($socket, DynamoEndpoint::operation_bytes('PutItem', $put_slow));
	$node->poll_query_until('postgres',
		"SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'dynamo http worker'"
		  . " AND state = 'active' AND wait_event = 'PgSleep'")
	  or die 'the request does not take its time';
	return $socket;
}

ok($server->start, 'the server starts');
is(($server->create_table('Music'))[0], 200, 'CreateTable');
$node->safe_psql('postgres', q{CREATE FUNCTION slow(item dynamo.item) RETURNS int IMMUTABLE LANGUAGE plpgsql
	AS 'BEGIN IF item ? ''slow'' THEN PERFORM pg_sleep(60); END IF; RETURN 0; END';
	CREATE INDEX ON "Music" (public.slow(item))});

#
# What pg_stat_activity shows
#
is(($server->call('GetItem', $get))[0], 200, 'GetItem');
is($node->safe_psql('postgres',
		"SELECT DISTINCT state, query FROM pg_stat_activity WHERE backend_type LIKE 'dynamo%' AND query <> ''"),
	'idle|GetItem', 'an idle worker shows its last operation')
  if $node->poll_query_until('postgres',
	"SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type LIKE 'dynamo%' AND query = 'GetItem'");

#
# Cancel ends the request only
#
my @workers = $server->workers;
my $socket = slow_request();

$node->safe_psql('postgres',
	"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE backend_type LIKE 'dynamo%' AND state = 'active'");

my ($bytes) = DynamoEndpoint::read_answers($socket, 1);

like($bytes, qr/^HTTP\/1\.1 500 .*#InternalServerError"/s, 'a cancelled request is answered with an error');
$node->safe_psql('postgres', 'SELECT pg_cancel_backend(pid) FROM pg_stat_activity'
	  . " WHERE backend_type LIKE 'dynamo%' AND state = 'idle'");
($bytes) = DynamoEndpoint::exchange($socket, DynamoEndpoint::operation_bytes('GetItem', $get), 1);
like($bytes, qr/^HTTP\/1\.1 200/, 'and its connection goes on');
is_deeply([ $server->workers ], \@workers, 'and so does the worker, also one cancelled while idle');
like(slurp_file($node->logfile), qr/ERROR:  canceling statement due to user request\n(?:.*\n){0,3}.*STATEMENT:  PutItem/,
	'the log has the operation');

#
# statement_timeout
#
$node->safe_psql('postgres', "ALTER SYSTEM SET statement_timeout = '200ms'; SELECT pg_reload_conf()");
sleep 0.5;
is(($server->call('PutItem', $put_slow))[0], 500, 'statement_timeout holds for requests');
is(($server->call('GetItem', $get))[0], 200, 'and only for their own time');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET statement_timeout; SELECT pg_reload_conf()');

#
# dynamo.role, changed by a reload
#
$node->safe_psql('postgres', "CREATE ROLE app; ALTER SYSTEM SET dynamo.role = 'app'; SELECT pg_reload_conf()");
sleep 0.5;

my ($status, $json) = $server->call('GetItem', $get);

is($status, 400, 'a role without rights');
like($json->{__type}, qr/#AccessDeniedException$/, 'is denied');
$node->safe_psql('postgres', 'GRANT SELECT ON public."Music" TO app');
is(($server->call('GetItem', $get))[0], 200, 'a role with the right to read may read');
($status, $json) = $server->call('PutItem', '{"TableName":"Music","Item":{"id":{"S":"x"}}}');
like($json->{__type}, qr/#AccessDeniedException$/, 'but not write');
$node->safe_psql('postgres', "ALTER SYSTEM SET dynamo.role = 'nobody'; SELECT pg_reload_conf()");
sleep 0.5;
($status, $json) = $server->call('GetItem', $get);
is($status, 503, 'a role that does not exist');
like($json->{message}, qr/role "nobody"/, 'is named');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET dynamo.role; SELECT pg_reload_conf()');
sleep 0.5;
is(($server->call('GetItem', $get))[0], 200, 'without dynamo.role everything is allowed');

#
# Other sessions' work that needs every process
#
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('postgres', 'DROP DATABASE other');
pass('idle workers do not hold up CREATE and DROP DATABASE');

#
# A worker that ends is started again
#
@workers = $server->workers;
$node->safe_psql('postgres', "SELECT pg_terminate_backend($workers[0])");
ok($node->poll_query_until('postgres',
		"SELECT count(*) = 2 AND NOT bool_or(pid = $workers[0]) FROM pg_stat_activity"
		  . " WHERE backend_type = 'dynamo http worker'"),
	'a terminated worker comes back');
is(($server->call('GetItem', $get))[0], 200, 'the endpoint answers');

$socket = slow_request();
$node->safe_psql('postgres',
	"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type LIKE 'dynamo%' AND state = 'active'");
is_deeply([ DynamoEndpoint::read_answers($socket, 1) ], [ '', 1 ], 'a worker is terminated in the midst of a request');
ok($server->wait_workers(2), 'it comes back');

#
# Stopping
#
foreach my $mode ('smart', 'fast', 'immediate')
{
	my $begun = time();

	$socket = $server->connect;
	DynamoEndpoint::exchange($socket, DynamoEndpoint::operation_bytes('GetItem', $get), 1);
	$node->stop($mode);
	cmp_ok(time() - $begun, '<', 20, "$mode stop, with a connection open");
	is_deeply([ DynamoEndpoint::read_answers($socket, 1) ], [ '', 1 ], 'closes it');
	ok(!eval { $server->connect }, 'and the port');
	$node->start;
	ok($server->wait_ready, 'the server starts again');
}

foreach my $mode ('fast', 'immediate')
{
	my $begun = time();

	$socket = slow_request();
	$node->stop($mode);
	cmp_ok(time() - $begun, '<', 20, "$mode stop, with a request at work");
	is_deeply([ DynamoEndpoint::read_answers($socket, 1) ], [ '', 1 ], 'which gets no answer');
	$node->start;
	ok($server->wait_ready, 'the server starts again');
}

#
# The limit on connections
#
restart_with('dynamo.max_connections' => 2, 'dynamo.workers' => 1);
ok($server->wait_ready, 'a restart with fewer connections');
delete $server->{socket};

my @sockets = map { $server->connect } 1 .. 3;

DynamoEndpoint::write_all($_, DynamoEndpoint::operation_bytes('GetItem', $get)) foreach @sockets;
like((DynamoEndpoint::read_answers($sockets[$_], 1))[0], qr/^HTTP\/1\.1 200/, "connection $_ is served")
  foreach 0 .. 1;
ok(!IO::Select->new($sockets[2])->can_read(1), 'one more waits');
close $sockets[0];
like((DynamoEndpoint::read_answers($sockets[2], 1))[0], qr/^HTTP\/1\.1 200/, 'until another is closed');
like(slurp_file($node->logfile), qr/takes no more connections/, 'the log tells of it');
close $_ foreach @sockets[ 1, 2 ];

#
# Where there is to be no endpoint
#
my $offset = restart_with('dynamo.max_connections' => 100, 'dynamo.listen_addresses' => '0.0.0.0');

like(log_since($offset), qr/LOG:  "0\.0\.0\.0" of "dynamo\.listen_addresses" is not a loopback address/,
	'an address that is not loopback is refused');
like(log_since($offset), qr/LOG:  the HTTP endpoint is not started/, 'and the endpoint not started');
is(scalar $server->workers, 0, 'there is no worker');
ok(!eval { $server->connect }, 'and nothing listens');

$offset = restart_with('dynamo.listen_addresses' => '127.0.0.1, 192.0.2.1');
like(log_since($offset), qr/"192\.0\.2\.1" of "dynamo\.listen_addresses" is not a loopback address/,
	'one of two addresses that is not loopback is refused');
is(scalar $server->workers, 0, 'there is no worker');

$offset = restart_with('dynamo.listen_addresses' => '127.0.0.1', 'dynamo.workers' => 0);
unlike(log_since($offset), qr/HTTP endpoint/, 'no workers: no complaint');
is(scalar $server->workers, 0, 'and no worker');

my $squatter = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $server->port, Listen => 1,
	ReuseAddr => 1, ReusePort => 1) // die "could not listen: $@";

$offset = restart_with('dynamo.workers' => 1);
like(log_since($offset), qr/could not bind the HTTP endpoint to address "127\.0\.0\.1", port \d+/,
	'a port that somebody has is refused, also one that could be shared');
is(scalar $server->workers, 0, 'there is no worker');
close $squatter;

$offset = restart_with('dynamo.database' => 'nowhere');
ok($node->wait_for_log(qr/FATAL:  database "nowhere" does not exist\n.*CONTEXT:  .*"dynamo\.database"/, $offset),
	'a missing database is reported');
sleep 3;

my @reports = log_since($offset) =~ m/database "nowhere" does not exist/g;

# the worker's, the index builder's and the stream feeder's
is(scalar @reports, 3, 'not more often than every few seconds');
$node->safe_psql('postgres', 'CREATE DATABASE nowhere');
ok($server->wait_ready, 'once it is there, it is served');
($status, $json) = $server->call('ListTables', '{}');
like($json->{message}, qr/not created in the database "nowhere"/, 'as one without the extension');

$node->stop;
done_testing();
