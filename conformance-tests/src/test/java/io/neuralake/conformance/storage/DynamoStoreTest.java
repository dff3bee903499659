package io.neuralake.conformance.storage;

import static io.neuralake.conformance.storage.ObjectStoreContract.bytes;
import static io.neuralake.conformance.storage.ObjectStoreContract.fails;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;
import io.neuralake.storage.s3.CommitChoice;
import io.neuralake.storage.s3.S3Settings;
import io.neuralake.storage.s3.S3Store;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Commits that DynamoDB arbitrates, and what other writers leave behind in the middle of one.
class DynamoStoreTest {
    private String bucket;
    private String table;
    private ObjectStore store;
    private S3Store objects;

    @BeforeEach
    void open() throws Exception {
        bucket = S3Double.shared().newBucket();
        table = "s3://" + bucket + "/lake/t";
        S3Settings settings =
                S3Double.shared()
                        .settings()
                        .withCommits(CommitChoice.parse("dynamodb"))
                        .withDynamo(DynamoDouble.shared().settings());
        store = S3Store.open(settings);
        objects = new S3Store(S3Double.shared().settings());
    }

    @AfterEach
    void close() throws Exception {
        ((AutoCloseable) store).close();
        objects.close();
    }

    private String commit(long version) {
        return table + "/_delta_log/%020d.json".formatted(version);
    }

    private String key() {
        return "s3a://" + bucket + "/lake/t";
    }

    private Map<String, AttributeValue> item(long version) throws Exception {
        return DynamoDouble.shared()
                .client()
                .getItem(
                        r ->
                                r.tableName(DynamoDouble.TABLE)
                                        .consistentRead(true)
                                        .key(
                                                Map.of(
                                                        "tablePath",
                                                        AttributeValue.fromS(key()),
                                                        "fileName",
                                                        AttributeValue.fromS(
                                                                "%020d.json".formatted(version)))))
                .item();
    }

    /// Does what a writer has done that crashed after its commit had happened.
    private void crashedCommit(long version, String content) throws Exception {
        String name = "%020d.json".formatted(version);
        objects.put(table + "/_delta_log/.tmp/" + name + ".abc", bytes(content));
        DynamoDouble.shared()
                .client()
                .putItem(
                        r ->
                                r.tableName(DynamoDouble.TABLE)
                                        .item(
                                                Map.of(
                                                        "tablePath",
                                                        AttributeValue.fromS(key()),
                                                        "fileName",
                                                        AttributeValue.fromS(name),
                                                        "tempPath",
                                                        AttributeValue.fromS(
                                                                ".tmp/" + name + ".abc"),
                                                        "complete",
                                                        AttributeValue.fromS("false"))));
    }

    @Test
    void commitsAreInBothPlaces() throws Exception {
        assertThat(store.putIfAbsent(commit(0), bytes("zero"))).isTrue();
        assertThat(store.putIfAbsent(commit(1), bytes("one"))).isTrue();
        assertThat(store.putIfAbsent(commit(1), bytes("other"))).isFalse();
        assertThat(objects.read(commit(0))).isEqualTo(bytes("zero"));
        assertThat(objects.read(commit(1))).isEqualTo(bytes("one"));
        Map<String, AttributeValue> item = item(1);
        assertThat(item.get("complete").s()).isEqualTo("true");
        assertThat(item.get("tempPath").s()).startsWith(".tmp/00000000000000000001.json.");
        assertThat(Long.parseLong(item.get("expireTime").n()))
                .isBetween(1_700_000_000L, 9_999_999_999L);
        assertThat(objects.read(table + "/_delta_log/" + item.get("tempPath").s()))
                .isEqualTo(bytes("one"));
    }

    @Test
    void readerCompletesACrashedCommitBeforeListing() throws Exception {
        store.putIfAbsent(commit(0), bytes("zero"));
        crashedCommit(1, "one");
        List<StoredEntry> listed = store.children(table + "/_delta_log", "0");
        assertThat(listed)
                .extracting(StoredEntry::name)
                .containsExactly("00000000000000000000.json", "00000000000000000001.json");
        assertThat(objects.read(commit(1))).isEqualTo(bytes("one"));
        assertThat(item(1).get("complete").s()).isEqualTo("true");
    }

    @Test
    void readerThatFollowsTheLogCompletesACrashedCommit() throws Exception {
        store.putIfAbsent(commit(0), bytes("zero"));
        assertThat(store.entry(commit(1))).isEmpty();
        crashedCommit(1, "one");
        assertThat(store.entry(commit(1)).orElseThrow().bytes()).isEqualTo(3);
        assertThat(store.read(commit(1))).isEqualTo(bytes("one"));
    }

