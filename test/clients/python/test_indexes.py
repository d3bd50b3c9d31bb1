"""Secondary indexes: CreateTable, UpdateTable, and reads with IndexName."""
import time
import unittest

from boto3.dynamodb.conditions import Attr, Key

from support import TableTest, unique_name, wire


def attribute(name, kind):
    return {'AttributeName': name, 'AttributeType': kind}


def index(name, hash_key, range_key=None, projection='ALL', **more):
    keys = [{'AttributeName': hash_key, 'KeyType': 'HASH'}]
    if range_key:
        keys.append({'AttributeName': range_key, 'KeyType': 'RANGE'})
    return {'IndexName': name, 'KeySchema': keys,
            'Projection': {'ProjectionType': projection, **more}}


class Indexes(TableTest):
    """A table of songs, read by genre and year, and by rating of an artist."""

    def setUp(self):
        name = unique_name()
        self.client.create_table(
            TableName=name, BillingMode='PAY_PER_REQUEST',
            KeySchema=[{'AttributeName': 'p', 'KeyType': 'HASH'},
                       {'AttributeName': 's', 'KeyType': 'RANGE'}],
            AttributeDefinitions=[attribute('p', 'S'), attribute('s', 'S'), attribute('genre', 'S'),
                                  attribute('year', 'N'), attribute('rating', 'N')],
            GlobalSecondaryIndexes=[
                index('genre', 'genre', 'year', 'INCLUDE', NonKeyAttributes=['label'])],
            LocalSecondaryIndexes=[index('rating', 'p', 'rating', 'KEYS_ONLY')])
        self.addCleanup(self.client.delete_table, TableName=name)
        self.name = name
        self.table = self.resource.Table(name)
        with self.table.batch_writer() as batch:
            for i in range(30):
                batch.put_item(Item={
                    'p': f'artist{i % 3}', 's': f'song{i:02}', 'genre': ['jazz', 'blues'][i % 2],
                    'year': 1950 + i // 4, 'rating': i * 7 % 10, 'label': f'label{i}',
                    'text': 'x' * i})
            batch.put_item(Item={'p': 'artist0', 's': 'unknown'})

    def indexes(self):
        table = self.client.describe_table(TableName=self.name)['Table']
        return {entry['IndexName']: entry
                for entry in table.get('GlobalSecondaryIndexes', []) + table['LocalSecondaryIndexes']}

    def test_description(self):
        described = self.indexes()
        self.assertEqual(set(described), {'genre', 'rating'})
        self.assertEqual(described['genre']['IndexStatus'], 'ACTIVE')
        self.assertEqual(described['genre']['Projection'],
                         {'ProjectionType': 'INCLUDE', 'NonKeyAttributes': ['label']})
        self.assertTrue(described['genre']['IndexArn'].endswith(f'table/{self.name}/index/genre'))
        self.assertNotIn('IndexStatus', described['rating'])

    def test_order_and_projection(self):
        reply = self.table.query(IndexName='genre', KeyConditionExpression=Key('genre').eq('jazz'))
        years = [item['year'] for item in reply['Items']]
        self.assertEqual(years, sorted(years))
        self.assertEqual(reply['Count'], 15)
        self.assertEqual(set(reply['Items'][0]), {'p', 's', 'genre', 'year', 'label'})

    def test_range_condition_backwards(self):
        reply = self.table.query(
            IndexName='genre', ScanIndexForward=False,
            KeyConditionExpression=Key('genre').eq('blues') & Key('year').between(1952, 1954))
        self.assertEqual([int(item['year']) for item in reply['Items']],
                         [1954, 1954, 1953, 1953, 1952, 1952])

    def test_pages_have_all_keys(self):
        seen = []
        pages = self.client.get_paginator('query').paginate(
            TableName=self.name, IndexName='genre', KeyConditionExpression='genre = :g',
            ExpressionAttributeValues=wire(**{':g': 'jazz'}), PaginationConfig={'PageSize': 4})
        for page in pages:
            if 'LastEvaluatedKey' in page:
                self.assertEqual(set(page['LastEvaluatedKey']), {'p', 's', 'genre', 'year'})
            seen += [item['s']['S'] for item in page['Items']]
        self.assertEqual(len(seen), 15)
        self.assertEqual(len(set(seen)), 15)

    def test_sparse_scan(self):
        reply = self.table.scan(IndexName='genre')
        self.assertEqual(reply['Count'], 30)
        self.assertEqual(self.table.scan()['Count'], 31)

    def test_local_index_fetches_what_it_lacks(self):
        request = dict(IndexName='rating', KeyConditionExpression=Key('p').eq('artist1'))
        self.assertEqual(set(self.table.query(**request)['Items'][0]), {'p', 's', 'rating'})
        whole = self.table.query(**request, Select='ALL_ATTRIBUTES')['Items']
        self.assertEqual(set(whole[0]), {'p', 's', 'genre', 'year', 'rating', 'label', 'text'})
        ratings = [item['rating'] for item in whole]
        self.assertEqual(ratings, sorted(ratings))
        part = self.table.query(**request, ProjectionExpression='#t', ConsistentRead=True,
                                ExpressionAttributeNames={'#t': 'text'})['Items']
        self.assertEqual(set(part[0]), {'text'})

    def test_filter(self):
        reply = self.table.query(IndexName='genre', KeyConditionExpression=Key('genre').eq('jazz'),
                                 FilterExpression=Attr('label').contains('2'))
        self.assertEqual(reply['ScannedCount'], 15)
        self.assertEqual(reply['Count'], sum('2' in str(i) for i in range(0, 30, 2)))

    def test_reads_that_are_refused(self):
        request = dict(TableName=self.name, IndexName='genre', KeyConditionExpression='genre = :g',
                       ExpressionAttributeValues=wire(**{':g': 'jazz'}))
        for more, message in [
                ({'ConsistentRead': True}, 'Consistent reads are not supported'),
                ({'Select': 'ALL_ATTRIBUTES'}, 'its projection type is not ALL'),
                ({'ProjectionExpression': 'rating'}, 'does not project [rating]'),
                ({'IndexName': 'nothing'}, 'does not have the specified index: nothing')]:
            with self.subTest(**more):
                self.assert_fails('ValidationException', self.client.query, message,
                                  **{**request, **more})

    def test_wrong_type_for_a_key(self):
        for value in ({'N': '1'}, {'NULL': True}):
            self.assert_fails('ValidationException', self.client.put_item, 'Type mismatch for Index Key',
                              TableName=self.name,
                              Item={'p': {'S': 'a'}, 's': {'S': 'b'}, 'genre': value})
        self.assert_fails('ValidationException', self.client.update_item, 'Type mismatch for Index Key',
                          TableName=self.name, Key=wire(p='artist0', s='unknown'),
                          UpdateExpression='SET genre = :g',
                          ExpressionAttributeValues={':g': {'N': '1'}})

    def test_capacity_by_index(self):
        put = dict(TableName=self.name, ReturnConsumedCapacity='INDEXES',
                   ReturnItemCollectionMetrics='SIZE')
        item = wire(p='new', s='new', genre='folk', year=1970, rating=5)
        reply = self.client.put_item(Item=item, **put)
        consumed = reply['ConsumedCapacity']
        self.assertEqual(consumed['CapacityUnits'], 3)
        self.assertEqual(consumed['GlobalSecondaryIndexes'], {'genre': {'CapacityUnits': 1}})
        self.assertEqual(consumed['LocalSecondaryIndexes'], {'rating': {'CapacityUnits': 1}})
        metrics = reply['ItemCollectionMetrics']
        self.assertEqual(metrics['ItemCollectionKey'], wire(p='new'))
        self.assertEqual(len(metrics['SizeEstimateRangeGB']), 2)
        moved = self.client.put_item(Item={**item, 'year': {'N': '1971'}}, **put)
        self.assertEqual(moved['ConsumedCapacity']['GlobalSecondaryIndexes'],
                         {'genre': {'CapacityUnits': 2}})
        self.assertNotIn('LocalSecondaryIndexes', moved['ConsumedCapacity'])

    def wait_until_active(self, name):
        for _ in range(150):
            if self.indexes()[name]['IndexStatus'] == 'ACTIVE':
                return
            time.sleep(0.1)
        self.fail(f'index {name} does not become ACTIVE')

    def test_add_and_delete_an_index(self):
        reply = self.client.update_table(
            TableName=self.name, AttributeDefinitions=[attribute('label', 'S')],
            GlobalSecondaryIndexUpdates=[{'Create': index('label', 'label', projection='KEYS_ONLY')}])
        statuses = {entry['IndexName']: entry['IndexStatus']
                    for entry in reply['TableDescription']['GlobalSecondaryIndexes']}
        self.assertEqual(statuses, {'genre': 'ACTIVE', 'label': 'CREATING'})
        self.wait_until_active('label')
        reply = self.table.query(IndexName='label', KeyConditionExpression=Key('label').eq('label7'))
        self.assertEqual(reply['Items'], [{'p': 'artist1', 's': 'song07', 'label': 'label7'}])
        self.assertEqual(self.table.scan(IndexName='label')['Count'], 30)

        self.client.update_table(TableName=self.name,
                                 GlobalSecondaryIndexUpdates=[{'Delete': {'IndexName': 'label'}}])
        self.assert_fails('ValidationException', self.client.scan, 'specified index: label',
                          TableName=self.name, IndexName='label')
        self.assertEqual(set(self.indexes()), {'genre', 'rating'})


