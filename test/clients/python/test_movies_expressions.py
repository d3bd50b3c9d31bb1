"""Filters and updates on the movies, checked by plain Python on the same file."""
import concurrent.futures
import unittest
from decimal import Decimal

from movies import YEAR, MovieTable, needs_movies
from support import TableTest, client, comparable, pages, wire

NAMES = {'#i': 'info', '#y': 'year', '#t': 'title', '#r': 'rank', '#d': 'directors'}


def expressions(filter, values):
    """The members of a request for a filter; the names and values it uses."""
    request = dict(FilterExpression=filter)
    names = {name: full for name, full in NAMES.items() if name in filter}
    if names:
        request['ExpressionAttributeNames'] = names
    if values:
        request['ExpressionAttributeValues'] = wire(
            **{f':{name}': value for name, value in values.items()})
    return request


# A filter, its values, and the same in Python.
FILTERS = (
    ('info.rating >= :r', dict(r=Decimal('8.5')),
     lambda m: 'rating' in m['info'] and m['info']['rating'] >= Decimal('8.5')),
    ('attribute_not_exists(info.rating)', {}, lambda m: 'rating' not in m['info']),
    ('contains(info.genres, :g) AND info.#r <= :n', dict(g='Sci-Fi', n=500),
     lambda m: 'Sci-Fi' in m['info'].get('genres', ()) and m['info'].get('rank', 9999) <= 500),
    ('NOT contains(info.genres, :g)', dict(g='Drama'),
     lambda m: 'Drama' not in m['info'].get('genres', ())),
    ('contains(info.actors, :a) OR contains(info.#d, :a)', dict(a='Clint Eastwood'),
     lambda m: 'Clint Eastwood' in m['info'].get('actors', ()) + m['info'].get('directors', ())),
    ('info.actors[0] = :a', dict(a='Tom Hanks'),
     lambda m: m['info'].get('actors', ())[:1] == ('Tom Hanks',)),
    ('size(info.#d) > :n', dict(n=1), lambda m: len(m['info'].get('directors', ())) > 1),
    ('size(info.plot) BETWEEN :n AND :m', dict(n=1, m=60),
     lambda m: 1 <= len(m['info'].get('plot', '').encode()) <= 60),
    ('begins_with(info.release_date, :d)', dict(d='1994-'),
     lambda m: m['info'].get('release_date', '').startswith('1994-')),
    ('info.running_time_secs < :s AND attribute_exists(info.plot)', dict(s=4800),
     lambda m: m['info'].get('running_time_secs', 9999) < 4800 and 'plot' in m['info']),
    ('#y IN (:a, :b, :c) AND begins_with(#t, :t)', dict(a=1939, b=1977, c=2012, t='The '),
     lambda m: m['year'] in (1939, 1977, 2012) and m['title'].startswith('The ')),
    ('contains(#t, :t) AND (info.rating > :r OR info.#r < :n)', dict(t='Night', r=7, n=100),
     lambda m: 'Night' in m['title'] and (m['info'].get('rating', 0) > 7
                                          or m['info'].get('rank', 9999) < 100)),
    ('attribute_type(#i.genres, :t) AND #i.genres = :g', dict(t='L', g=['Comedy']),
     lambda m: m['info'].get('genres') == ('Comedy',)),
)


def frozen(movie):
    """The movie with tuples for lists, so that slices and sums are easy."""
    info = {name: tuple(value) if isinstance(value, list) else value
            for name, value in movie['info'].items()}
    return {**movie, 'info': info}


@needs_movies
class Filters(MovieTable, TableTest):
    def expected(self, model):
        return {key for key, movie in self.movies.items() if model(frozen(movie))}

    def keys(self, items):
        keys = [(int(item['year']['N']), item['title']['S']) for item in items]
        self.assertEqual(len(set(keys)), len(keys))
        return keys

    def test_scan(self):
        for text, values, model in FILTERS:
            with self.subTest(filter=text):
                expected = self.expected(model)
                self.assertTrue(0 < len(expected) < len(self.movies))
                items, scanned = [], 0
                for page in pages(self.client.scan, TableName=self.table,
                                  **expressions(text, values)):
                    self.assertEqual(page['Count'], len(page['Items']))
                    items += page['Items']
                    scanned += page['ScannedCount']
                self.assertEqual(scanned, len(self.movies))
                self.assertEqual(set(self.keys(items)), expected)
                for key, item in zip(self.keys(items), items):
                    self.assertEqual(comparable({'M': item}), comparable({'M': self.items[key]}))

    def test_segments(self):
        def segment(number):
            return [(page['Count'], page['ScannedCount'])
                    for page in pages(client().scan, TableName=self.table, Select='COUNT',
                                      Segment=number, TotalSegments=8, **expressions(text, values))]

        for text, values, model in FILTERS[::3]:
            with self.subTest(filter=text), concurrent.futures.ThreadPoolExecutor(4) as pool:
                counts = [count for part in pool.map(segment, range(8)) for count in part]
                self.assertEqual(sum(count for count, _ in counts), len(self.expected(model)))
                self.assertEqual(sum(scanned for _, scanned in counts), len(self.movies))

    def test_query(self):
        for text, values, model in FILTERS:
            if '#y' in text or '#t' in text:
                continue
            expected = [title for title in self.of_year
                        if model(frozen(self.movies[YEAR, title]))]
            for forward in (True, False):
                for size in (None, 40):
                    with self.subTest(filter=text, forward=forward, size=size):
                        request = expressions(text, {**values, 'year': YEAR})
                        request.setdefault('ExpressionAttributeNames', {})['#year'] = 'year'
                        titles = [item['title']['S'] for page in pages(
                            self.client.query, TableName=self.table, ScanIndexForward=forward,
                            KeyConditionExpression='#year = :year', **request,
                            PaginationConfig={'PageSize': size} if size else {})
                                  for item in page['Items']]
                        self.assertEqual(titles, expected if forward else expected[::-1])

    def test_projection(self):
        request = expressions('info.rating >= :r', dict(r=9))
        request['ExpressionAttributeNames'] = {'#t': 'title', '#d': 'directors'}
        found = {item['title']['S']: item for page in pages(
            self.client.scan, TableName=self.table, **request,
            ProjectionExpression='#t, info.rating, info.actors[1], info.#d') for item in page['Items']}
        best = {movie['title']: movie['info'] for movie in self.movies.values()
                if movie['info'].get('rating', 0) >= 9}
        self.assertEqual(set(found), set(best))
        for title, item in found.items():
            info = {name: best[title][name] for name in ('rating', 'directors') if name in best[title]}
            if best[title].get('actors', [])[1:]:
                info['actors'] = best[title]['actors'][1:2]
            self.assert_attributes(item, title=title, info=info)


