"""Some thousand movies: written by each of the three doors, and read by each.

The doors are HTTP, the SQL functions, and plain SQL on the table.
"""
import json
import os
import unittest
from decimal import Decimal
from pathlib import Path

from boto3.dynamodb.types import TypeSerializer

from support import ROOT, TableTest, needs_sql, pages, put_all, sql, unique_name

MOVIES = Path(os.environ.get('DYNAMO_MOVIES') or ROOT.parent / 'shared/data/movies.jsonl')
YEAR = 2013


needs_movies = unittest.skipUnless(MOVIES.exists(), f'no {MOVIES.name} beside the clone')


def load():
    """The movies as items, by year and title; the last of two with one key."""
    serialize = TypeSerializer().serialize
    items = {}
    with MOVIES.open(encoding='utf-8') as lines:
        for line in lines:
            item = serialize(json.loads(line, parse_float=Decimal))['M']
            items[item['year']['N'], item['title']['S']] = item
    return items


def plain(value):
    """A value of DynamoDB JSON such that sets and numbers compare."""
    (kind, content), = value.items()
    if kind == 'M':
        return kind, {name: plain(member) for name, member in content.items()}
    if kind == 'L':
        return kind, [plain(element) for element in content]
    return kind, Decimal(content) if kind == 'N' else content


@needs_movies
class Movies(TableTest):
    """Written and read over HTTP; the other doors are subclasses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = load()
        cls.of_year = sorted((title for year, title in cls.items if year == str(YEAR)),
                             key=str.encode)
        cls.table = unique_name('Movies')
        cls.client.create_table(
            TableName=cls.table, BillingMode='PAY_PER_REQUEST',
            AttributeDefinitions=[{'AttributeName': 'year', 'AttributeType': 'N'},
                                  {'AttributeName': 'title', 'AttributeType': 'S'}],
            KeySchema=[{'AttributeName': 'year', 'KeyType': 'HASH'},
                       {'AttributeName': 'title', 'KeyType': 'RANGE'}])
        cls.addClassCleanup(cls.client.delete_table, TableName=cls.table)
        cls.client.get_waiter('table_exists').wait(
            TableName=cls.table, WaiterConfig={'Delay': 1, 'MaxAttempts': 30})
        cls.write()

    @classmethod
    def write(cls):
        put_all(cls.client, cls.table, cls.items.values())

    def assert_items(self, items):
        self.assertEqual({(i['year']['N'], i['title']['S']): plain({'M': i}) for i in items},
                         {key: plain({'M': i}) for key, i in self.items.items()})

    def test_file(self):
        self.assertGreater(len(self.items), 4000)
        self.assertGreater(len(self.of_year), 100)

    def test_http_all(self):
        found = list(pages(self.client.scan, TableName=self.table))
        self.assertGreater(len(found), 1)
        self.assertEqual(sum(page['Count'] for page in found), len(self.items))
        self.assert_items(item for page in found for item in page['Items'])

    def test_http_year(self):
        for forward in (True, False):
            for size in (50, None):
                with self.subTest(forward=forward, size=size):
                    titles = [item['title']['S'] for page in pages(
                        self.client.query, TableName=self.table, ScanIndexForward=forward,
                        KeyConditionExpression='#y = :y',
                        ExpressionAttributeNames={'#y': 'year'},
                        ExpressionAttributeValues={':y': {'N': str(YEAR)}},
                        PaginationConfig={'PageSize': size} if size else {})
                              for item in page['Items']]
                    self.assertEqual(titles, self.of_year if forward else self.of_year[::-1])

    def test_http_part_of_a_year(self):
        page = self.client.query(
            TableName=self.table, KeyConditionExpression='#y = :y AND begins_with(title, :t)',
            ExpressionAttributeNames={'#y': 'year'},
            ExpressionAttributeValues={':y': {'N': str(YEAR)}, ':t': {'S': 'The '}})
        self.assertEqual([item['title']['S'] for item in page['Items']],
                         [title for title in self.of_year if title.startswith('The ')])

    def function(self, name, **request):
        """The reply of an operation's SQL function."""
        row, = sql(f"SELECT dynamo.{name}(:'request')",
                   request=json.dumps({'TableName': self.table, **request}))
        return json.loads(row)

    def function_pages(self, name, **request):
        page = self.function(name, **request)
        yield page
        for _ in range(100):
            if 'LastEvaluatedKey' not in page:
                return
            page = self.function(name, ExclusiveStartKey=page['LastEvaluatedKey'], **request)
            yield page
        self.fail('more than 100 pages')

    @needs_sql
    def test_functions_all(self):
        self.assert_items(item for page in self.function_pages('scan') for item in page['Items'])

    @needs_sql
    def test_functions_year(self):
        for forward in (True, False):
            with self.subTest(forward=forward):
                titles = [item['title']['S'] for page in self.function_pages(
                    'query', ScanIndexForward=forward, KeyConditionExpression='#y = :y',
                    ExpressionAttributeNames={'#y': 'year'},
                    ExpressionAttributeValues={':y': {'N': str(YEAR)}})
                          for item in page['Items']]
                self.assertEqual(titles, self.of_year if forward else self.of_year[::-1])

    @needs_sql
    def test_functions_one(self):
        for title in self.of_year[::20]:
            key = {'year': {'N': str(YEAR)}, 'title': {'S': title}}
            reply = self.function('get_item', Key=key)
            self.assertEqual(plain({'M': reply['Item']}),
                             plain({'M': self.items[str(YEAR), title]}))

    @needs_sql
    def test_plain_sql_all(self):
        self.assertEqual(sql('SELECT count(*) FROM :"table"', table=self.table),
                         [str(len(self.items))])
        rows = sql('SELECT item FROM :"table"', table=self.table)
        self.assert_items(json.loads(row) for row in rows)

    @needs_sql
    def test_plain_sql_year(self):
        for order, titles in (('ASC', self.of_year), ('DESC', self.of_year[::-1])):
            rows = sql(f'SELECT title FROM :"table" WHERE year = :year ORDER BY title {order}',
                       table=self.table, year=YEAR)
            self.assertEqual(rows, titles)

    @needs_sql
    def test_plain_sql_counts_as_the_file_does(self):
        years = {}
        for year, title in self.items:
            years[int(year)] = years.get(int(year), 0) + 1
        rows = sql('SELECT year, count(*) FROM :"table" GROUP BY year ORDER BY year',
                   table=self.table)
        self.assertEqual(rows, [f'{year}\t{years[year]}' for year in sorted(years)])


@needs_movies
@needs_sql
class MoviesByFunctions(Movies):
    @classmethod
    def write(cls):
        items = list(cls.items.values())
        calls = []
        for at in range(0, len(items), 25):
            request = {'RequestItems': {cls.table: [{'PutRequest': {'Item': item}}
                                                    for item in items[at:at + 25]]}}
            calls.append(f'SELECT dynamo.batch_write_item($json${json.dumps(request)}$json$);')
        replies = sql('\n'.join(calls))
        assert len(replies) == len(calls)
        assert all(json.loads(reply)['UnprocessedItems'] == {} for reply in replies)


@needs_movies
@needs_sql
class MoviesByPlainSql(Movies):
    @classmethod
    def write(cls):
        escape = str.maketrans({'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r'})
        rows = ['\t'.join((year, title.translate(escape), json.dumps(item).translate(escape)))
                for (year, title), item in cls.items.items()]
        sql('COPY :"table" (year, title, item) FROM STDIN;\n' + '\n'.join(rows) + '\n\\.\n',
            table=cls.table)


if __name__ == '__main__':
    unittest.main()
