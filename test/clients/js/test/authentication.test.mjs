/* Requests signed by the SDK's own signer.  All others of these tests are
 * signed too; here is what a server must refuse. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
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
