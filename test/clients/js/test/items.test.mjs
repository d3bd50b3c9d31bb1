/* Items: one at a time and in batches, with every type of value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand,
    ResourceNotFoundException, ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
    BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, NumberValue, PutCommand,
} from '@aws-sdk/lib-dynamodb';
import { assertFails, client, createTable, documents, newClient } from './support.mjs';

const everyType = {
    S: { S: 'tëxt \u{1F1E6}' },
    emptyS: { S: '' },
    N: { N: '-12.5' },
    largeN: { N: '9'.repeat(38) },
    B: { B: Uint8Array.from({ length: 256 }, (_, i) => i) },
    true: { BOOL: true },
    false: { BOOL: false },
    NULL: { NULL: true },
    L: { L: [{ S: 'x' }, { N: '1' }, { L: [] }, { M: {} }] },
    M: { M: { a: { M: { b: { BOOL: false } } }, c: { B: new Uint8Array([0]) } } },
    SS: { SS: ['a', 'b', 'ä'] },
    NS: { NS: ['-1', '0', '2.5'] },
    BS: { BS: [new Uint8Array([0]), new Uint8Array([1, 2])] },
};

/* Sets have no order. */
function sorted(item) {
    const result = structuredClone(item);
    result.SS?.SS.sort();
    result.NS?.NS.sort((a, b) => a - b);
    result.BS?.BS.sort((a, b) => Buffer.compare(a, b));
    return result;
}

test('every type comes back as it went', async (t) => {
    const TableName = await createTable(t);
    const item = { p: { S: 'all' }, ...everyType };

    await client.send(new PutItemCommand({ TableName, Item: item }));
    const { Item } = await client.send(new GetItemCommand({
        TableName, Key: { p: { S: 'all' } }, ConsistentRead: true,
    }));
    assert.deepEqual(sorted(Item), sorted(item));
});

test('put, get, delete', async (t) => {
    const TableName = await createTable(t, 'N', 'B');
    const Key = { p: { N: '1' }, s: { B: new Uint8Array([7, 0]) } };
    const get = async (more) =>
        (await client.send(new GetItemCommand({ TableName, Key, ...more }))).Item;

    assert.equal(await get(), undefined);
    const first = { ...Key, a: { S: 'x' } };
    let reply = await client.send(new PutItemCommand({
        TableName, Item: first, ReturnValues: 'ALL_OLD', ReturnConsumedCapacity: 'TOTAL',
    }));
    assert.equal(reply.Attributes, undefined);
    assert.deepEqual(reply.ConsumedCapacity, { TableName, CapacityUnits: 1 });
    assert.deepEqual(await get(), first);

    const second = { ...Key, b: { M: { c: { L: [{ S: 'y' }, { S: 'z' }] } } } };
    reply = await client.send(new PutItemCommand({
        TableName, Item: second, ReturnValues: 'ALL_OLD',
    }));
    assert.deepEqual(reply.Attributes, first);
    assert.deepEqual(await get({
        ProjectionExpression: '#b.c[1]', ExpressionAttributeNames: { '#b': 'b' },
    }), { b: { M: { c: { L: [{ S: 'z' }] } } } });

    reply = await client.send(new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }));
    assert.deepEqual(reply.Attributes, second);
    assert.equal(await get(), undefined);
});

test('batches larger than one request', async (t) => {
    const TableName = await createTable(t, 'S', 'N');
    let requests = Array.from({ length: 110 }, (_, i) => (
        { PutRequest: { Item: { p: { S: `p${i % 3}` }, s: { N: String(i) } } } }));
    const keys = requests.map((request) => request.PutRequest.Item);

    while (requests.length) {
        const reply = await client.send(new BatchWriteItemCommand({
            RequestItems: { [TableName]: requests.slice(0, 25) },
        }));
        requests = [...(reply.UnprocessedItems[TableName] ?? []), ...requests.slice(25)];
    }

    const found = [];
    let wanted = keys;
    while (wanted.length) {
        const reply = await client.send(new BatchGetItemCommand({
            RequestItems: { [TableName]: { Keys: wanted.slice(0, 100) } },
        }));
        found.push(...reply.Responses[TableName]);
        wanted = [...(reply.UnprocessedKeys[TableName]?.Keys ?? []), ...wanted.slice(100)];
    }
    found.sort((a, b) => a.s.N - b.s.N);
    assert.deepEqual(found, keys);

    await assertFails('ValidationException', () => client.send(new BatchWriteItemCommand({
        RequestItems: { [TableName]: keys.slice(0, 26).map((Key) => ({ DeleteRequest: { Key } })) },
    })));
    await client.send(new BatchWriteItemCommand({
        RequestItems: { [TableName]: keys.slice(0, 25).map((Key) => ({ DeleteRequest: { Key } })) },
    }));
    const { Count } = await client.send(new ScanCommand({ TableName, Select: 'COUNT' }));
    assert.equal(Count, 85);
});

test('the document client', async (t) => {
    const TableName = await createTable(t, 'S', 'N');
    const Key = { p: 'doc', s: 1.5 };
    const Item = {
        ...Key,
        text: 'x', yes: true, nothing: null,
        list: [1, 'two', { three: [3] }],
        texts: new Set(['a', 'b']), numbers: new Set([1, 2.5]),
        bytes: Uint8Array.from([0, 255]),
    };

    await documents.send(new PutCommand({ TableName, Item }));
    assert.deepEqual((await documents.send(new GetCommand({ TableName, Key }))).Item, Item);

    const exact = DynamoDBDocumentClient.from(newClient(), {
        unmarshallOptions: { wrapNumbers: true },
    });
    await exact.send(new PutCommand({
        TableName, Item: { ...Key, n: NumberValue.from('12345678901234567890.123456789') },
    }));
    const read = await exact.send(new GetCommand({ TableName, Key }));
    assert.equal(read.Item.n.toString(), '12345678901234567890.123456789');

    await documents.send(new BatchWriteCommand({
        RequestItems: { [TableName]: [{ PutRequest: { Item: { p: 'batch', s: 1 } } }] },
    }));
    const deleted = await documents.send(new DeleteCommand({
        TableName, Key: { p: 'batch', s: 1 }, ReturnValues: 'ALL_OLD',
    }));
    assert.deepEqual(deleted.Attributes, { p: 'batch', s: 1 });
});

test('errors', async (t) => {
    const TableName = await createTable(t);
    const get = (request) => () => client.send(new GetItemCommand(request));
    const put = (Item) => () => client.send(new PutItemCommand({ TableName, Item }));

    await assert.rejects(get({ TableName: 'no-such-table', Key: { p: { S: 'a' } } }),
        ResourceNotFoundException);
    await assertFails('ValidationException', get({ TableName, Key: { q: { S: 'a' } } }));
    await assertFails('ValidationException', get({ TableName, Key: { p: { N: '1' } } }));
    await assertFails('ValidationException', put({ p: { S: '' } }), 'empty string value. Key: p');
    await assertFails('ValidationException', put({ q: { S: 'a' } }));
    await assertFails('ValidationException', put({ p: { S: 'a' }, n: { N: 'one' } }));
    await assertFails('ValidationException', put({ p: { S: 'a' }, s: { SS: ['a', 'a'] } }));
    await assertFails('ValidationException', put({ p: { S: 'a' }, x: { S: 'x'.repeat(410000) } }));
    const { Count } = await client.send(new ScanCommand({ TableName }));
    assert.equal(Count, 0);
});
