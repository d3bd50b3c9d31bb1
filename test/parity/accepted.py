"""Differences from DynamoDB Local that are meant to be.

Local differs from the service in places; where the service's documentation or
its known wording says otherwise, dynamo follows the service.
"""
import re

TABLE_MEMBERS = ("TableName", "KeySchema", "AttributeDefinitions", "TableStatus")
RULES = []

def comparable(operation, body):
    """The part of a reply that can be the same."""
    for name in ("TableDescription", "Table"):
        if name in body:
            table = body[name]
            return {member: table.get(member) for member in TABLE_MEMBERS}
    if operation == "ListTables":
        return body
    return body


def reason(step, ours, other):
    """Why this difference is accepted, or None."""
    for operations, our_pattern, other_pattern, why in RULES:
        if step.operation in operations.split() or operations == "*":
            if re.match(our_pattern, ours, re.S) and re.match(other_pattern, other, re.S):
                return why
    return None
