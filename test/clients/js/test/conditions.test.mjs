/* Conditions and filters: what holds for which items, in pages and segments. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
    CreateTableCommand, DeleteTableCommand, paginateScan, waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
    BatchGetCommand, BatchWriteCommand, DeleteCommand, PutCommand, QueryCommand, ScanCommand,
    paginateQuery as paginateDocuments, paginateScan as scanDocuments,
} from '@aws-sdk/lib-dynamodb';
import { assertFails, client, documents, tableRequest, uniqueName } from './support.mjs';

const TableName = uniqueName();
const COUNT = 90;
const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const numbers = (items) => items.map((item) => item.n).sort((a, b) => a - b);

const items = range(0, COUNT).map((n) => ({
    p: `p${n % 3}`, s: n, n, even: n % 2 === 0, word: `w${String(n).padStart(2, '0')}`,
    tags: new Set([`t${n % 5}`]), m: { l: [n, { x: n * 2 }] },
    ...(n % 4 === 0 ? { fourth: null } : {}),
}));

before(async () => {
    await client.send(new CreateTableCommand(tableRequest(TableName, 'S', 'N')));
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName });
    for (let i = 0; i < COUNT; i += 15)
        await documents.send(new BatchWriteCommand({
            RequestItems: {
                [TableName]: items.slice(i, i + 15).map((Item) => ({ PutRequest: { Item } })),
            },
        }));
});

after(() => client.send(new DeleteTableCommand({ TableName })));

/* A condition, its values, and which numbers it holds for. */
const conditions = [
    ['n < :a', { ':a': 10 }, (n) => n < 10],
    ['n BETWEEN :a AND :b', { ':a': 10, ':b': 19 }, (n) => n >= 10 && n <= 19],
    ['n IN (:a, :b, :c)', { ':a': 0, ':b': 89, ':c': 'x' }, (n) => n === 0 || n === 89],
    ['even = :a AND NOT n > :b', { ':a': true, ':b': 50 }, (n) => n % 2 === 0 && n <= 50],
    ['begins_with(word, :a) OR word = :b', { ':a': 'w1', ':b': 'w89' },
        (n) => (n >= 10 && n < 20) || n === 89],
    ['contains(tags, :a) AND m.l[0] >= :b', { ':a': 't1', ':b': 45 }, (n) => n % 5 === 1 && n >= 45],
    ['m.l[1].x = :a', { ':a': 20 }, (n) => n === 10],
    ['attribute_exists(fourth)', undefined, (n) => n % 4 === 0],
    ['attribute_not_exists(fourth) AND size(word) = :a', { ':a': 3 }, (n) => n % 4 !== 0],
    ['attribute_type(fourth, :a)', { ':a': 'NULL' }, (n) => n % 4 === 0],
    ['n <> :a', { ':a': '5' }, () => true],
    ['n = :a', { ':a': '5' }, () => false],
];

for (const [expression, values, holds] of conditions) {
    const expected = range(0, COUNT).filter(holds);

    test(`scan: ${expression}`, async () => {
        for (const pageSize of [7, COUNT, undefined]) {
            const found = [];
            let scanned = 0;
            let count = 0;
            for await (const page of scanDocuments({ client: documents, pageSize }, {
                TableName, FilterExpression: expression, ExpressionAttributeValues: values,
            })) {
                found.push(...page.Items);
                scanned += page.ScannedCount;
                count += page.Count;
            }
            assert.deepEqual(numbers(found), expected);
            assert.equal(count, expected.length);
            assert.equal(scanned, COUNT);
        }
    });

    test(`query: ${expression}`, async () => {
        const found = [];
        for await (const page of paginateDocuments({ client: documents, pageSize: 4 }, {
            TableName, KeyConditionExpression: 'p = :p', FilterExpression: expression,
            ExpressionAttributeValues: { ':p': 'p1', ...values }, ScanIndexForward: false,
        }))
            found.push(...page.Items.map((item) => item.n));
        assert.deepEqual(found, expected.filter((n) => n % 3 === 1).reverse());
    });

    test(`put and delete: ${expression}`, async () => {
        for (const item of items.filter(({ n }) => n % 10 === 0 || n === 89)) {
            const Key = { p: item.p, s: item.s };
            const condition = {
                TableName, ConditionExpression: expression, ExpressionAttributeValues: values,
            };
            const replace = () => documents.send(new PutCommand({ ...condition, Item: item }));
            const remove = () => documents.send(new DeleteCommand({
                ...condition, Key, ReturnValues: 'ALL_OLD',
            }));
            if (holds(item.n)) {
                await replace();
                assert.deepEqual((await remove()).Attributes, item);
                await documents.send(new PutCommand({ TableName, Item: item }));
            } else {
                await assertFails('ConditionalCheckFailedException', replace);
                await assertFails('ConditionalCheckFailedException', remove);
            }
        }
        const { Count } = await documents.send(new ScanCommand({ TableName, Select: 'COUNT' }));
        assert.equal(Count, COUNT);
    });
}

