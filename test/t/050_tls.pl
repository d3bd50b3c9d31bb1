
# The HTTP endpoint with TLS: certificates, their reload, and what is refused.

use strict;
use warnings;

use FindBin;
use IPC::Open2;
use Test::More;
use Time::HiRes qw(sleep);

use PostgreSQL::Test::Utils;

use lib "$FindBin::Bin/lib";
use DynamoEndpoint;

my $dir = PostgreSQL::Test::Utils::tempdir();

# A certificate of its own for 127.0.0.1, and its key.
sub make_certificate
{
	my ($name, @key) = @_;

	system_or_bail('openssl', 'req', '-x509', '-newkey', @key, '-nodes', '-days', '30', '-subj', "/CN=$name",
		'-addext', 'subjectAltName = IP:127.0.0.1', '-keyout', "$dir/$name.key", '-out', "$dir/$name.crt");
	chmod 0600, "$dir/$name.key";
}

make_certificate('first', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1');
make_certificate('second', 'rsa:2048');

my $server = DynamoEndpoint->new('tls', 'dynamo.ssl = on', "dynamo.ssl_cert_file = '$dir/first.crt'",
	"dynamo.ssl_key_file = '$dir/first.key'", 'dynamo.client_timeout = 3s');
my $node = $server->node;
my $port = $server->port;

# What curl gets that trusts that certificate: status and body, or its error.
sub fetch
{
	my ($trusted, @options) = @_;
	my ($output, $error) = run_command(
		[ 'curl', '-sS', '--noproxy', '*', '--cacert', "$dir/$trusted.crt", '-w', ' %{http_code}', @options ]);

	return $error || $output;
}

sub list_tables
{
	my ($trusted, @options) = @_;

	return fetch($trusted, '-H', 'Content-Type: application/x-amz-json-1.0',
		'-H', 'X-Amz-Target: DynamoDB_20120810.ListTables', '-d', '{}', @options, "https://127.0.0.1:$port/");
}

# Waits for workers to serve that certificate, all of them.
sub wait_for_certificate
{
	my ($name) = @_;
	my $good = 0;

	for (my $i = 0; $i < 100 && $good < 10; $i++)
	{
		$good = list_tables($name) =~ m/ 200$/ ? $good + 1 : 0;
		sleep 0.05 if $good == 0;
	}
	return $good == 10;
}

# A connection that is kept: handles to read and to write.
sub open_connection
{
	my $pid = open2(my $from, my $to, 'openssl', 's_client', '-quiet', '-verify_return_error',
		'-CAfile', "$dir/first.crt", '-connect', "127.0.0.1:$port");

	return ($from, $to, $pid);
}

sub ask
{
	my ($from, $to) = @_;

	DynamoEndpoint::write_all($to, DynamoEndpoint::operation_bytes('ListTables', '{}'));
	return (DynamoEndpoint::read_answers($from, 1))[0];
}

$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');
ok(wait_for_certificate('first'), 'requests are answered by TLS');
is(list_tables('first'), '{"TableNames":[]} 200', 'with what was asked for');
like(list_tables('second'), qr/certificate/, 'a client that trusts another certificate is not satisfied');
like(list_tables('first', '--tls-max', '1.2'), qr/ 200$/, 'TLS 1.2');
like(list_tables('first', '--tlsv1.3'), qr/ 200$/, 'TLS 1.3');
unlike(list_tables('first', '--tls-max', '1.1', '--ciphers', 'DEFAULT@SECLEVEL=0'), qr/ 200$/, 'nothing older');
like(fetch('first', "http://127.0.0.1:$port/"), qr/^curl:/, 'no request without TLS');

my $body = '{"TableName":"Music","Item":{"id":{"S":"x"},"v":{"S":"' . 'y' x 300000 . '"}}}';

append_to_file("$dir/body", $body);
is(fetch('first', '-H', 'Content-Type: application/x-amz-json-1.0', '-H', 'X-Amz-Target: DynamoDB_20120810.CreateTable',
		'-o', '/dev/null', '-d', '{"TableName":"Music","BillingMode":"PAY_PER_REQUEST",'
		  . '"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],'
		  . '"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}', "https://127.0.0.1:$port/"), ' 200', 'CreateTable');
is(fetch('first', '-H', 'Content-Type: application/x-amz-json-1.0', '-H', 'X-Amz-Target: DynamoDB_20120810.PutItem',
		'--data-binary', "\@$dir/body", "https://127.0.0.1:$port/"), '{} 200', 'a large request');
my $scan = fetch('first', '-H', 'Content-Type: application/x-amz-json-1.0',
	'-H', 'X-Amz-Target: DynamoDB_20120810.Scan', '-d', '{"TableName":"Music"}', "https://127.0.0.1:$port/");

is(length($scan =~ s/[^y]//gr), 300000, 'a large answer');

#
# Reload
#
my ($from, $to, $pid) = open_connection();

like(ask($from, $to), qr/^HTTP\/1\.1 200/, 'a connection with the first certificate');
$node->safe_psql('postgres', $_)
  foreach "ALTER SYSTEM SET dynamo.ssl_cert_file = '$dir/second.crt'",
  "ALTER SYSTEM SET dynamo.ssl_key_file = '$dir/second.key'", 'SELECT pg_reload_conf()';
ok(wait_for_certificate('second'), 'a reload brings the second one');
like(ask($from, $to), qr/^HTTP\/1\.1 200/, 'and leaves connections alone');
sleep 5;
like(list_tables('second'), qr/ 200$/, 'also once the first one is forgotten');
like(ask($from, $to), qr/^HTTP\/1\.1 200/, 'the old connection goes on');
kill 'TERM', $pid;
waitpid $pid, 0;

# the same files with other content
system_or_bail('cp', "$dir/first.$_", "$dir/second.$_") foreach 'key', 'crt';
$node->reload;
ok(wait_for_certificate('first'), 'files that have changed are read again');

#
# What cannot be used
#
sub reload_says
{
	my ($name, $message) = @_;
	my $offset = -s $node->logfile;

	$node->reload;
	ok($node->wait_for_log(qr/$message.*the HTTP endpoint keeps its certificate/s, $offset), $name);
	like(list_tables('first'), qr/ 200$/, 'and the old certificate stays in use');
}

chmod 0644, "$dir/second.key";
reload_says('a key that others may read', 'private key file "[^"]*second.key" has group or world access');
chmod 0600, "$dir/second.key";
append_to_file("$dir/third.crt", 'nonsense');
$node->append_conf('postgresql.auto.conf', "dynamo.ssl_cert_file = '$dir/third.crt'");
reload_says('a file that is no certificate', 'could not use certificate file "[^"]*third.crt"');
make_certificate('fourth', 'rsa:2048');
$node->append_conf('postgresql.auto.conf', "dynamo.ssl_cert_file = '$dir/fourth.crt'");
reload_says('the certificate of another key', 'could not use certificate file "[^"]*fourth.crt"');

# A client that says nothing
my $silent = $server->connect;

is_deeply([ DynamoEndpoint::read_answers($silent, 1) ], [ '', 1 ], 'a handshake that does not begin is given up');

#
# Without certificate
#
my $offset = -s $node->logfile;

$node->restart;
ok($node->wait_for_log(qr/FATAL:  the HTTP endpoint has no certificate/, $offset), 'no endpoint without a certificate');
$node->append_conf('postgresql.auto.conf', "dynamo.ssl_cert_file = '$dir/second.crt'");
$node->reload;
ok(wait_for_certificate('first'), 'the workers take it as soon as there is one');

$node->stop;
done_testing();
