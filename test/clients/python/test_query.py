"""Query: every operator on every type of sort key, both ways, in pages.

What must come back is worked out here from the same rows by plain
comparisons: of UTF-8 bytes, of numbers, of bytes.
"""
import unittest
from decimal import Decimal

from boto3.dynamodb.conditions import Key

from support import TableTest, pages, put_all

VALUES = {
    'S': ['\x01', ' ', 'A', 'B', 'Z', 'a', 'a\x01', 'aa', 'aaa', 'ab', 'abc', 'b', 'z', '~',
          'é', 'ü', 'ßs', '\uffff', '\U0001F1E6', '\U0001F600'],
    'N': ['-1E125', '-1000', '-100', '-99.5', '-10', '-9', '-1.5', '-1', '-0.001', '-1E-130', '0',
          '1E-130', '0.001', '0.5', '1', '1.5', '2', '9', '10', '99', '99.5', '100', '1000',
          '12345678901234567890123456789012345678', '1E125'],
    'B': [b'\0', b'\0\0', b'\x01', b'a', b'a\0', b'aa', b'ab', b'b', b'\x7f', b'\x80', b'\xff',
          b'\xff\0', b'\xff\xff'],
}
ORDER = {'S': lambda v: v.encode(), 'N': Decimal, 'B': bytes}


