"""UpdateExpression: actions and functions by types, paths, what is returned."""

import itertools

from cases.common import KEY, ONE, item_write, update
from values import ABSENT, ITEM, L, M, N, NULL, OF_TYPE, S, TRUE

TABLES = [ONE]

MODES = ('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW')
OLD = ('s', 'e', 'n', 'n2', 'b', 't', 'z', 'l', 'el', 'm', 'em', 'ss', 'ns', 'bs', ABSENT)
NESTED = {
    'n': N(1),
    's': S('x'),
    'l': L(N(0), N(1), L(S('a'), S('b')), M(k=N(5), l=L(N(1), N(2))), N(4)),
    'm': M(k=N(1), s={'SS': ['a', 'b']}, l=L(N(1), N(2), N(3)), m=M(k=S('deep'), n=N(2)), o=S('o')),
    'c': {'NS': ['1', '2']},
}


def cases(rng):
    yield from actions()
    yield from operands()
    yield from arithmetic()
    yield from sets()
    yield from paths()
    yield from lists()
    yield from clauses()
    yield from shapes()
    yield from keys()


def on_item(text, values=None, **more):
    return update(text, values, item=ITEM, **more)


def actions():
    """Every action by the attribute's old type by the operand's type."""
    for action, name, (type_, value) in itertools.product(('SET', 'ADD', 'DELETE'), OLD, OF_TYPE.items()):
        text = f'{action} {name} {"= " if action == "SET" else ""}:v'
        yield on_item(text, {':v': value}, ReturnValues='UPDATED_NEW')
    for name in OLD:
        yield on_item(f'REMOVE {name}', ReturnValues='UPDATED_OLD')
    for action, (type_, value) in itertools.product(
        ('SET x = :v', 'ADD x :v', 'DELETE x :v'), OF_TYPE.items()
    ):
        yield update(action, {':v': value}, ReturnValues='ALL_NEW')
    yield update('REMOVE x', ReturnValues='ALL_NEW')
    yield update('SET x = y')


def operands():
    """Every function by its operands' types; what is not there."""
    values = dict(OF_TYPE)
    for one, two in itertools.product(OLD, OLD):
        yield on_item(f'SET x = if_not_exists({one}, {two})')
    for name, value in itertools.product(OLD, values.values()):
        yield on_item(f'SET {name} = if_not_exists({name}, :v)', {':v': value}, ReturnValues='UPDATED_NEW')
    for one, two in itertools.product(('l', 'el', 's', 'm', 'ss', 'n', 'z', ABSENT), repeat=2):
        yield on_item(f'SET x = list_append({one}, {two})')
    for name, value in itertools.product(OLD, values.values()):
        yield on_item(f'SET {name} = list_append({name}, :v)', {':v': value})
        yield on_item(f'SET {name} = list_append(:v, {name})', {':v': value})
    for one, two in itertools.product(values.values(), repeat=2):
        yield on_item('SET x = list_append(:v, :w)', {':v': one, ':w': two})
    for text in (
        'list_append(if_not_exists(nope, :l), :l)',
        'list_append(if_not_exists(l, :l), :l)',
        'if_not_exists(nope, nope2)',
        'list_append(list_append(l, :l), :l)',
        'if_not_exists(nope, if_not_exists(nope2, :l))',
        'if_not_exists(nope, l)',
        'if_not_exists(:l, l)',
        'list_append(l)',
        'list_append(l, :l, :l)',
        'if_not_exists(l)',
        'if_not_exists(nope, list_append(l, :l))',
        'size(l)',
        'attribute_exists(l)',
        'list_append(l, l[0])',
        'list_append(l, m.l)',
        'if_not_exists(l[0], :l)',
        'if_not_exists(l[9], :l)',
        'if_not_exists(m.k, :l)',
        'if_not_exists(s.k, :l)',
        'if_not_exists(nope.k, :l)',
    ):
        yield on_item(
            f'SET x = {text}', {':l': L(S('new'))} if ':l' in text else None, ReturnValues='UPDATED_NEW'
        )


