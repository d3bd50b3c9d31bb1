"""Random requests, most of them valid, and valid ones that were spoilt; --random says how many."""

import copy

import values
from cases.common import with_members
from service import expectation
from step import Step, table
from values import random_key_value

TABLES = [table(h + r) for h in 'SNB' for r in ('S', 'N', 'B', '')]
OPERATORS = ('=', '<', '<=', '>', '>=', 'BETWEEN', 'begins_with')
CAPACITY = (None, 'NONE', 'TOTAL', 'INDEXES')
PATHS = (
    'a',
    'b',
    'c',
    'd',
    'm',
    'l',
    'a.b',
    'm.a',
    'm.b.c',
    'm.a[0]',
    'l[0]',
    'l[1]',
    'l[2].a',
    'b[1]',
    'c.d.a',
    'p',
    'r',
    'nothing',
    'a[0][1]',
    '#n',
    '#n.a',
    'm.#n',
    'l[3]',
    'd.l[1]',
)
WORDS = (
    'p',
    'r',
    '=',
    '<',
    '<>',
    ':v',
    ':w',
    'AND',
    'and',
    'OR',
    'NOT',
    'BETWEEN',
    'IN',
    'begins_with',
    '(',
    ')',
    ',',
    '.',
    '[0]',
    '#n',
    'size',
    'contains',
    '5',
    'name',
    '-',
    '"',
    '  ',
    'attribute_exists',
    'é',
    ':undefined',
    '#undefined',
    'SET',
    'REMOVE',
    'ADD',
    '+',
)
EXPRESSIONS = (
    'ProjectionExpression',
    'KeyConditionExpression',
    'ConditionExpression',
    'FilterExpression',
    'UpdateExpression',
)
# What a value is replaced by: of the right JSON type, but for a few.
JUNK = {
    dict: (
        {},
        {'S': 'a'},
        {'X': 'a'},
        {'N': 'abc'},
        {'N': ''},
        {'S': 'a', 'N': '1'},
        {'NULL': False},
        {'SS': []},
        {'SS': ['a', 'a']},
        {'NS': ['1', '1.0']},
        {'NS': ['x']},
        {'BS': ['AA==', 'AA==']},
        {'N': '1e126'},
        {'N': '1e-131'},
        {'N': '1' * 39},
        {'L': [{'S': ''}, {}]},
        {'M': {'a': {}}},
        {'S': 'x' * 1025},
        {'S': 'x' * 2049},
        {'B': 'eHh4' * 700},
        'x',
        None,
    ),
    list: ([], ['a'], ['a', 'a'], 'x'),
    str: ('', 'x', 'abc', 'NONE', 'ALL_OLD', '1', 5),
    bool: (True, False, 'x'),
    int: (0, 1, 5, -1, 10**20, 'x'),
}


def cases(rng):
    for _ in range(rng.requests):
        step = random_step(rng)
        if rng.random() < 0.3:
            request = (babble if rng.random() < 0.4 else spoil)(rng, step.request)
            if expectation(step.operation, request):
                continue  # what the model forbids is another topic's
            step = Step(step.operation, request, pages=step.pages)
        yield step


def random_step(rng):
    makers, weights = zip(
        (put_item, 8),
        (update_item, 10),
        (batch_write, 5),
        (delete_item, 4),
        (get_item, 8),
        (batch_get, 5),
        (query, 12),
        (scan, 3),
    )
    return rng.choices(makers, weights)[0](rng)


# ---- pieces of requests ----


def random_key(rng, each):
    """A key; of few partition keys, so that partitions have several items."""
    hash_value = random_key_value(rng, each.hash)
    if each.range and rng.random() < 0.7:
        hash_value = {'S': {'S': 'part'}, 'N': {'N': '7'}, 'B': {'B': 'cGFydA=='}}[each.hash]
    return {'p': hash_value, **({'r': random_key_value(rng, each.range)} if each.range else {})}


def random_item(rng, each):
    return {**values.random_attributes(rng), **random_key(rng, each)}


def sometimes(rng, request, name, choices, chance=0.4):
    if rng.random() < chance:
        chosen = rng.choice(choices)
        if chosen is not None:
            request[name] = chosen


def add_projection(rng, request, chance=0.5):
    """Paths may overlap or conflict; then both endpoints must say so."""
    if rng.random() < chance:
        paths = rng.sample(PATHS, rng.randint(1, 4))
        request['ProjectionExpression'] = rng.choice([',', ', ', ' ,\n']).join(paths)


