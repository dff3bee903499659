package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FileDetails;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What commits hold, and many at once.
class DeltaTransactionTest {
    private final Path temporary;
    private final ChangedTable table;

    DeltaTransactionTest(@TempDir Path temporary) {
        this.temporary = temporary;
        this.table = new ChangedTable(temporary.resolve("t"));
    }

    private static AddFile only(DeltaTransaction transaction) {
        return transaction.staged().state().files().iterator().next();
    }

    @Test
    void nothingStagedIsNoCommit() {
        table.create();
        try (DeltaTransaction transaction = table.begin()) {
            assertThat(transaction.commit()).isZero();
        }
        assertThat(table.logFiles()).hasSize(1);
    }

    @Test
    void statementsOfOneTransactionSeeEachOtherAndBecomeOneVersion() {
        table.create();
        try (DeltaTransaction transaction = table.begin()) {
            Object before = transaction.staged().state();
            ChangedTable.append(transaction, "a", "b");
            ChangedTable.append(transaction, "c");
            assertThat(ChangedTable.paths(transaction.staged().state()))
                    .containsExactly("a", "b", "c");
            assertThat(before).isNotEqualTo(transaction.staged().state());
            assertThat(table.paths()).isEmpty();
            assertThat(transaction.commit()).isEqualTo(1);
        }
        assertThat(table.paths()).containsExactly("a", "b", "c");
        assertThat(table.commit(1).getFirst())
                .contains("\"operation\":\"WRITE\"")
                .contains("\"isBlindAppend\":true")
                .contains("\"readVersion\":0")
                .contains("\"isolationLevel\":\"Serializable\"")
                .contains("\"userName\":\"tester\"")
                .contains("\"numFiles\":\"3\"")
                .contains("\"numOutputRows\":\"15\"")
                .contains("\"engineInfo\":\"Neuralake/")
                .contains("\"txnId\":\"");
    }

    @Test
    void commitHoldsTheNetDifference() {
        table.create();
        table.append("a", "b");
        try (DeltaTransaction transaction = table.begin()) {
            ChangedTable.append(transaction, "new");
            AddFile a = find(transaction, "a");
            AddFile once = deleted(a, "1");
            change(transaction, List.of(a), List.of(once));
            change(transaction, List.of(once), List.of(deleted(a, "2")));
            AddFile added = find(transaction, "new");
            change(transaction, List.of(added), List.of(deleted(added, "3")));
            ChangedTable.append(transaction, "vain");
            change(transaction, List.of(find(transaction, "vain")), List.of());
            assertThat(transaction.commit()).isEqualTo(2);
        }
        assertThat(table.commit(2))
                .filteredOn(line -> line.startsWith("{\"remove\""))
                .singleElement()
                .asString()
                .contains("\"path\":\"a\"")
                .doesNotContain("deletionVector");
        assertThat(table.commit(2))
                .filteredOn(line -> line.startsWith("{\"add\""))
                .hasSize(2)
                .anyMatch(line -> line.contains("\"path\":\"a\"") && line.contains("\"2\""))
                .anyMatch(line -> line.contains("\"path\":\"new\"") && line.contains("\"3\""));
        assertThat(table.commit(2).getFirst())
                .contains("\"operation\":\"TRANSACTION\"")
                .contains("\"isBlindAppend\":false");
        assertThat(ChangedTable.paths(table.reread())).containsExactly("a", "b", "new");
    }

    private static AddFile find(DeltaTransaction transaction, String path) {
        for (AddFile file : transaction.staged().state().files()) {
            if (file.path().equals(path)) {
                return file;
            }
        }
        throw new AssertionError("no file " + path);
    }

    private static AddFile deleted(AddFile file, String vector) {
        return file.withDeletions(new DeletionVector("i", vector, null, 4, 1), file.statistics());
    }

    private static void change(
            DeltaTransaction transaction, List<AddFile> gone, List<AddFile> come) {
        FileChanges files = new FileChanges();
        gone.forEach(files::remove);
        come.forEach(files::add);
        ChangedTable.stage(transaction, ChangeOperation.DELETE, files);
    }

