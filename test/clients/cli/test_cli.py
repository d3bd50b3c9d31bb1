"""A session of the AWS CLI, as a person or a script has it: every call is a
process of its own, and finds endpoint, region and access key in the
environment.  AWS names the program (aws).
"""
import base64
import json
import os
import subprocess
import tempfile
import unittest
import uuid
from pathlib import Path

AWS = os.environ.get('AWS', 'aws')
SEGMENTS = 3


def command(operation, *arguments, **options):
    """The words of a call: table_name=... becomes --table-name ..., what is
    not text becomes JSON."""
    words = [AWS, 'dynamodb', operation, *arguments]
    for name, value in options.items():
        words.append('--' + name.replace('_', '-'))
        words.append(value if isinstance(value, str) else json.dumps(value))
    return words


def call(operation, *arguments, **options):
    """What the program prints, as JSON if it is that; None if it prints nothing."""
    done = subprocess.run(command(operation, *arguments, **options), capture_output=True, text=True,
                          timeout=120)
    if done.returncode != 0:
        raise AssertionError(f'{operation} ended with {done.returncode}: {done.stderr}')
    return json.loads(done.stdout) if done.stdout.lstrip().startswith(('{', '[')) else done.stdout or None


def item(artist, number):
    return {'artist': {'S': artist}, 'title': {'S': f'Song {number:02}'},
            'genre': {'S': ['pop', 'rock'][number % 2]}, 'year': {'N': str(1970 + number)}}


def key(artist, number):
    return {name: item(artist, number)[name] for name in ('artist', 'title')}


def by_key(items):
    return sorted(items, key=lambda one: (one['artist']['S'], one['title']['S']))


ITEMS = [item(artist, number) for artist in ('Abba', 'Björk') for number in range(10)]


class CliTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table = f'Cli-{uuid.uuid4().hex[:12]}'
        created = call(
            'create-table',
            '--attribute-definitions', 'AttributeName=artist,AttributeType=S',
            'AttributeName=title,AttributeType=S', 'AttributeName=genre,AttributeType=S',
            'AttributeName=year,AttributeType=N',
            '--key-schema', 'AttributeName=artist,KeyType=HASH', 'AttributeName=title,KeyType=RANGE',
            '--global-secondary-indexes',
            'IndexName=ByGenre,KeySchema=[{AttributeName=genre,KeyType=HASH},{AttributeName=year,KeyType=RANGE}],'
            'Projection={ProjectionType=ALL}',
            table_name=cls.table, billing_mode='PAY_PER_REQUEST')
        assert created['TableDescription']['TableName'] == cls.table, created
        call('wait', 'table-exists', table_name=cls.table)
        written = call('batch-write-item', request_items={
            cls.table: [{'PutRequest': {'Item': one}} for one in ITEMS]})
        assert written['UnprocessedItems'] == {}, written

    @classmethod
    def tearDownClass(cls):
        """The end of the table is the end of the session."""
        gone = call('delete-table', table_name=cls.table)
        assert gone['TableDescription']['TableStatus'] == 'DELETING', gone
        call('wait', 'table-not-exists', table_name=cls.table)

    def call(self, operation, **options):
        return call(operation, table_name=self.table, **options)

    def assert_fails(self, code, operation, text='', **options):
        """The call fails with the service's error, as the program prints it;
        its status then is 255, or 254 from version 2 on."""
        done = subprocess.run(command(operation, **options), capture_output=True, text=True, timeout=120)
        self.assertIn(done.returncode, (254, 255), done.stderr)
        self.assertIn(f'An error occurred ({code}) when calling the ', done.stderr)
        self.assertIn(text, done.stderr)

    def test_describe(self):
        table = self.call('describe-table')['Table']
        self.assertEqual(table['TableStatus'], 'ACTIVE')
        self.assertEqual(table['KeySchema'], [{'AttributeName': 'artist', 'KeyType': 'HASH'},
                                              {'AttributeName': 'title', 'KeyType': 'RANGE'}])
        index, = table['GlobalSecondaryIndexes']
        self.assertEqual((index['IndexName'], index['IndexStatus']), ('ByGenre', 'ACTIVE'))
        self.assertEqual(self.call('describe-table', query='Table.BillingModeSummary.BillingMode',
                                   output='text').strip(), 'PAY_PER_REQUEST')

    def test_list(self):
        self.assertIn(self.table, call('list-tables', page_size='1')['TableNames'])
        first = call('list-tables', max_items='1')
        self.assertEqual(len(first['TableNames']), 1)

    def test_items(self):
        """All types, from a file, and a condition.  Version 1 of the program
        takes bytes as text and shows them as base64."""
        stored = {**item('Can', 3), 'live': {'BOOL': True}, 'label': {'NULL': True}, 'tags': {'SS': ['a', 'ü']},
                  'cover': {'B': 'text'}, 'rating': {'N': '4.75'},
                  'parts': {'L': [{'M': {'name': {'S': 'intro'}}}, {'L': []}]}}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'item.json'
            path.write_text(json.dumps(stored), encoding='utf-8')
            put = self.call('put-item', item=f'file://{path}', return_consumed_capacity='TOTAL')
        self.assertEqual(put['ConsumedCapacity'], {'TableName': self.table, 'CapacityUnits': 2.0})
        stored['cover'] = {'B': base64.b64encode(b'text').decode()}
        self.assertEqual(self.call('get-item', key=key('Can', 3))['Item'], stored)
        self.assertIsNone(self.call('get-item', key=key('Can', 4)))

        update = dict(table_name=self.table, key=key('Can', 3), update_expression='SET rating = rating + :r',
                      condition_expression='rating < :max', return_values='UPDATED_NEW',
                      expression_attribute_values={':r': {'N': '0.25'}, ':max': {'N': '5'}})
        self.assertEqual(call('update-item', **update), {'Attributes': {'rating': {'N': '5'}}})
        self.assert_fails('ConditionalCheckFailedException', 'update-item', 'The conditional request failed',
                          **update)
        deleted = self.call('delete-item', key=key('Can', 3), return_values='ALL_OLD')
        self.assertEqual(deleted['Attributes'], {**stored, 'rating': {'N': '5'}})

    def test_batch(self):
        got = call('batch-get-item', request_items={
            self.table: {'Keys': [key('Abba', 1), key('Björk', 2), key('Nobody', 0)]}})
        self.assertEqual(by_key(got['Responses'][self.table]), [item('Abba', 1), item('Björk', 2)])
        self.assertEqual(got['UnprocessedKeys'], {})

    def test_query(self):
        """The program asks for page after page; then a page of its own with a
        token, and the index."""
        values = {':a': {'S': 'Björk'}}
        all_of_it = self.call('query', key_condition_expression='artist = :a', page_size='3',
                              expression_attribute_values=values)
        self.assertEqual(all_of_it['Items'], ITEMS[10:])
        self.assertEqual(all_of_it['Count'], 10)

        first = self.call('query', key_condition_expression='artist = :a', max_items='4', page_size='3',
                          expression_attribute_values=values)
        self.assertEqual(first['Items'], ITEMS[10:14])
        rest = self.call('query', key_condition_expression='artist = :a', starting_token=first['NextToken'],
                         expression_attribute_values=values)
        self.assertEqual(rest['Items'], ITEMS[14:])

        years = self.call('query', index_name='ByGenre', page_size='2', output='text',
                          key_condition_expression='genre = :g AND #y > :y', query='Items[].year.N',
                          filter_expression='artist = :a', expression_attribute_names={'#y': 'year'},
                          expression_attribute_values={**values, ':g': {'S': 'rock'}, ':y': {'N': '1973'}})
        self.assertEqual(years.split(), ['1975', '1977', '1979'])

    def test_parallel_scan(self):
        processes = [
            subprocess.Popen(command('scan', '--consistent-read', table_name=self.table, segment=segment,
                                     total_segments=SEGMENTS, page_size='4'), stdout=subprocess.PIPE)
            for segment in range(SEGMENTS)]
        pages = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
        found = [one for page in pages for one in page['Items'] if one['artist']['S'] in ('Abba', 'Björk')]
        self.assertEqual(by_key(found), ITEMS)

    def test_transaction(self):
        """A transaction that fails tells why for each of its actions."""
        put = {'Put': {'TableName': self.table, 'Item': item('Neu!', 5)}}

        def check(year):
            return {'ConditionCheck': {
                'TableName': self.table, 'Key': key('Abba', 0), 'ConditionExpression': '#y = :y',
                'ExpressionAttributeNames': {'#y': 'year'}, 'ExpressionAttributeValues': {':y': {'N': year}}}}

        self.assert_fails('TransactionCanceledException', 'transact-write-items',
                          'specific reasons [None, ConditionalCheckFailed]', transact_items=[put, check('2000')])
        self.assertIsNone(self.call('get-item', key=key('Neu!', 5)))
        call('transact-write-items', transact_items=[put, check('1970')])
        got = call('transact-get-items', transact_items=[
            {'Get': {'TableName': self.table, 'Key': key('Neu!', number)}} for number in (5, 6)])
        self.assertEqual(got['Responses'], [{'Item': item('Neu!', 5)}, {}])
        self.call('delete-item', key=key('Neu!', 5))

    def test_update_table(self):
        """On demand becomes provisioned, for the index too."""
        units = {'ReadCapacityUnits': 3, 'WriteCapacityUnits': 4}
        self.call('update-table', billing_mode='PROVISIONED', provisioned_throughput=units,
                  global_secondary_index_updates=[
                      {'Update': {'IndexName': 'ByGenre', 'ProvisionedThroughput': units}}])
        call('wait', 'table-exists', table_name=self.table)
        table = self.call('describe-table')['Table']
        for described in (table, *table['GlobalSecondaryIndexes']):
            now = described['ProvisionedThroughput']
            self.assertEqual((now['ReadCapacityUnits'], now['WriteCapacityUnits']), (3, 4))

    def test_errors(self):
        missing = f'Cli-{uuid.uuid4().hex[:12]}'
        self.assert_fails('ResourceNotFoundException', 'describe-table', 'Requested resource not found',
                          table_name=missing)
        self.assert_fails('ValidationException', 'get-item', table_name=self.table,
                          key={'artist': {'S': 'Abba'}})


if __name__ == '__main__':
    unittest.main()
