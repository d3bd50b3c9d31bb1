"""The expression language: what it refuses, in every parameter that it is written in."""

import itertools
import re
from pathlib import Path

from cases.common import CONDITIONAL, KEY, MANY, ONE, condition, item_write, update, with_members
from step import Step
from values import ITEM, L, N, S

TABLES = [ONE, MANY]

WORDS = Path(__file__).with_name('reserved_words.txt').read_text().split()
NOT_RESERVED = (
    'abc',
    'nothing',
    'actions',
    'sizes',
    'reserved',
    'a',
    'p',
    'word',
    'id',
    'email',
    'created',
    'SEQ',
    'NO2',
    'attribute_exists',
    'begins_with',
    'contains',
    'list_append',
    'if_not_exists',
    'attribute_type',
)

# Conditions that are wrong, or look it.
CONDITIONS = (
    '',
    ' ',
    '\n',
    '=',
    'a',
    ':v',
    'a =',
    '= a',
    'a = ',
    'a == :v',
    'a != :v',
    'a <> :v',
    'a < > :v',
    'a <= :v',
    'a =< :v',
    'a => :v',
    'a = :v =',
    'a = b = c',
    'a < b < c',
    'a = :v AND',
    'AND a = :v',
    'a = :v AND AND b = :v',
    'a = :v b = :v',
    'a = :v, b = :v',
    'a = :v && b = :v',
    'a = :v || b = :v',
    '!a = :v',
    'NOT',
    'NOT a',
    'NOT a = :v',
    'a NOT = :v',
    'a = NOT :v',
    'a NOT IN (:v)',
    'a NOT BETWEEN :v AND :v',
    'a IS NULL',
    'a LIKE :v',
    '(',
    ')',
    '()',
    '(a = :v',
    'a = :v)',
    '(a = :v)',
    '((a = :v))',
    '(((a = :v)))',
    '((a = :v) AND b = :v)',
    '((a = :v) AND (b = :v))',
    '(a) = :v',
    '((a)) = :v',
    'a = (:v)',
    'a = ((:v))',
    '(a = :v) = b',
    '((a = b)) OR c = d',
    'NOT ((a = b))',
    '(NOT a = b)',
    '((NOT a = b))',
    'size((a)) > :v',
    'a BETWEEN :v',
    'a BETWEEN :v AND',
    'a BETWEEN :v OR :v',
    'a BETWEEN (:v AND :v)',
    'a BETWEEN :v AND :v AND b = :v',
    'a BETWEEN :v AND :v OR b = :v',
    'NOT a BETWEEN :v AND :v',
    'a between :v and :v',
    'a BETWEEN (:v) AND (:v)',
    'a IN',
    'a IN ()',
    'a IN :v',
    'a IN (:v',
    'a IN (:v,)',
    'a IN (,:v)',
    'a IN (:v :v)',
    'a IN ((:v))',
    'a in (:v)',
    'a IN (:v) AND b IN (:v)',
    'a IN (b, c)',
    '(a) IN (:v)',
    'foo(a)',
    'foo(a, :v)',
    'foo',
    'foo(',
    'foo()',
    'attribute_exists',
    'attribute_exists()',
    'attribute_exists(a',
    'attribute_exists(a, b)',
    'attribute_exists(:v)',
    'attribute_exists(a) = :v',
    'attribute_exists (a)',
    'ATTRIBUTE_EXISTS(a)',
    'Attribute_Exists(a)',
    'attribute_exists((a))',
    'attribute_exists(size(a))',
    'attribute_exists(attribute_exists(a))',
    'attribute_not_exists(a, b)',
    'attribute_type(a)',
    'attribute_type(a, :v, :v)',
    'attribute_type(a, b)',
    'attribute_type(:v, :v)',
    'begins_with(a)',
    'begins_with(a, :v, :v)',
    'begins_with(a, a)',
    'begins_with(:v, :v)',
    'begins_with(:v, a)',
    'begins_with(a, :v) = b',
    'begins_with(size(a), :v)',
    'begins_with(a, size(a))',
    'Begins_With(a, :v)',
    'contains(a)',
    'contains(a, a)',
    'contains(:v, :v)',
    'contains(a, :v, :v)',
    'contains(:v, a)',
    'contains(size(a), :v)',
    'contains(a, size(b))',
    'size(a)',
    'size()',
    'size(a, b)',
    'size(a) = :n',
    'size(:v) = :n',
    'size(size(a)) = :n',
    'size(a) = size(a)',
    'a = size(b)',
    'SIZE(a) = :n',
    'size = :n',
    'size.a = :n',
    'if_not_exists(a, :v)',
    'if_not_exists(a, :v) = :v',
    'list_append(a, b) = :v',
    'a + :n = :n',
    'a - :n > :n',
    'a = b + c',
    'SET a = :v',
    'a = a',
    'a <> a',
    'a < a',
    ':v = :v',
    ':v = :w',
    'a.b = a.b',
    'a[0] = a[0]',
    'a IN (a)',
    'a IN (b, a)',
    'a BETWEEN a AND b',
    'a BETWEEN b AND a',
    'a BETWEEN b AND b',
    'attribute_exists(a) AND attribute_exists(a)',
    'a = 5',
    'a = "x"',
    "a = 'x'",
    'a = true',
    'a = null',
    '5 = a',
    '1a = :v',
    'a.1 = :v',
    'a.b1 = :v',
    'a..b = :v',
    '.a = :v',
    'a. = :v',
    'a.b. = :v',
    'a . b = :v',
    'a .b = :v',
    'a. b = :v',
    'a[0] = :v',
    'a[ 0 ] = :v',
    'a [0] = :v',
    'a[] = :v',
    'a[-1] = :v',
    'a[x] = :v',
    'a[:v] = :v',
    'a[#n] = :v',
    'a[0.5] = :v',
    'a[0]b = :v',
    'a[0].b = :v',
    'a[0][1] = :v',
    'a[0 = :v',
    'a]0[ = :v',
    'a[00] = :v',
    'a[007] = :v',
    'a[2147483647] = :v',
    'a[2147483648] = :v',
    'a[99999999999] = :v',
    'a[1][99999999999] = :v',
    '[0] = :v',
    '#n = :v',
    '#n.#n = :v',
    '#n.b[0] = :v',
    '#n[0] = :v',
    'a.#n = :v',
    '# = :v',
    ': = a',
    '#undefined = :v',
    'a = :undefined',
    '#undefined = :undefined',
    '#n# = :v',
    'a#n = :v',
    'a:v',
    'a=:v',
    'a=:v AND b<>:v',
    'a=:vAND b = :v',
    '#a-b = :v',
    '#é = :v',
    'a = :é',
    'é = :v',
    'a_b = :v',
    '_a = :v',
    'a-b = :v',
    'a$b = :v',
    'a@b = :v',
    'a%b = :v',
    'a/b = :v',
    'a*b = :v',
    'a;b = :v',
    'a = :v;',
    'a = :v -- x',
    'a = :v /* x */',
    'a\tb',
    'a\n=\n:v',
    'a\u00a0= :v',
    '\ufeffa = :v',
    'a = :v\x00',
    '\U0001f600 = :v',
    'name = :v',
    'a.name = :v',
    'name.a = :v',
    'NaMe = :v',
    'a = name',
    'attribute_exists(count)',
    'begins_with(date, :v)',
    'a IN (b, values)',
    'a BETWEEN start AND b',
    'size(list) = :n',
    'AND = :v',
    'and = :v',
    'or',
    'between',
    'in',
    'a AND b',
    'a OR b',
    ':v AND :v',
    'a = b AND c',
    'NOT NOT a = b',
    'NOT(a = b)',
    'NOTa = b',
    'a = bOR c = d',
    'a = b AND NOT c = d OR e = f',
    '(a = b AND c = d) OR e = f',
    '(a = b) AND (c = d) AND (e = f)',
    '((a = b) AND (c = d)) AND (e = f)',
    'a = b AND ((c = d))',
    'attribute_exists(a) AND (attribute_exists(b) OR (attribute_exists(c)))',
)

