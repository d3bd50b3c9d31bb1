"""Random requests, most of them valid, and valid ones that were spoilt.

Every generator function takes a random.Random and returns a step: the
operation, the request, and whether to follow its pages to the end.
"""
import copy
from collections import namedtuple

import values

Step = namedtuple("Step", "operation request pages")
Table = namedtuple("Table", "name hash range")

TABLES = [Table("Parity-" + h + (r or ""), h, r) for h in "SNB" for r in ("S", "N", "B", None)]
WRITES = ("PutItem", "DeleteItem", "BatchWriteItem", "DeleteTable")
OPERATORS = ["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"]
CAPACITY = [None, "NONE", "TOTAL", "INDEXES"]
PATHS = ["a", "b", "c", "d", "m", "l", "a.b", "m.a", "m.b.c", "m.a[0]", "l[0]", "l[1]", "l[2].a", "b[1]", "c.d.a", "p", "r",
         "nothing", "a[0][1]", "#n", "#n.a", "m.#n", "l[3]", "d.l[1]"]
WORDS = ["p", "r", "=", "<", "<>", ":v", ":w", "AND", "and", "OR", "NOT", "BETWEEN", "IN", "begins_with", "(", ")", ",", ".", "[0]",
         "#n", "size", "contains", "5", "name", "-", "\"", "  ", "attribute_exists", "é", ":undefined", "#undefined"]


def create_table(table):
    keys = [("p", "HASH", table.hash)] + ([("r", "RANGE", table.range)] if table.range else [])
    return Step("CreateTable", {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": name, "KeyType": use} for name, use, _ in keys],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": type_} for name, _, type_ in keys],
    }, False)


# ---- pieces of requests ----

def key(rng, table, few=True):
    """A key; of few partition keys, so that partitions have several items."""
    hash_value = values.key_value(rng, table.hash)
    if few and table.range and rng.random() < 0.7:
        hash_value = {"S": {"S": "part"}, "N": {"N": "7"}, "B": {"B": "cGFydA=="}}[table.hash]
    result = {"p": hash_value}
    if table.range:
        result["r"] = values.key_value(rng, table.range)
    return result


def item(rng, table):
    return {**values.attributes(rng), **key(rng, table)}


def sometimes(rng, request, name, choices, chance=0.4):
    if rng.random() < chance:
        chosen = rng.choice(choices)
        if chosen is not None:
            request[name] = chosen


def capacity(rng, request):
    sometimes(rng, request, "ReturnConsumedCapacity", CAPACITY)


def projection(rng, request, chance=0.5):
    """Paths may overlap or conflict; then both endpoints must say so."""
    if rng.random() >= chance:
        return
    paths = rng.sample(PATHS, rng.randint(1, 4))
    request["ProjectionExpression"] = rng.choice([",", ", ", " ,\n"]).join(paths)
    if any("#n" in path for path in paths):
        request.setdefault("ExpressionAttributeNames", {})["#n"] = rng.choice(values.NAMES[:-1])


def key_condition(rng, table, request):
    bound = {":h": key(rng, table)["p"]}
    condition = rng.choice(["p = :h", ":h = p", "(p = :h)", "#p = :h"])
    if table.range and rng.random() < 0.7:
        bound[":v"] = values.key_value(rng, table.range)
        operator = rng.choice(OPERATORS)
        if operator == "BETWEEN":
            bound[":w"] = values.key_value(rng, table.range)
            part = "r BETWEEN :v AND :w"
        elif operator == "begins_with":
            part = "begins_with(r, :v)"
        else:
            part = rng.choice(["r {} :v", ":v {} r", "(r {} :v)"]).format(operator)
        condition = f"{condition} AND {part}" if rng.random() < 0.8 else f"{part} and {condition}"
    request["KeyConditionExpression"] = condition
    request["ExpressionAttributeValues"] = bound
    if "#p" in condition:
        request.setdefault("ExpressionAttributeNames", {})["#p"] = "p"


# ---- valid requests ----

def put_item(rng):
    table = rng.choice(TABLES)
    request = {"TableName": table.name, "Item": item(rng, table)}
    sometimes(rng, request, "ReturnValues", ["NONE", "ALL_OLD"])
    sometimes(rng, request, "ReturnItemCollectionMetrics", ["NONE"])
    capacity(rng, request)
    return Step("PutItem", request, False)


def delete_item(rng):
    table = rng.choice(TABLES)
    request = {"TableName": table.name, "Key": key(rng, table)}
    sometimes(rng, request, "ReturnValues", ["NONE", "ALL_OLD"])
    capacity(rng, request)
    return Step("DeleteItem", request, False)


def get_item(rng):
    table = rng.choice(TABLES)
    request = {"TableName": table.name, "Key": key(rng, table)}
    sometimes(rng, request, "ConsistentRead", [True, False])
    projection(rng, request)
    capacity(rng, request)
    return Step("GetItem", request, False)


def batch_write(rng):
    writes = {}
    for table in rng.sample(TABLES, rng.randint(1, 4)):
        keys = []
        for _ in range(rng.randint(1, 6)):
            if rng.random() < 0.7:
                keys.append({"PutRequest": {"Item": item(rng, table)}})
            else:
                keys.append({"DeleteRequest": {"Key": key(rng, table)}})
        writes[table.name] = keys
    request = {"RequestItems": writes}
    capacity(rng, request)
    return Step("BatchWriteItem", request, False)


