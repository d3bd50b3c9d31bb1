
# An item table with a partition on another server, by postgres_fdw: every
# operation, by HTTP and in SQL; and row security on HTTP, as dynamo.role.

use strict;
use warnings;

use FindBin;
use JSON::PP;
use Test::More;
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $far = PostgreSQL::Test::Cluster->new('far');
$far->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$far->start;
$far->safe_psql('postgres', q{
	CREATE EXTENSION dynamo;
	CREATE TABLE part (id text COLLATE "C" PRIMARY KEY, item dynamo.item NOT NULL);
});

my $server = DynamoEndpoint->new('near', 'dynamo.workers = 1', 'dynamo.partitions = 2', 'dynamo.lock_timeout = 3s');
my $node = $server->node;

ok($server->start, 'the server starts');
is(($server->create_table('Spread'))[0], 200, 'CreateTable');
$node->safe_psql('postgres', sprintf(q{
	CREATE EXTENSION postgres_fdw;
	CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
		OPTIONS (host '%s', port '%s', dbname 'postgres', options '-c lock_timeout=100ms');
	CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user '%s', password_required 'false');
	ALTER TABLE "Spread" DROP CONSTRAINT "Spread_pkey";
	ALTER TABLE dynamo_data."Spread.0" ADD PRIMARY KEY (id);
	DROP TABLE dynamo_data."Spread.1";
	CREATE FOREIGN TABLE dynamo_data."Spread.1" PARTITION OF "Spread" FOR VALUES WITH (MODULUS 2, REMAINDER 1)
		SERVER far OPTIONS (schema_name 'public', table_name 'part');
}, $far->host, $far->port, scalar getpwuid($>)));

sub count_far
{
	return $far->safe_psql('postgres', 'SELECT count(*) FROM part');
}

sub count_near
{
	return $node->safe_psql('postgres', 'SELECT count(*) FROM ONLY dynamo_data."Spread.0"');
}

sub key
{
	return { id => { S => $_[0] } };
}

# Calls an operation on the table: status and reply.
sub spread
{
	my ($operation, %request) = @_;

	return $server->call($operation, { TableName => 'Spread', %request });
}

