/* What the tests share: clients of the endpoint under test, and tables that
 * clean up after themselves. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
    CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export const newClient = () => new DynamoDBClient({
    endpoint: process.env.DYNAMO_ENDPOINT ?? 'http://127.0.0.1:8000',
    region: 'us-east-1',
    credentials: {
        accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'test',
        secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'test-secret',
    },
    maxAttempts: 2,
});

export const client = newClient();

/* Refuses numbers that a double cannot hold, rather than rounding them. */
export const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: false },
});

export const uniqueName = () => `Test-${randomBytes(6).toString('hex')}`;

export function tableRequest(name, hashType = 'S', rangeType = undefined) {
    const request = {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'p', AttributeType: hashType }],
        KeySchema: [{ AttributeName: 'p', KeyType: 'HASH' }],
    };
    if (rangeType) {
        request.AttributeDefinitions.push({ AttributeName: 's', AttributeType: rangeType });
        request.KeySchema.push({ AttributeName: 's', KeyType: 'RANGE' });
    }
    return request;
}

/* A new table with key "p" and, given its type, "s"; dropped after the test t. */
export async function createTable(t, hashType, rangeType) {
    const name = uniqueName();
    await client.send(new CreateTableCommand(tableRequest(name, hashType, rangeType)));
    t.after(() => client.send(new DeleteTableCommand({ TableName: name })));
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName: name });
    return name;
}

/* The call fails with the service's error of that name, which holds the text. */
export async function assertFails(name, call, text = '') {
    await assert.rejects(call, (error) => {
        assert.equal(error.name, name, error.message);
        assert.equal(error.$metadata.httpStatusCode, 400);
        assert.ok(error.message.includes(text), error.message);
        return true;
    });
}
