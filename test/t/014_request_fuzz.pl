
# Damaged requests of the data plane, by SQL and by HTTP: expressions of every
# kind, and bodies.  Each is answered by a reply or by an expected error, in
# time; those that succeed do the same to another table, those that fail do
# nothing; no process dies, and none grows.
#
# DYNAMO_FUZZ	expressions by each door (4400), and half as many bodies
# DYNAMO_FUZZ_SEED	seed (1)
# DYNAMO_FUZZ_OF	one kind only: expressions or bodies

use strict;
use warnings;

use Encode qw(decode FB_CROAK);
use FindBin;
use Test::More;
use Time::HiRes qw(time);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;
use ExpressionFuzz;
use Mutations;
use RequestFuzz;
use WireProtocol;

my $EXPRESSIONS = $ENV{DYNAMO_FUZZ} || 4400;
my $SEED = $ENV{DYNAMO_FUZZ_SEED} || 1;

# Memory is compared after the first round of eleven and after the last.
my $ROUNDS = 11;
my $FRESH_TABLE = 2000;		# requests on one table, at most
my $BATCH = 25;				# on the way at once, by SQL
my $SECONDS = 20;			# for one request

# What a process may have grown between.  The cache of expressions is bounded
# by itself.  malloc() gives back what is free at the end of its heap only past
# a threshold, which grows to twice the largest block that was ever freed, and
# never past 64 MB.
my $MAY_GROW = 512 * 1024;
my $CACHE_ENTRIES = 1000;
my $CACHE_BYTES = 9 * 1024 * 1024;
my $MAY_GROW_RESIDENT = 64 * 1024 * 1024;

