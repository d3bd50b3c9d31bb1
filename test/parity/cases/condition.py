"""ConditionExpression: operators and functions by types, logic, what is returned."""

import itertools

from cases.common import CONDITIONAL, ONE, condition, item_write, with_members
from values import ABSENT, B, ITEM, L, N, NULL, OF_TYPE, OPERANDS, S, TRUE, TYPES

TABLES = [ONE]

COMPARATORS = ('=', '<>', '<', '<=', '>', '>=')
ATTRIBUTES = (*ITEM, ABSENT)
PATHS = (
    'm.k',
    'm.n',
    'm.nope',
    'm.l[1]',
    'm.m.k',
    'l[0]',
    'l[1]',
    'l[2].k',
    'l[2].l[1]',
    'l[3]',
    'l[99]',
    's.k',
    's[0]',
    'n.k',
    'm[0]',
    'l.k',
    'ss[0]',
    'em.k',
    'el[0]',
    'nope.k',
    'nope[0]',
    'm.l.x',
    'l[0].x',
    'l[0][0]',
)


def cases(rng):
    yield from comparisons()
    yield from between()
    yield from membership()
    yield from functions()
    yield from logic()
    yield from paths()
    yield from absent_item()
    yield from return_values()


def on_item(text, values=None, **more):
    return condition(text, values, item=ITEM, **more)


def comparisons():
    """Operator by attribute by operand, the operand on either side; and by a second attribute."""
    for i, (operator, name, operand) in enumerate(itertools.product(COMPARATORS, ATTRIBUTES, OPERANDS)):
        text = f'{name} {operator} :v' if i % 2 else f':v {operator} {name}'
        yield on_item(text, {':v': operand})
    for operator, one, two in itertools.product(COMPARATORS, ATTRIBUTES, ATTRIBUTES):
        if one != two:
            yield on_item(f'{one} {operator} {two}')


def between():
    bounds = [
        (S('ab'), S('b')),
        (S('abc'), S('abc')),
        (N(-2), N(5)),
        (N(6), N(7)),
        (B(b'a'), B(b'b')),
        (B(b''), B(b'\xff')),
    ]
    for name, (low, high) in itertools.product(ATTRIBUTES, bounds):
        yield on_item(f'{name} BETWEEN :l AND :h', {':l': low, ':h': high})
        yield on_item(f'NOT {name} BETWEEN :l AND :h', {':l': low, ':h': high})
    for one, two in itertools.product(('s', 'n', 'b', 't', 'ss', ABSENT), repeat=2):
        yield on_item(f'n BETWEEN {one} AND {two}')
        yield on_item(f's BETWEEN {one} AND {two}')
    for low, high in itertools.product(OF_TYPE.values(), repeat=2):
        yield on_item('s BETWEEN :l AND :h', {':l': low, ':h': high})
    for value in OF_TYPE.values():
        yield on_item(':v BETWEEN s AND s2', {':v': value})
        yield on_item('s BETWEEN :v AND s2', {':v': value})
    for low, high in ((S('b'), S('a')), (N(2), N(1)), (B(b'b'), B(b'a')), (N('1.0'), N(1)), (N('1e1'), N(9))):
        yield on_item('s BETWEEN :l AND :h', {':l': low, ':h': high})


def membership():
    """IN by attribute by the type of what is in the list."""
    for name, operand in itertools.product(ATTRIBUTES, OPERANDS):
        yield on_item(f'{name} IN (:v)', {':v': operand})
    for name in ATTRIBUTES:
        yield on_item(f'{name} IN (:a, :b, :c)', {':a': S('abc'), ':b': N(5), ':c': TRUE})
        yield on_item(f'NOT {name} IN (s, n, {ABSENT})')
    for count in (1, 2, 99, 100, 101):
        values = {f':v{i}': N(i) for i in range(count)}
        yield on_item(f'n IN ({", ".join(values)})', values)
    for text in (
        'n IN (n)',
        'n IN (:v, :v)',
        ':v IN (n)',
        ':v IN (:v)',
        's IN (size(s), :v)',
        'size(s) IN (:v)',
    ):
        yield on_item(text, {':v': N(5)} if ':v' in text else None)


