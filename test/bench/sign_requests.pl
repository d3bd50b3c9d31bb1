# Prints the signed headers of GetItems of random keys among ITEMS, for
# signed.lua: body, X-Amz-Date and Authorization, separated by tabs.
#
#	sign_requests.pl ID SECRET HOST COUNT

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../t/lib";
use AwsSigner;

my ($id, $secret, $host, $count) = @ARGV;
my $signer = AwsSigner->new(id => $id, secret => $secret);

for (1 .. $count)
{
	my $body = '{"TableName":"bench","Key":{"pk":{"S":"user' . (1 + int(rand($ENV{ITEMS}))) . '"}}}';
	my %headers = $signer->headers($body, 'Host' => $host,
		'Content-Type' => 'application/x-amz-json-1.0', 'X-Amz-Target' => 'DynamoDB_20120810.GetItem');

	print join("\t", $body, $headers{'X-Amz-Date'}, $headers{'Authorization'}), "\n";
}
