
# A connection that speaks PostgreSQL's protocol itself: prepared statements
# with parameters of any bytes, text or binary, and many executions on the way
# at once.

package WireProtocol;

use strict;
use warnings;

use IO::Socket::UNIX;
use PostgreSQL::Test::Utils;

# A connection of the node's user.  A generic plan, as a custom one would run
# functions while it is bound: what fails then must be the input alone.
# Further options of the backend may be given.
sub new
{
	my ($class, $node, $database, @options) = @_;
	my $user = $node->safe_psql('postgres', 'SELECT current_user');
	my $socket = IO::Socket::UNIX->new(Peer => $node->host . '/.s.PGSQL.' . $node->port) or die "connect: $!";
	my $self = bless { socket => $socket, unread => '' }, $class;
	my $options = join(' ', map { "-c $_" } 'plan_cache_mode=force_generic_plan', @options);
	my $startup = pack('N', 196608)
	  . join("\0", 'user', $user, 'database', $database, 'client_encoding', 'UTF8', 'options', $options, '', '');

	$socket->blocking(0);
	$self->write_all(pack('N', length($startup) + 4) . $startup);
	$self->wait_until_ready;
	return $self;
}

sub message
{
	my ($type, $body) = @_;

	return $type . pack('N', length($body) + 4) . $body;
}

# Takes in what the server has written; false if it hung up.
sub receive { return sysread($_[0]->{socket}, $_[0]->{unread}, 1 << 16, length($_[0]->{unread})) }

# Waits until the socket can be read, or else written if asked to; returns
# whether it can be read.
sub wait_for_socket
{
	my ($self, $to_write) = @_;
	my $read = '';
	my $write = '';

	vec($read, fileno($self->{socket}), 1) = 1;
	vec($write, fileno($self->{socket}), 1) = 1 if $to_write;
	select($read, $write, undef, $PostgreSQL::Test::Utils::timeout_default) or die 'the server hangs';
	return vec($read, fileno($self->{socket}), 1);
}

# The next message as type and body; nothing if the server hung up.
sub read_message
{
	my ($self) = @_;

	for (;;)
	{
		if (length($self->{unread}) >= 5)
		{
			my ($type, $length) = unpack('aN', $self->{unread});

			if (length($self->{unread}) > $length)
			{
				my $body = substr($self->{unread}, 5, $length - 4);

				substr($self->{unread}, 0, $length + 1) = '';
				return ($type, $body);
			}
		}
		$self->wait_for_socket(0);
		$self->receive or return;
	}
}

# Reads meanwhile: the server may not take more until its answers are taken.
sub write_all
{
	my ($self, $bytes) = @_;
	my $written = 0;

	local $SIG{PIPE} = 'IGNORE';
	while ($written < length($bytes))
	{
		if ($self->wait_for_socket(1))
		{
			$self->receive or return;
		}
		$written += syswrite($self->{socket}, $bytes, length($bytes) - $written, $written) // 0;
	}
	return;
}

sub wait_until_ready
{
	my ($self) = @_;

	while (my ($type, $body) = $self->read_message)
	{
		die "unexpected error: $body" if $type eq 'E';
		return if $type eq 'Z';
	}
	die 'the server hung up';
}

# Prepares a statement with parameters of these types (OIDs).
sub prepare
{
	my ($self, $name, $query, @types) = @_;

	$self->write_all(message('P', "$name\0$query\0" . pack('nN*', scalar(@types), @types)) . message('S', ''));
	$self->wait_until_ready;
	return;
}

# The execution of a prepared statement, in a transaction of its own; format 1
# means that the parameters are binary.
sub execution
{
	my ($name, $format, @parameters) = @_;
	my $bound = pack('nnn', 1, $format, scalar(@parameters)) . join('', map { pack('N/a*', $_) } @parameters);

	return message('B', "\0$name\0$bound" . pack('n', 0)) . message('E', "\0" . pack('N', 0)) . message('S', '');
}

# What came of one execution: ('row', first column), ('error', SQLSTATE,
# message) of the input, or ('late error', SQLSTATE, message) once that was
# taken; nothing if the server hung up.
sub outcome
{
	my ($self) = @_;
	my @result;
	my $error = 'error';

	while (my ($type, $body) = $self->read_message)
	{
		return @result if $type eq 'Z';
		@result = ('row', unpack('x2 N/a', $body)) if $type eq 'D';
		$error = 'late error' if $type eq '2';
		@result = ($error, map { $body =~ /(?:^|\0)$_([^\0]*)/ ? $1 : '' } 'C', 'M') if $type eq 'E';
	}
	return;
}

1;
