/* Tables: create, describe, list, delete, and the waiters. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    CreateTableCommand, DeleteTableCommand, DescribeTableCommand, ResourceInUseException,
    ResourceNotFoundException, paginateListTables, waitUntilTableExists, waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { assertFails, client, createTable, tableRequest, uniqueName } from './support.mjs';

const wait = { client, minDelay: 1, maxWaitTime: 30 };

test('a table lives and dies', async () => {
    const TableName = uniqueName();
    const created = await client.send(new CreateTableCommand(tableRequest(TableName, 'S', 'N')));
    assert.equal(created.TableDescription.TableName, TableName);

    const { state } = await waitUntilTableExists(wait, { TableName });
    assert.equal(state, 'SUCCESS');

    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    assert.equal(Table.TableStatus, 'ACTIVE');
    assert.deepEqual(Table.KeySchema, tableRequest(TableName, 'S', 'N').KeySchema);
    assert.ok(Table.CreationDateTime instanceof Date);
    assert.ok(Math.abs(Table.CreationDateTime - Date.now()) < 60000);

    await client.send(new DeleteTableCommand({ TableName }));
    assert.equal((await waitUntilTableNotExists(wait, { TableName })).state, 'SUCCESS');
    await assert.rejects(client.send(new DescribeTableCommand({ TableName })),
        ResourceNotFoundException);
});

test('errors have their classes', async (t) => {
    const TableName = await createTable(t);

    await assert.rejects(client.send(new CreateTableCommand(tableRequest(TableName))),
        ResourceInUseException);
    await assert.rejects(client.send(new DeleteTableCommand({ TableName: uniqueName() })),
        ResourceNotFoundException);
    await assertFails('ValidationException',
        () => client.send(new CreateTableCommand(tableRequest('x'))));
    await assertFails('ValidationException',
        () => client.send(new CreateTableCommand(tableRequest(uniqueName(), 'BOOL'))));
});

test('tables are listed in pages', async (t) => {
    const names = [];
    for (let i = 0; i < 5; i++)
        names.push(await createTable(t));
    names.sort();

    const listed = [];
    for await (const page of paginateListTables({ client, pageSize: 2 }, {})) {
        assert.ok(page.TableNames.length <= 2);
        listed.push(...page.TableNames);
    }
    assert.deepEqual(listed.filter((name) => names.includes(name)), names);
});