class Operators:
    """Mixed into one class for each type of the sort key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table(range_type=cls.kind)
        cls.values = sorted(VALUES[cls.kind], key=ORDER[cls.kind])
        rows = [(p, v) for p in ('one', 'two') for v in reversed(cls.values)]
        put_all(cls.client, cls.table,
                [{'p': {'S': p}, 's': {cls.kind: v}, 'a': {'S': p}} for p, v in rows])

    def query(self, condition, forward=True, **values):
        """The sort keys that all pages of a query give."""
        items = [item for page in pages(
            self.client.query, TableName=self.table, KeyConditionExpression=condition,
            ScanIndexForward=forward,
            ExpressionAttributeValues={':p': {'S': 'one'},
                                       **{f':{n}': {self.kind: v} for n, v in values.items()}})
                 for item in page['Items']]
        self.assertTrue(all(item['p'] == item['a'] == {'S': 'one'} for item in items))
        return [item['s'][self.kind] for item in items]

    def check(self, condition, expected, **values):
        expected = [v for v in self.values if expected(ORDER[self.kind](v))]
        order = ORDER[self.kind]
        for forward in (True, False):
            with self.subTest(condition=condition, forward=forward, **values):
                read = self.query(condition, forward, **values)
                self.assertEqual([order(v) for v in read],
                                 [order(v) for v in (expected if forward else expected[::-1])])

    def test_partition_only(self):
        self.check('p = :p', lambda v: True)

    def test_comparisons(self):
        order = ORDER[self.kind]
        for value in self.values:
            operand = order(value)
            self.check('p = :p AND s = :v', lambda v: v == operand, v=value)
            self.check('p = :p AND s < :v', lambda v: v < operand, v=value)
            self.check('p = :p AND s <= :v', lambda v: v <= operand, v=value)
            self.check('p = :p AND s > :v', lambda v: v > operand, v=value)
            self.check('p = :p AND s >= :v', lambda v: v >= operand, v=value)

    def test_between(self):
        order = ORDER[self.kind]
        for low in self.values[::3]:
            for high in self.values[::4]:
                if order(low) <= order(high):
                    self.check('p = :p AND s BETWEEN :low AND :high',
                               lambda v: order(low) <= v <= order(high), low=low, high=high)

    def test_between_the_wrong_way(self):
        self.assert_fails('ValidationException', self.client.query, TableName=self.table,
                          KeyConditionExpression='p = :p AND s BETWEEN :low AND :high',
                          ExpressionAttributeValues={':p': {'S': 'one'},
                                                     ':low': {self.kind: self.values[-1]},
                                                     ':high': {self.kind: self.values[0]}})

    def test_spellings(self):
        v = self.values[3]
        order = ORDER[self.kind]
        for condition in ('s > :v AND p = :p', '(p = :p) AND (s > :v)', '(p = :p AND s > :v)',
                          'p=:p and s>:v', '  p  =  :p\tAnD\n s  >  :v '):
            self.check(condition, lambda x: x > order(v), v=v)

    def test_pages(self):
        condition = dict(TableName=self.table, KeyConditionExpression='p = :p',
                         ExpressionAttributeValues={':p': {'S': 'one'}})
        for forward in (True, False):
            for limit in (1, 3, len(self.values), len(self.values) + 1):
                with self.subTest(forward=forward, limit=limit):
                    read, start = [], {}
                    while len(read) <= len(self.values):
                        page = self.client.query(Limit=limit, ScanIndexForward=forward,
                                                 **condition, **start)
                        self.assertLessEqual(page['Count'], limit)
                        read += [item['s'] for item in page['Items']]
                        if 'LastEvaluatedKey' not in page:
                            break
                        self.assertEqual(page['LastEvaluatedKey'],
                                         {'p': {'S': 'one'}, 's': read[-1]})
                        start = {'ExclusiveStartKey': page['LastEvaluatedKey']}
                    values = self.values if forward else self.values[::-1]
                    order = ORDER[self.kind]
                    self.assertEqual([order(v[self.kind]) for v in read],
                                     [order(v) for v in values])

    def test_start_at_a_key_that_is_not_there(self):
        order = ORDER[self.kind]
        start = {'S': 'aaaa', 'N': '9.5', 'B': b'aaa'}[self.kind]
        page = self.client.query(
            TableName=self.table, KeyConditionExpression='p = :p',
            ExpressionAttributeValues={':p': {'S': 'one'}},
            ExclusiveStartKey={'p': {'S': 'one'}, 's': {self.kind: start}})
        self.assertEqual([order(item['s'][self.kind]) for item in page['Items']],
                         [order(v) for v in self.values if order(v) > order(start)])


class BeginsWith:
    def test_begins_with(self):
        order = ORDER[self.kind]
        for value in self.values:
            prefix = order(value)
            self.check('p = :p AND begins_with(s, :v)', lambda v: v.startswith(prefix), v=value)


class StringKeys(BeginsWith, Operators, TableTest):
    kind = 'S'


class BinaryKeys(BeginsWith, Operators, TableTest):
    kind = 'B'


class NumberKeys(Operators, TableTest):
    kind = 'N'

    def test_no_begins_with(self):
        self.assert_fails('ValidationException', self.client.query, TableName=self.table,
                          KeyConditionExpression='p = :p AND begins_with(s, :v)',
                          ExpressionAttributeValues={':p': {'S': 'one'}, ':v': {'N': '1'}})


class PartitionKeys(TableTest):
    def test_each_type_without_sort_key(self):
        for kind, values in VALUES.items():
            table = self.create_table(hash_type=kind)
            put_all(self.client, table, [{'p': {kind: v}} for v in values])
            for value in values:
                with self.subTest(kind=kind, value=value):
                    page = self.client.query(TableName=table, KeyConditionExpression='p = :p',
                                             ExpressionAttributeValues={':p': {kind: value}})
                    self.assertEqual(page['Count'], 1)
                    order = ORDER[kind]
                    self.assertEqual(order(page['Items'][0]['p'][kind]), order(value))


class Options(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table(range_type='N')
        put_all(cls.client, cls.table,
                [{'p': {'S': 'a'}, 's': {'N': str(i)}, 'even': {'BOOL': i % 2 == 0},
                  'm': {'M': {'x': {'N': str(i)}}}} for i in range(50)])
        cls.condition = dict(TableName=cls.table, KeyConditionExpression='p = :p',
                             ExpressionAttributeValues={':p': {'S': 'a'}})

    def test_counts(self):
        page = self.client.query(**self.condition)
        self.assertEqual((page['Count'], page['ScannedCount'], len(page['Items'])), (50, 50, 50))
        page = self.client.query(Select='COUNT', **self.condition)
        self.assertEqual((page['Count'], page['ScannedCount']), (50, 50))
        self.assertNotIn('Items', page)

    def test_nothing_found(self):
        page = self.client.query(**{**self.condition,
                                    'ExpressionAttributeValues': {':p': {'S': 'nobody'}}})
        self.assertEqual((page['Count'], page['ScannedCount'], page['Items']), (0, 0, []))
        self.assertNotIn('LastEvaluatedKey', page)

    def test_projection(self):
        page = self.client.query(ProjectionExpression='#m.x', Limit=2,
                                 ExpressionAttributeNames={'#m': 'm'}, **self.condition)
        self.assertEqual(page['Items'], [{'m': {'M': {'x': {'N': '0'}}}},
                                         {'m': {'M': {'x': {'N': '1'}}}}])
        page = self.client.query(ProjectionExpression='even', Limit=1,
                                 Select='SPECIFIC_ATTRIBUTES', **self.condition)
        self.assertEqual(page['Items'], [{'even': {'BOOL': True}}])

    def test_names_in_the_condition(self):
        page = self.client.query(
            TableName=self.table, KeyConditionExpression='#p = :p AND #s >= :s',
            ExpressionAttributeNames={'#p': 'p', '#s': 's'},
            ExpressionAttributeValues={':p': {'S': 'a'}, ':s': {'N': '48'}})
        self.assertEqual(page['Count'], 2)

    def test_resource_conditions(self):
        table = self.resource.Table(self.table)
        items = table.query(KeyConditionExpression=Key('p').eq('a') & Key('s').between(3, 5),
                            ScanIndexForward=False)['Items']
        self.assertEqual([int(item['s']) for item in items], [5, 4, 3])

    def test_consumed_capacity(self):
        page = self.client.query(ReturnConsumedCapacity='TOTAL', **self.condition)
        self.assertEqual(page['ConsumedCapacity'],
                         {'TableName': self.table, 'CapacityUnits': 0.5})
        page = self.client.query(ReturnConsumedCapacity='TOTAL', ConsistentRead=True,
                                 **self.condition)
        self.assertEqual(page['ConsumedCapacity']['CapacityUnits'], 1)

    def test_pages_of_a_megabyte(self):
        table = self.create_table(range_type='N')
        put_all(self.client, table, [{'p': {'S': 'a'}, 's': {'N': str(i)},
                                      'a': {'S': 'x' * 100000}} for i in range(24)])
        condition = {**self.condition, 'TableName': table}
        for options in ({}, {'Select': 'COUNT'}, {'ScanIndexForward': False}):
            with self.subTest(options=options):
                found = list(pages(self.client.query, **condition, **options))
                self.assertEqual([page['Count'] for page in found], [11, 11, 2])
                self.assertEqual(found[0]['LastEvaluatedKey']['s'],
                                 {'N': '13' if 'ScanIndexForward' in options else '10'})

    def test_bad_conditions(self):
        a, one = {'S': 'a'}, {'N': '1'}
        for expression, values in (
                ('', {':p': a}),
                ('p', {':p': a}),
                ('p = ', {':p': a}),
                ('p = :p AND', {':p': a}),
                ('s = :s', {':s': one}),
                ('p > :p', {':p': a}),
                ('begins_with(p, :p)', {':p': a}),
                ('p = :p OR s = :s', {':p': a, ':s': one}),
                ('NOT p = :p', {':p': a}),
                ('p = :p AND s <> :s', {':p': a, ':s': one}),
                ('p = :p AND s IN (:s)', {':p': a, ':s': one}),
                ('p = :p AND s = :s AND s = :s', {':p': a, ':s': one}),
                ('p = :p AND x = :s', {':p': a, ':s': one}),
                ('p = :p AND s = :s', {':p': a, ':s': a}),
                ('p = :p', {':p': one}),
                ('p = :p', {':p': {'S': ''}}),
                ('p = :p', {':p': a, ':unused': one}),
                ('p = :p', {':other': a}),
                ('p = :p', {}),
                ('((p = :p))', {':p': a}),
                ('p = :p AND s.x = :s', {':p': a, ':s': one})):
            with self.subTest(expression=expression, values=values):
                self.assert_fails('ValidationException', self.client.query,
                                  TableName=self.table, KeyConditionExpression=expression,
                                  ExpressionAttributeValues=values)

    def test_bad_options(self):
        for options in (dict(Limit=0), dict(Limit=-1), dict(Select='SOME'),
                        dict(Select='SPECIFIC_ATTRIBUTES'),
                        dict(Select='COUNT', ProjectionExpression='s'),
                        dict(Select='ALL_PROJECTED_ATTRIBUTES'),
                        dict(IndexName='no-such-index'),
                        dict(ExclusiveStartKey={'p': {'S': 'a'}}),
                        dict(ExclusiveStartKey={'p': {'S': 'b'}, 's': {'N': '1'}}),
                        dict(ExclusiveStartKey={'p': {'S': 'a'}, 's': {'S': '1'}}),
                        dict(ReturnConsumedCapacity='SOME')):
            with self.subTest(options=options):
                self.assert_fails('ValidationException', self.client.query,
                                  **self.condition, **options)

    def test_no_condition(self):
        self.assert_fails('ValidationException', self.client.query, TableName=self.table)


if __name__ == '__main__':
    unittest.main()