def functions():
    for name in ATTRIBUTES:
        yield on_item(f'attribute_exists({name})')
        yield on_item(f'attribute_not_exists({name})')
        for type_ in TYPES:
            yield on_item(f'attribute_type({name}, :t)', {':t': S(type_)})
    for function, name, operand in itertools.product(('begins_with', 'contains'), ATTRIBUTES, OPERANDS):
        yield on_item(f'{function}({name}, :v)', {':v': operand})
    for function, one, two in itertools.product(('begins_with', 'contains'), ATTRIBUTES, ATTRIBUTES):
        if one != two:
            yield on_item(f'{function}({one}, {two})')
    for function, one, two in itertools.product(
        ('begins_with', 'contains'), OF_TYPE.values(), ('s', 'n', 'l', ABSENT)
    ):
        yield on_item(f'{function}(:v, {two})', {':v': one})
    for type_ in ('', 's', 'STRING', 'X', 'SSS', 'BOOLEAN'):
        yield on_item('attribute_type(s, :t)', {':t': S(type_)})
    for value in OF_TYPE.values():
        yield on_item('attribute_type(s, :t)', {':t': value})
        yield on_item('attribute_exists(:v)', {':v': value})
        yield on_item('size(:v) > :n', {':v': value, ':n': N(0)})
    yield from sizes()


def sizes():
    for name, (operator, number) in itertools.product(ATTRIBUTES, (('=', 3), ('>', 0), ('<', 2), ('<>', 3))):
        yield on_item(f'size({name}) {operator} :n', {':n': N(number)})
    for operator, operand in itertools.product(COMPARATORS, OF_TYPE.values()):
        yield on_item(f'size(s) {operator} :v', {':v': operand})
    for text in ('é', '日本', '\U0001f600', 'a\u0301', '\n\t'):
        for number in range(1, 8):
            yield condition('size(x) = :n', {':n': N(number)}, item={'x': S(text)})
    for one, two in itertools.product(('s', 'l', 'm', 'ss', 'n', ABSENT), repeat=2):
        if one != two:
            yield on_item(f'size({one}) = size({two})')
            yield on_item(f'size({one}) >= {two}')


