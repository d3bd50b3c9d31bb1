"""DynamoDB Streams: a consumer as the Kinesis adapter is one, which follows a
table under load and makes a copy of it."""
import random
import time
from concurrent.futures import ThreadPoolExecutor

import boto3

from support import ACCESS, TableTest, wire

VIEW = {'StreamEnabled': True, 'StreamViewType': 'NEW_AND_OLD_IMAGES'}


def wait_for(condition, seconds=30):
    """What the condition gives, as soon as that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise TimeoutError(condition)


class Consumer:
    """Reads all shards of a stream in turn, and can be stopped and made anew from
    its checkpoints: the sequence number of the last record of each shard."""

    def __init__(self, streams, arn, checkpoints=None):
        self.streams = streams
        self.arn = arn
        self.checkpoints = dict(checkpoints or {})
        self.iterators = {}
        for shard in self.shards():
            self.iterators[shard] = self.begin(shard)

    def shards(self):
        request = {'StreamArn': self.arn, 'Limit': 3}
        while True:
            description = self.streams.describe_stream(**request)['StreamDescription']
            yield from [shard['ShardId'] for shard in description['Shards']]
            if 'LastEvaluatedShardId' not in description:
                return
            request['ExclusiveStartShardId'] = description['LastEvaluatedShardId']

    def begin(self, shard):
        where = {'ShardIteratorType': 'TRIM_HORIZON'}
        if shard in self.checkpoints:
            where = {'ShardIteratorType': 'AFTER_SEQUENCE_NUMBER',
                     'SequenceNumber': self.checkpoints[shard]}
        return self.streams.get_shard_iterator(StreamArn=self.arn, ShardId=shard, **where)['ShardIterator']

    def read(self, limit=100):
        """The records that each open shard has now, a page of each."""
        records = []
        for shard, iterator in list(self.iterators.items()):
            page = self.streams.get_records(ShardIterator=iterator, Limit=limit)
            self.iterators[shard] = page.get('NextShardIterator')
            if self.iterators[shard] is None:
                del self.iterators[shard]
            if page['Records']:
                self.checkpoints[shard] = page['Records'][-1]['dynamodb']['SequenceNumber']
            records += page['Records']
        return records


class Copy:
    """A table, made of nothing but records."""

    def __init__(self):
        self.items = {}

    def apply(self, records):
        for record in records:
            change = record['dynamodb']
            key = str(change['Keys'])
            assert self.items.get(key) == change.get('OldImage'), (record, self.items.get(key))
            if record['eventName'] == 'REMOVE':
                del self.items[key]
            else:
                self.items[key] = change['NewImage']


class StreamTest(TableTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.streams = boto3.client('dynamodbstreams', **ACCESS)

    def create_stream(self, **specification):
        """A table with a stream: its name and the stream's ARN."""
        table = self.create_table(StreamSpecification={**VIEW, **specification})
        description = wait_for(lambda: self.active(table))
        return table, description['LatestStreamArn']

    def active(self, table):
        description = self.client.describe_table(TableName=table)['Table']
        return description if description['TableStatus'] == 'ACTIVE' else None

    def put(self, table, p, **attributes):
        self.client.put_item(TableName=table, Item=wire(p=p, **attributes))

    def delete(self, table, p):
        self.client.delete_item(TableName=table, Key=wire(p=p))

    def read(self, consumer, count):
        """That many records, and no more."""
        records = []
        wait_for(lambda: records.extend(consumer.read()) or len(records) >= count)
        self.assertEqual(len(records), count)
        return records

    def scan(self, table):
        pages = self.client.get_paginator('scan').paginate(TableName=table)
        return {str({'p': item['p']}): item for page in pages for item in page['Items']}


