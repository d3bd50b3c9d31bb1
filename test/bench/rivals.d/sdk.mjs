// sdk.mjs ENDPOINT OPERATION CONNECTIONS SECONDS ITEMS: operations a second of
// the AWS SDK, in one process.  OPERATION load puts the items once.
import http from 'node:http';
import { DynamoDBClient, BatchWriteItemCommand, CreateTableCommand, GetItemCommand, PutItemCommand }
    from '@aws-sdk/client-dynamodb';

const [endpoint, operation, connections, seconds, items] = process.argv.slice(2);
const client = new DynamoDBClient({
    endpoint, region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDBENCH', secretAccessKey: '0123456789abcdef' },
    requestHandler: { httpAgent: new http.Agent({ keepAlive: true, maxSockets: Number(connections) }) },
});
const item = (n) => ({ pk: { S: `user${n}` }, f0: { S: 'x'.repeat(1000) } });
const some = () => 1 + Math.floor(Math.random() * items);
const commands = {
    GetItem: () => new GetItemCommand({ TableName: 'bench', Key: { pk: { S: `user${some()}` } } }),
    PutItem: () => new PutItemCommand({ TableName: 'bench', Item: item(some()) }),
};

async function load() {
    await client.send(new CreateTableCommand({
        TableName: 'bench', BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }));
    await new Promise((done) => { setTimeout(done, 2000); });
    for (let first = 1; first <= items; first += 25) {
        const puts = [];

        for (let n = first; n < first + 25 && n <= items; n++) puts.push({ PutRequest: { Item: item(n) } });
        await client.send(new BatchWriteItemCommand({ RequestItems: { bench: puts } }));
    }
}

async function measure() {
    const end = Date.now() + seconds * 1000;
    let count = 0;
    const worker = async () => {
        for (; Date.now() < end; count++) await client.send(commands[operation]());
    };

    await Promise.all(Array.from({ length: Number(connections) }, worker));
    console.log((count / seconds).toFixed(0));
}

await (operation === 'load' ? load() : measure());
