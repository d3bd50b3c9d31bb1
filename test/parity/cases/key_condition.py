"""Query: KeyConditionExpression and KeyConditions by key type, paging in both directions."""

import itertools

from step import Step, table
from values import B, N, OF_TYPE, S

TABLES = [table(types) for types in ('SS', 'SN', 'SB', 'NS', 'BN', 'S', 'N')]

HASH = {'S': S('part'), 'N': N('7.0'), 'B': B(b'part')}
# Ascending.
RANGE = {
    'S': [S(text) for text in ('A', 'a', 'ab', 'abc', 'b', 'é', '\uffff', '\U0001f600')],
    'N': [N(number) for number in ('-1e20', '-2', '-1.5', '0', '0.1', '1', '2', '10', '1e20')],
    'B': [B(data) for data in (b'\x00', b'a', b'ab', b'a\xff', b'b', b'\x7f', b'\x80', b'\xff', b'\xff\xff')],
}
OPERATORS = {
    '=': 'EQ',
    '<': 'LT',
    '<=': 'LE',
    '>': 'GT',
    '>=': 'GE',
    'begins_with': 'BEGINS_WITH',
    'BETWEEN': 'BETWEEN',
}


def fixture():
    for each in TABLES:
        for value in RANGE[each.range] if each.range else [None]:
            item = {'p': HASH[each.hash], 'x': S('x' * 50)}
            if value:
                item['r'] = value
            yield 'PutItem', {'TableName': each.name, 'Item': item}
        other = {'p': OF_TYPE[each.hash]}
        if each.range:
            other['r'] = OF_TYPE[each.range]
        yield 'PutItem', {'TableName': each.name, 'Item': other}


def cases(rng):
    for each in TABLES:
        yield Step(
            'Query',
            {
                'TableName': each.name,
                'KeyConditionExpression': 'p = :p',
                'ExpressionAttributeValues': {':p': HASH[each.hash]},
            },
            pages=True,
        )
        yield from operand_types(each)
        if each.range:
            yield from ranges(each)
            yield from starts(each)


def query(each, operator, operands, form, **request):
    """The condition as an expression, or as KeyConditions."""
    if form == 'legacy':
        condition = {
            'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [HASH[each.hash]]},
            'r': {'ComparisonOperator': OPERATORS.get(operator, operator), 'AttributeValueList': operands},
        }
        return Step('Query', {'TableName': each.name, 'KeyConditions': condition, **request}, pages=True)
    values = {':p': HASH[each.hash], **{f':v{i}': operand for i, operand in enumerate(operands)}}
    if operator == 'begins_with':
        text = 'begins_with(r, :v0)'
    elif operator == 'BETWEEN':
        text = 'r BETWEEN :v0 AND :v1'
    else:
        text = f'r {operator} :v0'
    return Step(
        'Query',
        {
            'TableName': each.name,
            'KeyConditionExpression': f'p = :p AND {text}',
            'ExpressionAttributeValues': values,
            **request,
        },
        pages=True,
    )


def ranges(each):
    """Each operator by each value that is there, in both directions, in pages and whole."""
    values = RANGE[each.range]
    for operator, form in itertools.product(OPERATORS, ('expression', 'legacy')):
        operands = (
            [(value,) for value in values]
            if operator != 'BETWEEN'
            else list(itertools.product(values[::2], repeat=2))
        )
        for i, operand in enumerate(operands):
            yield query(each, operator, list(operand), form, ScanIndexForward=i % 2 == 0)
            yield query(each, operator, list(operand), form, ScanIndexForward=i % 2 == 1, Limit=1 + i % 3)


def operand_types(each):
    """Values of every type for either key attribute."""
    for value, form in itertools.product(OF_TYPE.values(), ('expression', 'legacy')):
        for operator in OPERATORS if each.range else ():
            yield query(each, operator, [value] * (2 if operator == 'BETWEEN' else 1), form)
        if form == 'legacy':
            request = {'KeyConditions': {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [value]}}}
        else:
            request = {'KeyConditionExpression': 'p = :p', 'ExpressionAttributeValues': {':p': value}}
        yield Step('Query', {'TableName': each.name, **request})
    for value in (
        S(''),
        B(b''),
        S('x' * 1024),
        S('x' * 1025),
        S('x' * 2048),
        S('x' * 2049),
        B(b'x' * 1025),
        B(b'x' * 2049),
        N('1e200'),
        N('abc'),
        {'S': 'a', 'N': '1'},
        {},
    ):
        if each.range:
            for operator in ('=', '<', 'begins_with', 'BETWEEN'):
                yield query(each, operator, [value] * (2 if operator == 'BETWEEN' else 1), 'expression')
                yield query(each, operator, [value] * (2 if operator == 'BETWEEN' else 1), 'legacy')
        yield Step(
            'Query',
            {
                'TableName': each.name,
                'KeyConditionExpression': 'p = :p',
                'ExpressionAttributeValues': {':p': value},
            },
        )


def starts(each):
    """ExclusiveStartKey: within, before and behind the condition; of a wrong form."""
    values = RANGE[each.range]
    key = {'p': HASH[each.hash]}
    for start, forward in itertools.product(values, (True, False)):
        request = {'ScanIndexForward': forward, 'ExclusiveStartKey': {**key, 'r': start}}
        yield Step(
            'Query',
            {
                'TableName': each.name,
                'KeyConditionExpression': 'p = :p',
                'ExpressionAttributeValues': {':p': key['p']},
                **request,
            },
            pages=True,
        )
        yield query(each, '>=', [values[2]], 'expression', **request)
        yield query(each, '<', [values[5]], 'legacy', **request)
        yield query(each, 'BETWEEN', [values[2], values[5]], 'expression', **request)
        yield query(each, '=', [values[3]], 'expression', **request)
    elsewhere = {'p': OF_TYPE[each.hash], 'r': values[0]}
    wrong = (
        {},
        key,
        {'r': values[0]},
        {**key, 'r': values[0], 'x': S('x')},
        {**key, 'q': values[0]},
        elsewhere,
        {**key, 'r': OF_TYPE['BOOL']},
        {'p': OF_TYPE['L'], 'r': values[0]},
        {**key, 'r': {}},
        {**key, 'r': N('abc')},
        {**key, 'r': S('')},
        {**key, 'r': {'S': 'a', 'N': '1'}},
        {'p': S(''), 'r': values[0]},
        {**key, 'r': S('x' * 1025)},
    )
    for start in wrong:
        yield Step(
            'Query',
            {
                'TableName': each.name,
                'KeyConditionExpression': 'p = :p',
                'ExpressionAttributeValues': {':p': key['p']},
                'ExclusiveStartKey': start,
            },
        )
        yield query(each, '<', [values[4]], 'expression', ExclusiveStartKey=start)
        if start != elsewhere:  # the order of a scan is each endpoint's own
            yield Step('Scan', {'TableName': each.name, 'ExclusiveStartKey': start})
