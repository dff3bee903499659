package io.neuralake.connector.delta.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.TableManager;
import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.engine.KernelEngine;
import io.neuralake.connector.delta.engine.KernelLog;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileStatistics;
import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.storage.LocalStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// Writes checkpoints and clears logs, and has the kernel read what is left.
class LogMaintenanceTest {
    static final String V2_PROTOCOL =
            "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                + "\"readerFeatures\":[\"v2Checkpoint\",\"deletionVectors\"],"
                + "\"writerFeatures\":[\"v2Checkpoint\",\"deletionVectors\",\"domainMetadata\"]}}";
    private static final String V2_POLICY = "\"delta.checkpointPolicy\":\"v2\"";
    private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    private static final String FIELDS =
            WrittenTable.field("n", "long")
                    + ","
                    + WrittenTable.field("s", "string")
                    + ","
                    + WrittenTable.field("at", "timestamp")
                    + ","
                    + WrittenTable.field("d", "decimal(20,2)")
                    + ","
                    + WrittenTable.field("day", "date");
    private static final String STATISTICS =
            ",\"stats\":\"{\\\"numRecords\\\":3,\\\"minValues\\\":{\\\"n\\\":1,\\\"s\\\":\\\"a\\\","
                    + "\\\"at\\\":\\\"2024-01-01T00:00:00.123Z\\\",\\\"d\\\":1.50},"
                    + "\\\"maxValues\\\":{\\\"n\\\":9,\\\"s\\\":\\\"z\\\","
                    + "\\\"at\\\":\\\"2024-01-02T00:00:00.000Z\\\",\\\"d\\\":2.50},"
                    + "\\\"nullCount\\\":{\\\"n\\\":0,\\\"s\\\":1,\\\"at\\\":0,\\\"d\\\":0}}\"";

    private final Path folder;
    private final WrittenTable table;
    private final LocalStore store = new LocalStore();
    private final KernelEngine engine = new KernelEngine(store, new ParquetFormat().connector());
    private final LogReader reader;

    LogMaintenanceTest(@TempDir Path temporary) {
        this.folder = temporary.resolve("t");
        this.table = new WrittenTable(folder);
        this.reader = new KernelLog(engine, folder.toString());
    }

    @AfterEach
    void close() {
        table.close();
    }

    private static String add(String path, String more) {
        return "{\"add\":{\"path\":\""
                + path
                + "\",\"partitionValues\":{\"day\":\"2024-05-06\"},\"size\":10,"
                + "\"modificationTime\":1,\"dataChange\":true"
                + more
                + "}}";
    }

    private static String remove(String path, Instant at) {
        return "{\"remove\":{\"path\":\""
                + path
                + "\",\"deletionTimestamp\":"
                + at.toEpochMilli()
                + ",\"dataChange\":true,\"extendedFileMetadata\":true,"
                + "\"partitionValues\":{\"day\":\"2024-05-06\"},\"size\":10}}";
    }

    /// Writes commits 0 to 4.
    private void writeCommits(String protocol, String properties) {
        table.commit(0, protocol, WrittenTable.metadata(FIELDS, "\"day\"", properties));
        table.commit(
                1,
                add("a.parquet", STATISTICS),
                add("b.parquet", ",\"tags\":{\"k\":\"v\"},\"clusteringProvider\":\"liquid\""),
                add("c%20d.parquet", ""),
                "{\"txn\":{\"appId\":\"x\",\"version\":3,\"lastUpdated\":5}}");
        table.commit(2, remove("b.parquet", NOW.minus(Duration.ofDays(1))));
        table.commit(
                3,
                remove("c%20d.parquet", NOW.minus(Duration.ofDays(10))),
                "{\"domainMetadata\":{\"domain\":\"u\",\"configuration\":\"{}\",\"removed\":false}}",
                "{\"domainMetadata\":{\"domain\":\"gone\",\"configuration\":\"\",\"removed\":true}}");
        table.commit(4, add("e.parquet", ""));
    }

    private void maintain(long version) {
        TableState state = reader.load(version);
        new LogMaintenance(
                        store,
                        path -> new KernelLog(engine, path),
                        Runnable::run,
                        InstantSource.fixed(NOW))
                .afterCommit(folder.toString(), state);
    }

