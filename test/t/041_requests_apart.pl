
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
is(($server->create_table($_))[0], 200, "CreateTable $_") foreach 'Careless', 'Deferred', 'Witness';
$node->safe_psql('postgres', q{
	CREATE TABLE report (work_mem text, search_path text, temporary bool, prepared bigint);
	CREATE FUNCTION litter() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		SET work_mem = '123MB';
		PERFORM set_config('search_path', 'pg_temp', false);
		CREATE TEMP TABLE IF NOT EXISTS left_behind (n int);
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements) THEN
			EXECUTE 'PREPARE left_behind AS SELECT 1';
		END IF;
		RETURN NULL;
	END $$;
	CREATE TRIGGER litter AFTER INSERT ON "Careless" FOR EACH ROW EXECUTE FUNCTION litter();
	CREATE CONSTRAINT TRIGGER litter AFTER INSERT ON "Deferred" DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION litter();
	CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO public.report SELECT current_setting('work_mem'), current_setting('search_path'),
			to_regclass('pg_temp.left_behind') IS NOT NULL, (SELECT count(*) FROM pg_catalog.pg_prepared_statements);
		RETURN NULL;
	END $$;
	CREATE TRIGGER tell AFTER INSERT ON "Witness" FOR EACH ROW EXECUTE FUNCTION tell()});

sub put
{
	my ($table, $id) = @_;
	my ($status, $reply) = $server->call('PutItem', { TableName => $table, Item => { id => { S => $id } } });

	is($status, 200, "PutItem into $table") or diag(explain($reply));
	return;
}

foreach my $table ('Careless', 'Deferred')
{
	put($table, 'a');
	put('Witness', "after $table");
	put($table, 'b');
	put('Witness', "after $table again");
}
is($node->safe_psql('postgres', 'SELECT DISTINCT * FROM report'), '4MB|"$user", public|f|0', 'nothing is left behind');
is($node->safe_psql('postgres', 'SELECT count(*) FROM report'), '4', 'each time');

$node->stop;
done_testing();
