"""Requests signed by the SDK's own signer, in its several ways, and refused
where they should be.  All others of these tests are signed too."""
import json
import unittest
import urllib.error
import urllib.request

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support import ACCESS, ENDPOINT, TableTest, needs_sql, sql, unique_name, wire


@needs_sql
class AuthenticationTest(TableTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if sql('SHOW dynamo.auth') != ['sigv4']:
            raise unittest.SkipTest('the server does not authenticate')
        cls.table = cls.create_class_table()
        cls.role = unique_name('role')
        sql('CREATE ROLE :"role"; GRANT SELECT ON :"table" TO :"role"', role=cls.role, table=cls.table)
        cls.addClassCleanup(sql, 'DROP OWNED BY :"role"; DROP ROLE :"role"', role=cls.role)
        (pair,) = sql("SELECT * FROM dynamo.create_access_key(quote_ident(:'role')::regrole)", role=cls.role)
        cls.key, cls.secret = pair.split('\t')

    def client_with(self, **access):
        return boto3.client('dynamodb', **{**ACCESS, 'aws_access_key_id': self.key,
                                           'aws_secret_access_key': self.secret, **access})

    def get(self, **access):
        return self.client_with(**access).get_item(TableName=self.table, Key=wire(p='a'))

    def raw(self, headers=None, body=None):
        """The status and content of a GetItem that botocore's signer has
        signed, sent with another body if one is given."""
        signed = json.dumps({'TableName': self.table, 'Key': wire(p='a')}).encode()
        request = AWSRequest('POST', ENDPOINT + '/', data=signed, headers={
            'Content-Type': 'application/x-amz-json-1.0',
            'X-Amz-Target': 'DynamoDB_20120810.GetItem', **(headers or {})})
        SigV4Auth(Credentials(self.key, self.secret), 'dynamodb', 'us-east-1').add_auth(request)
        try:
            with urllib.request.urlopen(urllib.request.Request(
                    request.url, data=body or signed, headers=dict(request.headers))) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def test_key_of_a_role(self):
        self.client.put_item(TableName=self.table, Item=wire(p='a', n=1))
        self.assertEqual(self.get()['Item'], wire(p='a', n=1))

    def test_privileges_of_the_role(self):
        error = self.assert_fails(
            'AccessDeniedException', self.client_with().put_item,
            f'User: arn:aws:iam::000000000000:user/{self.role} is not authorized to perform: dynamodb:PutItem '
            f'on resource: arn:aws:dynamodb:local:000000000000:table/{self.table} '
            'because no identity-based policy allows the dynamodb:PutItem action',
            TableName=self.table, Item=wire(p='b'))
        self.assertNotIn('permission denied', str(error))

    def test_wrong_secret(self):
        self.assert_fails('InvalidSignatureException', self.get, 'does not match the signature you provided',
                          aws_secret_access_key='x' * 40)

    def test_unknown_key(self):
        self.assert_fails('UnrecognizedClientException', self.get,
                          'The security token included in the request is invalid.', aws_access_key_id='AKIDNOBODY')

    def test_session_token(self):
        self.get(aws_session_token='AQoDYXdzEPT//////////wEXAMPLE==')

    def test_any_region(self):
        self.get(region_name='ap-southeast-2')

    def test_headers_with_odd_values(self):
        status, _ = self.raw({'X-Odd': '  a   b\t c  ', 'X-Empty': '', 'X-Percent': '%20+&="'})
        self.assertEqual(status, 200)

    def test_another_body(self):
        status, reply = self.raw(body=b'{"TableName":"x"}')
        self.assertEqual((status, reply['__type']), (400, 'com.amazon.coral.service#InvalidSignatureException'))

    def test_dropped_key(self):
        (pair,) = sql("SELECT * FROM dynamo.create_access_key(quote_ident(:'role')::regrole)", role=self.role)
        key, secret = pair.split('\t')
        access = dict(aws_access_key_id=key, aws_secret_access_key=secret)
        self.get(**access)
        sql("SELECT dynamo.drop_access_key(:'key')", key=key)
        self.assert_fails('UnrecognizedClientException', self.get, **access)


if __name__ == '__main__':
    unittest.main()
