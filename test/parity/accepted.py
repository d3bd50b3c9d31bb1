"""Differences from DynamoDB Local that are meant to be.

Local is not the service.  Where the service's documentation or its known
wording says otherwise, dynamo follows the service; each rule says why.
"""
import re
from collections import namedtuple

# The parts of a table's description that have no reason to differ.
TABLE_MEMBERS = ("TableName", "KeySchema", "AttributeDefinitions", "TableStatus")

# Patterns of re.match(); an answer is "200", "Exception: message" or
# "path.to.member: value".
Rule = namedtuple("Rule", "operations ours other reason")

READS = "Query Scan"
ANY = "*"

INVALID = "ValidationException: (ExpressionAttributeValues contains invalid value: )?"
PARAMETER = "One or more parameter values were invalid: "

# Texts of ValidationException: the service's own and Local's, and what about.
WORDS = [
    (r"The provided starting key is",
     r"(The provided starting key does not match|The query can return at most|Exclusive Start Key must|Type mismatch)",
     "start key"),
    (r"The provided starting key is invalid: Invalid ExclusiveStartKey", r"Exclusive start key must lie", "start key"),
    (r"(The parameter 'TableName' is required|TableName must be)",
     r"(Value null at 'tableName'|Invalid table/index name|Supplied AttributeValue)", "table name"),
    (r"The parameter cannot be converted to a numeric value", r"A value provided cannot be converted", "number"),
    (r"Attempting to store more than 38", r"DynamoDB only supports precision", "number"),
    (r"Number (over|under)flow", r"Number (over|under)flow", "number"),
    (PARAMETER + r"(Missing the key|Type mismatch for key)",
     r"(One of the required keys was|Item to put in PutItem|" + PARAMETER + r"Type mismatch for key)", "key"),
    (r"The provided key element does not match",
     r"(One of the required keys was|" + PARAMETER + r"Type mismatch for key)", "key"),
    (r"The number of conditions on the keys", r"The list of keys in RequestItems", "key"),
    (PARAMETER + r"(Size of hashkey|Aggregated size)", r"Hash primary key values must be", "key size"),
    (PARAMETER + r"Condition parameter type", PARAMETER + r"Aggregated size", "which of two comes first"),
    (r"Query condition missed key schema element: ", r"Query condition missed key schema element$", "key condition"),
    (r".*Input collection .*contains duplicates", r".*Input collection .*contains duplicates", "set"),
    (PARAMETER + r"An string set", r"(" + PARAMETER + r"An string set|A value provided)", "set"),
    (r"Supplied AttributeValue (is empty|has more than one)",
     r"(The supplied Item contains a null|" + PARAMETER + r"An string set)", "value"),
    (r"ExpressionAttribute(Names|Values) contains invalid key",
     r"ExpressionAttribute(Names|Values) contains invalid key", "which of several comes first"),
    (r"The (Total)?Segments? parameter", r"If (total )?segment", "segment"),
]

RULES = [
    Rule("DeleteItem", r"ConsumedCapacity: null", r"ConsumedCapacity: {.*",
         "Local reports capacity for the deletion of an absent item unasked"),
    Rule("BatchWriteItem", r"ConsumedCapacity\S*: \d+\.\d", r"ConsumedCapacity\S*: \d+\.\d",
         "Local counts the deletion of an absent item in a batch twice"),
    Rule("BatchGetItem", r"ConsumedCapacity\S*: \d+\.\d", r"ConsumedCapacity\S*: \d+\.\d",
         "Documentation: an absent item consumes the minimum; Local counts none in a batch"),
    Rule(READS, r"\S*CapacityUnits: (0\.5|1\.0)", r"\S*CapacityUnits: 0\.0",
         "Documentation: a page with nothing consumes the minimum; Local counts none"),
    Rule("BatchGetItem", r"ValidationException: Provided list of item keys contains duplicates", r"200",
         "Local takes two spellings of one number for two keys"),
    Rule("BatchGetItem BatchWriteItem", r"ValidationException",
         r"ValidationException: Provided list of item keys contains duplicates",
         "Duplicates are looked for in keys that fit the table"),
    Rule(ANY, r"ValidationException: Invalid ProjectionExpression: Two document paths (overlap|conflict)",
         r"ValidationException: Invalid ProjectionExpression: Two document paths (overlap|conflict)",
         "Which of several clashes is shown depends on Local's hash table"),
    Rule(ANY, r"SerializationException: ", r"", "Local has no answer of its own to a wrong JSON type"),
    Rule(ANY, r"ValidationException: ", r"InternalFailure: ", "Local fails instead of answering"),
    Rule(ANY, r"ValidationException: \d+ validation errors? detected: ", r"",
         "Local does not check the model's constraints"),
    Rule(ANY, r".*Attribute name is a reserved keyword; reserved keyword: size", r"", "Documentation: SIZE is reserved"),
    Rule("Query", r"200", r"ValidationException: The provided starting key does not match",
         "A start key at the end of the range gives an empty page"),
    Rule("GetItem BatchGetItem", r"ValidationException: Invalid ProjectionExpression", r"ValidationException: ",
         "Expressions are checked before the keys"),
    Rule("Query", r"ValidationException: " + PARAMETER + r"(Size of hashkey|Aggregated size)", r"",
         "Local lets a Query ask for keys that are too long"),
    Rule(READS, r"ValidationException: (Cannot|Must) specify the ", r"ValidationException: The provided starting key ",
         "What needs no table is checked before what does"),
    Rule(ANY, r"ResourceNotFoundException: Requested resource not found", r"ResourceNotFoundException: ",
         "The service's own words: table"),
    *(Rule(ANY, INVALID + ours, INVALID + other, "The service's own words: " + about) for ours, other, about in WORDS),
]


def comparable(operation, body):
    """The part of a reply that can be the same."""
    for name in ("TableDescription", "Table"):
        if name in body:
            return {member: body[name].get(member) for member in TABLE_MEMBERS}
    if isinstance(body.get("ConsumedCapacity"), list):
        body["ConsumedCapacity"] = {each["TableName"]: each for each in body["ConsumedCapacity"]}
    return body


def reason(step, ours, other):
    """Why this difference is accepted, or None."""
    for rule in RULES:
        if rule.operations != ANY and step.operation not in rule.operations.split():
            continue
        if re.match(rule.ours, ours, re.S) and re.match(rule.other, other, re.S):
            return rule.reason
    return None
