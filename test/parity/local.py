"""What DynamoDB Local must be sent, and taken from its answer, to be comparable.

Three things it does in another way than the documentation says, with results
that no pattern could describe:

AttributeUpdates without Action: the documentation says "PUT (default)"; Local
ignores such an update.  It is sent the same request with PUT written out.

UPDATED_OLD and UPDATED_NEW of document paths: the documentation promises "only
the updated attributes"; Local returns the whole top-level attribute, dynamo what
lies on the updated paths: of maps the members, of lists the elements.  Local's
answer is cut down to that.

Numbers: the documentation says "Leading and trailing zeroes are trimmed"; Local
leaves many as they were sent.  They are spelled without exponent and such zeros.
"""

import decimal
import re

# More digits than a number can have; the default would round them.
decimal.getcontext().prec = 100

TOKEN = re.compile(r'[#:]?[^\s#:.,=()\[\]+-]+|\[\s*\d+\s*\]|[.,=()+-]')
CLAUSES = ('SET', 'REMOVE', 'ADD', 'DELETE')


def request_for(step):
    """The request, and a difference to account for if it is not dynamo's."""
    updates = step.request.get('AttributeUpdates') if isinstance(step.request, dict) else None
    if step.operation != 'UpdateItem' or not isinstance(updates, dict):
        return step.request, []
    spelled = {
        name: {'Action': 'PUT', **update} if isinstance(update, dict) else update
        for name, update in updates.items()
    }
    if spelled == updates:
        return step.request, []
    return {**step.request, 'AttributeUpdates': spelled}, [
        ('AttributeUpdates without Action', 'AttributeUpdates with Action PUT')
    ]


def with_numbers_spelled(value, name=None):
    """The reply with every number as the documentation has it."""
    if isinstance(value, dict):
        return {member: with_numbers_spelled(inner, member) for member, inner in value.items()}
    if isinstance(value, list):
        return [with_numbers_spelled(inner, name) for inner in value]
    if name in ('N', 'NS') and isinstance(value, str):
        return format(decimal.Decimal(value).normalize() + 0, 'f')
    return value


def cut(step, answer):
    """Cuts Local's answer down; a difference to account for if it was more."""
    whole = answer.body.get('Attributes')
    if (
        whole is None
        or 'UpdateExpression' not in step.request
        or not step.request['ReturnValues'].startswith('UPDATED_')
    ):
        return []
    part = part_of(whole, step.request)
    if part == whole:
        return []
    answer.body['Attributes'] = part
    if not part:
        del answer.body['Attributes']
    return [('Attributes: what is on the updated paths', 'Attributes: all of the updated attributes')]


def part_of(attributes, request):
    """What the update's paths have of these attributes."""
    tree = {}
    for path in paths(request['UpdateExpression'], request.get('ExpressionAttributeNames', {})):
        node = tree
        for step in path:
            node = node.setdefault(step, {})
    return pruned(attributes, tree)


def pruned(members, tree):
    found = {name: value(members[name], inner) for name, inner in tree.items() if name in members}
    return {name: each for name, each in found.items() if each is not None}


def value(whole, tree):
    """The part of a value; None if nothing of it is on a path."""
    if not tree:
        return whole
    if 'M' in whole:
        part = pruned(whole['M'], tree)
        return {'M': part} if part else None
    if 'L' in whole:
        elements = whole['L']
        part = [
            value(elements[i], tree[i])
            for i in sorted(i for i in tree if isinstance(i, int))
            if i < len(elements)
        ]
        part = [each for each in part if each is not None]
        return {'L': part} if part else None
    return None


def paths(text, names):
    """The paths that an update expression writes to, as lists of names and indexes."""
    tokens = TOKEN.findall(text)
    depth, expected = 0, False
    for at, token in enumerate(tokens):
        depth += {'(': 1, ')': -1}.get(token, 0)
        if token.upper() in CLAUSES or (token == ',' and depth == 0):
            expected = True
        elif expected:
            yield path_at(tokens, at, names)
            expected = False


def path_at(tokens, at, names):
    path = [names.get(tokens[at], tokens[at])]
    while at + 1 < len(tokens):
        if tokens[at + 1] == '.':
            at += 2
            path.append(names.get(tokens[at], tokens[at]))
        elif tokens[at + 1].startswith('['):
            at += 1
            path.append(int(tokens[at][1:-1]))
        else:
            break
    return path
