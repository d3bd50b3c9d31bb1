"""BatchGetItem and BatchWriteItem: several tables, duplicates, limits, capacity."""

import itertools

from step import Step, table
from values import ITEM, N, OF_TYPE, S

ONE, MANY, NUMBER = table('S'), table('SN'), table('N')
TABLES = [ONE, MANY, NUMBER]
COUNT = 30


def fixture():
    for i in range(COUNT):
        yield 'PutItem', {
            'TableName': ONE.name,
            'Item': {'p': S(f'k{i}'), 'x': S('x' * i * 100), **(ITEM if i == 1 else {})},
        }
        yield 'PutItem', {'TableName': MANY.name, 'Item': {'p': S('part'), 'r': N(i), 'x': N(i)}}
    yield 'PutItem', {'TableName': NUMBER.name, 'Item': {'p': N(1), 'x': S('one')}}


def one(i):
    return {'p': S(f'k{i}')}


def many(i):
    return {'p': S('part'), 'r': N(i)}


def cases(rng):
    yield from gets()
    yield from wrong_gets()
    yield from writes()
    yield from wrong_writes()


def get(tables, **request):
    return Step('BatchGetItem', {'RequestItems': tables, **request})


def put(item):
    return {'PutRequest': {'Item': item}}


def delete(key):
    return {'DeleteRequest': {'Key': key}}


def write(tables, **request):
    """Writes that are undone before the next; all items of the tables are looked at after."""
    keys = [(name, each) for name, list_ in tables.items() for each in list_]
    before = [
        ('DeleteItem', {'TableName': name, 'Key': key_of(name, each)})
        for name, each in keys
        if key_of(name, each)
    ]
    after = [('Scan', {'TableName': each.name, 'Select': 'COUNT'}) for each in (ONE, MANY)]
    return Step(
        'BatchWriteItem', {'RequestItems': tables, **request}, before=tuple(before), after=tuple(after)
    )


def key_of(name, each):
    """The key of a write of something new; None of any other."""
    if name not in (table.name for table in TABLES):
        return None
    item = (each.get('PutRequest') or {}).get('Item')
    if not item or item.get('p') not in (S('new'), N(99)):
        return None
    return {key: item[key] for key in (('p', 'r') if name == MANY.name else ('p',)) if key in item}


def gets():
    for count, consistent, projection, capacity in itertools.product(
        (1, 3, 25),
        (None, True, False),
        (None, 'p', 'x', 'm.k, l[0]', 'nope'),
        (None, 'TOTAL', 'INDEXES', 'NONE'),
    ):
        member = {
            name: value
            for name, value in (('ConsistentRead', consistent), ('ProjectionExpression', projection))
            if value is not None
        }
        request = {'ReturnConsumedCapacity': capacity} if capacity else {}
        yield get({ONE.name: {'Keys': [one(i) for i in range(count)], **member}}, **request)
        yield get(
            {
                ONE.name: {'Keys': [one(i) for i in range(count)], **member},
                MANY.name: {'Keys': [many(i) for i in range(count)]},
            },
            **request,
        )
    for missing in (1, 2):
        yield get(
            {ONE.name: {'Keys': [one(i) for i in range(COUNT - 2, COUNT - 1 + missing)]}},
            ReturnConsumedCapacity='TOTAL',
        )
    yield get(
        {ONE.name: {'Keys': [one(i) for i in range(50)]}, MANY.name: {'Keys': [many(i) for i in range(50)]}}
    )
    yield get(
        {
            ONE.name: {
                'Keys': [one(0)],
                'ProjectionExpression': '#x',
                'ExpressionAttributeNames': {'#x': 'x'},
            },
            MANY.name: {'Keys': [many(0)], 'ProjectionExpression': 'r'},
        }
    )


