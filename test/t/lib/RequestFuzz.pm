
# Random damage to the requests of the data plane, by bytes and by structure.

package RequestFuzz;

use strict;
use warnings;

use Exporter 'import';
use ExpressionFuzz;
use Mutations;

our @EXPORT = qw(random_damaged_request @seed_requests);

my $item = '{"p":{"S":"k1"},"r":{"N":"4"},"s":{"S":"abc"},"n":{"N":"5"},"n2":{"N":"7"},"b":{"B":"AAEC"},"t":{"BOOL":true},"u":{"NULL":true},'
  . '"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"bs":{"BS":["AA==","AAE="]},"l":{"L":[{"N":"1"},{"M":{"k":{"S":"v"}}}]},"m":{"M":{"k":{"S":"v"},"deep":{"M":{"l":{"L":[{"M":{"x":{"L":[]}}}]}}}}}}';
my $key = '"Key":{"p":{"S":"k1"},"r":{"N":"4"}}';

# Sound requests: each operation, by expressions and by the older parameters.
my @corpus = (
	[ PutItem => "{\"TableName\":\"Fuzz\",\"Item\":$item}" ],
	[ PutItem => '{"TableName":"Fuzz","Item":{"p":{"S":"k2"},"r":{"N":"1"}},"ConditionExpression":"attribute_not_exists(#p) OR n = :n","ExpressionAttributeNames":{"#p":"p"},'
		. '"ExpressionAttributeValues":{":n":{"N":"5"}},"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}' ],
	[ PutItem => "{\"TableName\":\"Fuzz\",\"Item\":$item,\"Expected\":{\"n\":{\"Value\":{\"N\":\"5\"}},\"s\":{\"Exists\":false},\"x\":{\"ComparisonOperator\":\"IN\",\"AttributeValueList\":[{\"S\":\"a\"},{\"N\":\"1\"}]}},\"ConditionalOperator\":\"OR\"}" ],
	[ PutItem => "{\"TableName\":\"Fuzz\",\"Item\":$item,\"Expected\":{\"n\":{\"ComparisonOperator\":\"NE\",\"AttributeValueList\":[{\"N\":\"9\"}]},\"s\":{\"ComparisonOperator\":\"NOT_CONTAINS\",\"AttributeValueList\":[{\"S\":\"q\"}]},\"t\":{\"Value\":{\"BOOL\":true},\"Exists\":true}},\"ConditionalOperator\":\"AND\"}" ],
	[ GetItem => "{\"TableName\":\"Fuzz\",$key}" ],
	[ GetItem => "{\"TableName\":\"Fuzz\",$key,\"ConsistentRead\":true,\"ProjectionExpression\":\"s, #m.k, l[1]\",\"ExpressionAttributeNames\":{\"#m\":\"m\"},\"ReturnConsumedCapacity\":\"TOTAL\"}" ],
	[ GetItem => "{\"TableName\":\"Fuzz\",$key,\"AttributesToGet\":[\"s\",\"n\",\"missing\"]}" ],
	[ UpdateItem => "{\"TableName\":\"Fuzz\",$key,\"UpdateExpression\":\"SET s = :s, n = n + :n REMOVE x ADD ss :ss\",\"ExpressionAttributeValues\":{\":s\":{\"S\":\"new\"},\":n\":{\"N\":\"1\"},\":ss\":{\"SS\":[\"q\"]}},\"ReturnValues\":\"UPDATED_NEW\"}" ],
	[ UpdateItem => "{\"TableName\":\"Fuzz\",$key,\"UpdateExpression\":\"SET l = list_append(l, :l), m.k = :l\",\"ConditionExpression\":\"size(l) < :n\",\"ExpressionAttributeValues\":{\":l\":{\"L\":[{\"S\":\"new\"}]},\":n\":{\"N\":\"100\"}},\"ReturnValues\":\"ALL_OLD\"}" ],
	[ UpdateItem => "{\"TableName\":\"Fuzz\",$key,\"AttributeUpdates\":{\"s\":{\"Value\":{\"S\":\"x\"},\"Action\":\"PUT\"},\"n\":{\"Value\":{\"N\":\"1\"},\"Action\":\"ADD\"},\"ss\":{\"Value\":{\"SS\":[\"a\"]},\"Action\":\"DELETE\"},\"u\":{\"Action\":\"DELETE\"},\"l\":{\"Value\":{\"L\":[{\"N\":\"1\"}]},\"Action\":\"ADD\"}},\"ReturnValues\":\"UPDATED_OLD\"}" ],
	[ UpdateItem => "{\"TableName\":\"Fuzz\",$key,\"AttributeUpdates\":{\"y\":{\"Value\":{\"S\":\"x\"}}},\"Expected\":{\"n\":{\"ComparisonOperator\":\"BETWEEN\",\"AttributeValueList\":[{\"N\":\"1\"},{\"N\":\"9\"}]}}}" ],
	[ UpdateItem => "{\"TableName\":\"Fuzz\",$key}" ],
	[ DeleteItem => "{\"TableName\":\"Fuzz\",$key,\"ReturnValues\":\"ALL_OLD\"}" ],
	[ DeleteItem => "{\"TableName\":\"Fuzz\",$key,\"ConditionExpression\":\"n > :n\",\"ExpressionAttributeValues\":{\":n\":{\"N\":\"0\"}}}" ],
	[ DeleteItem => "{\"TableName\":\"Fuzz\",$key,\"Expected\":{\"n\":{\"ComparisonOperator\":\"GT\",\"AttributeValueList\":[{\"N\":\"1\"}]},\"zz\":{\"ComparisonOperator\":\"NULL\"}}}" ],
	[ Query => '{"TableName":"Fuzz","KeyConditionExpression":"p = :p AND r BETWEEN :a AND :b","FilterExpression":"n > :a","ProjectionExpression":"p, r, m","ExpressionAttributeValues":{":p":{"S":"k1"},":a":{"N":"0"},":b":{"N":"8"}},"Limit":5,"ScanIndexForward":false,"ReturnConsumedCapacity":"TOTAL"}' ],
	[ Query => '{"TableName":"Fuzz","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"k1"}},"ExclusiveStartKey":{"p":{"S":"k1"},"r":{"N":"2"}},"Select":"COUNT","ConsistentRead":true}' ],
	[ Query => '{"TableName":"Fuzz","KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"k1"}]},"r":{"ComparisonOperator":"LE","AttributeValueList":[{"N":"6"}]}},"QueryFilter":{"s":{"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"S":"a"}]},"n":{"ComparisonOperator":"NOT_NULL"}},"ConditionalOperator":"AND","AttributesToGet":["s"]}' ],
	[ Scan => '{"TableName":"Fuzz"}' ],
	[ Scan => '{"TableName":"Fuzz","FilterExpression":"contains(#ss, :a) AND begins_with(s, :a)","ExpressionAttributeNames":{"#ss":"ss"},"ExpressionAttributeValues":{":a":{"S":"a"}},"Limit":10,"Segment":1,"TotalSegments":3,"Select":"ALL_ATTRIBUTES"}' ],
	[ Scan => '{"TableName":"Fuzz","ScanFilter":{"s":{"ComparisonOperator":"CONTAINS","AttributeValueList":[{"S":"b"}]},"n":{"ComparisonOperator":"NE","AttributeValueList":[{"N":"1"}]}},"ConditionalOperator":"OR","ExclusiveStartKey":{"p":{"S":"k1"},"r":{"N":"2"}},"Limit":2}' ],
	[ BatchGetItem => '{"RequestItems":{"Fuzz":{"Keys":[{"p":{"S":"k1"},"r":{"N":"4"}},{"p":{"S":"k2"},"r":{"N":"1"}}],"ProjectionExpression":"s, #n","ExpressionAttributeNames":{"#n":"n"},"ConsistentRead":true}},"ReturnConsumedCapacity":"TOTAL"}' ],
	[ BatchGetItem => '{"RequestItems":{"Fuzz":{"Keys":[{"p":{"S":"k3"},"r":{"N":"4"}}],"AttributesToGet":["s","l"]}}}' ],
	[ TransactGetItems => "{\"TransactItems\":[{\"Get\":{\"TableName\":\"Fuzz\",$key,\"ProjectionExpression\":\"s, #n\",\"ExpressionAttributeNames\":{\"#n\":\"n\"}}},{\"Get\":{\"TableName\":\"Fuzz\",\"Key\":{\"p\":{\"S\":\"k2\"},\"r\":{\"N\":\"1\"}}}}],\"ReturnConsumedCapacity\":\"TOTAL\"}" ],
	[ TransactWriteItems => "{\"TransactItems\":[{\"Put\":{\"TableName\":\"Fuzz\",\"Item\":{\"p\":{\"S\":\"k2\"},\"r\":{\"N\":\"2\"},\"n\":{\"N\":\"5\"}}}},{\"Update\":{\"TableName\":\"Fuzz\",$key,\"UpdateExpression\":\"ADD n :n\",\"ExpressionAttributeValues\":{\":n\":{\"N\":\"1\"}}}},"
		. '{"Delete":{"TableName":"Fuzz","Key":{"p":{"S":"k3"},"r":{"N":"7"}}}},{"ConditionCheck":{"TableName":"Fuzz","Key":{"p":{"S":"k4"},"r":{"N":"0"}},"ConditionExpression":"attribute_exists(p) OR n < :n","ExpressionAttributeValues":{":n":{"N":"9"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}]}' ],
	[ BatchWriteItem => '{"RequestItems":{"Fuzz":[{"PutRequest":{"Item":{"p":{"S":"k3"},"r":{"N":"1"},"s":{"S":"batch"}}}},{"DeleteRequest":{"Key":{"p":{"S":"k3"},"r":{"N":"2"}}}},{"PutRequest":{"Item":{"p":{"S":"k4"},"r":{"N":"8"},"n":{"N":"5"}}}}]},"ReturnItemCollectionMetrics":"SIZE"}' ]);