def arithmetic():
    for operator, name, value in itertools.product('+-', OLD, OF_TYPE.values()):
        yield on_item(f'SET x = {name} {operator} :v', {':v': value}, ReturnValues='UPDATED_NEW')
        yield on_item(f'SET x = :v {operator} {name}', {':v': value}, ReturnValues='UPDATED_NEW')
    for operator, one, two in itertools.product('+-', OF_TYPE.values(), OF_TYPE.values()):
        yield on_item(f'SET x = :v {operator} :w', {':v': one, ':w': two})
    numbers = (
        '0',
        '-0',
        '1',
        '-1',
        '0.1',
        '1e20',
        '-1e20',
        '9' * 38,
        '-' + '9' * 38,
        '1e125',
        '9e125',
        '-9e125',
        '1e-130',
        '-1e-130',
        '1e-10',
        '12345678901234567890.123456789',
    )
    for operator, one, two in itertools.product('+-', numbers, numbers):
        yield update(f'SET x = x {operator} :v', {':v': N(two)}, item={'x': N(one)}, ReturnValues='ALL_NEW')
    for one, two in itertools.product(numbers, numbers[:8]):
        yield update('ADD x :v', {':v': N(two)}, item={'x': N(one)}, ReturnValues='UPDATED_NEW')
    for text in (
        'n + n',
        'n - n',
        'n + n2',
        'if_not_exists(nope, :v) + :v',
        'if_not_exists(n, :v) - :v',
        'n + if_not_exists(nope, :v)',
        'n + nope',
        'n + n + n',
        '(n + :v)',
        'n+:v',
        'n-:v',
        'n - -1',
        'l[1] + :v',
        'm.n + :v',
        'n * :v',
        'n + size(s)',
        '-n',
        '+:v',
    ):
        yield on_item(f'SET x = {text}', {':v': N(10)} if ':v' in text else None, ReturnValues='UPDATED_NEW')


def sets():
    """ADD and DELETE by what the set has and what is given."""
    has = {
        'SS': (['a'], ['a', 'b'], ['a', 'b', 'c']),
        'NS': (['1'], ['1', '2'], ['1', '2', '-3.5']),
        'BS': (['YQ=='], ['YQ==', 'Yg=='], ['YQ==', 'Yg==', '/w==']),
    }
    gives = {
        'SS': (['a'], ['b', 'c'], ['z'], ['c', 'b', 'a']),
        'NS': (['1.0'], ['2', '3'], ['9'], ['-3.5', '2', '1']),
        'BS': (['YQ=='], ['Yg==', 'Yw=='], ['eg=='], ['/w==', 'Yg==', 'YQ==']),
    }
    for type_, action in itertools.product(has, ('ADD', 'DELETE')):
        for one, two, mode in itertools.product(has[type_], gives[type_], MODES[1:]):
            yield update(
                f'{action} x :v', {':v': {type_: two}}, item={'x': {type_: one}, 'y': N(1)}, ReturnValues=mode
            )
    for action in ('ADD', 'DELETE'):
        for value in (
            {'SS': []},
            {'SS': ['a', 'a']},
            {'NS': ['1', '1.0']},
            {'NS': ['x']},
            {'BS': ['***']},
            {'N': 'x'},
            {},
            {'X': 'a'},
        ):
            yield on_item(f'{action} ss :v', {':v': value})
    for text in (
        'ADD ss n',
        'ADD ss ss',
        'DELETE ss ss',
        'ADD n n',
        'ADD m.s :v',
        'DELETE m.s :v',
        'ADD l[0] :n',
        'ADD l[9] :n',
        'ADD m.k :n',
        'ADD m.x :n',
        'ADD m.x :v',
        'DELETE m.x :v',
        'ADD l[4] :v',
        'DELETE l[4] :v',
        'ADD x.y :n',
        'DELETE x.y :v',
        'ADD s.y :n',
        'DELETE n.y :v',
        'ADD l[2][0] :n',
        'ADD l[3].l[0] :n',
        'ADD l[3].new :v',
    ):
        yield update(
            text,
            {name: value for name, value in ((':v', {'SS': ['a', 'z']}), (':n', N(7))) if name in text},
            item=NESTED,
            ReturnValues='UPDATED_NEW',
        )


