"""PutItem, GetItem and DeleteItem: values of every kind, keys, sizes, what is returned."""

import itertools

from cases.common import KEY, ONE, item_write
from step import Step, table, write
from values import B, FALSE, ITEM, L, M, N, NULL, OF_TYPE, S, TRUE

BOTH = table('SN')
NUMBER = table('N')
BINARY = table('BB')
TABLES = [ONE, BOTH, NUMBER, BINARY]

NUMBERS = (
    '0',
    '-0',
    '0.0',
    '+1',
    '1',
    '-1',
    '01',
    '1.0',
    '1.50',
    '.5',
    '5.',
    '1e3',
    '1E3',
    '1e+3',
    '1e-3',
    '-1.5e-10',
    '1' * 38,
    '1' * 39,
    '0.' + '1' * 38,
    '0.' + '1' * 39,
    '1' + '0' * 37,
    '1' + '0' * 38,
    '1' + '0' * 125,
    '1' + '0' * 126,
    '9.9e125',
    '9' * 38 + 'e88',
    '9' * 38 + 'e87',
    '1e125',
    '1e126',
    '-1e126',
    '1e-130',
    '1e-131',
    '-1e-130',
    '-1e-131',
    '1e400',
    '1e-400',
    '1e99999999999',
    '0e500',
    '0e-500',
    '',
    ' ',
    ' 1',
    '1 ',
    'a',
    '1a',
    '1e',
    'e1',
    '--1',
    '1..0',
    '1,0',
    '0x10',
    'NaN',
    'Infinity',
    '-Infinity',
    '1_000',
    '١',
    '1\n',
    '.',
    '-',
    '+',
    '-.5',
    '+.5e1',
    '00.100',
    '000',
    '1e0',
    '1e01',
    '1.e1',
)
VALUES = (
    S(''),
    S('a'),
    S('é日\U0001f600'),
    S('\x01\x1f'),
    S('x' * 100000),
    B(b''),
    B(b'\x00\xff'),
    {'B': 'YQ'},
    {'B': 'YQ='},
    {'B': 'Y'},
    {'B': '***'},
    {'B': 'YQ== '},
    {'B': 'YR=='},
    {'B': '_-8='},
    TRUE,
    FALSE,
    NULL,
    {'NULL': False},
    {'SS': []},
    {'SS': ['a']},
    {'SS': ['']},
    {'SS': ['a', 'a']},
    {'SS': ['b', 'a', 'b']},
    {'SS': ['a', 'A', 'é']},
    {'NS': []},
    {'NS': ['1']},
    {'NS': ['1', '1.0']},
    {'NS': ['1', '1e0', '2']},
    {'NS': ['']},
    {'NS': ['x']},
    {'NS': ['3', '-1', '20']},
    {'BS': []},
    {'BS': ['']},
    {'BS': ['YQ==']},
    {'BS': ['YQ==', 'YQ==']},
    {'BS': ['***']},
    {'BS': ['/w==', 'AA==', 'YQ==']},
    L(),
    L(S('a'), N(1), L(L())),
    L(S('')),
    L({}),
    L(N('x')),
    L({'SS': []}),
    M(),
    M(a=S('')),
    {'M': {'': S('a')}},
    M(a={}),
    M(a=N('x')),
    M(a=L(M(b=L()))),
    {},
    {'X': 'a'},
    {'S': 'a', 'N': '1'},
    {'S': 'a', 'X': 1},
    {'s': 'a'},
    {'S': None},
    {'S': None, 'N': '1'},
    {'L': [None]},
    {'M': {'a': None}},
    {'SS': [None]},
    {'BOOL': True, 'NULL': True},
    {'SS': ['a'], 'L': []},
    {'N': '1', 'NS': ['1']},
)
NAMES = (
    'a',
    'a.b',
    'a b',
    'a[0]',
    '#a',
    ':a',
    'é',
    '\U0001f600',
    '',
    ' ',
    '1',
    'SELECT',
    'x' * 255,
    'x' * 256,
    'x' * 65535,
    'x' * 65536,
    '"',
    "'",
    '\\',
    '\n',
    '\x01',
    'P',
    'p ',
)


def cases(rng):
    yield from values()
    yield from keys()
    yield from sizes()
    yield from depths()
    yield from reads()


def values():
    for number in NUMBERS:
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': N(number)}})
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': {'NS': [number, '77']}}})
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': L(N(number))}})
        yield write(
            'PutItem', NUMBER, None, {'Item': {'p': N(number)}, 'ReturnValues': 'ALL_OLD'}, {'p': N(3)}
        )
        yield Step('GetItem', {'TableName': NUMBER.name, 'Key': {'p': N(number)}})
    for value in VALUES:
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': value}})
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': L(S('a'), value)}})
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': M(a=S('a'), b=value)}})
        yield item_write('DeleteItem', None, {'Key': {'p': value}})
        yield Step('GetItem', {'TableName': ONE.name, 'Key': {'p': value}})
        yield Step(
            'PutItem',
            {'TableName': ONE.name, 'Item': {'p': value}},
            before=(('DeleteItem', {'TableName': ONE.name, 'Key': KEY}),),
        )
    for name in NAMES:
        yield item_write('PutItem', None, {'Item': {**KEY, name: S('v')}})
        yield item_write('PutItem', None, {'Item': {**KEY, 'm': {'M': {name: S('v')}}}})