PROJECTIONS = (
    '',
    ' ',
    'a',
    'a,b',
    'a, b',
    ' a , b ',
    'a,',
    ',a',
    'a,,b',
    'a b',
    'a;b',
    'a.b',
    'a..b',
    '.a',
    'a.',
    'a.b.c.d',
    'a[0]',
    'a[0].b',
    'a[0][0]',
    'a[',
    'a]',
    'a[]',
    'a[x]',
    'a[-1]',
    'a[0',
    'a[ 0 ]',
    'a [0]',
    'a . b',
    'a.[0]',
    'a[0]b',
    'a[2147483647]',
    'a[2147483648]',
    'a[99999999999]',
    '#n',
    '#n.b',
    'a.#n',
    '#n[0]',
    '#n.#n',
    '#undefined',
    '#',
    '#n#n',
    ':v',
    'a = b',
    'a AND b',
    'NOT a',
    '(a)',
    '((a))',
    '(a, b)',
    'size(a)',
    'attribute_exists(a)',
    'foo(a)',
    '*',
    'a.*',
    '1',
    '1a',
    'a1',
    '_a',
    'a_b',
    'a-b',
    'é',
    '"a"',
    "'a'",
    'a\tb',
    'a\n,\nb',
    'name',
    'a.name',
    'name.a',
    'NAME',
    'a, name',
    'a, a',
    'a, b, a',
    'a, a.b',
    'a.b, a',
    'a.b, a.b',
    'a.b, a.c',
    'a[0], a[0]',
    'a[0], a[1]',
    'a[0], a',
    'a, a[0]',
    'a.b, a[0]',
    'a[0], a.b',
    'a[0].b, a[0].c',
    'a[0].b, a[0]',
    'a[0].b, a[0][1]',
    'a.b.c, a.b',
    '#n, a',
    '#n, b',
    'a.b.c, a.b[0]',
    'a, b, c, d, a.b, b[0]',
    'SET a',
    'a + b',
    'a\x00',
    '\ufeffa',
    'a, ',
    'a,\u00a0b',
    ', ',
    '#n, #n',
    'p, p',
    'p.a',
    'p[0]',
    'r.a',
    'r[0]',
    'a{0}',
    'a<b',
    'a:b',
    'a,:v',
    'a#n',
    'a, b c',
)