def paths():
    """SET and REMOVE of paths that lead somewhere and of those that do not."""
    targets = (
        'm.k',
        'm.new',
        'm.l[0]',
        'm.l[1]',
        'm.l[3]',
        'm.l[9]',
        'm.m.k',
        'm.m.new',
        'm.m',
        'm.nope.x',
        'm.k.x',
        'm.k[0]',
        'm.l.x',
        'm[0]',
        'l[0]',
        'l[1]',
        'l[4]',
        'l[5]',
        'l[99]',
        'l[2][0]',
        'l[2][1]',
        'l[2][5]',
        'l[2].x',
        'l[3].k',
        'l[3].l[1]',
        'l[3].new',
        'l[9][0]',
        'l[9].x',
        'l.x',
        'n.x',
        'n[0]',
        's.x',
        's[1]',
        'c[0]',
        'nope.x',
        'nope[0]',
        'nope.x.y',
        'm.s.x',
        'm.s[0]',
    )
    for target in targets:
        for mode in MODES[1:]:
            yield update(f'SET {target} = :v', {':v': S('new')}, item=NESTED, ReturnValues=mode)
            yield update(f'REMOVE {target}', item=NESTED, ReturnValues=mode)
        yield update(f'SET x = {target}', item=NESTED, ReturnValues='UPDATED_NEW')
        yield update(f'SET {target} = :v', {':v': S('new')}, ReturnValues='ALL_NEW')
        yield update(f'REMOVE {target}', ReturnValues='ALL_NEW')
        yield update(
            f'SET {target} = if_not_exists({target}, :v)',
            {':v': N(1)},
            item=NESTED,
            ReturnValues='UPDATED_NEW',
        )
    yield update(
        'SET #m.#k = :v', {':v': N(9)}, {'#m': 'm', '#k': 'dotted.name'}, item=NESTED, ReturnValues='ALL_NEW'
    )
    yield update('SET #m = :v', {':v': N(9)}, {'#m': 'm.k'}, item=NESTED, ReturnValues='ALL_NEW')


def lists():
    """Several indexes of one list count in the list as it was."""
    for text in (
        'REMOVE l[0], l[1]',
        'REMOVE l[1], l[0]',
        'REMOVE l[0], l[9]',
        'REMOVE l[0], l[1], l[2], l[3], l[4]',
        'SET l[0] = :v REMOVE l[1]',
        'SET l[1] = :v REMOVE l[0]',
        'SET l[9] = :v REMOVE l[0]',
        'SET l[9] = :v, l[7] = :w',
        'SET l[7] = :v, l[9] = :w',
        'SET l[5] = :v, l[6] = :w',
        'SET l[9] = l[0], l[8] = l[1] REMOVE l[2]',
        'REMOVE l[2][0], l[3].l[1], l[0]',
        'SET l[0] = l[1], l[1] = l[0]',
        'REMOVE m.l[0], m.l[2]',
        'SET m.l[9] = :v REMOVE m.l[0], m.l[1], m.l[2]',
        'SET m.l[1] = :v, l[3].l[1] = :w',
        'REMOVE l[4294967295]',
        'SET l[2147483647] = :v',
        'SET l[2147483648] = :v',
        'SET l[99999999999999999999] = :v',
        'REMOVE l[-1]',
        'REMOVE l[01]',
        'REMOVE l[ 0 ]',
        'REMOVE l[0 ]',
        'REMOVE l [0]',
    ):
        for mode in MODES:
            yield update(
                text,
                {name: value for name, value in ((':v', S('v')), (':w', S('w'))) if name in text},
                item=NESTED,
                ReturnValues=mode,
            )


