"""What is sent to both endpoints: steps, and the tables they work on."""

from collections import namedtuple
from dataclasses import dataclass

# types: of attributes beside the keys that the indexes are on.
Table = namedtuple('Table', 'name hash range types indexes', defaults=[{}, {}])


def table(types):
    """The table whose partition key p and sort key r have these types: 'S', 'NB' ..."""
    return Table('Parity-' + types, types[0], types[1:] or None)


@dataclass
class Step:
    """One request, and what it takes to send it more than once.

    before   requests that bring about the state the step needs; both endpoints
             must take them
    after    requests whose answers are compared along with the step's own: what
             a write left behind
    pages    the answer is all pages, following the last key
    """

    operation: str
    request: dict
    before: tuple = ()
    after: tuple = ()
    pages: bool = False


def create_table(table):
    types = {'p': table.hash, **({'r': table.range} if table.range else {}), **table.types}
    return 'CreateTable', {
        'TableName': table.name,
        'BillingMode': 'PAY_PER_REQUEST',
        'KeySchema': key_schema(['p', 'r'] if table.range else ['p']),
        'AttributeDefinitions': [
            {'AttributeName': name, 'AttributeType': type_} for name, type_ in types.items()
        ],
        **table.indexes,
    }


def key_schema(names):
    return [{'AttributeName': name, 'KeyType': use} for name, use in zip(names, ('HASH', 'RANGE'))]


def write(operation, table, item, request, key):
    """
    A write on one item that is there, with these attributes, or is not (None).
    What is stored in the end is compared, too.
    """
    if item is None:
        before = ('DeleteItem', {'TableName': table.name, 'Key': key})
    else:
        before = ('PutItem', {'TableName': table.name, 'Item': item})
    after = ('GetItem', {'TableName': table.name, 'Key': key})
    return Step(operation, {'TableName': table.name, **request}, before=(before,), after=(after,))
