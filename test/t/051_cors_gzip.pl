
# What browsers need of the HTTP endpoint, and compressed bodies.

use strict;
use warnings;

use Compress::Raw::Zlib qw(crc32);
use Compress::Zlib ();
use FindBin;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my @origins = ('https://app.example.com', 'http://localhost:3000');
my $server = DynamoEndpoint->new('browser', 'dynamo.max_body = 256kB',
	"dynamo.cors_origins = '" . join(', ', @origins) . "'");
my $node = $server->node;
my @target = ('X-Amz-Target' => 'DynamoDB_20120810.ListTables');
my $asked = 'authorization,content-type,x-amz-date,x-amz-target,x-amz-user-agent';

ok($server->start, 'the server starts');
is(($server->create_table('Music'))[0], 200, 'CreateTable');

sub preflight
{
	my ($origin) = @_;

	return $server->request('OPTIONS', '/', '', 'Content-Type' => undef, 'Content-Length' => undef,
		'Origin' => $origin, 'Access-Control-Request-Method' => 'POST',
		'Access-Control-Request-Headers' => $asked);
}

sub reload_with
{
	my ($name, $value) = @_;

	$node->safe_psql('postgres', "ALTER SYSTEM SET $name = '$value'");
	$node->reload;
	$node->poll_query_until('postgres', "SELECT current_setting('$name') = '$value'");
	sleep 1;
}

#
# CORS
#
foreach my $origin (@origins)
{
	my $response = preflight($origin);

	is($response->{status}, 204, "$origin: preflight");
	is($response->{headers}{'access-control-allow-origin'}, $origin, 'is allowed');
	like($response->{headers}{'access-control-allow-methods'}, qr/\bPOST\b/, 'to post');
	is($response->{headers}{'access-control-allow-headers'}, $asked, 'with the headers it asks for');
	like($response->{headers}{vary}, qr/Origin/, 'and nobody else is told so');
	cmp_ok($response->{headers}{'access-control-max-age'}, '>', 0, 'for a while');

	$response = $server->post('{}', @target, 'Origin' => $origin);
	is($response->{status}, 200, 'its request is answered');
	is($response->{headers}{'access-control-allow-origin'}, $origin, 'and it may see the answer');
	like($response->{headers}{'access-control-expose-headers'}, qr/x-amzn-requestid.*x-amz-crc32/i,
		'with the headers of the service');
}
foreach my $origin ('https://evil.example.com', 'http://app.example.com',
	(map { $origins[0] . $_ } '.evil.com', ':444', 'm', '/'), substr($origins[0], 0, -1), 'null', '*', '')
{
	is(preflight($origin)->{status}, 404, "\"$origin\": preflight is refused");
	is($server->post('{}', @target, 'Origin' => $origin)->{headers}{'access-control-allow-origin'}, undef,
		'and an answer is not for it to see');
}
my $error = $server->post('{', @target, 'Origin' => 'http://localhost:3000');

is($error->{status}, 400, 'an error');
is($error->{headers}{'access-control-allow-origin'}, 'http://localhost:3000', 'can be seen, too');
ok(!exists $server->post('{}', @target)->{headers}{'access-control-allow-origin'}, 'without an origin there is no such header');

reload_with('dynamo.cors_origins', '*');
is(preflight('https://anybody.example')->{headers}{'access-control-allow-origin'}, '*', 'all origins');
is($node->psql('postgres', q(ALTER SYSTEM SET dynamo.cors_origins = 'app.example.com')), 3,
	'what is no origin is refused');
reload_with('dynamo.cors_origins', '');
is(preflight('https://app.example.com')->{status}, 404, 'none');

#
# Compressed requests
#
sub gzip { return Compress::Zlib::memGzip($_[0]); }

sub post_packed
{
	my ($operation, $bytes, @headers) = @_;

	return $server->post($bytes, 'X-Amz-Target' => "DynamoDB_20120810.$operation", 'Content-Encoding' => 'gzip', @headers);
}

my $value = join('', map { "$_ \x{263a}\"" } 1 .. 3000);
my $put = encode_json({ TableName => 'Music', Item => { id => { S => 'packed' }, v => { S => $value } } });