    @Test
    void rowsThatAreArrangedWithNewOnesCountAsChanged() {
        table.create();
        table.append("a");
        FileDetails arranged = FileDetails.DATA.withDataChange(false);
        try (DeltaTransaction transaction = table.begin()) {
            ChangedTable.append(transaction, "b");
            FileChanges files = new FileChanges();
            files.remove(find(transaction, "a").withDetails(arranged));
            files.remove(find(transaction, "b").withDetails(arranged));
            files.add(ChangedTable.file("ab").withDetails(arranged));
            ChangedTable.stage(transaction, ChangeOperation.OPTIMIZE, files);
            transaction.commit();
        }
        assertThat(table.commit(2)).hasSize(3).noneMatch(line -> line.contains("e\":false,\"sta"));
        assertThat(table.commit(2).toString()).doesNotContain("\"dataChange\":false");
    }

    @Test
    void timesInCommitsNeverGoBack() {
        table.create();
        long last = table.open().state().millis();
        for (int i = 1; i <= 20; i++) {
            table.append("f" + i);
            TableState state = table.open().state();
            assertThat(state.millis()).isGreaterThan(last);
            last = state.millis();
        }
        assertThat(table.reread().millis()).isEqualTo(last);
    }

    @Test
    void commitNeedsNoReading() {
        table.create();
        table.append("a");
        TableState known = table.open().state();
        assertThat(known.version()).isEqualTo(1);
        assertThat(known.file(ChangedTable.file("a").key())).isNotNull();
        assertThat(table.open()).isSameAs(table.open());
    }

    @Test
    void rowsGetIdentifiersWhereTheyAreTracked() {
        table.create(
                ChangedTable.definition(
                        Map.of("delta.enableRowTracking", "true"),
                        ChangedTable.column("n", ScalarType.BIGINT)));
        table.append("a");
        try (DeltaTransaction behind = table.begin()) {
            ChangedTable.append(behind, "b", "c");
            table.append("d");
            assertThat(behind.commit()).isEqualTo(3);
        }
        try (DeltaTransaction transaction = table.begin()) {
            AddFile d = find(transaction, "d");
            change(transaction, List.of(d), List.of(deleted(d, "1")));
            transaction.commit();
        }
        TableState state = table.reread();
        assertThat(state.domains())
                .containsEntry("delta.rowTracking", "{\"rowIdHighWaterMark\":19}");
        Map<String, List<Long>> expected =
                Map.of(
                        "a", List.of(0L, 1L),
                        "d", List.of(5L, 2L),
                        "b", List.of(10L, 3L),
                        "c", List.of(15L, 3L));
        for (AddFile file : state.files()) {
            assertThat(List.of(file.details().baseRowId(), file.details().rowCommitVersion()))
                    .isEqualTo(expected.get(file.path()));
        }
        assertThat(table.commit(4).toString())
                .contains("\"delta.rowTracking.preserved\":\"true\"")
                .contains("\"remove\":{\"path\":\"d\"");
        assertThat(table.commit(4)).anyMatch(line -> line.contains("\"baseRowId\":5"));
    }

    @Test
    void rowsStayWhereTheyCanOnlyBeAdded() {
        table.create(
                ChangedTable.definition(
                        Map.of("delta.appendOnly", "true"),
                        ChangedTable.column("n", ScalarType.BIGINT)));
        table.append("a");
        try (DeltaTransaction transaction = table.begin();
                DeltaChange change =
                        (DeltaChange)
                                transaction.change(ChangedTable.info(ChangeOperation.TRUNCATE))) {
            assertThatThrownBy(change::deleteAll).hasMessageContaining("delta.appendOnly");
        }
        assertThatThrownBy(
                        () ->
                                table.format.create(
                                        ChangedTable.NAME,
                                        table.folder.toString(),
                                        ChangedTable.definition(
                                                ChangedTable.column("n", ScalarType.BIGINT)),
                                        io.neuralake.spi.change.SupportsTableChanges.CreateMode
                                                .REPLACE))
                .hasMessageContaining("delta.appendOnly");
    }

    @Test
    void truncateRemovesAllFiles() {
        table.create();
        table.append("a", "b");
        try (DeltaTransaction transaction = table.begin()) {
            try (DeltaChange change =
                    (DeltaChange) transaction.change(ChangedTable.info(ChangeOperation.TRUNCATE))) {
                assertThat(change.deleteAll()).isEqualTo(10);
                change.stage();
            }
            transaction.commit();
        }
        assertThat(table.reread().fileCount()).isZero();
    }