    private List<String> log() {
        try (Stream<Path> files = Files.walk(folder.resolve("_delta_log"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.resolve("_delta_log").relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TreeSet<String> paths(TableState state) {
        TreeSet<String> paths = new TreeSet<>();
        for (AddFile file : state.files()) {
            paths.add(file.path());
        }
        return paths;
    }

    private void dropCommits(long upTo) throws IOException {
        for (long version = 0; version < upTo; version++) {
            Files.delete(folder.resolve("_delta_log/" + "%020d".formatted(version) + ".json"));
        }
    }

    private void checkVersion4() {
        TableState state = reader.load(null);
        assertThat(paths(state)).containsExactly("a.parquet", "e.parquet");
        assertThat(state.transactions()).containsEntry("x", 3L);
        LogContents contents = reader.contents(null);
        assertThat(contents.state().baseVersion()).isEqualTo(4);
        assertThat(contents.tombstones())
                .as("the other one is expired")
                .singleElement()
                .satisfies(
                        tombstone ->
                                assertThat(
                                                contents.types()
                                                        .member("remove", tombstone.row(), "path"))
                                        .isEqualTo("b.parquet"));
        assertThat(contents.domains())
                .singleElement()
                .satisfies(domain -> assertThat(domain.getFirst()).isEqualTo("u"));
        assertThat(TableManager.loadSnapshot(folder.toString()).build(engine).getVersion())
                .isEqualTo(4);
    }

    @Test
    void writesClassicCheckpoints() throws IOException {
        writeCommits(LogMaintenanceTest.V2_PROTOCOL, "\"delta.checkpointInterval\":\"4\"");
        maintain(4);
        assertThat(log())
                .contains(
                        "00000000000000000004.checkpoint.parquet",
                        "00000000000000000004.crc",
                        "_last_checkpoint");
        dropCommits(4);
        checkVersion4();
    }

    @Test
    void writesCheckpointsWithSidecars() throws IOException {
        writeCommits(V2_PROTOCOL, V2_POLICY + ",\"delta.checkpointInterval\":\"2\"");
        maintain(4);
        assertThat(log())
                .anyMatch(name -> name.matches("0+4\\.checkpoint\\.[0-9a-f-]{36}\\.parquet"));
        assertThat(log()).anyMatch(name -> name.startsWith("_sidecars/"));
        dropCommits(4);
        checkVersion4();
    }

    @Test
    void writesNoSecondCheckpointOfAVersion() {
        writeCommits(V2_PROTOCOL, V2_POLICY + ",\"delta.checkpointInterval\":\"2\"");
        maintain(4);
        List<String> before = log();
        maintain(4);
        assertThat(log()).isEqualTo(before);
    }

    @Test
    void waitsForItsTurn() {
        writeCommits(WrittenTable.PROTOCOL, "");
        maintain(4);
        assertThat(log()).hasSize(5);
    }

    @Test
    void makesUpForAMissedTurn() {
        writeCommits(V2_PROTOCOL, "\"delta.checkpointInterval\":\"4\"");
        maintain(4);
        for (long version = 5; version <= 9; version++) {
            table.commit(version, add(version + ".parquet", ""));
        }
        maintain(7);
        assertThat(log()).noneMatch(name -> name.startsWith("00000000000000000007.checkpoint"));
        maintain(9);
        assertThat(log()).anyMatch(name -> name.startsWith("00000000000000000009.checkpoint"));
    }

    @Test
    void closingWaitsForCheckpoints() throws InterruptedException {
        writeCommits(V2_PROTOCOL, "\"delta.checkpointInterval\":\"4\"");
        CountDownLatch go = new CountDownLatch(1);
        LogMaintenance maintenance =
                new LogMaintenance(
                        store,
                        path -> new KernelLog(engine, path),
                        task ->
                                Thread.ofVirtual()
                                        .start(
                                                () -> {
                                                    try {
                                                        go.await();
                                                    } catch (InterruptedException e) {
                                                        return;
                                                    }
                                                    task.run();
                                                }),
                        InstantSource.fixed(NOW));
        maintenance.afterCommit(folder.toString(), reader.load(4L));
        Thread closing = Thread.ofPlatform().start(maintenance::close);
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            assertThat(closing.isAlive()).as("it waits").isTrue();
            Thread.onSpinWait();
        }
        go.countDown();
        closing.join();
        assertThat(log()).contains("00000000000000000004.checkpoint.parquet", "_last_checkpoint");
    }

    @Test
    void clearsWhatIsExpired() throws IOException {
        writeCommits(V2_PROTOCOL, V2_POLICY + ",\"delta.checkpointInterval\":\"2\"");
        maintain(2);
        maintain(4);
        for (String name : log()) {
            Files.setLastModifiedTime(
                    folder.resolve("_delta_log/" + name),
                    FileTime.from(NOW.minus(Duration.ofDays(40))));
        }
        table.commit(5, add("f.parquet", ""));
        Files.setLastModifiedTime(
                folder.resolve("_delta_log/00000000000000000005.json"), FileTime.from(NOW));
        table.commit(6, add("g.parquet", ""));
        Files.setLastModifiedTime(
                folder.resolve("_delta_log/00000000000000000006.json"), FileTime.from(NOW));
        maintain(6);
        assertThat(log())
                .filteredOn(name -> !name.startsWith("_sidecars"))
                .extracting(name -> name.replaceAll("\\.[0-9a-f-]{36}", ".ID"))
                .containsExactlyInAnyOrder(
                        "00000000000000000004.checkpoint.ID.parquet",
                        "00000000000000000004.crc",
                        "00000000000000000004.json",
                        "00000000000000000005.json",
                        "00000000000000000006.checkpoint.ID.parquet",
                        "00000000000000000006.crc",
                        "00000000000000000006.json",
                        "_last_checkpoint");
        assertThat(log()).filteredOn(name -> name.startsWith("_sidecars")).hasSize(2);
        for (long version = 4; version <= 6; version++) {
            assertThat(reader.load(version).version()).isEqualTo(version);
        }
    }

    @Test
    void clearsBeforeACheckpointThatCanBeRead() throws IOException {
        writeCommits(V2_PROTOCOL, V2_POLICY + ",\"delta.checkpointInterval\":\"2\"");
        maintain(2);
        maintain(4);
        String orphan = "_sidecars/00000000-0000-0000-0000-000000000000.parquet";
        Files.writeString(folder.resolve("_delta_log/" + orphan), "x");
        for (String name : log()) {
            Path file = folder.resolve("_delta_log/" + name);
            if (name.startsWith("00000000000000000004.checkpoint")) {
                Files.writeString(file, "damaged");
            }
            Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofDays(40))));
        }
        for (long version = 5; version <= 6; version++) {
            table.commit(version, add(version + ".parquet", ""));
            Files.setLastModifiedTime(
                    folder.resolve("_delta_log/" + "%020d".formatted(version) + ".json"),
                    FileTime.from(NOW));
        }
        maintain(6);
        assertThat(log())
                .contains("00000000000000000002.json", "00000000000000000003.json", orphan)
                .doesNotContain("00000000000000000000.json", "00000000000000000001.json");
        for (String name : log()) {
            if (name.startsWith("00000000000000000004.checkpoint")) {
                Files.delete(folder.resolve("_delta_log/" + name));
            }
        }
        table.commit(7, add("7.parquet", ""));
        table.commit(8, add("8.parquet", ""));
        maintain(8);
        assertThat(log()).doesNotContain(orphan);
    }