def clauses():
    """Several actions and clauses; their order, repetition and conflicts."""
    texts = (
        'SET a = :v, b = :w',
        'SET a = :v REMOVE s',
        'REMOVE s SET a = :v',
        'SET a = n, n = :v',
        'SET n = s, s = n',
        'ADD n :v, c :c',
        'ADD n :v SET a = :w',
        'DELETE c :c REMOVE s ADD n :v SET a = :w',
        'SET a = :v SET b = :w',
        'REMOVE s REMOVE n',
        'ADD n :v ADD a :v',
        'DELETE c :c DELETE c :c',
        'SET a = :v, a = :w',
        'SET m = :v, m.k = :w',
        'SET m.k = :v, m = :w',
        'SET m.k = :v REMOVE m',
        'REMOVE m, m.k',
        'REMOVE m.k, m.k',
        'SET l[0] = :v, l[0] = :w',
        'SET l = :v, l[0] = :w',
        'SET m.k = :v, m[0] = :w',
        'SET l[0] = :v, l.k = :w',
        'REMOVE n ADD n :v',
        'ADD n :v SET n = :w',
        'DELETE c :c SET c = :v',
        'set a = :v',
        'Set a = :v rEmOvE s',
        'remove s',
        'add n :v',
        'delete c :c',
        'SET a=:v,b=:w',
        'SET\na\t=\r:v',
        'SET a = :v,',
        'SET a = :v, ,b = :w',
        'SET',
        'REMOVE',
        'ADD',
        'DELETE',
        'SET a',
        'SET a =',
        'SET a = :v b = :w',
        'a = :v',
        'REMOVE a b',
        'REMOVE a, ',
        'ADD n',
        'ADD n = :v',
        'DELETE c',
        'SET a : = v',
        'SET a = :v REMOVE',
        'SET (a) = :v',
        'SET a = (:v)',
        'SET a = ((:v))',
        'SET a = (n + :v)',
        'SET a = n + (n - :v)',
        'SET a == :v',
        'SET a <> :v',
        'SET :v = a',
        'SET a = "x"',
        "SET a = 'x'",
        'SET a = 5',
        'SET a = true',
        'SET name = :v',
        'SET a = name',
        'REMOVE size',
        'SET a = count + :v',
        'ADD values :v',
        'REMOVE :v',
        'ADD :v :v',
        'SET a = :v; REMOVE b',
        'SET a = :v AND b = :w',
        'SET a = NOT :v',
        'SET a = :v WHERE b = :w',
        'PUT a = :v',
        'UPDATE a = :v',
        '',
        ' ',
        '\n',
        'SET a.b.c = :v',
        'SET a..b = :v',
        'SET .a = :v',
        'SET a. = :v',
        'SET a[] = :v',
        'SET a[x] = :v',
        'SET a[:v] = :w',
        'SET a[0 = :v',
        'SET a] = :v',
        'SET #a = :v',
        'SET a = #b',
        'SET #a.#b = :v',
        'SET a = :undefined',
        'REMOVE #undefined',
        'SET a = foo(:v)',
        'SET a = if_not_exists(:v)',
        'SET a = IF_NOT_EXISTS(b, :v)',
        'SET a = if_not_exists (b, :v)',
        'SET if_not_exists(a, :v) = :v',
        'SET list_append(a, b) = :v',
        'ADD if_not_exists(a, :v) :v',
        'SET a = begins_with(s, :v)',
        'SET a = contains(s, :v)',
        'SET a = attribute_type(s, :v)',
        'SET a = size(s) + :v',
        'SET a = list_append(s, :v) + :v',
        'SET a = b = :v',
        'SET a = b IN (:v)',
        'REMOVE a[0][',
        'SET a = :v + ',
        'SET a = + :v',
        'SET 1a = :v',
        'SET _a = :v',
        'SET a-b = :v',
        'SET a_b = :v',
        'SET é = :v',
        'SET a = :é',
        'SET a = :v-',
        'SET a = :',
        'SET # = :v',
        'SET a = :v\u0000',
        'SET @a = :v',
        'SET $a = :v',
        'SET a = ?',
    )
    for text in texts:
        values = {
            name: value
            for name, value in ((':v', N(3)), (':w', S('w')), (':c', {'NS': ['1', '7']}))
            if name in text
        }
        names = {name: name[1:] for name in ('#a', '#b') if name in text}
        yield update(text, values, names, item=NESTED, ReturnValues='ALL_NEW')


