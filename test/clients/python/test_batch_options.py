"""BatchGetItem and BatchWriteItem: options of each table, and what does not fit into one call."""
import json
import unittest

from support import TableTest, put_all, wire

MANY_ITEMS = 'Too many items requested for the BatchGetItem call'
MANY_WRITES = 'Too many items requested for the BatchWriteItem call'


def ordered(items):
    """The items in an order that does not depend on the reply's."""
    return sorted(json.dumps(item, sort_keys=True) for item in items)


class TwoTables(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.create_class_table(range_type='N')
        cls.two = cls.create_class_table()
        put_all(cls.client, cls.one,
                [wire(p='a', s=i, n=i, m={'x': i, 'y': 0}, l=[i, i + 1]) for i in range(60)])
        put_all(cls.client, cls.two, [wire(p=f'k{i}', n=-i, name=f'name {i}') for i in range(60)])

    def keys(self, count):
        return [wire(p='a', s=i) for i in range(count)], [wire(p=f'k{i}') for i in range(count)]

    def get(self, one, two):
        """What both tables answer to their parts of one request, ordered."""
        reply = self.client.batch_get_item(RequestItems={self.one: one, self.two: two})
        self.assertEqual(reply['UnprocessedKeys'], {})
        return [ordered(reply['Responses'][table]) for table in (self.one, self.two)]

    def test_projection_of_each_table(self):
        one, two = self.keys(2)
        self.assertEqual(
            self.get({'Keys': one, 'ProjectionExpression': 'm.x, l[1]'},
                     {'Keys': two, 'ProjectionExpression': '#n',
                      'ExpressionAttributeNames': {'#n': 'name'}}),
            [ordered([wire(m={'x': 0}, l=[1]), wire(m={'x': 1}, l=[2])]),
             ordered([wire(name='name 0'), wire(name='name 1')])])
        self.assertEqual(
            self.get({'Keys': one, 'AttributesToGet': ['n']},
                     {'Keys': two, 'AttributesToGet': ['n', 'nothing']}),
            [ordered([wire(n=0), wire(n=1)]), ordered([wire(n=0), wire(n=-1)])])

    def test_names_are_those_of_the_table(self):
        one, two = self.keys(1)
        for more in (dict(ProjectionExpression='#n'), dict(ExpressionAttributeNames={'#n': 'name'})):
            self.assert_fails('ValidationException', self.client.batch_get_item, RequestItems={
                self.one: {'Keys': one, 'ProjectionExpression': '#n',
                           'ExpressionAttributeNames': {'#n': 'n'}},
                self.two: {'Keys': two, **more}})

    def test_consistent_read_of_each_table(self):
        one, two = self.keys(4)
        reply = self.client.batch_get_item(
            RequestItems={self.one: {'Keys': one, 'ConsistentRead': True}, self.two: {'Keys': two}},
            ReturnConsumedCapacity='TOTAL')
        self.assertEqual({each['TableName']: each['CapacityUnits']
                          for each in reply['ConsumedCapacity']}, {self.one: 4, self.two: 2})

    def test_absent_items(self):
        one, two = self.keys(3)
        reply = self.client.batch_get_item(RequestItems={
            self.one: {'Keys': one + [wire(p='nobody', s=1)]},
            self.two: {'Keys': [wire(p='nobody')]}})
        self.assertEqual(len(reply['Responses'][self.one]), 3)
        self.assertEqual(reply['Responses'][self.two], [])

    def test_keys_of_both_tables_count(self):
        for ones, twos in ((50, 50), (51, 50), (60, 60)):
            one, two = self.keys(ones)[0], self.keys(twos)[1]
            request = {self.one: {'Keys': one}, self.two: {'Keys': two}}
            if ones + twos <= 100:
                reply = self.client.batch_get_item(RequestItems=request)
                self.assertEqual({name: len(items) for name, items in reply['Responses'].items()},
                                 {self.one: ones, self.two: twos})
            else:
                self.assert_fails('ValidationException', self.client.batch_get_item, MANY_ITEMS,
                                  RequestItems=request)

    def test_writes_to_both_tables_count(self):
        def request(ones, twos):
            return {self.one: [{'PutRequest': {'Item': wire(p='w', s=i)}} for i in range(ones)],
                    self.two: [{'DeleteRequest': {'Key': wire(p=f'w{i}')}} for i in range(twos)]}

        self.assert_fails('ValidationException', self.client.batch_write_item, MANY_WRITES,
                          RequestItems=request(13, 13))
        self.assertNotIn('Item', self.client.get_item(TableName=self.one, Key=wire(p='w', s=0)))
        reply = self.client.batch_write_item(RequestItems=request(13, 12))
        self.assertEqual(reply['UnprocessedItems'], {})
        self.assertIn('Item', self.client.get_item(TableName=self.one, Key=wire(p='w', s=12)))
        self.client.batch_write_item(RequestItems={self.one: [
            {'DeleteRequest': {'Key': wire(p='w', s=i)}} for i in range(13)]})

    def test_one_bad_table_and_nothing_is_written(self):
        good = [{'PutRequest': {'Item': wire(p='nobody')}}]
        for code, bad in (('ResourceNotFoundException', {'no-such-table': good}),
                          ('ValidationException', {self.one: good})):
            self.assert_fails(code, self.client.batch_write_item,
                              RequestItems={self.two: good, **bad})
        self.assertNotIn('Item', self.client.get_item(TableName=self.two, Key=wire(p='nobody')))

    def test_resource_interface(self):
        one, two = self.keys(2)
        reply = self.resource.batch_get_item(RequestItems={
            self.one: {'Keys': [{'p': 'a', 's': 7}], 'ProjectionExpression': 'm, l'},
            self.two: {'Keys': [{'p': 'k7'}, {'p': 'k8'}]}})
        self.assertEqual(reply['Responses'][self.one], [{'m': {'x': 7, 'y': 0}, 'l': [7, 8]}])
        self.assertEqual(sorted(item['name'] for item in reply['Responses'][self.two]),
                         ['name 7', 'name 8'])
        self.resource.batch_write_item(RequestItems={self.two: [
            {'PutRequest': {'Item': {'p': 'plain', 'set': {'x'}}}}]})
        self.resource.batch_write_item(RequestItems={self.two: [
            {'DeleteRequest': {'Key': {'p': 'plain'}}}]})
        self.assertNotIn('Item', self.client.get_item(TableName=self.two, Key=wire(p='plain')))


class Megabytes(TableTest):
    """The documentation's own example: 100 items of 300 KB, of which 52 fit into 16 MB."""

    COUNT = 60
    SIZE = 300 * 1024

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.large = cls.create_class_table(range_type='N')
        cls.small = cls.create_class_table()
        cls.keys = [wire(p='a', s=i) for i in range(cls.COUNT)]
        for key in cls.keys:
            # The rest of an item takes 8 bytes.
            cls.client.put_item(TableName=cls.large, Item={
                **key, **wire(a='x' * (cls.SIZE - 8), b='y')})
        cls.client.put_item(TableName=cls.small, Item=wire(p='b'))

    def get(self, request):
        reply = self.client.batch_get_item(RequestItems=request)
        return reply['Responses'], reply['UnprocessedKeys']

    def test_a_full_reply(self):
        items, rest = self.get({self.large: {'Keys': self.keys}})
        # 16 MB are 54.6 times 300 KB; the service itself stops at 52.
        self.assertIn(len(items[self.large]), range(52, 55))
        self.assertEqual(len(rest[self.large]['Keys']), self.COUNT - len(items[self.large]))
        more, rest = self.get(rest)
        self.assertEqual(rest, {})
        found = sorted(int(item['s']['N']) for item in items[self.large] + more[self.large])
        self.assertEqual(found, list(range(self.COUNT)))

    def test_options_are_kept_for_the_rest(self):
        """UnprocessedKeys is a request of its own, as it stands."""
        for options in (dict(ProjectionExpression='#s, b', ExpressionAttributeNames={'#s': 's'}),
                        dict(ProjectionExpression='s, b', ConsistentRead=True)):
            with self.subTest(options=options):
                request, found = {self.large: {'Keys': self.keys, **options}}, []
                for _ in range(3):
                    items, request = self.get(request)
                    found += items[self.large]
                    if not request:
                        break
                    for name, option in options.items():
                        self.assertEqual(request[self.large][name], option)
                self.assertEqual(request, {})
                found.sort(key=lambda item: int(item['s']['N']))
                self.assertEqual(found, [wire(s=i, b='y') for i in range(self.COUNT)])

    def test_old_options_are_kept_too(self):
        """Local forgets them; the documentation says "in the same form as RequestItems"."""
        options = dict(AttributesToGet=['s', 'b'])
        items, rest = self.get({self.large: {'Keys': self.keys, **options}})
        self.assertEqual(rest[self.large]['AttributesToGet'], ['s', 'b'])
        more, rest = self.get(rest)
        self.assertEqual(rest, {})
        self.assertTrue(all(set(item) == {'s', 'b'}
                            for item in items[self.large] + more[self.large]))

    def test_several_tables(self):
        request, found = {self.large: {'Keys': self.keys},
                          self.small: {'Keys': [wire(p='b')]}}, {self.large: [], self.small: []}
        for _ in range(3):
            items, request = self.get(request)
            for name in items:
                found[name] += items[name]
            if not request:
                break
        self.assertEqual(len(found[self.large]), self.COUNT)
        self.assertEqual(found[self.small], [wire(p='b')])

    def test_writes(self):
        """25 of the largest items there are fit into one call."""
        table = self.create_table()
        room = 400 * 1024 - len('pk00v')
        reply = self.client.batch_write_item(RequestItems={table: [
            {'PutRequest': {'Item': {'p': {'S': f'k{i:02}'}, 'v': {'S': 'x' * room}}}}
            for i in range(25)]})
        self.assertEqual(reply['UnprocessedItems'], {})
        self.assert_fails('ValidationException', self.client.batch_write_item,
                          'Item size has exceeded the maximum allowed size', RequestItems={table: [
                              {'PutRequest': {'Item': wire(p='new')}},
                              {'PutRequest': {'Item': {'p': {'S': 'k25'},
                                                       'v': {'S': 'x' * (room + 1)}}}}]})
        found = self.client.get_paginator('scan').paginate(
            TableName=table, ProjectionExpression='p').build_full_result()['Items']
        self.assertEqual(sorted(item['p']['S'] for item in found), [f'k{i:02}' for i in range(25)])


if __name__ == '__main__':
    unittest.main()
