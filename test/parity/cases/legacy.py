"""The parameters that expressions replaced: Expected, filters, AttributeUpdates, AttributesToGet; mixing."""

import itertools

from cases.common import CONDITIONAL, KEY, MANY, ONE, item_write, one_of_three
from step import Step
from values import ABSENT, ITEM, L, M, N, NULL, OF_TYPE, OPERANDS, S, TRUE

TABLES = [ONE, MANY]

OPERATORS = (
    'EQ',
    'NE',
    'LE',
    'LT',
    'GE',
    'GT',
    'NOT_NULL',
    'NULL',
    'CONTAINS',
    'NOT_CONTAINS',
    'BEGINS_WITH',
    'IN',
    'BETWEEN',
)
MODES = ('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW')
ROW = {'p': S('key'), 'r': N(1)}
HASH = {'p': {'ComparisonOperator': 'EQ', 'AttributeValueList': [S('key')]}}


def fixture():
    """The item of all types, and one for each of its attributes that has that as x."""
    yield 'PutItem', {'TableName': MANY.name, 'Item': {**ROW, **ITEM}}
    for i, value in enumerate((*ITEM.values(), None)):
        item = {'p': S('part' if i % 2 else 'other'), 'r': N(i), **({} if value is None else {'x': value})}
        yield 'PutItem', {'TableName': MANY.name, 'Item': item}


def cases(rng):
    yield from comparisons()
    yield from arguments()
    yield from expected_forms()
    yield from operators_together()
    yield from updates()
    yield from attributes()
    yield from filters_on_keys()
    yield from mixtures()


def comparison(operator, *operands):
    return {'ComparisonOperator': operator, 'AttributeValueList': list(operands)}


def expected(conditions, operator=None, item=ITEM, operation=None, **request):
    request = {'Expected': conditions, **request}
    if operator:
        request['ConditionalOperator'] = operator
    return item_write(operation or one_of_three(conditions), item, request)


def scan(conditions, **request):
    return Step('Scan', {'TableName': MANY.name, 'ScanFilter': conditions, **request}, pages=True)


def query(conditions, key=HASH, **request):
    return Step(
        'Query',
        {'TableName': MANY.name, 'KeyConditions': key, 'QueryFilter': conditions, **request},
        pages=True,
    )


def everywhere(conditions, **request):
    yield expected(conditions, **request)
    yield scan(conditions, **request)
    yield query(conditions, **request)


def comparisons():
    """Operator by operand, of every attribute of an item and of every item."""
    part = {'p': comparison('EQ', S('part'))}
    for operator, operand in itertools.product(OPERATORS, OPERANDS):
        operands = () if 'NULL' in operator else (operand,) * (2 if operator == 'BETWEEN' else 1)
        yield scan({'x': comparison(operator, *operands)})
        yield query({'x': comparison(operator, *operands)}, part)
    for operator, (name, operand) in itertools.product(
        OPERATORS, itertools.product((*ITEM, ABSENT), OF_TYPE.values())
    ):
        operands = () if 'NULL' in operator else (operand,) * (2 if operator == 'BETWEEN' else 1)
        yield expected({name: comparison(operator, *operands)})


def arguments():
    """How many values each operator takes, and of what types together."""
    values = (S('a'), S('b'), S('c'), N(1), {'SS': ['a']}, NULL, TRUE, L(S('a')), M())
    for operator, count in itertools.product(OPERATORS, range(4)):
        yield from everywhere({'s': comparison(operator, *values[:count])})
    for operator in OPERATORS:
        yield from everywhere({'s': {'ComparisonOperator': operator}})
    for operator, one, two in itertools.product(('IN', 'BETWEEN'), values, values):
        yield from everywhere({'s': comparison(operator, one, two)})
    for one, two in ((S('b'), S('a')), (N(2), N(1)), (N('1.0'), N(1)), (S(''), S(''))):
        yield from everywhere({'s': comparison('BETWEEN', one, two)})
    for wrong in (
        {},
        {'X': 'a'},
        {'S': 'a', 'N': '1'},
        N('x'),
        {'SS': []},
        {'SS': ['a', 'a']},
        {'NULL': False},
        {'L': [{}]},
        N('1' * 39),
    ):
        for operator in ('EQ', 'IN', 'BETWEEN', 'NULL', 'CONTAINS'):
            yield from everywhere({'s': comparison(operator, wrong)})
    for name in ('', 'a.b', 'm.k', 'l[0]', '#a', ':a', 'SELECT', 'x' * 300):
        yield from everywhere({name: comparison('NULL')})
    yield from everywhere({})
    for count in (100, 101, 200):
        yield from everywhere({'n': comparison('IN', *[N(i) for i in range(count)])})


