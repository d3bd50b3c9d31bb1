"""What the service says of a request that its model forbids.

DynamoDB Local reads requests in another way than the service: of a JSON value of
the wrong type it makes what it can, or fails, and it knows few of the model's
constraints.  So what dynamo has to say there is worked out here, from the
documentation of the operations' parameters; dynamo must answer just that.

expectation() gives the error as a pattern, or None if the request is well formed.
"""

import base64
import binascii
import re
from collections import namedtuple

CLASS = 'com.amazonaws.dynamodb.v20120810.'
NOT_EXPECTED = 'Start of structure or map found where not expected'
NO_LIST_CLASS = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')"
)

# kind: string, integer, boolean, blob, list, map, structure; element of list and
# map; members of a structure: name to shape, those in required must be there.
Shape = namedtuple('Shape', 'kind name element members required min max pattern values', defaults=[None] * 8)

STRING = Shape('string')
BOOLEAN = Shape('boolean')
BLOB = Shape('blob')


def list_of(element, **more):
    return Shape('list', element=element, **more)


def map_of(element, **more):
    return Shape('map', element=element, **more)


def structure(name, required='', **members):
    return Shape('structure', name, members=members, required=required.split())


def one_of(*values):
    return Shape('string', values=values)


VALUE_MEMBERS = {
    'S': STRING,
    'N': STRING,
    'B': BLOB,
    'SS': list_of(STRING),
    'NS': list_of(STRING),
    'BS': list_of(BLOB),
    'NULL': BOOLEAN,
    'BOOL': BOOLEAN,
}
VALUE = Shape('structure', 'AttributeValue', members=VALUE_MEMBERS, required=[])
VALUE_MEMBERS.update(L=list_of(VALUE), M=map_of(VALUE))

TABLE_NAME = Shape('string', name='TableName', min=1, max=1024, pattern='[a-zA-Z0-9_.-]+')
KEY = map_of(VALUE)
NAMES = map_of(STRING)
ATTRIBUTES = list_of(STRING, min=1)
CAPACITY = one_of('INDEXES', 'TOTAL', 'NONE')
METRICS = one_of('SIZE', 'NONE')
RETURN_VALUES = one_of('ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW')
ON_FAILURE = one_of('ALL_OLD', 'NONE')
SELECT = one_of('SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES')
LOGIC = one_of('OR', 'AND')
COMPARISON = one_of(
    'IN',
    'NULL',
    'BETWEEN',
    'LT',
    'NOT_CONTAINS',
    'EQ',
    'GT',
    'NOT_NULL',
    'NE',
    'LE',
    'BEGINS_WITH',
    'GE',
    'CONTAINS',
)
ACTION = one_of('ADD', 'PUT', 'DELETE')
LIMIT = Shape('integer', min=1)
INDEX_NAME = Shape('string', min=3, max=255, pattern='[a-zA-Z0-9_.-]+')

EXPECTED = map_of(
    structure(
        'ExpectedAttributeValue',
        Value=VALUE,
        Exists=BOOLEAN,
        ComparisonOperator=COMPARISON,
        AttributeValueList=list_of(VALUE),
    )
)
CONDITIONS = map_of(
    structure(
        'Condition', 'ComparisonOperator', AttributeValueList=list_of(VALUE), ComparisonOperator=COMPARISON
    )
)
UPDATES = map_of(structure('AttributeValueUpdate', Value=VALUE, Action=ACTION))
WRITE = {
    'TableName': TABLE_NAME,
    'ReturnConsumedCapacity': CAPACITY,
    'ReturnItemCollectionMetrics': METRICS,
    'ReturnValues': RETURN_VALUES,
    'ConditionalOperator': LOGIC,
    'Expected': EXPECTED,
    'ConditionExpression': STRING,
    'ExpressionAttributeNames': NAMES,
    'ExpressionAttributeValues': KEY,
    'ReturnValuesOnConditionCheckFailure': ON_FAILURE,
}
PAGE = {
    'TableName': TABLE_NAME,
    'IndexName': INDEX_NAME,
    'Select': SELECT,
    'ReturnConsumedCapacity': CAPACITY,
    'ConditionalOperator': LOGIC,
    'AttributesToGet': ATTRIBUTES,
    'Limit': LIMIT,
    'ConsistentRead': BOOLEAN,
    'ExclusiveStartKey': KEY,
    'ProjectionExpression': STRING,
    'FilterExpression': STRING,
    'ExpressionAttributeNames': NAMES,
    'ExpressionAttributeValues': KEY,
}
READ = {
    'AttributesToGet': ATTRIBUTES,
    'ConsistentRead': BOOLEAN,
    'ProjectionExpression': STRING,
    'ExpressionAttributeNames': NAMES,
}
KEYS_AND_ATTRIBUTES = structure('KeysAndAttributes', 'Keys', Keys=list_of(KEY, min=1, max=100), **READ)
WRITE_REQUEST = structure(
    'WriteRequest',
    PutRequest=structure('PutRequest', 'Item', Item=KEY),
    DeleteRequest=structure('DeleteRequest', 'Key', Key=KEY),
)