    @Test
    void readsAroundDamagedCheckpoints() throws IOException {
        writeCommits(V2_PROTOCOL, "\"delta.checkpointInterval\":\"2\"");
        maintain(2);
        maintain(4);
        Path checkpoint = folder.resolve("_delta_log/00000000000000000004.checkpoint.parquet");
        byte[] content = Files.readAllBytes(checkpoint);
        Files.write(checkpoint, java.util.Arrays.copyOf(content, content.length / 2));
        TableState state =
                new KernelLog(
                                new KernelEngine(store, new ParquetFormat().connector()),
                                folder.toString())
                        .load(null);
        assertThat(state.version()).isEqualTo(4);
        assertThat(paths(state)).containsExactly("a.parquet", "e.parquet");
    }

    @Test
    void tellsCheckpointsOfTheSameNameApart() throws IOException {
        Path checkpoint = folder.resolve("_delta_log/00000000000000000004.checkpoint.parquet");
        writeCommits(V2_PROTOCOL, "\"delta.checkpointInterval\":\"4\"");
        maintain(4);
        dropCommits(4);
        Files.setLastModifiedTime(checkpoint, FileTime.from(NOW.minusSeconds(2)));
        long size = Files.size(checkpoint);
        assertThat(paths(reader.load(null))).containsExactly("a.parquet", "e.parquet");

        // The table is dropped and made anew, with as much in it.
        for (String name : log()) {
            Files.delete(folder.resolve("_delta_log/" + name));
        }
        writeCommits(V2_PROTOCOL, "\"delta.checkpointInterval\":\"4\"");
        table.commit(4, add("f.parquet", ""));
        maintain(4);
        dropCommits(4);
        Files.setLastModifiedTime(checkpoint, FileTime.from(NOW.minusSeconds(1)));
        assertThat(Files.size(checkpoint)).isEqualTo(size);
        assertThat(paths(reader.load(null))).containsExactly("a.parquet", "f.parquet");
    }

