
# The worker that feeds the streams: what it needs, what it takes up, crashes,
# gaps, and streams that end.

use strict;
use warnings;

use FindBin;
use IPC::Run;
use Test::More;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use StreamHistory;

my $node = PostgreSQL::Test::Cluster->new('streams');
my $port = PostgreSQL::Test::Cluster::get_free_port();

$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', <<"END");
shared_preload_libraries = 'dynamo'
dynamo.port = $port
dynamo.workers = 1
autovacuum = off
restart_after_crash = on
wal_level = replica
END
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');

sub sql { return $node->safe_psql('postgres', @_); }

sub error_of
{
	my ($sql, $database) = @_;
	my ($code, $out, $err) = $node->psql($database // 'postgres', $sql);

	return $err;
}

sub create
{
	my ($name, $view) = @_;
	my $stream = $view ? qq{,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"$view"}} : '';

	return qq{SELECT dynamo.create_table('{"TableName":"$name","BillingMode":"PAY_PER_REQUEST",
		"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
		"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"}]
		$stream}')->'TableDescription'->>'TableStatus';};
}

sub specify
{
	my ($name, $specification) = @_;

	return qq{SELECT dynamo.update_table('{"TableName":"$name","StreamSpecification":{$specification}}') IS NULL;};
}

sub put
{
	my ($table, $p, $r, $v) = @_;

	return qq{SELECT dynamo.put_item('{"TableName":"$table","Item":{"p":{"S":"$p"},"r":{"N":"$r"},"v":{"S":"$v"}}}');};
}

sub statuses { return sql('SELECT string_agg(status, \',\' ORDER BY stream_id) FROM dynamo.streams') }

sub wait_for
{
	my ($sql) = @_;

	return $node->poll_query_until('postgres', $sql);
}

my $OLD_IMAGE = 'coalesce(old_image, dynamo.item_apply(new_image, old_difference))';

sub slots { return sql("SELECT count(*) FROM pg_replication_slots WHERE plugin = 'dynamo'"); }

# What the stream of that number has, in short, when the feeder has caught up.
sub records
{
	my ($stream) = @_;

	StreamHistory::wait_until_fed($node);
	return sql(qq{SELECT string_agg(concat_ws(' ', event, coalesce(keys->>'p', '-'), coalesce(($OLD_IMAGE)->>'v', '-'),
		coalesce(new_image->>'v', '-')), ', ' ORDER BY commit_lsn, number)
		FROM dynamo.stream_records WHERE stream_id = $stream});
}

#
# What the server must offer
#
like(error_of(create('Music', 'KEYS_ONLY')),
	qr/streams need the server's setting wal_level to be logical\nHINT:  Set "wal_level = logical" and restart/,
	'wal_level must be logical');
is(sql("SELECT count(*) FROM dynamo.tables"), '0', 'and no table was made');
is(sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'dynamo stream feeder'"), '0',
	'nobody feeds where no stream is');

$node->append_conf('postgresql.conf', 'wal_level = logical');
$node->restart;
sql('CREATE DATABASE other ENCODING UTF8 TEMPLATE template0');
$node->safe_psql('other', 'CREATE EXTENSION dynamo');
like(error_of(create('Music', 'KEYS_ONLY'), 'other'), qr/streams are served in the databases of the endpoint only/,
	'the database must be served');

#
# Enabling
#
is(slots(), '0', 'there is no slot without a stream');
is(sql(create('Music', 'NEW_AND_OLD_IMAGES')), 'CREATING', 'the first stream takes a moment');
ok(wait_for("SELECT dynamo.describe_table('{\"TableName\":\"Music\"}')->'Table'->>'TableStatus' = 'ACTIVE'"),
	'then the table is ACTIVE');
