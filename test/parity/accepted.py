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

RULES = [
    Rule("DeleteItem", r"ConsumedCapacity: null", r"ConsumedCapacity: {.*",
         "Local reports capacity for the deletion of an absent item unasked"),
    Rule("BatchWriteItem", r"ConsumedCapacity\S*: \d+\.\d", r"ConsumedCapacity\S*: \d+\.\d",
         "Local counts the deletion of an absent item in a batch twice"),
    Rule("BatchGetItem", r"ConsumedCapacity\S*: \d+\.\d", r"ConsumedCapacity\S*: \d+\.\d",
         "Documentation: an absent item consumes the minimum; Local counts none in a batch"),
    Rule(READS, r"Pages\S*CapacityUnits: (0\.5|1\.0)", r"Pages\S*CapacityUnits: 0\.0",
         "Documentation: a page with nothing consumes the minimum; Local counts none"),
    Rule("BatchGetItem", r"ValidationException: Provided list of item keys contains duplicates", r"200",
         "Local takes two spellings of one number for two keys"),
    Rule(ANY, r"ValidationException: Invalid ProjectionExpression: Two document paths (overlap|conflict)",
         r"ValidationException: Invalid ProjectionExpression: Two document paths (overlap|conflict)",
         "Which of several clashes is shown depends on Local's hash table"),
    Rule(READS, r"ValidationException: The provided starting key is", r"ValidationException: The provided starting key does not match",
         "The service's own words for a start key that cannot be"),
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