def keys():
    """Keys that fit the schema or do not, in every operation that takes one."""
    key_values = (
        *OF_TYPE.values(),
        S(''),
        B(b''),
        S('x' * 1024),
        S('x' * 1025),
        S('x' * 2048),
        S('x' * 2049),
        S('é' * 1025),
        B(b'x' * 1024),
        B(b'x' * 1025),
        B(b'x' * 2049),
        N('1e126'),
        {},
    )
    for each in (ONE, BOTH, NUMBER, BINARY):
        good = {'p': OF_TYPE[each.hash], **({'r': OF_TYPE[each.range]} if each.range else {})}
        wrong = [
            {},
            {'q': S('a')},
            {**good, 'q': S('a')},
            {'r': OF_TYPE['N']},
            {'p': OF_TYPE[each.hash]},
            {**good, 'P': S('a')},
        ]
        wrong += [{**good, name: value} for name in good for value in key_values]
        for key in wrong:
            for operation in ('GetItem', 'DeleteItem', 'UpdateItem', 'PutItem'):
                member = 'Item' if operation == 'PutItem' else 'Key'
                yield Step(
                    operation,
                    {'TableName': each.name, member: key},
                    before=(('DeleteItem', {'TableName': each.name, 'Key': good}),),
                )
            yield Step('BatchGetItem', {'RequestItems': {each.name: {'Keys': [key]}}})
            for write_request in ({'PutRequest': {'Item': key}}, {'DeleteRequest': {'Key': key}}):
                yield Step(
                    'BatchWriteItem',
                    {'RequestItems': {each.name: [write_request]}},
                    before=(('DeleteItem', {'TableName': each.name, 'Key': good}),),
                )


def sizes():
    """400 KB, and what reading and writing costs."""
    for size in (409594, 409595, 409596, 409597, 409600, 450000):
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': S('x' * size)}})
        yield item_write('PutItem', None, {'Item': {**KEY, 'x': B(b'x' * size)}})
        yield item_write('PutItem', None, {'Item': {**KEY, 'l': L(*[S('x' * 999)] * (size // 1000))}})
    for item in ({'x': S('x' * size)} for size in (0, 1, 1015, 1016, 1017, 1018, 2040, 4090, 4095, 8190)):
        for old in (None, {'x': S('o' * 1500)}):
            for operation in ('PutItem', 'DeleteItem'):
                request = {'Item': {**KEY, **item}} if operation == 'PutItem' else {}
                yield item_write(
                    operation, old, {**request, 'ReturnConsumedCapacity': 'TOTAL', 'ReturnValues': 'ALL_OLD'}
                )
        for consistent in (True, False):
            yield Step(
                'GetItem',
                {
                    'TableName': ONE.name,
                    'Key': KEY,
                    'ConsistentRead': consistent,
                    'ReturnConsumedCapacity': 'TOTAL',
                },
                before=(('PutItem', {'TableName': ONE.name, 'Item': {**KEY, **item}}),),
            )
    for value in (
        *ITEM.values(),
        *(
            N(number)
            for number in ('0', '1', '-1', '10', '100', '1234567', '0.001', '1e100', '-1e-100', '9' * 38)
        ),
    ):
        # As many of them as tell their size apart in units.
        yield item_write(
            'PutItem', None, {'Item': {**KEY, 'x': L(*[value] * 97)}, 'ReturnConsumedCapacity': 'TOTAL'}
        )
        yield item_write(
            'PutItem', None, {'Item': {**KEY, 'x': L(*[value] * 1013)}, 'ReturnConsumedCapacity': 'TOTAL'}
        )


def depths():
    value = S('deep')
    for depth in range(1, 40):
        value = L(value) if depth % 2 else M(a=value)
        if depth > 28:
            yield item_write('PutItem', None, {'Item': {**KEY, 'x': value}})
            yield item_write('PutItem', None, {'Item': {**KEY, 'x': value, 'y': L(value)}})


def reads():
    for item, consistent, projection, capacity in itertools.product(
        (ITEM, {}, None),
        (None, True, False),
        (None, 's', 'nope', 'm.k, l[0]', 'm.nope', 'l[1], l[2].l[0]', 'p', 'p, s', 'm', 's.k'),
        (None, 'NONE', 'TOTAL', 'INDEXES'),
    ):
        request = {
            name: value
            for name, value in (
                ('ConsistentRead', consistent),
                ('ProjectionExpression', projection),
                ('ReturnConsumedCapacity', capacity),
            )
            if value is not None
        }
        before = (
            ('DeleteItem', {'TableName': ONE.name, 'Key': KEY})
            if item is None
            else ('PutItem', {'TableName': ONE.name, 'Item': {**KEY, **item}})
        )
        yield Step('GetItem', {'TableName': ONE.name, 'Key': KEY, **request}, before=(before,))
    for name in (
        'Parity-nothing',
        'abc',
        'x' * 255,
        'arn:aws:dynamodb:ddblocal:000000000000:table/' + ONE.name,
    ):
        yield Step('GetItem', {'TableName': name, 'Key': KEY})
        yield Step(
            'PutItem',
            {'TableName': name, 'Item': KEY},
            before=(('PutItem', {'TableName': ONE.name, 'Item': KEY}),),
        )
        yield Step(
            'UpdateItem',
            {'TableName': name, 'Key': KEY},
            before=(('PutItem', {'TableName': ONE.name, 'Item': KEY}),),
        )
        yield Step(
            'DeleteItem',
            {'TableName': name, 'Key': KEY},
            before=(('PutItem', {'TableName': ONE.name, 'Item': KEY}),),
        )
        yield Step('Scan', {'TableName': name}, pages=True)
        yield Step(
            'Query',
            {
                'TableName': name,
                'KeyConditionExpression': 'p = :p',
                'ExpressionAttributeValues': {':p': S('a')},
            },
        )
        yield Step('BatchGetItem', {'RequestItems': {name: {'Keys': [KEY]}}})
        yield Step(
            'BatchWriteItem',
            {'RequestItems': {name: [{'DeleteRequest': {'Key': KEY}}]}},
            before=(('PutItem', {'TableName': ONE.name, 'Item': KEY}),),
        )
