/* What is to be done about changes: here, to tell them. */
import { unmarshall } from '@aws-sdk/util-dynamodb';

const show = (image) => (image ? JSON.stringify(unmarshall(image)) : 'nothing');

export async function handler(event) {
    for (const { eventName, dynamodb } of event.Records)
        console.log(`${eventName} ${show(dynamodb.Keys)}: ${show(dynamodb.OldImage)} -> ${show(dynamodb.NewImage)}`);
}