my $TEXT = 25;				# OIDs of types
my $JSON = 114;
my $EXPECTED = qr/^(22|DY(?!000)|54)/;
my $WRITES = qr/^(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/;
my %SOURCES = (expressions => [ \&random_expression_request, $EXPRESSIONS ], bodies => [ \&random_damaged_request, $EXPRESSIONS / 2 ]);

$PostgreSQL::Test::Utils::timeout_default = 2 * $SECONDS;

# What is compared of a table.
my $CONTENT = q{SELECT count(*) || ' ' || md5(string_agg(item::text, E'\n' ORDER BY p, r)) FROM public."Fuzz"};

# Every item is sound, holds its own key, and is found by it.
my $DEFECTS = q{SELECT count(*) FILTER (WHERE NOT (item::text::dynamo.item = item AND dynamo.item_send(item::text::dynamo.item) = dynamo.item_send(item)
		AND dynamo.item_size(item) <= 409600 AND item -> 'p' ->> 'S' IS NOT DISTINCT FROM f.p AND (item -> 'r' ->> 'N')::numeric IS NOT DISTINCT FROM f.r
		AND (SELECT true FROM public."Fuzz" s WHERE s.p = f.p AND s.r = f.r) IS NOT NULL)) FROM public."Fuzz" f};

# ---- two databases: what is damaged goes to the first, what succeeds there to
# the other ----

my $server = DynamoEndpoint->new('request_fuzz', 'dynamo.workers = 1', 'log_min_messages = log', 'log_min_error_statement = panic', 'log_statement = none',
	'restart_after_crash = off');
my $node = $server->node;

ok($server->start, 'the server starts');
$node->safe_psql('postgres', 'CREATE DATABASE replay');
$node->safe_psql('replay', 'CREATE EXTENSION dynamo');

my $create = '{"TableName":"Fuzz","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],'
  . '"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]}';
$node->safe_psql($_, "SELECT dynamo.create_table('$create')") for 'postgres', 'replay';

my $target = WireProtocol->new($node, 'postgres', "statement_timeout=${SECONDS}s");
my $replay = WireProtocol->new($node, 'replay');

foreach my $connection ($target, $replay)
{
	$connection->prepare('call', 'SELECT dynamo.call($1, $2)::text::json', $TEXT, $JSON);
	$connection->prepare('empty', 'TRUNCATE public."Fuzz"');
	$connection->prepare('content', $CONTENT);
}
$target->prepare('defects', $DEFECTS);
$target->prepare('pid', 'SELECT pg_backend_pid()');
$replay->prepare('json', 'SELECT $1::text', $JSON);
$replay->prepare('memory', 'SELECT pg_log_backend_memory_contexts($1::integer)', $TEXT);

# What a prepared statement gives.
sub value_of
{
	my ($connection, $statement, @parameters) = @_;

	$connection->write_all(WireProtocol::execution($statement, 0, @parameters));

	my ($kind, $value, $message) = $connection->outcome;

	die "$statement: $value $message" if defined $kind && $kind ne 'row';
	return $value;
}

# ---- what is checked after each request ----

my %count;
my $unexpected;
my $slowest;					# seconds of one request by HTTP

# Reports a request; only the first few of a kind, and not all of a large one.
sub report
{
	my ($why, $operation, $body) = @_;

	$body = substr($body, 0, 2000) . '... (' . length($body) . ' bytes)' if length($body) > 3000;
	diag("$why: $operation " . ($body =~ s/([^\x20-\x7e])/sprintf('\\x%02x', ord($1))/ger)) if ++$unexpected <= 20;
	return;
}

# The same by SQL in the other database gives the same reply.
sub replay_all
{
	my (@done) = @_;

	$replay->write_all(join('', map { WireProtocol::execution('call', 0, $_->[0], $_->[1]) } @done));
	foreach my $each (@done)
	{
		my ($operation, $body, $reply) = @$each;
		my ($kind, $value, $message) = $replay->outcome or die 'the server hung up';

		report("reply $reply, again " . ($kind eq 'row' ? $value : "$value $message"), $operation, $body)
		  if $kind ne 'row' || $value ne $reply;
	}
	return;
}

sub is_utf8
{
	my ($bytes) = @_;

	return defined eval { decode('UTF-8', $bytes, FB_CROAK) };
}

# ---- by SQL ----

sub run_by_sql
{
	my (@requests) = @_;
	my @done;

	$target->write_all(join('', map { WireProtocol::execution('call', 0, @$_) } @requests));
	foreach my $request (@requests)
	{
		my ($kind, $value, $message) = $target->outcome;

		if (!defined $kind)
		{
			report('one of these', @$_) for @requests;
			die 'the server hung up';
		}
		if ($kind eq 'row')
		{
			$count{reply}++;
			push @done, [ @$request, $value ] if $request->[0] =~ $WRITES;
			next;
		}
		$count{$value}++;
		report("$value $message", @$request) if $value !~ $EXPECTED || !is_utf8($message);
	}
	replay_all(@done);
	return;
}

# ---- by HTTP ----

sub run_by_http
{
	my (@requests) = @_;

	run_one_by_http(@$_) for @requests;
	return;
}

sub run_one_by_http
{
	my ($operation, $body) = @_;
	my $began = time();
	my $answer = $server->ask(DynamoEndpoint::operation_bytes($operation, $body));

	if (!defined $answer)
	{
		report('no answer', $operation, $body);
		die 'the server hung up';
	}

	my ($status, $headers, $content) = @$answer;
	my ($type) = $content =~ /^\{"__type":"[\w.]+#(\w+)"/;
	my $took = time() - $began;

	delete $server->{socket} if $headers =~ /^Connection: close/mi;		# the body was too large
	$slowest = $took if $took > $slowest;
	report("took $took seconds", $operation, $body) if $took > $SECONDS;
	$count{ $type // $status }++;
	if ($status == 200 && !defined $type)
	{
		replay_all([ $operation, $body, $content ]);
		return;
	}
	report("$status $content", $operation, $body) unless $status =~ /^4/ && defined $type && is_json($content);
	return;
}

sub is_json
{
	$replay->write_all(WireProtocol::execution('json', 0, $_[0]));
	return ($replay->outcome)[0] eq 'row';
}

# ---- the table ----

sub fill_tables
{
	foreach my $connection ($target, $replay)
	{
		value_of($connection, 'empty');
		value_of($connection, 'call', @$_) foreach @seed_requests;
	}
	return;
}

sub check_tables
{
	my ($what) = @_;
	my ($found, $again) = map { value_of($_, 'content') } $target, $replay;

	report("$what: the table is $found, again $again", '', '') if $found ne $again;
	report("$what: items are damaged", '', '') if value_of($target, 'defects') ne '0';
	return;
}

# ---- memory ----

# Of the process behind the connection or of the worker: bytes of all contexts
# but the cache of expressions, bytes and entries of that, anonymous memory.
sub memory_of
{
	my ($pid) = @_;
	my $offset = -s $node->logfile;
	my (%memory, $inside, $log);

	value_of($replay, 'memory', $pid);
	for (my $end = time() + $SECONDS; time() < $end; Time::HiRes::sleep(0.02))
	{
		$target->write_all(WireProtocol::message('S', ''));		# so that it sees the signal
		$target->wait_until_ready;
		$log = slurp_file($node->logfile, $offset);
		last if $log =~ /Grand total: (\d+) bytes.*\n/;
	}
	($memory{bytes}) = $log =~ /Grand total: (\d+) bytes/ or die 'no account of the memory';
	@memory{qw(cache entries)} = (0, 0);
	while ($log =~ /level: (\d+); (?:(\d+) more child contexts containing|([^:]*):) (\d+) total in/g)
	{
		my ($depth, $more, $name, $bytes) = ($1, $2, $3 // '', $4);

		# what is left of many children is one line, at the level of their parent
		if (!defined $inside || ($depth <= $inside && !$more))
		{
			$inside = $name eq 'dynamo expressions' ? $depth : undef;
		}
		next unless defined $inside;
		$memory{cache} += $bytes;
		$memory{entries} += $more // ($name eq 'dynamo expression');
		undef $inside if $more;
	}
	$memory{bytes} -= $memory{cache};
	($memory{resident}) = map { /^Anonymous:\s+(\d+) kB/m ? $1 * 1024 : () } slurp_file("/proc/$pid/smaps_rollup");
	return \%memory;
}

sub check_memory
{
	my ($what, @rounds) = @_;
	my ($first, $last) = @rounds[ 0, -1 ];

	foreach my $measure (sort keys %$last)
	{
		note "$what: $measure after each round: " . join(' ', map { $_->{$measure} } @rounds);
	}
	cmp_ok($last->{bytes} - $first->{bytes}, '<=', $MAY_GROW, "$what: memory does not grow");
	cmp_ok($last->{resident} - $first->{resident}, '<=', $MAY_GROW_RESIDENT, "$what: nor that of the process");
	cmp_ok($last->{entries}, '<=', $CACHE_ENTRIES + 1, "$what: expressions are cached up to their number");
	cmp_ok($last->{cache}, '<=', $CACHE_BYTES, "$what: and up to their size");
	return;
}

# ---- the run ----

sub fuzz
{
	my ($door, $source, $run, $pid) = @_;
	my $what = "$source by $door";
	my ($request, $requests) = @{ $SOURCES{$source} };
	my $done = 0;
	my @memory;

	delete $server->{socket};		# it may have been idle for too long
	%count = ();
	$unexpected = 0;
	$slowest = 0;
	foreach my $round (1 .. $ROUNDS)
	{
		my $until = int($requests * $round / $ROUNDS);

		while ($done < $until)
		{
			fill_tables();
			for (my $on_table = 0; $on_table < $FRESH_TABLE && $done < $until; $on_table += $BATCH)
			{
				$run->(map { [ $request->() ] } 1 .. $BATCH);
				$done += $BATCH;
			}
			check_tables($what);
		}
		push @memory, memory_of($pid);
	}
	note "$what: " . join(', ', map { "$_ $count{$_}" } sort keys %count);
	note sprintf('the slowest took %.3f s', $slowest) if $slowest;
	is($unexpected, 0, "$what: $done requests");
	cmp_ok(($count{reply} // 0) + ($count{200} // 0), '>', $done / 100, "$what: some succeed still");
	check_memory($what, @memory);
	return;
}

note "seed $SEED, $EXPRESSIONS expressions by each door";
srand($SEED);

my ($worker) = $server->workers;
my $backend = value_of($target, 'pid');

foreach my $source ($ENV{DYNAMO_FUZZ_OF} || sort keys %SOURCES)
{
	fuzz('SQL', $source, \&run_by_sql, $backend);
	fuzz('HTTP', $source, \&run_by_http, $worker);
}
is(join(' ', $server->workers), $worker, 'the worker lives');
unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:|terminated by signal|stack smashing/, 'nothing crashed');

$node->stop;
done_testing();
