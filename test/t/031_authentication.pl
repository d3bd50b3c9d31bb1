# Who may do what over HTTP: signatures, access keys and privileges.  A small
# signer of our own stands for the SDKs; test/clients has those.

use strict;
use warnings;

use FindBin;
use IO::Select;
use JSON::PP;
use Test::More;

use lib "$FindBin::Bin/lib";
use AwsSigner;
use DynamoEndpoint;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

my $server = DynamoEndpoint->new('authentication', "dynamo.auth = 'SigV4'", "dynamo.listen_addresses = '*'");
my $node = $server->node;

ok($server->start, 'with signatures any address may be listened on');

sub sql { return $node->safe_psql('postgres', $_[0]); }

sql(q{
	CREATE ROLE app;
	CREATE ROLE owner;
	GRANT CREATE ON SCHEMA public TO owner;
});

sub new_key
{
	my ($arguments) = @_;
	my ($id, $secret) = split(/\|/, sql("SELECT * FROM dynamo.create_access_key($arguments)"));

	return AwsSigner->new(id => $id, secret => $secret);
}

my $app = new_key("'app'");
my $owner = new_key("'owner'");

sub target { return ('X-Amz-Target' => "DynamoDB_20120810.$_[0]"); }

# A signed call of an operation: status and content.
sub call
{
	my ($signer, $operation, $request) = @_;
	my $body = ref $request ? encode_json($request) : $request;
	my $response = $server->post($body, $signer->headers($body, target($operation)));

	return ($response->{status}, $response->{json});
}

