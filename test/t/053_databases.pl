
# Several databases, each on a port of its own.

use strict;
use warnings;

use FindBin;
use Test::More;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my ($app_port, $odd_port) = map { PostgreSQL::Test::Cluster::get_free_port() } 1 .. 2;
# The list is PostgreSQL's: a member with a comma is quoted as a whole.
my $server = DynamoEndpoint->new('databases',
	"dynamo.databases = 'app:$app_port, \"odd, name:$odd_port:1\"'", 'max_worker_processes = 16');
my $node = $server->node;
my $app = bless { node => $node, port => $app_port }, 'DynamoEndpoint';
my $odd = bless { node => $node, port => $odd_port }, 'DynamoEndpoint';

$node->start;
$node->safe_psql('postgres', $_) foreach 'CREATE EXTENSION dynamo', 'CREATE DATABASE app', 'CREATE DATABASE "odd, name"';
$node->safe_psql($_, 'CREATE EXTENSION dynamo') foreach 'app', 'odd, name';
ok($_->wait_ready, 'an endpoint answers') foreach $server, $app, $odd;

is($node->safe_psql('postgres', "SELECT string_agg(DISTINCT datname || ' ' || c, ', ' ORDER BY datname || ' ' || c) FROM "
		  . '(SELECT datname, count(*) OVER (PARTITION BY datname) AS c FROM pg_stat_activity'
		  . " WHERE backend_type = 'dynamo http worker') AS workers"),
	'app 2, odd, name 1, postgres 2', 'each database has workers of its own');

foreach my $endpoint ([ $server, 'First' ], [ $app, 'Second' ], [ $odd, 'Third' ])
{
	is(($endpoint->[0]->create_table($endpoint->[1]))[0], 200, "CreateTable $endpoint->[1]");
}
is_deeply(($app->call('ListTables', '{}'))[1], { TableNames => ['Second'] }, 'and tables of its own');
is_deeply(($odd->call('ListTables', '{}'))[1], { TableNames => ['Third'] }, 'all of them');
is_deeply(($server->call('ListTables', '{}'))[1], { TableNames => ['First'] }, 'the first one, too');

# An index that is to be built in another database
is(($app->call('PutItem', { TableName => 'Second', Item => { id => { S => 'x' }, a => { S => 'y' } } }))[0], 200, 'PutItem');
is(($app->call('UpdateTable', {
		TableName => 'Second',
		AttributeDefinitions => [ map { { AttributeName => $_, AttributeType => 'S' } } 'id', 'a' ],
		GlobalSecondaryIndexUpdates => [ { Create => { IndexName => 'ByA', Projection => { ProjectionType => 'ALL' },
			KeySchema => [ { AttributeName => 'a', KeyType => 'HASH' } ] } } ] }))[0], 200, 'UpdateTable');
for (my $i = 0; $i < 200; $i++)
{
	last if ($app->call('DescribeTable', '{"TableName":"Second"}'))[1]{Table}{GlobalSecondaryIndexes}[0]{IndexStatus} eq 'ACTIVE';
	select(undef, undef, undef, 0.1);
}
is(($app->call('Query', { TableName => 'Second', IndexName => 'ByA', KeyConditionExpression => 'a = :a',
			ExpressionAttributeValues => { ':a' => { S => 'y' } } }))[1]{Count}, 1, 'the index is built');

like($server->request('GET', '/metrics', '')->{content}, qr/\{database="odd, name",operation="CreateTable",status="200"\} 1/,
	'the metrics tell them apart');
like($app->request('GET', '/metrics', '')->{content}, qr/\{database="postgres",operation="CreateTable",status="200"\} 1/,
	'on any port');

#
# One database in trouble is not the others'
#
$_->{socket} && delete $_->{socket} foreach $server, $app, $odd;
$node->safe_psql('postgres', 'DROP DATABASE "odd, name" WITH (FORCE)');
is(($app->call('ListTables', '{}'))[0], 200, 'the endpoint of a database goes on when another is dropped');
ok($node->wait_for_log(qr/database "odd, name" does not exist\n.*CONTEXT:  .*"dynamo\.databases"/), 'the log tells of that one');
$node->safe_psql('postgres', 'CREATE DATABASE "odd, name"');
ok($odd->wait_ready, 'it is served again once it is there');
is(($odd->call('ListTables', '{}'))[0], 503, 'as one without the extension');

#
# Lists that are none
#
sub start_says
{
	my ($name, $value, $message) = @_;
	my $offset = -s $node->logfile;

	$node->append_conf('postgresql.conf', "dynamo.databases = '$value'");
	$node->stop if $node->{_pid};
	$node->start(fail_ok => 1);
	like(slurp_file($node->logfile, $offset), $message, $name);
}

start_says('the same port twice', 'app:' . $server->port, qr/port \d+ is to serve the database "postgres" and the database "app"/);
is(scalar $server->workers, 0, 'no endpoint then');
start_says('no workers for one', "app:$app_port:0", qr/database system is ready/);
ok($server->wait_ready, 'the others are served');
ok(!eval { $app->connect }, 'that one is not');
start_says($_->[0], $_->[1], qr/invalid value for parameter "dynamo\.databases"/)
  foreach [ 'no port', 'app' ], [ 'a port that is none', 'app:x' ], [ 'too large a port', 'app:70000' ],
  [ 'no name', ':8001' ], [ 'too many workers', 'app:8001:5000' ];

$node->stop if $node->{_pid};
done_testing();