sub type_of
{
	my ($error) = @_;

	return ($error->{__type} // '') =~ s/.*#//r;
}

#
# Items on both sides
#
my @ids = map { "item $_" } 1 .. 20;

is(join(' ', map { (spread(PutItem => (Item => { %{ key($_) }, n => { N => '1' } })))[0] } @ids), join(' ', map { 200 } @ids),
	'PutItem');
is(count_far() + count_near(), 20, 'every item is somewhere');
cmp_ok(count_far(), '>', 0, 'some are far');
cmp_ok(count_near(), '>', 0, 'some are near');

my $there = $far->safe_psql('postgres', 'SELECT id FROM part ORDER BY id LIMIT 1');
my $here = $node->safe_psql('postgres', 'SELECT id FROM ONLY dynamo_data."Spread.0" ORDER BY id LIMIT 1');

foreach my $case ([ near => $here ], [ far => $there ])
{
	my ($where, $id) = @$case;
	my %n = (ExpressionAttributeValues => { ':n' => { N => '1' } });
	my ($status, $reply) = spread(UpdateItem => (Key => key($id), UpdateExpression => 'ADD n :n', %n, ReturnValues => 'ALL_NEW'));

	is($reply->{Attributes}{n}{N}, '2', "$where: UpdateItem");
	($status, $reply) = spread(PutItem => (Item => key($id), ConditionExpression => 'attribute_not_exists(id)'));
	is(type_of($reply), 'ConditionalCheckFailedException', "$where: a condition that fails");
	($status, $reply) = spread(PutItem => (Item => { %{ key($id) }, n => { N => '3' } }, ReturnValues => 'ALL_OLD',
			ConditionExpression => 'n > :n', %n));
	is($reply->{Attributes}{n}{N}, '2', "$where: PutItem on an item");
	is((spread(GetItem => (Key => key($id))))[1]{Item}{n}{N}, '3', "$where: GetItem");
	($status, $reply) = spread(Query => (KeyConditionExpression => 'id = :id', ExpressionAttributeValues => { ':id' => { S => $id } }));
	is($reply->{Items}[0]{n}{N}, '3', "$where: Query");
	($status, $reply) = spread(DeleteItem => (Key => key($id), ReturnValues => 'ALL_OLD'));
	is($reply->{Attributes}{n}{N}, '3', "$where: DeleteItem");
	is_deeply((spread(GetItem => (Key => key($id))))[1], {}, "$where: it is gone");
	($status, $reply) = spread(UpdateItem => (Key => key($id), UpdateExpression => 'SET n = :n', %n));
	is($status, 200, "$where: UpdateItem makes an item");
}

# Scan, in pages and segments
my ($status, $reply) = spread('Scan');
is(join(',', map { $_->{id}{S} } @{ $reply->{Items} }), join(',', sort @ids), 'Scan');
my @paged;
for (my %start; ; %start = (ExclusiveStartKey => $reply->{LastEvaluatedKey}))
{
	(undef, $reply) = spread(Scan => (Limit => 3, %start));
	push @paged, map { $_->{id}{S} } @{ $reply->{Items} };
	last unless $reply->{LastEvaluatedKey};
}
is(join(',', @paged), join(',', sort @ids), 'Scan by pages');
my @parts = map { my (undef, $part) = spread(Scan => (TotalSegments => 3, Segment => $_)); map { $_->{id}{S} } @{ $part->{Items} } } 0 .. 2;
is(join(',', sort @parts), join(',', sort @ids), 'Scan by segments');

# Batches and transactions over both
($status) = $server->call(BatchWriteItem => { RequestItems => { Spread => [
			{ PutRequest => { Item => { %{ key($here) }, n => { N => '10' } } } },
			{ PutRequest => { Item => { %{ key($there) }, n => { N => '10' } } } } ] } });
is($status, 200, 'BatchWriteItem');
(undef, $reply) = $server->call(BatchGetItem => { RequestItems => { Spread => { Keys => [ key($here), key($there) ] } } });
is(join(' ', map { $_->{n}{N} } @{ $reply->{Responses}{Spread} }), '10 10', 'BatchGetItem');

sub move
{
	my ($amount, $limit) = @_;
	my %common = (TableName => 'Spread', ExpressionAttributeValues => { ':n' => { N => "$amount" } });

	return $server->call(TransactWriteItems => { TransactItems => [
				{ Update => { %common, Key => key($there), UpdateExpression => 'SET n = n - :n', ConditionExpression => 'n >= :n' } },
				{ Update => { %common, Key => key($here), UpdateExpression => 'SET n = n + :n' } },
				{ ConditionCheck => { TableName => 'Spread', Key => key($limit), ConditionExpression => 'attribute_exists(id)' } } ] });
}

my ($another) = grep { $_ ne $there } split(/\n/, $far->safe_psql('postgres', 'SELECT id FROM part'));
is((move(4, $another))[0], 200, 'TransactWriteItems');
is(type_of((move(7, $another))[1]), 'TransactionCanceledException', 'one that fails');
is(type_of((move(1, 'nobody'))[1]), 'TransactionCanceledException', 'another');
(undef, $reply) = $server->call(TransactGetItems => { TransactItems => [ map { { Get => { TableName => 'Spread', Key => key($_) } } } $there, $here ] });
is(join(' ', map { $_->{Item}{n}{N} } @{ $reply->{Responses} }), '6 14', 'TransactGetItems: all or nothing');

#
# Others at work over there
#
my $session = $far->background_psql('postgres');

$session->query_safe(qq{BEGIN; UPDATE part SET item = item WHERE id = '$there'});
($status, $reply) = spread(UpdateItem => (Key => key($there), UpdateExpression => 'REMOVE n'));
is(type_of($reply), 'TransactionConflictException', 'an item that is held over there');
$session->query_safe('ROLLBACK');
($status) = spread(UpdateItem => (Key => key($there), UpdateExpression => 'REMOVE n'));
is($status, 200, 'and when it no longer is');

# The same here, for an item and for a key that is being inserted: others are
# served meanwhile (004_http_locks.pl has more of that).
my $local = $node->background_psql('postgres');
my ($new) = grep { $node->safe_psql('postgres', qq{SELECT satisfies_hash_partition('"Spread"'::regclass, 2, 0, '$_'::text COLLATE "C")}) eq 't' } 'aa' .. 'az';

$local->query_safe(qq{BEGIN; UPDATE "Spread" SET item = item WHERE id = '$here'});
my @waiting = ($server->connect, $server->connect);
DynamoEndpoint::write_all($waiting[0], DynamoEndpoint::operation_bytes(UpdateItem => encode_json({ TableName => 'Spread',
				Key => key($here), UpdateExpression => 'SET waited = id' })));
$local->query_safe(qq{INSERT INTO "Spread" VALUES ('$new', '{}')});
DynamoEndpoint::write_all($waiting[1], DynamoEndpoint::operation_bytes(PutItem => encode_json({ TableName => 'Spread',
				Item => { %{ key($new) }, waited => { BOOL => JSON::PP::true } } })));
is((spread(GetItem => (Key => key($here))))[0], 200, 'reads go on');
$local->query_safe('COMMIT');
is(join(' ', map { (DynamoEndpoint::split_answers((DynamoEndpoint::read_answers($_, 1))[0]))[0][0] } @waiting), '200 200', 'who waited goes on');
is(join(' ', map { defined((spread(GetItem => (Key => key($_))))[1]{Item}{waited}) ? 1 : 0 } $here, $new), '1 1', 'and writes');
spread(DeleteItem => (Key => key($new)));
$local->quit;

# In a transaction that has read from there, the far server's snapshot stands.
my $near = $node->background_psql('postgres', on_error_stop => 0);
$near->query_safe(qq{BEGIN; SELECT dynamo.get_item('{"TableName":"Spread","Key":{"id":{"S":"$there"}}}')});
$far->safe_psql('postgres', qq{UPDATE part SET item = '{"id":{"S":"$there"},"by":{"S":"other"}}' WHERE id = '$there'});
$near->query(qq{SELECT dynamo.put_item('{"TableName":"Spread","Item":{"id":{"S":"$there"}}}')});
like($near->{stderr}, qr/could not serialize access/, 'a write that rests on an old version');
$near->query('ROLLBACK');
is((spread(GetItem => (Key => key($there))))[1]{Item}{by}{S}, 'other', 'is not done');
$near->quit;
$session->quit;

# What an index would not know of
($status, $reply) = spread(UpdateTable => (AttributeDefinitions => [ { AttributeName => 'g', AttributeType => 'S' } ],
		GlobalSecondaryIndexUpdates => [ { Create => { IndexName => 'by_g', Projection => { ProjectionType => 'ALL' },
					KeySchema => [ { AttributeName => 'g', KeyType => 'HASH' } ] } } ]));
like($reply->{message}, qr/partition without access method dynamo/, 'no secondary index on such a table');

#
# Row security, by HTTP
#
$node->safe_psql('postgres', q{
	CREATE ROLE tenant;
	GRANT SELECT, INSERT, UPDATE, DELETE ON "Spread" TO tenant;
	ALTER TABLE "Spread" ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON "Spread" USING (item ->> 'owner' = current_user);
	ALTER SYSTEM SET dynamo.role = 'tenant';
	SELECT pg_reload_conf();
});
for (my $end = time() + 60; (spread('Scan'))[1]{Count} > 0 && time() < $end;)
{
	sleep(0.1);
}
is((spread('Scan'))[1]{ScannedCount}, 0, 'a role sees nothing of others');
foreach my $id ($here, $there)
{
	is_deeply((spread(GetItem => (Key => key($id))))[1], {}, "$id: GetItem does not find it");
	($status, $reply) = spread(PutItem => (Item => { %{ key($id) }, owner => { S => 'tenant' } }));
	is(type_of($reply), 'AccessDeniedException', "$id: and it cannot be replaced");
}
is(type_of((spread(PutItem => (Item => { %{ key('x') }, owner => { S => 'other' } })))[1]), 'AccessDeniedException',
	'nor can something be given to others');

# Of the letters, those that belong here.  PostgreSQL does not hold what goes
# to a foreign table against policies, so nothing goes there.
my %near = map { $_ => 1 } split(/\n/, $node->safe_psql('postgres',
		q{SELECT chr(i) FROM generate_series(97, 104) i WHERE satisfies_hash_partition('"Spread"'::regclass, 2, 0, chr(i) COLLATE "C")}));
my @near = sort keys %near;
my ($far_letter) = grep { !$near{$_} } 'a' .. 'h';

is(join(' ', map { (spread(PutItem => (Item => { %{ key($_) }, owner => { S => 'tenant' } })))[0] } @near),
	join(' ', map { 200 } @near), 'its own items it can make');
is(type_of((spread(PutItem => (Item => { %{ key($far_letter) }, owner => { S => 'tenant' } })))[1]), 'AccessDeniedException',
	'but not there');
$far->safe_psql('postgres', qq{INSERT INTO part VALUES ('$far_letter', '{"id":{"S":"$far_letter"},"owner":{"S":"tenant"}}')});
is(join(',', map { $_->{id}{S} } @{ (spread('Scan'))[1]{Items} }), join(',', sort @near, $far_letter), 'it sees its own');
is(type_of((spread(PutItem => (Item => { %{ key($far_letter) }, owner => { S => 'other' } })))[1]), 'AccessDeniedException',
	'and cannot give them away');
is(join(' ', map { (spread(DeleteItem => (Key => key($_))))[0] } $near[0], $far_letter), '200 200', 'it deletes its own');
is($far->safe_psql('postgres', "SELECT count(*) FROM part WHERE id = '$far_letter'"), '0', 'really');
$node->safe_psql('postgres', 'ALTER TABLE "Spread" DISABLE ROW LEVEL SECURITY');

# The other's errors are the client's to see, where they concern the request.
$far->safe_psql('postgres', q{ALTER TABLE part ADD CONSTRAINT short CHECK (length(id) < 10)});
$node->safe_psql('postgres', q{ALTER TABLE dynamo_data."Spread.0" ADD CONSTRAINT short CHECK (length(id) < 10)});
foreach my $id ('a long identifier', 'b long identifier', 'c long identifier', 'd long identifier')
{
	($status, $reply) = spread(PutItem => (Item => { %{ key($id) }, owner => { S => 'tenant' } }));
	is($status . ' ' . type_of($reply), '400 ValidationException', "a CHECK constraint: $id");
}
$far->stop;
($status, $reply) = spread(GetItem => (Key => key($there)));
is($status, 503, 'without the other server its items cannot be had');
is((spread(GetItem => (Key => key($here))))[0], 200, 'while the others can');
unlike(slurp_file($node->logfile), qr/PANIC|TRAP|terminated by signal/, 'nothing crashed');

done_testing();
