/* UpdateItem, by both clients: actions, paths, replies, conditions, errors. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
    ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand, GetItemCommand,
    PutItemCommand, UpdateItemCommand, waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { GetCommand, NumberValue, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { assertFails, client, documents, tableRequest, uniqueName } from './support.mjs';

const TableName = uniqueName();

before(async () => {
    await client.send(new CreateTableCommand(tableRequest(TableName)));
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName });
});

after(() => client.send(new DeleteTableCommand({ TableName })));

const put = (Item) => documents.send(new PutCommand({ TableName, Item }));
const get = async (p) => (await documents.send(new GetCommand({ TableName, Key: { p } }))).Item;
const update = (p, expression, values, more = {}) => documents.send(new UpdateCommand({
    TableName, Key: { p }, UpdateExpression: expression, ExpressionAttributeValues: values, ...more,
}));

const item = () => ({
    n: 5, text: 'abc', l: ['a', 'b', 'c', 'd'], m: { x: 1, d: { y: 2 } }, tags: new Set(['a', 'b']),
});

for (const [expression, values, changes] of [
    ['SET v = :v', { ':v': { list: [1, null, true] } }, { v: { list: [1, null, true] } }],
    ['SET n = n + :v', { ':v': 1.5 }, { n: 6.5 }],
    ['SET n = n - :v, v = n', { ':v': 10 }, { n: -5, v: 5 }],
    ['SET v = if_not_exists(v, :v), n = if_not_exists(n, :v)', { ':v': 0 }, { v: 0 }],
    ['SET l = list_append(l, :v)', { ':v': ['e'] }, { l: ['a', 'b', 'c', 'd', 'e'] }],
    ['SET l = list_append(:v, l)', { ':v': [] }, {}],
    ['SET m.x = :v, m.d.z = m.x, l[1] = :v', { ':v': 9 },
        { m: { x: 9, d: { y: 2, z: 1 } }, l: ['a', 9, 'c', 'd'] }],
    ['SET l[9] = :v', { ':v': 9 }, { l: ['a', 'b', 'c', 'd', 9] }],
    ['REMOVE n, l[0], l[2], m.d', undefined, { n: undefined, l: ['b', 'd'], m: { x: 1 } }],
    ['ADD n :v, v :v', { ':v': -1 }, { n: 4, v: -1 }],
    ['ADD tags :v', { ':v': new Set(['b', 'c']) }, { tags: new Set(['a', 'b', 'c']) }],
    ['DELETE tags :v', { ':v': new Set(['a']) }, { tags: new Set(['b']) }],
    ['DELETE tags :v', { ':v': new Set(['a', 'b']) }, { tags: undefined }],
    ['REMOVE m ADD n :n SET v = m.d.y DELETE tags :t', { ':n': 1, ':t': new Set(['b']) },
        { m: undefined, n: 6, v: 2, tags: new Set(['a']) }],
])
    test(`${expression}`, async () => {
        const p = uniqueName();
        await put({ p, ...item() });
        const { Attributes } = await update(p, expression, values, { ReturnValues: 'ALL_NEW' });
        const expected = Object.fromEntries(Object.entries({ p, ...item(), ...changes })
            .filter(([, value]) => value !== undefined));
        assert.deepEqual(Attributes, expected);
        assert.deepEqual(await get(p), expected);
    });

test('an absent item is made', async () => {
    const p = uniqueName();
    const { Attributes } = await update(p, 'ADD n :n', { ':n': 3 }, { ReturnValues: 'ALL_OLD' });
    assert.equal(Attributes, undefined);
    assert.deepEqual(await get(p), { p, n: 3 });
    const empty = uniqueName();
    await client.send(new UpdateItemCommand({ TableName, Key: { p: { S: empty } } }));
    assert.deepEqual(await get(empty), { p: empty });
});

test('return values', async () => {
    const p = uniqueName();
    const reply = async (ReturnValues) => {
        await put({ p, n: 1, text: 'x' });
        return (await update(p, 'SET n = :n, v = :n REMOVE nothing', { ':n': 2 },
            { ReturnValues })).Attributes;
    };
    assert.equal(await reply('NONE'), undefined);
    assert.equal(await reply(undefined), undefined);
    assert.deepEqual(await reply('ALL_OLD'), { p, n: 1, text: 'x' });
    assert.deepEqual(await reply('UPDATED_OLD'), { n: 1 });
    assert.deepEqual(await reply('ALL_NEW'), { p, n: 2, v: 2, text: 'x' });
    assert.deepEqual(await reply('UPDATED_NEW'), { n: 2, v: 2 });
});

test('every type of the plain client', async () => {
    const Key = { p: { S: uniqueName() } };
    const values = {
        ':s': { S: '' }, ':n': { N: '9'.repeat(38) }, ':b': { B: new Uint8Array([0, 255]) },
        ':t': { BOOL: false }, ':z': { NULL: true }, ':l': { L: [{ M: {} }] },
        ':m': { M: { 'a.b': { L: [] } } }, ':ss': { SS: ['x'] }, ':ns': { NS: ['1.5'] },
        ':bs': { BS: [new Uint8Array([7])] },
    };
    const names = Object.keys(values).map((name) => name.slice(1));
    const { Attributes } = await client.send(new UpdateItemCommand({
        TableName, Key, ReturnValues: 'UPDATED_NEW', ReturnConsumedCapacity: 'TOTAL',
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: values,
    }));
    const expected = Object.fromEntries(names.map((name) => [name, values[`:${name}`]]));
    assert.deepEqual(Attributes, expected);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    assert.deepEqual(Item, { ...Key, ...expected });
});

test('numbers are exact', async () => {
    const p = uniqueName();
    await put({ p, n: NumberValue.from('12345678901234567890.5') });
    await update(p, 'SET n = n + :n', { ':n': NumberValue.from('0.123456789012345678') });
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { p: { S: p } } }));
    assert.equal(Item.n.N, '12345678901234567890.623456789012345678');
});

test('increments side by side', async () => {
    const p = uniqueName();
    const increment = () => update(p, 'ADD n :one SET l = list_append(if_not_exists(l, :none), :l)',
        { ':one': 1, ':none': [], ':l': ['x'] });
    for (let round = 0; round < 5; round++)
        await Promise.all(Array.from({ length: 20 }, increment));
    assert.deepEqual(await get(p), { p, n: 100, l: Array(100).fill('x') });
});

test('a condition that fails', async () => {
    const p = uniqueName();
    await put({ p, n: 1, m: { x: ['y'] } });
    const fail = (more) => update(p, 'SET n = :n', { ':n': 2 },
        { ConditionExpression: 'n = :n', ...more });
    await assert.rejects(fail({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }), (error) => {
        assert.ok(error instanceof ConditionalCheckFailedException);
        assert.equal(error.message, 'The conditional request failed');
        assert.deepEqual(error.Item, { p: { S: p }, n: { N: '1' }, m: { M: { x: { L: [{ S: 'y' }] } } } });
        return true;
    });
    await assert.rejects(fail(), (error) => error.Item === undefined);
    assert.deepEqual(await get(p), { p, n: 1, m: { x: ['y'] } });
});

test('errors', async () => {
    const p = uniqueName();
    const before = { p, ...item() };
    await put(before);
    for (const [text, expression, values] of [
        ['Cannot update attribute p. This attribute is part of the key', 'SET p = :v', { ':v': 'x' }],
        ['The document path provided in the update expression is invalid for update',
            'SET m.nothing.x = :v', { ':v': 1 }],
        ['attribute that does not exist in the item', 'SET v = nothing', undefined],
        ['An operand in the update expression has an incorrect data type', 'ADD l :v', { ':v': 1 }],
        ['Two document paths overlap with each other', 'SET m.x = :v REMOVE m', { ':v': 1 }],
        ['Syntax error; token: "<EOF>", near: "="', 'SET n =', undefined],
        ['reserved keyword; reserved keyword: status', 'SET status = :v', { ':v': 1 }],
        ['value used in expression is not defined; attribute value: :w', 'SET n = :w', { ':v': 1 }],
        ['Item size to update has exceeded the maximum allowed size', 'SET v = :v',
            { ':v': 'x'.repeat(409600) }],
    ])
        await assertFails('ValidationException', () => update(p, expression, values), text);
    await assertFails('ResourceNotFoundException', () => update(p, 'REMOVE n', undefined,
        { TableName: 'no-such-table' }));
    assert.deepEqual(await get(p), before);
});

test('the plain client puts under a condition', async () => {
    const Item = { p: { S: uniqueName() } };
    const once = () => client.send(new PutItemCommand({
        TableName, Item, ConditionExpression: 'attribute_not_exists(p)',
    }));
    const results = await Promise.allSettled(Array.from({ length: 10 }, once));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const { reason } of results.filter(({ status }) => status === 'rejected'))
        assert.equal(reason.name, 'ConditionalCheckFailedException');
});
