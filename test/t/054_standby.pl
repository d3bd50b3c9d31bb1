
# The endpoint of a hot standby: reads, what it refuses, and its promotion.

use strict;
use warnings;

use FindBin;
use IO::Select;
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $primary = DynamoEndpoint->new('primary', 'wal_level = replica', 'max_wal_senders = 4', 'autovacuum = off');
my $node = $primary->node;

ok($primary->start, 'the primary starts');

my $standby = $primary->new_standby;
my $copy = $standby->node;

$copy->start;
ok($standby->wait_ready, 'the endpoint of the standby answers');

sub put
{
	my ($id, $value) = @_;

	return ($primary->call('PutItem', { TableName => 'Music', Item => { id => { S => $id }, v => { S => $value } } }))[0];
}

sub catch_up { $node->wait_for_catchup($copy, 'replay', $node->lsn('insert')); }

sub get
{
	my ($id, @more) = @_;
	my ($status, $json) = $standby->call('GetItem', { TableName => 'Music', Key => { id => { S => $id } }, @more });

	return $status == 200 ? $json->{Item}{v}{S} // 'none' : $json;
}

#
# Reads
#
is(($primary->create_table('Music'))[0], 200, 'CreateTable');
is(put('a', 'first'), 200, 'PutItem');
catch_up();
is_deeply(($standby->call('ListTables', '{}'))[1], { TableNames => ['Music'] }, 'ListTables');
is(($standby->call('DescribeTable', '{"TableName":"Music"}'))[1]{Table}{TableStatus}, 'ACTIVE', 'DescribeTable');
is(get('a'), 'first', 'GetItem');
is(get('b'), 'none', 'GetItem of what is not there');
is(get('a', ConsistentRead => JSON::PP::false), 'first', 'GetItem, eventually consistent');

# The place of an item is remembered; what is there changes under it.
foreach my $value ('second', 'third', 'x' x 3000, 'fourth')
{
	put('a', $value);
	catch_up();
	is(get('a'), $value, 'GetItem after a change of the item');
}
$node->safe_psql('postgres', 'VACUUM public."Music"');
catch_up();
is(get('a'), 'fourth', 'GetItem after VACUUM');
put("many $_", 'y') foreach 1 .. 50;
$primary->call('DeleteItem', { TableName => 'Music', Key => { id => { S => 'a' } } });
$node->safe_psql('postgres', 'VACUUM public."Music"');
put("more $_", 'z') foreach 1 .. 50;
catch_up();
is(get('a'), 'none', 'GetItem after DeleteItem, where others now are');
is(scalar(grep { get("many $_") eq 'y' && get("more $_") eq 'z' } 1 .. 50), 50, 'the others are found');
$node->safe_psql('postgres', 'VACUUM FULL public."Music"');
catch_up();
is(scalar(grep { get("many $_") eq 'y' && get("more $_") eq 'z' } 1 .. 50), 50, 'also after VACUUM FULL');
$node->safe_psql('postgres', 'DELETE FROM public."Music"; VACUUM (TRUNCATE) public."Music"');
catch_up();
is(get('many 1'), 'none', 'GetItem where the pages are gone');
is(put('a', 'again'), 200, 'PutItem');
catch_up();
is(get('a'), 'again', 'GetItem of what is new');

my ($status, $json) = $standby->call('Query', { TableName => 'Music', KeyConditionExpression => 'id = :i',
		ExpressionAttributeValues => { ':i' => { S => 'a' } } });

is($json->{Count}, 1, 'Query');
is(($standby->call('Scan', '{"TableName":"Music"}'))[1]{Count}, 1, 'Scan');
is(scalar @{ ($standby->call('BatchGetItem', { RequestItems => { Music => { Keys => [ { id => { S => 'a' } } ] } } }))[1]
			{Responses}{Music} }, 1, 'BatchGetItem');

# Tables that come and go
is(($primary->create_table('Late'))[0], 200, 'CreateTable');
catch_up();
is(($standby->call('Scan', '{"TableName":"Late"}'))[0], 200, 'a table that is new');
is(($primary->call('DeleteTable', '{"TableName":"Late"}'))[0], 200, 'DeleteTable');
catch_up();
is(($standby->call('Scan', '{"TableName":"Late"}'))[0], 400, 'a table that is gone');