    @Test
    void unstagedChangeLeavesNothing() {
        table.create();
        table.append("a");
        try (DeltaTransaction transaction = table.begin()) {
            try (DeltaChange change =
                    (DeltaChange) transaction.change(ChangedTable.info(ChangeOperation.TRUNCATE))) {
                change.deleteAll();
            }
            assertThat(transaction.commit()).isEqualTo(1);
        }
        assertThat(table.paths()).containsExactly("a");
    }

    @Test
    void manyThreadsCommitToOneTable() throws Exception {
        table.create();
        int threads = 8;
        int commits = 50;
        List<Future<List<Long>>> results = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int thread = 0; thread < threads; thread++) {
                String name = "t" + thread + "-";
                // Half of them are of another process, which shares nothing but the folder.
                ChangedTable own = thread % 2 == 0 ? table : new ChangedTable(table.folder);
                results.add(
                        pool.submit(
                                () -> {
                                    List<Long> versions = new ArrayList<>();
                                    for (int i = 0; i < commits; i++) {
                                        versions.add(own.append(name + i));
                                    }
                                    return versions;
                                }));
            }
        }
        List<Long> versions = new ArrayList<>();
        for (Future<List<Long>> result : results) {
            assertThat(result.get()).isSorted();
            versions.addAll(result.get());
        }
        assertThat(versions).doesNotHaveDuplicates().hasSize(threads * commits);
        assertThat(versions.stream().mapToLong(v -> v).max()).hasValue(threads * commits);
        TableState state = table.reread();
        assertThat(state.version()).isEqualTo(threads * commits);
        assertThat(state.fileCount()).isEqualTo(threads * commits);
        assertThat(ChangedTable.paths(state)).isEqualTo(table.paths());
        assertThat(table.logFiles().stream().filter(name -> name.matches("\\d{20}\\.json")))
                .hasSize(threads * commits + 1);
    }

    @Test
    void featuresThatAreNotSupportedAreNamed() throws Exception {
        java.nio.file.Files.createDirectories(table.folder.resolve("_delta_log"));
        java.nio.file.Files.writeString(
                table.folder.resolve("_delta_log/00000000000000000000.json"),
                "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":7,"
                        + "\"writerFeatures\":[\"icebergCompatV1\",\"appendOnly\",\"newThing\"]}}\n"
                        + "{\"metaData\":{\"id\":\"x\",\"format\":{\"provider\":\"parquet\","
                        + "\"options\":{}},\"schemaString\":\"{\\\"type\\\":\\\"struct\\\","
                        + "\\\"fields\\\":[{\\\"name\\\":\\\"n\\\",\\\"type\\\":\\\"long\\\","
                        + "\\\"nullable\\\":true,\\\"metadata\\\":{}}]}\",\"partitionColumns\":[],"
                        + "\"configuration\":{},\"createdTime\":1}}\n");
        DeltaTable open = table.open();
        assertThatThrownBy(open::begin)
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("icebergCompatV1, newThing");
    }

    @Test
    void olderVersionsCannotBeChanged() {
        table.create();
        table.append("a");
        DeltaTable old =
                (DeltaTable) table.open().at(new io.neuralake.spi.catalog.TableVersion.Number(0));
        assertThatThrownBy(old::begin).hasMessageContaining("Only the newest version");
    }

    @Test
    void alterAndAppendInOneTransaction() {
        table.create();
        try (DeltaTransaction transaction = table.begin()) {
            try (DeltaChange change =
                    (DeltaChange) transaction.change(ChangedTable.info(ChangeOperation.ALTER))) {
                change.alter(
                        new TableAlteration.AddColumn(
                                List.of(), ChangedTable.column("s", ScalarType.VARCHAR), null));
                change.stage();
            }
            ChangedTable.append(transaction, "a");
            assertThat(transaction.staged().state().metadata().schema().schema().size())
                    .isEqualTo(2);
            transaction.commit();
        }
        assertThat(table.commit(1)).hasSize(3);
        assertThat(table.reread().metadata().schema().schema().size()).isEqualTo(2);
        assertThat(only(table.begin()).path()).isEqualTo("a");
    }
}
