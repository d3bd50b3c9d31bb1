# Damaged items: text and binary input, each of which is refused with an
# expected error or gives an item that reads back as itself.  The server lives.
#
# DYNAMO_FUZZ	mutations of each kind (60000)
# DYNAMO_FUZZ_SEED	seed (1)
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib "$FindBin::Bin/lib";
use Mutations;
use WireProtocol;

my $mutations = $ENV{DYNAMO_FUZZ} || 60000;
my $seed = $ENV{DYNAMO_FUZZ_SEED} || 1;
my $batch = 50;
my $expected_error = qr/^(22|DY|54)/;

my $node = PostgreSQL::Test::Cluster->new('fuzz');
$node->init;
$node->append_conf('postgresql.conf', "log_min_messages = fatal\nlog_min_error_statement = fatal");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');

note "seed $seed, $mutations mutations of each kind";
srand($seed);

# ---- mutations ----

# Other integers where the directory of a container may stand.
sub set_integer
{
	my ($bytes) = @_;
	my $integer = chance(0.7) ? pack('v', pick(0, 1, 2, 3, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, length($bytes)))
	  : pack('V', pick(0, 1, 0xFFFF, 0x10000, 0x3FFFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFC));

	return $bytes if length($bytes) < 8;
	substr($bytes, int(rand(length($bytes) - 4)), length($integer)) = $integer;
	return $bytes;
}

# A map around the item's map, with all lengths right; or a list in it.
sub wrap_binary
{
	my ($bytes) = @_;
	my $value = substr($bytes, 1);

	for (1 .. pick(1, 2, 5, 29, 30, 31, 32, 33, 40, 300))
	{
		last if length($value) > 60000;
		$value = chance(0.5) ? pack('Cvva*', 8, 1, length($value), $value) : pack('Cvvva*', 7, 1, 1, 1 + length($value), 'w' . $value);
	}
	return "\1" . ($value =~ /^\x07/ ? $value : pack('Cvvva*', 7, 1, 1, 1 + length($value), 'w' . $value));
}

# A set or number of random bytes, well framed.
sub random_leaf
{
	my $leaf = chance(0.5) ? "\2" . number_bytes()
	  : chance(0.5) ? "\1" . random_bytes(6)
	  : do
	{
		my @elements = map { chance(0.7) ? number_bytes() : random_bytes(3) } 1 .. pick(0, 1, 2, 3);
		my $offset = 0;

		@elements = sort @elements if chance(0.8);
		pack('Cv*', pick(9, 10, 11), scalar(@elements), map { $offset += length } @elements) . join('', @elements);
	};

	return "\1" . pack('Cvvva*', 7, 1, 1, 1 + length($leaf), 'w' . $leaf);
}

sub number_bytes
{
	my $sign = pick(1, 3, 3, 2, int(rand(5)));
	my @digits = map { int(rand(102)) } 1 .. pick(0, 1, 1, 2, 3, 18, 19, 20, 21);

	return pack('C*', $sign, pick(63, 64, 65, 0, 1, 127, 128, int(rand(256))), @digits, $sign == 1 && chance(0.8) ? 255 : ());
}

# The whole value of an attribute anew.
sub nest_whole
{
	my $depth = pick(1, 5, 29, 30, 31, 32, 33, 60);

	return '{"a":' . join('', ('{"L":[') x $depth) . '{"S":"x"}' . (']}' x $depth) . '}';
}

# A number's text in the place of one.
sub set_number
{
	my ($text) = @_;
	my $number = join('', map { pick(0 .. 9, '.', 'e', '-', '+') } 1 .. pick(1, 2, 3, 5, 40));

	$text =~ s/("N":")[^"]*/$1$number/;
	return $text;
}

