#!/usr/bin/perl
#
# stream_latency.pl URL TABLE SECONDS: puts an item again and again, and asks
# GetRecords for its record; prints the median and the 99th percentile of the
# milliseconds from the answer to PutItem until the record was there.

use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP;
use Time::HiRes qw(sleep time);

my ($url, $table, $seconds) = @ARGV;
my $http = HTTP::Tiny->new(timeout => 30, keep_alive => 1);
my $json = JSON::PP->new->utf8;

# The reply as it comes.
sub send_request
{
	my ($operation, $request) = @_;
	my $api = $operation =~ m/Stream|Shard|Records/ ? 'DynamoDBStreams' : 'DynamoDB';
	my $response = $http->post($url, {
		headers => { 'Content-Type' => 'application/x-amz-json-1.0', 'X-Amz-Target' => "${api}_20120810.$operation" },
		content => $json->encode($request) });

	die "$operation: $response->{status} $response->{content}" unless $response->{success};
	return $response->{content};
}

sub call { return $json->decode(send_request(@_)); }

sub put
{
	my ($probe) = @_;

	call('PutItem', { TableName => $table, Item => { pk => { S => 'probe' }, sk => { N => '0' }, probe => { S => "$probe" } } });
	return time();
}

sub iterator
{
	my ($arn, $shard, $type) = @_;

	return call('GetShardIterator', { StreamArn => $arn, ShardId => $shard, ShardIteratorType => $type })->{ShardIterator};
}

# The iterator behind the probe's record, once that is there.
sub follow
{
	my ($iterator, $probe) = @_;

	for (my $end = time() + 30; time() < $end;)
	{
		# the shard has records of others, which would take long to decode
		my $page = send_request('GetRecords', { ShardIterator => $iterator });

		($iterator) = $page =~ m/"NextShardIterator":"([^"]+)"/;
		return $iterator if $page =~ m/"probe":\{"S":"$probe"\}/;
		sleep(0.001) if $page =~ m/"Records":\[\]/;
	}
	die "the record of probe $probe is not in the stream\n";
}

# The shard that has the probes.
sub probe_shard
{
	my ($arn) = @_;
	my $shards = call('DescribeStream', { StreamArn => $arn })->{StreamDescription}{Shards};
	my %latest = map { $_->{ShardId} => iterator($arn, $_->{ShardId}, 'LATEST') } @$shards;

	put('first');
	sleep(1);
	foreach my $shard (keys %latest)
	{
		my $records = call('GetRecords', { ShardIterator => $latest{$shard} })->{Records};

		return $shard if grep { $_->{dynamodb}{Keys}{pk}{S} eq 'probe' } @$records;
	}
	die "the probe is in no shard\n";
}

my $arn = call('DescribeTable', { TableName => $table })->{Table}{LatestStreamArn};
my $shard = probe_shard($arn);
my $iterator = iterator($arn, $shard, 'LATEST');
my @latencies;

for (my $end = time() + $seconds; time() < $end;)
{
	my $probe = @latencies + 1;
	my $answered = put($probe);

	$iterator = follow($iterator, $probe);
	push @latencies, (time() - $answered) * 1000;
	sleep(0.02 + rand(0.02));
}
@latencies = sort { $a <=> $b } @latencies;
printf "%d records, median %.0f ms, p99 %.0f ms\n", scalar @latencies, $latencies[@latencies / 2], $latencies[@latencies * 0.99];
