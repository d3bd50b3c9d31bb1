
# Random requests around an expression of any kind, sound or damaged.

package ExpressionFuzz;

use strict;
use warnings;
no warnings q(qw);		# placeholders of names begin with #

use Exporter 'import';
use Mutations;

our @EXPORT = qw(random_expression_request json_string random_value random_key);

my $MAX_SIZE = 4096;

# Sound expressions; placeholders are defined by what request() finds.
my @conditions = (
	's = :s', 'n < :n', 'n <> n2', ':n >= n', '#s = :s AND #n BETWEEN :n AND :n2', 'n IN (:n, :n2, :s, n2)', 'NOT s = :s',
	'(s = :s OR n > :n) AND NOT (n < :n2 OR s <> :s)', 'attribute_exists(m.k) OR attribute_not_exists(l[3])',
	'attribute_type(x, :type) AND size(l) > :n', 'begins_with(s, :s) AND contains(ss, :s)', 'contains(l, :n) OR contains(s, :s)',
	'size(m.deep.l[0]) = size(:l)', 'm.l[1].k[0] = :m AND #m.#k = :s', ':s = :s', 'm = :m OR l = :l OR ss = :ss OR bs = :bs OR t = :t',
	'NOT NOT attribute_exists(p)', 'n BETWEEN n AND n2 AND s BETWEEN :s AND :s2', 'p = :p AND r = :r', '((s = :s))',
	'size(b) > :n AND size(ss) > :n AND size(m) > :n', 'size(n) = :n', 'begins_with(:s, s)', 's IN (size(l), :n)', 'attribute_type(s, :s)',
	'contains(bs, :b) and begins_with(b, :b) or not size(b)<:n');
my @key_conditions = (
	'p = :p', 'p = :p AND r = :r', 'p = :p AND r < :r', 'p = :p AND r >= :r', 'p = :p AND r BETWEEN :r AND :r2', 'r > :r AND p = :p',
	'#p = :p AND (#r <= :r)', '(p = :p) AND (r = :r)', ':p = p', 'p = :p AND begins_with(r, :s)', 'p = :p AND n = :n', 'p = :p AND p = :p',
	':p = p AND :r < r', ':p = p AND :r <= r', ':p = p AND :r > r', ':p = p AND :r >= r', 'p = :p AND r <> :r', 'p = :p OR r = :r', 'p = :p AND contains(r, :s)',
	'p = :p AND r BETWEEN :r2 AND :r', 'p = :p AND :r BETWEEN r AND :r2', 'p = :p AND r = :r AND n = :n', 'p.k = :p', 'p = r');
my @projections = (
	'p', 'p, r', 's, n, l', 'm.k', 'l[0]', 'l[1], l[0], l[12]', 'm.deep.l[0].x, m.k, #s', '#m.#k[0][1]', 's,n , m . k', 'l[0].a[1].b',
	join(', ', map { "a$_" } 1 .. 60));
my @updates = (
	'SET s = :s', 'SET n = n + :n', 'SET n = :n - n2, s = s2', 'SET l = list_append(l, :l)', 'SET l = list_append(:l, l) REMOVE l2[0]',
	'SET x = if_not_exists(x, :n) + :n', 'SET #s = :s, m.k = :m, l[1] = :n, l[99] = :s', 'REMOVE s, l[0], m.k, #n', 'ADD n :n, ss :ss, ns :ns',
	'DELETE ss :ss, bs :bs', 'SET a = :s REMOVE b ADD c :n DELETE ss :ss', 'SET m.deep.l[0].x = list_append(if_not_exists(q, :l), :l)',
	'set new.x = :s', 'SET l[0] = l[1], l[1] = l[0]', 'SET p = :s', 'ADD m.n :n', 'SET m = :m REMOVE m.k', 'SET p.k = :s', 'REMOVE r[0]', 'ADD ns :ns DELETE bs :bs',
	'SET l = list_append(:s, l)', 'SET m.deep.l[0].x = m, m.k = l', 'SET n = n + s', 'ADD ss :n', 'DELETE n :ss', 'DELETE ss :ns', 'SET n = if_not_exists(n, :n) - if_not_exists(n2, :n)');

# Which parameter an expression is, what it is grown from, and the operations
# that take it.
my %kinds = (
	ProjectionExpression => [ \@projections, qw(GetItem Query Scan BatchGetItem) ],
	KeyConditionExpression => [ \@key_conditions, qw(Query) ],
	FilterExpression => [ \@conditions, qw(Scan Query) ],
	ConditionExpression => [ \@conditions, qw(PutItem UpdateItem DeleteItem) ],
	UpdateExpression => [ \@updates, qw(UpdateItem) ]);
