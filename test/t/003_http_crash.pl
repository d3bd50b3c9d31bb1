
# A server killed under write load through HTTP: every acknowledged PutItem is
# found after the restart, and none is half there.

use strict;
use warnings;

use FindBin;
use IO::Handle;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $ROUNDS = 3;
my $WRITERS = 4;
my $ENOUGH = 500;		# acknowledged writes before the kill

my $server = DynamoEndpoint->new('crash', 'synchronous_commit = on');
my $node = $server->node;
my $filler = 'x' x 1000;

ok($server->start, 'the server starts');
is(($server->create_table('Crash'))[0], 200, 'CreateTable');

# Puts items until the connection breaks, noting each that is acknowledged.
sub write_items
{
	my ($round, $writer, $file) = @_;

	open(my $acknowledged, '>', $file) or die "$file: $!";
	$acknowledged->autoflush(1);
	delete $server->{socket};
	for (my $i = 0;; $i++)
	{
		my $id = "$round-$writer-$i";
		my ($status) = $server->call('PutItem',
			{ TableName => 'Crash', Item => { id => { S => $id }, copy => { S => $id }, filler => { S => $filler } } });

		last if $status != 200;
		print $acknowledged "$id\n";
	}
	close $acknowledged;
}

sub lines_of
{
	return map { -e $_ ? split(/\n/, slurp_file($_)) : () } @_;
}

# The postmaster first, so that it begins no recovery, then all the others.
sub kill_all
{
	my @pids = split(/\n/, $node->safe_psql('postgres',
			'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()'));

	$node->kill9;
	kill 'KILL', @pids;
	for (my $i = 0; $i < 600 && kill(0, @pids); $i++)
	{
		sleep 0.1;
	}
}

my @acknowledged;

foreach my $round (1 .. $ROUNDS)
{
	my @files = map { "${PostgreSQL::Test::Utils::tmp_check}/acknowledged-$round-$_" } 1 .. $WRITERS;
	my @writers;

	foreach my $writer (1 .. $WRITERS)
	{
		my $pid = fork() // die "fork: $!";

		if ($pid == 0)
		{
			write_items($round, $writer, $files[ $writer - 1 ]);
			POSIX::_exit(0);
		}
		push @writers, $pid;
	}
	for (my $i = 0; $i < 600 && lines_of(@files) < $ENOUGH; $i++)
	{
		sleep 0.1;
	}
	kill_all();
	waitpid($_, 0) foreach @writers;

	my @written = lines_of(@files);

	cmp_ok(scalar @written, '>=', $ENOUGH, "round $round: acknowledged writes");
	push @acknowledged, @written;

	$node->start;
	ok($server->wait_ready, "round $round: the server recovers");

	my %found = map { $_ => 1 } split(/\n/, $node->safe_psql('postgres', 'SELECT id FROM public."Crash"'));
	my @lost = grep { !$found{$_} } @acknowledged;

	is_deeply(\@lost, [], "round $round: nothing acknowledged is lost");
	cmp_ok(scalar(keys %found), '<=', @acknowledged + $round * $WRITERS,
		"round $round: nothing is there that was not asked for");
	is($node->safe_psql('postgres',
			'SELECT count(*) FROM public."Crash" WHERE item ->> \'copy\' IS DISTINCT FROM id'),
		'0', "round $round: every item is whole");
}

# By the same door as they came.
my $missing = 0;

foreach my $id (@acknowledged[ map { int(rand(@acknowledged)) } 1 .. 200 ])
{
	my ($status, $json) = $server->call('GetItem', { TableName => 'Crash', Key => { id => { S => $id } } });

	$missing++ if $status != 200 || $json->{Item}{filler}{S} ne $filler;
}
is($missing, 0, 'GetItem finds them');

$node->stop;
done_testing();
