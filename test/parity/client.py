"""One endpoint, and what it answered in a form that can be compared."""
import decimal
import http.client
import json

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=abc/20250101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)


class Endpoint:
    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.connection = http.client.HTTPConnection(host or "127.0.0.1", int(port), timeout=120)

    def call(self, operation, request):
        """Sends a request; a str is sent as it is, anything else as JSON."""
        body = request if isinstance(request, str) else json.dumps(request)
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810." + operation,
            "X-Amz-Date": "20250101T000000Z",
            "Authorization": AUTHORIZATION,
        }
        self.connection.request("POST", "/", body.encode("utf-8", "surrogatepass"), headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.read())


class Answer:
    def __init__(self, status, body):
        self.status = status
        try:
            self.body = json.loads(body, parse_float=float)
        except ValueError:
            self.body = {"not JSON": body.decode("utf-8", "backslashreplace")}

    @property
    def ok(self):
        return self.status == 200

    @property
    def error(self):
        """"ValidationException: text", or None."""
        if self.ok:
            return None
        kind = self.body.get("__type", "?").rpartition("#")[2]
        text = self.body.get("message", self.body.get("Message", ""))
        return f"{kind}: {text}"


def canonical(value, path=()):
    """
    The value with everything that has no order sorted, and numbers below the
    first level of an item in one spelling: Local leaves those as they came.
    """
    if path and path[-1] in ("N", "NS") and isinstance(value, str) and is_nested(path):
        return format(decimal.Decimal(value).normalize() + 0, "f")
    if isinstance(value, dict):
        return {name: canonical(member, path + (name,)) for name, member in value.items()}
    if isinstance(value, list):
        members = [canonical(member, path) for member in value]
        return sorted(members, key=lambda member: json.dumps(member, sort_keys=True)) if is_unordered(path) else members
    return value


def is_nested(path):
    return "M" in path or "L" in path or path[-1] == "NS"


def is_unordered(path):
    """Sets, the items of a batch or a whole scan, and lists of attributes."""
    if path[-1] in ("SS", "NS", "BS", "AttributeDefinitions", "ScannedItems"):
        return True
    return path[0] == "Responses" and len(path) == 2


def differences(ours, other, path=""):
    """Where two canonical values differ: (path, ours, other) for each place."""
    if isinstance(ours, dict) and isinstance(other, dict):
        for name in sorted(set(ours) | set(other)):
            yield from differences(ours.get(name), other.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(ours, list) and isinstance(other, list) and len(ours) == len(other):
        for i, (one, two) in enumerate(zip(ours, other)):
            yield from differences(one, two, f"{path}[{i}]")
    elif ours != other:
        yield path, ours, other
