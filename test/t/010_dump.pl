# pg_dump and restore: a new database gets working tables, for SQL and the API.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;

# Asks a database for the sum of all that must survive.
my $contents = q{
	SELECT table_name, relation, table_id, created_at, hash_key, range_key, settings FROM dynamo.tables ORDER BY 1;
	SELECT 'plain', count(*), md5(string_agg(p || item::text, ',' ORDER BY p)) FROM plain;
	SELECT 'Both.Keys', count(*), md5(string_agg(p::text || r::text || item::text, ',' ORDER BY p, r)) FROM "Both.Keys";
	SELECT relation, relname, amname, reloptions FROM dynamo.tables, pg_partition_tree(relation) t
		JOIN pg_class c ON c.oid = t.relid LEFT JOIN pg_am a ON a.oid = relam WHERE isleaf ORDER BY relation::text, relname;
};

sub create_table
{
	my ($name, %keys) = @_;
	my @schema;
	my @definitions;

	for my $key (sort keys %keys)
	{
		my $kind = $key eq 'p' ? 'HASH' : 'RANGE';
		push @schema, qq{{"AttributeName":"$key","KeyType":"$kind"}};
		push @definitions, qq{{"AttributeName":"$key","AttributeType":"$keys{$key}"}};
	}
	local $" = ',';
	$node->safe_psql('postgres',
		qq{SELECT dynamo.create_table('{"TableName":"$name","BillingMode":"PAY_PER_REQUEST",
			"KeySchema":[@schema],"AttributeDefinitions":[@definitions]}')});
	return;
}

# Checks that a database's tables hold what the first one's do, and work.
sub check_database
{
	my ($database, $how) = @_;

	is($node->safe_psql($database, $contents), $node->safe_psql('postgres', $contents), "$how: everything is there");
	is( $node->safe_psql($database, q{SELECT dynamo.get_item('{"TableName":"plain","Key":{"p":{"S":"k7"}}}') ->> 'Item'}),
		$node->safe_psql('postgres', q{SELECT dynamo.get_item('{"TableName":"plain","Key":{"p":{"S":"k7"}}}') ->> 'Item'}),
		"$how: GetItem");
	is( $node->safe_psql($database, q{
			SELECT dynamo.put_item('{"TableName":"Both.Keys","Item":{"p":{"N":"1"},"r":{"B":"/////w=="},"new":{"S":"x"}}}');
			SELECT dynamo.query('{"TableName":"Both.Keys","KeyConditionExpression":"p = :p","Limit":1,"ScanIndexForward":false,
				"ExpressionAttributeValues":{":p":{"N":"1.0"}}}') -> 'Items' -> 0 -> 'new' ->> 'S';
			DELETE FROM "Both.Keys" WHERE r = '\xffffffff'}),
		"{}\nx", "$how: PutItem, Query");
	my (undef, undef, $error) = $node->psql($database, q{INSERT INTO plain VALUES ('a', '{"p":{"S":"b"}}')});
	like($error, qr/item contradicts key column "p"/, "$how: items are checked");
	is( $node->safe_psql($database, q{
			SELECT dynamo.create_table('{"TableName":"later","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
				"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]}') IS NOT NULL;
			SELECT dynamo.list_tables('{}') ->> 'TableNames';
			DROP TABLE later;
			SELECT count(*) FROM dynamo.tables}),
		qq{t\n["Both.Keys","later","plain"]\n2}, "$how: tables come and go");
	return;
}

sub run_ok
{
	my ($name, @command) = @_;
	my ($out, $err) = ('', '');

	ok((IPC::Run::run \@command, '>', \$out, '2>', \$err), $name) or diag($err);
	unlike($err, qr/ERROR/, "$name without an error");
	return;
}

$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');
create_table('plain', p => 'S');
create_table('Both.Keys', p => 'N', r => 'B');
$node->safe_psql('postgres', q{
	INSERT INTO plain SELECT 'k' || i, dynamo.from_json(jsonb_build_object('i', i, 'pad', repeat(md5(i::text), i % 200))) FROM generate_series(1, 500) i;
	INSERT INTO "Both.Keys" SELECT i % 7 + 0.50, int4send(i), '{"x":{"SS":["b","a"]}}' FROM generate_series(1, 500) i;
	INSERT INTO "Both.Keys" VALUES (1, '\x00', '{"x":{"B":"AAEC"}}')});

my $file = $node->basedir . '/dump';
my $server = $node->connstr('postgres');

$node->safe_psql('postgres', 'CREATE DATABASE plain_text TEMPLATE template0');
run_ok('pg_dump', 'pg_dump', '-d', $server, '-f', "$file.sql");
run_ok('psql', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('plain_text'), '-f', "$file.sql");
check_database('plain_text', 'pg_dump | psql');

$node->safe_psql('postgres', 'CREATE DATABASE parallel TEMPLATE template0');
run_ok('pg_dump -Fc', 'pg_dump', '-Fc', '-d', $server, '-f', "$file.custom");
run_ok('pg_restore -j2', 'pg_restore', '-j2', '-d', $node->connstr('parallel'), "$file.custom");
check_database('parallel', 'pg_dump -Fc | pg_restore -j2');

# A dump of a restored database is as good as the first.
$node->safe_psql('postgres', 'CREATE DATABASE again TEMPLATE template0');
run_ok('pg_dump of the restored', 'pg_dump', '-Fc', '-d', $node->connstr('parallel'), '-f', "$file.again");
run_ok('pg_restore of that', 'pg_restore', '-d', $node->connstr('again'), "$file.again");
check_database('again', 'second dump');

# The schema first, the data later.
$node->safe_psql('postgres', 'CREATE DATABASE twice TEMPLATE template0');
run_ok('pg_dump --schema-only', 'pg_dump', '--schema-only', '-d', $server, '-f', "$file.schema");
run_ok('psql of the schema', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('twice'), '-f', "$file.schema");
run_ok('pg_dump --data-only', 'pg_dump', '--data-only', '-d', $server, '-f', "$file.data");
run_ok('psql of the data', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('twice'), '-f', "$file.data");
check_database('twice', '--schema-only and --data-only');

# INSERT statements instead of COPY; each row by its column names.
$node->safe_psql('postgres', 'CREATE DATABASE inserts TEMPLATE template0');
run_ok('pg_dump --column-inserts', 'pg_dump', '--column-inserts', '-d', $server, '-f', "$file.inserts");
run_ok('psql of the inserts', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('inserts'), '-f', "$file.inserts");
check_database('inserts', '--column-inserts');

# Through the root, as into another number of partitions.
$node->safe_psql('postgres', 'CREATE DATABASE via_root TEMPLATE template0');
run_ok('pg_dump --load-via-partition-root', 'pg_dump', '-Fc', '--load-via-partition-root', '-d', $server, '-f', "$file.root");
run_ok('pg_restore through the root', 'pg_restore', '-d', $node->connstr('via_root'), "$file.root");
check_database('via_root', '--load-via-partition-root');

# A copy of the database by the server is one as well.
$node->safe_psql('template1', 'CREATE DATABASE template_copy TEMPLATE postgres');
check_database('template_copy', 'CREATE DATABASE TEMPLATE');

$node->stop;
done_testing();
