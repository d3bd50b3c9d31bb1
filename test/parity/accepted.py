r"""Differences from DynamoDB Local that are meant to be.

Local is not the service.  Where the service's documentation or its known
wording says otherwise, dynamo follows the service.  A rule names the operations
it is for, what dynamo answers and what Local does, and why.

An answer is "200", "200, Count 5", "Exception: message" or "path.to.member:
value"; "then" stands before what was asked after a write.  The patterns must
match all of it; \1 in Local's is what a group of dynamo's matched.
"""

import re
from collections import namedtuple

# check: what else must be true of the match, or None.
# expected: the rule holds only where service.py says what the service answers,
# and dynamo answered just that.
Rule = namedtuple('Rule', 'name operations ours other reason check expected')
RULES = []

ANY = 'any'
READS = 'Query Scan'


def rule(name, operations, ours, other, reason, check=None, expected=False):
    """ours and other are patterns or tuples of them."""
    RULES.append(Rule(name, operations, one_of(ours), one_of(other), reason, check, expected))


def one_of(patterns):
    return '(?:' + '|'.join((patterns,) if isinstance(patterns, str) else patterns) + ')'


def invalid(*texts):
    """ValidationException with one of these texts; of a value also as Expressions word it."""
    return rf'ValidationException: (?:ExpressionAttributeValues contains invalid value: )?{one_of(texts)}(?: for key :\S+)?'


def rule_for(operation, expected, ours, other):
    """The name of the rule that accepts this difference, or None."""
    for each in RULES:
        if each.operations != ANY and operation not in each.operations.split():
            continue
        if each.expected and expected is None:
            continue
        match = re.fullmatch(f'{each.ours}\n{each.other}', f'{ours}\n{other}', re.S)
        if match and (each.check is None or each.check(match)):
            return each.name
    return None


def as_table():
    """The rules for README.md."""
    lines = ['| difference | operations | why |', '|---|---|---|']
    lines += [f'| {each.name} | {each.operations.replace(" ", ", ")} | {each.reason} |' for each in RULES]
    return '\n'.join(lines)


PARAMETER = 'One or more parameter values were invalid: '
START = 'The provided starting key is '
SCHEMA = 'The provided key element does not match the schema'

# ---- words: both refuse, each with its own text ----