@needs_movies
class Updates(MovieTable, TableTest):
    """The movies of one year, changed here and there alike."""

    @classmethod
    def chosen(cls, movie):
        return movie['year'] == YEAR

    def update(self, title, expression, values=None, condition=None, **options):
        request = dict(TableName=self.table, Key=wire(year=YEAR, title=title),
                       UpdateExpression=expression, **options)
        if condition:
            request['ConditionExpression'] = condition
        names = {name: full for name, full in NAMES.items() if name in expression}
        if names:
            request['ExpressionAttributeNames'] = names
        if values:
            request['ExpressionAttributeValues'] = wire(
                **{f':{name}': value for name, value in values.items()})
        return self.client.update_item(**request)

    def assert_table(self):
        """The table is what the movies are here."""
        found = [item for page in pages(self.client.scan, TableName=self.table)
                 for item in page['Items']]
        self.assertEqual(
            {item['title']['S']: comparable({'M': item}) for item in found},
            {title: comparable({'M': wire(**movie)}) for (_, title), movie in self.movies.items()})

    def test_counters(self):
        for number, title in enumerate(self.of_year):
            movie = self.movies[YEAR, title]
            for _ in range(number % 3):
                reply = self.update(title, 'ADD seen :n', dict(n=number), ReturnValues='UPDATED_NEW')
                movie['seen'] = movie.get('seen', 0) + number
                self.assert_attributes(reply['Attributes'], seen=movie['seen'])
        self.assert_table()

    def test_nested_attributes(self):
        for title in self.of_year:
            info = self.movies[YEAR, title]['info']
            before = info.get('rating')
            reply = self.update(
                title, 'SET info.rating = if_not_exists(info.rating, :five) + :half',
                dict(five=5, half=Decimal('0.5')), ReturnValues='ALL_NEW')
            info['rating'] = (5 if before is None else before) + Decimal('0.5')
            self.assert_attributes(reply['Attributes'], **self.movies[YEAR, title])
        self.assert_table()

    def test_lists(self):
        for number, title in enumerate(self.of_year):
            info = self.movies[YEAR, title]['info']
            if number % 3 == 0:
                self.update(title, 'SET info.actors = list_append(if_not_exists(info.actors, :none),'
                            ' :new)', dict(none=[], new=['A. Nobody', title]))
                info['actors'] = info.get('actors', []) + ['A. Nobody', title]
            elif number % 3 == 1 and 'genres' in info:
                self.update(title, 'REMOVE info.genres[0]')
                del info['genres'][0]
            elif 'directors' in info:
                self.update(title, 'SET info.#d[0] = :d REMOVE info.plot', dict(d='Alan Smithee'))
                info['directors'][0] = 'Alan Smithee'
                info.pop('plot', None)
        self.assert_table()

    def test_conditions(self):
        changed = 0
        for title in self.of_year:
            movie = self.movies[YEAR, title]
            good = 'Drama' in movie['info'].get('genres', ()) and movie['info'].get('rating', 0) >= 7
            try:
                self.update(title, 'SET verdict = :g ADD tags :tags', dict(g='good', seven=7, tags={'d'},
                                                                      drama='Drama'),
                            'contains(info.genres, :drama) AND info.rating >= :seven')
                movie['verdict'] = 'good'
                movie['tags'] = {'d'}
                changed += 1
                self.assertTrue(good, title)
            except self.client.exceptions.ConditionalCheckFailedException:
                self.assertFalse(good, title)
        self.assertTrue(0 < changed < len(self.of_year))
        self.assert_table()


if __name__ == '__main__':
    unittest.main()
