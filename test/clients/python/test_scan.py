"""Scan: everything once, in pages and in segments."""
import concurrent.futures
import unittest

from support import TableTest, client, pages, put_all

COUNT = 300


class Scans(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table(range_type='N')
        cls.items = [{'p': {'S': f'p{i % 40}'}, 's': {'N': str(i)}, 'a': {'S': f'value {i}'}}
                     for i in range(COUNT)]
        put_all(cls.client, cls.table, cls.items)

    def by_sort(self, items):
        return sorted(items, key=lambda item: int(item['s']['N']))

    def test_all(self):
        page = self.client.scan(TableName=self.table)
        self.assertEqual((page['Count'], page['ScannedCount']), (COUNT, COUNT))
        self.assertNotIn('LastEvaluatedKey', page)
        self.assertEqual(self.by_sort(page['Items']), self.items)

    def test_items_of_a_partition_stay_together_in_order(self):
        last = {}
        order = []
        for item in self.client.scan(TableName=self.table)['Items']:
            p, s = item['p']['S'], int(item['s']['N'])
            self.assertGreater(s, last.get(p, -1))
            last[p] = s
            if not order or order[-1] != p:
                order.append(p)
        self.assertEqual(len(order), 40)

    def test_pages(self):
        for size in (1, 7, 100, COUNT, COUNT + 1):
            with self.subTest(size=size):
                items = []
                for page in pages(self.client.scan, TableName=self.table,
                                  PaginationConfig={'PageSize': size}):
                    self.assertLessEqual(page['Count'], size)
                    items += page['Items']
                self.assertEqual(self.by_sort(items), self.items)

    def test_segments(self):
        for total in (1, 2, 3, 8, 50):
            with self.subTest(total=total):
                def segment(number):
                    return [item for page in pages(client().scan, TableName=self.table,
                                                   Segment=number, TotalSegments=total,
                                                   PaginationConfig={'PageSize': 50})
                            for item in page['Items']]

                with concurrent.futures.ThreadPoolExecutor(4) as pool:
                    parts = list(pool.map(segment, range(total)))
                self.assertEqual(self.by_sort(item for part in parts for item in part),
                                 self.items)
                if total in (2, 3):
                    self.assertTrue(all(parts))

    def test_count(self):
        page = self.client.scan(TableName=self.table, Select='COUNT')
        self.assertEqual((page['Count'], page['ScannedCount']), (COUNT, COUNT))
        self.assertNotIn('Items', page)

    def test_projection(self):
        page = self.client.scan(TableName=self.table, ProjectionExpression='#s',
                                ExpressionAttributeNames={'#s': 's'})
        self.assertEqual(self.by_sort(page['Items']),
                         [{'s': {'N': str(i)}} for i in range(COUNT)])

    def test_consumed_capacity(self):
        page = self.client.scan(TableName=self.table, ReturnConsumedCapacity='TOTAL')
        # 300 items of 15 to 18 bytes: two times 4 KB, read the cheap way.
        self.assertEqual(page['ConsumedCapacity'],
                         {'TableName': self.table, 'CapacityUnits': 1})

    def test_pages_of_a_megabyte(self):
        table = self.create_table()
        put_all(self.client, table, [{'p': {'S': str(i)}, 'a': {'S': 'x' * 100000}}
                                     for i in range(24)])
        counts = [page['Count'] for page in pages(self.client.scan, TableName=table)]
        self.assertEqual(counts, [11, 11, 2])

    def test_empty_table(self):
        table = self.create_table()
        page = self.client.scan(TableName=table)
        self.assertEqual((page['Count'], page['ScannedCount'], page['Items']), (0, 0, []))
        self.assertNotIn('LastEvaluatedKey', page)

    def test_written_between_pages(self):
        table = self.create_table(range_type='N')
        put_all(self.client, table, [{'p': {'S': 'a'}, 's': {'N': str(i)}}
                                     for i in range(0, 20, 2)])
        page = self.client.scan(TableName=table, Limit=5)
        self.assertEqual(page['LastEvaluatedKey'], {'p': {'S': 'a'}, 's': {'N': '8'}})
        self.client.put_item(TableName=table, Item={'p': {'S': 'a'}, 's': {'N': '3'}})
        self.client.put_item(TableName=table, Item={'p': {'S': 'a'}, 's': {'N': '9'}})
        self.client.delete_item(TableName=table, Key=page['LastEvaluatedKey'])
        rest = self.client.scan(TableName=table, ExclusiveStartKey=page['LastEvaluatedKey'])
        self.assertEqual([item['s']['N'] for item in rest['Items']],
                         ['9', '10', '12', '14', '16', '18'])

    def test_refused(self):
        for options in (dict(Segment=0), dict(TotalSegments=2), dict(Segment=2, TotalSegments=2),
                        dict(Segment=-1, TotalSegments=2), dict(Segment=0, TotalSegments=0),
                        dict(Segment=0, TotalSegments=1000001), dict(Limit=0),
                        dict(ExclusiveStartKey={'p': {'S': 'a'}}),
                        dict(Select='COUNT', ProjectionExpression='s'),
                        dict(IndexName='no-such-index'),
                        dict(ExpressionAttributeNames={'#a': 'a'})):
            with self.subTest(options=options):
                self.assert_fails('ValidationException', self.client.scan,
                                  TableName=self.table, **options)


if __name__ == '__main__':
    unittest.main()
