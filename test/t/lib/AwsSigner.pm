
# Signs requests by AWS Signature Version 4, as its documentation says; shares
# no code with src/.

package AwsSigner;

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256 hmac_sha256_hex sha256_hex);
use POSIX qw(strftime);

my $ALGORITHM = 'AWS4-HMAC-SHA256';

# id, secret; region, service, date and token may be given.
sub new
{
	my ($class, %of) = @_;

	return bless { region => 'us-east-1', service => 'dynamodb', %of }, $class;
}

sub date
{
	my ($seconds) = @_;

	return strftime('%Y%m%dT%H%M%SZ', gmtime($seconds));
}

sub encoded
{
	my ($text) = @_;

	return $text =~ s/([^A-Za-z0-9_.~-])/sprintf('%%%02X', ord $1)/ger;
}

sub canonical_query
{
	my (%query) = @_;

	return join('&', sort map { encoded($_) . '=' . encoded($query{$_}) } keys %query);
}

# The signature of a request: headers that are signed, parameters of the query
# string, and the hash of the body.
sub signature
{
	my ($self, $date, $path, $query, $headers, $payload) = @_;
	my %lower = map { lc $_ => $headers->{$_} =~ s/^\s+|\s+$//gr =~ s/\s+/ /gr } keys %$headers;
	my $canonical = join("\n", 'POST', $path, canonical_query(%$query),
		(map { "$_:$lower{$_}" } sort keys %lower), '', join(';', sort keys %lower), $payload);
	my $key = "AWS4$self->{secret}";

	$key = hmac_sha256($_, $key) for split('/', $self->scope($date));
	return hmac_sha256_hex(join("\n", $ALGORITHM, $date, $self->scope($date), sha256_hex($canonical)), $key);
}

sub scope
{
	my ($self, $date) = @_;

	return join('/', $self->{day} // substr($date, 0, 8), $self->{region}, $self->{service}, $self->{terminator} // 'aws4_request');
}

sub now { return date($_[0]->{time} // time()); }

# All headers of a POST of the body, those that were given among them.
sub headers
{
	my ($self, $body, %headers) = @_;
	my $date = $self->now;
	my %signed = ('Host' => 'localhost', 'X-Amz-Date' => $date, %headers);

	$signed{'X-Amz-Security-Token'} = $self->{token} if defined $self->{token};

	my $names = join(';', sort map { lc } keys %signed);
	my $payload = $headers{'X-Amz-Content-SHA256'} // sha256_hex($body);
	my $signature = $self->signature($date, '/', {}, \%signed, $payload);

	return (%signed,
		'Authorization' => "$ALGORITHM Credential=$self->{id}/" . $self->scope($date)
		  . ", SignedHeaders=$names, Signature=$signature");
}

# The path of a presigned POST; the headers are signed, and must be sent too.
sub presigned_path
{
	my ($self, $body, $expires, %headers) = @_;
	my $date = $self->now;
	my %signed = ('Host' => 'localhost', %headers);
	my %query = (
		'X-Amz-Algorithm' => $ALGORITHM,
		'X-Amz-Credential' => "$self->{id}/" . $self->scope($date),
		'X-Amz-Date' => $date,
		'X-Amz-SignedHeaders' => join(';', sort map { lc } keys %signed));

	$query{'X-Amz-Expires'} = $expires if defined $expires;
	$query{'X-Amz-Security-Token'} = $self->{token} if defined $self->{token};

	my $signature = $self->signature($date, '/', \%query, \%signed, sha256_hex($body));

	return '/?' . canonical_query(%query, 'X-Amz-Signature' => $signature);
}

1;
