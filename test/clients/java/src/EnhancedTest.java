import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbEnhancedClient;
import software.amazon.awssdk.enhanced.dynamodb.DynamoDbTable;
import software.amazon.awssdk.enhanced.dynamodb.Expression;
import software.amazon.awssdk.enhanced.dynamodb.Key;
import software.amazon.awssdk.enhanced.dynamodb.TableSchema;
import software.amazon.awssdk.enhanced.dynamodb.model.BatchWriteResult;
import software.amazon.awssdk.enhanced.dynamodb.model.Page;
import software.amazon.awssdk.enhanced.dynamodb.model.QueryConditional;
import software.amazon.awssdk.enhanced.dynamodb.model.ReadBatch;
import software.amazon.awssdk.enhanced.dynamodb.model.WriteBatch;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** A session of the client that applications use: beans and their tables. */
class EnhancedTest {
    private DynamoDbClient client;
    private DynamoDbEnhancedClient enhanced;
    private DynamoDbTable<Song> songs;

    @BeforeEach
    void open() {
        client = DynamoDbClient.create();
        enhanced = DynamoDbEnhancedClient.builder().dynamoDbClient(client).build();
        songs = enhanced.table(Tables.uniqueName(), TableSchema.fromBean(Song.class));
        songs.createTable(r -> r.globalSecondaryIndices(
            i -> i.indexName("ByGenre").projection(p -> p.projectionType(ProjectionType.ALL))));
        try (DynamoDbWaiter waiter = Tables.waiter(client)) {
            waiter.waitUntilTableExists(r -> r.tableName(songs.tableName()));
        }
    }

    @AfterEach
    void close() {
        songs.deleteTable();
        client.close();
    }

    private static Key key(String artist, String title) {
        return Key.builder().partitionValue(artist).sortValue(title).build();
    }

    private static List<Song> manySongs() {
        List<Song> many = new ArrayList<>();

        for (String artist : List.of("Abba", "Björk")) {
            for (int i = 0; i < 20; i++) {
                many.add(new Song(artist, String.format("Song %02d", i), i % 2 == 0 ? "pop" : "rock", 1970 + i));
            }
        }
        return many;
    }

    /** By BatchWriteItem, which knows no conditions and so no versions. */
    private void fill() {
        List<Song> many = manySongs();
        DynamoDbEnhancedClient plain = DynamoDbEnhancedClient.builder().dynamoDbClient(client)
            .extensions(List.of()).build();
        DynamoDbTable<Song> table = plain.table(songs.tableName(), TableSchema.fromBean(Song.class));

        for (int from = 0; from < many.size(); from += 20) {
            List<Song> some = many.subList(from, from + 20);
            WriteBatch.Builder<Song> batch = WriteBatch.builder(Song.class).mappedTableResource(table);

            some.forEach(song -> batch.addPutItem(r -> r.item(song)));
            BatchWriteResult result = plain.batchWriteItem(r -> r.writeBatches(batch.build()));
            assertTrue(result.unprocessedPutItemsForTable(table).isEmpty());
        }
    }

    @Test
    void aBeanComesBack() {
        Song song = new Song("Björk", "Jóga", "art pop", 1997);

        song.setRating(4.75);
        song.setLive(true);
        song.setCover(SdkBytes.fromByteArray(new byte[] {0, 1, -1}));
        song.setAdded(Instant.ofEpochSecond(1700000000L));
        song.setTags(Set.of("iceland", "strings"));
        song.setCharts(Set.of(-3, 0, 40));
        song.setParts(List.of(new Song.Part("intro", 31), new Song.Part("chorus", 60)));
        song.setLinks(Map.of("video", "yes", "lyrics", ""));
        songs.putItem(song);
        assertEquals(song, songs.getItem(r -> r.key(key("Björk", "Jóga")).consistentRead(true)));
        assertNull(songs.getItem(key("Björk", "nothing")));

        Song sparse = new Song("Björk", "Jóga", null, null);
        sparse.setVersion(1);
        songs.putItem(sparse);
        Song deleted = songs.deleteItem(songs.getItem(key("Björk", "Jóga")));
        assertEquals(sparse, deleted);
        assertEquals(2, deleted.getVersion());
    }