my @kind_names = sort keys %kinds;

my @tokens = (
	qw(s n l m p r x ss ns bs b t n2 m.k l[0] l[1] m.deep.l[0].x #s #n #m #k :s :n :l :m :ss :b :type :p :r a a.b), 'size', 'name', 'SELECT', 'item',
	'(', ')', '(', ')', '[', ']', ',', ',', '.', '+', '-', '=', '<>', '<', '<=', '>', '>=', ' ', qw(0 1 00 12 99 4294967295 4294967296 99999999999999999999),
	qw(AND OR NOT BETWEEN IN and Or nOt SET REMOVE ADD DELETE set Add), qw(attribute_exists attribute_not_exists attribute_type begins_with contains size
	if_not_exists list_append Size unknown_function), '#', ':', '##', '::', '#é', 'é', '_a', '1a', '"', "'", '\\', '/*', '--', ';', '@', '$', '!', '%', '{', '}', '*',
	"\t", "\n", "\r", "\x01", "\x7f", "\0", "\xff", "\xc3", "\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98\x80", "\xc0\x80", 'NaN', 'null', 'true');

my @values = (
	'{"S":"a"}', '{"S":"abc"}', '{"S":""}', '{"N":"0"}', '{"N":"1"}', '{"N":"-3.5"}', '{"N":"1e125"}', '{"N":"-1e-130"}', '{"N":"99999999999999999999999999999999999999"}',
	'{"B":"AAE="}', '{"B":""}', '{"BOOL":true}', '{"NULL":true}', '{"SS":["a","b"]}', '{"NS":["1","2.5"]}', '{"BS":["AA==","AAE="]}', '{"L":[]}',
	'{"L":[{"S":"a"},{"N":"1"},{"M":{"k":{"L":[{"N":"1"}]}}}]}', '{"M":{}}', '{"M":{"k":{"S":"a"},"n":{"N":"1"}}}', '{"S":"S"}', '{"S":"SS"}');
my @names = ('s', 'n', 'm', 'l', 'k', 'p', 'r', 'ss', 'x', 'a.b', 'a b', "\xc3\xa9", 'missing', '', 'size', 'l[0]');

# What a placeholder is when nothing is to go wrong with it.
my %usual = (
	':s' => '{"S":"a"}', ':s2' => '{"S":"b"}', ':n' => '{"N":"1"}', ':n2' => '{"N":"20"}', ':l' => '{"L":[{"N":"1"},{"S":"x"}]}', ':m' => '{"M":{"k":{"S":"v"}}}',
	':ss' => '{"SS":["a","b"]}', ':ns' => '{"NS":["1","2"]}', ':bs' => '{"BS":["AA==","AAE="]}', ':b' => '{"B":"AAE="}', ':t' => '{"BOOL":true}', ':type' => '{"S":"N"}',
	':p' => '{"S":"k1"}', ':r' => '{"N":"3"}', ':r2' => '{"N":"7"}');

# A JSON string of these bytes; controls are escaped, or hardly ever not.
sub json_string
{
	my ($bytes) = @_;

	$bytes =~ s/(["\\])/\\$1/g;
	$bytes =~ s/([\x00-\x1f])/sprintf('\\u%04x', ord($1))/ge unless chance(0.02);
	return "\"$bytes\"";
}

sub random_value
{
	my $depth = pick(1, 10, 29, 30, 31, 32);

	return pick('{"L":[' x $depth . ']}' x $depth, '{"M":{"k":' x $depth . '{"N":"1"}' . '}}' x $depth) if chance(0.02);
	return '{"' . pick('S', 'B') . '":"' . 'A' x pick(40000, 200000, 409600) . '"}' if chance(0.001);
	return pick(@values);
}

sub random_key { return '{"p":{"S":"k' . int(rand(5)) . '"},"r":{"N":"' . int(rand(10)) . '"}}' }

sub split_tokens { return $_[0] =~ /([A-Za-z]\w*|[#:]\w+|\d+|<>|<=|>=|\s+|[\x80-\xff]+|.)/gs }

# ---- damage by tokens ----

sub mutate_tokens
{
	my ($text, $other) = @_;
	my @parts = split_tokens($text);

	for (1 .. pick(1, 1, 1, 2, 3, 8))
	{
		my $place = int(rand(@parts + 1));
		my $kind = int(rand(6));

		if ($kind == 0) { splice(@parts, $place, pick(1, 1, 2, 4)) }
		elsif ($kind == 1) { splice(@parts, $place, 0, (splice(@{ [@parts] }, $place, pick(1, 3, 8))) x pick(1, 1, 2, 30)) }
		elsif ($kind == 2) { splice(@parts, $place, 0, ' ', pick(@tokens), ' ') }
		elsif ($kind == 3) { splice(@parts, $place, 1, pick(@tokens)) }
		elsif ($kind == 4 && @parts) { @parts[ $place % @parts, -1 - $place % @parts ] = @parts[ -1 - $place % @parts, $place % @parts ] }
		else { my @others = split_tokens($other); splice(@parts, $place, pick(0, 2, 9), splice(@others, int(rand(@others)), 1 + int(rand(12)))) }
	}
	return join('', @parts);
}

my @byte_mutations = (\&flip, \&set_byte, \&shift_byte, \&truncate_bytes, \&extend, \&remove, \&duplicate, \&splice_bytes, \&cross, sub { insert($_[0], pick(@tokens)) });

sub mutate_bytes
{
	my ($text, $other) = @_;

	$text = pick(@byte_mutations)->($text, $other) for 1 .. pick(1, 1, 1, 2, 4);
	return $text;
}

sub token_soup { return join(pick(' ', ' ', ''), map { pick(@tokens) } 1 .. pick(1, 2, 3, 5, 8, 13, 40)) }

# ---- sound ones of any depth ----

sub random_path
{
	return join('', pick(qw(s n l m x ss #s #n #m)), map { pick('.k', '.#k', '.deep', '[0]', '[1]', '[7]') } 1 .. pick(0, 0, 0, 1, 2, 4));
}

sub random_operand
{
	my ($depth) = @_;

	return chance(0.15) && $depth > 0 ? 'size(' . random_operand($depth - 1) . ')' : chance(0.5) ? random_path() : pick(sort keys %usual);
}

sub random_condition
{
	my ($depth) = @_;

	return pick('(%s)', 'NOT %s', 'NOT (%s)', '%s') =~ s/%s/random_condition($depth - 1)/er if $depth > 0 && chance(0.3);
	return random_condition($depth - 1) . pick(' AND ', ' OR ') . random_condition($depth - 1) if $depth > 0 && chance(0.6);
	return pick(qw(begins_with contains attribute_type)) . '(' . random_path() . ', ' . random_operand(1) . ')' if chance(0.2);
	return pick(qw(attribute_exists attribute_not_exists)) . '(' . random_path() . ')' if chance(0.2);
	return random_operand(1) . ' IN (' . join(', ', map { random_operand(0) } 1 .. pick(1, 2, 5, 30)) . ')' if chance(0.15);
	return random_operand(1) . ' BETWEEN ' . random_operand(0) . ' AND ' . random_operand(0) if chance(0.15);
	return random_operand(2) . pick(' = ', '<>', '<', ' <= ', ' > ', '>=') . random_operand(1);
}

sub random_set_value
{
	my ($depth) = @_;

	return pick('if_not_exists(' . random_path(), 'list_append(' . random_set_value($depth - 1)) . ', ' . random_set_value($depth - 1) . ')' if $depth > 0 && chance(0.4);
	return chance(0.4) ? random_path() : pick(sort keys %usual);
}

sub random_update
{
	my %clauses = (
		SET => sub { random_path() . ' = ' . random_set_value(3) . (chance(0.3) ? pick(' + ', ' - ') . random_set_value(1) : '') },
		REMOVE => sub { random_path() },
		ADD => sub { random_path() . ' ' . pick(':n', ':ss', ':ns', ':bs') },
		DELETE => sub { random_path() . ' ' . pick(':ss', ':ns', ':bs') });

	return join(' ', map { my $clause = $_; "$clause " . join(', ', map { $clauses{$clause}->() } 1 .. pick(1, 1, 2, 5)) }
		  grep { chance(0.5) } sort keys %clauses);
}

sub random_sound
{
	my ($kind) = @_;

	return random_update() if $kind eq 'UpdateExpression';
	return join(', ', map { random_path() } 1 .. pick(1, 2, 5, 20)) if $kind eq 'ProjectionExpression';
	return random_condition(pick(0, 1, 2, 3, 5));
}

# ---- large and deep ----

sub many { return pick(2, 10, 50, 98, 99, 100, 101, 102, 149, 150, 151, 298, 299, 300, 301, 302, 600, 2000) }

# As often as it fits the limit of size, or a little more.
sub filled
{
	my ($what) = @_;

	return substr($what x int(2 + $MAX_SIZE / length($what)), 0, $MAX_SIZE + pick(-1, 0, 0, 0, 1, 4));
}

my @large_conditions = (
	sub { my $n = many(); '(' x $n . 's = :s' . ')' x ($n - chance(0.1)) },
	sub { my $n = many(); '(' x $n . 's = :s' . ' AND n = :n)' x $n },
	sub { my $n = many(); 'NOT ' x $n . 's = :s' },
	sub { my $n = many(); 'NOT (' x $n . 's = :s OR n = :n' . ')' x $n },
	sub { my $n = many(); 'size(' x $n . 's' . ')' x $n . ' = :n' },
	sub { my $n = many(); 's=:s' . pick(' AND ', ' OR ', ' AND NOT ') . join(pick(' AND ', ' OR '), ('s=:s') x $n) },
	sub { my $n = many(); join(pick(' AND ', ' OR '), map { "s=:s$_" } 1 .. $n) },
	sub { 's IN (' . join(',', (':s') x many()) . ')' },
	sub { 's IN (' . join(',', map { ":v$_" } 1 .. many()) . ')' },
	sub { join(' OR ', ('s IN (' . join(',', (':s') x 99) . ')') x pick(1, 2, 3, 4)) },
	sub { 'm' . '.k' x many() . ' = :s' },
	sub { 'l' . '[0]' x many() . ' = :s' },
	sub { 'attribute_exists(' x many() },
	sub { 's = :' . 'v' x pick(253, 254, 255, 256, 4000) },
	sub { '#' . 'n' x pick(253, 254, 255, 256, 4000) . ' = :s' },
	sub { 'a' x pick(254, 255, 256, 4090) . ' = :s' },
	sub { 'l[' . '9' x pick(1, 9, 10, 11, 20, 4000) . '] = :s' });
my @large_projections = (
	sub { join(',', map { "a$_" } 1 .. many()) },
	sub { 'a' . '.a' x many() },
	sub { 'a' . '[0]' x many() },
	sub { join(',', map { "a.b$_\[$_]" } 1 .. many()) },
	sub { join(',', map { "a[$_]" } 1 .. many()) },
	sub { join(',', map { 'l[' . (many() - $_ % 7) . ']' } 1 .. many()) });
my @large_updates = (
	sub { my $n = many(); 'SET l = ' . 'list_append(' x $n . 'l' . ', :l)' x $n },
	sub { my $n = many(); 'SET l = ' . 'list_append(:l, ' x $n . 'l' . ')' x $n },
	sub { my $n = many(); 'SET x = ' . 'if_not_exists(x, ' x $n . ':s' . ')' x $n },
	sub { my $n = many(); 'SET x = ' . '(' x $n . ':s' . ')' x $n },
	sub { 'SET ' . join(', ', map { "a$_ = :s" } 1 .. many()) },
	sub { 'SET ' . join(', ', map { "l[$_] = :s" } reverse 1 .. many()) },
	sub { 'SET n = n' . ' + :n' x many() },
	sub { 'REMOVE ' . join(', ', map { "l[$_]" } 0 .. many()) },
	sub { 'REMOVE ' . join(', ', ('a') x many()) },
	sub { 'ADD ' . join(', ', map { "a$_ :n" } 1 .. many()) },
	sub { 'DELETE ' . join(', ', map { "a$_ :ss" } 1 .. many()) },
	sub { 'SET m' . '.k' x many() . ' = :s' },
	sub { 'SET l' . '[0]' x many() . ' = :s' },
	sub { 'SET s = :s ' x many() });

sub random_large
{
	my ($kind) = @_;

	return filled(pick(@tokens) . pick('', ' ')) if chance(0.3);
	return filled(token_soup()) if chance(0.1);
	return filled(pick(@{ $kinds{$kind}[0] }) . pick(' ', ' AND ', ',')) if chance(0.1);
	return pick('x', '(', 'NOT ') x pick(5000, 70000) if chance(0.02);
	return pick($kind eq 'UpdateExpression' ? @large_updates : $kind eq 'ProjectionExpression' ? @large_projections : @large_conditions)->();
}

# An expression of a kind; few are the sound ones as they are.
sub random_expression
{
	my ($kind) = @_;
	my $corpus = $kinds{$kind}[0];
	my $sound = chance($kind eq 'KeyConditionExpression' ? 0.85 : 0.3) ? pick(@$corpus) : random_sound($kind);
	my $way = rand();

	return $way < 0.25 ? $sound
	  : $way < 0.58 ? mutate_tokens($sound, pick(@$corpus))
	  : $way < 0.82 ? mutate_bytes($sound, pick(@$corpus))
	  : $way < 0.90 ? token_soup()
	  : $way < 0.98 ? random_large($kind)
	  : mutate_tokens(random_large($kind), pick(@$corpus));
}

# ---- the request around it ----

# The placeholders of the texts, each defined, hardly ever not or wrongly.
sub definitions
{
	my (@texts) = @_;
	my %found = map { $_ => 1 } map { /([#:]\w+)/g } @texts;
	my @defined = grep { !chance(0.01) } sort keys %found;
	my @of_names = map { json_string($_) . ':' . json_string(/^#(\w+)/ && chance(0.9) ? $1 : pick(@names)) } grep { /^#/ } @defined;
	my @of_values = map { json_string($_) . ':' . (chance(0.9) && $usual{$_} || random_value()) } grep { /^:/ } @defined;
	my @members;

	push @of_names, '"#unused":"x"' if chance(0.01);
	push @of_values, '":unused":{"S":"x"}' if chance(0.01);
	push @members, '"ExpressionAttributeNames":{' . join(',', @of_names) . '}' if @of_names;
	push @members, '"ExpressionAttributeValues":{' . join(',', @of_values) . '}' if @of_values;
	return @members;
}

sub items_member
{
	return '"Item":{"p":{"S":"k' . int(rand(5)) . '"},"r":{"N":"' . int(rand(10)) . '"},"s":' . random_value() . ',"n":{"N":"5"},"n2":{"N":"7"},"x":' . random_value()
	  . ',"l":{"L":[' . random_value() . ',' . random_value() . ']},"m":{"M":{"k":' . random_value() . ',"deep":{"M":{"l":{"L":[{"M":{"x":{"L":[]}}}]}}}}},"ss":{"SS":["a","z"]}}';
}

# An operation and the body of its request.
sub random_expression_request
{
	my ($kind) = pick(@kind_names);
	my ($operation) = pick(@{ $kinds{$kind} }[ 1 .. $#{ $kinds{$kind} } ]);
	my %text = ($kind => random_expression($kind));
	my @members = '"TableName":"Fuzz"';

	if ($operation eq 'BatchGetItem')
	{
		my @definitions = definitions($text{$kind});

		return ($operation, '{"RequestItems":{"Fuzz":{' . join(',', '"Keys":[' . random_key() . ']', "\"$kind\":" . json_string($text{$kind}), @definitions) . '}}}');
	}
	if ($operation eq 'UpdateItem')
	{
		$text{UpdateExpression} //= pick(@updates);
		$text{ConditionExpression} //= pick(@conditions) if chance(0.2);
	}
	if ($operation eq 'Query')
	{
		$text{KeyConditionExpression} //= pick('p = :p', 'p = :p', @key_conditions);
		$text{FilterExpression} //= pick(@conditions) if chance(0.1);
		$text{ProjectionExpression} //= pick(@projections) if chance(0.1);
	}
	push @members, '"Key":' . random_key() if $operation =~ /^(?:Get|Update|Delete)Item$/;
	push @members, items_member() if $operation eq 'PutItem';
	push @members, '"ReturnValues":"' . pick(qw(NONE ALL_OLD ALL_OLD ALL_NEW UPDATED_OLD UPDATED_NEW)) . '"' if $operation eq 'UpdateItem' && chance(0.7);
	push @members, '"ReturnValuesOnConditionCheckFailure":"ALL_OLD"' if $text{ConditionExpression} && chance(0.1);
	push @members, '"Limit":' . pick(1, 3, 20) if $operation =~ /Query|Scan/ && chance(0.2);
	push @members, '"ScanIndexForward":false' if $operation eq 'Query' && chance(0.2);
	push @members, '"ReturnConsumedCapacity":"TOTAL"' if chance(0.1);
	push @members, map { "\"$_\":" . json_string($text{$_}) } sort keys %text;
	return ($operation, '{' . join(',', @members, definitions(values %text)) . '}');
}

1;