def expected_forms():
    """Each combination of Exists, Value, ComparisonOperator and AttributeValueList."""
    for exists, value, operator, values in itertools.product(
        (None, True, False),
        (None, S('abc'), S('x')),
        (None, 'EQ', 'NULL', 'BETWEEN', 'IN'),
        (None, [], [S('abc')], [S('a'), S('b')]),
    ):
        condition = {
            name: member
            for name, member in (
                ('Exists', exists),
                ('Value', value),
                ('ComparisonOperator', operator),
                ('AttributeValueList', values),
            )
            if member is not None
        }
        yield expected({'s': condition})
        yield expected({'s': condition}, item=None)
    for value in (*OF_TYPE.values(), {}, N('x'), {'SS': []}):
        yield expected({'s': {'Value': value}})
        yield expected({ABSENT: {'Value': value}})
        yield expected({'s': {'Value': value, 'Exists': True}}, item=None)


def operators_together():
    """ConditionalOperator by the truth of two and three conditions."""
    true, false, wrong = comparison('EQ', S('abc')), comparison('EQ', S('x')), comparison('IN')
    for operator, one, two in itertools.product(
        (None, 'AND', 'OR'), (true, false, wrong), (true, false, wrong)
    ):
        yield from everywhere(
            {'s': one, 's2': two}, **({'ConditionalOperator': operator} if operator else {})
        )
    for operator in ('AND', 'OR'):
        yield from everywhere({'s': true}, ConditionalOperator=operator)
        yield from everywhere({}, ConditionalOperator=operator)
        for operation in CONDITIONAL:
            yield item_write(operation, ITEM, {'ConditionalOperator': operator})
        yield Step('Scan', {'TableName': MANY.name, 'ConditionalOperator': operator})
        yield Step('Query', {'TableName': MANY.name, 'KeyConditions': HASH, 'ConditionalOperator': operator})
        for values in itertools.product((True, False), repeat=3):
            yield from everywhere(
                {name: comparison('NOT_NULL' if value else 'NULL') for name, value in zip('snb', values)},
                ConditionalOperator=operator,
            )


def updates():
    """Action by the attribute's old type by the value's type; shapes of what is returned."""
    for action, name, value in itertools.product(
        (None, 'PUT', 'ADD', 'DELETE'), (*ITEM, ABSENT), (*OF_TYPE.values(), None)
    ):
        update = {key: member for key, member in (('Action', action), ('Value', value)) if member is not None}
        yield item_write('UpdateItem', ITEM, {'AttributeUpdates': {name: update}, 'ReturnValues': 'ALL_NEW'})
        if name in ('s', 'n', 'ss'):
            yield item_write(
                'UpdateItem', None, {'AttributeUpdates': {name: update}, 'ReturnValues': 'ALL_NEW'}
            )
    several = (
        {},
        {'a': {'Value': N(1)}, 'n': {'Action': 'ADD', 'Value': N(2)}, 's': {'Action': 'DELETE'}},
        {ABSENT: {'Action': 'DELETE'}},
        {'ss': {'Action': 'DELETE', 'Value': {'SS': ['abc', 'x']}}},
        {'ss': {'Action': 'DELETE', 'Value': {'SS': ['q']}}},
        {'m.k': {'Value': N(1)}, 'l[0]': {'Value': N(1)}},
        {'p': {'Value': S('x')}},
        {'p': {'Action': 'DELETE'}},
        {'': {'Value': S('x')}},
        {'l': {'Action': 'ADD', 'Value': L(N(1))}},
        {'SELECT': {'Value': S('x')}},
        {'x' * 70000: {'Value': S('x')}},
        {'n': {'Action': 'ADD', 'Value': N('1e126')}},
        {'a': {'Value': {}}},
        {'a': {'Value': {'SS': []}}},
        {'a': {'Value': S('x' * 409600)}},
        {'a': {'Value': S('')}},
    )
    for each, mode, item in itertools.product(several, MODES, (ITEM, None)):
        yield item_write('UpdateItem', item, {'AttributeUpdates': each, 'ReturnValues': mode})
    for each, conditions in itertools.product(
        several, ({'s': {'Value': S('abc')}}, {'s': {'Exists': False}}, {'s': {}})
    ):
        yield item_write('UpdateItem', ITEM, {'AttributeUpdates': each, 'Expected': conditions})