rule(
    'no such table',
    ANY,
    r'ResourceNotFoundException: Requested resource not found(?:: Table: \S+ not found)?',
    'ResourceNotFoundException: Cannot do operations on a non-existent table',
    "the service's own words",
)
rule(
    'not a number',
    ANY,
    invalid(r'The parameter cannot be converted to a numeric value(?:: .*?)?'),
    invalid('A value provided cannot be converted into a number'),
    "the service's own words",
)
rule(
    'more than 38 digits',
    ANY,
    invalid('Attempting to store more than 38 significant digits in a Number'),
    invalid('DynamoDB only supports precision up to 38 digits'),
    "the service's own words",
)
rule(
    'set with duplicates',
    ANY,
    invalid(
        PARAMETER + r'Input collection \[.*\] contains duplicates\.',
        PARAMETER + r'Input collection \[.*\]of type BS contains duplicates\.',
    ),
    invalid(
        PARAMETER + r'Input collection \[.*\] contains duplicates',
        PARAMETER + r'Input collection of type BS contains duplicates\.',
    ),
    "the service's own words, with their full stop and the values of binary sets",
)
rule(
    'null in a list or map',
    ANY,
    invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'),
    invalid(r'The supplied Item contains a null AttributeValue(?:: \S+ is null)?'),
    "the service's own words for a value without a type",
)
rule(
    'exponent of eleven digits',
    ANY,
    invalid('Number overflow. Attempting to store a number with magnitude larger than supported range'),
    invalid('A value provided cannot be converted into a number'),
    'it is a number, and too large',
)
rule(
    'key of an item',
    'PutItem BatchWriteItem',
    invalid(
        PARAMETER + r'Missing the key [pr] in the item',
        PARAMETER + r'Type mismatch for key [pr] expected: [SNB] actual: \w+',
    ),
    invalid(
        'One of the required keys was not given a value',
        'Item to put in PutItem cannot be null',
        PARAMETER + 'Type mismatch for key',
        'Invalid attribute value type',
    ),
    "the service's own words",
)
rule(
    'key',
    ANY,
    invalid(SCHEMA, 'The number of conditions on the keys is invalid'),
    invalid(
        'One of the required keys was not given a value',
        PARAMETER + 'Type mismatch for key',
        'Invalid attribute value type',
        r'The list of keys in RequestItems for BatchGetItem may not contain null or empty values: \S+ has one or more empty keys',
    ),
    "the service's own words",
)
rule(
    'key of an index',
    'PutItem UpdateItem BatchWriteItem',
    invalid(PARAMETER + r'Type mismatch for Index Key [gh] Expected: [SNB] Actual: \w+ IndexName: \S+'),
    invalid(PARAMETER + 'Type mismatch for Index Key', 'Invalid attribute value type'),
    "the service's own words",
)
rule(
    'type of the key of an index',
    'UpdateItem',
    invalid(PARAMETER + r'Type mismatch for Index Key [gh] Expected: [SNB] Actual: \w+ IndexName: \S+'),
    invalid('Updates on index keys must be of the same data type as the key attribute'),
    "the service's own words; Local's are for AttributeUpdates of an item that is not there",
)
rule(
    'key of which index',
    'PutItem UpdateItem BatchWriteItem',
    invalid(
        r'(One or more parameter values are not valid\. A value specified for a secondary index key is not supported\. .*) IndexName: \S+, IndexKey: g'
    ),
    r'ValidationException: \1 IndexName: \S+, IndexKey: g',
    "of several indexes with that key Local names the one of its hash table",
)
rule(
    'filter attributes that an index does not have',
    'Query',
    invalid(
        r'(One or more parameter values were invalid: Secondary index \S+ does not project one or more filter attributes: )\[x, m\]'
    ),
    r'ValidationException: \1\[m, x\]',
    "Local lists them in the order of its hash table",
)
rule(
    'item collections',
    'PutItem UpdateItem DeleteItem',
    r'ItemCollectionMetrics: \{"ItemCollectionKey": \{"p": \{"S": "new"\}\}, "SizeEstimateRangeGB": \[0\.0, 1\.0\]\}',
    'ItemCollectionMetrics: null',
    'documentation: "Information about item collections, if any, that were affected by the operation"; Local never has any',
)
rule(
    'key too long',
    ANY,
    invalid(
        PARAMETER + 'Size of hashkey has exceeded the maximum size limit of2048 bytes',
        PARAMETER + 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ),
    invalid(
        'Hash primary key values must be under 2048 bytes, and range primary key values must be under 1024 bytes',
        PARAMETER + 'Size limit exceeded',
    ),
    "the service's own words (with the blank missing)",
)
rule(
    'starting key',
    READS,
    invalid(START + 'invalid', START + 'invalid: ' + SCHEMA),
    invalid(
        "Exclusive Start Key must have same size as table's key schema",
        START + 'invalid',
        'Type mismatch for attribute to update',
    ),
    "the service's own words",
)
rule(
    'starting key with an empty value',
    READS,
    invalid(
        START
        + r'(invalid: One or more parameter values are not valid\. (?:A value specified for a secondary index key is not supported\. )?The AttributeValue for a key attribute cannot contain an empty (?:string|binary) value\. (?:Key: [pr]|IndexName: \S+, IndexKey: g))'
    ),
    invalid('The query can return at most one row and cannot be restarted. ' + START + r'\1'),
    'Local adds what is true of no such query',
)
rule(
    'starting key of another partition',
    'Query',
    invalid(START + 'outside query boundaries based on provided conditions'),
    invalid('The provided starting key does not match the range key predicate'),
    "the service's own words",
)
rule(
    'missed sort key',
    'Query',
    invalid(r'Query condition missed key schema element: \w+'),
    invalid('Query condition missed key schema element'),
    "the service's own words",
)
rule(
    'segment',
    'Scan',
    invalid(
        'The (?:TotalSegments|Segment) parameter is required but was not present in the request when (?:Segment parameter|parameter TotalSegments) is present',
        r'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: \d+ is not less than TotalSegments: \d+',
    ),
    (
        invalid(
            'If total segments is specified, a particular segment must also be specified for this request',
            'If segment is specified, total segment must also be specified',
        ),
        r"ValidationException: 1 validation error detected: Value '\d+' at 'segment' failed to satisfy constraint: Member must have value less than or equal to \d+",
    ),
    "the service's own words",
)
rule(
    'starting key of another segment',
    'Scan',
    invalid(
        START
        + r'invalid: Invalid ExclusiveStartKey\. Please use ExclusiveStartKey with correct Segment\. TotalSegments: \d+ Segment: \d+'
    ),
    invalid('Exclusive start key must lie within the segment'),
    "the service's own words",
)
rule(
    'attribute twice in AttributesToGet',
    'GetItem BatchGetItem Query Scan',
    invalid(PARAMETER + r'Duplicate value in attribute name: .*'),
    invalid('Cannot have two attributes with the same name'),
    "the service's own words",
)
rule(
    'null in a binary set',
    ANY,
    invalid(PARAMETER + 'Binary sets may not contain null values'),
    'InternalFailure: The request processing has failed because of an unknown error, exception or failure.',
    'Local fails',
)
rule(
    'operand types of attribute_type',
    ANY,
    r'(ValidationException: Invalid \w+: Incorrect operand type for operator or function; operator or function: attribute_type, operand type: )\{N,BS,L,B,NULL,M,S,SS,NS,BOOL\}',
    r'\1\{[A-Z,]*\bDICT\b[A-Z,]*\}',
    'Local lists types that the service does not have',
)
rule(
    'token outside the BMP',
    ANY,
    r'(ValidationException: Invalid \w+: Syntax error; token: )"\U0001F600", near: .*',
    '\\1"\ud83d", near: .*',
    "half a surrogate pair is no text that a client could read",
)
rule(
    'which paths clash',
    ANY,
    r'(ValidationException: Invalid (?:Projection|Update)Expression: Two document paths (?:overlap|conflict) with each other; .* path one: \[.*\]), path two: \[.*\]',
    r'\1, path two: \[.*\]',
    "Local names a path that does not clash, whichever its hash table has last",
)

