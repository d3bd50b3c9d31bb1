"""Requests that the service's model forbids: JSON types and constraints, member by member."""

import copy

from cases.common import KEY, MANY, ONE
from service import REQUESTS, VALUE
from step import Step
from values import L, M, N, S

TABLES = [ONE, MANY]

# A request with every member that it can have, so that each can be spoilt.
WRITE = {
    'TableName': ONE.name,
    'ReturnConsumedCapacity': 'NONE',
    'ReturnItemCollectionMetrics': 'NONE',
    'ReturnValues': 'NONE',
    'ReturnValuesOnConditionCheckFailure': 'NONE',
}
CONDITION = {
    'ConditionExpression': 'attribute_not_exists(#n) OR #n = :v',
    'ExpressionAttributeNames': {'#n': 'a'},
    'ExpressionAttributeValues': {':v': S('a')},
}
EXPECTED = {
    'ConditionalOperator': 'AND',
    'Expected': {
        'a': {'Exists': False},
        'b': {'ComparisonOperator': 'NULL', 'AttributeValueList': []},
        'c': {'ComparisonOperator': 'NE', 'AttributeValueList': [S('x')]},
    },
}
FILTER = {
    'FilterExpression': '#n = :v',
    'ProjectionExpression': '#n',
    'ExpressionAttributeNames': {'#n': 'a'},
    'ExpressionAttributeValues': {':v': S('a')},
}
PAGE = {
    'TableName': MANY.name,
    'Select': 'SPECIFIC_ATTRIBUTES',
    'Limit': 5,
    'ConsistentRead': True,
    'ReturnConsumedCapacity': 'NONE',
}
COMPARISON = {
    'a': {'ComparisonOperator': 'EQ', 'AttributeValueList': [S('a')]},
    'b': {'ComparisonOperator': 'NULL', 'AttributeValueList': []},
}
START = {'p': S('key'), 'r': N(1)}
REQUESTS_TO_SPOIL = [
    (
        'PutItem',
        {
            **WRITE,
            'Item': {
                **KEY,
                'b': {'B': 'YQ=='},
                't': {'BOOL': True},
                'z': {'NULL': True},
                'l': L(S('a')),
                'm': M(a=N(1)),
                'ss': {'SS': ['a']},
                'ns': {'NS': ['1']},
                'bs': {'BS': ['YQ==']},
            },
            **CONDITION,
        },
    ),
    ('PutItem', {**WRITE, 'Item': KEY, **EXPECTED}),
    ('DeleteItem', {**WRITE, 'Key': KEY, **CONDITION}),
    ('DeleteItem', {**WRITE, 'Key': KEY, **EXPECTED}),
    ('UpdateItem', {**WRITE, 'Key': KEY, 'UpdateExpression': 'SET #n = :v', **CONDITION}),
    (
        'UpdateItem',
        {
            **WRITE,
            'Key': KEY,
            'AttributeUpdates': {'a': {'Action': 'PUT', 'Value': S('a')}, 'b': {'Action': 'DELETE'}},
            **EXPECTED,
        },
    ),
    (
        'GetItem',
        {
            'TableName': ONE.name,
            'Key': KEY,
            'ConsistentRead': True,
            'ReturnConsumedCapacity': 'NONE',
            'ProjectionExpression': '#n',
            'ExpressionAttributeNames': {'#n': 'a'},
        },
    ),
    ('GetItem', {'TableName': ONE.name, 'Key': KEY, 'AttributesToGet': ['a', 'b']}),
    (
        'Query',
        {
            **PAGE,
            **FILTER,
            'KeyConditionExpression': 'p = :v',
            'ScanIndexForward': False,
            'ExclusiveStartKey': {'p': S('a'), 'r': N(1)},
        },
    ),
    (
        'Query',
        {
            **PAGE,
            'KeyConditions': {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [S('key')]}},
            'QueryFilter': COMPARISON,
            'ConditionalOperator': 'OR',
            'AttributesToGet': ['a'],
        },
    ),
    ('Scan', {**PAGE, **FILTER, 'Segment': 0, 'TotalSegments': 1, 'ExclusiveStartKey': START}),
    ('Scan', {**PAGE, 'ScanFilter': COMPARISON, 'ConditionalOperator': 'OR', 'AttributesToGet': ['a']}),
    (
        'BatchGetItem',
        {
            'RequestItems': {
                ONE.name: {
                    'Keys': [KEY],
                    'ConsistentRead': False,
                    'ProjectionExpression': '#n',
                    'ExpressionAttributeNames': {'#n': 'a'},
                },
                MANY.name: {'Keys': [START]},
            },
            'ReturnConsumedCapacity': 'NONE',
        },
    ),
    ('BatchGetItem', {'RequestItems': {MANY.name: {'Keys': [START], 'AttributesToGet': ['a']}}}),
    (
        'BatchWriteItem',
        {
            'RequestItems': {
                ONE.name: [{'PutRequest': {'Item': KEY}}],
                MANY.name: [{'DeleteRequest': {'Key': START}}],
            },
            'ReturnConsumedCapacity': 'NONE',
            'ReturnItemCollectionMetrics': 'NONE',
        },
    ),
    ('DescribeTimeToLive', {'TableName': ONE.name}),
]

