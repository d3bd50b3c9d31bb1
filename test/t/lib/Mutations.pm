
# Random damage to bytes and texts.  srand() makes it repeatable.

package Mutations;

use strict;
use warnings;

use Exporter 'import';

our @EXPORT = qw(chance pick span random_bytes flip set_byte shift_byte truncate_bytes extend remove duplicate insert
  splice_bytes cross text_piece nest_text);

sub chance { return rand() < $_[0] }
sub pick { return $_[ int(rand(@_)) ] }

# A place in the bytes and a length that fits there.
sub span
{
	my ($bytes, $longest) = @_;
	my $place = int(rand(length($bytes) + 1));
	my $length = int(rand($longest + 1));

	$length = length($bytes) - $place if $place + $length > length($bytes);
	return ($place, $length);
}

sub random_bytes { return join('', map { chr(int(rand(256))) } 1 .. 1 + int(rand($_[0]))) }

sub flip
{
	my ($bytes) = @_;

	substr($bytes, int(rand(length($bytes))), 1) ^= chr(1 << int(rand(8))) if length($bytes);
	return $bytes;
}

sub set_byte
{
	my ($bytes) = @_;

	substr($bytes, int(rand(length($bytes))), 1) = chr(int(rand(256))) if length($bytes);
	return $bytes;
}

# Adds a little to a byte, or takes it away: lengths and digits that nearly fit.
sub shift_byte
{
	my ($bytes) = @_;
	my $place = int(rand(length($bytes) || 1));

	substr($bytes, $place, 1) = chr((ord(substr($bytes, $place, 1)) + pick(-2, -1, 1, 2)) % 256) if length($bytes);
	return $bytes;
}

sub truncate_bytes { return substr($_[0], 0, int(rand(length($_[0])))) }
sub extend { return $_[0] . random_bytes(8) }

sub remove
{
	my ($bytes) = @_;
	my ($place, $length) = span($bytes, 16);

	substr($bytes, $place, $length) = '';
	return $bytes;
}

sub duplicate
{
	my ($bytes) = @_;
	my ($place, $length) = span($bytes, 64);

	substr($bytes, $place, 0) = substr($bytes, $place, $length) x pick(1, 1, 1, 2, 40);
	return $bytes;
}

sub insert
{
	my ($bytes, $what) = @_;

	substr($bytes, int(rand(length($bytes) + 1)), 0) = $what;
	return $bytes;
}

# A part of another item in the place of a part of this.
sub splice_bytes
{
	my ($bytes, $other) = @_;
	my ($place, $length) = span($bytes, 32);
	my ($from, $taken) = span($other, 32);

	substr($bytes, $place, $length) = substr($other, $from, $taken);
	return $bytes;
}

# The start of one and the end of the other.
sub cross
{
	my ($bytes, $other) = @_;

	return substr($bytes, 0, int(rand(length($bytes) + 1))) . substr($other, int(rand(length($other) + 1)));
}

# Pieces of text that a parser may trip over.
sub text_piece
{
	return pick('{', '}', '[', ']', ':', ',', '"', '\\', ' ', 'null', 'true', 'false', '""', '{}', '[]', "\0", "\x7f", "\x1f", "\n",
		'\u0000', '\u0001', '\ud83d', '\ude00', '\ud83d\ude00', '\ude00\ud83d', '\ud83d\u0041', '\u12', '\uZZZZ', '\x41', '\"', '\\\\', '\/', '\b',
		"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x28\xa1", "\xc3", "\xef\xbb\xbf", "\xf0\x9f\x98\x80",
		'9' x 37, '9' x 40, '9' x 2000, '1e125', '1e126', '1e-130', '1e-131', '1e99999999999999999999', '-', '+', '.', 'e', 'E-', '1e', '0x1',
		'{"S":"x"}', '{"N":"1"}', '{"NS":["1","1.0"]}', '{"NULL":false}', '{"BOOL":"true"}', '{"B":"A"}', '{"B":"AAE="}', '{"B":"====" }', '{"M":{}}', '{"L":[]}',
		'"a":{"S":"again"},', '"":{"S":"x"},', '"S":"x",', '"N":null,', '{"S":', '{"L":[', '{"M":{"a":', '/*', '//', 'NaN', 'Infinity');
}

sub nest_text
{
	my ($text) = @_;
	my $depth = pick(1, 2, 29, 30, 31, 32, 33, 100, 127, 128, 129, 255, 256, 257, chance(0.1) ? 20000 : 300);
	my ($open, $close) = @{ pick([ '{"L":[', ']}' ], [ '{"M":{"a":', '}}' ], [ '[', ']' ], [ '{"a":', '}' ], [ '{"L":[{"M":{"a":', '}}]}' ]) };

	return insert($text, ($open x $depth) . (chance(0.2) ? '' : '{"S":"x"}') . ($close x ($depth - (chance(0.1) ? 1 : 0))));
}

1;