REQUESTS = {
    'PutItem': structure('PutItemInput', 'TableName Item', Item=KEY, **WRITE),
    'DeleteItem': structure('DeleteItemInput', 'TableName Key', Key=KEY, **WRITE),
    'UpdateItem': structure(
        'UpdateItemInput',
        'TableName Key',
        Key=KEY,
        AttributeUpdates=UPDATES,
        UpdateExpression=STRING,
        **WRITE,
    ),
    'GetItem': structure(
        'GetItemInput',
        'TableName Key',
        TableName=TABLE_NAME,
        Key=KEY,
        ReturnConsumedCapacity=CAPACITY,
        **READ,
    ),
    'Query': structure(
        'QueryInput',
        'TableName',
        QueryFilter=CONDITIONS,
        KeyConditions=CONDITIONS,
        ScanIndexForward=BOOLEAN,
        KeyConditionExpression=STRING,
        **PAGE,
    ),
    'Scan': structure(
        'ScanInput',
        'TableName',
        ScanFilter=CONDITIONS,
        TotalSegments=Shape('integer', min=1, max=1000000),
        Segment=Shape('integer', min=0, max=999999),
        **PAGE,
    ),
    'BatchGetItem': structure(
        'BatchGetItemInput',
        'RequestItems',
        RequestItems=map_of(KEYS_AND_ATTRIBUTES, name='by table', min=1, max=100),
        ReturnConsumedCapacity=CAPACITY,
    ),
    'BatchWriteItem': structure(
        'BatchWriteItemInput',
        'RequestItems',
        RequestItems=map_of(list_of(WRITE_REQUEST, min=1, max=25), name='by table', min=1, max=25),
        ReturnConsumedCapacity=CAPACITY,
        ReturnItemCollectionMetrics=METRICS,
    ),
    'DescribeTimeToLive': structure('DescribeTimeToLiveInput', 'TableName', TableName=TABLE_NAME),
}


def expectation(operation, request):
    shape = REQUESTS.get(operation)
    if shape is None:
        return None
    wrong = wrong_type(shape, request, False)
    if wrong:
        return re.escape('SerializationException: ' + wrong)
    found = list(violations(shape, request, ''))
    if found:
        return among(found)
    if any(not 3 <= len(name) <= 255 and not name.startswith('arn:') for name in table_names(request)):
        return 'ValidationException: TableName must be at least 3 characters long and at most 255 characters long'
    return None


def table_names(request):
    return [request['TableName']] if 'TableName' in request else list(request['RequestItems'])


def among(found):
    """The violations in any order: the service's is that of a hash table.  At most 10 are shown."""
    count = min(len(found), 10)
    shown = '; '.join(['(?:' + '|'.join(found) + ')'] * count)
    return f'ValidationException: {count} validation error{"s" if count > 1 else ""} detected: {shown}'


# ---- JSON types ----


def wrong_type(shape, value, is_member):
    """The words for the first value of a wrong type, in the order of the text, or None."""
    if value is None:
        return None
    if shape.kind in ('structure', 'map'):
        if isinstance(value, list):
            return f'Unrecognized collection type {"class " if shape.kind == "structure" else ""}{class_name(shape)}'
        if not isinstance(value, dict):
            return wrong_scalar(shape, is_member)
        children = (
            (shape.members.get(name) if shape.kind == 'structure' else shape.element, child)
            for name, child in value.items()
        )
        return first(
            wrong_type(inner, child, shape.kind == 'structure') for inner, child in children if inner
        )
    if shape.kind == 'list':
        if isinstance(value, dict):
            return NOT_EXPECTED
        if not isinstance(value, list):
            return wrong_scalar(shape, is_member)
        return first(wrong_type(shape.element, child, False) for child in value)
    if isinstance(value, dict):
        return NOT_EXPECTED
    if isinstance(value, list):
        return f'Unrecognized collection type class {class_name(shape)}'
    return wrong_type_of_scalar(shape, value)


def first(wrongs):
    return next((wrong for wrong in wrongs if wrong), None)


