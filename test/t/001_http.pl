
# The HTTP endpoint's protocol: what is a request and what is not, and that
# nothing a client sends ends a worker.

use strict;
use warnings;

use Compress::Raw::Zlib qw(crc32);
use FindBin;
use Socket qw(SHUT_WR);
use Test::More;
use Time::HiRes qw(sleep time);

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $server = DynamoEndpoint->new('http', 'dynamo.max_body = 64kB',
	'dynamo.client_timeout = 2s', 'dynamo.idle_timeout = 600s');
my $node = $server->node;

sub operation { return DynamoEndpoint::operation_bytes(@_); }

# The statuses of the answers to what is sent on a connection of its own, then
# "closed" if the server closed it.
sub answers
{
	my ($pieces, $count, $pause) = @_;
	my $socket = $server->connect;

	foreach my $piece (ref $pieces ? @$pieces : $pieces)
	{
		last unless DynamoEndpoint::write_all($socket, $piece);
		sleep($pause) if $pause;
	}

	my ($bytes, $closed) = DynamoEndpoint::read_answers($socket, $count);

	return join(' ', (map { $_->[0] } DynamoEndpoint::split_answers($bytes)), $closed ? 'closed' : ());
}

#
# The endpoint before, with and without the extension
#
$node->start;
ok($server->wait_ready, 'the endpoint answers without the extension');