# What fills the table before a round.
our @seed_requests = map { my $p = $_; map { my $r = $_; [ PutItem => '{"TableName":"Fuzz","Item":' . ($item =~ s/"k1"/"k$p"/r =~ s/"4"/"$r"/r) . '}' ] } 0, 3, 4, 7 } 0 .. 4;

# ---- the structure ----

my $scalar = qr/"(?:[^"\\]++|\\.)*+"|[^\s"{}\[\],:]+/s;

# The values of a JSON text as [start, end, start of the member], innermost
# first; for an element of a list the member is the value.  Of what is not
# sound, as many as can be told.
sub values_of
{
	my ($text) = @_;
	my (@open, @found, $name);

	pos($text) = 0;
	while ($text =~ /\G[\s,]*(?:([{\[])|([}\]])|($scalar)(\s*:)?|:)/gc)
	{
		my ($from, $to) = ($-[0], $+[0]);

		if (defined $1)
		{
			push @open, [ $-[1], $name // $-[1] ];
			undef $name;
		}
		elsif (defined $2)
		{
			my $opened = pop @open or last;

			push @found, [ $opened->[0], $to, $opened->[1] ];
		}
		elsif (defined $4)
		{
			$name = $-[3];
		}
		elsif (defined $3)
		{
			push @found, [ $-[3], $to, $name // $-[3] ];
			undef $name;
		}
	}
	return @found;
}

sub piece { return substr($_[0], $_[1][0], $_[1][1] - $_[1][0]) }
sub member { return substr($_[0], $_[1][2], $_[1][1] - $_[1][2]) }

sub nested
{
	my ($inner, $depth) = @_;
	my ($open, $close) = @{ pick([ '[', ']' ], [ '{"a":', '}' ], [ '{"L":[', ']}' ], [ '{"M":{"a":', '}}' ], [ '[{"a":', '}]' ]) };

	return $open x $depth . $inner . $close x ($depth - chance(0.05));
}

# Some of it or very many, in about 2 MB at most.
sub copies
{
	my ($what) = @_;
	my $count = chance(0.02) ? 20000 : pick(2, 3, 11, 26, 101, 300);
	my $fit = 1 + int((1 << 21) / (length($what) + 1));

	return join(',', ($what) x ($count < $fit ? $count : $fit));
}

sub depth { return chance(0.01) ? pick(1000, 6000, 20000, 100000) : pick(1, 2, 10, 15, 16, 29, 30, 31, 32, 33, 61, 62, 63, 64, 65, 66, 100, 300) }

# A value of any type, seldom one that fits.
sub odd_value
{
	return pick(
		'null', 'true', 'false', '0', '-1', '1', '1.5', '1e400', '-0', '00', '9' x 40, '9' x 2000, '1e99999999999', '4294967296', '9223372036854775808', '0.1', '1E5', '2147483647', '2147483648',
		'""', '"x"', '"Fuzz"', '"NONE"', '"TOTAL"', '"1"', '{}', '[]', '[[]]', '[{}]', '[null]', '{"S":"x"}', '{"N":"1"}', '{"":""}', '{"S":null}', '{"S":{"S":"x"}}', '["a","b"]',
		'"\ud800"', '"\udc00"', '"\ud83d\ude00"', '"\ude00\ud83d"', '"\u0000"', '"\ud83d\u0041"', '"\ud83d"', "\"\xff\"", "\"\xed\xa0\x80\"", "\"\xf0\x9f\x98\x80\"", "\"\x01\"", '"\x"', '"\u12"',
		'"k1"', 'nul', 'True', 'NaN', 'Infinity', "'x'", '"' . 'x' x pick(255, 256, 1024, 1025, 2048, 2049, 5000) . '"',
		'[' . join(',', (pick('"a"', '{}', '{"S":"x"}', 'null', '1')) x pick(11, 25, 26, 100, 101, 1000)) . ']',
		'{' . join(',', map { "\"a$_\":" . pick('{"S":"x"}', '1', 'null') } 1 .. pick(2, 11, 101, 500)) . '}', random_value(), random_key());
}

# One change of structure.
sub damage
{
	my ($text, $other) = @_;
	my @values = values_of($text) or return insert($text, odd_value());
	my $one = pick(@values);
	my @others = values_of($other);
	my $kind = int(rand(16));
	my $new = $kind < 4 ? odd_value()
	  : $kind == 4 && chance(0.3) ? ''
	  : $kind == 5 ? piece($text, pick(@values))
	  : $kind == 6 ? (@others ? piece($other, pick(@others)) : '')
	  : $kind == 7 ? nested(piece($text, $one), depth())
	  : $kind == 8 ? copies(piece($text, $one))
	  : $kind == 9 && chance(0.3) ? '"' . substr(piece($text, $one), 1) . '"'
	  : undef;

	if (defined $new)
	{
		substr($text, $one->[0], $one->[1] - $one->[0]) = $new;
	}
	elsif ($kind >= 13)
	{
		substr($text, $one->[2], $one->[1] - $one->[2]) = '';
		$text =~ s/,\s*(?=[}\],])|(?<=[{\[]),//;
	}
	elsif ($kind == 10 || $kind == 11)
	{
		substr($text, $one->[2], 0) = (member($text, $one) . ',') x pick(1, 1, 1, 2, 50);
	}
	elsif (@others)
	{
		substr($text, $one->[2], 0) = member($other, pick(@others)) . ',';
	}
	return $text;
}

my @byte_mutations = (\&flip, \&set_byte, \&shift_byte, \&truncate_bytes, \&extend, \&remove, \&duplicate, \&splice_bytes, \&cross, (sub { insert($_[0], text_piece()) }) x 3, \&nest_text);

# An operation and a damaged body of its request.  Sometimes it is that of
# another operation, which takes some of the same members.
sub random_damaged_request
{
	my ($operation, $body) = @{ pick(@corpus) };
	my $other = pick(@corpus)->[1];

	($operation, $body) = random_expression_request() if chance(0.1);
	$operation = pick(@corpus)->[0] if chance(0.03);
	for (1 .. pick(1, 1, 1, 1, 2, 3, 5))
	{
		$body = chance(0.85) ? damage($body, $other) : pick(@byte_mutations)->($body, $other);
		last if length($body) > 1 << 18;
	}
	return ($operation, $body);
}

1;
