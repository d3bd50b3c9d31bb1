# Signature Version 4 against AWS's own test suite, and against what may go
# wrong with a signature.

use strict;
use warnings;

use File::Basename qw(basename);
use FindBin;
use Test::More;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

my $module = "$FindBin::Bin/../modules/sigv4";
my $SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
my $NOW = 1440938160;    # 2015-08-30 12:36:00 UTC
my $MISMATCH = qr/The request signature we calculated does not match/;

is(system("make -s -C '$module' PG_CONFIG='pg_config' with_llvm=no >&2"), 0, 'the library is built');

my $node = PostgreSQL::Test::Cluster->new('sigv4');

$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', "CREATE FUNCTION sigv4_verify(method text, path text, headers text[], parameters text[],
	body bytea, secret text, service text, now bigint,
	OUT canonical text, OUT string_to_sign text, OUT signature text)
	AS '$module/sigv4_test' LANGUAGE C STRICT;
	CREATE FUNCTION verdict(text, text, text[], text[], bytea, text, text, bigint) RETURNS text LANGUAGE plpgsql AS '
	BEGIN
		RETURN (SELECT concat_ws(chr(1), canonical, string_to_sign, signature) FROM sigv4_verify(\$1, \$2, \$3, \$4, \$5, \$6, \$7, \$8));
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLERRM;
	END'");


sub file_content
{
	my ($name) = @_;

	return slurp_file($name) =~ s/\r//gr;
}

# A request as the suite writes it: method, path, headers and parameters as
# names and values by turns, body.
sub parse
{
	my ($text) = @_;
	my ($head, $body) = split(/\n\n/, $text, 2);
	my ($line, @lines) = split(/\n(?![ \t])/, $head);
	my ($method, $path, $query) = $line =~ m{^(\S+) ([^?]*)(?:\?(.*))? HTTP/1\.1$} or die $line;
	my @parameters = map { s/%(..)/chr hex $1/ger } map { m/^([^=]*)=?(.*)$/ } split(/&/, $query // '');

	return {
		method => $method,
		path => $path,
		headers => [ map { m/^([^:]+):(.*)$/s } @lines ],
		parameters => \@parameters,
		body => $body // '',
		secret => $SECRET,
		service => 'service',
		now => $NOW
	};
}

sub quoted { return "'" . ($_[0] =~ s/'/''/gr) . "'"; }
sub array { return 'ARRAY[' . join(',', map { quoted($_) } @_) . ']::text[]'; }

# For each request three texts, or the message of the error.
sub verify_all
{
	my $query = join(' UNION ALL ', map {
			my %of = %$_;

			'SELECT verdict('
			  . join(', ', quoted($of{method}), quoted($of{path}), array(@{ $of{headers} }), array(@{ $of{parameters} }),
				"'\\x" . unpack('H*', $of{body}) . "'", quoted($of{secret}), quoted($of{service}), $of{now})
			  . ')'
		} @_);
	my $out = $node->safe_psql('postgres', $query, extra_params => [ '-R', "\x02" ]);

	return map { m/\x01/ ? [ split(/\x01/) ] : $_ } split(/\x02/, $out);
}

sub verify
{
	my ($request, %change) = @_;

	return (verify_all({ %$request, %change }))[0];
}

#
# The published vectors
#
foreach my $file (sort glob("$module/vectors/*.req"))
{
	my $name = basename($file, '.req');
	my $stem = $file =~ s/\.req$//r;
	my $request = parse(file_content($file));
	my $authorization = file_content("$stem.authz");

	my $canonical = file_content("$stem.creq");
	my ($signature) = $authorization =~ m/Signature=(\w+)/;

	# a token that is not in the request is added by the signer
	push @{ $request->{headers} }, 'X-Amz-Security-Token', $1
	  if $canonical =~ m/^x-amz-security-token:(.*)/m && !grep { $_ eq 'X-Amz-Security-Token' } @{ $request->{headers} };
	push @{ $request->{headers} }, 'Authorization', $authorization;

	my %changes = (
		'another secret' => [ secret => "$SECRET." ],
		'another method' => [ method => 'PUT' ],
		'another path' => [ path => "$request->{path}x" ],
		'another body' => [ body => "$request->{body}x" ],
		'another parameter' => [ parameters => [ @{ $request->{parameters} }, 'x', '' ] ],
		'another header' => [ headers => [ @{ $request->{headers} }, 'Host', 'x' ] ]);
	my ($got, @changed) = verify_all($request, map { { %$request, @{ $changes{$_} } } } sort keys %changes);

	is_deeply($got, [ $canonical, file_content("$stem.sts"), $signature ], $name);
	like(shift @changed, $MISMATCH, "$name: $_") for sort keys %changes;
}

#
# The presigned request of the documentation of IAM
#
my $presigned = parse(join("\n",
	'GET /?Action=ListUsers&Version=2010-05-08&X-Amz-Algorithm=AWS4-HMAC-SHA256'
	  . '&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fiam%2Faws4_request&X-Amz-Date=20150830T123600Z'
	  . '&X-Amz-Expires=60&X-Amz-SignedHeaders=content-type%3Bhost'
	  . '&X-Amz-Signature=37ac2f4fde00b0ac9bd9eadeb459b1bbee224158d66e7ae5fcadb70b2d181d02 HTTP/1.1',
	'Host: iam.amazonaws.com', 'Content-Type: application/x-www-form-urlencoded; charset=utf-8'));

$presigned->{service} = 'iam';
is(ref verify($presigned), 'ARRAY', 'presigned');
like(verify($presigned, now => $NOW + 61),
	qr/^Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \(20150830T123701Z - 1 min\.\)/,
	'presigned, expired');
is(ref verify($presigned, now => $NOW + 60), 'ARRAY', 'presigned, just in time');

#
# The time
#
my $vanilla = parse(file_content("$module/vectors/get-vanilla.req"));

push @{ $vanilla->{headers} }, 'Authorization', file_content("$module/vectors/get-vanilla.authz");
is(ref verify($vanilla, now => $NOW + $_), 'ARRAY', "a clock that differs by $_ s") for -300, 300;
like(verify($vanilla, now => $NOW + 301),
	qr/^Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \(20150830T124101Z - 5 min\.\)/,
	'expired');
like(verify($vanilla, now => $NOW - 301),
	qr/^Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z \(20150830T123059Z \+ 5 min\.\)/,
	'not yet current');
like(verify($vanilla, service => 'dynamodb'), qr/^Credential should be scoped to correct service: 'dynamodb'\. /,
	'another service');

sub with_date
{
	my ($name, $date) = @_;

	return [ map { $_ eq 'X-Amz-Date' ? $name : $_ eq '20150830T123600Z' ? $date : $_ } @{ $vanilla->{headers} } ];
}

like(verify($vanilla, headers => with_date('Date', $_)), $MISMATCH, "the header Date: $_")
  for '20150830T123600Z', 'Sun, 30 Aug 2015 12:36:00 GMT';
like(verify($vanilla, headers => with_date('X-Amz-Date', $_)), qr/^Date must be in ISO-8601 'basic format'\. Got '\Q$_\E'\. See /,
	"the date $_")
  for '', '2015-08-30T12:36:00Z', '20151330T123600Z', '20150230T123600Z', '20150830T243600Z', '20150830T126000Z',
  '20150830T123600', 'Sun, 30 Foo 2015 12:36:00 GMT', "Sun, 30 Aug 2015 12:36:00 CET";

$node->stop;
done_testing();
