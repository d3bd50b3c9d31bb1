"""What the client tests share: a client of the endpoint under test, tables
that clean up after themselves, and a way to ask the same server by SQL.

DYNAMO_ENDPOINT  where the endpoint listens (http://127.0.0.1:8000)
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
                 who asks (test, test-secret); with dynamo.auth = 'sigv4' the
                 server must have that key, for a role that may do anything
DYNAMO_SQL       set if psql, with libpq's own variables, reaches the server
DYNAMO_MOVIES    a file of movies, one JSON object a line
"""
import os
import subprocess
import unittest
import uuid
from decimal import Decimal
from pathlib import Path

import boto3
from boto3.dynamodb.types import TypeSerializer
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[3]
ENDPOINT = os.environ.get('DYNAMO_ENDPOINT', 'http://127.0.0.1:8000')

# The SDK sends what it is told; the server must check it.
CONFIG = Config(parameter_validation=False, retries={'max_attempts': 1},
                connect_timeout=5, read_timeout=60)
ACCESS = dict(endpoint_url=ENDPOINT, region_name='us-east-1', config=CONFIG,
              aws_access_key_id=os.environ.get('AWS_ACCESS_KEY_ID', 'test'),
              aws_secret_access_key=os.environ.get('AWS_SECRET_ACCESS_KEY', 'test-secret'))


def client():
    return boto3.client('dynamodb', **ACCESS)


def resource():
    return boto3.resource('dynamodb', **ACCESS)


class TableTest(unittest.TestCase):
    """A test with tables of its own, deleted behind it."""

    @classmethod
    def setUpClass(cls):
        cls.client = client()
        cls.resource = resource()

    @classmethod
    def create_class_table(cls, **keys):
        """A table for all tests of the class."""
        table = make_table(cls.client, **keys)
        cls.addClassCleanup(cls.client.delete_table, TableName=table)
        return table

    def create_table(self, **keys):
        """A table for one test."""
        table = make_table(self.client, **keys)
        self.addCleanup(self.client.delete_table, TableName=table)
        return table

    def assert_fails(self, code, call, message=None, **request):
        """The call fails with the service's error code, and with a message
        that holds the text."""
        with self.assertRaises(self.client.exceptions.ClientError) as caught:
            call(**request)
        error = caught.exception.response
        self.assertEqual(error['Error']['Code'], code, error)
        if message is not None:
            self.assertIn(message, error['Error']['Message'])
        self.assertEqual(error['ResponseMetadata']['HTTPStatusCode'], 400)
        return caught.exception.response

    def assert_attributes(self, attributes, **expected):
        """The attributes are these, given as plain Python values."""
        self.assertEqual(comparable({'M': attributes}), comparable({'M': wire(**expected)}))


class ItemTest(TableTest):
    """A test of single items, each test's under its own name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls.create_class_table()

    def key(self):
        return {'p': self.id()}

    def put(self, **attributes):
        self.client.put_item(TableName=self.table, Item=wire(**self.key(), **attributes))

    def delete(self):
        self.client.delete_item(TableName=self.table, Key=wire(**self.key()))

    def get(self):
        reply = self.client.get_item(TableName=self.table, Key=wire(**self.key()),
                                     ConsistentRead=True)
        return reply.get('Item')

    def request(self, expression=None, values=None, **options):
        request = dict(TableName=self.table, Key=wire(**self.key()), **options)
        if expression is not None:
            request['UpdateExpression'] = expression
        if values:
            request['ExpressionAttributeValues'] = wire(
                **{f':{name}': value for name, value in values.items()})
        return request

    def update(self, expression, values=None, **options):
        return self.client.update_item(**self.request(expression, values, **options))

    def refused(self, message, expression, values=None, code='ValidationException', **options):
        return self.assert_fails(code, self.client.update_item, message,
                                 **self.request(expression, values, **options))


def wire(**attributes):
    """Attributes in DynamoDB JSON, of plain Python values."""
    return {name: TypeSerializer().serialize(value) for name, value in attributes.items()}


def comparable(value):
    """A value of DynamoDB JSON such that numbers and sets compare."""
    (kind, content), = value.items()
    if kind == 'M':
        return kind, {name: comparable(member) for name, member in content.items()}
    if kind == 'L':
        return kind, [comparable(element) for element in content]
    if kind in ('SS', 'NS', 'BS'):
        return kind, sorted(map(Decimal, content) if kind == 'NS' else content)
    return kind, Decimal(content) if kind == 'N' else content


def unique_name(prefix='Test'):
    return f'{prefix}-{uuid.uuid4().hex[:12]}'


def make_table(client, hash_type='S', range_type=None, name=None, **more):
    """Creates a table with key "p" and, given its type, "s"; its name."""
    name = name or unique_name()
    attributes = [{'AttributeName': 'p', 'AttributeType': hash_type}]
    schema = [{'AttributeName': 'p', 'KeyType': 'HASH'}]
    if range_type:
        attributes.append({'AttributeName': 's', 'AttributeType': range_type})
        schema.append({'AttributeName': 's', 'KeyType': 'RANGE'})
    more.setdefault('BillingMode', 'PAY_PER_REQUEST')
    client.create_table(TableName=name, AttributeDefinitions=attributes,
                        KeySchema=schema, **more)
    client.get_waiter('table_exists').wait(
        TableName=name, WaiterConfig={'Delay': 1, 'MaxAttempts': 30})
    return name


def batch_write(client, table, requests):
    """Writes any number of requests, sending again what was not processed."""
    queue = list(requests)
    while queue:
        reply = client.batch_write_item(RequestItems={table: queue[:25]})
        queue = reply['UnprocessedItems'].get(table, []) + queue[25:]


def put_all(client, table, items):
    batch_write(client, table, [{'PutRequest': {'Item': item}} for item in items])


def pages(call, at_most=2000, **request):
    """All pages of a call that has a paginator in the SDK; too many are an
    error rather than an endless test."""
    paginator = call.__self__.get_paginator(call.__name__)
    for number, page in enumerate(paginator.paginate(**request), 1):
        if number > at_most:
            raise AssertionError(f'more than {at_most} pages')
        yield page


needs_sql = unittest.skipUnless(os.environ.get('DYNAMO_SQL'), 'no psql to this server')


def sql(statement, **variables):
    """The rows psql prints for a statement, unaligned, columns by tabs.  A
    variable stands in the statement as :'name'."""
    command = ['psql', '-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1']
    for name, value in variables.items():
        command += ['-v', f'{name}={value}']
    done = subprocess.run(command, input=statement, capture_output=True,
                          text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.splitlines()