test('segments side by side', async () => {
    const segment = async (Segment) => {
        const found = [];
        for await (const page of paginateScan({ client, pageSize: 5 }, {
            TableName, Segment, TotalSegments: 6, FilterExpression: 'even = :t',
            ExpressionAttributeValues: { ':t': { BOOL: true } },
        }))
            found.push(...page.Items.map((item) => ({ n: Number(item.n.N) })));
        return found;
    };
    const found = (await Promise.all(range(0, 6).map(segment))).flat();
    assert.deepEqual(numbers(found), range(0, COUNT).filter((n) => n % 2 === 0));
});

test('limit, count and projection with a filter', async () => {
    const request = {
        TableName, KeyConditionExpression: 'p = :p', FilterExpression: '#n >= :n',
        ExpressionAttributeNames: { '#n': 'n' },
        ExpressionAttributeValues: { ':p': 'p0', ':n': 12 },
    };
    const page = await documents.send(new QueryCommand({
        ...request, Limit: 6, ProjectionExpression: '#n',
    }));
    assert.deepEqual(page.Items, [{ n: 12 }, { n: 15 }]);
    assert.deepEqual([page.Count, page.ScannedCount], [2, 6]);
    assert.deepEqual(page.LastEvaluatedKey, { p: 'p0', s: 15 });
    const empty = await documents.send(new QueryCommand({ ...request, Limit: 4 }));
    assert.deepEqual([empty.Items, empty.Count, empty.ScannedCount], [[], 0, 4]);
    assert.deepEqual(empty.LastEvaluatedKey, { p: 'p0', s: 9 });
    const counted = await documents.send(new QueryCommand({ ...request, Select: 'COUNT' }));
    assert.deepEqual([counted.Items, counted.Count, counted.ScannedCount], [undefined, 26, 30]);
});

test('a batch with a projection', async () => {
    const { Responses, UnprocessedKeys } = await documents.send(new BatchGetCommand({
        RequestItems: {
            [TableName]: {
                Keys: [{ p: 'p1', s: 1 }, { p: 'p2', s: 2 }, { p: 'p2', s: 1 }],
                ProjectionExpression: '#n, m.l[1]', ExpressionAttributeNames: { '#n': 'n' },
            },
        },
    }));
    assert.deepEqual(UnprocessedKeys, {});
    assert.deepEqual(Responses[TableName].sort((a, b) => a.n - b.n),
        [{ n: 1, m: { l: [{ x: 2 }] } }, { n: 2, m: { l: [{ x: 4 }] } }]);
});

test('the older parameters', async () => {
    const equals = (value) => ({ ComparisonOperator: 'EQ', AttributeValueList: [value] });
    const page = await documents.send(new QueryCommand({
        TableName, KeyConditions: { p: equals('p0') }, AttributesToGet: ['n'],
        QueryFilter: {
            even: equals(true), n: { ComparisonOperator: 'LT', AttributeValueList: [20] },
        },
    }));
    assert.deepEqual(page.Items, [{ n: 0 }, { n: 6 }, { n: 12 }, { n: 18 }]);
    const scanned = await documents.send(new ScanCommand({
        TableName, ConditionalOperator: 'OR', ScanFilter: { n: equals(3), word: equals('w04') },
    }));
    assert.deepEqual(numbers(scanned.Items), [3, 4]);
    await assertFails('ConditionalCheckFailedException', () => documents.send(new PutCommand({
        TableName, Item: items[0], Expected: { p: { Exists: false } },
    })));
    await assertFails('ValidationException', () => documents.send(new ScanCommand({
        TableName, ScanFilter: { n: equals(3) }, FilterExpression: 'attribute_exists(n)',
    })), 'Can not use both expression and non-expression parameters in the same request');
});

test('errors', async () => {
    for (const [text, expression, values] of [
        ['Syntax error; token: "<EOF>", near: "="', 'n =', undefined],
        ['Invalid function name; function: len', 'len(word) = :v', { ':v': 1 }],
        ['reserved keyword; reserved keyword: name', 'name = :v', { ':v': 1 }],
        ['operand type: BOOL', 'n < :v', { ':v': true }],
        ['attribute value: :w', 'n = :w', { ':v': 1 }],
        ['redundant parentheses', '((n = :v))', { ':v': 1 }],
    ])
        await assertFails('ValidationException', () => documents.send(new ScanCommand({
            TableName, FilterExpression: expression, ExpressionAttributeValues: values,
        })), text);
    await assertFails('ValidationException', () => documents.send(new QueryCommand({
        TableName, KeyConditionExpression: 'p = :p', FilterExpression: 's > :s',
        ExpressionAttributeValues: { ':p': 'p0', ':s': 1 },
    })), 'Filter Expression can only contain non-primary key attributes: Primary key attribute: s');
});