is(slots(), '1', 'and there is a slot');
is(sql("SELECT string_agg(DISTINCT relreplident::text, '') FROM pg_class WHERE relnamespace = 'dynamo_data'::regnamespace
		AND relkind = 'r'"), 'f', 'the partitions log whole rows');
is(sql("BEGIN; @{[ create('Keys', 'KEYS_ONLY') . put('Keys', 'a', 1, 'x') ]} COMMIT;"), "ACTIVE\n{}",
	'another is ENABLED at once');
is(records(2), 'I a - -', 'with what its own transaction wrote');

sql(put('Music', 'a', 1, 'one') . put('Music', 'a', 1, 'two') . put('Music', 'a', 1, 'two'));
sql("SELECT dynamo.delete_item('{\"TableName\":\"Music\",\"Key\":{\"p\":{\"S\":\"a\"},\"r\":{\"N\":\"1\"}}}')");
is(records(1), 'I - - one, M - one two, R - two -', 'both images; a write that changes nothing is no record');

sql(create('New', 'NEW_IMAGE') . create('Old', 'OLD_IMAGE'));
foreach my $table ('New', 'Old', 'Keys')
{
	sql(put($table, 'b', 1, 'one') . put($table, 'b', 1, 'two') . qq{DELETE FROM "$table" WHERE p = 'b'});
}
is(records(3), 'I - - one, M - - two, R b - -', 'NEW_IMAGE');
is(records(4), 'I b - -, M - one -, R - two -', 'OLD_IMAGE');
is(records(2), 'I a - -, I b - -, M b - -, R b - -', 'KEYS_ONLY');

sql(qq{BEGIN; @{[ put('Music', 'gone', 1, 'x') ]} ROLLBACK;});
sql(qq{INSERT INTO "Music" VALUES ('c', 1, '{"v":{"S":"sql"}}'); UPDATE "Music" SET p = 'd', item = '{"v":{"S":"sql"}}'; DELETE FROM "Music"});
is(records(1), 'I - - one, M - one two, R - two -, I - - sql, R - sql -, I - - sql, R - sql -',
	'plain SQL; a change of the key is a REMOVE and an INSERT');
sql("BEGIN; @{[ put('Keys', 'ttl', 1, 'x') ]} SELECT pg_logical_emit_message(true, 'dynamo', 'service') IS NULL;"
	. qq{DELETE FROM "Keys" WHERE p = 'ttl'; COMMIT;});
StreamHistory::wait_until_fed($node);
is(sql("SELECT string_agg(event::text || by_service::text, ',' ORDER BY number) FROM dynamo.stream_records
		WHERE keys->>'p' = 'ttl'"), 'Ifalse,Rtrue', 'what the service itself removes is marked');
like(error_of('TRUNCATE "Music"'), qr/cannot truncate table "Music", which has a stream/, 'TRUNCATE is refused');
like(error_of(q{ALTER TABLE "Music" ALTER COLUMN item TYPE dynamo.item USING (item::jsonb - 'v')::dynamo.item}),
	qr/items of a table with a stream cannot be rewritten by ALTER TABLE/, 'an ALTER TABLE that changes items is refused');

#
# A large transaction, and large items
#
sql(create('Large', 'NEW_AND_OLD_IMAGES'));

# Others read, and commit, all the time: what they see of records that are being
# filed must not be the end of those.
my $reader = $node->basedir . '/reader.sql';

PostgreSQL::Test::Utils::append_to_file($reader, "SELECT pg_current_xact_id();\nSELECT count(*) FROM dynamo.stream_records WHERE stream_id = 5;\n");
my $reading = IPC::Run::start([ 'pgbench', '-n', '-h', $node->host, '-p', $node->port, '-T', '600', '-f', $reader, 'postgres' ],
	'>', '/dev/null', '2>', '/dev/null');

sql(q{INSERT INTO "Large" SELECT 'p' || i % 10, i, format('{"v":{"S":"%s"}}', repeat(md5(i::text), 10))::dynamo.item
		FROM generate_series(1, 100000) i});
sql(q{INSERT INTO "Large" VALUES ('big', 1, format('{"v":{"S":"%s"}}', repeat('0123456789', 39000))::dynamo.item);
	UPDATE "Large" SET item = '{"v":{"S":"small"}}' WHERE p = 'big'});
StreamHistory::wait_until_fed($node);
is(sql('SELECT count(*), count(DISTINCT commit_lsn), max(number) FROM dynamo.stream_records WHERE stream_id = 5'),
	'100002|3|100000', 'a transaction of 100,000 changes, beside a reader');
$reading->kill_kill;
is(sql(qq{SELECT octet_length(($OLD_IMAGE)->>'v') FROM dynamo.stream_records WHERE stream_id = 5 AND event = 'M'}),
	'390000', 'an old image of 390,000 bytes');
is(StreamHistory::problems($node, 'Large', 5), '', 'the stream agrees with the table');

#
# The end of a stream
#
is(sql(specify('Keys', '"StreamEnabled":false') . put('Keys', 'after', 1, 'x')), "f\n{}", 'a stream is disabled');
ok(wait_for("SELECT status = 'DISABLED' AND last_lsn IS NOT NULL FROM dynamo.streams WHERE stream_id = 2"),
	'it is closed when all its records are there');
unlike(records(2), qr/after/, 'what is written later is not among them');
like(error_of(specify('Keys', '"StreamEnabled":false')), qr/Table has no stream to disable/, 'it is not disabled twice');
is(sql("SELECT string_agg(DISTINCT relreplident::text, '') FROM pg_class WHERE relname LIKE 'Keys.%' AND relkind = 'r'"),
	'd', 'the replica identity is what it was');
sql(specify('Keys', '"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"') . put('Keys', 'later', 1, 'x'));
is(records(6), 'I - - x', 'enabled again it is another stream');
like(error_of(specify('Keys', '"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"')),
	qr/Table already has an enabled stream: TableName: Keys/, 'a table has one stream');
sql(put('Old', 'last', 1, 'x') . q{DROP TABLE "Old"});
ok(wait_for("SELECT status = 'DISABLED' FROM dynamo.streams WHERE stream_id = 4"), 'the stream of a dropped table is closed');
like(records(4), qr/I last - -$/, 'with all it had to say');

#
# Crashes
#
# The worker's process, when there is one.  The server may be about to crash, so
# psql is asked in a way that does no harm if it is refused.
sub feeder
{
	my @psql = ('psql', '-X', '-A', '-t', '-h', $node->host, '-p', $node->port, '-d', 'postgres', '-c',
		"SELECT pid FROM pg_stat_activity WHERE backend_type = 'dynamo stream feeder'");

	for (my $end = time() + 60; time() < $end; sleep(0.1))
	{
		my ($pid, $complaint) = ('', '');

		IPC::Run::run(\@psql, '>', \$pid, '2>', \$complaint);
		return $1 if $pid =~ m/^(\d+)$/;
	}
	die 'nobody feeds the streams';
}

my $writer = StreamHistory::start_writer($node, 'Music');

foreach my $round (1 .. 4)
{
	sleep(0.5);
	kill($round % 2 ? 'TERM' : 'KILL', feeder());
	sleep(0.2);
	feeder();
}
sleep(0.3);
$node->stop('immediate');
$node->start;
StreamHistory::stop_writer($writer);
StreamHistory::wait_until_fed($node);
cmp_ok(sql('SELECT count(*) FROM dynamo.stream_records WHERE stream_id = 1'), '>', 100, 'many changes');
is(StreamHistory::problems($node, 'Music', 1), '', 'through all crashes no record is lost and none is doubled');

#
# Gaps
#
sub stat_of { return sql("SELECT value FROM dynamo.stats WHERE name = 'dynamo_stream_$_[0]'"); }

sql(put('Music', 'counted', 1, 'x'));
StreamHistory::wait_until_fed($node);
cmp_ok(stat_of('records_total'), '>', 0, 'records are counted');
is(stat_of('trims_total') . stat_of('alarm'), '00', 'and so far no trouble');

sub drop_slot
{
	$node->stop;
	$node->append_conf('postgresql.conf', 'dynamo.database = nowhere');
	$node->start;
	sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
	$node->append_conf('postgresql.conf', 'dynamo.database = postgres');
	$node->restart;
}

my $log = -s $node->logfile;

drop_slot();
ok(wait_for("SELECT count(*) = 1 FROM pg_replication_slots WHERE confirmed_flush_lsn IS NOT NULL"), 'a lost slot is made anew');
ok(wait_for("SELECT first_lsn > (SELECT max(commit_lsn) FROM dynamo.stream_records WHERE stream_id = 1)
		FROM dynamo.streams WHERE stream_id = 1"), 'and the streams are trimmed');
like(slurp_file($node->logfile, $log), qr/stream "[^"]*" of table "Music" is trimmed: changes of the table are not in it/,
	'which the log says');
sql(put('Music', 'behind', 1, 'the gap'));
like(records(1), qr/I - - the gap$/, 'the stream goes on behind the gap');

$log = -s $node->logfile;
$node->safe_psql('postgres', "ALTER SYSTEM SET dynamo.stream_max_wal = '150MB'");
$node->reload;

my $idle = $node->background_psql('postgres');

$idle->query_safe('BEGIN; ' . put('New', 'idle', 1, 'x'));	# keeps WAL that may be needed
sql("SELECT pg_logical_emit_message(false, '-', repeat('x', 1000000)) IS NULL FROM generate_series(1, 75)");
ok($node->wait_for_log(qr/the streams of database "postgres" keep \d+ MB of WAL/, $log), 'too much WAL makes an alarm');
is(stat_of('alarm'), 1, 'in dynamo.stats, too');
sql("SELECT pg_logical_emit_message(false, '-', repeat('x', 1000000)) IS NULL FROM generate_series(1, 75)");
ok($node->wait_for_log(qr/Waiting for transactions/, $log), 'then the slot is made anew');
$idle->query_safe('COMMIT');
$idle->quit;
ok($node->wait_for_log(qr/stream "[^"]*" of table "Music" is trimmed/, $log), 'and there is a gap');
cmp_ok(stat_of('trims_total'), '>', 2, 'which is counted');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET dynamo.stream_max_wal');
$node->reload;
sql(put('Music', 'beyond', 1, 'the cap'));
like(records(1), qr/I - - the cap$/, 'behind which the stream goes on');

#
# The ring
#
sql('UPDATE dynamo.stream_periods SET period = period - 2');
ok(wait_for('SELECT count(*) = 2 FROM dynamo.stream_periods'), 'a new period begins');
sql(put('Music', 'new', 1, 'period'));
like(records(1), qr/I - - period$/, 'with records of its own');
unlike(records(1), qr/the cap/, 'in a partition that is empty before it is used again');
sql('UPDATE dynamo.stream_periods SET period = period - 7');
ok(wait_for('SELECT count(*) = 2 FROM dynamo.stream_periods WHERE period > 0
		AND period >= (SELECT max(period) FROM dynamo.stream_periods) - 7'), 'the ring has eight');
sql("UPDATE dynamo.streams SET ended_at = ended_at - interval '25 hours' WHERE ended_at IS NOT NULL");
ok(wait_for("SELECT count(*) = 0 FROM dynamo.streams WHERE ended_at IS NOT NULL"), 'ended streams are forgotten after a day');

#
# Another database by dump, and the end
#
my $dump = $node->basedir . '/dump.sql';

$node->command_ok([ 'pg_dump', '-p', $node->port, '-h', $node->host, '-f', $dump, 'postgres' ], 'pg_dump');
unlike(slurp_file($dump), qr/stream_records_\d/, 'records are not dumped');
sql('SET client_min_messages = warning; DROP EXTENSION dynamo CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public');
ok(wait_for("SELECT count(*) = 0 FROM pg_replication_slots"), 'without the extension there is no slot');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-p', $node->port, '-h', $node->host, '-f', $dump, 'postgres' ],
	'the dump is restored');
ok(wait_for("SELECT count(*) = 1 FROM pg_replication_slots WHERE confirmed_flush_lsn IS NOT NULL"), 'and its streams are fed');
sql(put('New', 'restored', 1, 'x'));
is(records(3), 'I - - x', 'with new records');
sql("SELECT dynamo.delete_table(json_build_object('TableName', table_name)) IS NULL FROM dynamo.tables");
ok(wait_for("SELECT count(*) = 0 FROM dynamo.streams WHERE status <> 'DISABLED'"), 'all streams end');
ok(wait_for("SELECT count(*) = 0 FROM pg_replication_slots"), 'and with them the slot');
is(sql('SELECT count(*) FROM dynamo.stream_records WHERE stream_id = 3'), '1', 'but not what they had to say');
sql("UPDATE dynamo.streams SET ended_at = ended_at - interval '25 hours'");
ok(wait_for("SELECT count(*) = 0 FROM dynamo.streams"), 'until a day has passed');
ok(wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'dynamo stream feeder'"), 'and the worker');

$node->stop;
done_testing();
