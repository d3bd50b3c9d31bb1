"""Query and Scan: FilterExpression by types, Select, Limit, projection, capacity."""

import itertools

from cases.common import MANY, with_members
from step import Step
from values import ABSENT, ITEM, N, OPERANDS, S, TYPES

TABLES = [MANY]

COMPARATORS = ('=', '<>', '<', '<=', '>', '>=')
SELECTS = (None, 'ALL_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES')


def fixture():
    """Items whose x is of each type in turn, and one without; half of them in each partition."""
    for i, value in enumerate((*ITEM.values(), None)):
        item = {'p': S('part' if i % 2 else 'other'), 'r': N(i), 'i': N(i), 'y': S('y' * i)}
        if value is not None:
            item['x'] = value
        yield 'PutItem', {'TableName': MANY.name, 'Item': item}


def cases(rng):
    yield from filters()
    yield from pages()
    yield from selects()
    yield from key_attributes()
    yield from capacity()


def scan(request, values=None, names=None):
    return Step('Scan', with_members({'TableName': MANY.name, **request}, values, names), pages=True)


def query(request, values=None, names=None, pages=True):
    return Step(
        'Query',
        with_members(
            {'TableName': MANY.name, 'KeyConditionExpression': 'p = :p', **request},
            {':p': S('part'), **(values or {})},
            names,
        ),
        pages=pages,
    )


def filters():
    """Each operator and function by operand, on every type at once."""
    forms = [f'x {operator} :v' for operator in COMPARATORS] + [
        f':v {operator} x' for operator in COMPARATORS
    ]
    forms += [
        'begins_with(x, :v)',
        'contains(x, :v)',
        'NOT contains(x, :v)',
        'size(x) = :v',
        'x IN (:v, y)',
        'x BETWEEN :v AND :v',
        'NOT x = :v',
    ]
    for form, operand in itertools.product(forms, OPERANDS):
        yield scan({'FilterExpression': form}, {':v': operand})
        yield query({'FilterExpression': form}, {':v': operand})
    for type_ in TYPES:
        yield scan({'FilterExpression': 'attribute_type(x, :t)'}, {':t': S(type_)})
        yield query({'FilterExpression': 'NOT attribute_type(x, :t)'}, {':t': S(type_)})
    for text in (
        'attribute_exists(x)',
        'attribute_not_exists(x)',
        'size(x) > size(y)',
        'size(x) < i',
        'x = y',
        'x <> y',
        f'x = {ABSENT}',
        'contains(y, x)',
        'attribute_exists(x) AND size(y) > i',
        'attribute_exists(x.k) OR attribute_exists(x[0])',
        'NOT x = y AND i > i2',
        'x.k = x.l[0]',
    ):
        yield scan({'FilterExpression': text})
        yield query({'FilterExpression': text})


def pages():
    """Limit counts what is read, not what the filter lets through; both directions; from a start."""
    for limit, forward, text in itertools.product(
        (1, 2, 3, 5, 7, 100),
        (None, True, False),
        (None, 'i > :i', 'i < :i', 'attribute_exists(nope)', 'x = :i'),
    ):
        request = {'Limit': limit}
        if forward is not None:
            request['ScanIndexForward'] = forward
        values = None
        if text:
            request['FilterExpression'] = text
            values = {':i': N(7)} if ':i' in text else None
        yield query(request, values)
        yield query(request, values, pages=False)
        for start in (-1, 0, 3, 7, 8, 13, 99):
            yield query({**request, 'ExclusiveStartKey': {'p': S('part'), 'r': N(start)}}, values)
        yield scan({name: value for name, value in request.items() if name != 'ScanIndexForward'}, values)


def selects():
    """Select by what is asked for, in Query and Scan, with and without a filter."""
    attributes = (
        {},
        {'ProjectionExpression': 'i, x'},
        {'AttributesToGet': ['i', 'x']},
        {'ProjectionExpression': 'p'},
        {'ProjectionExpression': 'nope'},
        {'IndexName': 'idx'},
        {'IndexName': 'idx', 'ProjectionExpression': 'i'},
    )
    for select, more, text, limit in itertools.product(SELECTS, attributes, (None, 'i > :i'), (None, 3)):
        request = {**more}
        if select:
            request['Select'] = select
        if limit:
            request['Limit'] = limit
        if text:
            request['FilterExpression'] = text
        yield query(request, {':i': N(4)} if text else None)
        yield scan(request, {':i': N(4)} if text else None)


def key_attributes():
    """A filter of Query must not name key attributes; one of Scan may."""
    for text, values in (
        ('p = :v', S('part')),
        ('r > :v', N(3)),
        ('NOT r = :v', N(3)),
        ('x = :v OR r = :v', N(5)),
        ('size(p) > :v', N(3)),
        ('attribute_exists(p)', None),
        ('attribute_exists(r)', None),
        ('begins_with(p, :v)', S('pa')),
        ('p IN (:v)', S('part')),
        ('r BETWEEN :v AND :v', N(3)),
        ('p = x', None),
        ('#k = :v', N(3)),
        ('p.a = :v', N(1)),
        ('r[0] = :v', N(1)),
        ('contains(x, r)', None),
    ):
        names = {'#k': 'r'} if '#k' in text else None
        yield query({'FilterExpression': text}, {':v': values} if values else None, names)
        yield scan({'FilterExpression': text}, {':v': values} if values else None, names)


def capacity():
    for mode, consistent, select, text in itertools.product(
        ('NONE', 'TOTAL', 'INDEXES'),
        (None, True, False),
        (None, 'COUNT'),
        (None, 'i > :i', 'attribute_exists(nope)'),
    ):
        request = {'ReturnConsumedCapacity': mode}
        if consistent is not None:
            request['ConsistentRead'] = consistent
        if select:
            request['Select'] = select
        if text:
            request['FilterExpression'] = text
        values = {':i': N(4)} if text and ':i' in text else None
        yield query(request, values)
        yield query({**request, 'Limit': 2}, values)
        yield Step('Scan', with_members({'TableName': MANY.name, **request}, values), pages=True)
    for part in ('part', 'nothing here'):
        yield Step(
            'Query',
            {
                'TableName': MANY.name,
                'KeyConditionExpression': 'p = :p',
                'ExpressionAttributeValues': {':p': S(part)},
                'ReturnConsumedCapacity': 'TOTAL',
            },
        )