KEY_CONDITIONS = (
    '',
    ' ',
    'p',
    'p =',
    '= :p',
    'p = :p',
    ':p = p',
    '(p = :p)',
    '((p = :p))',
    'p == :p',
    'p <> :p',
    'p < :p',
    'p > :p',
    'p >= :p',
    'p BETWEEN :p AND :p',
    'begins_with(p, :p)',
    'p IN (:p)',
    'NOT p = :p',
    'attribute_exists(p)',
    'contains(p, :p)',
    'size(p) = :r',
    'p = :p AND',
    'AND p = :p',
    'p = :p AND p = :p',
    'p = :p AND r = :r',
    'r = :r AND p = :p',
    'p = :p AND r <> :r',
    'p = :p AND r < :r',
    'p = :p AND r <= :r',
    'p = :p AND r > :r',
    'p = :p AND r >= :r',
    'p = :p AND :r < r',
    'p = :p AND :r >= r',
    'p = :p AND r BETWEEN :r AND :r',
    'p = :p AND (r BETWEEN :r AND :r)',
    'p = :p AND r BETWEEN :r2 AND :r',
    'p = :p AND begins_with(r, :r)',
    'p = :p AND begins_with(r, :p)',
    'p = :p AND begins_with(:r, r)',
    'p = :p AND r IN (:r)',
    'p = :p OR r = :r',
    'p = :p AND NOT r = :r',
    'p = :p AND attribute_exists(r)',
    'p = :p AND contains(r, :r)',
    'p = :p AND size(r) = :r',
    'p = :p AND attribute_type(r, :p)',
    'p = :p AND r = :r AND r = :r',
    'p = :p AND r = :r AND r < :r',
    'p = :p AND r > :r AND r < :r',
    'p = :p AND r = :r AND x = :r',
    '(p = :p) AND (r = :r)',
    '((p = :p) AND (r = :r))',
    '(p = :p AND r = :r)',
    'p = :p AND ((r = :r))',
    'p = :p AND (r = :r OR r < :r)',
    'p = :p AND x = :r',
    'x = :p',
    'x = :p AND r = :r',
    'x = :p AND y = :r',
    'r = :r',
    'p.a = :p',
    'p[0] = :p',
    'p = :p AND r.a = :r',
    'p = :p AND r[0] = :r',
    'p = r',
    'p = p',
    ':p = :p',
    'p = :p AND r = p',
    'p = :p AND r < size(r)',
    'p = :p AND size(r) < r',
    'p = :p AND begins_with(r, p)',
    'p = :p AND begins_with(r)',
    'p = :p AND begins_with(r, :r, :r)',
    'p = :p AND r BETWEEN :r',
    'p = :p AND r BETWEEN p AND :r',
    'p = :p AND r BETWEEN :r AND p',
    'p = :r',
    'p = :p AND r = :p',
    'p = :p AND r BETWEEN :r AND :p',
    'p = :p AND r < :p',
    '#p = :p',
    '#p = :p AND #r = :r',
    '#undefined = :p',
    'p = :undefined',
    'p = :p AND r = :undefined',
    'name = :p',
    'p = :p AND name = :r',
    'p = :p AND foo(r)',
    'p = :p, r = :r',
    'p = :p r = :r',
    'p = "x"',
    'p = :p AND r = 5',
    'p = :p and r between :r and :r',
    'p = :p AND r + :r = :r',
    'if_not_exists(p, :p)',
    'p = :p AND if_not_exists(r, :r) = :r',
    'SET p = :p',
    'p = :p AND :r BETWEEN r AND :r',
    'p = :p AND :r IN (r)',
    'NOT NOT p = :p',
    'p = :p AND BEGINS_WITH(r, :r)',
    'p = :e',
    'p = :p AND begins_with(r, :e)',
    'p BETWEEN :p AND :p AND r = :r',
    'begins_with(p, :p) AND r = :r',
    'p < :p AND r = :r',
    'p <> :p AND r <> :r',
    'p = :p AND (NOT r = :r)',
    '(p = :p OR p = :p)',
    '(p = :p) OR (r = :r)',
    'p = :p AND r = :r OR r = :r',
    ':p = p AND :r = r',
    'p = :p AND p <> :p',
    'p = :p AND p < :p',
    'p = (:p)',
    '(p) = :p',
)

