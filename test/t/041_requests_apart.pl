
# What the code of triggers does to its session ends with its request: the next
# one of the same worker may be somebody else's.

use strict;
use warnings;

use FindBin;
use Test::More;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('apart', 'dynamo.workers = 1', 'work_mem = 4MB');
my $node = $server->node;

ok($server->start, 'the server starts');
is(($server->create_table($_))[0], 200, "CreateTable $_") foreach 'Careless', 'Deferred', 'Failing', 'Witness';
$node->safe_psql('postgres', q{
	CREATE TABLE report (work_mem text, search_path text, temporary bool, prepared bigint, cursors bigint, locks bigint, lastval bool);
	CREATE SEQUENCE public.counter;
	CREATE FUNCTION has_lastval() RETURNS bool LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM lastval();
		RETURN true;
	EXCEPTION WHEN object_not_in_prerequisite_state THEN
		RETURN false;
	END $$;
	CREATE FUNCTION litter() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		SET work_mem = '123MB';
		PERFORM set_config('search_path', 'pg_temp', false);
		CREATE TEMP TABLE IF NOT EXISTS left_behind (n int);
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements) THEN
			EXECUTE 'PREPARE left_behind AS SELECT 1';
		END IF;
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable) THEN
			EXECUTE 'DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1';
		END IF;
		PERFORM pg_advisory_lock(1), pg_advisory_lock_shared(2, 3), nextval('public.counter');
		IF TG_ARGV[0] IS NOT NULL THEN
			RAISE 'after the litter';
		END IF;
		RETURN NULL;
	END $$;
	CREATE TRIGGER litter AFTER INSERT ON "Careless" FOR EACH ROW EXECUTE FUNCTION litter();
	CREATE TRIGGER litter AFTER INSERT ON "Failing" FOR EACH ROW EXECUTE FUNCTION litter('and fail');
	CREATE CONSTRAINT TRIGGER litter AFTER INSERT ON "Deferred" DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION litter();
	CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO public.report SELECT current_setting('work_mem'), current_setting('search_path'),
			to_regclass('pg_temp.left_behind') IS NOT NULL, (SELECT count(*) FROM pg_catalog.pg_prepared_statements),
			(SELECT count(*) FROM pg_catalog.pg_cursors WHERE is_holdable),
			(SELECT count(*) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND objsubid IN (1, 2)), public.has_lastval();
		RETURN NULL;
	END $$;
	CREATE TRIGGER tell AFTER INSERT ON "Witness" FOR EACH ROW EXECUTE FUNCTION tell()});

sub put
{
	my ($table, $id) = @_;
	my ($status, $reply) = $server->call('PutItem', { TableName => $table, Item => { id => { S => $id } } });

	is($status, $table eq 'Failing' ? 400 : 200, "PutItem into $table") or diag(explain($reply));
	return;
}

foreach my $table ('Careless', 'Deferred', 'Failing')
{
	put($table, 'a');
	put('Witness', "after $table");
	put($table, 'b');
	put('Witness', "after $table again");
}
is($node->safe_psql('postgres', 'SELECT DISTINCT * FROM report'), '4MB|"$user", public|f|0|0|0|f', 'nothing is left behind');
is($node->safe_psql('postgres', 'SELECT count(*) FROM report'), '6', 'each time');

# Nobody has to wait for them.
put('Careless', 'c');
is($node->safe_psql('postgres', 'SELECT pg_try_advisory_lock(1), pg_try_advisory_lock(2, 3)'), 't|t', 'advisory locks are free');

$node->stop;
done_testing();