def shapes():
    """UPDATED_OLD and UPDATED_NEW show the updated paths only, in the shape of the item."""
    texts = (
        'SET m.k = :v',
        'SET m.k = :v, m.new = :v',
        'SET m.l[0] = :v, m.l[2] = :v',
        'SET m.l[1] = :v',
        'SET m.m.k = :v, m.k = :v, n = :v',
        'SET l[1] = :v, l[3].k = :v',
        'SET l[2][0] = :v',
        'SET l[4] = :v, l[9] = :v',
        'SET l[3].l[0] = :v, l[3].l[1] = :v',
        'REMOVE m.k',
        'REMOVE m.l[0], n',
        'REMOVE l[1], l[3]',
        'REMOVE m',
        'REMOVE nope',
        'SET n = n',
        'SET new = n REMOVE s',
        'ADD n :v, new :v',
        'ADD c :c',
        'DELETE c :all',
        'DELETE c :c',
        'SET m.nope2 = n',
        'SET m.k = :v REMOVE m.l[1] ADD m.m.n :v',
        'REMOVE m.k, m.l, m.m, m.o, m.s',
        'SET #x = :v',
        'SET #x.#x = :v',
    )
    values = ((':v', N(3)), (':c', {'NS': ['1', '7']}), (':all', {'NS': ['1', '2']}))
    for text, mode in itertools.product(texts, MODES):
        for item in (NESTED, None):
            yield update(
                text,
                {name: value for name, value in values if name in text},
                {'#x': 'x y'} if '#x' in text else None,
                item=item,
                ReturnValues=mode,
            )
    for capacity, size in itertools.product(('NONE', 'TOTAL', 'INDEXES'), (1, 1000, 5000)):
        for item in (None, {'x': S('o' * 3000)}):
            yield update(
                'SET x = :v',
                {':v': S('n' * size)},
                item=item,
                ReturnConsumedCapacity=capacity,
                ReturnItemCollectionMetrics='SIZE',
            )
    for size in (409500, 409590, 409600):
        yield update('SET x = :v', {':v': S('n' * size)})
        yield update(
            'SET x = list_append(x, :v)', {':v': L(S('n' * (size - 300000)))}, item={'x': L(S('x' * 300000))}
        )
    deep = NULL
    for depth in range(1, 34):
        deep = L(deep)
        if depth > 28:
            yield update('SET x = :v', {':v': deep})
            yield update('SET m.x = :v', {':v': deep}, item=NESTED)
            yield update('SET l[0] = m', None, item={'l': L(TRUE), 'm': deep} if depth < 31 else NESTED)


def keys():
    for text in (
        'SET p = :v',
        'REMOVE p',
        'ADD p :v',
        'DELETE p :c',
        'SET p.a = :v',
        'SET p[0] = :v',
        'REMOVE p.a',
        'SET #p = :v',
        'SET x = p',
        'SET x = p.a',
        'SET x = p[0]',
        'SET x = if_not_exists(p, :v)',
        'SET x = if_not_exists(p.a, :v)',
        'SET p = p',
    ):
        values = {name: value for name, value in ((':v', N(3)), (':c', {'NS': ['1']})) if name in text}
        for item in (NESTED, None):
            yield update(text, values, {'#p': 'p'} if '#p' in text else None, item=item)
            yield update(
                text,
                values,
                {'#p': 'p'} if '#p' in text else None,
                item=item,
                ConditionExpression='attribute_exists(nope)',
            )
    for item in (NESTED, None):
        for mode in MODES:
            yield update('SET x = p', item=item, ReturnValues=mode)
    yield from without_expression()


def without_expression():
    for item, mode in itertools.product((NESTED, None), MODES):
        yield item_write('UpdateItem', item, {'ReturnValues': mode})
        yield item_write(
            'UpdateItem', item, {'ReturnValues': mode, 'ConditionExpression': 'attribute_exists(p)'}
        )
    for key in (
        {},
        {'q': S('a')},
        {'p': N(1)},
        {'p': S('')},
        {'p': S('a'), 'q': S('b')},
        {'p': S('x' * 2049)},
        {'p': {}},
        KEY,
    ):
        yield item_write('UpdateItem', None, {'Key': key})
