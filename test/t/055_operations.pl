
# The endpoint in trouble: a worker that is killed, a server that crashes or is
# stopped under load, clients that take more than their share.

use strict;
use warnings;

use FindBin;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('operations', 'restart_after_crash = on', 'dynamo.max_header = 8kB');
my $node = $server->node;

ok($server->start, 'the server starts');
is(($server->create_table('Music'))[0], 200, 'CreateTable');

sub put { return ($server->call('PutItem', { TableName => 'Music', Item => { id => { S => $_[0] } } }))[0]; }

#
# One worker ends: the others, and the sessions of SQL, go on
#
my $session = $node->background_psql('postgres');
my ($first, $second) = $server->workers;

$session->query_safe('BEGIN');
$node->safe_psql('postgres', "SELECT pg_terminate_backend($first)");
$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $first");
delete $server->{socket};
is(put('a'), 200, 'while a worker is missing the other one serves');
ok($server->wait_workers(2), 'it is started again');
is(scalar(grep { $_ == $second } $server->workers), 1, 'alone');
is($session->query_safe('SELECT 1'), 1, 'and no session has noticed');

#
# A process crashes: the endpoint is back as soon as the server is
#
foreach my $type ('dynamo http worker', 'client backend')
{
	my $victim = $node->safe_psql('postgres', $type eq 'client backend' ? 'SELECT pg_backend_pid()' :
		"SELECT min(pid) FROM pg_stat_activity WHERE backend_type = '$type'");
	my $other;

	if ($type eq 'client backend')
	{
		$other = $node->background_psql('postgres', on_error_stop => 0);
		$victim = $other->query_safe('SELECT pg_backend_pid()');
	}
	is(put("before $type"), 200, 'PutItem');
	kill 'KILL', $victim;

	my $begun = time();

	$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $victim")
	  or die 'the server did not come back';
	delete $server->{socket};
	ok($server->wait_ready, "after a crash of a $type the endpoint is back");
	cmp_ok(time() - $begun, '<', 20, 'soon');
	is(($server->call('GetItem', { TableName => 'Music', Key => { id => { S => "before $type" } } }))[1]{Item}{id}{S},
		"before $type", 'with what was acknowledged');
	eval { $other->quit } if $other;
}
eval { $session->quit };
ok($server->wait_workers(2), 'both workers are back');

#
# A fast shutdown under load: whatever is answered is answered whole, and what
# was acknowledged is there
#
my @clients;

foreach my $client (1 .. 4)
{
	my $pid = fork() // die "fork: $!";

	if ($pid == 0)
	{
		open(my $acknowledged, '>', "${PostgreSQL::Test::Utils::tmp_check}/acknowledged-$client") or POSIX::_exit(2);
		my $socket = $server->connect;

		for (my $i = 0;; $i++)
		{
			DynamoEndpoint::write_all($socket, DynamoEndpoint::operation_bytes('PutItem',
					"{\"TableName\":\"Music\",\"Item\":{\"id\":{\"S\":\"$client-$i\"}}}"));

			my ($bytes, $closed) = DynamoEndpoint::read_answers($socket, 1);

			# part of an answer
			POSIX::_exit(1) if $closed && $bytes ne '';
			last if $closed;
			POSIX::_exit(3) if $bytes !~ m/^HTTP\/1\.1 (200|503)/;
			syswrite($acknowledged, "$client-$i\n") if $1 == 200;
		}
		POSIX::_exit(0);
	}
	push @clients, $pid;
}
sleep 2;

my $begun = time();

$node->stop('fast');
cmp_ok(time() - $begun, '<', 15, 'a fast shutdown under load is fast');
foreach my $pid (@clients)
{
	waitpid $pid, 0;
	is($? >> 8, 0, 'a client gets whole answers, and then the end of the connection');
}
$node->start;
ok($server->wait_ready, 'the server starts again');

my %found = map { $_ => 1 } split(/\n/, $node->safe_psql('postgres', 'SELECT id FROM public."Music"'));
my @acknowledged = map { split(/\n/, slurp_file("${PostgreSQL::Test::Utils::tmp_check}/acknowledged-$_")) } 1 .. 4;

cmp_ok(scalar @acknowledged, '>', 100, 'writes were acknowledged');
is(scalar(grep { !$found{$_} } @acknowledged), 0, 'all of them are there');

#
# Limits
#
delete $server->{socket};

sub status_of
{
	my ($bytes) = DynamoEndpoint::exchange($server->connect, $_[0], 1);

	return $bytes =~ m/^HTTP\/1\.1 (\d+)/ ? $1 : 'closed';
}

is(status_of(DynamoEndpoint::operation_bytes('ListTables', '{}', 'X-Filler' => 'x' x 2000)), 200, 'headers that fit');
is(status_of(DynamoEndpoint::operation_bytes('ListTables', '{}', 'X-Filler' => 'x' x 9000)), 431, 'and such that do not');

# One client sends thousands of requests at once on each of a few connections,
# another one asks from time to time: it waits for its turn, not for the end.
my $list = DynamoEndpoint::operation_bytes('ListTables', '{}');
my $pipelined = 30000;
my $began = time();
my $greedy = fork() // die "fork: $!";

if ($greedy == 0)
{
	my @sockets = map { $server->connect } 1 .. 4;

	foreach my $socket (@sockets)
	{
		my $writer = fork() // POSIX::_exit(1);

		if ($writer == 0)
		{
			DynamoEndpoint::write_all($socket, $list x $pipelined);
			POSIX::_exit(0);
		}
	}
	foreach my $socket (@sockets)
	{
		my $answers = 0;
		my $rest = '';

		while ($answers < $pipelined)
		{
			my $read = sysread($socket, $rest, 65536, length($rest));

			next if !defined($read) && $!{EINTR};	# a writer has ended
			POSIX::_exit(1) if !$read;
			$answers += () = $rest =~ m/\r\n\r\n\{"TableNames":\["Music"\]\}/g;
			$rest = substr($rest, $+[0]) if $rest =~ m/.*\r\n\r\n\{"TableNames":\["Music"\]\}/s;
		}
	}
	POSIX::_exit(0);
}
sleep 0.2;

my $slowest = 0;
my $asked = 0;

while (waitpid($greedy, POSIX::WNOHANG()) == 0)
{
	my $start = time();

	is(($server->call('ListTables', '{}'))[0], 200, 'a modest client is served') if $asked++ == 0;
	$server->call('ListTables', '{}');
	$slowest = time() - $start if time() - $start > $slowest;
	sleep 0.01;
}
my $ended = $? >> 8;
my $duration = time() - $began;

is($ended, 0, 'thousands of pipelined requests are answered');
cmp_ok($asked, '>', 3, 'meanwhile others ask');
cmp_ok($slowest, '<', $duration / 2, 'and do not wait until all are through');

$node->stop;
done_testing();