def wrong_type_of_scalar(shape, value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if shape.kind == 'string':
        fits = isinstance(value, str)
    elif shape.kind == 'boolean':
        if isinstance(value, str):
            return 'Unexpected token received from parser'
        fits = isinstance(value, bool)
    elif shape.kind == 'integer':
        fits = is_number and -(2**31) <= int(value) < 2**31
    else:
        if not isinstance(value, str):
            return 'only base-64-encoded strings are convertible to bytes'
        return None if is_base64(value) else 'Invalid Base64 data'
    return None if fits else f'{token_name(value)} cannot be converted to {shape.kind.capitalize()}'


def is_base64(text):
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(text) % 4 == 0


def wrong_scalar(shape, is_member):
    """A scalar where a structure, list or map should be."""
    if is_member:
        return 'Unexpected field type'
    return NO_LIST_CLASS if shape.kind in ('list', 'map') else 'Unexpected value type in payload'


def token_name(value):
    if isinstance(value, bool):
        return 'TRUE_VALUE' if value else 'FALSE_VALUE'
    if isinstance(value, str):
        return 'STRING_VALUE'
    return 'DECIMAL_VALUE' if isinstance(value, float) else 'NUMBER_VALUE'


def class_name(shape):
    if shape.kind == 'structure':
        return CLASS + shape.name
    if shape.kind == 'list':
        return f'java.util.List<{class_name(shape.element)}>'
    if shape.kind == 'map':
        return f'java.util.Map<java.lang.String, {class_name(shape.element)}>'
    return 'java.nio.ByteBuffer' if shape.kind == 'blob' else 'java.lang.' + shape.kind.capitalize()


# ---- constraints ----


def violations(shape, value, path):
    """A pattern for each violation inside the value."""
    if shape is VALUE:
        return
    if shape.kind == 'structure':
        for name, inner in shape.members.items():
            child, where = value.get(name), f'{path}.{name[0].lower()}{name[1:]}'.lstrip('.')
            if child is not None:
                yield from (violation(child, where, text) for text in broken(inner, child))
                yield from violations(inner, child, where)
            elif name in shape.required:
                yield violation(None, where, 'Member must not be null')
    elif shape.kind == 'list':
        yield from of_elements(
            shape, value, path, 'Member', [(f'{path}.{i}.member', child) for i, child in enumerate(value, 1)]
        )
    elif shape.kind == 'map':
        if shape.name == 'by table':
            yield from (
                violation(value, path, together('Map keys', TABLE_NAME))
                for name in value
                if any(broken(TABLE_NAME, name))
            )
        yield from of_elements(
            shape,
            value,
            path,
            'Map value',
            [(f'{path}.{name}.member', child) for name, child in value.items()],
        )


def of_elements(shape, value, path, what, children):
    """Those of a list's or map's elements, which are told of the list or map."""
    for where, child in children:
        if shape.element is VALUE:
            return
        if child is None:
            yield violation(None, where, 'Member must not be null')
            continue
        if any(broken(shape.element, child)):
            yield violation(value, path, together(what, shape.element))
        yield from violations(shape.element, child, where)


def violation(value, path, text):
    if value is None:
        shown = 'null'
    elif isinstance(value, (dict, list)):
        shown = "'.*?'"
    else:
        shown = re.escape(f"'{int(value) if isinstance(value, float) else value}'")
    return f"Value {shown} at '{re.escape(path)}' failed to satisfy constraint: {re.escape(text)}"


def broken(shape, value):
    """The words for each constraint of the shape that the value itself breaks."""
    if shape.values and value not in shape.values:
        yield describe(shape)[0]
    if (
        shape.pattern
        and not re.fullmatch(shape.pattern, value)
        and not (shape is TABLE_NAME and (value == '' or value.startswith('arn:')))
    ):
        yield f'Member must satisfy regular expression pattern: {shape.pattern}'
    size = (
        int(value)
        if shape.kind == 'integer'
        else len(value) if shape.kind in ('string', 'list', 'map') else 0
    )
    if shape.min is not None and size < shape.min:
        yield f'Member must have {measure(shape)} greater than or equal to {shape.min}'
    if shape.max is not None and size > shape.max:
        yield f'Member must have {measure(shape)} less than or equal to {shape.max}'


def measure(shape):
    return 'value' if shape.kind == 'integer' else 'length'


def describe(shape):
    """The words for all constraints of a shape."""
    texts = []
    if shape.values:
        texts.append(f'Member must satisfy enum value set: [{", ".join(shape.values)}]')
    if shape.pattern:
        texts.append(f'Member must satisfy regular expression pattern: {shape.pattern}')
    if shape.min is not None:
        texts.append(f'Member must have {measure(shape)} greater than or equal to {shape.min}')
    if shape.max is not None:
        texts.append(f'Member must have {measure(shape)} less than or equal to {shape.max}')
    return texts


def together(what, shape):
    """All constraints of elements, keys or values; backwards, as the service has them."""
    return f'{what} must satisfy constraint: [{", ".join(reversed(describe(shape)))}]'
