
# A server with the HTTP endpoint, and clients of it, for the TAP tests.

package DynamoEndpoint;

use strict;
use warnings;

use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Time::HiRes qw(time sleep);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

my $PREFIX = 'DynamoDB_20120810';
my $CONTENT_TYPE = 'application/x-amz-json-1.0';

# A server that is initialised but not started.  Further lines of configuration
# may be given.
sub new
{
	my ($class, $name, @configuration) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	my $port = PostgreSQL::Test::Cluster::get_free_port();

	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf',
		join("\n", "shared_preload_libraries = 'dynamo'",
			"dynamo.port = $port", "dynamo.workers = 2", @configuration, ''));
	return bless {
		node => $node,
		port => $port,
		http => HTTP::Tiny->new(timeout => 30)
	}, $class;
}

sub node { return $_[0]->{node}; }
sub port { return $_[0]->{port}; }

# Starts the server, creates the extension and waits for the endpoint.
sub start
{
	my ($self) = @_;

	$self->node->start;
	$self->node->safe_psql('postgres', 'CREATE EXTENSION IF NOT EXISTS dynamo');
	return $self->wait_ready;
}

# Waits until the endpoint answers; false if it does not.
sub wait_ready
{
	my ($self) = @_;

	for (my $end = time() + 60; time() < $end; sleep(0.05))
	{
		return 1 if $self->health->{status} == 200;
	}
	return 0;
}

sub url
{
	my ($self, $path) = @_;

	return "http://127.0.0.1:$self->{port}" . ($path // '/');
}

sub health
{
	my ($self) = @_;

	return $self->{http}->get($self->url);
}

# Sends a request as it stands: the client's response, its content decoded as
# "json" where it is that.
sub post
{
	my ($self, $content, %headers) = @_;
	my $response = $self->{http}->post($self->url,
		{ content => $content, headers => { 'content-type' => $CONTENT_TYPE, %headers } });

	$response->{json} = eval { decode_json($response->{content}) };
	return $response;
}

# Calls an operation: the status, and the content decoded.
sub call
{
	my ($self, $operation, $request) = @_;
	my $response = $self->post(ref $request ? encode_json($request) : $request,
		'x-amz-target' => "$PREFIX.$operation");

	return ($response->{status}, $response->{json});
}

# A table with partition key "id" of type S.
sub create_table
{
	my ($self, $name) = @_;

	return $self->call('CreateTable', {
		TableName => $name,
		AttributeDefinitions => [ { AttributeName => 'id', AttributeType => 'S' } ],
		KeySchema => [ { AttributeName => 'id', KeyType => 'HASH' } ],
		BillingMode => 'PAY_PER_REQUEST'
	});
}

# The bytes of a request, with headers added or (undef) left out.
sub request_bytes
{
	my ($operation, $content, %headers) = @_;
	my %all = (
		'Host' => 'localhost',
		'Content-Type' => $CONTENT_TYPE,
		'X-Amz-Target' => "$PREFIX.$operation",
		'Content-Length' => length($content),
		%headers);

	return join("\r\n", 'POST / HTTP/1.1',
		(map { "$_: $all{$_}" } grep { defined $all{$_} } sort keys %all), '', $content);
}

sub connect
{
	my ($self) = @_;

	return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 30)
	  // die "could not connect: $@";
}

# Sends the pieces with a pause between them and reads until $answers have come
# or the connection is closed: what came, and whether it was closed.  Unless
# told otherwise, waits for ever in terms of a test.
sub exchange
{
	my ($self, $socket, $pieces, $answers, $pause) = @_;

	foreach my $piece (ref $pieces ? @$pieces : $pieces)
	{
		last unless write_all($socket, $piece);
		sleep($pause) if $pause;
	}
	return read_answers($socket, $answers);
}

# False if the peer has closed the connection.
sub write_all
{
	my ($socket, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';

	for (my $done = 0; $done < length($bytes);)
	{
		my $written = syswrite($socket, $bytes, length($bytes) - $done, $done);

		return 0 unless defined $written;
		$done += $written;
	}
	return 1;
}

sub read_answers
{
	my ($socket, $answers) = @_;
	my $select = IO::Select->new($socket);
	my $bytes = '';

	while (count_answers($bytes) < $answers)
	{
		$select->can_read($PostgreSQL::Test::Utils::timeout_default)
		  or die "no answer in time after: $bytes";
		sysread($socket, $bytes, 65536, length($bytes)) or return ($bytes, 1);
	}
	return ($bytes, 0);
}

# How many complete answers the bytes hold.
sub count_answers
{
	return scalar split_answers(@_);
}

# The complete answers, each as [status, body]; 100 Continue is not counted.
sub split_answers
{
	my ($bytes) = @_;
	my @answers;

	while ($bytes =~ m{\AHTTP/1\.1 (\d+) [^\r]*((?:\r\n[^\r]+)*)\r\n\r\n})
	{
		my ($status, $headers, $end) = ($1, $2, $+[0]);
		my ($length) = $headers =~ m/^Content-Length: (\d+)/mi;

		last if length($bytes) < $end + ($length // 0);
		push @answers, [ $status, substr($bytes, $end, $length // 0) ] if $status != 100;
		$bytes = substr($bytes, $end + ($length // 0));
	}
	return @answers;
}

# The process ids of the workers, and all the ids once there are that many.
sub workers
{
	my ($self) = @_;

	return sort { $a <=> $b } split(/\n/, $self->node->safe_psql('postgres',
		"SELECT pid FROM pg_stat_activity WHERE backend_type = 'dynamo http worker'"));
}

sub wait_workers
{
	my ($self, $count) = @_;

	return $self->node->poll_query_until('postgres',
		"SELECT count(*) = $count FROM pg_stat_activity WHERE backend_type = 'dynamo http worker'");
}

1;
