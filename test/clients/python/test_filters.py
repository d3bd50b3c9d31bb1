"""FilterExpression: what is counted and what is returned, over pages and segments."""
import concurrent.futures
import unittest

from boto3.dynamodb.conditions import Attr, Key

from support import TableTest, client, pages, put_all, wire

COUNT = 200


class FilterTest(TableTest):
    """Items p0 ... p9 by s; "third" stands in every third only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.name = cls.create_class_table(range_type='N')
        cls.table = cls.resource.Table(cls.name)
        cls.numbers = range(COUNT)
        put_all(cls.client, cls.name,
                [wire(p=f'p{i % 10}', s=i, n=i, even=i % 2 == 0, word=f'w{i:03}', tags={f't{i % 7}'},
                      m={'x': [i]}, **({'third': i} if i % 3 == 0 else {}))
                 for i in cls.numbers])

    # A filter, its names and values, and the numbers of the items it lets through.
    FILTERS = (
        ('n < :v', dict(v=50), lambda i: i < 50),
        ('even = :v', dict(v=True), lambda i: i % 2 == 0),
        ('attribute_exists(third)', {}, lambda i: i % 3 == 0),
        ('NOT attribute_exists(third) AND even <> :v', dict(v=True), lambda i: i % 3 and i % 2),
        ('n BETWEEN :v AND :w OR n IN (:x, :y)', dict(v=10, w=20, x=0, y=199),
         lambda i: 10 <= i <= 20 or i in (0, 199)),
        ('begins_with(word, :v) AND (contains(tags, :w) OR m.x[0] >= :x)',
         dict(v='w0', w='t3', x=90), lambda i: i < 100 and (i % 7 == 3 or i >= 90)),
        ('contains(word, :v)', dict(v='7'), lambda i: '7' in f'{i:03}'),
        ('m.x[0] = n', {}, lambda i: True),
        ('n = :v', dict(v='text'), lambda i: False),
        ('attribute_type(tags, :v) AND size(tags) = :w', dict(v='SS', w=1), lambda i: True),
    )

    def filters(self):
        for expression, values, model in self.FILTERS:
            request = dict(FilterExpression=expression)
            if values:
                request['ExpressionAttributeValues'] = wire(
                    **{f':{name}': value for name, value in values.items()})
            yield request, [i for i in self.numbers if model(i)]

    def found(self, page):
        return sorted(int(item['n']['N']) for item in page['Items'])


class Scans(FilterTest):
    def test_counts(self):
        for request, expected in self.filters():
            with self.subTest(**request):
                page = self.client.scan(TableName=self.name, **request)
                self.assertEqual(self.found(page), expected)
                self.assertEqual((page['Count'], page['ScannedCount']), (len(expected), COUNT))
                self.assertNotIn('LastEvaluatedKey', page)
                page = self.client.scan(TableName=self.name, Select='COUNT', **request)
                self.assertEqual((page['Count'], page['ScannedCount']), (len(expected), COUNT))
                self.assertNotIn('Items', page)

    def test_pages(self):
        """Limit counts what is read, so that pages may be short or empty."""
        for request, expected in self.filters():
            for size in (1, 7, COUNT, COUNT + 1):
                with self.subTest(size=size, **request):
                    found, counts = [], []
                    for page in pages(self.client.scan, TableName=self.name,
                                      PaginationConfig={'PageSize': size}, **request):
                        self.assertEqual(page['Count'], len(page['Items']))
                        self.assertLessEqual(page['ScannedCount'], size)
                        found += self.found(page)
                        counts.append((page['Count'], page['ScannedCount']))
                    self.assertEqual(sorted(found), expected)
                    self.assertEqual(sum(count for count, _ in counts), len(expected))
                    self.assertEqual(sum(scanned for _, scanned in counts), COUNT)
                    # The last full page does not know that it is the last.
                    self.assertEqual(len(counts), COUNT // size + 1)

    def test_empty_pages_go_on(self):
        page = self.client.scan(TableName=self.name, Limit=5, FilterExpression='n = :v',
                                ExpressionAttributeValues=wire(**{':v': 'text'}))
        self.assertEqual((page['Items'], page['Count'], page['ScannedCount']), ([], 0, 5))
        self.assertIn('LastEvaluatedKey', page)

    def test_paginator_of_max_items(self):
        for request, expected in self.filters():
            result = self.client.get_paginator('scan').paginate(
                TableName=self.name, PaginationConfig={'PageSize': 30, 'MaxItems': 10},
                **request).build_full_result()
            self.assertEqual(len(result['Items']), min(10, len(expected)))
            self.assertLessEqual(set(self.found(result)), set(expected))

    def test_key_attributes(self):
        page = self.table.scan(FilterExpression=Attr('p').eq('p3') & Attr('s').lt(50))
        self.assertEqual(sorted(int(item['s']) for item in page['Items']), [3, 13, 23, 33, 43])
        self.assertEqual(page['ScannedCount'], COUNT)

    def test_projection_does_not_hide_from_the_filter(self):
        page = self.client.scan(TableName=self.name, FilterExpression='even = :v AND n < :w',
                                ExpressionAttributeValues=wire(**{':v': True, ':w': 5}),
                                ProjectionExpression='word')
        self.assertEqual(sorted(item['word']['S'] for item in page['Items']),
                         ['w000', 'w002', 'w004'])
        self.assertTrue(all(list(item) == ['word'] for item in page['Items']))

    def test_names_shared_by_expressions(self):
        page = self.client.scan(
            TableName=self.name, FilterExpression='#n < :v', ProjectionExpression='#n, #w',
            ExpressionAttributeNames={'#n': 'n', '#w': 'word'},
            ExpressionAttributeValues=wire(**{':v': 1}))
        self.assertEqual(page['Items'], [wire(n=0, word='w000')])

    def test_capacity_is_that_of_what_is_read(self):
        def units(**request):
            page = self.client.scan(TableName=self.name, ReturnConsumedCapacity='TOTAL', **request)
            return page['ConsumedCapacity']['CapacityUnits']

        nothing = dict(FilterExpression='n = :v', ExpressionAttributeValues=wire(**{':v': -1}))
        self.assertGreater(units(), 1)
        self.assertEqual(units(**nothing), units())
        self.assertEqual(units(**nothing, ConsistentRead=True), 2 * units())


class Queries(FilterTest):
    def test_filters(self):
        for request, expected in self.filters():
            expected = [i for i in expected if i % 10 == 4]
            values = {**request.pop('ExpressionAttributeValues', {}), ':p': {'S': 'p4'}}
            for forward in (True, False):
                for size in (None, 3):
                    with self.subTest(forward=forward, size=size, **request):
                        found, scanned = [], 0
                        for page in pages(self.client.query, TableName=self.name,
                                          KeyConditionExpression='p = :p',
                                          ExpressionAttributeValues=values,
                                          ScanIndexForward=forward,
                                          PaginationConfig={'PageSize': size} if size else {},
                                          **request):
                            self.assertEqual(page['Count'], len(page['Items']))
                            found += [int(item['n']['N']) for item in page['Items']]
                            scanned += page['ScannedCount']
                        self.assertEqual(found, expected if forward else expected[::-1])
                        self.assertEqual(scanned, COUNT // 10)

    def test_within_a_range(self):
        page = self.table.query(KeyConditionExpression=Key('p').eq('p0') & Key('s').between(50, 99),
                                FilterExpression=Attr('third').exists())
        self.assertEqual([int(item['s']) for item in page['Items']], [60, 90])
        self.assertEqual((page['Count'], page['ScannedCount']), (2, 5))

    def test_limit_comes_before_the_filter(self):
        condition = dict(TableName=self.name, KeyConditionExpression='p = :p',
                         FilterExpression='n >= :v', Limit=5,
                         ExpressionAttributeValues=wire(**{':p': 'p0', ':v': 100}))
        page = self.client.query(**condition)
        self.assertEqual((page['Items'], page['Count'], page['ScannedCount']), ([], 0, 5))
        self.assertEqual(page['LastEvaluatedKey'], wire(p='p0', s=40))
        page = self.client.query(**condition, ExclusiveStartKey=wire(p='p0', s=80))
        self.assertEqual((page['Count'], page['ScannedCount']), (4, 5))
        page = self.client.query(**condition, Select='COUNT')
        self.assertEqual((page['Count'], page['ScannedCount']), (0, 5))
        self.assertNotIn('Items', page)

    def test_select(self):
        condition = dict(TableName=self.name, KeyConditionExpression='p = :p',
                         FilterExpression='n < :v',
                         ExpressionAttributeValues=wire(**{':p': 'p0', ':v': 11}))
        everything = self.client.query(**condition)['Items']
        self.assertEqual(self.client.query(**condition, Select='ALL_ATTRIBUTES')['Items'],
                         everything)
        page = self.client.query(**condition, Select='SPECIFIC_ATTRIBUTES',
                                 ProjectionExpression='word')
        self.assertEqual(page['Items'], [wire(word='w000'), wire(word='w010')])

    def test_key_attributes_are_refused(self):
        for name in 'ps':
            self.assert_fails(
                'ValidationException', self.client.query,
                'Filter Expression can only contain non-primary key attributes: '
                f'Primary key attribute: {name}', TableName=self.name,
                KeyConditionExpression='p = :p', FilterExpression=f'attribute_exists({name})',
                ExpressionAttributeValues=wire(**{':p': 'p0'}))


class Refused(FilterTest):
    def test_expressions(self):
        for message, expression, values in (
                ('The expression can not be empty;', '', {}),
                ('Syntax error; token: "<EOF>", near: "="', 'n =', {}),
                ('Syntax error; token: "&", near: "a & b"', 'a & b', {}),
                ('Attribute name is a reserved keyword; reserved keyword: name', 'name = :v',
                 dict(v=1)),
                ('Invalid function name; function: length', 'length(word) = :v', dict(v=1)),
                ('An expression attribute value used in expression is not defined; attribute '
                 'value: :w', 'n = :v AND n = :w', dict(v=1)),
                ('The function is not allowed in a condition expression; function: if_not_exists',
                 'if_not_exists(a, :v) = :v', dict(v=1)),
                ('The first operand must be distinct from the remaining operands', 'n = n', {})):
            with self.subTest(expression=expression):
                request = dict(FilterExpression=expression)
                if values:
                    request['ExpressionAttributeValues'] = wire(
                        **{f':{name}': value for name, value in values.items()})
                self.assert_fails('ValidationException', self.client.scan,
                                  'Invalid FilterExpression: ' + message,
                                  TableName=self.name, **request)

    def test_unused_placeholders(self):
        self.assert_fails('ValidationException', self.client.scan,
                          'Value provided in ExpressionAttributeValues unused in expressions: '
                          'keys: {:w}', TableName=self.name, FilterExpression='n = :v',
                          ExpressionAttributeValues=wire(**{':v': 1, ':w': 2}))
        self.assert_fails('ValidationException', self.client.scan,
                          'ExpressionAttributeValues can only be specified when using expressions',
                          TableName=self.name, ExpressionAttributeValues=wire(**{':v': 1}))


class Limits(FilterTest):
    def test_values(self):
        """2 MB of values, with their names.

        DynamoDB Local refuses 1 MB already, of which the documentation knows nothing.
        """
        values = {f':v{i}': {'S': 'x' * (300 * 1024)} for i in range(6)}
        rest = 2 * 1024 * 1024 - 6 * (300 * 1024 + 3) - 3
        request = dict(TableName=self.name, FilterExpression='word IN (' + ', '.join(
            [*values, ':v6']) + ')')
        page = self.client.scan(
            ExpressionAttributeValues={**values, ':v6': {'S': 'x' * rest}}, **request)
        self.assertEqual((page['Count'], page['ScannedCount']), (0, COUNT))
        self.assert_fails('ValidationException', self.client.scan,
                          'ExpressionAttributeValues exceeds max size',
                          ExpressionAttributeValues={**values, ':v6': {'S': 'x' * (rest + 1)}},
                          **request)

    def test_operators(self):
        """300 of them; the text itself could hold more."""
        text = ' OR '.join(['n=:v'] * 150)
        request = dict(TableName=self.name, ExpressionAttributeValues=wire(**{':v': 7}))
        page = self.client.scan(FilterExpression=text, **request)
        self.assertEqual(page['Count'], 1)
        self.assert_fails('ValidationException', self.client.scan,
                          'Invalid FilterExpression: The expression contains too many operators; '
                          'operator count: 301', FilterExpression=text + ' OR n=:v', **request)


class Megabytes(TableTest):
    """A page ends with the megabyte read, whatever the filter lets through.

    DynamoDB Local counts only what the filter of a Query lets through; the
    service's documentation says otherwise, of Limit and of FilterExpression.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.name = cls.create_class_table(range_type='N')
        put_all(cls.client, cls.name, [wire(p='a', s=i, a='x' * 100000) for i in range(24)])

    def check(self, call, model, expression, values, **more):
        values = wire(**{f':{name}': value for name, value in values.items()})
        for select in ('ALL_ATTRIBUTES', 'COUNT'):
            with self.subTest(call=call.__name__, expression=expression, select=select):
                found = list(pages(call, TableName=self.name, FilterExpression=expression,
                                   ExpressionAttributeValues=values, Select=select, **more))
                self.assertEqual([page['ScannedCount'] for page in found], [11, 11, 2])
                self.assertEqual([page['Count'] for page in found],
                                 [len([i for i in part if model(i)])
                                  for part in (range(11), range(11, 22), range(22, 24))])
                self.assertEqual([page['LastEvaluatedKey']['s']['N'] for page in found[:2]],
                                 ['10', '21'])

    def test_query(self):
        query = dict(KeyConditionExpression='p = :p')
        self.check(self.client.query, lambda i: False, 'a = :v', dict(p='a', v=1), **query)
        self.check(self.client.query, lambda i: True, 'size(a) = :v', dict(p='a', v=100000), **query)

    def test_scan(self):
        self.check(self.client.scan, lambda i: False, 'a = :v', dict(v=1))
        self.check(self.client.scan, lambda i: i >= 11, 's > :v', dict(v=10))
        self.check(self.client.scan, lambda i: i % 2, 's IN (' + ', '.join(
            f':v{i}' for i in range(1, 24, 2)) + ')', {f'v{i}': i for i in range(1, 24, 2)})

    def test_capacity(self):
        page = self.client.scan(TableName=self.name, FilterExpression='a = :v', ConsistentRead=True,
                                ExpressionAttributeValues=wire(**{':v': 1}),
                                ReturnConsumedCapacity='TOTAL')
        # 11 items of 100,004 or 100,005 bytes: 268.6 times 4 KB
        self.assertEqual(page['ConsumedCapacity']['CapacityUnits'], 269)