VALUES = {
    ':v': S('abc'),
    ':w': S('w'),
    ':n': N(5),
    ':p': S('key'),
    ':r': N(5),
    ':r2': N(7),
    ':e': S(''),
    ':é': S('x'),
}
NAMES = {'#n': 'nn', '#p': 'p', '#r': 'r', '#a-b': 'x', '#é': 'x'}


def fixture():
    for i in range(8):
        yield 'PutItem', {
            'TableName': MANY.name,
            'Item': {'p': S('key'), 'r': N(i), 'a': S('abc'), 'nn': N(i)},
        }
    yield 'PutItem', {'TableName': ONE.name, 'Item': {**KEY, 'a': L(S('x')), 'nn': N(1)}}


def cases(rng):
    yield from conditions()
    yield from projections()
    yield from key_conditions()
    yield from reserved_words()
    yield from placeholders()
    yield from limits()


def used(table, text):
    """Those of the placeholders that the text has as words of their own."""
    return {name: value for name, value in table.items() if re.search(re.escape(name) + r'(?![\w-])', text)}


def filtered(text, values=None, names=None, operation='Scan', **request):
    if operation == 'Query':
        request['KeyConditionExpression'] = 'p = :pkey'
        values = {**(values or {}), ':pkey': S('key')}
    return Step(
        operation,
        with_members({'TableName': MANY.name, 'FilterExpression': text, **request}, values, names),
        pages=True,
    )


def conditions():
    """Each text as a condition, as a filter of a scan, and as a filter of a query."""
    for text in CONDITIONS:
        values, names = used(VALUES, text), used(NAMES, text)
        yield condition(text, values, names, item=ITEM)
        yield filtered(text, values, names)
        yield filtered(text, values, names, 'Query')