is(post_packed('PutItem', gzip($put))->{status}, 200, 'PutItem, compressed');
is(($server->call('GetItem', { TableName => 'Music', Key => { id => { S => 'packed' } } }))[1]{Item}{v}{S}, $value,
	'the item is what was packed');
is(post_packed('ListTables', gzip('{"Lim') . gzip('it":1}'))->{status}, 200, 'two files, one after the other');
is(post_packed('ListTables', '{}')->{status}, 400, 'a body that is not compressed');
is(post_packed('ListTables', substr(gzip($put), 0, -9))->{status}, 400, 'a body that is cut short');
is(post_packed('ListTables', gzip('{}') . 'xx')->{status}, 400, 'a body with something behind it');
is(post_packed('ListTables', '')->{status}, 400, 'an empty body');
is(post_packed('ListTables', gzip("{\"a\":\"\xff\"}"))->{status}, 400, 'no UTF-8 inside');
is($server->post('{}', @target, 'Content-Encoding' => 'br')->{status}, 415, 'another coding');
is($server->post('{}', @target, 'Content-Encoding' => 'identity')->{status}, 200, 'none, and said so');
is($server->post('{}', @target, 'Content-Encoding' => 'amz-1.0')->{status}, 200, 'what old SDKs say');

my $large = '{"Filler":"' . 'x' x (256 * 1024 - 13) . '"}';

is(post_packed('ListTables', gzip($large))->{status}, 200, 'unpacked as large as dynamo.max_body');
is(post_packed('ListTables', gzip("$large "))->{status}, 413, 'and larger');

my $bomb = gzip("\0" x (200 * 1024 * 1024));

cmp_ok(length($bomb), '<', 256 * 1024, 'a bomb');
my $before = memory();

is(post_packed('ListTables', $bomb)->{status}, 413, 'is refused') foreach 1 .. 5;
cmp_ok(memory() - $before, '<', 20 * 1024, 'without being unpacked as a whole');

# The largest worker's memory, in kB.
sub memory
{
	my ($largest) = sort { $b <=> $a } map { slurp("/proc/$_/status") =~ m/^VmPeak:\s+(\d+)/m ? $1 : 0 } $server->workers;

	return $largest;
}

sub slurp { return PostgreSQL::Test::Utils::slurp_file($_[0]); }

#
# Compressed responses
#
my @scan = ('X-Amz-Target' => 'DynamoDB_20120810.Scan');
my $plain = $server->post('{"TableName":"Music"}', @scan);

ok(!exists $plain->{headers}{'content-encoding'}, 'nobody gets gzip that did not ask for it');
foreach my $accept ('gzip', 'gzip, deflate, br', 'deflate, GZIP;q=0.5', 'br;q=1.0,gzip')
{
	my $response = $server->post('{"TableName":"Music"}', @scan, 'Accept-Encoding' => $accept);

	is($response->{headers}{'content-encoding'}, 'gzip', "$accept: compressed");
	is(Compress::Zlib::memGunzip(my $copy = $response->{content}), $plain->{content}, 'to the same');
	is($response->{headers}{'x-amz-crc32'}, crc32($response->{content}), 'the checksum is of the bytes on the wire');
	is($response->{headers}{'content-length'}, length($response->{content}), 'and so is the length');
}
foreach my $accept ('identity', 'gzip;q=0', 'gzip;q=0.000', 'deflate', 'xgzip', '')
{
	ok(!exists $server->post('{"TableName":"Music"}', @scan, 'Accept-Encoding' => $accept)->{headers}{'content-encoding'},
		"\"$accept\": not compressed");
}
ok(!exists $server->post('{}', @target, 'Accept-Encoding' => 'gzip')->{headers}{'content-encoding'},
	'nor is a small one');
reload_with('dynamo.gzip_min_size', '1B');
is($server->post('{}', @target, 'Accept-Encoding' => 'gzip')->{headers}{'content-encoding'}, 'gzip',
	'until dynamo.gzip_min_size is smaller');
reload_with('dynamo.gzip_min_size', '-1');
ok(!exists $server->post('{"TableName":"Music"}', @scan, 'Accept-Encoding' => 'gzip')->{headers}{'content-encoding'},
	'and none with -1');

unlike(slurp($node->logfile), qr/\b(FATAL|PANIC):/, 'no worker has ended');
$node->stop;
done_testing();