#
# What is refused
#
sub refused
{
	my ($name, $operation, $request, $message) = @_;
	my ($status, $json) = $standby->call($operation, $request);

	is($status, 400, "$name is refused");
	like($json->{message}, qr/^This server is a standby and $message; send $operation to the primary/, 'with the reason');
	return $json->{message};
}

my $key = { TableName => 'Music', Key => { id => { S => 'a' } } };
my $item = { TableName => 'Music', Item => { id => { S => 'a' } } };
my $elsewhere = 'https://db1.example.com:8000';
my $writes = 'does not take writes';
my $consistent = 'does not serve strongly consistent reads';

like(refused('PutItem', 'PutItem', $item, $writes), qr/\(this server replicates from host \S+, PostgreSQL port @{[ $node->port ]}\)$/,
	'and with the primary');
refused('DeleteItem', 'DeleteItem', $key, $writes);
refused('UpdateItem', 'UpdateItem', $key, $writes);
refused('BatchWriteItem', 'BatchWriteItem', { RequestItems => { Music => [ { PutRequest => { Item => $item->{Item} } } ] } }, $writes);
refused('TransactWriteItems', 'TransactWriteItems', { TransactItems => [ { Put => $item } ] }, $writes);
refused('DeleteTable', 'DeleteTable', { TableName => 'Music' }, $writes);
refused('a consistent GetItem', 'GetItem', { %$key, ConsistentRead => JSON::PP::true }, $consistent);
refused('a consistent Scan', 'Scan', { TableName => 'Music', ConsistentRead => JSON::PP::true }, $consistent);
refused('a consistent BatchGetItem', 'BatchGetItem',
	{ RequestItems => { Music => { Keys => [ $key->{Key} ], ConsistentRead => JSON::PP::true } } }, $consistent);
refused('TransactGetItems', 'TransactGetItems', { TransactItems => [ { Get => $key } ] }, 'does not read in transactions');
is(($standby->call('PutItem', '{}'))[1]{message} =~ m/validation error/ ? 1 : 0, 1, 'a wrong request is told so first');

$copy->append_conf('postgresql.conf', "dynamo.primary_endpoint = '$elsewhere'");
$copy->reload;
sleep 1;
like(refused('PutItem', 'PutItem', $item, $writes), qr{to the primary at \Q$elsewhere\E$},
	'dynamo.primary_endpoint is what clients are told');
is($copy->psql('postgres', q(SELECT dynamo.put_item('{"TableName":"Music","Item":{"id":{"S":"a"}}}'))), 3, 'by SQL, too');
like($standby->request('GET', '/metrics', '')->{content}, qr/^dynamo_standby 1$/m, 'the metrics tell');

my @workers = $standby->workers;

is(scalar @workers, 2, 'the standby has workers');
unlike(slurp_file($copy->logfile), qr/dynamo index builder/, 'but none to build indexes');

#
# Reads that replay cancels: they take the time that "pace" says
#
is(($primary->create_table('Slow'))[0], 200, 'CreateTable');
is(($primary->call('PutItem', { TableName => 'Slow', Item => { id => { S => $_ } } }))[0], 200, "PutItem $_") foreach 'a' .. 'c';
$node->safe_psql('postgres', q{
	CREATE TABLE pace AS SELECT 600 AS seconds;
	CREATE FUNCTION wait() RETURNS bool LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM pg_sleep(seconds) FROM public.pace;
		RETURN true;
	END $$;
	CREATE ROLE reader;
	GRANT SELECT ON public."Slow", pace TO reader;
	CREATE POLICY wait ON public."Slow" USING (public.wait());
	ALTER TABLE public."Slow" ENABLE ROW LEVEL SECURITY});
catch_up();

# Sets the standby's settings; its workers know of them afterwards.
sub settings
{
	$copy->append_conf('postgresql.conf', join("\n", @_));
	$copy->reload;
	sleep 0.5;
	return;
}

# Rows that the standby's snapshots still see are removed.
my $remove_rows = q{UPDATE public."Music" SET item = item; VACUUM public."Music"};

