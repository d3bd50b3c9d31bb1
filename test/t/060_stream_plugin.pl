# The output plugin: item changes as stream records, by logical decoding.
use strict;
use warnings;

use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $node = PostgreSQL::Test::Cluster->new('stream');
$node->init(allows_streaming => 'logical', extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "logical_decoding_work_mem = '64kB'\nautovacuum = off");
$node->start;

# Newer servers have a list of approved plugins.
if ($node->safe_psql('postgres', "SELECT count(*) FROM pg_settings WHERE name = 'output_plugin_libraries'") eq '1')
{
	$node->append_conf('postgresql.conf', "output_plugin_libraries = 'pgoutput, test_decoding, dynamo'");
	$node->restart;
}

my $json = JSON::PP->new->utf8;

sub sql
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

sub create_table
{
	my ($name, $more) = @_;

	return qq{SELECT dynamo.create_table('{"TableName":"$name","BillingMode":"PAY_PER_REQUEST",
		"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
		"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}
		@{[ $more // '' ]}}') IS NOT NULL;};
}

# What the slot has, as lines; options as "name", "value", ...
sub lines
{
	my ($function, %options) = @_;
	my $options = join('', map { ", '$_', '$options{$_}'" } sort keys %options);

	return split(/\n/, sql("SELECT data FROM pg_logical_slot_${function}_changes('s', NULL, NULL$options)"));
}

sub records
{
	return map { $json->decode($_) } lines(@_);
}

# A record in short: event, key, images as their attribute "v" or "none".
sub brief
{
	my ($record) = @_;
	my $change = $record->{dynamodb};
	my @images = map { exists $change->{$_} ? $change->{$_}{v}{S} // '' : 'none' } 'NewImage', 'OldImage';

	return "$record->{eventName} $change->{Keys}{p}{S}/$change->{Keys}{r}{N} $images[0] $images[1]";
}

sub briefs
{
	return join('; ', map { brief($_) } @_);
}

sub put
{
	my ($table, $p, $value) = @_;

	return qq{SELECT dynamo.put_item('{"TableName":"$table","Item":{"p":{"S":"$p"},"r":{"N":"1"},"v":{"S":"$value"}}}');};
}

sub remove
{
	my ($table, $p) = @_;

	return qq{SELECT dynamo.delete_item('{"TableName":"$table","Key":{"p":{"S":"$p"},"r":{"N":"1"}}}');};
}

sql('CREATE EXTENSION dynamo');
sql(create_table('Music', q(,{"AttributeName":"v","AttributeType":"S"}],"GlobalSecondaryIndexes":[{"IndexName":"byV",
	"KeySchema":[{"AttributeName":"v","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}])));
sql(create_table('Other', ']'));
sql('CREATE TABLE plain (a int PRIMARY KEY, item text) PARTITION BY HASH (a);
	CREATE TABLE plain_0 PARTITION OF plain FOR VALUES WITH (MODULUS 1, REMAINDER 0)');
sql(q{SELECT pg_create_logical_replication_slot('s', 'dynamo')});

# Replica identity as CreateTable leaves it: keys of what is gone, no old images.
sql(put('Music', 'a', 'one') . put('Music', 'a', 'two') . remove('Music', 'a') . "INSERT INTO plain VALUES (1, 'x')");
my @records = records('get');
is(briefs(@records), 'INSERT a/1 one none; MODIFY a/1 two none; REMOVE a/1 none none', 'without full replica identity');

my $full = q{SELECT format('ALTER TABLE %s REPLICA IDENTITY FULL', t.relid) FROM dynamo.tables, pg_partition_tree(relation) t WHERE isleaf};
sql(join(';', split(/\n/, sql($full))));

# The shape of a record.
sql(put('Music', 'é\\"', 'one'));
sql(put('Music', 'é\\"', 'three'));
@records = records('get');
is(scalar(@records), 2, 'two changes, two records');
my $record = $records[1];
is(join(' ', sort keys %$record), 'awsRegion dynamodb eventID eventName eventSource eventVersion tableName', 'members');
is("@$record{qw(awsRegion eventName eventSource eventVersion tableName)}", 'local MODIFY aws:dynamodb 1.1 Music', 'their values');
like($record->{eventID}, qr/^[0-9a-f]{32}$/, 'eventID');
like($record->{dynamodb}{SequenceNumber}, qr/^1[0-9]{30}$/, 'SequenceNumber');
cmp_ok($record->{dynamodb}{SequenceNumber}, 'gt', $records[0]{dynamodb}{SequenceNumber}, 'in the order of commits');
cmp_ok(abs($record->{dynamodb}{ApproximateCreationDateTime} - time), '<', 60, 'ApproximateCreationDateTime');
is($json->canonical->encode($record->{dynamodb}{OldImage}), '{"p":{"S":"é\""},"r":{"N":"1"},"v":{"S":"one"}}', 'OldImage');
# keys p: 1+3, r: 1+2; images: keys and v: 1 and its text
is($record->{dynamodb}{SizeBytes}, 7 + (7 + 1 + 5) + (7 + 1 + 3), 'SizeBytes');
sql(remove('Music', 'é\\"'));
records('get');

# Every view type, the same records each time; peeked, so nothing is consumed.
sql(put('Music', 'a', 'one') . put('Music', 'a', 'two') . remove('Music', 'a'));
is(briefs(records('peek', 'view-type' => 'KEYS_ONLY')), 'INSERT a/1 none none; MODIFY a/1 none none; REMOVE a/1 none none', 'KEYS_ONLY');
is(briefs(records('peek', 'view-type' => 'NEW_IMAGE')), 'INSERT a/1 one none; MODIFY a/1 two none; REMOVE a/1 none none', 'NEW_IMAGE');
is(briefs(records('peek', 'view-type' => 'OLD_IMAGE')), 'INSERT a/1 none none; MODIFY a/1 none one; REMOVE a/1 none two', 'OLD_IMAGE');
my @again = lines('peek');
is(briefs(map { $json->decode($_) } @again), 'INSERT a/1 one none; MODIFY a/1 two one; REMOVE a/1 none two', 'NEW_AND_OLD_IMAGES');
is(join("\n", lines('get')), join("\n", @again), 'decoded again, the records are the same, eventID and SequenceNumber included');
my %ids = map { $json->decode($_)->{eventID} => 1 } @again;
is(scalar(keys %ids), 3, 'eventIDs differ');

# What is no change, and what was rolled back.
sql(put('Music', 'a', 'one'));
records('get');
sql(put('Music', 'a', 'one'));
sql('UPDATE "Music" SET item = item');
sql('BEGIN;' . put('Music', 'b', 'never') . 'ROLLBACK');
sql('BEGIN;' . put('Music', 'b', 'kept') . 'SAVEPOINT s;' . put('Music', 'c', 'never') . 'ROLLBACK TO s;' . put('Music', 'd', 'kept') . 'COMMIT');
is(briefs(records('get')), 'INSERT b/1 kept none; INSERT d/1 kept none', 'no record without a change that stays');

# Keys changed by SQL, within a partition and across.
sql(q{UPDATE "Music" SET r = 2, item = '{"p":{"S":"b"},"r":{"N":"2"},"v":{"S":"moved"}}' WHERE p = 'b'});
is(briefs(records('get')), 'REMOVE b/1 none kept; INSERT b/2 moved none', 'UPDATE of the sort key');
sql(qq{UPDATE "Music" SET p = '$_', item = '{"p":{"S":"$_"},"r":{"N":"1"},"v":{"S":"far"}}' WHERE r = 1 AND p LIKE 'd%'})
  for qw(d1 d2 d3 d4);
is( briefs(records('get')),
	'REMOVE d/1 none kept; INSERT d1/1 far none; ' . join('; ', map { "REMOVE d$_/1 none far; INSERT d@{[ $_ + 1 ]}/1 far none" } 1 .. 3),
	'UPDATE of the partition key');

# TOASTed items: new and old come whole; a row whose item stands is no change.
sql(q{ALTER TABLE "Other" ADD COLUMN note text;
	INSERT INTO "Other" (p, r, item) SELECT 'big', 1, format('{"v":{"S":"%s"}}', string_agg(md5(i::text), ''))::dynamo.item FROM generate_series(1, 1000) i});
sql(q{UPDATE "Other" SET note = 'x'});
sql(q{SELECT dynamo.update_item('{"TableName":"Other","Key":{"p":{"S":"big"},"r":{"N":"1"}},"UpdateExpression":"SET w = :w",
	"ExpressionAttributeValues":{":w":{"S":"w"}}}')});
sql(remove('Other', 'big'));
@records = records('get');
is(join(' ', map { $_->{eventName} } @records), 'INSERT MODIFY REMOVE', 'TOASTed item');
is( join(' ', map { length($_->{dynamodb}{NewImage}{v}{S} // '') . '/' . length($_->{dynamodb}{OldImage}{v}{S} // '') } @records),
	'32000/0 32000/32000 0/32000', 'its images are whole');
is($records[2]{dynamodb}{OldImage}{w}{S}, 'w', 'and the right ones');

# Tables by name; other tables, side tables and their rows never.
sql(put('Music', 'a', 'music') . put('Other', 'a', 'other'));
is(briefs(records('peek', tables => 'Other')), 'INSERT a/1 other none', 'option tables');
is(scalar(records('peek', tables => 'Other, Music')), 2, 'two of them');
is(scalar(records('get')), 2, 'all of them, and nothing of the index');

# The catalog of that moment: a table made, written and dropped before decoding.
sql('BEGIN;' . create_table('Gone', ']') . put('Gone', 'a', 'x') . 'COMMIT');
sql(put('Gone', 'b', 'y'));
sql('DROP TABLE "Gone"; VACUUM dynamo.tables; VACUUM pg_catalog.pg_class');
@records = records('get');
is(briefs(@records), 'INSERT a/1 x none; INSERT b/1 y none', 'a table that is gone by now');
is($records[0]{tableName}, 'Gone', 'and its name');

# A large transaction waits on disk; an error in the middle leaves nothing behind.
sql(q{INSERT INTO "Other" (p, r, item) SELECT 'many', i, format('{"v":{"S":"%s"}}', repeat('v', 300))::dynamo.item FROM generate_series(1, 5000) i});
my $peek = q{SELECT count(*), count(DISTINCT data::json ->> 'eventID'), sum((data::json -> 'dynamodb' -> 'Keys' -> 'r' ->> 'N')::int),
	bool_and(in_order) FROM (SELECT data, lag(data::json -> 'dynamodb' ->> 'SequenceNumber', 1, '') OVER ()
		< (data::json -> 'dynamodb' ->> 'SequenceNumber') COLLATE "C" AS in_order FROM pg_logical_slot_peek_changes('s', NULL, NULL)) r};
my ($status, $out, $error) = $node->psql('postgres', "SET work_mem = '64kB'; SET temp_file_limit = '256kB'; $peek;
	RESET temp_file_limit; $peek", on_error_stop => 0);
like($error, qr/temporary file size exceeds "?temp_file_limit/, 'an error in the middle of decoding');
is($out, '5000|5000|12502500|t', 'the same backend decodes again');
$node->poll_query_until('postgres', "SELECT spill_txns > 0 FROM pg_stat_replication_slots WHERE slot_name = 's'");
is(sql("SELECT spill_txns > 0 FROM pg_stat_replication_slots WHERE slot_name = 's'"), 't', 'the transaction was spilled');
records('get');

# A line a transaction, long ones in parts.
sql('BEGIN;' . put('Music', 'a', 'first') . put('Other', 'a', 'second') . 'COMMIT;' . put('Music', 'a', 'third'));
my @lines = records('get', format => 'transaction');
is(join(' | ', map { briefs(@{ $_->{Records} }) } @lines),
	'MODIFY a/1 first music; MODIFY a/1 second other | MODIFY a/1 third first', 'a line for each transaction');
is($lines[0]{Part} . ($lines[0]{More} ? ' more' : ''), '1', 'in one part');
like($lines[0]{CommitLSN}, qr{^[0-9A-F]+/[0-9A-F]+$}, 'CommitLSN');
like($lines[0]{TransactionId}, qr{^[0-9]+$}, 'TransactionId');
sql(q{INSERT INTO "Other" (p, r, item) SELECT 'wide', i, format('{"v":{"S":"%s"}}', repeat('v', 100000))::dynamo.item FROM generate_series(1, 400) i});
is(sql(q{SELECT string_agg((data::json ->> 'Part') || (data::json ->> 'More'), ' '), sum(json_array_length(data::json -> 'Records')), max(length(data)) < 17 * 1024 * 1024
	FROM pg_logical_slot_get_changes('s', NULL, NULL, 'format', 'transaction')}), '1true 2true 3false|400|t', 'a long one in parts');

# Large transactions while they are in progress, two of them by turns, one with savepoints.
sub fill
{
	my ($p, $value) = @_;

	return qq{INSERT INTO "Other" (p, r, item) SELECT '$p', i, format('{"v":{"S":"%s"}}', repeat('$value', 300))::dynamo.item FROM generate_series(1, 500) i;};
}

# The items that lines leave, as a reader takes them who holds back what has not committed.
sub copy_of
{
	my %copy;
	my %held;

	for my $line (@_)
	{
		my $id = $line->{TransactionId};
		my $subid = $line->{SubtransactionId} // 'none';

		push @{ $held{$id} }, map { { subid => $subid, record => $_ } } @{ $line->{Records} // [] };
		if ($line->{RolledBack}) { $held{$id} = $subid eq 'none' ? [] : [ grep { $_->{subid} ne $subid } @{ $held{$id} } ] }
		next if !$line->{CommitLSN} || $line->{More};
		for my $record (map { $_->{record} } @{ delete $held{$id} })
		{
			my $key = "$record->{dynamodb}{Keys}{p}{S}/$record->{dynamodb}{Keys}{r}{N}";

			if ($record->{eventName} eq 'REMOVE') { delete $copy{$key} }
			else { $copy{$key} = substr($record->{dynamodb}{NewImage}{v}{S}, 0, 1) }
		}
	}
	return %copy;
}

# pg_recvlogical's file once it has what is waited for, as lines.
my $streamed_file = PostgreSQL::Test::Utils::tempdir() . '/streamed';

sub streamed_lines
{
	my ($pattern) = @_;

	for (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		my $text = -e $streamed_file ? slurp_file($streamed_file) : '';

		return map { $json->decode($_) } $text =~ /(.+)\n/g if $text =~ $pattern;
		sleep(0.1);
	}
	die "no $pattern among the lines";
}

my @sessions = map { $node->background_psql('postgres') } 1 .. 2;
sql(q{DELETE FROM "Other"; SELECT pg_create_logical_replication_slot('in_progress', 'dynamo')});
records('get');
my $receiver = IPC::Run::start([ 'pg_recvlogical', '-d', $node->connstr('postgres'), '-S', 'in_progress', '--start', '--no-loop',
	'-o', 'format=transaction', '-o', 'streaming=on', '-f', $streamed_file ]);
my @xids = map { $_->query_safe('BEGIN; SELECT pg_current_xact_id()') } @sessions;
$sessions[0]->query_safe(fill('one', 'a'));
$sessions[1]->query_safe(fill('two', 'b'));
streamed_lines(qr/^\{"TransactionId":"$_",/m) for @xids;
@lines = streamed_lines(qr/./);
is(scalar(grep { $_->{CommitLSN} || !$_->{More} } @lines), 0, 'transactions in progress come, and have no end');
$record = $lines[0]{Records}[0];
is(join(' ', sort keys %$record), 'awsRegion dynamodb eventName eventSource eventVersion tableName', 'their records have no eventID');
is(join(' ', sort keys %{ $record->{dynamodb} }), 'Keys NewImage SizeBytes StreamViewType', 'nor what comes of the commit');
is(scalar(records('peek', format => 'transaction')), 0, 'only who asks for them has them');
$sessions[0]->query_safe('SAVEPOINT kept;' . fill('three', 'c') . 'SAVEPOINT undone;');
my $subxid = $sessions[0]->query_safe(fill('four', 'd') . q{UPDATE "Other" SET item = '{"v":{"S":"never"}}' WHERE p = 'one';
	SELECT xmin FROM "Other" WHERE p = 'four' LIMIT 1});
streamed_lines(qr/"SubtransactionId":"$subxid"/);
$sessions[1]->query_safe(q{UPDATE "Other" SET item = '{"v":{"S":"never"}}' WHERE p = 'two'});
$sessions[0]->query_safe('ROLLBACK TO undone;' . fill('five', 'e') . q{DELETE FROM "Other" WHERE p = 'one' AND r > 10});
$sessions[1]->query_safe('ROLLBACK');
$sessions[0]->query_safe('COMMIT');
$_->quit foreach @sessions;
sql(put('Other', 'small', 'f'));
@lines = streamed_lines(qr/"small"/);
$receiver->signal('INT');
$receiver->finish;

is(join(' ', map { "$_->{TransactionId}/" . ($_->{SubtransactionId} // '') } grep { $_->{RolledBack} } @lines), "$xids[0]/$subxid $xids[1]/",
	'what was rolled back is told');
is_deeply([ map { $_->{Part} } grep { $_->{TransactionId} eq $xids[0] && $_->{Part} } @lines ], [ 1 .. $lines[-2]{Part} ], 'parts are counted');
is("$lines[-2]{TransactionId} " . scalar(@{ $lines[-2]{Records} }), "$xids[0] 0", 'the commit is told behind the records');
cmp_ok(abs($lines[-2]{ApproximateCreationDateTime} - time), '<', 60, 'and its time');
my %copy = copy_of(@lines);
is(join(' ', map { "$_=$copy{$_}" } sort keys %copy), sql(q{SELECT string_agg(format('%s/%s=%s', p, r, left(item ->> 'v', 1)), ' '
	ORDER BY format('%s/%s', p, r) COLLATE "C") FROM "Other"}), 'a copy made of the lines equals the table');
my %later = copy_of(records('get', format => 'transaction'));
is_deeply(\%later, \%copy, 'and one made of committed transactions');
$node->poll_query_until('postgres', "SELECT stream_txns > 0 FROM pg_stat_replication_slots WHERE slot_name = 'in_progress'");
is(sql("SELECT stream_txns > 0 FROM pg_stat_replication_slots WHERE slot_name = 'in_progress'"), 't', 'transactions were streamed');
sql(q{SELECT pg_drop_replication_slot('in_progress')});

# Options that are none.
for my $case (
	[ "'view-type', 'ALL'", qr/invalid value for option "view-type"/ ],
	[ "'format', 'xml'", qr/invalid value for option "format"/ ],
	[ "'tables', ','", qr/invalid value for option "tables"/ ],
	[ "'streaming', 'on'", qr/option "streaming" needs the option "format" to be "transaction"/ ],
	[ "'nonsense', 'x'", qr/output plugin "dynamo" has no option "nonsense"/ ])
{
	(undef, undef, $error) = $node->psql('postgres', "SELECT * FROM pg_logical_slot_get_changes('s', NULL, NULL, $case->[0])");
	like($error, $case->[1], "option $case->[0]");
}

# A replica identity that hides keys is reported.
sql(join(';', map { s/FULL/NOTHING/r } split(/\n/, sql($full))));
sql(remove('Music', 'a'));
(undef, $out, $error) = $node->psql('postgres', "SELECT data FROM pg_logical_slot_get_changes('s', NULL, NULL)");
like($error, qr/WARNING:  changes of partition ".*" of table "Music" are decoded incompletely/, 'replica identity NOTHING');
is($out, '', 'of which nothing comes');
sql(join(';', split(/\n/, sql($full))));

# pg_recvlogical: what it has written rebuilds the table.
sql(q{DELETE FROM "Music"});
records('get');
sql(put('Music', "k$_", "v$_")) for 1 .. 5;
sql(remove('Music', 'k3') . put('Music', 'k4', 'new'));
my $end = sql('SELECT pg_current_wal_lsn()');
my $file = PostgreSQL::Test::Utils::tempdir() . '/records';
$node->command_ok([ 'pg_recvlogical', '-d', $node->connstr('postgres'), '-S', 's', '--start', '--endpos', $end, '--no-loop',
	'-o', 'tables=Music', '-f', $file ], 'pg_recvlogical');
%copy = ();
for my $received (map { $json->decode($_) } split(/\n/, slurp_file($file)))
{
	my $key = $received->{dynamodb}{Keys}{p}{S};

	if ($received->{eventName} eq 'REMOVE') { delete $copy{$key} }
	else { $copy{$key} = $received->{dynamodb}{NewImage}{v}{S} }
}
is(join(' ', map { "$_=$copy{$_}" } sort keys %copy), sql(q{SELECT string_agg(p || '=' || (item -> 'v' ->> 'S'), ' ' ORDER BY p)
	FROM (SELECT p, item::text::json AS item FROM "Music") m}), 'a copy made of its file equals the table');

$node->stop;
done_testing();
