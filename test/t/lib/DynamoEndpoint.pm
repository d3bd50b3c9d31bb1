
# A server with the HTTP endpoint, and clients of it, for the TAP tests.

package DynamoEndpoint;

use strict;
use warnings;

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
	return bless { node => $node, port => $port }, $class;
}

# A standby of a server that is at work, which has an endpoint of its own; not started.
sub new_standby
{
	my ($primary) = @_;
	my $node = PostgreSQL::Test::Cluster->new('standby');
	my $port = PostgreSQL::Test::Cluster::get_free_port();

	$primary->node->append_conf('pg_hba.conf', 'local replication all trust');
	$primary->node->reload;
	$primary->node->backup('copy');
	$node->init_from_backup($primary->node, 'copy', has_streaming => 1);
	$node->append_conf('postgresql.conf', "dynamo.port = $port");
	return bless { node => $node, port => $port }, ref $primary;
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

sub health
{
	my ($self) = @_;

	return $self->request('GET', '/', '', 'Content-Type' => undef);
}

# Sends a request on the connection that is kept for this: status (0: no
# answer), headers with names in lower case, content, and the content decoded
# as "json" where it is that.
sub request
{
	my ($self, $method, $path, $content, %headers) = @_;
	my $bytes = request_bytes($method, $path, $content, %headers);
	my $answer = $self->ask($bytes) // $self->ask($bytes);

	return { status => 0, headers => {}, content => '' } unless defined $answer;

	my ($status, $lines, $body) = @$answer;

	return {
		status => $status,
		headers => { map { m/^([^:]+): (.*)/ ? (lc $1 => $2) : () } split(/\r\n/, $lines) },
		content => $body,
		json => eval { decode_json($body) }
	};
}

# One answer, or undef if the connection is closed or there is none; it is then
# forgotten.
sub ask
{
	my ($self, $bytes) = @_;

	$self->{socket} //= eval { $self->connect } // return undef;

	my ($got, $closed) = exchange($self->{socket}, $bytes, 1, $bytes =~ m/^HEAD/);
	my ($answer) = split_answers($got, $bytes =~ m/^HEAD/);

	delete $self->{socket} if $closed;
	return $answer;
}

# A POST of JSON, as operations are called.
sub post
{
	my ($self, $content, %headers) = @_;

	return $self->request('POST', '/', $content, %headers);
}

# Calls an operation: the status, and the content decoded.
sub call
{
	my ($self, $operation, $request) = @_;
	my $response = $self->post(ref $request ? encode_json($request) : $request,
		'X-Amz-Target' => "$PREFIX.$operation");

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
	my ($method, $path, $content, %headers) = @_;
	my %all = (
		'Host' => 'localhost',
		'Content-Type' => $CONTENT_TYPE,
		'Content-Length' => length($content),
		%headers);

	return join("\r\n", "$method $path HTTP/1.1",
		(map { "$_: $all{$_}" } grep { defined $all{$_} } sort keys %all), '', $content);
}

# The same for an operation.
sub operation_bytes
{
	my ($operation, $content, %headers) = @_;

	return request_bytes('POST', '/', $content, 'X-Amz-Target' => "$PREFIX.$operation", %headers);
}

sub connect
{
	my ($self) = @_;

	return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 30)
	  // die "could not connect: $@";
}

# Sends bytes and reads until so many answers have come or the connection is
# closed: what came, and whether it was closed.
sub exchange
{
	my ($socket, $bytes, $answers, $head) = @_;

	write_all($socket, $bytes);
	return read_answers($socket, $answers, $head);
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

# What comes until there are so many answers, and whether the connection was
# closed before.  Answers to HEAD have no body.
sub read_answers
{
	my ($socket, $answers, $head) = @_;
	my $select = IO::Select->new($socket);
	my $bytes = '';

	while (split_answers($bytes, $head) < $answers)
	{
		$select->can_read($PostgreSQL::Test::Utils::timeout_default)
		  or die "no answer in time after: $bytes";
		sysread($socket, $bytes, 65536, length($bytes)) or return ($bytes, 1);
	}
	return ($bytes, 0);
}

# The complete answers, each as [status, headers, body]; 100 Continue is not
# counted.
sub split_answers
{
	my ($bytes, $head) = @_;
	my @answers;

	while ($bytes =~ m{\AHTTP/1\.1 (\d+) [^\r]*((?:\r\n[^\r]+)*)\r\n\r\n})
	{
		my ($status, $headers, $end) = ($1, $2, $+[0]);
		my $length = !$head && $headers =~ m/^Content-Length: (\d+)/mi ? $1 : 0;

		last if length($bytes) < $end + $length;
		push @answers, [ $status, $headers, substr($bytes, $end, $length) ] if $status != 100;
		$bytes = substr($bytes, $end + $length);
	}
	return @answers;
}

# The process ids of the workers.
sub workers
{
	my ($self) = @_;
	my @pids = split(/\n/, $self->node->safe_psql('postgres',
			"SELECT pid FROM pg_stat_activity WHERE backend_type = 'dynamo http worker' ORDER BY pid"));

	return @pids;
}

# Waits until there are so many.
sub wait_workers
{
	my ($self, $count) = @_;

	return $self->node->poll_query_until('postgres',
		"SELECT count(*) = $count FROM pg_stat_activity WHERE backend_type = 'dynamo http worker'");
}

1;
