/* Query and Scan: operators, order, pages, segments. */
import assert from 'node:assert/strict';
import { before, after, test } from 'node:test';
import {
    BatchWriteItemCommand, CreateTableCommand, DeleteTableCommand, QueryCommand, ScanCommand,
    paginateQuery, paginateScan, waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { QueryCommand as DocumentQuery, paginateQuery as paginateDocuments } from '@aws-sdk/lib-dynamodb';
import { assertFails, client, documents, tableRequest, uniqueName } from './support.mjs';

const TableName = uniqueName();
const COUNT = 60;
const word = (i) => `w${String(i).padStart(3, '0')}`;

before(async () => {
    await client.send(new CreateTableCommand(tableRequest(TableName, 'S', 'S')));
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName });
    const items = ['a', 'b'].flatMap((p) => Array.from({ length: COUNT }, (_, i) => (
        { p: { S: p }, s: { S: word(i) }, n: { N: String(i) } })));
    for (let i = 0; i < items.length; i += 20)
        await client.send(new BatchWriteItemCommand({
            RequestItems: {
                [TableName]: items.slice(i, i + 20).map((Item) => ({ PutRequest: { Item } })),
            },
        }));
});

after(() => client.send(new DeleteTableCommand({ TableName })));

const numbers = (items) => items.map((item) => Number(item.n.N));
const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

for (const [condition, values, from, to] of [
    ['p = :p', {}, 0, COUNT],
    ['p = :p AND s = :v', { ':v': word(7) }, 7, 8],
    ['p = :p AND s < :v', { ':v': word(7) }, 0, 7],
    ['p = :p AND s <= :v', { ':v': word(7) }, 0, 8],
    ['p = :p AND s > :v', { ':v': word(50) }, 51, COUNT],
    ['p = :p AND s >= :v', { ':v': word(50) }, 50, COUNT],
    ['p = :p AND s BETWEEN :v AND :w', { ':v': word(5), ':w': word(9) }, 5, 10],
    ['p = :p AND begins_with(s, :v)', { ':v': 'w02' }, 20, 30],
    ['p = :p AND begins_with(s, :v)', { ':v': 'x' }, 0, 0],
])
    test(`${condition}, ${from} to ${to}`, async () => {
        const request = {
            TableName,
            KeyConditionExpression: condition,
            ExpressionAttributeValues: { ':p': { S: 'a' } },
        };
        for (const [name, value] of Object.entries(values))
            request.ExpressionAttributeValues[name] = { S: value };

        const forward = await client.send(new QueryCommand(request));
        assert.deepEqual(numbers(forward.Items), range(from, to));
        assert.equal(forward.Count, to - from);
        const backward = await client.send(new QueryCommand({
            ...request, ScanIndexForward: false,
        }));
        assert.deepEqual(numbers(backward.Items), range(from, to).reverse());
    });

test('pages of a query', async () => {
    for (const forward of [true, false]) {
        const items = [];
        let pages = 0;
        for await (const page of paginateQuery({ client, pageSize: 7 }, {
            TableName, ScanIndexForward: forward, KeyConditionExpression: 'p = :p',
            ExpressionAttributeValues: { ':p': { S: 'b' } },
        })) {
            items.push(...page.Items);
            pages++;
        }
        assert.equal(pages, 9);
        assert.deepEqual(numbers(items), forward ? range(0, COUNT) : range(0, COUNT).reverse());
    }
});

test('a scan in segments side by side', async () => {
    const segment = async (Segment) => {
        const items = [];
        for await (const page of paginateScan({ client, pageSize: 10 },
            { TableName, Segment, TotalSegments: 4 }))
            items.push(...page.Items);
        return items;
    };
    const items = (await Promise.all(range(0, 4).map(segment))).flat();
    assert.equal(items.length, 2 * COUNT);
    assert.equal(new Set(items.map((item) => item.p.S + item.s.S)).size, 2 * COUNT);
});

test('projection, count and capacity', async () => {
    const request = {
        TableName, KeyConditionExpression: '#p = :p',
        ExpressionAttributeNames: { '#p': 'p' }, ExpressionAttributeValues: { ':p': { S: 'a' } },
    };
    const projected = await client.send(new QueryCommand({
        ...request, ProjectionExpression: 'n', Limit: 1, ReturnConsumedCapacity: 'TOTAL',
    }));
    assert.deepEqual(projected.Items, [{ n: { N: '0' } }]);
    assert.deepEqual(projected.LastEvaluatedKey, { p: { S: 'a' }, s: { S: word(0) } });
    assert.deepEqual(projected.ConsumedCapacity, { TableName, CapacityUnits: 0.5 });
    const counted = await client.send(new QueryCommand({ ...request, Select: 'COUNT' }));
    assert.equal(counted.Count, COUNT);
    assert.equal(counted.Items, undefined);
    const scanned = await client.send(new ScanCommand({ TableName, Select: 'COUNT' }));
    assert.equal(scanned.Count, 2 * COUNT);
});

test('the document client', async () => {
    const request = {
        TableName, KeyConditionExpression: 'p = :p AND s > :s',
        ExpressionAttributeValues: { ':p': 'a', ':s': word(56) },
    };
    const { Items } = await documents.send(new DocumentQuery(request));
    assert.deepEqual(Items, [57, 58, 59].map((n) => ({ p: 'a', s: word(n), n })));
    const paged = [];
    for await (const page of paginateDocuments({ client: documents, pageSize: 1 }, request))
        paged.push(...page.Items);
    assert.deepEqual(paged, Items);
});

test('errors', async () => {
    for (const [condition, values] of [
        ['p', {}],
        ['p > :p', { ':p': { S: 'a' } }],
        ['s = :p', { ':p': { S: 'a' } }],
        ['p = :p', { ':p': { N: '1' } }],
        ['p = :p', { ':p': { S: 'a' }, ':q': { S: 'unused' } }],
        ['p = :p AND contains(s, :q)', { ':p': { S: 'a' }, ':q': { S: 'w' } }],
    ])
        await assertFails('ValidationException', () => client.send(new QueryCommand({
            TableName, KeyConditionExpression: condition, ExpressionAttributeValues: values,
        })));
    await assertFails('ValidationException',
        () => client.send(new ScanCommand({ TableName, Segment: 5, TotalSegments: 4 })));
});
