"""Secondary indexes: what writes cost and refuse, Query and Scan by index and projection."""

import itertools
import re

from cases.common import with_members
from step import Step, Table, key_schema, write
from values import B, L, M, N, OF_TYPE, S

PROJECTIONS = {
    'all': {'ProjectionType': 'ALL'},
    'keys': {'ProjectionType': 'KEYS_ONLY'},
    'some': {'ProjectionType': 'INCLUDE', 'NonKeyAttributes': ['x', 'm']},
}


def indexes(prefix, keys):
    return [
        {'IndexName': f'{prefix}-{name}', 'KeySchema': key_schema(keys), 'Projection': projection}
        for name, projection in PROJECTIONS.items()
    ]


INDEXED = Table(
    'Parity-indexed',
    'S',
    'N',
    {'g': 'S', 'h': 'N'},
    {'GlobalSecondaryIndexes': indexes('global', 'gh'), 'LocalSecondaryIndexes': indexes('local', 'ph')},
)
TABLES = [INDEXED]
NAMES = [each['IndexName'] for group in INDEXED.indexes.values() for each in group]
KEY = {'p': S('new'), 'r': N(1)}
SELECTS = (None, 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES')


def fixture():
    """Of twelve items two are in no index, for want of one key or the other."""
    for i in range(12):
        item = {
            'p': S('part'),
            'r': N(i),
            'g': S('group'),
            'h': N(100 - i),
            'x': S('x' * i * 100),
            'y': N(i),
            'm': M(k=N(i)),
        }
        for name in {3: ['g'], 7: ['g', 'h']}.get(i, []):
            del item[name]
        yield 'PutItem', {'TableName': INDEXED.name, 'Item': item}


def cases(rng):
    yield from writes()
    yield from wrong_keys()
    yield from reads()
    yield from starts()
    yield from wrong_reads()


def on_item(operation, item, request):
    return write(operation, INDEXED, item, request, KEY)


def writes():
    """What changes an index, and what that costs."""
    contents = (
        None,
        {},
        {'g': S('a'), 'h': N(1)},
        {'g': S('a'), 'h': N(2)},
        {'g': S('a')},
        {'h': N(1), 'y': N(5)},
        {'g': S('b'), 'h': N(1), 'x': S('x' * 2000)},
        {'g': S('b'), 'h': N(1), 'y': S('y' * 3000)},
    )
    for old, new, capacity in itertools.product(contents, contents, (None, 'TOTAL', 'INDEXES')):
        request = {'ReturnConsumedCapacity': capacity} if capacity else {}
        before = None if old is None else {**KEY, **old}
        if new is None:
            yield on_item('DeleteItem', before, {'Key': KEY, **request})
        else:
            yield on_item('PutItem', before, {'Item': {**KEY, **new}, **request})
    updates = (
        ('SET g = :s', {':s': S('b')}),
        ('SET h = :n', {':n': N(9)}),
        ('REMOVE g', {}),
        ('REMOVE g, h', {}),
        ('SET y = :n', {':n': N(9)}),
        ('SET x = :s', {':s': S('b')}),
        ('SET m.k = :n', {':n': N(9)}),
        ('ADD h :n', {':n': N(1)}),
        ('SET g = g', {}),
        ('REMOVE x, y', {}),
    )
    for (text, values), old, capacity in itertools.product(
        updates,
        ({'m': M(k=N(1))}, {'g': S('a'), 'h': N(1), 'm': M(k=N(1)), 'y': N(1)}),
        (None, 'TOTAL', 'INDEXES'),
    ):
        request = {
            'Key': KEY,
            'UpdateExpression': text,
            **({'ReturnConsumedCapacity': capacity} if capacity else {}),
        }
        yield on_item('UpdateItem', {**KEY, **old}, with_members(request, values))
    for metrics, operation in itertools.product(('SIZE', 'NONE'), ('PutItem', 'UpdateItem', 'DeleteItem')):
        request = {'Item': KEY} if operation == 'PutItem' else {'Key': KEY}
        yield on_item(operation, {**KEY, 'h': N(1)}, {**request, 'ReturnItemCollectionMetrics': metrics})


def wrong_keys():
    """Values that an index's key cannot have, and paths into it."""
    wrong = (*OF_TYPE.values(), S(''), S('x' * 1025), S('x' * 2048), S('x' * 2049), N('1e125'))
    for name, value in itertools.product('gh', wrong):
        for old in (None, {**KEY, 'g': S('a'), 'h': N(1)}):
            yield on_item('PutItem', old, {'Item': {**KEY, name: value}})
            yield on_item(
                'UpdateItem',
                old,
                {
                    'Key': KEY,
                    'UpdateExpression': f'SET {name} = :v',
                    'ExpressionAttributeValues': {':v': value},
                },
            )
            yield on_item(
                'UpdateItem', old, {'Key': KEY, 'AttributeUpdates': {name: {'Action': 'PUT', 'Value': value}}}
            )
        yield Step(
            'BatchWriteItem',
            {'RequestItems': {INDEXED.name: [{'PutRequest': {'Item': {**KEY, name: value}}}]}},
            before=(('DeleteItem', {'TableName': INDEXED.name, 'Key': KEY}),),
        )
    for text in (
        'SET g.a = :v',
        'SET h[0] = :v',
        'REMOVE g.a',
        'SET x = g.a',
        'ADD g :v',
        'DELETE g :v',
        'SET x = if_not_exists(g.a, :v)',
    ):
        values = {':v': {'SS': ['a']} if 'DELETE' in text else N(1)} if ':v' in text else None
        yield on_item(
            'UpdateItem',
            {**KEY, 'g': S('a'), 'h': N(1)},
            with_members({'Key': KEY, 'UpdateExpression': text}, values),
        )
    for text in ('attribute_exists(g.a)', 'g[0] = h', 'h.x > h.y', 'attribute_exists(g)'):
        yield on_item('UpdateItem', {**KEY, 'g': S('a')}, {'Key': KEY, 'ConditionExpression': text})


def query(index, values=None, pages=True, **request):
    name, value = ('g', S('group')) if index.startswith('global') else ('p', S('part'))
    text = request.pop('KeyConditionExpression', None)
    request['KeyConditionExpression'] = f'{name} = :key' + (f' AND {text}' if text else '')
    return Step(
        'Query',
        with_members(
            {'TableName': INDEXED.name, 'IndexName': index, **request}, {':key': value, **(values or {})}
        ),
        pages=pages,
    )


def scan(index, values=None, **request):
    return Step(
        'Scan', with_members({'TableName': INDEXED.name, 'IndexName': index, **request}, values), pages=True
    )


def is_projected(index, text):
    """Whether an index has what a filter names.  If not, Local's Scan filters the table's items."""
    attributes = set(re.findall(r'[a-z]+', re.sub(r':\w+|attribute_exists', '', text or '')))
    projected = set('prh') | (set('g') if index.startswith('global') else set())
    return index.endswith('all') or attributes <= projected | (set('xm') if index.endswith('some') else set())


def reads():
    filters = (None, 'y > :n', 'x <> m', 'r > :n')
    projections = (None, 'x', 'y', 'p, g', 'm.k', 'nope')
    for index, select, text, projection in itertools.product(NAMES, SELECTS, filters, projections):
        request = {
            name: value
            for name, value in (
                ('Select', select),
                ('FilterExpression', text),
                ('ProjectionExpression', projection),
            )
            if value
        }
        values = {':n': N(4)} if text and ':n' in text else None
        yield query(index, values, **request)
        if is_projected(index, text):
            yield scan(index, values, **request)
    for index, limit, forward, consistent, capacity in itertools.product(
        NAMES, (None, 1, 4, 10, 100), (True, False), (None, True, False), (None, 'TOTAL', 'INDEXES')
    ):
        request = {
            name: value
            for name, value in (
                ('Limit', limit),
                ('ConsistentRead', consistent),
                ('ReturnConsumedCapacity', capacity),
            )
            if value is not None
        }
        yield query(index, ScanIndexForward=forward, **request)
        if forward:
            yield scan(
                index,
                **{
                    name: value
                    for name, value in request.items()
                    if name != 'ReturnConsumedCapacity' or not limit
                },
            )
    for index, (text, values) in itertools.product(
        NAMES,
        (
            ('h = :n', {':n': N(95)}),
            ('h > :n', {':n': N(95)}),
            ('h <= :n', {':n': N(95)}),
            ('h BETWEEN :n AND :m', {':n': N(92), ':m': N(96)}),
            ('begins_with(h, :n)', {':n': N(9)}),
            ('r > :n', {':n': N(5)}),
            ('g = :s', {':s': S('group')}),
        ),
    ):
        for forward in (True, False):
            yield query(index, values, KeyConditionExpression=text, ScanIndexForward=forward)
            yield query(index, values, KeyConditionExpression=text, ScanIndexForward=forward, Limit=2)
    for index, attributes, select in itertools.product(NAMES, (['x'], ['y'], ['p', 'h'], ['nope']), SELECTS):
        yield query(index, AttributesToGet=attributes)
        yield scan(index, AttributesToGet=attributes, **({'Select': select} if select else {}))
        conditions = {
            'g' if index.startswith('global') else 'p': {
                'ComparisonOperator': 'EQ',
                'AttributeValueList': [S('group' if index.startswith('global') else 'part')],
            }
        }
        yield Step(
            'Query',
            {
                'TableName': INDEXED.name,
                'IndexName': index,
                'KeyConditions': conditions,
                'AttributesToGet': attributes,
                **({'Select': select} if select else {}),
            },
            pages=True,
        )


def starts():
    """Starting keys of an index: its keys and the table's."""
    good = {'p': S('part'), 'r': N(5), 'g': S('group'), 'h': N(95)}
    for index in NAMES:
        whole = good if index.startswith('global') else {name: good[name] for name in 'prh'}
        wrong = [
            whole,
            {**whole, 'h': N(50)},
            {**whole, 'h': N(999)},
            {**whole, 'r': N(77)},
            {**whole, 'p': S('other')},
            {**whole, 'x': S('a')},
            {'p': S('part'), 'r': N(5)},
            {},
        ]
        wrong += [{each: whole[each] for each in whole if each != name} for name in whole]
        wrong += [{**whole, name: value} for name in whole for value in (L(), {}, B(b'x'), S(''))]
        for start, forward in itertools.product(wrong, (True, False)):
            yield query(index, ExclusiveStartKey=start, ScanIndexForward=forward)
        for start in wrong[5:]:
            yield Step('Scan', {'TableName': INDEXED.name, 'IndexName': index, 'ExclusiveStartKey': start})


def wrong_reads():
    for index in NAMES:
        for value in (*OF_TYPE.values(), S(''), S('x' * 2049)):
            name = 'g' if index.startswith('global') else 'p'
            yield Step(
                'Query',
                {
                    'TableName': INDEXED.name,
                    'IndexName': index,
                    'KeyConditionExpression': f'{name} = :v',
                    'ExpressionAttributeValues': {':v': value},
                },
                pages=True,
            )
            yield query(index, {':v': value}, KeyConditionExpression='h = :v')
            yield query(index, {':v': value}, KeyConditionExpression='h < :v')
        for text in ('g = :v', 'h = :v', 'p = :v AND r > :n', 'g = :v AND p = :v', 'h > :n'):
            values = {name: value for name, value in ((':v', S('part')), (':n', N(1))) if name in text}
            yield Step(
                'Query',
                {
                    'TableName': INDEXED.name,
                    'IndexName': index,
                    'KeyConditionExpression': text,
                    'ExpressionAttributeValues': values,
                },
                pages=True,
            )
        for text in ('g = :v', 'h > :n', 'p = :v', 'r > :n', 'attribute_exists(g)', 'g.a = :v', 'h[0] = :v'):
            values = {name: value for name, value in ((':v', S('part')), (':n', N(1))) if name in text}
            yield query(index, values, FilterExpression=text)
            if is_projected(index, text):
                yield scan(index, values, FilterExpression=text)
    for index in ('nothing', 'Global-all', 'global-all ', 'ab'):
        yield query(index)
        yield scan(index)