def projected(text, names, operation):
    request = {'ProjectionExpression': text}
    if operation == 'GetItem':
        return Step(operation, with_members({'TableName': ONE.name, 'Key': KEY, **request}, None, names))
    if operation == 'BatchGetItem':
        return Step(
            operation, {'RequestItems': {ONE.name: with_members({'Keys': [KEY], **request}, None, names)}}
        )
    if operation == 'Scan':
        return Step(operation, with_members({'TableName': MANY.name, **request}, None, names), pages=True)
    return Step(
        operation,
        with_members(
            {'TableName': MANY.name, 'KeyConditionExpression': 'p = :p', **request}, {':p': S('key')}, names
        ),
        pages=True,
    )


def projections():
    for text, operation in itertools.product(PROJECTIONS, ('GetItem', 'BatchGetItem', 'Scan', 'Query')):
        yield projected(text, used(NAMES, text), operation)


def key_conditions():
    for text in KEY_CONDITIONS:
        for table in (MANY, ONE):
            yield Step(
                'Query',
                with_members(
                    {'TableName': table.name, 'KeyConditionExpression': text},
                    used(VALUES, text),
                    used(NAMES, text),
                ),
                pages=True,
            )


def reserved_words():
    """Each word as an attribute of each expression in turn."""
    turn = itertools.cycle(
        (
            lambda word: condition(f'{word} = :v', {':v': N(1)}),
            lambda word: update(f'SET {word} = :v', {':v': N(1)}),
            lambda word: filtered(f'attribute_exists({word})'),
            lambda word: projected(f'a, {word}', None, 'GetItem'),
            lambda word: condition(f'a.{word} = :v', {':v': N(1)}),
            lambda word: update(f'REMOVE {word}'),
        )
    )
    for word in WORDS:
        yield next(turn)(word)
        yield next(turn)(word.lower())
    for word in NOT_RESERVED:
        for _ in range(6):
            yield next(turn)(word)


def placeholders():
    """ExpressionAttributeNames and ExpressionAttributeValues: their form, unused and undefined ones."""
    names = (
        {},
        {'#n': 'a', '#m': 'b'},
        {'#n': ''},
        {'n': 'a'},
        {'#': 'a'},
        {'': 'a'},
        {'#n': 'x' * 255},
        {'#n': 'x' * 65536},
        {'#' + 'n' * 255: 'a'},
        {'#n n': 'a'},
        {'#1': 'a'},
        {':n': 'a'},
        {'#n': 'a.b'},
        {'#n': 'p'},
        {'##n': 'a'},
        {'#n.a': 'a'},
        {'#n': 'a', 'm': 'b'},
        {'#x1': 'a', '#x2': 'b', '#x3': 'c'},
        {'#é': 'a'},
    )
    values = (
        {},
        {':v': S('abc'), ':w': S('b')},
        {':v': {}},
        {':v': {'S': 'a', 'N': '1'}},
        {':v': N('x')},
        {':v': {'SS': []}},
        {':v': {'SS': ['a', 'a']}},
        {':v': {'NULL': False}},
        {'v': S('a')},
        {':': S('a')},
        {'': S('a')},
        {'#v': S('a')},
        {':v v': S('a')},
        {':' + 'v' * 255: S('a')},
        {':v': N('1' * 39)},
        {':v': N('1e126')},
        {':v': {'L': [{}]}},
        {':v': {'M': {'a': N('x')}}},
        {':v': S('a'), 'w': S('b')},
        {':1': S('a')},
        {':v': {'B': '***'}},
        {':v': S('')},
        {':x1': S('a'), ':x2': S('b')},
    )
    for each, text in itertools.product(names, ('attribute_exists(#n)', 'attribute_exists(a)', None)):
        more = {} if text is None else {'ConditionExpression': text}
        yield from everywhere(text, {**more, 'ExpressionAttributeNames': each})
    for each, text in itertools.product(values, ('a = :v', 'attribute_exists(a)', None)):
        more = {} if text is None else {'ConditionExpression': text}
        yield from everywhere(text, {**more, 'ExpressionAttributeValues': each})
    for text, each_name, each_value in itertools.product(
        ('#n = :v', 'a = :v', '#n = a', ''), names[:4], values[:4]
    ):
        yield from everywhere(
            text,
            {
                'ConditionExpression': text,
                'ExpressionAttributeNames': each_name,
                'ExpressionAttributeValues': each_value,
            },
        )


