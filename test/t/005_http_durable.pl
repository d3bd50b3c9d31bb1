
# No response leaves before what it tells is as durable as synchronous_commit
# demands: with a synchronous standby that has stopped, neither who writes nor
# who reads what was written gets an answer.

use strict;
use warnings;

use FindBin;
use IO::Select;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('durable', "synchronous_commit = on\nwal_level = replica\nmax_wal_senders = 4\n"
	  . "hot_standby = on\nfsync = on\ndynamo.workers = 2");
my $primary = $server->node;

ok($server->start, 'the server starts');
is(($server->create_table('Durable'))[0], 200, 'CreateTable');
$primary->append_conf('pg_hba.conf', 'local replication all trust');
$primary->reload;
$primary->safe_psql('postgres', q{CREATE ROLE careless SUPERUSER; ALTER ROLE careless SET synchronous_commit = off});

my $standby = PostgreSQL::Test::Cluster->new('standby');

$primary->backup('copy');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->append_conf('postgresql.conf', "shared_preload_libraries = ''");
$standby->start;
$primary->append_conf('postgresql.conf', "synchronous_standby_names = '*'");
$primary->reload;
$primary->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'})
  or die 'no synchronous standby';

sub send_request
{
	my ($operation, $request) = @_;
	my $socket = $server->connect;

	DynamoEndpoint::write_all($socket, DynamoEndpoint::operation_bytes($operation, encode_json($request)));
	return $socket;
}

sub put { return (PutItem => { TableName => 'Durable', Item => { id => { S => $_[0] } } }); }

sub get { return (GetItem => { TableName => 'Durable', Key => { id => { S => $_[0] } } }); }

sub unanswered { return !IO::Select->new($_[0])->can_read(0.5); }

sub status
{
	my ($bytes) = DynamoEndpoint::read_answers($_[0], 1);

	return $bytes =~ m{\AHTTP/1.1 (\d+)} ? $1 : 'none';
}

is(status(send_request(put('first'))), 200, 'a write with the standby at work');

# The process that receives WAL stands still.
my $receiver = $standby->safe_psql('postgres', q{SELECT pid FROM pg_stat_wal_receiver});
kill 'STOP', $receiver;

my @writers = map { send_request(put("second$_")) } 1 .. 4;
ok(unanswered($writers[0]), 'a write waits for the standby');

# A worker that waits serves nobody; on the other one (if there is one left)
# the reader has seen the item and waits as well.
my @readers = map { send_request(get('second1')) } 1 .. 8;
is(scalar(grep { unanswered($_) } @readers), 8, 'so do readers of what was written');

my $sql = $primary->background_psql('postgres');
$sql->{stdin} .= q{SELECT 'read ' || count(*) FROM "Durable";} . "\n";
$sql->{run}->pump_nb foreach 1 .. 20;
sleep(0.5);
$sql->{run}->pump_nb;
is($sql->{stdout}, '', 'so does a session of SQL');
kill 'CONT', $receiver;
is(join(' ', map { status($_) } @writers, @readers), join(' ', (200) x 12), 'then all are answered');
$sql->{run}->pump until $sql->{stdout} =~ /read \d/;
like($sql->{stdout}, qr/read [2-5]/, 'in SQL too');
$sql->quit;

# Whose role asks for nothing does not wait.
$primary->append_conf('postgresql.conf', "dynamo.role = 'careless'");
$primary->reload;
sleep(1.5);
is(status(send_request(put('third'))), 200, 'the role is there');
kill 'STOP', $receiver;
is(status(send_request(put('fourth'))), 200, 'a write of a role with synchronous_commit off does not wait');
is(status(send_request(get('fourth'))), 200, 'nor who reads it');
kill 'CONT', $receiver;

# A worker that is told to end while it waits gives no answer.
$primary->append_conf('postgresql.conf', "dynamo.role = ''\nwal_sender_timeout = 3s");
$primary->reload;
sleep(1.5);
is(status(send_request(put('fifth'))), 200, 'the first role is back');
kill 'STOP', $receiver;
my $last = send_request(put('last'));
ok(unanswered($last), 'a write waits again');
$primary->stop('fast');
is(status($last), 'none', 'and is not answered when the server stops');
kill 'CONT', $receiver;
$standby->stop('fast');

done_testing();