class TestStreams(StreamTest):

    def test_record(self):
        table, arn = self.create_stream()
        self.put(table, 'a', n=1)
        self.put(table, 'a', n=2)
        self.put(table, 'a', n=2)
        self.delete(table, 'a')
        records = self.read(Consumer(self.streams, arn), 3)
        self.assertEqual([record['eventName'] for record in records], ['INSERT', 'MODIFY', 'REMOVE'])
        change = records[1]['dynamodb']
        self.assertEqual(change['Keys'], wire(p='a'))
        self.assertEqual(change['NewImage'], wire(p='a', n=2))
        self.assertEqual(change['OldImage'], wire(p='a', n=1))
        self.assertEqual(change['StreamViewType'], 'NEW_AND_OLD_IMAGES')
        self.assertEqual(change['SizeBytes'], 12)
        self.assertLess(abs(change['ApproximateCreationDateTime'].timestamp() - time.time()), 60)
        self.assertEqual(records[1]['eventSource'], 'aws:dynamodb')
        self.assertEqual(len({record['eventID'] for record in records}), 3)
        numbers = [record['dynamodb']['SequenceNumber'] for record in records]
        self.assertEqual(numbers, sorted(numbers, key=int))
        self.assertNotIn('userIdentity', records[2])

    def test_views(self):
        images = {'KEYS_ONLY': [], 'NEW_IMAGE': ['NewImage'], 'OLD_IMAGE': ['OldImage']}
        for view, expected in images.items():
            table, arn = self.create_stream(StreamViewType=view)
            self.put(table, 'a', n=1)
            self.put(table, 'a', n=2)
            change = self.read(Consumer(self.streams, arn), 2)[1]['dynamodb']
            self.assertEqual([name for name in change if name.endswith('Image')], expected)
            self.assertEqual(change['Keys'], wire(p='a'))

    def test_transaction(self):
        table, arn = self.create_stream()
        puts = [{'Put': {'TableName': table, 'Item': wire(p=f'{i}')}} for i in range(10)]
        self.client.transact_write_items(TransactItems=puts)
        records = self.read(Consumer(self.streams, arn), 10)
        commits = {record['dynamodb']['SequenceNumber'][:21] for record in records}
        self.assertEqual(len(commits), 1)

    def test_latest(self):
        table, arn = self.create_stream()
        self.put(table, 'a', n=1)
        shard = self.shard_of(arn)
        latest = self.iterator(arn, shard, 'LATEST')
        self.put(table, 'a', n=2)
        self.assertEqual(self.first(latest)['NewImage'], wire(p='a', n=2))
        now = self.iterator(arn, shard, 'AT_TIMESTAMP', Timestamp=time.time() - 3600)
        self.assertEqual(self.first(now)['NewImage'], wire(p='a', n=1))

    def test_sequence_numbers(self):
        table, arn = self.create_stream()
        self.put(table, 'a', n=1)
        self.put(table, 'a', n=2)
        self.put(table, 'a', n=3)
        number = self.read(Consumer(self.streams, arn), 3)[1]['dynamodb']['SequenceNumber']
        shard = self.shard_of(arn)
        at = self.iterator(arn, shard, 'AT_SEQUENCE_NUMBER', SequenceNumber=number)
        after = self.iterator(arn, shard, 'AFTER_SEQUENCE_NUMBER', SequenceNumber=number)
        self.assertEqual(self.first(at)['NewImage'], wire(p='a', n=2))
        self.assertEqual(self.first(after)['NewImage'], wire(p='a', n=3))
        page = self.streams.get_records(ShardIterator=at, Limit=1)
        self.assertEqual(len(page['Records']), 1)
        self.assertEqual(self.first(page['NextShardIterator'])['NewImage'], wire(p='a', n=3))

    def test_end(self):
        table, arn = self.create_stream()
        consumer = Consumer(self.streams, arn)
        self.put(table, 'a', n=1)
        self.client.update_table(TableName=table, StreamSpecification={'StreamEnabled': False})
        self.put(table, 'a', n=2)
        records = []
        wait_for(lambda: records.extend(consumer.read()) or not consumer.iterators)
        self.assertEqual([record['dynamodb']['NewImage'] for record in records], [wire(p='a', n=1)])
        description = self.streams.describe_stream(StreamArn=arn)['StreamDescription']
        self.assertEqual(description['StreamStatus'], 'DISABLED')
        for shard in description['Shards']:
            self.assertIn('EndingSequenceNumber', shard['SequenceNumberRange'])
        described = self.client.describe_table(TableName=table)['Table']
        self.assertEqual(described['LatestStreamArn'], arn)
        self.assertNotIn('StreamSpecification', described)

    def test_again(self):
        table, arn = self.create_stream()
        self.client.update_table(TableName=table, StreamSpecification={'StreamEnabled': False})
        again = self.client.update_table(TableName=table, StreamSpecification=VIEW)
        other = again['TableDescription']['LatestStreamArn']
        self.assertNotEqual(arn, other)
        listed = self.streams.list_streams(TableName=table)['Streams']
        self.assertEqual([stream['StreamArn'] for stream in listed], [arn, other])
        page = self.streams.list_streams(TableName=table, Limit=1)
        self.assertEqual(page['LastEvaluatedStreamArn'], arn)
        page = self.streams.list_streams(TableName=table, ExclusiveStartStreamArn=arn)
        self.assertEqual([stream['StreamArn'] for stream in page['Streams']], [other])
        self.assertNotIn('LastEvaluatedStreamArn', page)

    def test_errors(self):
        _, arn = self.create_stream()
        shard = self.shard_of(arn)
        self.assert_fails('ResourceNotFoundException', self.streams.describe_stream, 'Stream: ',
                          StreamArn=arn + '0')
        self.assert_fails('ResourceNotFoundException', self.streams.get_shard_iterator, 'Shard does not exist',
                          StreamArn=arn, ShardId=shard[:-1] + 'x', ShardIteratorType='LATEST')
        self.assert_fails('ValidationException', self.streams.get_records, 'Invalid ShardIterator',
                          ShardIterator=arn + '|1|mangled')
        self.assert_fails('TrimmedDataAccessException', self.streams.get_shard_iterator, 'has been trimmed',
                          StreamArn=arn, ShardId=shard, ShardIteratorType='AT_SEQUENCE_NUMBER',
                          SequenceNumber='1' + '0' * 30)

    def shard_of(self, arn):
        """The shard that has records, or the first."""
        for shard in Consumer(self.streams, arn).iterators:
            iterator = self.iterator(arn, shard, 'TRIM_HORIZON')
            if self.streams.get_records(ShardIterator=iterator)['Records']:
                return shard
        return next(Consumer(self.streams, arn).shards())

    def iterator(self, arn, shard, kind, **more):
        return self.streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind,
                                               **more)['ShardIterator']

    def first(self, iterator):
        """The first record from there on, when it comes."""
        return wait_for(lambda: self.streams.get_records(ShardIterator=iterator)['Records'])[0]['dynamodb']


class TestConsumer(StreamTest):
    """Writers at work, and a consumer that is stopped and goes on."""

    WRITERS = 4
    WRITES = 300

    def write(self, table, seed):
        chance = random.Random(seed)
        for i in range(self.WRITES):
            key = f'key {chance.randrange(20)}'
            if chance.random() < 0.3:
                self.delete(table, key)
            else:
                self.put(table, key, writer=seed, number=i)

    def test_copy(self):
        table, arn = self.create_stream()
        copy = Copy()
        consumer = Consumer(self.streams, arn)
        with ThreadPoolExecutor(self.WRITERS) as writers:
            work = [writers.submit(self.write, table, seed) for seed in range(self.WRITERS)]
            while not all(writer.done() for writer in work):
                copy.apply(consumer.read(limit=7))
                consumer = Consumer(self.streams, arn, consumer.checkpoints)
            for writer in work:
                writer.result()
        self.client.update_table(TableName=table, StreamSpecification={'StreamEnabled': False})
        wait_for(lambda: copy.apply(consumer.read()) or not consumer.iterators)
        self.assertEqual(copy.items, self.scan(table))