# ---- order: both refuse, for different reasons ----

rule(
    'Select before the index',
    READS,
    invalid(r'(?:Cannot|Must) specify the .* when choosing to get .*'),
    invalid(
        'The table does not have the specified index: idx',
        PARAMETER + r'Secondary index \S+ does not project one or more filter attributes: .*',
    ),
    'what needs no table is checked before what does',
)
rule(
    'AttributeUpdates before Expected',
    'UpdateItem',
    invalid(
        'Attribute name is too large, must be less than 65536 bytes',
        'Empty attribute name',
        'Number overflow. Attempting to store a number with magnitude larger than supported range',
        PARAMETER + 'An string set  may not be empty',
        'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ),
    'ConditionalCheckFailedException: The conditional request failed',
    'what needs no table is checked before what does',
)
rule(
    'expression before table and key',
    ANY,
    invalid(
        r'Invalid \w+Expression: .*',
        r'Value provided in ExpressionAttribute(?:Names|Values) unused in expressions: .*',
    ),
    (
        'ResourceNotFoundException: Cannot do operations on a non-existent table',
        invalid(
            'The number of conditions on the keys is invalid',
            'One of the required keys was not given a value',
            PARAMETER + 'Type mismatch for key',
            'Invalid attribute value type',
        ),
    ),
    'what needs no table is checked before what does',
)
rule(
    'which table first',
    'BatchGetItem',
    invalid('Invalid ProjectionExpression: .*'),
    invalid(
        'Invalid ProjectionExpression: .*',
        'DynamoDB only supports precision up to 38 digits',
        'A value provided cannot be converted into a number',
    ),
    'of errors for several tables, Local shows the one of its hash table',
)
rule(
    'duplicate keys among bad ones',
    'BatchGetItem BatchWriteItem',
    (
        'ResourceNotFoundException: Requested resource not found',
        invalid(
            SCHEMA,
            'The number of conditions on the keys is invalid',
            PARAMETER + '(?:Missing the key|Type mismatch for key) .*',
        ),
    ),
    invalid('Provided list of item keys contains duplicates'),
    'duplicates are looked for among keys that fit their tables',
)
rule(
    'empty key of no table',
    'BatchGetItem',
    'ResourceNotFoundException: Requested resource not found',
    invalid(
        r'The list of keys in RequestItems for BatchGetItem may not contain null or empty values: \S+ has one or more empty keys'
    ),
    'that a key is empty can be told only with its table',
)
rule(
    'operator that is no key condition',
    'Query',
    invalid('Attempted conditional constraint is not an indexable operation'),
    (
        invalid(
            'Query key condition not supported',
            'Only scalar types can be used as (?:Hash|Range) Key values',
            'Query condition missed key schema element',
        ),
        'InternalFailure: The request processing has failed because of an unknown error, exception or failure.',
    ),
    'what needs no table is checked before what does',
)
rule(
    'type before length of a sort key',
    'Query',
    invalid(PARAMETER + 'Condition parameter type does not match schema type'),
    invalid(PARAMETER + 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes'),
    'a value of another type has no length as a sort key',
)
rule(
    'empty FilterExpression',
    'Scan',
    invalid(
        'ExpressionAttributeNames .*',
        'ExpressionAttributeValues .*',
        'Supplied AttributeValue .*',
        'Invalid FilterExpression: The expression can not be empty;',
    ),
    invalid(
        'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null'
    ),
    "an empty text is no absent one; Local's other operations agree",
)

# ---- one refuses, the other does not ----

rule(
    'reserved words',
    ANY,
    r'ValidationException: Invalid \w+: Attribute name is a reserved keyword; reserved keyword: (?i:size|convert)',
    (
        r'200.*',
        'ConditionalCheckFailedException: The conditional request failed',
        invalid(
            'Value provided in ExpressionAttributeValues unused in expressions: keys: .*',
            r'Invalid \w+Expression: Two document paths .*',
        ),
    ),
    'documentation, "Reserved words in DynamoDB", lists SIZE and CONVERT',
)
rule(
    '2 MB of values',
    ANY,
    ('200.*', 'ConditionalCheckFailedException: The conditional request failed'),
    r'ValidationException: Invalid \w+: Expression size has exceeded the maximum allowed size;',
    'developer guide, constraints: "The maximum length of all substitution variables in an expression is 2 MB"; Local stops before',
)
rule(
    'NUL in a text',
    ANY,
    r'SerializationException: \\u0000 cannot be converted to text\.',
    (r'ValidationException: Invalid \w+: Syntax error; token: .*', '200.*'),
    'PostgreSQL\'s text holds no NUL (docs/operations.md)',
)
rule(
    'long key in a read',
    READS,
    invalid(
        PARAMETER + 'Size of hashkey has exceeded the maximum size limit of2048 bytes',
        PARAMETER + 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    ),
    ('200.*', invalid('The provided starting key does not match the range key predicate')),
    'documentation: "For a partition key, the limit is 2048 bytes and for a sort key, the limit is 1024 bytes"; Local lets a read pass',
)
rule(
    'start at the end of the range',
    'Query',
    '200, Count 0',
    invalid('The provided starting key does not match the range key predicate'),
    'a starting key that lies in the range is one; nothing is behind it',
)
rule(
    'long attribute name',
    'GetItem BatchGetItem Query Scan',
    invalid('Attribute name is too large, must be less than 65536 bytes'),
    r'200(?:, Count \d+)?',
    'developer guide, constraints: an attribute name is at most 64 KB long; Local does not measure those of AttributesToGet',
)
rule(
    'duplicate keys in two spellings',
    'BatchGetItem',
    invalid('Provided list of item keys contains duplicates'),
    '200',
    '1 and 1.0 are one key; Local takes them for two',
)
rule(
    'digits',
    ANY,
    invalid('The parameter cannot be converted to a numeric value: \u0661'),
    '200',
    'a number is made of ASCII digits; Local takes the digits of any script',
)

# ---- both answer, not the same ----

rule(
    'updated paths',
    'UpdateItem',
    'Attributes: what is on the updated paths',
    'Attributes: all of the updated attributes',
    'documentation: "UPDATED_OLD - Returns only the updated attributes"; see local.py',
)
rule(
    'Action by default',
    'UpdateItem',
    'AttributeUpdates without Action',
    'AttributeUpdates with Action PUT',
    'documentation: "Valid values are PUT (default), DELETE, and ADD"; Local ignores an update without Action; see local.py',
)
rule(
    'capacity of no deletion',
    'DeleteItem',
    'ConsumedCapacity: null',
    r'ConsumedCapacity: \{"TableName": ".*", "CapacityUnits": 1\.0\}',
    'documentation: "ConsumedCapacity is only returned if the ReturnConsumedCapacity parameter was specified"; Local reports it unasked when there was no item',
)
rule(
    'capacity of an index without the item',
    'PutItem',
    (r'ConsumedCapacity\.CapacityUnits: 4\.0', r'ConsumedCapacity\.GlobalSecondaryIndexes: null'),
    (
        r'ConsumedCapacity\.CapacityUnits: 7\.0',
        r'ConsumedCapacity\.GlobalSecondaryIndexes: \{(?:"global-\w+": \{"CapacityUnits": 1\.0\}(?:, )?){3}\}',
    ),
    'developer guide: "If an item was not present in the index before or after the item is updated, '
    'there is no additional write cost for the index"',
)
rule(
    'capacity of a batch',
    'BatchWriteItem',
    r'ConsumedCapacity\.\S+: (\d+\.\d)',
    r'ConsumedCapacity\.\S+: (\d+\.\d)',
    'Local counts the deletion of an absent item twice',
    check=lambda match: float(match[1]) < float(match[2]),
)
rule(
    'capacity of absent items',
    'BatchGetItem',
    r'ConsumedCapacity\.\S+: (\d+\.\d)',
    r'ConsumedCapacity\.\S+: (\d+\.\d)',
    'documentation: "Requests for nonexistent items consume the minimum read capacity units according to the type of read"; Local counts none in a batch',
    check=lambda match: float(match[1]) > float(match[2]),
)
rule(
    'capacity of an empty page',
    READS,
    r'\S*CapacityUnits: (?:0\.5|1\.0)',
    r'\S*CapacityUnits: 0\.0',
    'as a read of an item that is not there, a page of none consumes the minimum; Local counts none',
)
rule(
    'table ARN',
    'BatchGetItem',
    (r'Responses\.arn:\S*: \[.*\]', r'Responses\.Parity-\w+: null'),
    (r'Responses\.arn:\S*: null', r'Responses\.Parity-\w+: \[.*\]'),
    'documentation: "Responses: A map of table name or table ARN to a list of items"',
)

# ---- requests that the model forbids: see service.py ----

FAILURE = (
    'InternalFailure: The request processing has failed because of an unknown error, exception or failure.'
)
SEGMENT = r"ValidationException: 1 validation error detected: Value '-?\d+' at 'segment' failed to satisfy constraint: Member must have value less than or equal to -?\d+"
# Local makes a text of a number and of true, and a truth of a number.  Then it
# takes that, or says what is wrong with it.
CONVERTED = (
    '200(?:, Count 0)?',
    'ConditionalCheckFailedException: The conditional request failed',
    'ResourceNotFoundException: Cannot do operations on a non-existent table',
    r"ValidationException: 1 validation error detected: Value '(?:true|false|5|1\.5)' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: .*",
    invalid(
        'A value provided cannot be converted into a number',
        'Can not use both expression and non-expression parameters in the same request: .*',
        'Comparison type does not exist in DynamoDB',
        r'Invalid \w+: Syntax error; token: "(?:<EOF>|5|1|true|false)", near: "(?:true|false|5|1\.)"',
        'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: (?:true|false)',
        r'Member must satisfy enum value set: \[ADD, DELETE, PUT\]',
        'The provided starting key does not match the range key predicate',
        PARAMETER + 'Value must be provided when Exists is true for Attribute: a',
        PARAMETER + 'Type mismatch for key',
        'Return values set to invalid value',
        'Select must be ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, COUNT, or SPECIFIC_ATTRIBUTES',
        r"Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        r'Invalid table/index name\.  Table/index names must be between 3 and 255 characters long, .*',
    ),
)
UNCHECKED = (
    '200(?:, Count [02])?',
    'ConditionalCheckFailedException: The conditional request failed',
    'ResourceNotFoundException: Cannot do operations on a non-existent table',
    invalid(
        r'.* cannot have a null or no requests set',
        'BatchGetItem must have some requests set',
        'Cannot have null key for GetItem, DeleteItem, or UpdateItem',
        'Can not use both expression and non-expression parameters in the same request: .*',
        'Comparison type does not exist in DynamoDB',
        'Empty attribute name',
        r'ExpressionAttributeNames contains invalid value: null for key \S+',
        r'Invalid table/index name\.  Table/index names must be between 3 and 255 characters long, .*',
        'Item to put in PutItem cannot be null',
        'Limit must be greater than or equal to 1',
        r'Member must satisfy enum value set: \[ADD, DELETE, PUT\]',
        PARAMETER
        + r'(?:Value must be provided when Exists is \w+|ExpectedAttributeValue must not be null) for Attribute: \w+',
        'Return values set to invalid value',
        'Select must be ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, COUNT, or SPECIFIC_ATTRIBUTES',
        'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
        'The supplied Item contains a null AttributeValue',
        r'The (?:batch write request list for a table cannot be null or empty|list of keys in RequestItems for BatchGetItem (?:is required|may not contain null or empty values)).*',
        r'The filter condition for an attribute cannot be null: \w+',
        r'The table does not have the specified index: .*',
        r'Too many items requested for the Batch(?:Get|Write)Item call',
        r"Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    ),
)

rule(
    'JSON types',
    ANY,
    'SerializationException: .*',
    (FAILURE, *CONVERTED),
    'the service refuses a JSON value of the wrong type; Local makes what it can of it, or fails',
    expected=True,
)
rule(
    'constraints',
    ANY,
    (
        r'ValidationException: \d+ validation errors? detected: .*',
        'ValidationException: TableName must be at least .*',
    ),
    (FAILURE, *UNCHECKED, SEGMENT),
    'the service checks all constraints of its model first; Local knows few of them, each where it comes to it',
    expected=True,
)