    @Test
    void writerCompletesACrashedCommitBeforeItsOwn() throws Exception {
        store.putIfAbsent(commit(0), bytes("zero"));
        crashedCommit(1, "one");
        assertThat(store.putIfAbsent(commit(2), bytes("two"))).isTrue();
        assertThat(objects.read(commit(1))).isEqualTo(bytes("one"));
        assertThat(item(1).get("complete").s()).isEqualTo("true");
        assertThat(objects.read(commit(2))).isEqualTo(bytes("two"));
    }

    @Test
    void crashedCommitIsNotOverwritten() throws Exception {
        store.putIfAbsent(commit(0), bytes("zero"));
        crashedCommit(1, "one");
        assertThat(store.putIfAbsent(commit(1), bytes("mine"))).isFalse();
        assertThat(objects.read(commit(1))).isEqualTo(bytes("one"));
        crashedCommit(2, "two");
        assertThat(store.read(commit(2))).isEqualTo(bytes("two"));
    }

    @Test
    void copyThatAnotherHasMadeIsLeftAlone() throws Exception {
        store.putIfAbsent(commit(0), bytes("zero"));
        crashedCommit(1, "one");
        objects.put(commit(1), bytes("one"));
        assertThat(store.children(table + "/_delta_log", "0")).hasSize(2);
        assertThat(item(1).get("complete").s()).isEqualTo("true");
    }

    @Test
    void versionsFollowEachOther() {
        fails(() -> store.putIfAbsent(commit(1), bytes("one")), ErrorCode.STORAGE_ERROR);
        assertThat(objects.entry(commit(1))).isEmpty();
    }

    @Test
    void logThatBeganWithoutDynamoIsTakenOver() throws Exception {
        objects.put(commit(0), bytes("zero"));
        assertThat(store.putIfAbsent(commit(1), bytes("one"))).isTrue();
        assertThat(item(0)).isEmpty();
        assertThat(item(1)).isNotEmpty();
    }

    @Test
    void tableThatWasDroppedCanBeMadeAnew() {
        store.putIfAbsent(commit(0), bytes("zero"));
        assertThat(store.deleteFolder(table)).isTrue();
        assertThat(store.putIfAbsent(commit(0), bytes("new"))).isTrue();
    }

    @Test
    void tableThatVanishedOtherwiseCannot() {
        store.putIfAbsent(commit(0), bytes("zero"));
        objects.deleteFolder(table);
        fails(() -> store.putIfAbsent(commit(0), bytes("new")), ErrorCode.STORAGE_ERROR);
    }

    @Test
    void ofManyWritersOneWins() throws Exception {
        store.putIfAbsent(commit(0), bytes("zero"));
        for (long version = 1; version <= 3; version++) {
            String path = commit(version);
            List<Future<Boolean>> running = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
                for (int writer = 0; writer < 6; writer++) {
                    byte[] content = bytes("writer " + writer);
                    running.add(threads.submit(() -> store.putIfAbsent(path, content)));
                }
            }
            List<Integer> winners = new ArrayList<>();
            for (int writer = 0; writer < running.size(); writer++) {
                if (running.get(writer).get()) {
                    winners.add(writer);
                }
            }
            assertThat(winners).hasSize(1);
            assertThat(objects.read(path)).isEqualTo(bytes("writer " + winners.getFirst()));
        }
    }

    @Test
    void otherTablesCanBeLeftToTheStore() throws Exception {
        S3Settings settings =
                S3Double.shared()
                        .settings()
                        .withCommits(
                                CommitChoice.parse(
                                        "conditional,s3://" + bucket + "/lake/t=dynamodb"))
                        .withDynamo(DynamoDouble.shared().settings());
        ObjectStore mixed = S3Store.open(settings);
        try (AutoCloseable _ = (AutoCloseable) mixed) {
            String other = "s3://" + bucket + "/lake/u/_delta_log/%020d.json".formatted(0);
            assertThat(mixed.putIfAbsent(other, bytes("zero"))).isTrue();
            assertThat(mixed.putIfAbsent(other, bytes("one"))).isFalse();
            assertThat(mixed.putIfAbsent(commit(0), bytes("zero"))).isTrue();
            assertThat(item(0)).isNotEmpty();
            assertThat(mixed.putIfAbsent(table + "/_delta_log/other", bytes("x"))).isTrue();
        }
    }
}
