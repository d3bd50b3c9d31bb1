/* Requests signed by the SDK's own signer.  All others of these tests are
 * signed too; here is what a server must refuse. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { Hash } from '@smithy/hash-node'; // comes with the client, as does what follows
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { assertFails, newClient } from './support.mjs';

const clientWith = async (credentials, more = {}) => {
    const client = newClient();
    const { accessKeyId, secretAccessKey } = await client.config.credentials();
    return new DynamoDBClient({
        endpoint: await client.config.endpoint(),
        region: 'eu-central-1',
        credentials: { accessKeyId, secretAccessKey, ...credentials },
        maxAttempts: 1,
        ...more,
    });
};

const list = async (...args) => (await clientWith(...args)).send(new ListTablesCommand({}));

test('a session token', async () => {
    assert.ok((await list({ sessionToken: 'AQoDYXdzEPT//////////wEXAMPLE==' })).TableNames);
});

test('a wrong secret', () => assertFails('InvalidSignatureException',
    () => list({ secretAccessKey: 'x'.repeat(40) }), 'does not match the signature you provided'));

test('an unknown key', () => assertFails('UnrecognizedClientException',
    () => list({ accessKeyId: 'AKIDNOBODY' }), 'The security token included in the request is invalid.'));

/* The SDK would take the server's time and try again. */
test('a wrong clock', () => assertFails('InvalidSignatureException',
    () => list({}, { systemClockOffset: -600_000 }), 'Signature expired: '));

/* The answer to a presigned ListTables, sent with that body. */
async function presigned(expiresIn, sent = '{}') {
    const client = newClient();
    const { hostname, port } = await client.config.endpoint();
    const headers = {
        host: `${hostname}:${port}`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
    };
    const signer = new SignatureV4({
        service: 'dynamodb',
        region: 'us-east-1',
        credentials: client.config.credentials,
        sha256: Hash.bind(null, 'sha256'),
    });
    const signed = await signer.presign(
        new HttpRequest({ method: 'POST', protocol: 'http:', hostname, port, path: '/', headers, body: '{}' }),
        { expiresIn, unhoistableHeaders: new Set(Object.keys(headers)) },
    );
    const url = `http://${hostname}:${port}/?${new URLSearchParams(signed.query)}`;
    const reply = await fetch(url, { method: 'POST', headers: signed.headers, body: sent });
    return `${reply.status} ${(await reply.json()).__type ?? ''}`;
}

test('presigned', async () => {
    assert.equal(await presigned(60), '200 ');
    assert.equal(await presigned(60, '{ }'), '400 com.amazon.coral.service#InvalidSignatureException');
});
