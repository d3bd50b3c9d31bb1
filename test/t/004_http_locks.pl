
# A request that meets a lock of an open SQL transaction is set aside: it hinders
# no other request of its worker, goes on when the lock is gone, and is answered
# with a conflict when its time is over.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;
use Time::HiRes qw(time sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('locks', 'dynamo.workers = 1', 'dynamo.lock_timeout = 60s');
my $node = $server->node;

ok($server->start, 'the server starts');
is(($server->create_table('Locks'))[0], 200, 'CreateTable');
put($_, 1) foreach 'held', 'free';

sub put
{
	my ($id, $n) = @_;

	return $server->call('PutItem', { TableName => 'Locks', Item => { id => { S => $id }, n => { N => "$n" } } });
}

sub get
{
	my ($id) = @_;
	my (undef, $reply) = $server->call('GetItem', { TableName => 'Locks', Key => { id => { S => $id } } });

	return $reply->{Item};
}

# The request, sent on a connection of its own that waits for the answer.
sub send_request
{
	my ($operation, $request) = @_;
	my $socket = $server->connect;

	DynamoEndpoint::write_all($socket, DynamoEndpoint::operation_bytes($operation, encode_json($request)));
	return $socket;
}

sub answer
{
	my ($socket) = @_;
	my ($bytes) = DynamoEndpoint::read_answers($socket, 1);
	my ($answer) = DynamoEndpoint::split_answers($bytes);

	return ($answer->[0], decode_json($answer->[2]));
}

sub has_answer
{
	my ($socket) = @_;

	return IO::Select->new($socket)->can_read(0) ? 1 : 0;
}

sub count_request
{
	my ($id) = @_;

	return (UpdateItem => { TableName => 'Locks', Key => { id => { S => $id } }, UpdateExpression => 'ADD n :one',
			ExpressionAttributeValues => { ':one' => { N => '1' } } });
}

my %key = (TableName => 'Locks', Key => { id => { S => 'held' } });
my $session = $node->background_psql('postgres');

# What holds locks, and requests that meet them.
my @cases = (
	[ 'a row that was updated', q{UPDATE "Locks" SET item = item WHERE id = 'held'},
		[ count_request('held') ], [ PutItem => { TableName => 'Locks', Item => { id => { S => 'held' }, n => { N => '5' } } } ],
		[ TransactWriteItems => { TransactItems => [ { Update => (count_request('held'))[1] } ] } ] ],
	[ 'a row that was locked', q{SELECT FROM "Locks" WHERE id = 'held' FOR UPDATE},
		[ count_request('held') ], [ BatchWriteItem => { RequestItems => { Locks => [ { DeleteRequest => { Key => $key{Key} } } ] } } ] ],
	[ 'a new key', q{INSERT INTO "Locks" VALUES ('new', '{"n":{"N":"7"}}')}, [ count_request('new') ] ],
	[ 'a new key of the API', q{SELECT dynamo.put_item('{"TableName":"Locks","Item":{"id":{"S":"newer"}}}')},
		[ TransactWriteItems => { TransactItems => [
					{ ConditionCheck => { TableName => 'Locks', Key => { id => { S => 'newer' } }, ConditionExpression => 'attribute_not_exists(n)' } } ] } ] ],
	[ 'a table', q{LOCK TABLE "Locks" IN SHARE MODE}, [ count_request('free') ] ]);

foreach my $case (@cases)
{
	my ($what, $sql, @requests) = @$case;

	$session->query_safe("BEGIN; $sql");

	my @sockets = map { send_request(@$_) } @requests;
	my $others = 0;
	my $longest = 0;

	for (my $end = time() + 0.5; time() < $end; $others++)
	{
		my $begin = time();

		die "no item" unless get('free');
		$longest = time() - $begin if time() - $begin > $longest;
	}
	cmp_ok($others, '>', 20, "$what: others are served");
	note("$what: $others requests, the longest took $longest s");
	is(join(' ', map { has_answer($_) } @sockets), join(' ', map { 0 } @sockets), "$what: who needs it waits");
	$session->query_safe('COMMIT');
	is((answer($_))[0], 200, "$what: and goes on") foreach @sockets;
}
is(get('new')->{n}{N}, '8', 'what the other one wrote is counted on');

# A lock of a foreign key's kind hinders no update.
put('held', 1);
$session->query_safe(q{BEGIN; SELECT FROM "Locks" WHERE id = 'held' FOR KEY SHARE});
is(($server->call(count_request('held')))[0], 200, 'a lock that does not conflict is none');
$session->query_safe('COMMIT');

# A client that is gone.
$session->query_safe(q{BEGIN; SELECT FROM "Locks" WHERE id = 'held' FOR UPDATE});
my $gone = send_request(count_request('held'));
sleep(0.1);
close $gone;
$session->query_safe('COMMIT');
ok($node->poll_query_until('postgres', q{SELECT item ->> 'n' = '3' FROM "Locks" WHERE id = 'held'}),
	'a request goes on without its client');

# The time limit.
$node->append_conf('postgresql.conf', 'dynamo.lock_timeout = 300ms');
$node->reload;
$session->query_safe(q{BEGIN; SELECT FROM "Locks" WHERE id = 'held' FOR UPDATE});
my $begin = time();
my ($status, $error) = $server->call(count_request('held'));
is("$status $error->{__type}", '400 com.amazonaws.dynamodb.v20120810#TransactionConflictException', 'a conflict in the end');
cmp_ok(time() - $begin, '>=', 0.29, 'not before its time is over');
($status, $error) = $server->call(TransactWriteItems => { TransactItems => [
			{ Put => { TableName => 'Locks', Item => { id => { S => 'other' } } } }, { Update => (count_request('held'))[1] } ] });
is($status, 400, 'so does a transaction');
is(join(' ', map { $_->{Code} } @{ $error->{CancellationReasons} }), 'None TransactionConflict', 'with reasons');
is(get('other'), undef, 'and nothing of it is there');
$session->query_safe('COMMIT');

# Shutdown with requests that wait.
$node->append_conf('postgresql.conf', 'dynamo.lock_timeout = 60s');
$node->reload;
$session->query_safe(q{BEGIN; SELECT FROM "Locks" WHERE id = 'held' FOR UPDATE});
my @waiting = map { send_request(count_request('held')) } 1 .. 5;
sleep(0.2);
$begin = time();
$node->stop('fast');
cmp_ok(time() - $begin, '<', 20, 'a fast shutdown does not wait for them');
is(join(' ', map { length((DynamoEndpoint::read_answers($_, 1))[0]) } @waiting), '0 0 0 0 0', 'they are closed without an answer');
unlike(slurp_file($node->logfile), qr/PANIC|TRAP|terminated by signal/, 'nothing crashed');

done_testing();