my @text_mutations = (
	\&flip, \&set_byte, \&shift_byte, \&truncate_bytes, \&extend, \&remove, \&duplicate, \&duplicate, \&splice_bytes, \&cross, \&nest_text, \&nest_whole, \&set_number,
	(sub { insert($_[0], text_piece()) }) x 4,
	# a value for a value, so that the JSON often stays sound
	sub { my ($text) = @_; my $piece = text_piece(); $text =~ s/\{"\w+":("[^"]*"|\w+)\}/$piece/; $text });
my @binary_mutations = (
	(\&flip) x 3, \&set_byte, (\&shift_byte) x 3, \&truncate_bytes, \&extend, \&remove, \&duplicate, \&splice_bytes, \&cross, (\&set_integer) x 3,
	\&wrap_binary, (\&random_leaf) x 2, sub { random_bytes(40) });

# One to a few mutations of an item; the first of them counts most.
sub mutate
{
	my ($corpus, $kinds) = @_;
	my $bytes = pick(@$corpus);

	for (1 .. pick(1, 1, 1, 1, 2, 3, 6))
	{
		$bytes = pick(@$kinds)->($bytes, pick(@$corpus));
	}
	return $bytes;
}

# ---- the items ----

my @texts = (
	'{}',
	'{"a":{"S":"x"}}',
	'{"a":{"S":""},"b":{"B":""},"c":{"L":[]},"d":{"M":{}}}',
	'{"id":{"N":"1"},"n":{"N":"-12.5"},"z":{"N":"0"},"big":{"N":"12345678901234567890123456789012345678"}}',
	'{"n":{"N":"1e125"},"m":{"N":"-1e-130"},"k":{"N":"9.9999999999999999999999999999999999999E+125"},"l":{"N":"-0.012345678901234567890123456789012345678"}}',
	'{"b":{"B":"AAECAwQ="},"t":{"BOOL":true},"f":{"BOOL":false},"u":{"NULL":true}}',
	'{"ss":{"SS":["a","b","ab",""]},"ns":{"NS":["1","-2","3.5","1e20"]},"bs":{"BS":["AA==","AAE=","/w=="]}}',
	'{"l":{"L":[{"S":"x"},{"N":"2"},{"L":[{"M":{"k":{"S":"v"}}}]},{"NULL":true}]}}',
	'{"m":{"M":{"a":{"M":{"b":{"M":{"c":{"L":[{"SS":["deep"]}]}}}}},"z":{"BOOL":true}}}}',
	"{\"\xc3\xa9\xf0\x9f\x98\x80\":{\"S\":\"\xe6\x97\xa5\xe6\x9c\xac\xf4\x8f\xbf\xbf\"},\"\\u00e9\\n\\\"\":{\"S\":\"\\ud83d\\ude00\\b\\\\ \\/\x7f\"}}",
	'{' . join(',', map { "\"attribute$_\":{\"S\":\"value $_\"}" } 1 .. 20) . '}',
	'{"a":' . ('{"L":[' x 31) . ']}' x 31 . '}',
	'{"a":' . ('{"M":{"a":' x 30) . '{"NS":["1","2"]}' . '}}' x 30 . '}',
	'{"s":{"S":"' . 'long ' x 400 . '"}}');

my $connection = WireProtocol->new($node, 'postgres');
my $item_oid = $node->safe_psql('postgres', q{SELECT 'dynamo.item'::regtype::oid});
my @binaries = map { pack('H*', $node->safe_psql('postgres', q{SELECT encode(dynamo.item_send($q$} . $_ . q{$q$), 'hex')})) } @texts;

# What passes 65,535 bytes has wider integers; seldom, as it takes long.
my $wide = pack('H*', $node->safe_psql('postgres', q{SELECT encode(dynamo.item_send(json_build_object(
	'l', json_build_object('S', repeat('x', 66000)), 'm', json_build_object('M', json_build_object('k', json_build_object('NULL', true))))::text::dynamo.item), 'hex')}));

# Whether an item that was taken is sound: both ways back give it, and it can
# be read all through.  The binary form must be that of the text.
my $sound = q{SELECT CASE WHEN item::text::dynamo.item = item AND item::text::dynamo.item::text = item::text
	AND item::jsonb::dynamo.item = item AND dynamo.item_send(item::text::dynamo.item) = dynamo.item_send(item)
	AND dynamo.item_hash(item::text::dynamo.item) = dynamo.item_hash(item)
	AND dynamo.item_size(item) BETWEEN 0 AND 409600 AND dynamo.to_json(item) IS NOT NULL
	AND (SELECT count(*) = (SELECT count(*) FROM jsonb_object_keys(item::jsonb)) FROM dynamo.attributes(item))
	THEN 'sound' ELSE item::text END FROM (SELECT $1 AS item) i};
$connection->prepare('sound', $sound, $item_oid);

# ---- the run ----

# Counts the outcomes of a batch of mutations; reports what is unexpected.
sub run_batch
{
	my ($format, $count, @mutated) = @_;
	my $unexpected = 0;

	$connection->write_all(join('', map { WireProtocol::execution('sound', $format, $_) } @mutated));
	for my $bytes (@mutated)
	{
		my ($kind, $value) = $connection->outcome;

		if (!defined $kind)
		{
			diag('the server hung up at one of: ' . join(' ', map { unpack('H*', $_) } @mutated));
			die 'the server crashed';
		}
		if ($kind eq 'row' ? $value eq 'sound' : $kind eq 'error' && $value =~ $expected_error)
		{
			$count->{ $kind eq 'row' ? 'taken' : $value }++;
			next;
		}
		$unexpected++;
		diag("$kind $value: " . unpack('H*', $bytes));
	}
	return $unexpected;
}

sub fuzz
{
	my ($what, $format, $corpus, $kinds) = @_;
	my %count;
	my $unexpected = 0;

	for (my $done = 0; $done < $mutations; $done += $batch)
	{
		my @mutated = map { mutate($corpus, $kinds) } 1 .. $batch;

		$mutated[0] = pick(@$kinds)->($wide, pick(@$corpus)) if $format == 1;
		$unexpected += run_batch($format, \%count, @mutated);
	}
	note "$what: " . join(', ', map { "$_ $count{$_}" } sort keys %count);
	is($unexpected, 0, "$what: $mutations mutations");
	cmp_ok($count{taken} // 0, '>', $mutations / 100, "$what: some are items still");
	cmp_ok(scalar(grep { /$expected_error/ } keys %count), '>', 0, "$what: some are refused");
	return;
}

my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
is(run_batch(0, {}, @texts), 0, 'the items themselves are taken as text');
is(run_batch(1, {}, @binaries, $wide), 0, 'and as binary');
fuzz('text', 0, \@texts, \@text_mutations);
fuzz('binary', 1, \@binaries, \@binary_mutations);
is($node->safe_psql('postgres', q{SELECT '{"a":{"N":"1.0"}}'::dynamo.item}), '{"a":{"N":"1"}}', 'the server lives');
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started, 'and is the one that was started');

$node->stop;
done_testing();