# One of each kind that JSON has.
JSON = {
    'string': 'x',
    'integer': 5,
    'fraction': 1.5,
    'true': True,
    'false': False,
    'list': [],
    'list of strings': ['x'],
    'object': {},
    'object of strings': {'S': 'x'},
    'null': None,
}


def cases(rng):
    yield from wrong_types()
    yield from left_out()
    yield from broken_constraints()
    yield from table_names()
    yield from together()


def places(shape, node, path=()):
    """(path, shape) of every value in the request that the model knows."""
    for name, child in list(
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    ):
        inner = shape.members.get(name) if shape.kind == 'structure' else shape.element
        if inner:
            yield path + (name,), inner
            yield from places(inner, child, path + (name,))


def spoilt(request, path, value):
    request = copy.deepcopy(request)
    parent = request
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = value
    return request


def step(operation, request):
    return Step(
        operation,
        request,
        before=(
            ('DeleteItem', {'TableName': ONE.name, 'Key': KEY}),
            ('DeleteItem', {'TableName': MANY.name, 'Key': START}),
        ),
    )


def wrong_types():
    """Every value in every request, replaced by one of each JSON kind."""
    for operation, request in REQUESTS_TO_SPOIL:
        for path, shape in places(REQUESTS[operation], request):
            for kind, value in JSON.items():
                if not fits(shape, kind):
                    yield step(operation, spoilt(request, path, value))


def fits(shape, kind):
    """What is of the right type is another topic's."""
    if kind == 'null':
        return False
    return {
        'string': kind == 'string',
        'blob': False,
        'integer': kind in ('integer', 'fraction'),
        'boolean': kind in ('true', 'false'),
        'list': kind.startswith('list'),
        'map': kind == 'object',
        'structure': kind.startswith('object'),
    }[shape.kind]


def left_out():
    """Every member in turn; and a member that no operation has."""
    for operation, request in REQUESTS_TO_SPOIL:
        yield step(operation, request)
        yield step(operation, {})
        yield step(operation, {**request, 'Nothing': {'known': [1, None]}})
        for path, shape in places(REQUESTS[operation], request):
            if isinstance(path[-1], str) and shape is not VALUE and VALUE.members.get(path[-1]) is not shape:
                less = copy.deepcopy(request)
                parent = less
                for name in path[:-1]:
                    parent = parent[name]
                del parent[path[-1]]
                yield step(operation, less)


def broken_constraints():
    """Every value that has a bound or a set of values, at and beyond them."""
    for operation, request in REQUESTS_TO_SPOIL:
        for path, shape in places(REQUESTS[operation], request):
            for value in beyond(shape):
                yield step(operation, spoilt(request, path, value))
    for name in ('abc', 'a', 'ab', 'x' * 255, 'x' * 256, 'a b', ''):
        yield step(
            'Query',
            {
                'TableName': MANY.name,
                'IndexName': name,
                'KeyConditionExpression': 'p = :v',
                'ExpressionAttributeValues': {':v': S('key')},
            },
        )
        yield step('Scan', {'TableName': MANY.name, 'IndexName': name})
    for operation, request, count in (
        ('BatchGetItem', lambda i: {'Keys': [{'p': S(str(i))}]}, 101),
        ('BatchWriteItem', lambda i: [{'DeleteRequest': {'Key': {'p': S(str(i))}}}], 26),
    ):
        yield step(operation, {'RequestItems': {f'Parity-{i}': request(i) for i in range(count)}})
        yield step(operation, {'RequestItems': {}})
    for count in (25, 26, 100, 101):
        yield step(
            'BatchGetItem', {'RequestItems': {ONE.name: {'Keys': [{'p': S(str(i))} for i in range(count)]}}}
        )
        yield step(
            'BatchWriteItem',
            {
                'RequestItems': {
                    ONE.name: [{'DeleteRequest': {'Key': {'p': S(str(i))}}} for i in range(count)]
                }
            },
        )
    for keys in ([], [None], [KEY, None]):
        yield step('BatchGetItem', {'RequestItems': {ONE.name: {'Keys': keys}}})
    for writes in (
        [],
        [None],
        [{}],
        [{'PutRequest': {}}],
        [{'DeleteRequest': {}}],
        [{'PutRequest': {'Item': KEY}, 'DeleteRequest': {'Key': KEY}}],
        None,
    ):
        yield step('BatchWriteItem', {'RequestItems': {ONE.name: writes}})
    for element in (None, '', 'a'):
        yield step('GetItem', {'TableName': ONE.name, 'Key': KEY, 'AttributesToGet': [element]})
        yield step('Scan', {'TableName': ONE.name, 'AttributesToGet': ['a', element]})