def logic():
    """Every assignment of three operands to each form: precedence of NOT, AND and OR."""
    forms = (
        'A AND B OR C',
        'A OR B AND C',
        'NOT A AND B',
        'NOT A OR B',
        'NOT (A AND B) OR C',
        'NOT (A OR B) AND C',
        'A AND (B OR C)',
        '(A OR B) AND C',
        'NOT NOT A',
        'NOT (NOT (A))',
        'A AND NOT B OR NOT C',
        'A OR NOT B AND NOT C',
        'a AND b or c',
        'not A And B oR nOt C',
        'A AND B AND C',
        'A OR B OR C',
        'NOT A = B',
        '(A) AND (B)',
        'A AND(B)OR(C)',
    )
    atoms = (('n = :t', 'n = :f'), ('attribute_exists(s)', 'attribute_exists(nope)'), ('s < s2', 's2 < s'))
    for form, values in itertools.product(forms, itertools.product((0, 1), repeat=3)):
        text = form
        for letter, atom, value in zip('ABC', atoms, values):
            text = ' '.join(
                (
                    word
                    if word.strip('()').upper() != letter
                    else word.replace(letter, atom[value]).replace(letter.lower(), atom[value])
                )
                for word in text.split(' ')
            )
        used = {name: N(5) if name == ':t' else N(6) for name in (':t', ':f') if name in text}
        yield on_item(text, used)
    for text in (
        'n <> nope',
        'NOT n <> nope',
        'NOT n < nope',
        'NOT nope = n',
        'NOT begins_with(n, s)',
        'NOT contains(nope, s)',
        'NOT size(nope) > n',
        'NOT nope IN (s, n)',
        'NOT nope BETWEEN s AND s2',
        'nope = nope2',
        'nope <> nope2',
    ):
        yield on_item(text)
    for count in (299, 300, 301):
        yield on_item(' OR '.join(['attribute_exists(s)'] * (count // 2 + 1)))
        yield on_item('NOT ' * count + 'attribute_exists(s)')


def paths():
    for path, (form, values) in itertools.product(
        PATHS,
        (
            ('attribute_exists({})', {}),
            ('attribute_not_exists({})', {}),
            ('{} = :v', {':v': S('abc')}),
            ('{} = :v', {':v': N(1)}),
            ('{} <> :v', {':v': N(5)}),
            ('{} > n', {}),
            ('size({}) > :v', {':v': N(0)}),
            ('contains({}, :v)', {':v': S('deep')}),
        ),
    ):
        yield on_item(form.format(path), values)
        names = {'#' + name: name for name in path.replace('[', '.[').split('.') if not name.startswith('[')}
        named = '.'.join(
            '#' + name if not name.startswith('[') else name for name in path.replace('[', '.[').split('.')
        )
        yield on_item(form.format(named.replace('.[', '[')), values, names=names)


def absent_item():
    """An item that is not there has no attributes, not even its key."""
    for text, values in (
        ('attribute_exists(p)', {}),
        ('attribute_not_exists(p)', {}),
        ('p = :v', {':v': S('key')}),
        ('p <> :v', {':v': S('key')}),
        ('NOT p = :v', {':v': S('key')}),
        ('attribute_type(p, :v)', {':v': S('S')}),
        ('size(p) > :v', {':v': N(0)}),
        ('NOT size(p) > :v', {':v': N(0)}),
        ('p IN (:v)', {':v': S('key')}),
        ('contains(p, :v)', {':v': S('k')}),
        ('begins_with(p, :v)', {':v': S('k')}),
        ('p BETWEEN :v AND :v', {':v': S('key')}),
        ('a = b', {}),
        ('a <> b', {}),
        ('a < b', {}),
        (':v = :w', {':v': S('k'), ':w': S('k')}),
        (':v <> :w', {':v': S('k'), ':w': S('k')}),
    ):
        for operation in CONDITIONAL:
            yield condition(text, values, operation=operation)
            yield condition(text, values, item={'a': N(1), 'b': N(2)}, operation=operation)


def return_values():
    """What comes back: each ReturnValues by each ReturnValuesOnConditionCheckFailure by success and existence."""
    modes = (None, 'NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW')
    on_failure = (None, 'NONE', 'ALL_OLD')
    conditions = (None, 'attribute_exists(p)', 'attribute_not_exists(p)')
    items = (None, {'a': N(1), 'l': L(NULL)}, ITEM)
    for operation, mode, failure, text, item in itertools.product(
        CONDITIONAL, modes, on_failure, conditions, items
    ):
        request = {
            name: value
            for name, value in (
                ('ReturnValues', mode),
                ('ReturnValuesOnConditionCheckFailure', failure),
                ('ConditionExpression', text),
            )
            if value
        }
        if operation == 'UpdateItem':
            request = with_members({'UpdateExpression': 'SET a = :v REMOVE s', **request}, {':v': N(7)})
        yield item_write(operation, item, request)
    for operation, mode, capacity, metrics in itertools.product(
        CONDITIONAL, (None, 'ALL_OLD'), (None, 'NONE', 'TOTAL', 'INDEXES'), (None, 'NONE', 'SIZE')
    ):
        request = {
            name: value
            for name, value in (
                ('ReturnValues', mode),
                ('ReturnConsumedCapacity', capacity),
                ('ReturnItemCollectionMetrics', metrics),
            )
            if value
        }
        for item in (None, {'a': S('x' * 3000)}):
            yield item_write(operation, item, request)
            if capacity:
                yield item_write(
                    operation, item, {**request, 'ConditionExpression': 'attribute_exists(nope)'}
                )