class MultiAttributeKeys(TableTest):
    def test_several_hash_and_range_attributes(self):
        table = unique_name()
        self.client.create_table(
            TableName=table, BillingMode='PAY_PER_REQUEST',
            KeySchema=[{'AttributeName': 'p', 'KeyType': 'HASH'}],
            AttributeDefinitions=[attribute(name, 'S') for name in 'pabcd'],
            GlobalSecondaryIndexes=[{
                'IndexName': 'many', 'Projection': {'ProjectionType': 'ALL'},
                'KeySchema': [{'AttributeName': 'a', 'KeyType': 'HASH'},
                              {'AttributeName': 'b', 'KeyType': 'HASH'},
                              {'AttributeName': 'c', 'KeyType': 'RANGE'},
                              {'AttributeName': 'd', 'KeyType': 'RANGE'}]}])
        self.addCleanup(self.client.delete_table, TableName=table)
        for i in range(16):
            self.client.put_item(TableName=table, Item=wire(
                p=str(i), a=f'a{i % 2}', b=f'b{i // 2 % 2}', c=f'c{i // 4 % 2}', d=f'd{i // 8}'))

        def found(condition, **values):
            reply = self.client.query(TableName=table, IndexName='many', KeyConditionExpression=condition,
                                      ExpressionAttributeValues=wire(**{f':{k}': v for k, v in values.items()}))
            return [int(item['p']['S']) for item in reply['Items']]

        self.assertEqual(found('a = :a AND b = :b', a='a1', b='b0'), [1, 9, 5, 13])
        self.assertEqual(found('a = :a AND b = :b AND c = :c', a='a1', b='b0', c='c1'), [5, 13])
        self.assertEqual(found('a = :a AND b = :b AND c = :c AND d > :d', a='a1', b='b0', c='c1', d='d0'), [13])
        self.assert_fails('ValidationException', self.client.query, 'attributes b must have equality',
                          TableName=table, IndexName='many', KeyConditionExpression='a = :a',
                          ExpressionAttributeValues=wire(**{':a': 'a1'}))


if __name__ == '__main__':
    unittest.main()
