"""Whether a condition holds for a value, in a few lines that share nothing with the server.

Values compare within their type: strings as UTF-8 does, sets and documents
by content.
"""
from decimal import Decimal

from boto3.dynamodb.types import TypeSerializer

from support import comparable, put_all, wire

# The attribute "v" of the items, one value each; one more item has none.
VALUES = ['', 'a', 'ab', 'abc', 'b', 'ä', 0, 1, 3, Decimal('-1.5'), 10, b'', b'a', b'ab', b'\xff',
          True, False, None, [], ['a', 1, ['b']], [1, 2, 3], {}, {'a': 1}, {'a': {'b': [1]}},
          {'a'}, {'a', 'b', 'c'}, {1}, {1, 2, 3}, {b'a'}, {b'a', b'ab'}]
ABSENT = object()


def typed(value):
    """The value with its type: True and 1 differ, and sets have no order."""
    return comparable(TypeSerializer().serialize(value))


def kind(value):
    return typed(value)[0]


def equal(value, operand):
    return value is not ABSENT and typed(value) == typed(operand)


def compare(relation, value, operand):
    """Of strings, numbers or binaries; strings compare as UTF-8 does."""
    if value is ABSENT or kind(value) != kind(operand) or kind(value) not in 'SNB':
        return False
    if kind(value) == 'S':
        return relation(value.encode(), operand.encode())
    return relation(value, operand)


def begins(value, operand):
    return (value is not ABSENT and kind(value) == kind(operand) and kind(value) in 'SB'
            and value.startswith(operand))


def contains(value, operand):
    if value is ABSENT:
        return False
    if kind(value) in 'SB':
        return kind(value) == kind(operand) and operand in value
    if kind(value) in ('L', 'SS', 'NS', 'BS'):
        return any(equal(element, operand) for element in value)
    return False


def has_size(relation, value, operand):
    """Bytes, elements or members; other types have no size."""
    if value is ABSENT or kind(value) in ('N', 'BOOL', 'NULL'):
        return False
    return relation(len(value), operand)


class ValueItems:
    """Mixed into a test: a table with one item for each of VALUES, in one partition."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.name = cls.create_class_table(range_type='N')
        cls.table = cls.resource.Table(cls.name)
        cls.values = dict(enumerate([*VALUES, ABSENT]))
        put_all(cls.client, cls.name, [wire(**cls.item(number)) for number in cls.values])

    @classmethod
    def item(cls, number, **more):
        value = cls.values[number]
        return {'p': 'a', 's': number, **({} if value is ABSENT else {'v': value}), **more}

    def expected(self, model):
        return [number for number, value in self.values.items() if model(value)]

    def found(self, page):
        self.assertEqual(page['ScannedCount'], len(self.values))
        self.assertEqual(page['Count'], len(page['Items']))
        return sorted(int(item['s']) for item in page['Items'])