    @Test
    void readsCheckpointsThatTheLastOneDoesNotName() throws IOException {
        writeCommits(V2_PROTOCOL, "\"delta.checkpointInterval\":\"2\"");
        maintain(2);
        byte[] before = Files.readAllBytes(folder.resolve("_delta_log/_last_checkpoint"));
        maintain(4);
        Files.write(folder.resolve("_delta_log/_last_checkpoint"), before);
        dropCommits(4);
        checkVersion4();
    }

    @Test
    void badStatisticsLeaveTheOthers() throws IOException {
        table.commit(
                0,
                V2_PROTOCOL,
                WrittenTable.metadata(
                        WrittenTable.field("n", "integer")
                                + ","
                                + WrittenTable.field("at", "timestamp")
                                + ","
                                + WrittenTable.field("m", "long"),
                        "",
                        "\"delta.checkpointInterval\":\"4\","
                                + "\"delta.checkpoint.writeStatsAsJson\":\"false\""));
        String statistics =
                "{'numRecords':3,'minValues':{'n':-3000000000,'at':'no time','m':[1,{'m':2}]},"
                        + "'maxValues':{'n':7,'at':{'m':5},'m':9},'nullCount':{'n':0,'m':1}}";
        table.commit(
                1,
                "{\"add\":{\"path\":\"a.parquet\",\"partitionValues\":{},\"size\":10,"
                        + "\"modificationTime\":1,\"dataChange\":true,\"stats\":\""
                        + statistics.replace("'", "\\\"")
                        + "\"}}");
        for (long version = 2; version <= 4; version++) {
            table.commit(version, "{\"txn\":{\"appId\":\"x\",\"version\":1}}");
        }
        maintain(4);
        dropCommits(4);
        AddFile file = reader.load(null).files().iterator().next();
        assertThat(file.rowCount()).isEqualTo(3);
        FileStatistics n = FileStatistics.of(file.statistics(), List.of("n"));
        assertThat(n.minimum()).as("no INTEGER").isNull();
        assertThat(n.maximum()).isEqualTo("7");
        assertThat(n.nulls()).isZero();
        FileStatistics at = FileStatistics.of(file.statistics(), List.of("at"));
        assertThat(at.minimum()).isNull();
        assertThat(at.maximum()).isNull();
        FileStatistics m = FileStatistics.of(file.statistics(), List.of("m"));
        assertThat(m.minimum()).isNull();
        assertThat(m.maximum()).isEqualTo("9");
        assertThat(m.nulls()).isEqualTo(1);
    }

    @Test
    void readsStatisticsThatAreColumns() throws IOException {
        writeCommits(
                V2_PROTOCOL,
                "\"delta.checkpointInterval\":\"4\",\"delta.checkpoint.writeStatsAsJson\":\"false\"");
        maintain(4);
        dropCommits(4);
        for (AddFile file : reader.load(null).files()) {
            if (file.path().equals("a.parquet")) {
                assertThat(file.statistics())
                        .contains(
                                "\"numRecords\":3",
                                "\"n\":9",
                                "2024-01-01T00:00:00.123000Z",
                                "1.50");
                assertThat(file.rowCount()).isEqualTo(3);
            }
        }
    }
}