# Begins a Scan on the standby and, once it is under way, runs SQL on the
# primary, again and again if asked to: the answer.
sub disturbed_scan
{
	my ($again, @sql) = @_;
	my $socket = $standby->connect;
	my $select = IO::Select->new($socket);

	DynamoEndpoint::write_all($socket, DynamoEndpoint::operation_bytes('Scan', '{"TableName":"Slow"}'));
	$copy->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'})
	  or die 'the read is not under way';
	do { $node->safe_psql('postgres', $_) foreach @sql } while ($again && !$select->can_read(0));

	my ($bytes) = DynamoEndpoint::read_answers($socket, 1);
	my ($answer) = DynamoEndpoint::split_answers($bytes);

	return ($answer->[0], JSON::PP::decode_json($answer->[2]));
}

# That so many reads were cancelled; the worker tells the statistics a little later.
sub conflicts
{
	my ($wanted, $what) = @_;

	ok($copy->poll_query_until('postgres',
			"SELECT $wanted FROM pg_stat_database_conflicts WHERE datname = current_database()"), $what);
	return;
}

my $at_once = 'UPDATE pace SET seconds = 0';

settings('dynamo.role = reader', 'max_standby_streaming_delay = 0', 'dynamo.lock_timeout = 60s');
($status, $json) = disturbed_scan(0, $at_once, $remove_rows);
is($status, 200, 'a read whose rows are removed is run again');
is($json->{Count}, 3, 'and answered');
conflicts('confl_snapshot = 1', 'it was cancelled');

$node->safe_psql('postgres', 'UPDATE pace SET seconds = 600');
catch_up();
($status, $json) = disturbed_scan(0, $at_once, 'TRUNCATE public."Slow"');
is($status, 200, 'a read whose table is emptied is run again');
is($json->{Count}, 0, 'and sees it empty');
conflicts('confl_lock = 1', 'it was cancelled');

is(($primary->call('PutItem', { TableName => 'Slow', Item => { id => { S => 'd' } } }))[0], 200, 'PutItem');
$node->safe_psql('postgres', 'UPDATE pace SET seconds = 600');
catch_up();
settings('dynamo.lock_timeout = 300ms');
($status, $json) = disturbed_scan(1, $remove_rows);
is($status, 503, 'a read that is cancelled every time');
like($json->{__type}, qr/#ServiceUnavailableException$/, 'is answered with an error that clients retry');
like($json->{message}, qr/^The read stood in the way of what this standby replays/, 'and that tells why');
conflicts('confl_snapshot >= 3', 'it was run again before');

settings('dynamo.lock_timeout = 60s');
($status, $json) = disturbed_scan(0, 'DROP TABLE public."Slow"');
is($status, 400, 'a read whose table is dropped is run again');
like($json->{__type}, qr/#ResourceNotFoundException$/, 'and finds it gone');
settings("dynamo.role = ''", 'max_standby_streaming_delay = 30s', 'dynamo.lock_timeout = 5s');
is(get('a'), 'again', 'the others go on');

#
# Promotion, with a client at work
#
my $failed = 0;
my $pid = fork() // die "fork: $!";

if ($pid == 0)
{
	delete $standby->{socket};
	for (my $i = 0; $i < 300; $i++)
	{
		$failed++ if get('a') ne 'again';
		sleep 0.01;
	}
	POSIX::_exit($failed > 0);
}
sleep 0.5;
catch_up();
$node->stop;
$copy->promote;
for (my $i = 0; $i < 200; $i++)
{
	($status, $json) = $standby->call('PutItem', { TableName => 'Music', Item => { id => { S => 'new' } } });
	last if $status == 200;
	sleep 0.05;
}
is($status, 200, 'after its promotion it takes writes');
waitpid $pid, 0;
is($?, 0, 'reads were answered all the time');
is(get('a', ConsistentRead => JSON::PP::true), 'again', 'and consistent reads');
is_deeply([ $standby->workers ], \@workers, 'by the same workers');
is(($standby->create_table('After'))[0], 200, 'CreateTable');
$copy->stop('immediate');
$copy->start;
ok($standby->wait_ready, 'after a crash it is there again');
is(get('a'), 'again', 'with what was written');

$copy->stop;
done_testing();
