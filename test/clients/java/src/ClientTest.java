import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.waiters.WaiterResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexUpdate;
import software.amazon.awssdk.services.dynamodb.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.dynamodb.model.IndexStatus;
import software.amazon.awssdk.services.dynamodb.model.ItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ListTablesResponse;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/**
 * A session of the client that the service model makes, blocking and not.  It
 * finds endpoint, region and access key as the SDK does, in the environment.
 */
class ClientTest {
    private DynamoDbClient client;
    private Tables tables;

    @BeforeEach
    void open() {
        client = DynamoDbClient.create();
        tables = new Tables(client);
    }

    @AfterEach
    void close() {
        tables.close();
        client.close();
    }

    private TableDescription describe(String name) {
        return client.describeTable(r -> r.tableName(name)).table();
    }

    @Test
    void aTableLivesAndDies() {
        String name = Tables.uniqueName();

        assertEquals(name, client.createTable(Tables.request(name)).tableDescription().tableName());
        try (DynamoDbWaiter waiter = Tables.waiter(client)) {
            WaiterResponse<DescribeTableResponse> made = waiter.waitUntilTableExists(r -> r.tableName(name));
            TableDescription table = made.matched().response().orElseThrow().table();

            assertEquals(TableStatus.ACTIVE, table.tableStatus());
            assertEquals(Tables.keySchema("artist", "title"), table.keySchema());
            assertEquals(BillingMode.PAY_PER_REQUEST, table.billingModeSummary().billingMode());
            assertTrue(Duration.between(table.creationDateTime(), Instant.now()).abs().toMinutes() < 1);

            GlobalSecondaryIndexDescription index = table.globalSecondaryIndexes().get(0);
            assertEquals("ByGenre", index.indexName());
            assertEquals(IndexStatus.ACTIVE, index.indexStatus());
            assertEquals(Tables.keySchema("genre", "year"), index.keySchema());
            assertEquals(ProjectionType.ALL, index.projection().projectionType());

            assertEquals(TableStatus.DELETING,
                client.deleteTable(r -> r.tableName(name)).tableDescription().tableStatus());
            assertTrue(waiter.waitUntilTableNotExists(r -> r.tableName(name)).matched().exception()
                .orElseThrow() instanceof ResourceNotFoundException);
        }
    }

    @Test
    void aTableIsUpdated() throws InterruptedException {
        String table = tables.create();

        tables.fill(table, Tables.items());
        client.updateTable(r -> r.tableName(table).billingMode(BillingMode.PROVISIONED)
            .provisionedThroughput(t -> t.readCapacityUnits(7L).writeCapacityUnits(8L))
            .globalSecondaryIndexUpdates(indexUpdate(u -> u.update(i -> i.indexName("ByGenre")
                .provisionedThroughput(t -> t.readCapacityUnits(5L).writeCapacityUnits(6L))))));
        waitForIndexes(table, Set.of("ByGenre"));
        assertEquals(7, describe(table).provisionedThroughput().readCapacityUnits());
        assertEquals(6, describe(table).globalSecondaryIndexes().get(0).provisionedThroughput()
            .writeCapacityUnits());

        client.updateTable(r -> r.tableName(table)
            .attributeDefinitions(Tables.attribute("year", ScalarAttributeType.N),
                Tables.attribute("title", ScalarAttributeType.S))
            .globalSecondaryIndexUpdates(indexUpdate(u -> u.create(i -> i.indexName("ByYear")
                .keySchema(Tables.keySchema("year", "title"))
                .projection(p -> p.projectionType(ProjectionType.KEYS_ONLY))
                .provisionedThroughput(t -> t.readCapacityUnits(1L).writeCapacityUnits(1L))))));
        waitForIndexes(table, Set.of("ByGenre", "ByYear"));
        assertEquals(3, client.query(r -> r.tableName(table).indexName("ByYear")
            .keyConditionExpression("#y = :y").expressionAttributeNames(Map.of("#y", "year"))
            .expressionAttributeValues(Map.of(":y", Tables.n(1975)))).count());

        client.updateTable(r -> r.tableName(table)
            .globalSecondaryIndexUpdates(indexUpdate(u -> u.delete(i -> i.indexName("ByGenre")))));
        waitForIndexes(table, Set.of("ByYear"));
    }

