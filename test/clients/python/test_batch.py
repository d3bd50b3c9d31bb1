"""BatchWriteItem and BatchGetItem, and the SDK's batch writer on top."""
import unittest

from support import TableTest, batch_write, put_all


class Batches(TableTest):
    def setUp(self):
        self.table = self.create_table(range_type='N')

    def item(self, number, **attributes):
        return {'p': {'S': f'p{number % 7}'}, 's': {'N': str(number)}, **attributes}

    def count(self):
        return self.client.scan(TableName=self.table, Select='COUNT')['Count']

    def read(self, keys, **options):
        """What BatchGetItem finds of any number of keys."""
        found = []
        while keys:
            request = {self.table: {'Keys': keys[:100], **options}}
            reply = self.client.batch_get_item(RequestItems=request)
            found += reply['Responses'].get(self.table, [])
            again = reply['UnprocessedKeys'].get(self.table, {}).get('Keys', [])
            keys = again + keys[100:]
        return found

    def by_sort(self, items):
        return sorted(items, key=lambda item: int(item['s']['N']))

    def test_many_there_and_back(self):
        items = [self.item(i, a={'S': f'value {i}'}) for i in range(230)]
        put_all(self.client, self.table, items)
        self.assertEqual(self.count(), 230)
        keys = [self.item(i) for i in range(240)]
        self.assertEqual(self.by_sort(self.read(keys)), items)
        self.assertEqual(self.by_sort(self.read(keys, ConsistentRead=True)), items)

    def test_puts_and_deletes_mixed(self):
        put_all(self.client, self.table, [self.item(i) for i in range(20)])
        requests = [{'DeleteRequest': {'Key': self.item(i)}} for i in range(0, 30, 2)]
        requests += [{'PutRequest': {'Item': self.item(i, new={'BOOL': True})}}
                     for i in range(1, 20, 2)]
        batch_write(self.client, self.table, requests)
        self.assertEqual(self.by_sort(self.read([self.item(i) for i in range(30)])),
                         [self.item(i, new={'BOOL': True}) for i in range(1, 20, 2)])

    def test_batch_writer(self):
        table = self.resource.Table(self.table)
        with table.batch_writer(overwrite_by_pkeys=['p', 's']) as batch:
            for i in range(120):
                batch.put_item(Item={'p': 'a', 's': i % 100, 'round': i // 100})
        self.assertEqual(self.count(), 100)
        with table.batch_writer() as batch:
            for i in range(10, 100):
                batch.delete_item(Key={'p': 'a', 's': i})
        rounds = {int(item['s']): int(item['round']) for item in table.scan()['Items']}
        self.assertEqual(rounds, {i: 1 for i in range(10)})

    def test_several_tables(self):
        other = self.create_table(hash_type='N')
        self.client.batch_write_item(RequestItems={
            self.table: [{'PutRequest': {'Item': self.item(1)}}],
            other: [{'PutRequest': {'Item': {'p': {'N': '7'}}}}]})
        reply = self.client.batch_get_item(RequestItems={
            self.table: {'Keys': [self.item(1)]},
            other: {'Keys': [{'p': {'N': '7'}}, {'p': {'N': '8'}}]}})
        self.assertEqual(reply['Responses'],
                         {self.table: [self.item(1)], other: [{'p': {'N': '7'}}]})
        self.assertEqual(reply['UnprocessedKeys'], {})

    def test_projection(self):
        put_all(self.client, self.table,
                [self.item(i, a={'S': 'x'}, b={'S': 'y'}) for i in range(3)])
        found = self.read([self.item(i) for i in range(3)],
                          ProjectionExpression='#a, s', ExpressionAttributeNames={'#a': 'a'})
        self.assertEqual(self.by_sort(found),
                         [{'s': {'N': str(i)}, 'a': {'S': 'x'}} for i in range(3)])

    def test_16_megabytes_come_in_pieces(self):
        items = [self.item(i, a={'S': 'x' * 390000}) for i in range(45)]
        for item in items:
            self.client.put_item(TableName=self.table, Item=item)
        keys = [self.item(i) for i in range(45)]
        reply = self.client.batch_get_item(RequestItems={self.table: {'Keys': keys}})
        first = reply['Responses'][self.table]
        rest = reply['UnprocessedKeys'][self.table]['Keys']
        self.assertLess(sum(len(item['a']['S']) for item in first), 16 * 1024 * 1024)
        self.assertEqual(len(first) + len(rest), 45)
        self.assertEqual(self.by_sort(first + self.read(rest)), items)

    def test_consumed_capacity(self):
        reply = self.client.batch_write_item(
            RequestItems={self.table: [
                {'PutRequest': {'Item': self.item(1, a={'S': 'x' * 1500})}},
                {'PutRequest': {'Item': self.item(2)}}]},
            ReturnConsumedCapacity='TOTAL')
        self.assertEqual(reply['ConsumedCapacity'],
                         [{'TableName': self.table, 'CapacityUnits': 3}])
        reply = self.client.batch_get_item(
            RequestItems={self.table: {'Keys': [self.item(1), self.item(2)],
                                       'ConsistentRead': True}},
            ReturnConsumedCapacity='TOTAL')
        self.assertEqual(reply['ConsumedCapacity'],
                         [{'TableName': self.table, 'CapacityUnits': 2}])

    def test_refused(self):
        put = [{'PutRequest': {'Item': self.item(i)}} for i in range(26)]
        write, read = self.client.batch_write_item, self.client.batch_get_item
        for call, requests in (
                (write, {self.table: put}),
                (write, {self.table: []}),
                (write, {}),
                (write, {self.table: [{}]}),
                (write, {self.table: [{**put[0], 'DeleteRequest': {'Key': self.item(1)}}]}),
                (write, {self.table: [put[1], put[1]]}),
                (write, {self.table: [put[1], {'DeleteRequest': {'Key': self.item(1)}}]}),
                (write, {self.table: put[:3] + [{'PutRequest': {'Item': {'p': {'S': 'a'}}}}]}),
                (write, {self.table: put[:3] + [{'PutRequest': {
                    'Item': self.item(9, a={'S': 'x' * 410000})}}]}),
                (read, {self.table: {'Keys': [self.item(i) for i in range(101)]}}),
                (read, {self.table: {'Keys': []}}),
                (read, {}),
                (read, {self.table: {'Keys': [self.item(1), self.item(1)]}}),
                (read, {self.table: {'Keys': [{'p': {'S': 'a'}}]}})):
            with self.subTest(call=call.__name__, requests=str(requests)[:80]):
                self.assert_fails('ValidationException', call, RequestItems=requests)
        self.assertEqual(self.count(), 0)


if __name__ == '__main__':
    unittest.main()
