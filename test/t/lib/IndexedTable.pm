
# Tables with secondary indexes of every kind, and the question whether the
# indexes say what the items do, for the TAP tests.

package IndexedTable;

use strict;
use warnings;

use Exporter 'import';
use Test::More;

our @EXPORT = qw(add_index create_table differences fill_table keeps_on make_item_function wait_active);

# Makes item(n): an item with the attributes of all indexes.
sub make_item_function
{
	my ($server, $database) = @_;

	return $server->safe_psql($database // 'postgres', q{
		CREATE FUNCTION public.item(n int) RETURNS dynamo.item LANGUAGE sql IMMUTABLE AS $$
			SELECT jsonb_build_object('g', jsonb_build_object('S', 'g' || n % 7), 'n', jsonb_build_object('N', n::text),
				'x', jsonb_build_object('S', 'x' || repeat(n::text, n % 30)), 'b', jsonb_build_object('B', encode(('b' || n % 5)::bytea, 'base64')))::dynamo.item
		$$});
}

# A table with keys p (S) and r (N), three global indexes and a local one, of
# four partitions each.
sub create_table
{
	my ($server, $name, $database) = @_;

	return $server->safe_psql($database // 'postgres', qq{
		SET dynamo.partitions = 4;
		SELECT dynamo.create_table('{"TableName":"$name","BillingMode":"PAY_PER_REQUEST",
			"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"r","KeyType":"RANGE"}],
			"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"r","AttributeType":"N"},
				{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"},{"AttributeName":"b","AttributeType":"B"}],
			"GlobalSecondaryIndexes":[
				{"IndexName":"by_g","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],
					"Projection":{"ProjectionType":"ALL"}},
				{"IndexName":"by_b","KeySchema":[{"AttributeName":"b","KeyType":"HASH"}],
					"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}},
				{"IndexName":"turned","KeySchema":[{"AttributeName":"r","KeyType":"HASH"},{"AttributeName":"p","KeyType":"RANGE"}],
					"Projection":{"ProjectionType":"KEYS_ONLY"}}],
			"LocalSecondaryIndexes":[
				{"IndexName":"by_n","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],
					"Projection":{"ProjectionType":"KEYS_ONLY"}}]}') IS NOT NULL});
}

# Adds the global index "later" on attribute x to a table; it is built online.
sub add_index
{
	my ($server, $name, $database) = @_;

	return $server->safe_psql($database // 'postgres', qq{
		SELECT dynamo.update_table('{"TableName":"$name","AttributeDefinitions":[{"AttributeName":"x","AttributeType":"S"}],
			"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"later","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],
				"Projection":{"ProjectionType":"ALL"}}}]}') IS NOT NULL});
}

# Waits until no index of the table is being built.
sub wait_active
{
	my ($server, $name) = @_;

	return $server->poll_query_until('postgres',
		qq{SELECT count(*) = 0 FROM dynamo.indexes WHERE relation = '"$name"'::regclass AND status <> 'ACTIVE'});
}

sub fill_table
{
	my ($server, $name, $count, $database) = @_;

	return $server->safe_psql($database // 'postgres',
		qq{INSERT INTO "$name" SELECT 'k' || i % 50, i, item(i) FROM generate_series(1, $count) i});
}

# What is wrong with a table's indexes: what check_table() reports, and where
# plain SQL, which knows nothing of it, finds other entries than items.
sub differences
{
	my ($server, $name, $database) = @_;

	return $server->safe_psql($database // 'postgres', qq{
		SELECT 'check_table', index_name, problem, count(*), min(item_key::text) FROM dynamo.check_table('$name') GROUP BY 2, 3;
		SELECT 'entries of by_g', differs, p, r FROM (
			(SELECT 'missing' AS differs, p, r, item::text FROM "$name" WHERE item ? 'g' AND item ? 'n'
				EXCEPT ALL SELECT 'missing', p, r, item::text FROM dynamo_data."$name.by_g")
			UNION ALL (SELECT 'wrong', p, r, item::text FROM dynamo_data."$name.by_g"
				EXCEPT ALL SELECT 'wrong', p, r, item::text FROM "$name" WHERE item ? 'g' AND item ? 'n')) d LIMIT 10;
		SELECT 'entries of by_n' WHERE (SELECT count(*) FROM "$name" WHERE item ? 'n') <> (SELECT count(*) FROM dynamo_data."$name.by_n");
		SELECT 'entries of by_b' WHERE (SELECT count(*) FROM "$name" WHERE item ? 'b') <> (SELECT count(*) FROM dynamo_data."$name.by_b");
		SELECT 'entries of turned' WHERE (SELECT count(*) FROM "$name") <> (SELECT count(*) FROM dynamo_data."$name.turned")});
}

# That the indexes agree, and go on to do so while the items change.
sub keeps_on
{
	my ($server, $name, $database, $what) = @_;

	is(differences($server, $name, $database), '', "$what: the indexes agree");
	$server->safe_psql($database, qq{
		INSERT INTO "$name" SELECT 'keeps on', i, item(i) FROM generate_series(1, 100) i;
		UPDATE "$name" SET item = item(r::int + 1) WHERE p = 'k1';
		UPDATE "$name" SET p = 'moved', item = item(r::int + 2) WHERE p = 'k2';
		UPDATE "$name" SET item = (item::jsonb - 'g')::dynamo.item WHERE p = 'k3';
		DELETE FROM "$name" WHERE p = 'k4';
		SELECT dynamo.put_item('{"TableName":"$name","Item":{"p":{"S":"api"},"r":{"N":"1"},"g":{"S":"g"},"n":{"N":"1"}}}')});
	is(differences($server, $name, $database), '', "$what: writes keep them");
	is( $server->safe_psql($database, qq{
			BEGIN;
			TRUNCATE "$name";
			SELECT count(*) FROM dynamo_data."$name.by_g";
			ROLLBACK}),
		'0', "$what: so does TRUNCATE");
	return;
}

1;