def attributes():
    """AttributesToGet, where it can be, with Select and with what is no attribute."""
    lists = (
        ['s'],
        ['s', 'n'],
        ['p'],
        [ABSENT],
        ['m.k'],
        ['l[0]'],
        ['#s'],
        ['s', 's'],
        ['s', ''],
        [''],
        ['SELECT'],
        ['x' * 256],
        ['x' * 70000],
        list(ITEM),
        ['m', 'm.k'],
    )
    for names, select in itertools.product(
        lists, (None, 'ALL_ATTRIBUTES', 'COUNT', 'SPECIFIC_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES')
    ):
        page = {'TableName': MANY.name, 'AttributesToGet': names, **({'Select': select} if select else {})}
        yield Step('Scan', page, pages=True)
        yield Step('Query', {**page, 'KeyConditions': HASH}, pages=True)
        if select is None:
            yield Step('GetItem', {'TableName': MANY.name, 'Key': ROW, 'AttributesToGet': names})
            yield Step(
                'BatchGetItem', {'RequestItems': {MANY.name: {'Keys': [ROW], 'AttributesToGet': names}}}
            )


def filters_on_keys():
    """Conditions on key attributes; of KeyConditions every number and combination."""
    for name, operator in itertools.product(('p', 'r'), OPERATORS):
        operands = (
            ()
            if 'NULL' in operator
            else (S('key') if name == 'p' else N(1),) * (2 if operator == 'BETWEEN' else 1)
        )
        yield scan({name: comparison(operator, *operands)})
        yield query({name: comparison(operator, *operands)})
        yield expected({'p': comparison(operator, *operands)})
        yield Step(
            'Query', {'TableName': MANY.name, 'KeyConditions': {name: comparison(operator, *operands)}}
        )
        yield Step(
            'Query',
            {
                'TableName': MANY.name,
                'KeyConditions': {**HASH, 'r': comparison(operator, *(N(1) for _ in operands))},
            },
        )
        for count in range(4):
            yield Step(
                'Query',
                {
                    'TableName': MANY.name,
                    'KeyConditions': {**HASH, 'r': comparison(operator, *[N(1)] * count)},
                },
            )
    for conditions in (
        {},
        {'x': comparison('EQ', N(1))},
        {'p': comparison('EQ', S('key')), 'x': comparison('EQ', N(1))},
        {**HASH, 'r': comparison('EQ', N(1)), 'x': comparison('EQ', N(1))},
        {'r': comparison('EQ', N(1))},
        {'p': comparison('EQ', {})},
        {'p': comparison('EQ', N('x'))},
        {**HASH, 'r': comparison('BETWEEN', N(2), N(1))},
    ):
        yield Step('Query', {'TableName': MANY.name, 'KeyConditions': conditions})
        yield Step('Query', {'TableName': ONE.name, 'KeyConditions': conditions})


def mixtures():
    """Every legacy parameter with every expression that the operation has."""
    legacy = {
        'AttributesToGet': ['s'],
        'Expected': {'s': {'Exists': False}},
        'ConditionalOperator': 'AND',
        'AttributeUpdates': {'s': {'Value': S('a')}},
        'KeyConditions': HASH,
        'QueryFilter': {'s': comparison('NULL')},
        'ScanFilter': {'s': comparison('NULL')},
    }
    expressions = {
        'ProjectionExpression': 's',
        'ConditionExpression': 'attribute_exists(s)',
        'UpdateExpression': 'REMOVE s',
        'FilterExpression': 'attribute_exists(s)',
        'KeyConditionExpression': 'p = r',
    }
    for operation in (*CONDITIONAL, 'GetItem', 'Query', 'Scan', 'BatchGetItem'):
        for old, new in itertools.product(
            (*([name] for name in legacy), list(legacy), []),
            (*([name] for name in expressions), list(expressions), []),
        ):
            request = {**{name: legacy[name] for name in old}, **{name: expressions[name] for name in new}}
            if operation in CONDITIONAL:
                yield item_write(operation, ITEM, request)
            elif operation == 'GetItem':
                yield Step(operation, {'TableName': ONE.name, 'Key': KEY, **request})
            elif operation == 'BatchGetItem':
                yield Step(operation, {'RequestItems': {ONE.name: {'Keys': [KEY], **request}}})
            else:
                yield Step(operation, {'TableName': MANY.name, **request}, pages=True)
        for extra in (
            {'ExpressionAttributeNames': {'#n': 's'}},
            {'ExpressionAttributeValues': {':v': S('a')}},
        ):
            for name in legacy:
                if operation in CONDITIONAL:
                    yield item_write(operation, ITEM, {name: legacy[name], **extra})
                elif operation in ('Query', 'Scan'):
                    yield Step(operation, {'TableName': MANY.name, name: legacy[name], **extra}, pages=True)
    yield Step(
        'BatchGetItem',
        {
            'RequestItems': {
                ONE.name: {'Keys': [KEY], 'ProjectionExpression': 's'},
                MANY.name: {'Keys': [ROW], 'AttributesToGet': ['s']},
            }
        },
    )