def comparison(rng, bound):
    """A condition on some path; the values it takes go into bound."""
    name = f':c{len(bound)}'
    bound[name] = values.random_value(rng, values.MAX_DEPTH - 1)
    path = rng.choice(PATHS)
    form = rng.choice(
        (
            '{} = {}',
            '{} <> {}',
            '{} < {}',
            '{} >= {}',
            'contains({}, {})',
            'attribute_exists({0}) OR {0} = {1}',
            '{} IN ({}, b)',
            'size({}) > {}',
            'NOT {} = {}',
            'attribute_not_exists({0}) AND b <> {1}',
        )
    )
    return form.format(path, name)


def add_condition(rng, request, member, chance):
    if rng.random() < chance:
        bound = request.setdefault('ExpressionAttributeValues', {})
        parts = [comparison(rng, bound) for _ in range(rng.randint(1, 3))]
        request[member] = rng.choice((' AND ', ' OR ')).join(parts)


def finished(rng, request):
    """The request with the name that its expressions use."""
    if any('#n' in request.get(name, '') for name in EXPRESSIONS):
        return with_members(request, None, {'#n': rng.choice(values.NAMES)})
    return request


def add_write_members(rng, request, modes):
    add_condition(rng, request, 'ConditionExpression', 0.3)
    sometimes(rng, request, 'ReturnValues', modes)
    sometimes(rng, request, 'ReturnValuesOnConditionCheckFailure', ('NONE', 'ALL_OLD'))
    sometimes(rng, request, 'ReturnItemCollectionMetrics', ('NONE', 'SIZE'), 0.1)
    sometimes(rng, request, 'ReturnConsumedCapacity', CAPACITY)


def key_condition(rng, each, request):
    bound = {':h': random_key(rng, each)['p']}
    condition = rng.choice(('p = :h', ':h = p', '(p = :h)'))
    if each.range and rng.random() < 0.7:
        bound[':v'] = random_key_value(rng, each.range)
        operator = rng.choice(OPERATORS)
        if operator == 'BETWEEN':
            bound[':w'] = random_key_value(rng, each.range)
            part = 'r BETWEEN :v AND :w'
        elif operator == 'begins_with':
            part = 'begins_with(r, :v)'
        else:
            part = rng.choice(('r {} :v', ':v {} r', '(r {} :v)')).format(operator)
        condition = f'{condition} AND {part}' if rng.random() < 0.8 else f'{part} and {condition}'
    request['KeyConditionExpression'] = condition
    request['ExpressionAttributeValues'] = bound


def add_select(rng, request):
    choices = ('SPECIFIC_ATTRIBUTES',) if 'ProjectionExpression' in request else ('ALL_ATTRIBUTES', 'COUNT')
    sometimes(rng, request, 'Select', choices, 0.3)


# ---- valid requests ----


def put_item(rng):
    each = rng.choice(TABLES)
    request = {'TableName': each.name, 'Item': random_item(rng, each)}
    add_write_members(rng, request, ('NONE', 'ALL_OLD'))
    return Step('PutItem', finished(rng, request))


def delete_item(rng):
    each = rng.choice(TABLES)
    request = {'TableName': each.name, 'Key': random_key(rng, each)}
    add_write_members(rng, request, ('NONE', 'ALL_OLD'))
    return Step('DeleteItem', finished(rng, request))


def update_item(rng):
    each = rng.choice(TABLES)
    request = {'TableName': each.name, 'Key': random_key(rng, each), 'ExpressionAttributeValues': {}}
    bound = request['ExpressionAttributeValues']
    paths = rng.sample(PATHS[:15] + PATHS[-5:], rng.randint(1, 4))
    clauses = {'SET': [], 'REMOVE': [], 'ADD': [], 'DELETE': []}
    for i, path in enumerate(paths):
        clause = rng.choice(('SET', 'SET', 'SET', 'REMOVE', 'ADD', 'DELETE'))
        if clause == 'REMOVE':
            clauses[clause].append(path)
            continue
        bound[f':u{i}'] = (
            values.random_value(rng)
            if clause == 'SET'
            else rng.choice(({'N': rng.choice(values.NUMBERS[:15])}, {'SS': ['a', 'ab']}, {'NS': ['1', '2']}))
        )
        form = (
            rng.choice(
                ('{0} = {1}', '{0} = {1}', '{0} = if_not_exists({0}, {1})', '{0} = if_not_exists(b, {1})')
            )
            if clause == 'SET'
            else '{0} {1}'
        )
        clauses[clause].append(form.format(path, f':u{i}'))
    request['UpdateExpression'] = ' '.join(
        f'{clause} {", ".join(parts)}' for clause, parts in clauses.items() if parts
    )
    add_write_members(rng, request, ('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'))
    if not bound:
        del request['ExpressionAttributeValues']
    return Step(
        'UpdateItem',
        finished(rng, request),
        after=(('GetItem', {'TableName': each.name, 'Key': request['Key']}),),
    )