# The exception's name and message of an answer.
sub error_of
{
	my ($status, $json) = @_;

	return "$status " . ($json->{__type} // 'none') =~ s/.*#//r . ': ' . ($json->{message} // $json->{Message} // '');
}

sub answer { my ($response) = @_; return error_of($response->{status}, $response->{json}); }

my $list = '{}';
my @target = target('ListTables');
my %good = $app->headers($list, @target);

is($server->post($list, %good)->{status}, 200, 'a signed request is answered');
is($server->health->{status}, 200, 'GET / needs no signature');

#
# Signatures that are none
#
my $MISMATCH = '400 InvalidSignatureException: The request signature we calculated does not match the signature you '
  . 'provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
my $MISSING = '400 MissingAuthenticationTokenException: Request is missing Authentication Token';
my $UNKNOWN = '400 UnrecognizedClientException: The security token included in the request is invalid.';

is(answer($server->post($list, @target)), $MISSING, 'no signature');
is(answer($server->post($list, %good, 'Authorization' => $_)), $MISSING, "Authorization: $_")
  for 'Basic dXNlcjpwYXNzd29yZA==', 'AWS AKID:signature', 'x';
is($server->post($list, @target)->{json}{__type}, 'com.amazon.coral.service#MissingAuthenticationTokenException',
	'the type has the namespace of the service');

sub damaged
{
	my ($name, $expected, $change, $response) = @_;
	my %headers = %good;

	$change->() for \%headers;
	$response = $server->post($list, %headers);
	ref $expected ? like(answer($response), $expected, $name) : is(answer($response), $expected, $name);
	return;
}

damaged('no credential', qr/^400 IncompleteSignatureException: Authorization header requires 'Credential' parameter\. Authorization=AWS4-HMAC-SHA256 Signed/,
	sub { $_->{Authorization} =~ s/Credential=[^,]*, // });
damaged('nothing but the algorithm',
	"400 IncompleteSignatureException: Authorization header requires 'Credential' parameter. "
	  . "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
	  . 'Authorization=AWS4-HMAC-SHA256',
	sub { $_->{Authorization} = 'AWS4-HMAC-SHA256' });
damaged('no date', qr/^400 IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\. /,
	sub { delete $_->{'X-Amz-Date'} });
damaged('no equal sign', qr/^400 IncompleteSignatureException: 'Credential' not a valid key=value pair \(missing equal-sign\) in Authorization header: /,
	sub { $_->{Authorization} =~ s/Credential=[^,]*/Credential/ });
damaged('another algorithm', "400 IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.",
	sub { $_->{Authorization} =~ s/SHA256/SHA1/ });
damaged('a scope too short', qr/^400 IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e\.g\. keyid\/date\/region\/service\/term, got '/,
	sub { $_->{Authorization} =~ s/\/aws4_request// });
damaged('no date at all', qr/^400 IncompleteSignatureException: Date must be in ISO-8601 'basic format'\. Got 'yesterday'\./,
	sub { $_->{'X-Amz-Date'} = 'yesterday' });
damaged('another target', $MISMATCH, sub { $_->{'X-Amz-Target'} = 'DynamoDB_20120810.Scan' });
damaged('another host', $MISMATCH, sub { $_->{Host} = 'example.com' });
damaged('a signature cut short', $MISMATCH, sub { $_->{Authorization} =~ s/.$// });
damaged('a signature too long', $MISMATCH, sub { $_->{Authorization} .= '0' });
damaged('a signature that differs at its end', $MISMATCH,
	sub { $_->{Authorization} =~ s/(.)$/$1 eq '0' ? '1' : '0'/e });
damaged('bytes that are no text', qr/^400 IncompleteSignatureException: .*Authorization=AWS4-\?\?/,
	sub { $_->{Authorization} = "AWS4-\xff\xfe" });
is(answer($server->post('{ }', %good)), $MISMATCH, 'another body');

sub variant
{
	my (%change) = @_;

	return AwsSigner->new(%$app, %change);
}

is(error_of(call(variant(secret => 'x' x 40), 'ListTables', $list)), $MISMATCH, 'another secret');
is(error_of(call(variant(id => 'AKIDNOBODY'), 'ListTables', $list)), $UNKNOWN, 'an unknown key');
is(error_of(call(variant(id => 'A' x 1000), 'ListTables', $list)), $UNKNOWN, 'one that is too long');
is(error_of(call(variant(service => 's3'), 'ListTables', $list)),
	"400 InvalidSignatureException: Credential should be scoped to correct service: 'dynamodb'. ", 'another service');
like(error_of(call(variant(terminator => 'x'), 'ListTables', $list)),
	qr/^400 InvalidSignatureException: Credential should be scoped with a valid terminator: 'aws4_request', not 'x'\. /,
	'another terminator');
like(error_of(call(variant(day => '20200101'), 'ListTables', $list)),
	qr/^400 InvalidSignatureException: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != '\d{8}', from '\d{8}T\d{6}Z'\. /,
	'another day');
like(error_of(call(variant(time => time() - 400), 'ListTables', $list)),
	qr/^400 InvalidSignatureException: Signature expired: \w{16} is now earlier than \w{16} \(\w{16} - 5 min\.\)$/, 'an old one');
like(error_of(call(variant(time => time() + 400), 'ListTables', $list)),
	qr/^400 InvalidSignatureException: Signature not yet current: \w{16} is still later than \w{16} \(\w{16} \+ 5 min\.\)$/,
	'one from the future');
is((call(variant(time => time() - 240), 'ListTables', $list))[0], 200, 'one of four minutes ago');
is((call(variant(region => 'mars-1'), 'ListTables', $list))[0], 200, 'any Region');
is((call(variant(token => 'AQoDYXdzEPT//=='), 'ListTables', $list))[0], 200, 'a session token is only data');

my %unsigned_target = ($app->headers($list), @target);

is(answer($server->post($list, %unsigned_target)),
	"400 InvalidSignatureException: 'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
	'the operation must be signed');
is(answer($server->post('{', $app->headers('{', @target))), '400 SerializationException: ', 'signed, but no JSON');
is(answer($server->post('{', @target)), $MISSING, 'the signature is looked at before the JSON');

#
# Payloads that are not signed
#
my @unsigned = (@target, 'X-Amz-Content-SHA256' => 'UNSIGNED-PAYLOAD');

is(answer($server->post($list, $app->headers($list, @unsigned))), $MISMATCH, 'an unsigned payload');

sub set
{
	my ($setting, $value) = @_;

	sql("ALTER SYSTEM SET $setting = '$value'");
	sql('SELECT pg_reload_conf()');
}

sub eventually
{
	my ($name, $expected, $ask) = @_;
	my $got;

	for (1 .. 100)
	{
		$got = $ask->();
		last if $got eq $expected;
		select(undef, undef, undef, 0.05);
	}
	is($got, $expected, $name);
	return;
}

set('dynamo.allow_unsigned_payload', 'on');
eventually('it may be allowed', '200', sub { $server->post('{ }', $app->headers($list, @unsigned))->{status} });
set('dynamo.allow_unsigned_payload', 'off');
set('dynamo.signing_region', 'eu-north-1');
eventually('a Region may be required',
	"400 InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-1'. ",
	sub { error_of(call($app, 'ListTables', $list)) });
is((call(variant(region => 'eu-north-1'), 'ListTables', $list))[0], 200, 'then it does');
set('dynamo.signing_region', '');
eventually('or none', '200', sub { (call($app, 'ListTables', $list))[0] });

#
# Presigned requests
#
sub presigned
{
	my ($signer, $expires, $change) = @_;
	my $path = $signer->presigned_path($list, $expires, @target);

	return $server->request('POST', $change ? $change->($path) : $path, $list, @target);
}

is(presigned($app)->{status}, 200, 'a presigned request');
is(presigned($app, 60)->{status}, 200, 'one for a minute');
is(presigned(variant(time => time() - 3000), 3600)->{status}, 200, 'one for an hour, of a while ago');
is(presigned(variant(token => 'some/token=='), 60)->{status}, 200, 'one with a session token');
like(answer(presigned(variant(time => time() - 120), 60)),
	qr/^400 InvalidSignatureException: Signature expired: \w{16} is now earlier than \w{16} \(\w{16} - 1 min\.\)$/, 'one that expired');
like(answer(presigned(variant(time => time() - 400))), qr/^400 InvalidSignatureException: Signature expired: /,
	'one that does not say for how long');
like(answer(presigned($app, 604801)), qr/^400 IncompleteSignatureException: X-Amz-Expires must be less than a week/, 'one for too long');
is(answer(presigned($app, $_)), '400 IncompleteSignatureException: X-Amz-Expires should be a number', "one for '$_'")
  for '', '-1', 'x';
is(answer(presigned($app, 60, sub { $_[0] =~ s/Expires=60/Expires=600/r })), $MISMATCH, 'one whose time was changed');
is(answer(presigned($app, 60, sub { "$_[0]&x=y" })), $MISMATCH, 'one with a parameter added');
is(answer(presigned($app, 60, sub { $_[0] =~ s/X-Amz-Date=[^&]*&?//r })),
	"400 IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Date'. "
	  . 'Re-examine the query-string parameters.', 'one without a date');
is(answer($server->request('POST', $app->presigned_path($list, 60, @target), '{ }', @target)), $MISMATCH, 'with another body');
like(answer($server->request('POST', $app->presigned_path($list, 60, @target), $list, %good)),
	qr/^400 InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header\.$/,
	'both forms at once');
is(answer($server->request('POST', '/?' . join('&', map { "p$_=1" } 1 .. 40), $list, %good)),
	'400 IncompleteSignatureException: The request has too many headers or query-string parameters.', 'too many parameters');

#
# Keys: revoked at once, whichever worker the connection is with
#
my @connections = map { $server->connect } 1 .. 16;

# The distinct answers to one request sent on all connections.
sub everywhere
{
	my ($signer) = @_;
	my %answers;

	foreach my $socket (@connections)
	{
		my $bytes = DynamoEndpoint::request_bytes('POST', '/', $list, $signer->headers($list, @target));
		my ($got) = DynamoEndpoint::exchange($socket, $bytes, 1);
		my ($answer) = DynamoEndpoint::split_answers($got);

		$answers{ error_of($answer->[0], $answer->[0] == 200 ? {} : decode_json($answer->[2])) } = 1;
	}
	return join(' | ', sort keys %answers);
}

my $OK = '200 none: ';
my $revoked = new_key("'app'");

is(everywhere($revoked), $OK, 'a new key is good with every worker');
sql("SELECT dynamo.disable_access_key('$revoked->{id}')");
is(everywhere($revoked), $UNKNOWN, 'disabled, with none');
sql("SELECT dynamo.enable_access_key('$revoked->{id}')");
is(everywhere($revoked), $OK, 'enabled, with every one');
sql("UPDATE dynamo.access_keys SET secret_access_key = 'another-secret' WHERE access_key_id = '$revoked->{id}'");
is(everywhere($revoked), $MISMATCH, 'a secret changed in the table itself');
$revoked->{secret} = 'another-secret';
is(everywhere($revoked), $OK, 'is known at once');
sql("SELECT dynamo.drop_access_key('$revoked->{id}')");
is(everywhere($revoked), $UNKNOWN, 'dropped');

my $old = new_key("'app'");
my ($id, $secret) = split(/\|/, sql("SELECT * FROM dynamo.rotate_access_key('$old->{id}', '1 hour')"));
my $new = AwsSigner->new(id => $id, secret => $secret);

is(everywhere($old), $OK, 'rotated with grace, the old key is still good');
is(everywhere($new), $OK, 'and so is the new one');
sql("UPDATE dynamo.access_keys SET valid_until = now() WHERE access_key_id = '$old->{id}'");
is(everywhere($old), '400 ExpiredTokenException: The security token included in the request is expired', 'when it is over, no more');
($id, $secret) = split(/\|/, sql("SELECT * FROM dynamo.rotate_access_key('$new->{id}')"));
is(everywhere($new), $UNKNOWN, 'rotated without, the old key is gone at once');
is(everywhere(AwsSigner->new(id => $id, secret => $secret)), $OK, 'the new one is good');

my $imported = new_key("'app', 'my-app.key', 'an-existing-secret'");

is("$imported->{id} $imported->{secret}", 'my-app.key an-existing-secret', 'an existing key can be imported');
is(everywhere($imported), $OK, 'and used');

my ($dump) = run_command([ 'pg_dump', '-h', $node->host, '-p', $node->port, 'postgres' ]);

like($dump, qr/CREATE EXTENSION.* dynamo/, 'a dump has the extension');
unlike($dump, qr/an-existing-secret|my-app\.key/, 'and no access key');

#
# Roles
#
sql('CREATE ROLE guest');

my $guest = new_key("'guest'");

is(everywhere($guest), $OK, 'a role that cannot log in');
sql('ALTER ROLE guest RENAME TO visitor');
is(everywhere($guest), $OK, 'a role that was renamed');
sql('DROP ROLE visitor');
is(everywhere($guest), $UNKNOWN, 'a role that was dropped');
sql('CREATE ROLE visitor; CREATE ROLE guest');
is(everywhere($guest), $UNKNOWN, 'and another of its name');
sql('REVOKE CONNECT ON DATABASE postgres FROM PUBLIC');
like(everywhere($app), qr/^400 AccessDeniedException: /, 'a role that may not connect to the database');
sql('GRANT CONNECT ON DATABASE postgres TO app');
is(everywhere($app), $OK, 'a role that may');
sql('GRANT CONNECT ON DATABASE postgres TO PUBLIC');

#
# Privileges: what is granted, and with one less it is denied
#
is(error_of(call($owner, 'CreateTable', {
	TableName => 'Music',
	AttributeDefinitions => [ { AttributeName => 'id', AttributeType => 'S' }, { AttributeName => 'by', AttributeType => 'S' } ],
	KeySchema => [ { AttributeName => 'id', KeyType => 'HASH' } ],
	GlobalSecondaryIndexes => [ {
		IndexName => 'ByArtist', KeySchema => [ { AttributeName => 'by', KeyType => 'HASH' } ], Projection => { ProjectionType => 'ALL' } } ],
	BillingMode => 'PAY_PER_REQUEST' })), $OK, 'a role that may create in the schema creates a table');
is(sql(q{SELECT tableowner FROM pg_tables WHERE tablename = 'Music'}), 'owner', 'and owns it');

sub denied
{
	my ($action, $resource, $user) = @_;

	$resource //= 'Music';
	$user //= 'app';
	return "400 AccessDeniedException: User: arn:aws:iam::000000000000:user/$user is not authorized to perform: dynamodb:$action "
	  . "on resource: arn:aws:dynamodb:local:000000000000:table/$resource "
	  . "because no identity-based policy allows the dynamodb:$action action";
}

my $item = { id => { S => '1' }, by => { S => 'x' } };
my $item_key = { id => { S => '1' } };
my %values = (ExpressionAttributeValues => { ':v' => { S => 'x' } });
my @cases = (
	[ 'GetItem', { TableName => 'Music', Key => $item_key }, 'SELECT' ],
	[ 'GetItem', { TableName => 'arn:aws:dynamodb:local:000000000000:table/Music', Key => $item_key }, 'SELECT' ],
	[ 'Query', { TableName => 'Music', KeyConditionExpression => 'id = :v', %values }, 'SELECT' ],
	[ 'Query', { TableName => 'Music', IndexName => 'ByArtist', KeyConditionExpression => '#b = :v',
		ExpressionAttributeNames => { '#b' => 'by' }, %values }, 'SELECT', 'Query', 'Music/index/ByArtist' ],
	[ 'Scan', { TableName => 'Music' }, 'SELECT' ],
	[ 'BatchGetItem', { RequestItems => { Music => { Keys => [ $item_key ] } } }, 'SELECT' ],
	[ 'TransactGetItems', { TransactItems => [ { Get => { TableName => 'Music', Key => $item_key } } ] }, 'SELECT', 'GetItem' ],
	[ 'PutItem', { TableName => 'Music', Item => $item }, 'INSERT, UPDATE' ],
	[ 'PutItem', { TableName => 'Music', Item => $item, ReturnValues => 'ALL_OLD' }, 'SELECT, INSERT, UPDATE' ],
	[ 'PutItem', { TableName => 'Music', Item => $item, ConditionExpression => 'attribute_exists(id)' }, 'SELECT, INSERT, UPDATE' ],
	[ 'UpdateItem', { TableName => 'Music', Key => $item_key, UpdateExpression => 'SET a = :v', %values }, 'INSERT, UPDATE' ],
	[ 'UpdateItem', { TableName => 'Music', Key => $item_key, UpdateExpression => 'SET a = :v', %values, ReturnValues => 'ALL_NEW' },
		'SELECT, INSERT, UPDATE' ],
	[ 'BatchWriteItem', { RequestItems => { Music => [ { PutRequest => { Item => $item } } ] } }, 'INSERT, UPDATE' ],
	[ 'TransactWriteItems', { TransactItems => [ { Put => { TableName => 'Music', Item => $item } } ] }, 'INSERT, UPDATE', 'PutItem' ],
	[ 'TransactWriteItems', { TransactItems => [ { ConditionCheck => { TableName => 'Music', Key => $item_key,
		ConditionExpression => 'attribute_exists(id)' } } ] }, 'SELECT', 'ConditionCheckItem' ],
	[ 'DeleteItem', { TableName => 'Music', Key => $item_key }, 'DELETE' ],
	[ 'BatchWriteItem', { RequestItems => { Music => [ { DeleteRequest => { Key => $item_key } } ] } }, 'DELETE' ],
	[ 'TransactWriteItems', { TransactItems => [ { Delete => { TableName => 'Music', Key => $item_key } } ] }, 'DELETE', 'DeleteItem' ]);

foreach my $case (@cases)
{
	my ($operation, $request, $needed, $action, $resource) = @$case;
	my $function = 'dynamo.' . lc($operation =~ s/(?<=.)([A-Z])/_$1/gr) . '(json)';
	my @privileges = split(/, /, $needed);

	sql("REVOKE ALL ON \"Music\" FROM app; GRANT $needed ON \"Music\" TO app");
	is(error_of(call($app, $operation, $request)), $OK, "$operation with $needed");
	foreach my $missing (@privileges)
	{
		sql("GRANT $needed ON \"Music\" TO app; REVOKE $missing ON \"Music\" FROM app");
		is(error_of(call($app, $operation, $request)), denied($action // $operation, $resource), "$operation without $missing");
	}
	sql("GRANT $needed ON \"Music\" TO app; REVOKE EXECUTE ON FUNCTION $function FROM PUBLIC");
	is(error_of(call($app, $operation, $request)), denied($action // $operation, $resource), "$operation without EXECUTE");
	is((call($owner, $operation, $request))[0], 400, 'nor may the owner');
	sql("GRANT EXECUTE ON FUNCTION $function TO app");
	is(error_of(call($app, $operation, $request)), $OK, "$operation, executable by name");
	sql("REVOKE EXECUTE ON FUNCTION $function FROM app; GRANT EXECUTE ON FUNCTION $function TO PUBLIC");
	call($owner, 'PutItem', { TableName => 'Music', Item => $item });
}

sql('GRANT ALL ON "Music" TO app');
my %throughput = (TableName => 'Music', BillingMode => 'PAY_PER_REQUEST');

is(error_of(call($app, 'DeleteTable', { TableName => 'Music' })), denied('DeleteTable'), 'DeleteTable by another than the owner');
is(error_of(call($app, 'UpdateTable', \%throughput)), denied('UpdateTable'), 'UpdateTable by another than the owner');
is(error_of(call($owner, 'UpdateTable', \%throughput)), $OK, 'UpdateTable by the owner');
is(error_of(call($app, 'DescribeTable', { TableName => 'Music' })), $OK, 'DescribeTable by anybody, as \d');
is_deeply((call($app, 'ListTables', {}))[1], { TableNames => ['Music'] }, 'ListTables by anybody, as \dt');
is(error_of(call($app, 'CreateTable', {
	TableName => 'Other', AttributeDefinitions => [ { AttributeName => 'id', AttributeType => 'S' } ],
	KeySchema => [ { AttributeName => 'id', KeyType => 'HASH' } ], BillingMode => 'PAY_PER_REQUEST' })),
	denied('CreateTable', 'Other'), 'CreateTable without CREATE on the schema');
sql('REVOKE USAGE ON SCHEMA dynamo FROM PUBLIC');
is(error_of(call($app, 'ListTables', {})), denied('ListTables', '*'), 'an operation without USAGE on the schema dynamo');
sql('GRANT USAGE ON SCHEMA dynamo TO PUBLIC');
sql('REVOKE ALL ON "Music" FROM app; CREATE ROLE readers; GRANT SELECT ON "Music" TO readers; GRANT readers TO app');
is(error_of(call($app, 'GetItem', { TableName => 'Music', Key => $item_key })), $OK, 'a privilege by membership');
sql('REVOKE readers FROM app');
is(error_of(call($app, 'GetItem', { TableName => 'Music', Key => $item_key })), denied('GetItem'), 'which ends');

#
# A request that waits for a lock: its signature is good for as long as that
# takes, but not a key that is dropped meanwhile
#
sql('GRANT INSERT, UPDATE ON "Music" TO app');

my $session = $node->background_psql('postgres');
my $dropped = new_key("'app'");
my @waiting = map {
	my $socket = $server->connect;
	my $put = encode_json({ TableName => 'Music', Item => $item });

	$session->query_safe(q{BEGIN; SELECT FROM "Music" WHERE id = '1' FOR UPDATE}) if $_ == $app;
	DynamoEndpoint::write_all($socket,
		DynamoEndpoint::request_bytes('POST', '/', $put, $_->headers($put, target('PutItem'))));
	$socket
} $app, $dropped;

is(scalar(() = IO::Select->new(@waiting)->can_read(1)), 0, 'two requests wait');
sql("SELECT dynamo.drop_access_key('$dropped->{id}')");
$session->query_safe('ROLLBACK');
$session->quit;

my @answers = map {
	my ($got) = DynamoEndpoint::read_answers($_, 1);
	my ($answer) = DynamoEndpoint::split_answers($got);

	error_of($answer->[0], decode_json($answer->[2]))
} @waiting;

is($answers[0], $OK, 'one goes on');
is($answers[1], $UNKNOWN, 'the other one is refused');
is(error_of(call($owner, 'DeleteTable', { TableName => 'Music' })), $OK, 'DeleteTable by the owner');

#
# Damaged headers
#
my @workers = $server->workers;
my %seen;

srand(4711);
for (1 .. 3000)
{
	my $socket = $connections[ $_ % @connections ];
	my %headers = $app->headers($list, @target);
	my $name = (grep { rand() < 0.5 } 'Authorization')[0] // (keys %headers)[ int rand keys %headers ];
	my $value = $headers{$name};

	for (1 .. 1 + int(rand(3)))
	{
		my $at = int(rand(length($value) + 1));
		my $kind = int(rand(6));

		if ($kind == 0) { substr($value, $at, 1) = chr(33 + int(rand(94))); }
		elsif ($kind == 1) { substr($value, $at, int(rand(20))) = ''; }
		elsif ($kind == 2) { substr($value, $at, 0) = (',', '=', '/', ';', ' ', "\t", "\x80", '%', ',,', ';;', '//')[ int rand 11 ]; }
		elsif ($kind == 3) { substr($value, $at, 0) = substr($value, int(rand($at + 1)), int(rand(100))); }
		elsif ($kind == 4) { substr($value, $at, 0) = (';', ',', '/', 'a;', 'x=')[ int rand 5 ] x int(rand(1500)); }
		else { $value = substr($value, 0, $at); }
	}
	$headers{$name} = substr($value, 0, 6000);

	my ($got, $closed) = DynamoEndpoint::exchange($socket, DynamoEndpoint::request_bytes('POST', '/', $list, %headers), 1);
	my ($answer) = DynamoEndpoint::split_answers($got);

	$connections[ $_ % @connections ] = $server->connect if $closed;
	if ($answer)
	{
		my $json = eval { decode_json($answer->[2]) };

		$seen{ $answer->[0] . ' ' . ($json ? ($json->{__type} // 'none') =~ s/.*#//r : 'no JSON') }++;
	}
}
note("$_: $seen{$_}") for sort keys %seen;
ok($seen{"400 $_"}, "damaged headers were answered with $_")
  for qw(IncompleteSignatureException InvalidSignatureException UnrecognizedClientException MissingAuthenticationTokenException);
is(join(' ', grep { !/^(200 none|400 (Incomplete|Invalid)SignatureException|400 UnrecognizedClientException|400 MissingAuthenticationTokenException|400 UnknownOperationException|400 no JSON|404 no JSON)$/ } keys %seen),
	'', 'and with nothing unexpected');
is(join(' ', $server->workers), "@workers", 'the workers live');
is(everywhere($app), $OK, 'and answer');

#
# A value that nobody knows opens nothing
#
$node->stop;
$node->append_conf('postgresql.conf', "dynamo.auth = 'sigv5'");
$node->start;
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'dynamo http worker'"), '0',
	'a mistyped dynamo.auth starts no endpoint');
like(slurp_file($node->logfile), qr/invalid value for parameter "dynamo\.auth": "sigv5"/, 'and the log says why');
$node->stop;
$node->append_conf('postgresql.conf', "dynamo.auth = 'none'");
$node->start;
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'dynamo http worker'"), '0',
	'without authentication it is on loopback only');
$node->stop;

done_testing();