def everywhere(text, request):
    """The placeholders with a condition, an update, a filter, a projection, and without any of these."""
    for operation in CONDITIONAL:
        yield item_write(operation, {'a': S('abc')}, request)
    as_filter = {
        ('FilterExpression' if name == 'ConditionExpression' else name): value
        for name, value in request.items()
    }
    yield Step('Scan', {'TableName': MANY.name, **as_filter}, pages=True)
    yield Step('Query', {'TableName': MANY.name, 'KeyConditionExpression': 'p = r', **as_filter})
    if 'ConditionExpression' not in request:
        yield Step('Query', {'TableName': MANY.name, **as_filter})
        yield Step('GetItem', {'TableName': ONE.name, 'Key': KEY, **as_filter})
        if 'ExpressionAttributeValues' not in request:
            yield Step('BatchGetItem', {'RequestItems': {ONE.name: {'Keys': [KEY], **as_filter}}})


def limits():
    """4 KB of text, 300 operators, 255 bytes of a placeholder, 2 MB of values, 32 steps of a path."""
    for size in (4095, 4096, 4097):
        yield condition('attribute_exists(' + 'a' * (size - 18) + ')')
        yield update('REMOVE ' + 'a' * (size - 7))
        yield projected('a' * size, None, 'GetItem')
        yield filtered('attribute_exists(' + 'a' * (size - 18) + ')')
        yield condition('attribute_exists(a)'.ljust(size))
        yield condition('attribute_exists(' + 'é' * ((size - 18) // 2) + ')')
        yield Step(
            'Query',
            {
                'TableName': MANY.name,
                'KeyConditionExpression': 'p = :p'.ljust(size),
                'ExpressionAttributeValues': {':p': S('key')},
            },
        )
    for count in (149, 150, 151, 299, 300, 301, 302):
        yield condition(' AND '.join(['a = b'] * count))
        yield update('SET ' + ', '.join(f'a{i} = :v' for i in range(count)), {':v': N(1)})
        yield update(
            'SET ' + ', '.join(f'a{i} = b + :v' for i in range(count // 2)), {':v': N(1)}, item={'b': N(1)}
        )
        yield update('REMOVE ' + ', '.join(f'a{i}' for i in range(count)))
        yield filtered(' OR '.join(['a = b'] * (count // 2)))
    for steps in (30, 31, 32, 33):
        path = '.'.join(['a'] * steps)
        yield condition(f'attribute_exists({path})')
        yield update(f'REMOVE {path}')
        yield projected(path, None, 'GetItem')
        yield filtered(f'{path} = :v', {':v': N(1)})
        yield condition('attribute_exists(a' + '[0]' * (steps - 1) + ')')
    for size in (254, 255, 256):
        for name in ('#' + 'n' * size, '#' + 'n' * (size - 1)):
            yield condition(f'attribute_exists({name})', names={name: 'a'})
        for name in (':' + 'v' * size, ':' + 'v' * (size - 1)):
            yield condition(f'a = {name}', {name: N(1)})
        yield condition('attribute_exists(' + 'a' * size + ')')
        yield update('SET ' + 'a' * size + ' = :v', {':v': N(1)})
    for size in (65535, 65536):
        yield condition('attribute_exists(#n)', names={'#n': 'n' * size})
        yield update('REMOVE #n', names={'#n': 'n' * size})
        yield update('SET #n = :v', {':v': N(1)}, {'#n': 'n' * size})
    for count, size in ((5, 400000), (6, 350000), (6, 349000), (1, 409600), (1, 409601)):
        values = {f':v{i}': S('x' * size) for i in range(count)}
        yield condition(f'a IN ({", ".join(values)})', values)
        yield filtered(f'a IN ({", ".join(values)})', values)