def get_item(rng):
    each = rng.choice(TABLES)
    request = {'TableName': each.name, 'Key': random_key(rng, each)}
    sometimes(rng, request, 'ConsistentRead', (True, False))
    add_projection(rng, request)
    sometimes(rng, request, 'ReturnConsumedCapacity', CAPACITY)
    return Step('GetItem', finished(rng, request))


def batch_write(rng):
    writes = {}
    for each in rng.sample(TABLES, rng.randint(1, 4)):
        writes[each.name] = [
            (
                {'PutRequest': {'Item': random_item(rng, each)}}
                if rng.random() < 0.7
                else {'DeleteRequest': {'Key': random_key(rng, each)}}
            )
            for _ in range(rng.randint(1, 6))
        ]
    request = {'RequestItems': writes}
    sometimes(rng, request, 'ReturnConsumedCapacity', CAPACITY)
    return Step('BatchWriteItem', request)


def batch_get(rng):
    tables = {}
    for each in rng.sample(TABLES, rng.randint(1, 4)):
        distinct = {str(one): one for one in (random_key(rng, each) for _ in range(rng.randint(1, 20)))}
        member = {'Keys': list(distinct.values())}
        sometimes(rng, member, 'ConsistentRead', (True, False))
        add_projection(rng, member, 0.3)
        tables[each.name] = finished(rng, member)
    request = {'RequestItems': tables}
    sometimes(rng, request, 'ReturnConsumedCapacity', CAPACITY)
    return Step('BatchGetItem', request)


def query(rng):
    each = rng.choice(TABLES)
    request = {'TableName': each.name}
    key_condition(rng, each, request)
    add_condition(rng, request, 'FilterExpression', 0.3)
    add_projection(rng, request, 0.3)
    add_select(rng, request)
    sometimes(rng, request, 'ScanIndexForward', (True, False), 0.6)
    sometimes(rng, request, 'Limit', (1, 2, 3, 5, 1000), 0.6)
    sometimes(rng, request, 'ConsistentRead', (True, False), 0.3)
    sometimes(rng, request, 'ReturnConsumedCapacity', CAPACITY)
    if rng.random() < 0.2:
        request['ExclusiveStartKey'] = random_key(rng, each)
        if rng.random() < 0.8:
            request['ExclusiveStartKey']['p'] = request['ExpressionAttributeValues'][':h']
    return Step('Query', finished(rng, request), pages=True)


def scan(rng):
    each = rng.choice(TABLES)
    request = {'TableName': each.name}
    add_condition(rng, request, 'FilterExpression', 0.5)
    add_projection(rng, request, 0.3)
    add_select(rng, request)
    sometimes(rng, request, 'Limit', (1, 2, 7, 50, 100000), 0.6)
    sometimes(rng, request, 'ConsistentRead', (True, False), 0.3)
    return Step('Scan', finished(rng, request), pages=True)


# ---- invalid requests ----


def places(node, path=()):
    """Every path into the request."""
    if path:
        yield path
    for name, child in list(
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    ):
        yield from places(child, path + (name,))


def spoil(rng, request):
    """Replaces, removes or adds something at a random place."""
    request = copy.deepcopy(request)
    path = rng.choice(list(places(request)))
    parent = request
    for name in path[:-1]:
        parent = parent[name]
    last, what = path[-1], rng.random()
    if what < 0.6:
        parent[last] = copy.deepcopy(rng.choice(JUNK[type(parent[last])]))
    elif what < 0.8:
        del parent[last]
    elif isinstance(parent, list):
        parent.append(copy.deepcopy(parent[last]))
    else:
        parent[rng.choice(('Foo', 'q', 'p', ':u', '#u', 'SS'))] = copy.deepcopy(parent[last])
    return request


def babble(rng, request):
    """An expression of random words, or with one."""
    request = copy.deepcopy(request)
    name = rng.choice([each for each in EXPRESSIONS if each in request] or EXPRESSIONS)
    text = ' '.join(rng.choices(WORDS, k=rng.randint(1, 8)))
    if rng.random() < 0.7 and request.get(name):
        words = request[name].split(' ')
        words[rng.randrange(len(words))] = rng.choice(WORDS)
        text = ' '.join(words)
    request[name] = text
    return request