    private static GlobalSecondaryIndexUpdate indexUpdate(Consumer<GlobalSecondaryIndexUpdate.Builder> what) {
        return GlobalSecondaryIndexUpdate.builder().applyMutation(what).build();
    }

    /** Until the table is active and has these indexes, all of them active. */
    private void waitForIndexes(String table, Set<String> names) throws InterruptedException {
        for (int tries = 0; ; tries++) {
            TableDescription now = describe(table);
            Set<String> active = now.globalSecondaryIndexes().stream()
                .filter(i -> i.indexStatus() == IndexStatus.ACTIVE)
                .map(GlobalSecondaryIndexDescription::indexName).collect(Collectors.toSet());

            if (now.tableStatus() == TableStatus.ACTIVE && active.equals(names)
                && now.globalSecondaryIndexes().size() == names.size()) {
                return;
            }
            assertTrue(tries < 300, "active: " + active);
            Thread.sleep(100);
        }
    }

    @Test
    void tablesAreListedInPages() {
        List<String> wanted = List.of(tables.create(), tables.create(), tables.create());
        List<String> listed = new ArrayList<>();

        for (ListTablesResponse page : client.listTablesPaginator(r -> r.limit(2))) {
            assertTrue(page.tableNames().size() <= 2);
            listed.addAll(page.tableNames());
        }
        assertEquals(listed.stream().sorted().collect(Collectors.toList()), listed);
        assertTrue(listed.containsAll(wanted));
    }

    @Test
    void errorsHaveTheirClasses() {
        String table = tables.create();

        ResourceInUseException inUse = assertThrows(ResourceInUseException.class,
            () -> client.createTable(Tables.request(table)));
        assertEquals("Table already exists: " + table, inUse.awsErrorDetails().errorMessage());
        assertThrows(ResourceNotFoundException.class, () -> describe(Tables.uniqueName()));
        assertThrows(ResourceNotFoundException.class,
            () -> client.getItem(r -> r.tableName(Tables.uniqueName()).key(Tables.key("a", "b"))));

        DynamoDbException invalid = assertThrows(DynamoDbException.class,
            () -> client.getItem(r -> r.tableName(table).key(Map.of("artist", Tables.s("a")))));
        assertEquals("ValidationException", invalid.awsErrorDetails().errorCode());
        assertEquals(400, invalid.statusCode());
        assertFalse(invalid.requestId().isEmpty());
    }