class Segments(FilterTest):
    """Every item lies in exactly one segment, however many there are."""

    def segments(self, total, numbers, **request):
        """The numbers of the items found, by segment."""
        def segment(number):
            found = []
            for page in pages(client().scan, TableName=self.name, Segment=number,
                              TotalSegments=total, **request):
                found += self.found(page)
            return found

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return dict(zip(numbers, pool.map(segment, numbers)))

    def check(self, total, **request):
        parts = self.segments(total, range(total), **request)
        found = [i for part in parts.values() for i in part]
        self.assertEqual(len(found), len(set(found)))
        return sorted(found)

    def test_filters(self):
        for request, expected in list(self.filters())[::3]:
            for total in (2, 5, 16):
                with self.subTest(total=total, **request):
                    self.assertEqual(self.check(total, **request), expected)

    def test_pages_within_a_segment(self):
        request, expected = list(self.filters())[1]
        self.assertEqual(self.check(3, PaginationConfig={'PageSize': 4}, **request), expected)

    def test_partitions_are_not_torn(self):
        parts = self.segments(4, range(4))
        for partition in range(10):
            self.assertEqual(sum(any(i % 10 == partition for i in part)
                                 for part in parts.values()), 1)


class ManySegments(TableTest):
    """Thousands of segments, over one connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.name = cls.create_class_table()
        cls.keys = {f'key {i}' for i in range(300)}
        put_all(cls.client, cls.name, [wire(p=key, n=int(key[4:])) for key in cls.keys])

    def segment(self, number, total, **request):
        page = self.client.scan(TableName=self.name, Segment=number, TotalSegments=total, **request)
        self.assertNotIn('LastEvaluatedKey', page)
        return [item['p']['S'] for item in page['Items']]

    def test_thousands(self):
        for total, request in ((1000, {}), (2500, dict(
                FilterExpression='n < :v', ExpressionAttributeValues=wire(**{':v': 100})))):
            found = []
            for number in range(total):
                found += self.segment(number, total, **request)
            self.assertEqual(len(found), len(set(found)))
            self.assertEqual(set(found), {key for key in self.keys
                                          if not request or int(key[4:]) < 100})

    def test_a_million(self):
        """Segments nest, so ten times six scans find an item's one of a million."""
        for key in sorted(self.keys)[::75]:
            segment, total = 0, 1
            while total < 1_000_000:
                total *= 10
                inner = range(10 * segment, 10 * segment + 10)
                holding = [number for number in inner if key in self.segment(number, total)]
                self.assertEqual(len(holding), 1, f'{key} in {total} segments')
                segment, = holding
            for number in (0, 499_999, 999_999):
                if number != segment:
                    self.assertNotIn(key, self.segment(number, 1_000_000))

    def test_beyond(self):
        for options in (dict(Segment=1_000_000, TotalSegments=1_000_000),
                        dict(Segment=0, TotalSegments=1_000_001),
                        dict(Segment=4, TotalSegments=4)):
            self.assert_fails('ValidationException', self.client.scan, TableName=self.name,
                              **options)


if __name__ == '__main__':
    unittest.main()
