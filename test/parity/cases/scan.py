"""Scan: every item in one segment, pages, starting keys."""

import itertools

from step import Step, table
from values import N, S

MANY, ONE = table('SN'), table('S')
TABLES = [MANY, ONE]


def fixture():
    for i in range(60):
        yield 'PutItem', {'TableName': ONE.name, 'Item': {'p': S(f'key {i}'), 'x': N(i), 'y': S('y' * i)}}
        yield 'PutItem', {'TableName': MANY.name, 'Item': {'p': S(f'key {i % 7}'), 'r': N(i), 'x': N(i)}}


def cases(rng):
    yield from whole()
    yield from segments()
    yield from starts()


def whole():
    requests = (
        {},
        {'ConsistentRead': True},
        {'Select': 'COUNT'},
        {'ProjectionExpression': 'x'},
        {'ProjectionExpression': 'p, y'},
        {'AttributesToGet': ['x']},
        {'FilterExpression': 'x < y'},
        {'FilterExpression': 'attribute_exists(x)'},
        {'FilterExpression': 'attribute_exists(nope)'},
    )
    for each, request, limit in itertools.product(TABLES, requests, (None, 1, 7, 59, 60, 61, 1000)):
        yield Step(
            'Scan', {'TableName': each.name, **request, **({'Limit': limit} if limit else {})}, pages=True
        )


def segments():
    """One of one is the whole; more must be refused alike.  What is in which segment is each endpoint's own."""
    for limit in (None, 1, 7):
        yield Step(
            'Scan',
            {'TableName': ONE.name, 'Segment': 0, 'TotalSegments': 1, **({'Limit': limit} if limit else {})},
            pages=True,
        )
    for segment, total in itertools.product((None, 0, 1, 5, 999999), (None, 1, 2, 5, 1000000)):
        request = {
            name: value
            for name, value in (('Segment', segment), ('TotalSegments', total))
            if value is not None
        }
        if None in (segment, total) or segment >= total:
            yield Step('Scan', {'TableName': ONE.name, **request}, pages=True)


def starts():
    """Keys that no scan could have given; what is behind one that could is each endpoint's own."""
    for each, start in itertools.product(
        TABLES,
        (
            {},
            {'p': N(1)},
            {'p': S('')},
            {'p': {}},
            {'p': S('a'), 'r': S('b')},
            {'q': S('a')},
            {'p': S('a'), 'q': N(1)},
            {'p': S('a'), 'r': N(1), 'q': N(1)},
        ),
    ):
        for request in (
            {},
            {'Limit': 1},
            {'FilterExpression': 'attribute_exists(nope)'},
            {'Segment': 0, 'TotalSegments': 2},
        ):
            yield Step('Scan', {'TableName': each.name, 'ExclusiveStartKey': start, **request})
