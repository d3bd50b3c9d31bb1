"""One endpoint, and what it answers."""

import http.client
import json

AUTHORIZATION = (
    'AWS4-HMAC-SHA256 Credential=abc/20250101/us-east-1/dynamodb/aws4_request, '
    'SignedHeaders=host;x-amz-date;x-amz-target, Signature=' + '0' * 64
)


class Endpoint:
    def __init__(self, address):
        host, _, port = address.rpartition(':')
        self.address = address
        self.connection = http.client.HTTPConnection(host or '127.0.0.1', int(port), timeout=120)

    def call(self, operation, request):
        """Sends a request; a str is sent as it is, anything else as JSON."""
        body = request if isinstance(request, str) else json.dumps(request)
        headers = {
            'Content-Type': 'application/x-amz-json-1.0',
            'X-Amz-Target': 'DynamoDB_20120810.' + operation,
            'X-Amz-Date': '20250101T000000Z',
            'Authorization': AUTHORIZATION,
        }
        self.connection.request('POST', '/', body.encode('utf-8', 'surrogatepass'), headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.read())


class Answer:
    def __init__(self, status, body):
        self.status = status
        try:
            self.body = json.loads(body)
        except ValueError:
            self.body = {'not JSON': body.decode('utf-8', 'backslashreplace')}

    @property
    def ok(self):
        return self.status == 200

    @property
    def error(self):
        """'ValidationException: text', or None."""
        if self.ok:
            return None
        kind = self.body.get('__type', '?').rpartition('#')[2]
        text = self.body.get('message', self.body.get('Message', ''))
        return f'{kind}: {text}'
