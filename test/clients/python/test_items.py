"""PutItem, GetItem, DeleteItem: one item at a time."""
import unittest
from decimal import Decimal

from support import TableTest


class Items(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table(range_type='N')

    def key(self, sort=1):
        return {'p': {'S': self.id()}, 's': {'N': str(sort)}}

    def put(self, sort=1, **attributes):
        item = {**self.key(sort), **attributes}
        self.client.put_item(TableName=self.table, Item=item)
        return item

    def get(self, sort=1, **options):
        return self.client.get_item(TableName=self.table, Key=self.key(sort), **options)

    def test_put_get_delete(self):
        item = self.put(a={'S': 'x'})
        self.assertEqual(self.get()['Item'], item)
        self.assertEqual(self.get(ConsistentRead=True)['Item'], item)
        self.client.delete_item(TableName=self.table, Key=self.key())
        self.assertNotIn('Item', self.get())

    def test_nothing_there(self):
        self.assertNotIn('Item', self.get())
        reply = self.client.delete_item(TableName=self.table, Key=self.key(),
                                        ReturnValues='ALL_OLD')
        self.assertNotIn('Attributes', reply)

    def test_put_replaces_the_whole_item(self):
        self.put(a={'S': 'x'}, b={'S': 'y'})
        item = self.put(c={'S': 'z'})
        self.assertEqual(self.get()['Item'], item)

    def test_sort_keys_are_apart(self):
        one = self.put(1, a={'S': 'one'})
        two = self.put(2, a={'S': 'two'})
        self.client.delete_item(TableName=self.table, Key=self.key(3))
        self.assertEqual(self.get(1)['Item'], one)
        self.assertEqual(self.get(2)['Item'], two)

    def test_equal_numbers_are_one_key(self):
        self.client.put_item(TableName=self.table, Item={
            'p': {'S': self.id()}, 's': {'N': '010.50'}, 'a': {'S': 'x'}})
        read = self.client.get_item(TableName=self.table, Key={
            'p': {'S': self.id()}, 's': {'N': '1.05E1'}})
        self.assertEqual(read['Item']['s'], {'N': '10.5'})

    def test_return_values(self):
        first = self.put(a={'S': 'x'})
        second = {**self.key(), 'b': {'S': 'y'}}
        reply = self.client.put_item(TableName=self.table, Item=second, ReturnValues='ALL_OLD')
        self.assertEqual(reply['Attributes'], first)
        reply = self.client.delete_item(TableName=self.table, Key=self.key(),
                                        ReturnValues='ALL_OLD')
        self.assertEqual(reply['Attributes'], second)
        reply = self.client.put_item(TableName=self.table, Item=second, ReturnValues='ALL_OLD')
        self.assertNotIn('Attributes', reply)
        reply = self.client.put_item(TableName=self.table, Item=second, ReturnValues='NONE')
        self.assertNotIn('Attributes', reply)

    def test_return_values_that_only_updates_have(self):
        for values in ('UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'):
            with self.subTest(values=values):
                self.assert_fails('ValidationException', self.client.put_item,
                                  'Return values set to invalid value', TableName=self.table,
                                  Item=self.key(), ReturnValues=values)

    def test_projection(self):
        self.put(a={'S': 'x'}, b={'M': {'c': {'S': 'y'}, 'd': {'S': 'z'}}},
                 e={'L': [{'S': str(i)} for i in range(4)]}, size={'N': '1'})

        def projected(expression, **names):
            options = {'ExpressionAttributeNames': {f'#{n}': v for n, v in names.items()}}
            return self.get(ProjectionExpression=expression, **(options if names else {}))['Item']

        self.assertEqual(projected('a'), {'a': {'S': 'x'}})
        self.assertEqual(projected('a, s'), {'a': {'S': 'x'}, 's': {'N': '1'}})
        self.assertEqual(projected('b.c'), {'b': {'M': {'c': {'S': 'y'}}}})
        self.assertEqual(projected('b.c, b.d'), {'b': {'M': {'c': {'S': 'y'}, 'd': {'S': 'z'}}}})
        self.assertEqual(projected('e[2]'), {'e': {'L': [{'S': '2'}]}})
        self.assertEqual(projected('e[3], e[1]'), {'e': {'L': [{'S': '1'}, {'S': '3'}]}})
        self.assertEqual(projected('#n, #m.c', n='size', m='b'),
                         {'size': {'N': '1'}, 'b': {'M': {'c': {'S': 'y'}}}})
        self.assertEqual(projected('nothing, b.nothing, e[9], a.b'), {})

    def test_bad_projections(self):
        self.put()
        for message, expression, names in (
                ('can not be empty', '', {}),
                ('Syntax error', 'a..b', {}),
                ('Syntax error', 'a,', {}),
                ('reserved keyword', 'name', {}),
                ('not defined', '#n', {}),
                ('unused', 'a', {'#n': 'b'}),
                ('overlap', 'a, a.b', {}),
                ('overlap', 'a, #n', {'#n': 'a'})):
            with self.subTest(expression=expression, names=names):
                options = {'ExpressionAttributeNames': names} if names else {}
                self.assert_fails('ValidationException', self.client.get_item, message,
                                  TableName=self.table, Key=self.key(),
                                  ProjectionExpression=expression, **options)

    def test_consumed_capacity(self):
        def units(reply):
            capacity = reply['ConsumedCapacity']
            self.assertEqual(capacity['TableName'], self.table)
            return capacity['CapacityUnits']

        item = {**self.key(), 'a': {'S': 'x' * 5000}}
        reply = self.client.put_item(TableName=self.table, Item=item,
                                     ReturnConsumedCapacity='TOTAL')
        self.assertEqual(units(reply), 5)
        self.assertNotIn('Table', reply['ConsumedCapacity'])
        self.assertEqual(units(self.get(ReturnConsumedCapacity='TOTAL')), 1)
        self.assertEqual(units(self.get(ReturnConsumedCapacity='TOTAL', ConsistentRead=True)), 2)
        self.assertEqual(units(self.get(9, ReturnConsumedCapacity='TOTAL')), 0.5)
        self.assertEqual(units(self.get(9, ReturnConsumedCapacity='TOTAL', ConsistentRead=True)), 1)
        reply = self.client.delete_item(TableName=self.table, Key=self.key(),
                                        ReturnConsumedCapacity='INDEXES')
        self.assertEqual(units(reply), 5)
        self.assertEqual(reply['ConsumedCapacity']['Table']['CapacityUnits'], 5)
        self.assertNotIn('ConsumedCapacity', self.get(ReturnConsumedCapacity='NONE'))
        self.assertNotIn('ConsumedCapacity', self.get())

    def test_resource_interface(self):
        table = self.resource.Table(self.table)
        key = {'p': self.id(), 's': Decimal('1.5')}
        item = {**key, 'list': [1, 'two', None, True, {'x': Decimal('-0.25')}],
                'set': {'a', 'b'}, 'numbers': {Decimal(1), Decimal('2.5')}}
        table.put_item(Item=item)
        self.assertEqual(table.get_item(Key=key)['Item'], item)
        self.assertEqual(table.delete_item(Key=key, ReturnValues='ALL_OLD')['Attributes'], item)


class BadKeys(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table(range_type='B')

    GOOD = {'p': {'S': 'a'}, 's': {'B': b'b'}}

    def test_get_and_delete(self):
        for call in (self.client.get_item, self.client.delete_item):
            for message, key in (
                    ('', {'p': {'S': 'a'}}),
                    ('', {**self.GOOD, 'x': {'S': 'c'}}),
                    ('key element does not match the schema', {**self.GOOD, 's': {'S': 'b'}}),
                    ('key element does not match the schema', {'p': {'S': 'a'}, 'x': {'B': b'b'}}),
                    ('empty string value. Key: p', {**self.GOOD, 'p': {'S': ''}}),
                    ('empty binary value. Key: s', {**self.GOOD, 's': {'B': b''}}),
                    ('2048 bytes', {**self.GOOD, 'p': {'S': 'x' * 2049}}),
                    ('1024 bytes', {**self.GOOD, 's': {'B': b'x' * 1025}})):
                with self.subTest(call=call.__name__, message=message):
                    self.assert_fails('ValidationException', call, message,
                                      TableName=self.table, Key=key)

    def test_put(self):
        for message, item in (
                ('Missing the key s in the item', {'p': {'S': 'a'}}),
                ('Type mismatch for key s expected: B actual: S', {**self.GOOD, 's': {'S': 'b'}}),
                ('empty string value. Key: p', {**self.GOOD, 'p': {'S': ''}}),
                ('empty binary value. Key: s', {**self.GOOD, 's': {'B': b''}}),
                ('2048 bytes', {**self.GOOD, 'p': {'S': 'x' * 2049}}),
                ('1024 bytes', {**self.GOOD, 's': {'B': b'x' * 1025}})):
            with self.subTest(message=message):
                self.assert_fails('ValidationException', self.client.put_item, message,
                                  TableName=self.table, Item=item)
        self.assertEqual(self.client.scan(TableName=self.table)['Count'], 0)

    def test_longest_keys(self):
        item = {'p': {'S': 'x' * 2048}, 's': {'B': b'y' * 1024}}
        self.client.put_item(TableName=self.table, Item=item)
        self.assertEqual(self.client.get_item(TableName=self.table, Key=item)['Item'], item)
        self.client.delete_item(TableName=self.table, Key=item)


class NoTable(TableTest):
    def test_each_operation(self):
        name = 'no-such-table'
        key = {'p': {'S': 'a'}}
        for call, request in (
                (self.client.get_item, dict(TableName=name, Key=key)),
                (self.client.put_item, dict(TableName=name, Item=key)),
                (self.client.delete_item, dict(TableName=name, Key=key)),
                (self.client.scan, dict(TableName=name)),
                (self.client.query, dict(TableName=name, KeyConditionExpression='p = :p',
                                         ExpressionAttributeValues={':p': {'S': 'a'}})),
                (self.client.batch_get_item, dict(RequestItems={name: {'Keys': [key]}})),
                (self.client.batch_write_item,
                 dict(RequestItems={name: [{'PutRequest': {'Item': key}}]})),
                (self.client.describe_table, dict(TableName=name)),
                (self.client.delete_table, dict(TableName=name))):
            with self.subTest(call=call.__name__):
                with self.assertRaises(self.client.exceptions.ResourceNotFoundException) as caught:
                    call(**request)
                self.assertIn('esource not found', caught.exception.response['Error']['Message'])


if __name__ == '__main__':
    unittest.main()
