/* follow.mjs TABLE: calls the handler with every change of the table. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
    DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { handler } from './handler.mjs';

const [, , TableName] = process.argv;
const CHECKPOINTS = 'checkpoints.json';
const PAUSE = 200; // milliseconds, where no shard has anything new

const config = {
    endpoint: process.env.DYNAMO_ENDPOINT ?? 'http://127.0.0.1:8000',
    region: process.env.AWS_REGION ?? 'us-east-1',
    credentials: {
        accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'test',
        secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'test-secret',
    },
};
const tables = new DynamoDBClient(config);
const streams = new DynamoDBStreamsClient(config);

/* The ARN of the table's stream, which is made if there is none. */
async function streamOf() {
    const { Table } = await tables.send(new DescribeTableCommand({ TableName }));
    if (Table.StreamSpecification)
        return Table.LatestStreamArn;
    const { TableDescription } = await tables.send(new UpdateTableCommand({
        TableName,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }));
    await waitUntilTableExists({ client: tables, minDelay: 1, maxWaitTime: 60 }, { TableName });
    return TableDescription.LatestStreamArn;
}

async function shardsOf(StreamArn) {
    const shards = [];
    let ExclusiveStartShardId;
    do {
        const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }));
        shards.push(...StreamDescription.Shards.map(({ ShardId }) => ShardId));
        ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
    } while (ExclusiveStartShardId);
    return shards;
}

const readCheckpoints = async () => JSON.parse(await readFile(CHECKPOINTS, 'utf8').catch(() => '{}'));

async function writeCheckpoints(checkpoints) {
    await writeFile(`${CHECKPOINTS}.new`, JSON.stringify(checkpoints));
    await rename(`${CHECKPOINTS}.new`, CHECKPOINTS);
}

/* Behind what was handled last, or at the beginning. */
async function iteratorOf(StreamArn, ShardId, SequenceNumber) {
    const { ShardIterator } = await streams.send(new GetShardIteratorCommand({
        StreamArn,
        ShardId,
        ShardIteratorType: SequenceNumber ? 'AFTER_SEQUENCE_NUMBER' : 'TRIM_HORIZON',
        SequenceNumber,
    }));
    return ShardIterator;
}

const arn = await streamOf();
const checkpoints = await readCheckpoints();
const iterators = new Map();

for (const shard of await shardsOf(arn))
    iterators.set(shard, await iteratorOf(arn, shard, checkpoints[shard]));

while (iterators.size) {
    let quiet = true;
    for (const [shard, ShardIterator] of iterators) {
        const { Records, NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }));
        if (Records.length) {
            quiet = false;
            await handler({ Records });
            checkpoints[shard] = Records.at(-1).dynamodb.SequenceNumber;
            await writeCheckpoints(checkpoints);
        }
        if (NextShardIterator)
            iterators.set(shard, NextShardIterator);
        else
            iterators.delete(shard); // the stream was disabled, and this is its end
    }
    if (quiet)
        await sleep(PAUSE);
}
