/* A consumer of DynamoDB Streams that follows a table under load, stops and goes
 * on, and makes a copy of the table. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
    CreateTableCommand, DeleteItemCommand, DeleteTableCommand, DescribeTableCommand, PutItemCommand, ScanCommand,
    UpdateTableCommand, waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
    DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand,
    GetShardIteratorCommand, ListStreamsCommand, TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { assertFails, client, tableRequest, uniqueName } from './support.mjs';

const streams = new DynamoDBStreamsClient({
    endpoint: await client.config.endpoint(),
    region: 'us-east-1',
    credentials: await client.config.credentials(),
    maxAttempts: 1,
});

const keyOf = (attributes) => JSON.stringify(attributes.p);

async function createStream(t) {
    const TableName = uniqueName();
    await client.send(new CreateTableCommand({
        ...tableRequest(TableName),
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }));
    t.after(() => client.send(new DeleteTableCommand({ TableName })));
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName });
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return [TableName, Table.LatestStreamArn];
}

/* Reads all shards, from the checkpoints on: the last sequence number of each. */
class Consumer {
    constructor(arn, checkpoints = new Map()) {
        this.arn = arn;
        this.checkpoints = checkpoints;
        this.iterators = new Map();
    }

    async begin() {
        const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: this.arn }));
        for (const { ShardId } of StreamDescription.Shards) {
            const SequenceNumber = this.checkpoints.get(ShardId);
            const { ShardIterator } = await streams.send(new GetShardIteratorCommand({
                StreamArn: this.arn,
                ShardId,
                ShardIteratorType: SequenceNumber ? 'AFTER_SEQUENCE_NUMBER' : 'TRIM_HORIZON',
                SequenceNumber,
            }));
            this.iterators.set(ShardId, ShardIterator);
        }
        return this;
    }

    async read(Limit) {
        const records = [];
        for (const [shard, ShardIterator] of [...this.iterators]) {
            const page = await streams.send(new GetRecordsCommand({ ShardIterator, Limit }));
            if (page.NextShardIterator)
                this.iterators.set(shard, page.NextShardIterator);
            else
                this.iterators.delete(shard);
            if (page.Records.length)
                this.checkpoints.set(shard, page.Records.at(-1).dynamodb.SequenceNumber);
            records.push(...page.Records);
        }
        return records;
    }
}

function apply(copy, records) {
    for (const { eventName, dynamodb } of records) {
        const key = keyOf(dynamodb.Keys);
        assert.deepEqual(copy.get(key), dynamodb.OldImage);
        if (eventName === 'REMOVE')
            copy.delete(key);
        else
            copy.set(key, dynamodb.NewImage);
    }
}

async function write(TableName, writer) {
    for (let i = 0; i < 200; i++) {
        const p = { S: `key ${Math.floor(Math.random() * 20)}` };
        await client.send(Math.random() < 0.3
            ? new DeleteItemCommand({ TableName, Key: { p } })
            : new PutItemCommand({ TableName, Item: { p, writer: { N: `${writer}` }, number: { N: `${i}` } } }));
    }
}

test('a copy of a table under load', async (t) => {
    const [TableName, arn] = await createStream(t);
    const copy = new Map();
    let consumer = await new Consumer(arn).begin();
    let writing = true;

    const writers = Promise.all([0, 1, 2, 3].map((writer) => write(TableName, writer)))
        .finally(() => { writing = false; });
    while (writing) {
        apply(copy, await consumer.read(7));
        consumer = await new Consumer(arn, consumer.checkpoints).begin();
    }
    await writers;
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
    while (consumer.iterators.size)
        apply(copy, await consumer.read());

    const { Items } = await client.send(new ScanCommand({ TableName }));
    assert.deepEqual(copy, new Map(copy.size ? [...copy.keys()].map((key) => [key, Items.find((item) => keyOf(item) === key)]) : []));
    assert.equal(copy.size, Items.length);
});

test('streams of a table', async (t) => {
    const [TableName, arn] = await createStream(t);
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
    assert.deepEqual(Streams.map(({ StreamArn }) => StreamArn), [arn]);
    assert.ok(arn.endsWith(Streams[0].StreamLabel));
});

test('errors', async (t) => {
    const [, arn] = await createStream(t);
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn, Limit: 1 }));
    const [{ ShardId }] = StreamDescription.Shards;
    const iterator = (more) => streams.send(new GetShardIteratorCommand({ StreamArn: arn, ShardId, ...more }));

    await assertFails('ValidationException', () => iterator({ ShardIteratorType: 'NEWEST' }), 'shardIteratorType');
    await assertFails('ResourceNotFoundException',
        () => streams.send(new DescribeStreamCommand({ StreamArn: `${arn}0` })), 'not found');
    const trimmed = iterator({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: `1${'0'.repeat(30)}` });
    await assert.rejects(trimmed, TrimmedDataAccessException);
});
