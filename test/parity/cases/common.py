"""What several topics use."""

import json
import zlib

from step import table, write
from values import S

ONE = table('S')  # one item, whose attributes the case brings along
MANY = table('SN')  # items that several cases read
KEY = {'p': S('key')}

CONDITIONAL = ('PutItem', 'UpdateItem', 'DeleteItem')


def with_members(request, values=None, names=None):
    """The request with its placeholders; without those there are none of."""
    if values:
        request = {**request, 'ExpressionAttributeValues': values}
    if names:
        request = {**request, 'ExpressionAttributeNames': names}
    return request


def item_write(operation, item, request):
    """A PutItem, UpdateItem or DeleteItem of KEY; item is what is there, or None."""
    if operation == 'PutItem':
        request = {'Item': {**KEY, 'written': S('yes')}, **request}
    else:
        request = {'Key': KEY, **request}
    return write(operation, ONE, None if item is None else {**KEY, **item}, request, KEY)


def one_of_three(*case):
    """A conditional operation for the case: always the same, and each for about a third of all."""
    return CONDITIONAL[zlib.crc32(json.dumps(case).encode()) % 3]


def condition(text, values=None, names=None, item=None, operation=None, **request):
    """The condition on a write; without an operation on any of the three."""
    return item_write(
        operation or one_of_three(text, values),
        item,
        with_members({'ConditionExpression': text, **request}, values, names),
    )


def update(text, values=None, names=None, item=None, **request):
    return item_write('UpdateItem', item, with_members({'UpdateExpression': text, **request}, values, names))
