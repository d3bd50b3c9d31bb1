"""Some thousand movies: written by each of the three doors, and read by each.

The doors are HTTP, the SQL functions, and plain SQL on the table.
"""
import json
import unittest

from movies import YEAR, MovieTable, needs_movies
from support import TableTest, comparable, needs_sql, pages, sql


@needs_movies
class Movies(MovieTable, TableTest):
    """Written and read over HTTP; the other doors are subclasses."""

    def assert_items(self, items):
        self.assertEqual({(int(i['year']['N']), i['title']['S']): comparable({'M': i})
                          for i in items},
                         {key: comparable({'M': i}) for key, i in self.items.items()})

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
            self.assertEqual(comparable({'M': reply['Item']}),
                             comparable({'M': self.items[YEAR, title]}))

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
            years[year] = years.get(year, 0) + 1
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
        rows = ['\t'.join((str(year), title.translate(escape), json.dumps(item).translate(escape)))
                for (year, title), item in cls.items.items()]
        sql('COPY :"table" (year, title, item) FROM STDIN;\n' + '\n'.join(rows) + '\n\\.\n',
            table=cls.table)


if __name__ == '__main__':
    unittest.main()
