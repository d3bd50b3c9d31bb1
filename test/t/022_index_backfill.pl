
# While an index is filled, writers go on: the builder is made to stand still,
# once where it waits for an item that somebody has locked, once in the midst of
# a batch, and whatever is written meanwhile is done before it goes on.

use strict;
use warnings;

use FindBin;
use List::Util qw(max);
use Test::More;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;
use IndexedTable;

my $items = 12000;

# A write that has to wait ends in an error; the builder has to wait and may not.
my $server = DynamoEndpoint->new('backfill', 'dynamo.lock_timeout = 1s', 'lock_timeout = 1s');
my $node = $server->node;

ok($server->start, 'the server starts');
make_item_function($node);
create_table($node, 'Things');
fill_table($node, 'Things', $items);

# The builder reads the leaves in their order: where it stands, 0 is done and 2
# and 3 are still to come.
my $leaf = 'dynamo_data."Things.%d"';

sub key_in
{
	my ($number, $place) = @_;

	return split(/\|/,
		$node->safe_psql('postgres', sprintf("SELECT p, r FROM $leaf ORDER BY ctid OFFSET %d LIMIT 1", $number, $place)));
}

# Waits until the builder waits for such a lock.
sub builder_waits
{
	my ($event) = @_;

	return $node->poll_query_until('postgres',
		"SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'dynamo index builder' AND wait_event = '$event'");
}

sub status
{
	my ($description) = ($server->call('DescribeTable', '{"TableName":"Things"}'))[1]{Table};
	my ($index) = grep { $_->{IndexName} eq 'later' } @{ $description->{GlobalSecondaryIndexes} };

	return join(' ', $index->{IndexStatus}, $index->{Backfilling} ? 'backfilling' : ());
}

my $longest = 0;
my $new = $items;

# What is measured: one write by SQL.
sub sql_ok
{
	my ($what, $sql) = @_;
	my $begun = time();
	my ($code, undef, $error) = $node->psql('postgres', $sql);

	$longest = max($longest, time() - $begun);
	is($code, 0, $what) or diag($error);
	return;
}

# And one over HTTP.
sub http_ok
{
	my ($what, $operation, $request) = @_;
	my $begun = time();
	my ($code, $reply) = $server->call($operation, $request);

	$longest = max($longest, time() - $begun);
	is($code, 200, $what) or diag(explain($reply));
	return;
}

sub key_of
{
	my ($p, $r) = @_;

	return { p => { S => $p }, r => { N => "$r" } };
}

sub item_of
{
	my ($p, $r, $x) = @_;

	return { %{ key_of($p, $r) }, x => { S => $x }, g => { S => 'g' }, n => { N => '1' } };
}

# Writes of every kind: of new items, and of items at these places of the leaves.
sub write_meanwhile
{
	my ($where, @places) = @_;

	is(status(), 'CREATING backfilling', "$where: the index is being built");
	sql_ok("$where: INSERT", qq{INSERT INTO "Things" VALUES ('sql', @{[ ++$new ]}, item($new))});
	sql_ok("$where: COPY", qq{COPY "Things" FROM stdin;\ncopy\t@{[ ++$new ]}\t{"x":{"S":"copied"}}\n\\.\n});
	http_ok("$where: PutItem", 'PutItem', { TableName => 'Things', Item => item_of('put', ++$new, 'put') });
	http_ok("$where: BatchWriteItem", 'BatchWriteItem',
		{ RequestItems => { Things => [ map { { PutRequest => { Item => item_of('batch', ++$new, 'batch') } } } 1 .. 25 ] } });
	foreach my $place (@places)
	{
		my ($number, $from) = @$place;
		my $at = "$where, leaf $number from $from";
		my ($p, $r);

		# up to the end of an update's way: a new place, a new key, away
		($p, $r) = key_in($number, $from);
		http_ok("$at: UpdateItem", 'UpdateItem', { TableName => 'Things', Key => key_of($p, $r), UpdateExpression => 'SET x = :x',
				ExpressionAttributeValues => { ':x' => { S => 'updated' } } });
		($p, $r) = key_in($number, $from);
		http_ok("$at: PutItem", 'PutItem', { TableName => 'Things', Item => item_of($p, $r, 'replaced') });
		($p, $r) = key_in($number, $from);
		sql_ok("$at: UPDATE", qq{UPDATE "Things" SET item = (item::jsonb - 'x')::dynamo.item WHERE p = '$p' AND r = $r});
		($p, $r) = key_in($number, $from);
		sql_ok("$at: UPDATE of the key", qq{UPDATE "Things" SET p = 'moved', item = item(@{[ ++$new ]}) WHERE p = '$p' AND r = $r});
		($p, $r) = key_in($number, $from);
		sql_ok("$at: DELETE", qq{DELETE FROM "Things" WHERE p = '$p' AND r = $r});
		($p, $r) = key_in($number, $from);
		http_ok("$at: DeleteItem", 'DeleteItem', { TableName => 'Things', Key => key_of($p, $r) });
	}
	is(status(), 'CREATING backfilling', "$where: it still is");
	return;
}

# ---- an item is locked ----

my $holder = $node->background_psql('postgres');
my ($p, $r) = key_in(1, 0);

$holder->query_safe(qq{BEGIN; SELECT r FROM "Things" WHERE p = '$p' AND r = $r FOR UPDATE});
add_index($node, 'Things');
ok(builder_waits('transactionid'), 'the builder waits for an item that is locked');
sleep 1.5;
write_meanwhile('an item locked', [ 0, 100 ], [ 1, 1 ], [ 1, 1000 ], [ 3, 100 ]);

# ---- in the midst of a batch ----

# An index on the entries holds up whoever makes that of one item, which is the
# builder.
my $middle = join(' ', key_in(1, 300));
my $barrier = $node->background_psql('postgres');

$barrier->query_safe('SELECT pg_advisory_lock(22)');
$node->safe_psql('postgres', qq{
	CREATE FUNCTION barrier(p text, r numeric) RETURNS int IMMUTABLE LANGUAGE plpgsql AS \$\$
	BEGIN
		IF p || ' ' || r = '$middle' THEN
			PERFORM pg_advisory_xact_lock_shared(22);
		END IF;
		RETURN 0;
	END \$\$;
	CREATE INDEX ON dynamo_data."Things.later" (barrier(p, r))});
$holder->query_safe('COMMIT');
ok(builder_waits('advisory'), 'the builder stands in the midst of a batch');
write_meanwhile('within a batch', [ 0, 100 ], [ 1, 1000 ], [ 2, 0 ]);

# ---- afterwards ----

$barrier->query_safe('SELECT pg_advisory_unlock(22)');
ok(wait_active($node, 'Things'), 'the builder comes to its end');
is(status(), 'ACTIVE', 'the index is ACTIVE');
is(differences($node, 'Things'), '', 'the indexes agree');
is( $node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT (p, r)) FROM dynamo_data."Things.later"}),
	$node->safe_psql('postgres', q{SELECT count(*), count(*) FROM "Things" WHERE item -> 'x' ->> 'S' <> ''}), 'nothing is missing, nothing too much');
is( $node->safe_psql('postgres', q{SELECT count(*) FROM "Things" t JOIN dynamo_data."Things.later" e USING (p, r) WHERE t.item::text <> e.item::text}),
	'0', 'every entry is the item');
cmp_ok($longest, '<', 1, sprintf('the longest write took %.0f ms', $longest * 1000));
$_->quit foreach ($holder, $barrier);
unlike(slurp_file($node->logfile), qr/deadlock detected|lock timeout/, 'no lock was in the way for long');

$node->stop;
done_testing();