my ($status, $json) = $server->call('ListTables', '{}');
is($status, 503, 'a request without the extension is refused');
like($json->{__type}, qr/#ServiceUnavailableException$/, 'as ServiceUnavailableException');
like($json->{message}, qr/extension "dynamo" is not created/, 'which says why');

$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');
($status, $json) = $server->call('ListTables', '{}');
is($status, 200, 'the extension is found without a restart');
is_deeply($json, { TableNames => [] }, 'and the request is answered');

$node->safe_psql('postgres', 'DROP EXTENSION dynamo');
is(($server->call('ListTables', '{}'))[0], 503, 'the extension is missed without a restart');
$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');

my @workers = $server->workers;

is(scalar @workers, 2, 'as many workers as dynamo.workers says');
is($node->safe_psql('postgres',
		"SELECT string_agg(application_name, ', ' ORDER BY application_name) FROM pg_stat_activity WHERE backend_type LIKE 'dynamo%'"),
	'dynamo http worker 1, dynamo http worker 2', 'they have names');

#
# What an answer looks like
#
my $response = $server->health;

is($response->{status}, 200, 'GET / is answered');
like($response->{content}, qr/^healthy: dynamodb\./, 'with the health text');

$response = $server->post('{}', 'X-Amz-Target' => 'DynamoDB_20120810.ListTables');
is($response->{headers}{'content-type'}, 'application/x-amz-json-1.0', 'content type');
like($response->{headers}{'x-amzn-requestid'}, qr/^[0-9A-Z]{52}$/, 'request id');
is($response->{headers}{'x-amz-crc32'}, crc32($response->{content}), 'checksum');
is($response->{headers}{'content-length'}, length($response->{content}), 'length');
ok($response->{headers}{date}, 'date');
isnt($server->health->{headers}{'x-amzn-requestid'}, $response->{headers}{'x-amzn-requestid'},
	'every request has an id of its own');

$response = $server->post('{}', 'X-Amz-Target' => 'DynamoDB_20120810.ListTables',
	'Content-Type' => 'application/json; charset=utf-8');
is($response->{headers}{'content-type'}, 'application/json', 'plain JSON is answered as such');

#
# Requests the service would not run
#
sub error_is
{
	my ($name, $got, $status, $type) = @_;

	is($got->{status}, $status, "$name: status");
	is($got->{json}{__type}, "com.amazon.coral.service#$type", "$name: type");
}

my @target = ('X-Amz-Target' => 'DynamoDB_20120810.ListTables');

error_is('unknown operation', $server->post('{}', 'X-Amz-Target' => 'DynamoDB_20120810.Frobnicate'),
	400, 'UnknownOperationException');
error_is('unknown service', $server->post('{}', 'X-Amz-Target' => 'Dynamo.ListTables'),
	400, 'UnknownOperationException');
error_is('operation in lower case', $server->post('{}', 'X-Amz-Target' => 'DynamoDB_20120810.listtables'),
	400, 'UnknownOperationException');
error_is('no target', $server->post('{}'), 400, 'UnknownOperationException');
error_is('empty body', $server->post('', @target), 400, 'SerializationException');
error_is('malformed JSON', $server->post('{"TableName"', @target), 400, 'SerializationException');
error_is('not an object', $server->post('[]', @target), 400, 'SerializationException');
error_is('invalid UTF-8', $server->post("{\"a\":\"\xff\xfe\"}", @target), 400, 'SerializationException');
error_is('NUL in the body', $server->post("{\"a\":\"\0\"}", @target), 400, 'SerializationException');
error_is('deep nesting', $server->post('[' x 30000, @target), 400, 'SerializationException');

foreach my $case (
	[ 'another content type', 'POST', '/', { 'Content-Type' => 'text/plain' } ],
	[ 'another path', 'POST', '/tables', {} ],
	[ 'PUT', 'PUT', '/', {} ],
	[ 'GET of another path', 'GET', '/tables', {} ],
	[ 'OPTIONS', 'OPTIONS', '/', {} ])
{
	my ($name, $method, $path, $headers) = @$case;
	my $got = $server->request($method, $path, '{}', @target, %$headers);

	is($got->{status}, 404, "$name: status");
	is($got->{content}, "<UnknownOperationException/>\n", "$name: body");
}

$response = $server->request('HEAD', '/', '');
is($response->{status}, 200, 'HEAD / is answered');

#
# Connections
#
my $list = operation('ListTables', '{}');
my $socket = $server->connect;

foreach my $i (1 .. 3)
{
	my ($bytes) = DynamoEndpoint::exchange($socket, $list, 1);

	like($bytes, qr/^HTTP\/1\.1 200 .*"TableNames"/s, "request $i on one connection");
}
close $socket;

is(answers($list x 5, 5), '200 200 200 200 200', 'pipelined requests');
is(answers($list . operation('ListTables', '{') . $list, 3), '200 400 200', 'one of them wrong');
is(answers([ substr($list, 0, 7), substr($list, 7, 60), substr($list, 67) ], 1, 0.1), '200',
	'a request in pieces');
is(answers(operation('ListTables', '{}', 'Connection' => 'close'), 2), '200 closed', 'Connection: close');

my $chunked = operation('ListTables', '', 'Content-Length' => undef, 'Transfer-Encoding' => 'chunked');

is(answers($chunked . "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n" . $list, 2), '200 200', 'a chunked body');
is(answers([ operation('ListTables', '', 'Content-Length' => 2, 'Expect' => '100-continue'), '{}' ], 1, 0.2),
	'200', 'Expect: 100-continue');
is(answers(operation('ListTables', '{}', 'X-Filler' => 'x' x 8000), 1), '200', 'long headers');

$socket = $server->connect;
DynamoEndpoint::write_all($socket, $list);
shutdown($socket, SHUT_WR);
like((DynamoEndpoint::read_answers($socket, 1))[0], qr/^HTTP\/1\.1 200/, 'a client that only listens on');
is_deeply([ DynamoEndpoint::read_answers($socket, 1) ], [ '', 1 ], 'is not kept open for more');

#
# Bad HTTP
#
is(answers("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 1), 'closed', 'TLS');
is(answers("HELLO\r\n\r\n", 1), 'closed', 'no HTTP at all');
is(answers("POST / HTTP/1.1\r\nHost x\r\n\r\n", 2), '400 closed', 'a header without colon');
is(answers(operation('ListTables', '{}', 'Content-Length' => 'two'), 3), '400 closed',
	'a length that is none');
is(answers(operation('ListTables', '{}', 'X-Filler' => 'x' x 60000), 2), '431 closed', 'too long headers');
is(answers('POST /' . 'x' x 60000 . " HTTP/1.1\r\n\r\n", 2), '414 closed', 'a too long path');
is(answers($chunked . "zz\r\n{}\r\n0\r\n\r\n", 2), '400 closed', 'a bad chunk');
is(answers(operation('ListTables', '{}', 'Content-Length' => "2\r\nContent-Length: 40") . $list, 3),
	'400 closed', 'two lengths');
is(answers(operation('ListTables', "2\r\n{}\r\n0\r\n\r\n", 'Transfer-Encoding' => 'chunked') . $list, 3),
	'400 closed', 'a length and chunks');
# Newer versions of libmicrohttpd say 501.
like(answers(operation('ListTables', '{}', 'Transfer-Encoding' => 'gzip') . $list, 3),
	qr/^(?:400|501) closed$/, 'an unknown transfer encoding');

#
# Sizes and time
#
sub body_of
{
	my ($size) = @_;

	return '{"Filler":"' . 'x' x ($size - 13) . '"}';
}

$response = $server->post(body_of(65536), @target);
is($response->{status}, 200, 'a body as large as dynamo.max_body');

error_is('a larger body', $server->post(body_of(65537), @target), 413, 'RequestEntityTooLargeException');
is(answers(operation('ListTables', body_of(100000)) . $list, 2), '413 200',
	'after a larger body the connection goes on');
is(answers(operation('ListTables', '{', 'Content-Length' => 1000000), 2), '413 closed',
	'a much larger body is not waited for');
is(answers(operation('ListTables', '', 'Content-Length' => 100000, 'Expect' => '100-continue'), 2), '413 closed',
	'nor a larger one the client asks about');
is(answers($chunked . ("4000\r\n" . 'x' x 0x4000 . "\r\n") x 10, 1), 'closed', 'endless chunks');

my $begun = time();

is(answers(operation('ListTables', '{', 'Content-Length' => 2), 1), 'closed', 'a body that never ends');
cmp_ok(time() - $begun, '<', 20, 'is given up after dynamo.client_timeout');
is(answers([ operation('ListTables', '', 'Content-Length' => 100), ('x') x 20 ], 1, 0.3), 'closed',
	'so is one that comes byte by byte');

#
# What was not sent to the end is not done
#
is(($server->create_table('Music'))[0], 200, 'CreateTable');

my $put = '{"TableName":"Music","Item":{"id":{"S":"cut"}}}';

$socket = $server->connect;
DynamoEndpoint::write_all($socket, substr(operation('PutItem', $put), 0, -1));
close $socket;

is(($server->call('PutItem', { TableName => 'Music', Item => { id => { S => 'whole' } } }))[0], 200, 'PutItem');
($status, $json) = $server->call('Scan', { TableName => 'Music' });
is_deeply($json->{Items}, [ { id => { S => 'whole' } } ], 'a truncated PutItem is not done');

#
# Large answers
#
my $value = join('', map { "$_ \x{263a}\"" } 1 .. 8000);

$node->safe_psql('postgres', "ALTER SYSTEM SET dynamo.max_body = '1MB'; SELECT pg_reload_conf()");
$node->poll_query_until('postgres', "SELECT current_setting('dynamo.max_body') = '1MB'");
sleep 1;
foreach my $i (1 .. 10)
{
	is(($server->call('PutItem', { TableName => 'Music', Item => { id => { S => "big $i" }, v => { S => $value } } }))[0],
		200, "large item $i, over the old dynamo.max_body");
}
($status, $json) = $server->call('Scan', { TableName => 'Music' });
is($status, 200, 'a large answer');
is(scalar(grep { $_->{id}{S} =~ m/^big/ && $_->{v}{S} eq $value } @{ $json->{Items} }), 10, 'arrives as it was put');

is_deeply([ $server->workers ], \@workers, 'the workers are those of the beginning');
unlike(PostgreSQL::Test::Utils::slurp_file($node->logfile), qr/\b(ERROR|FATAL|PANIC):/, 'and the log has no error');

$node->stop;
done_testing();