def wrong_gets():
    yield get(
        {ONE.name: {'Keys': [one(i) for i in range(51)]}, MANY.name: {'Keys': [many(i) for i in range(50)]}}
    )
    yield get({ONE.name: {'Keys': [one(0), one(0)]}})
    yield get({MANY.name: {'Keys': [many(0), many(1), {'p': S('part'), 'r': N('0.0')}]}})
    yield get({NUMBER.name: {'Keys': [{'p': N(1)}, {'p': N('1.0')}]}})
    yield get({NUMBER.name: {'Keys': [{'p': N(1)}, {'p': N('x')}]}})
    for other in (
        {'Keys': [{'p': S('a')}]},
        {'Keys': [many(0)]},
        {'Keys': [{}]},
        {'Keys': [{**many(0), 'q': S('a')}]},
    ):
        for name in (ONE.name, MANY.name, 'Parity-nothing'):
            yield get({ONE.name: {'Keys': [one(0)]}, name: other})
    for wrong in ('#n', 'x,', '', 'name', 'x, x'):
        yield get(
            {ONE.name: {'Keys': [one(0)]}, MANY.name: {'Keys': [many(0)], 'ProjectionExpression': wrong}}
        )
    for names in ((ONE.name, MANY.name), (MANY.name, ONE.name)):
        wrong = {
            ONE.name: {'Keys': [one(0)], 'ProjectionExpression': 'x, x'},
            MANY.name: {'Keys': [many(0)], 'ProjectionExpression': 'r, r.a'},
        }
        yield get({name: wrong[name] for name in names})
    for value in OF_TYPE.values():
        yield get({ONE.name: {'Keys': [{'p': value}]}, MANY.name: {'Keys': [many(0)]}})
    yield get({ONE.name: {'Keys': [one(0), one(0)]}, 'Parity-nothing': {'Keys': [one(0)]}})
    yield get({ONE.name: {'Keys': [one(0), one(0), {'q': S('a')}]}})


def writes():
    items = [{'p': S('new'), 'r': N(i), 'x': S('x' * 700 * i)} for i in range(5)]
    for count, capacity, metrics in itertools.product(
        (1, 2, 5), (None, 'TOTAL', 'INDEXES', 'NONE'), (None, 'SIZE', 'NONE')
    ):
        request = {
            name: value
            for name, value in (
                ('ReturnConsumedCapacity', capacity),
                ('ReturnItemCollectionMetrics', metrics),
            )
            if value
        }
        yield write({MANY.name: [put(item) for item in items[:count]]}, **request)
        yield write(
            {MANY.name: [put(item) for item in items[:count]], ONE.name: [put({'p': S('new'), 'y': N(1)})]},
            **request,
        )
        yield write({MANY.name: [put(items[0]), delete({'p': S('nothing'), 'r': N(1)})]}, **request)
        yield write({ONE.name: [delete({'p': S('nothing')})]}, **request)
        yield write({NUMBER.name: [put({'p': N(99)}), delete({'p': N(98)})]}, **request)
    yield write({MANY.name: [delete({'p': S('nothing'), 'r': N(i)}) for i in range(25)]})
    yield write({ONE.name: [put({'p': S('new'), **ITEM})]})


def wrong_writes():
    new = {'p': S('new')}
    yield write({ONE.name: [put(new), put(new)]})
    yield write({ONE.name: [put(new), delete(new)]})
    yield write({NUMBER.name: [put({'p': N(99)}), put({'p': N('99.0')})]})
    yield write(
        {
            ONE.name: [delete({'p': S(f'n{i}')}) for i in range(13)],
            MANY.name: [delete({'p': S('n'), 'r': N(i)}) for i in range(13)],
        }
    )
    for wrong in (
        put({}),
        put({'q': S('a')}),
        put({'p': N(1)}),
        put({'p': S('')}),
        put({**new, 'x': {}}),
        put({**new, 'x': N('x')}),
        put({**new, 'x': {'SS': []}}),
        put({**new, 'x': S('x' * 409600)}),
        delete({}),
        delete({'q': S('a')}),
        delete({'p': N(1)}),
        delete({'p': S('')}),
        delete({**new, 'r': N(1)}),
        delete({'p': {}}),
        delete({'p': S('x' * 2049)}),
        put({'p': S('x' * 2049)}),
        {},
        {**put(new), **delete({'p': S('b')})},
    ):
        yield write({ONE.name: [put(new), wrong]})
        yield write({ONE.name: [wrong]})
        yield write({MANY.name: [put({**new, 'r': N(1)})], ONE.name: [wrong]})
    yield write({ONE.name: [put(new)], 'Parity-nothing': [put(new)]})
    yield write({ONE.name: [put(new), put(new)], 'Parity-nothing': [put(new)]})