    @Test
    void anItemOfAllTypesComesBack() {
        String table = tables.create();
        Map<String, AttributeValue> item = new HashMap<>(Tables.item("Björk", 7));

        item.put("rating", Tables.n("4.75"));
        item.put("cover", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, 1, -1})));
        item.put("live", AttributeValue.fromBool(true));
        item.put("label", AttributeValue.fromNul(true));
        item.put("tags", AttributeValue.fromSs(List.of("iceland", "strings")));
        item.put("charts", AttributeValue.fromNs(List.of("-3", "0", "40")));
        item.put("prints", AttributeValue.fromBs(List.of(SdkBytes.fromUtf8String("x"))));
        item.put("parts", AttributeValue.fromL(List.of(Tables.s("\uD83C\uDFB5"), AttributeValue.fromL(List.of()))));
        item.put("links",
            AttributeValue.fromM(Map.of("video", Tables.s(""), "none", AttributeValue.fromM(Map.of()))));

        PutItemResponse put = client.putItem(r -> r.tableName(table).item(item)
            .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES).returnValues(ReturnValue.ALL_OLD));
        assertFalse(put.hasAttributes());
        assertEquals(2.0, put.consumedCapacity().capacityUnits());
        assertEquals(1.0, put.consumedCapacity().globalSecondaryIndexes().get("ByGenre").capacityUnits());

        Map<String, AttributeValue> key = Tables.key("Björk", "Song 07");
        GetItemResponse got = client.getItem(r -> r.tableName(table).key(key).consistentRead(true));
        assertEquals(item, got.item());
        assertFalse(client.getItem(r -> r.tableName(table).key(Tables.key("Björk", "nothing"))).hasItem());
        assertEquals(item, client.deleteItem(r -> r.tableName(table).key(key)
            .returnValues(ReturnValue.ALL_OLD)).attributes());
    }

    @Test
    void anUpdateHasACondition() {
        String table = tables.create();

        tables.fill(table, List.of(Tables.item("Can", 2)));
        UpdateItemRequest update = UpdateItemRequest.builder().tableName(table).key(Tables.key("Can", "Song 02"))
            .updateExpression("SET #y = #y + :one REMOVE genre ADD tags :tags")
            .conditionExpression("#y BETWEEN :from AND :to AND attribute_not_exists(tags)")
            .expressionAttributeNames(Map.of("#y", "year"))
            .expressionAttributeValues(Map.of(":one", Tables.n(1), ":from", Tables.n(1970), ":to", Tables.n(1979),
                ":tags", AttributeValue.fromSs(List.of("kraut"))))
            .returnValues(ReturnValue.ALL_NEW)
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD).build();
        Map<String, AttributeValue> wanted = new HashMap<>(Tables.key("Can", "Song 02"));

        wanted.put("year", Tables.n(1973));
        wanted.put("tags", AttributeValue.fromSs(List.of("kraut")));
        assertEquals(wanted, client.updateItem(update).attributes());

        ConditionalCheckFailedException failed = assertThrows(ConditionalCheckFailedException.class,
            () -> client.updateItem(update));
        assertEquals("The conditional request failed", failed.awsErrorDetails().errorMessage());
        assertEquals(wanted, failed.item());
    }

    @Test
    void batchesAndPagesOfQueries() {
        String table = tables.create();
        List<Map<String, AttributeValue>> items = Tables.items();

        tables.fill(table, items);
        List<Map<String, AttributeValue>> keys = items.stream()
            .map(item -> Map.of("artist", item.get("artist"), "title", item.get("title")))
            .collect(Collectors.toList());
        Set<Map<String, AttributeValue>> got = new HashSet<>();
        client.batchGetItemPaginator(r -> r.requestItems(
            Map.of(table, KeysAndAttributes.builder().keys(keys).build())))
            .forEach(page -> got.addAll(page.responses().get(table)));
        assertEquals(new HashSet<>(items), got);

        assertEquals(items.subList(20, 40), query(QueryRequest.builder().tableName(table).limit(7)
            .keyConditionExpression("artist = :a")
            .expressionAttributeValues(Map.of(":a", Tables.s("Björk"))).build()));

        List<Map<String, AttributeValue>> ofIndex = query(QueryRequest.builder().tableName(table).limit(2)
            .indexName("ByGenre").scanIndexForward(false).projectionExpression("artist, #y")
            .keyConditionExpression("genre = :g AND #y >= :y").filterExpression("artist <> :a")
            .expressionAttributeNames(Map.of("#y", "year"))
            .expressionAttributeValues(Map.of(":g", Tables.s("rock"), ":y", Tables.n(1985), ":a", Tables.s("Can")))
            .build());
        assertEquals(List.of("1989", "1989", "1987", "1987", "1985", "1985"),
            ofIndex.stream().map(item -> item.get("year").n()).collect(Collectors.toList()));
        assertTrue(ofIndex.stream().allMatch(item -> item.keySet().equals(Set.of("artist", "year"))));
    }

    /** The pages of a query; each has at most as many items as it asks for. */
    private List<Map<String, AttributeValue>> query(QueryRequest request) {
        List<Map<String, AttributeValue>> found = new ArrayList<>();

        for (QueryResponse page : client.queryPaginator(request)) {
            assertTrue(page.scannedCount() <= request.limit());
            assertEquals(page.count(), page.items().size());
            found.addAll(page.items());
        }
        return found;
    }

    /** By the client that does not block, all segments at once. */
    @Test
    void segmentsOfAScanAreTheTable() {
        String table = tables.create();
        List<Map<String, AttributeValue>> found = Collections.synchronizedList(new ArrayList<>());

        tables.fill(table, Tables.items());
        try (DynamoDbAsyncClient async = DynamoDbAsyncClient.create()) {
            List<CompletableFuture<Void>> segments = new ArrayList<>();

            for (int i = 0; i < 4; i++) {
                int segment = i;

                segments.add(async.scanPaginator(r -> r.tableName(table).segment(segment).totalSegments(4).limit(5))
                    .items().subscribe(found::add));
            }
            segments.forEach(CompletableFuture::join);

            CompletionException failed = assertThrows(CompletionException.class,
                () -> async.scan(r -> r.tableName(Tables.uniqueName())).join());
            assertTrue(failed.getCause() instanceof ResourceNotFoundException);
        }
        assertEquals(60, found.size());
        assertEquals(new HashSet<>(Tables.items()), new HashSet<>(found));
    }

    private static List<TransactWriteItem> actions(String table, int required) {
        return List.of(
            TransactWriteItem.builder().put(p -> p.tableName(table).item(Tables.key("Neu!", "Hero"))).build(),
            TransactWriteItem.builder().update(u -> u.tableName(table).key(Tables.key("Abba", "Song 00"))
                .updateExpression("ADD plays :n").expressionAttributeValues(Map.of(":n", Tables.n(1)))).build(),
            TransactWriteItem.builder().delete(d -> d.tableName(table).key(Tables.key("Abba", "Song 01"))).build(),
            TransactWriteItem.builder().conditionCheck(c -> c.tableName(table).key(Tables.key("Abba", "Song 02"))
                .conditionExpression("#y = :y").expressionAttributeNames(Map.of("#y", "year"))
                .expressionAttributeValues(Map.of(":y", Tables.n(required)))
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)).build());
    }

    @Test
    void transactions() {
        String table = tables.create();
        String token = Tables.uniqueName();

        tables.fill(table, Tables.items().subList(0, 3));
        TransactionCanceledException canceled = assertThrows(TransactionCanceledException.class,
            () -> client.transactWriteItems(r -> r.transactItems(actions(table, 2000))));
        assertTrue(canceled.hasCancellationReasons());
        assertEquals(List.of("None", "None", "None", "ConditionalCheckFailed"), canceled.cancellationReasons()
            .stream().map(CancellationReason::code).collect(Collectors.toList()));
        assertEquals("The conditional request failed", canceled.cancellationReasons().get(3).message());
        assertEquals(Tables.item("Abba", 2), canceled.cancellationReasons().get(3).item());

        for (int i = 0; i < 2; i++) {
            client.transactWriteItems(r -> r.transactItems(actions(table, 1972)).clientRequestToken(token));
        }
        assertThrows(IdempotentParameterMismatchException.class, () -> client.transactWriteItems(
            r -> r.transactItems(actions(table, 1973)).clientRequestToken(token)));

        List<ItemResponse> got = client.transactGetItems(r -> r.transactItems(get(table, "Neu!", "Hero"),
            get(table, "Abba", "Song 00"), get(table, "Abba", "Song 01"))).responses();
        assertEquals(Tables.key("Neu!", "Hero"), got.get(0).item());
        assertEquals("1", got.get(1).item().get("plays").n());
        assertFalse(got.get(2).hasItem());
    }

    private static TransactGetItem get(String table, String artist, String title) {
        return TransactGetItem.builder().get(g -> g.tableName(table).key(Tables.key(artist, title))).build();
    }
}
