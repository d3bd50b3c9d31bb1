"""Attribute values: some of each type, and random ones."""

import base64
import string

SCALARS = ('S', 'N', 'B')
TYPES = ('S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS')


def b64(data):
    return base64.b64encode(data).decode()


def S(text):
    return {'S': text}


def N(number):
    return {'N': str(number)}


def B(data):
    return {'B': b64(data)}


def L(*elements):
    return {'L': list(elements)}


def M(**members):
    return {'M': members}


TRUE = {'BOOL': True}
FALSE = {'BOOL': False}
NULL = {'NULL': True}

# One attribute of each type, and of some types an empty or a second one.
ITEM = {
    's': S('abc'),
    's2': S('abcd'),
    'e': S(''),
    'n': N(5),
    'n2': N('-1.5'),
    'b': B(b'abc'),
    'b2': B(b'\xff'),
    't': TRUE,
    'f': FALSE,
    'z': NULL,
    'l': L(S('abc'), N(5), M(k=S('deep'), l=L(N(1), N(2)))),
    'el': L(),
    'm': M(k=S('abc'), n=N(5), l=L(S('x'), S('y'), S('z')), m=M(k=N(1))),
    'em': M(),
    'ss': {'SS': ['abc', 'x']},
    'ns': {'NS': ['5', '-1.5']},
    'bs': {'BS': [b64(b'abc'), b64(b'\xff')]},
}
ABSENT = 'nope'

# What such attributes are compared with: equal, before, behind, alike.
OPERANDS = [
    S('abc'),
    S('ab'),
    S('b'),
    S(''),
    S('5'),
    N(5),
    N('5.0'),
    N('-1.5'),
    N(6),
    B(b'abc'),
    B(b'ab'),
    B(b'\xff'),
    B(b''),
    TRUE,
    FALSE,
    NULL,
    ITEM['l'],
    L(),
    L(S('abc')),
    ITEM['m'],
    M(),
    {'SS': ['x', 'abc']},
    {'SS': ['abc']},
    {'NS': ['-1.50', '5']},
    {'NS': ['5']},
    {'BS': [b64(b'\xff'), b64(b'abc')]},
    {'BS': [b64(b'abc')]},
]

# One of each type.
OF_TYPE = {
    'S': S('abc'),
    'N': N(5),
    'B': B(b'abc'),
    'BOOL': TRUE,
    'NULL': NULL,
    'L': L(S('abc')),
    'M': M(k=S('abc')),
    'SS': {'SS': ['abc']},
    'NS': {'NS': ['5']},
    'BS': {'BS': [b64(b'abc')]},
}


def type_of(value):
    return next(iter(value))


# ---- random ones ----

STRINGS = [
    'a',
    'ab',
    'abc',
    'b',
    'Z',
    '~',
    'é',
    'ß',
    '日本',
    '\U0001f600',
    '\uffff',
    ' ',
    "'",
    '"',
    '\\',
    'a/b',
    '\t\n\r\b\f',
    '\x01\x1f\x7f',
    '<>&',
    '0',
    'true',
    'x' * 300,
]
NUMBERS = [
    '0',
    '1',
    '-1',
    '2',
    '10',
    '9',
    '1.5',
    '-1.5',
    '0.001',
    '-0.001',
    '100',
    '99',
    '1e5',
    '1E-5',
    '12345678901234567890',
    '9' * 38,
    '-' + '9' * 38,
    '0.' + '1' * 38,
    '1e-130',
    '-1e-130',
    '9.9e125',
    '-9.9e125',
    '007',
    '1.50',
    '+3',
    '-0',
    '1000000',
    '00.100',
    '5.',
    '.5',
    '1e+2',
]
BINARIES = [
    b'\x00',
    b'\xff',
    b'\x00\x01',
    b'\x7f',
    b'\x80',
    b'abc',
    b'\xff\xff',
    b'\xfe\xff\x00',
    bytes(range(20)),
]
NAMES = ['a', 'b', 'c', 'd', 'm', 'l', 'name', 'a-b', 'a.b', 'é', 'count', 'x1', '_u', '1st', '#h', ':v']
MAX_DEPTH = 4


def random_binary(rng):
    return b64(rng.choice(BINARIES))


def random_key_value(rng, key_type):
    """A value that a key attribute of that type may have."""
    if key_type == 'S':
        return S(rng.choice(STRINGS))
    if key_type == 'N':
        return N(rng.choice(NUMBERS))
    return {'B': random_binary(rng)}


def random_name(rng):
    return (
        rng.choice(NAMES)
        if rng.random() < 0.8
        else ''.join(rng.choices(string.ascii_letters, k=rng.randint(1, 12)))
    )


def random_value(rng, depth=0):
    """A value of any type."""
    kind = rng.choice(TYPES + ('L', 'M'))
    if kind in ('L', 'M') and depth == MAX_DEPTH:
        kind = 'S'
    if kind == 'S':
        return S(rng.choice(STRINGS + ['']))
    if kind == 'N':
        return N(rng.choice(NUMBERS))
    if kind == 'B':
        return {'B': rng.choice([random_binary(rng), ''])}
    if kind == 'BOOL':
        return {'BOOL': rng.random() < 0.5}
    if kind == 'NULL':
        return NULL
    if kind == 'SS':
        return {'SS': rng.sample(STRINGS, rng.randint(1, 4))}
    if kind == 'NS':
        return {'NS': rng.sample(['1', '2', '-3', '4.5', '1e3', '0'], rng.randint(1, 4))}
    if kind == 'BS':
        return {'BS': sorted({random_binary(rng) for _ in range(3)})}
    if kind == 'L':
        return {'L': [random_value(rng, depth + 1) for _ in range(rng.randint(0, 4))]}
    return {'M': {random_name(rng): random_value(rng, depth + 1) for _ in range(rng.randint(0, 4))}}


def random_attributes(rng):
    return {random_name(rng): random_value(rng) for _ in range(rng.randint(0, 5))}