def beyond(shape):
    if shape.values:
        return [*shape.values, '', 'x', shape.values[0].lower(), shape.values[0] + ' ']
    if shape.kind == 'integer':
        return [-(2**31) - 1, -1, 0, 1, 1.9, 999999, 1000000, 1000001, 2**31 - 1, 2**31, 2**63, 1e3]
    return []


def table_names():
    names = (
        'a',
        'ab',
        'abc',
        'x' * 255,
        'x' * 256,
        'x' * 1024,
        'x' * 1025,
        'a b',
        'a/b',
        '',
        'ééé',
        'a.b',
        'a_b',
        '...',
        '---',
        'Parity-S ',
        'parity-s',
    )
    for name in names:
        yield step('GetItem', {'TableName': name, 'Key': KEY})
        yield step('PutItem', {'TableName': name, 'Item': KEY})
        yield step('UpdateItem', {'TableName': name, 'Key': KEY})
        yield step('DeleteItem', {'TableName': name, 'Key': KEY})
        yield step('Scan', {'TableName': name})
        yield step('DescribeTimeToLive', {'TableName': name})
        yield step(
            'Query',
            {
                'TableName': name,
                'KeyConditionExpression': 'p = :p',
                'ExpressionAttributeValues': {':p': S('a')},
            },
        )
        yield step('BatchGetItem', {'RequestItems': {name: {'Keys': [KEY]}}})
        yield step('BatchWriteItem', {'RequestItems': {name: [{'DeleteRequest': {'Key': KEY}}]}})


def together():
    """Several violations in one request."""
    yield step(
        'PutItem', {'ReturnValues': 'x', 'ReturnConsumedCapacity': 'y', 'ReturnItemCollectionMetrics': 'z'}
    )
    yield step(
        'UpdateItem',
        {
            'TableName': '',
            'ReturnValues': 'x',
            'AttributeUpdates': {'a': {'Action': 'x'}, 'b': {'Action': ''}},
            'Expected': {'a': {'ComparisonOperator': 'x'}},
        },
    )
    yield step(
        'Query',
        {
            'TableName': 'a b',
            'Limit': 0,
            'Select': 'x',
            'AttributesToGet': [],
            'KeyConditions': {'p': {}},
            'QueryFilter': {'a': {'ComparisonOperator': 'x'}},
        },
    )
    yield step(
        'Scan',
        {
            'Limit': -1,
            'Segment': -1,
            'TotalSegments': 0,
            'Select': 'x',
            'IndexName': 'a',
            'ConditionalOperator': 'x',
            'ReturnConsumedCapacity': 'x',
            'AttributesToGet': [],
            'ScanFilter': {'a': {}, 'b': {}, 'c': {}},
        },
    )
    yield step(
        'BatchGetItem', {'RequestItems': {'a b': {'Keys': []}, 'c': {}}, 'ReturnConsumedCapacity': 'x'}
    )
    yield step(
        'BatchWriteItem',
        {'RequestItems': {'a b': [{'PutRequest': {}}], 'c': []}, 'ReturnConsumedCapacity': 'x'},
    )
    yield step('GetItem', {'Key': {'p': {'S': 5}}, 'TableName': 5})
    yield step('GetItem', {'TableName': 5, 'Key': {'p': {'S': 5}}})
    yield step('GetItem', {'Key': {'p': {'N': 'abc'}}, 'ReturnConsumedCapacity': 'x', 'TableName': 'abc'})
    yield step('GetItem', {'Key': {'p': {'B': '***'}}, 'ReturnConsumedCapacity': 'x', 'TableName': 'abc'})