    /** Who has an old version of a bean cannot store it. */
    @Test
    void versionsAreConditions() {
        Song song = new Song("Can", "Vitamin C", "rock", 1972);

        songs.putItem(song);
        Song mine = songs.getItem(song);
        Song other = songs.getItem(song);
        mine.setRating(5.0);
        Song updated = songs.updateItem(mine);
        assertEquals(5.0, updated.getRating());
        assertEquals(mine.getVersion() + 1, updated.getVersion());

        other.setRating(1.0);
        assertThrows(ConditionalCheckFailedException.class, () -> songs.updateItem(other));
        assertThrows(ConditionalCheckFailedException.class, () -> songs.putItem(r -> r.item(song)
            .conditionExpression(Expression.builder().expression("rating < :r")
                .putExpressionValue(":r", Tables.n(5)).build())));
        assertEquals(5.0, songs.getItem(song).getRating());
    }

    @Test
    void pagesOfQueriesAndScans() {
        fill();
        List<Song> ofAbba = songs.query(r -> r.limit(6)
            .queryConditional(QueryConditional.sortBetween(key("Abba", "Song 03"), key("Abba", "Song 11"))))
            .items().stream().collect(Collectors.toList());
        assertEquals(manySongs().subList(3, 12), ofAbba);

        List<Integer> years = new ArrayList<>();
        for (Page<Song> page : songs.index("ByGenre").query(r -> r.limit(3).scanIndexForward(false)
            .queryConditional(QueryConditional.sortGreaterThan(
                Key.builder().partitionValue("pop").sortValue(1980).build()))
            .filterExpression(Expression.builder().expression("begins_with(artist, :a)")
                .putExpressionValue(":a", Tables.s("Bj")).build()))) {
            assertTrue(page.items().size() <= 3);
            page.items().forEach(song -> years.add(song.getYear()));
        }
        assertEquals(List.of(1988, 1986, 1984, 1982), years);

        Set<Song> scanned = new HashSet<>();
        for (int segment = 0; segment < 3; segment++) {
            int number = segment;

            songs.scan(r -> r.segment(number).totalSegments(3).limit(4)).items().forEach(scanned::add);
        }
        assertEquals(new HashSet<>(manySongs()), scanned);
    }

    @Test
    void batchesAndTransactions() {
        fill();
        List<Song> read = enhanced.batchGetItem(r -> r.readBatches(ReadBatch.builder(Song.class)
            .mappedTableResource(songs).addGetItem(key("Abba", "Song 05")).addGetItem(key("Björk", "Song 06"))
            .addGetItem(key("Nobody", "nothing")).build())).resultsForTable(songs).stream()
            .collect(Collectors.toList());
        assertEquals(Set.of(manySongs().get(5), manySongs().get(26)), new HashSet<>(read));

        Song added = new Song("Neu!", "Hero", "rock", 1975);
        enhanced.transactWriteItems(r -> r.addPutItem(songs, added)
            .addDeleteItem(songs, key("Abba", "Song 05")));
        TransactionCanceledException canceled = assertThrows(TransactionCanceledException.class,
            () -> enhanced.transactWriteItems(r -> r.addDeleteItem(songs, key("Abba", "Song 06"))
                .addPutItem(songs, added)));
        assertEquals("None", canceled.cancellationReasons().get(0).code());
        assertEquals("ConditionalCheckFailed", canceled.cancellationReasons().get(1).code());

        List<Song> got = enhanced.transactGetItems(r -> r.addGetItem(songs, key("Neu!", "Hero"))
            .addGetItem(songs, key("Abba", "Song 05")).addGetItem(songs, key("Abba", "Song 06")))
            .stream().map(document -> document.getItem(songs)).collect(Collectors.toList());
        assertEquals(added, got.get(0));
        assertNull(got.get(1));
        assertEquals(manySongs().get(6), got.get(2));
    }
}