def batch_get(rng):
    tables = {}
    for table in rng.sample(TABLES, rng.randint(1, 4)):
        distinct = {str(one): one for one in (key(rng, table) for _ in range(rng.randint(1, 20)))}
        member = {"Keys": list(distinct.values())}
        sometimes(rng, member, "ConsistentRead", [True, False])
        projection(rng, member, 0.3)
        tables[table.name] = member
    request = {"RequestItems": tables}
    capacity(rng, request)
    return Step("BatchGetItem", request, False)


def select(rng, request):
    if "ProjectionExpression" in request:
        sometimes(rng, request, "Select", ["SPECIFIC_ATTRIBUTES"], 0.3)
    else:
        sometimes(rng, request, "Select", ["ALL_ATTRIBUTES", "COUNT"], 0.3)


def query(rng):
    table = rng.choice(TABLES)
    request = {"TableName": table.name}
    key_condition(rng, table, request)
    projection(rng, request, 0.3)
    select(rng, request)
    sometimes(rng, request, "ScanIndexForward", [True, False], 0.6)
    sometimes(rng, request, "Limit", [1, 2, 3, 5, 1000], 0.6)
    sometimes(rng, request, "ConsistentRead", [True, False], 0.3)
    capacity(rng, request)
    if rng.random() < 0.2:
        request["ExclusiveStartKey"] = key(rng, table)
        if rng.random() < 0.8:
            request["ExclusiveStartKey"]["p"] = request["ExpressionAttributeValues"][":h"]
    return Step("Query", request, True)


def scan(rng):
    """Pages are compared as a whole: the order is each endpoint's own."""
    table = rng.choice(TABLES)
    request = {"TableName": table.name}
    projection(rng, request, 0.3)
    select(rng, request)
    sometimes(rng, request, "Limit", [1, 2, 7, 50, 100000], 0.6)
    sometimes(rng, request, "ConsistentRead", [True, False], 0.3)
    return Step("Scan", request, True)


def describe_table(rng):
    return Step("DescribeTable", {"TableName": rng.choice(TABLES).name}, False)


def list_tables(rng):
    request = {}
    sometimes(rng, request, "Limit", [1, 2, 5, 11, 12, 100])
    sometimes(rng, request, "ExclusiveStartTableName", [table.name for table in TABLES] + ["Parity", "zzz", "AAA"])
    return Step("ListTables", request, True)


VALID = [(put_item, 10), (batch_write, 5), (delete_item, 3), (get_item, 8), (batch_get, 5), (query, 12), (scan, 2),
         (describe_table, 1), (list_tables, 1)]


def valid(rng):
    makers, weights = zip(*VALID)
    return rng.choices(makers, weights)[0](rng)


# ---- invalid requests ----

JUNK = [None, "", "x", 0, -1, 1.5, 10 ** 20, True, [], {}, [None], {"S": "a"}, {"S": 1}, {"X": "a"}, {"N": "abc"}, {"N": ""},
        {"S": "a", "N": "1"}, {"NULL": False}, {"SS": []}, {"SS": ["a", "a"]}, {"NS": ["1", "1.0"]}, {"NS": ["x"]}, {"B": "***"},
        {"BS": ["AA==", "AA=="]}, {"N": "1e126"}, {"N": "1e-131"}, {"N": "1" * 39}, {"L": [{"S": ""}, {}]}, {"M": {"a": {}}},
        {"S": "x" * 1025}, {"S": "x" * 2049}, {"B": "eHh4" * 700}]


def places(node, path=()):
    """Every path into the request."""
    yield path
    if isinstance(node, dict):
        for name in node:
            yield from places(node[name], path + (name,))
    elif isinstance(node, list):
        for i, member in enumerate(node):
            yield from places(member, path + (i,))


def spoil(rng, request):
    """Replaces, removes or adds something at a random place."""
    request = copy.deepcopy(request)
    path = rng.choice(list(places(request)))
    if not path:
        request[rng.choice(["Foo", "Limit", "Select", "Segment", "TotalSegments", "ExclusiveStartKey", "ReturnValues", "IndexName",
                            "ExpressionAttributeNames", "ExpressionAttributeValues"])] = rng.choice(JUNK)
        return request
    parent = request
    for step in path[:-1]:
        parent = parent[step]
    what = rng.random()
    if what < 0.5:
        parent[path[-1]] = rng.choice(JUNK)
    elif what < 0.8:
        del parent[path[-1]]
    elif isinstance(parent, dict):
        parent[rng.choice(["Foo", "q", "p", ":u", "#u", "SS"])] = rng.choice(JUNK)
    else:
        parent.append(copy.deepcopy(parent[path[-1]]))
    return request


def babble(rng, request):
    """An expression of random words."""
    request = copy.deepcopy(request)
    name = rng.choice(["ProjectionExpression", "KeyConditionExpression"])
    text = " ".join(rng.choices(WORDS, k=rng.randint(1, 8)))
    if rng.random() < 0.6 and request.get(name):
        words = request[name].split(" ")
        words[rng.randrange(len(words))] = rng.choice(WORDS)
        text = " ".join(words)
    request[name] = text
    return request


def invalid(rng):
    step = valid(rng)
    if step.operation == "Query" and rng.random() < 0.5:
        return Step("Query", babble(rng, step.request), False)
    return Step(step.operation, spoil(rng, step.request), step.pages)
