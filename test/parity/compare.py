"""Sends a step to an endpoint, and compares what two of them answered."""

import json

from client import Endpoint

# The parts of a table's description that have no reason to differ.
TABLE_MEMBERS = ('TableName', 'KeySchema', 'AttributeDefinitions', 'TableStatus')


def send(endpoint, step, request):
    """The answers to the step's request and to what is asked after it."""
    answers = [(all_pages if step.pages else Endpoint.call)(endpoint, step.operation, request)]
    answers += [endpoint.call(*request) for request in step.after]
    return answers


def all_pages(endpoint, operation, request):
    """All pages as one body: counts, and the items in the order they came."""
    request = dict(request)
    items, pages, seen = [], [], []
    while True:
        answer = endpoint.call(operation, request)
        if not answer.ok:
            return answer
        items += answer.body.pop('Items', [])
        pages.append(answer.body)
        last, name = last_key(operation, answer.body)
        if last is None:
            break
        if last in seen:
            raise RuntimeError(f'{endpoint.address}: {operation} gives the same page again: {request}')
        seen.append(last)
        request[name] = last
    scan = operation == 'Scan'
    answer.body = scanned(items, pages) if scan else {'Items': items, 'Pages': pages}
    answer.body['Count'] = sum(page.get('Count', 0) for page in pages)
    return answer


def last_key(operation, page):
    """Where the next page begins (None: nowhere), and the member that says so."""
    if operation == 'ListTables':
        return page.get('LastEvaluatedTableName'), 'ExclusiveStartTableName'
    return page.get('LastEvaluatedKey'), 'ExclusiveStartKey'


def scanned(items, pages):
    """What two endpoints that scan in different orders have in common."""
    return {
        'ScannedItems': items,
        'ScannedCount': [page['ScannedCount'] for page in pages],
        'Members': sorted({name for page in pages for name in page}),
    }


def differences(ours, other):
    """(ours, other) in a few words, for each difference of two lists of answers."""
    for i, (one, two) in enumerate(zip(ours, other)):
        where = 'then ' if i else ''
        if one.error != two.error:
            yield where + outcome(one), where + outcome(two)
            if one.ok != two.ok:
                return  # then what follows differs, too
        elif one.ok:
            yield from differences_of_bodies(comparable(one.body), comparable(two.body), where)
        else:
            yield from differences_of_bodies(
                {'Item': one.body.get('Item')}, {'Item': two.body.get('Item')}, where
            )


def outcome(answer):
    """The error, or what can be said of a reply in a few words."""
    if answer.error:
        return answer.error
    return f'200, Count {answer.body["Count"]}' if 'Count' in answer.body else '200'


def differences_of_bodies(ours, other, where):
    for path, one, two in differences_of_values(canonical(ours), canonical(other)):
        yield f'{where}{path}: {json.dumps(one)}', f'{where}{path}: {json.dumps(two)}'


def differences_of_values(ours, other, path=''):
    """Where two canonical values differ: (path, ours, other) for each place."""
    if isinstance(ours, dict) and isinstance(other, dict):
        for name in sorted(set(ours) | set(other)):
            yield from differences_of_values(ours.get(name), other.get(name), f'{path}.{name}'.lstrip('.'))
    elif isinstance(ours, list) and isinstance(other, list) and len(ours) == len(other):
        for i, (one, two) in enumerate(zip(ours, other)):
            yield from differences_of_values(one, two, f'{path}[{i}]')
    elif ours != other:
        yield path, ours, other


def comparable(body):
    """The part of a reply that can be the same."""
    for name in ('TableDescription', 'Table'):
        if name in body:
            return {member: body[name].get(member) for member in TABLE_MEMBERS}
    if isinstance(body.get('ConsumedCapacity'), list):
        return {**body, 'ConsumedCapacity': {each['TableName']: each for each in body['ConsumedCapacity']}}
    return body


def canonical(value, path=()):
    """The value with everything that has no order sorted."""
    if isinstance(value, dict):
        return {name: canonical(member, path + (name,)) for name, member in value.items()}
    if isinstance(value, list):
        members = [canonical(member, path) for member in value]
        return sorted(members, key=sort_key) if is_unordered(path) else members
    return value


def sort_key(value):
    return json.dumps(value, sort_keys=True)


def is_unordered(path):
    """Sets, the items of a batch or a whole scan, and lists of attributes."""
    if path[-1] in ('SS', 'NS', 'BS', 'AttributeDefinitions', 'ScannedItems'):
        return True
    return path[0] == 'Responses' and len(path) == 2
