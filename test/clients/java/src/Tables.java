import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** What the tests share: tables of songs, which it deletes, and items for them. */
final class Tables implements AutoCloseable {
    private final DynamoDbClient client;
    private final DynamoDbWaiter waiter;
    private final List<String> names = new ArrayList<>();

    Tables(DynamoDbClient client) {
        this.client = client;
        waiter = waiter(client);
    }

    static DynamoDbWaiter waiter(DynamoDbClient client) {
        return DynamoDbWaiter.builder().client(client)
            .overrideConfiguration(o -> o.maxAttempts(100).backoffStrategyV2(
                BackoffStrategy.fixedDelay(Duration.ofMillis(100))))
            .build();
    }

    static String uniqueName() {
        return "Java-" + Long.toHexString(new SecureRandom().nextLong());
    }

    static List<KeySchemaElement> keySchema(String hash, String sort) {
        return List.of(KeySchemaElement.builder().attributeName(hash).keyType(KeyType.HASH).build(),
            KeySchemaElement.builder().attributeName(sort).keyType(KeyType.RANGE).build());
    }

    static AttributeDefinition attribute(String name, ScalarAttributeType type) {
        return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
    }

    /** A table of songs with an index over genre and year. */
    static CreateTableRequest request(String name) {
        return CreateTableRequest.builder().tableName(name).billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(attribute("artist", ScalarAttributeType.S),
                attribute("title", ScalarAttributeType.S), attribute("genre", ScalarAttributeType.S),
                attribute("year", ScalarAttributeType.N))
            .keySchema(keySchema("artist", "title"))
            .globalSecondaryIndexes(GlobalSecondaryIndex.builder().indexName("ByGenre")
                .keySchema(keySchema("genre", "year")).projection(p -> p.projectionType(ProjectionType.ALL))
                .build())
            .build();
    }

    String create() {
        String name = uniqueName();

        client.createTable(request(name));
        names.add(name);
        waiter.waitUntilTableExists(r -> r.tableName(name));
        return name;
    }

    @Override
    public void close() {
        names.forEach(name -> client.deleteTable(r -> r.tableName(name)));
        waiter.close();
    }

    static AttributeValue s(String value) {
        return AttributeValue.fromS(value);
    }

    static AttributeValue n(Object value) {
        return AttributeValue.fromN(value.toString());
    }

    static Map<String, AttributeValue> key(String artist, String title) {
        return Map.of("artist", s(artist), "title", s(title));
    }

    static Map<String, AttributeValue> item(String artist, int number) {
        Map<String, AttributeValue> item = new HashMap<>(key(artist, String.format("Song %02d", number)));

        item.put("genre", s(number % 2 == 0 ? "pop" : "rock"));
        item.put("year", n(1970 + number));
        return item;
    }

    /** 60 songs of three artists, in order of their keys. */
    static List<Map<String, AttributeValue>> items() {
        List<Map<String, AttributeValue>> items = new ArrayList<>();

        for (String artist : List.of("Abba", "Björk", "Can")) {
            for (int i = 0; i < 20; i++) {
                items.add(item(artist, i));
            }
        }
        return items;
    }

    /** Writes items by BatchWriteItem until none is unprocessed. */
    void fill(String table, List<Map<String, AttributeValue>> items) {
        for (int from = 0; from < items.size(); from += 25) {
            List<WriteRequest> requests = new ArrayList<>();

            for (Map<String, AttributeValue> item : items.subList(from, Math.min(from + 25, items.size()))) {
                requests.add(WriteRequest.builder()
                    .putRequest(PutRequest.builder().item(item).build()).build());
            }
            Map<String, List<WriteRequest>> unwritten = Map.of(table, requests);
            while (!unwritten.isEmpty()) {
                Map<String, List<WriteRequest>> rest = unwritten;

                unwritten = client.batchWriteItem(r -> r.requestItems(rest)).unprocessedItems();
            }
        }
    }
}
