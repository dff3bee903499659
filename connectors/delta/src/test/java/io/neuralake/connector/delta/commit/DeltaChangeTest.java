package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.log.TableState;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.Compaction;
import io.neuralake.spi.change.CompactionOptions;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Changes rows, and reads them back.
class DeltaChangeTest {
    private final WrittenTable reader;
    private final ChangedTable table;

    DeltaChangeTest(@TempDir Path temporary) {
        reader = new WrittenTable(temporary.resolve("unused"));
        table = new ChangedTable(temporary.resolve("t"));
    }

    @AfterEach
    void close() {
        reader.close();
    }

    private void create(Map<String, String> properties) {
        create(properties, List.of());
    }

    private void create(Map<String, String> properties, List<String> partitionColumns) {
        table.create(
                new TableDefinition(
                        List.of(
                                ChangedTable.column("n", ScalarType.BIGINT),
                                ChangedTable.column("s", ScalarType.VARCHAR)),
                        partitionColumns,
                        List.of(),
                        Map.of(),
                        properties,
                        ""));
    }

    private static List<@Nullable Object> row(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    private static List<List<@Nullable Object>> numbers(int from, int to) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (long n = from; n < to; n++) {
            rows.add(row(n, "v" + n));
        }
        return rows;
    }

    private Batch batch(Schema schema, List<List<@Nullable Object>> rows) {
        Column[] columns = new Column[schema.size()];
        for (int i = 0; i < columns.length; i++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (List<@Nullable Object> row : rows) {
                values.add(row.get(i));
            }
            columns[i] = ColumnBuilder.of(reader.allocator(), schema.field(i).type(), values);
        }
        return Batch.of(rows.size(), columns);
    }

    private void append(TableChange change, List<List<@Nullable Object>> rows) {
        try (Batch batch = batch(change.snapshot().schema(), rows)) {
            change.append(batch);
        }
    }

    private void append(DeltaTransaction transaction, List<List<@Nullable Object>> rows) {
        try (TableChange change = transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
            append(change, rows);
            change.stage();
        }
    }

    private void append(List<List<@Nullable Object>> rows) {
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, rows);
            transaction.commit();
        }
    }

    /// Deletes rows, and adds others in their place.
    ///
    /// @param add values to add to the first column; null for no rows
    private void change(DeltaTransaction transaction, Predicate<Long> where, @Nullable Long add) {
        ChangeOperation operation = add == null ? ChangeOperation.DELETE : ChangeOperation.UPDATE;
        try (TableChange change = transaction.change(ChangedTable.info(operation))) {
            List<List<@Nullable Object>> addresses = new ArrayList<>();
            List<List<@Nullable Object>> updated = new ArrayList<>();
            for (List<@Nullable Object> row : reader.rows(change.addressed())) {
                long n = (Long) Objects.requireNonNull(row.get(0));
                if (where.test(n)) {
                    addresses.add(row.subList(2, 4));
                    updated.add(row(n + (add == null ? 0 : add), row.get(1)));
                }
            }
            try (Batch batch = batch(Schema.of(RowAddress.FILE, RowAddress.ROW), addresses);
                    Batch rows = batch(change.snapshot().schema(), updated)) {
                assertThat(add == null ? change.delete(batch) : change.replace(batch, rows))
                        .isZero();
                assertThat(change.delete(batch)).isEqualTo(addresses.size());
            }
            change.stage();
        }
    }

    private List<Long> read() {
        return read(table.open());
    }

    private List<Long> read(io.neuralake.spi.catalog.TableSnapshot snapshot) {
        return reader.rows(snapshot).stream()
                .map(row -> (Long) Objects.requireNonNull(row.get(0)))
                .sorted()
                .toList();
    }

    private long dataFiles() {
        try (Stream<Path> files = Files.walk(table.folder)) {
            return files.filter(path -> !path.toString().contains("_delta_log"))
                    .filter(Files::isRegularFile)
                    .count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void filesOfEarlierVersionsStayWhenATransactionTakesThemOutInTwoSteps() {
        create(Map.of());
        append(numbers(0, 6));
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, numbers(6, 9));
            change(transaction, n -> n % 3 == 0, null);
            change(transaction, _ -> true, null);
            transaction.commit();
        }
        assertThat(read()).isEmpty();
        assertThat(read(table.open().at(new TableVersion.Number(1))))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(dataFiles()).as("what came and went within the transaction is gone").isOne();
    }

    @Test
    void versionsThatFollowOneAnotherAreWhatTheyAreWhenReadAnew() {
        create(Map.of());
        append(numbers(0, 6));
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n % 3 == 0, 100L);
            transaction.commit();
        }
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.ALTER))) {
                change.alter(new TableAlteration.SetProperties(Map.of("of.users", "1")));
                change.stage();
            }
            transaction.commit();
        }
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n == 1, null);
            transaction.commit();
        }
        for (long version = 0; version <= 4; version++) {
            TableVersion at = new TableVersion.Number(version);
            TableState followed = ((DeltaTable) table.open().at(at)).state();
            TableState anew = ((DeltaTable) new ChangedTable(table.folder).open().at(at)).state();
            assertThat(followed.version()).isEqualTo(version);
            assertThat(followed.isVersion(anew)).isTrue();
            assertThat(followed.metadata().sameAs(anew.metadata())).isTrue();
            assertThat(keys(followed)).isEqualTo(keys(anew));
        }
        assertThat(read(table.open().at(new TableVersion.Number(2)))).contains(100L, 103L);
    }

    private static Set<FileKey> keys(TableState state) {
        Set<FileKey> keys = new HashSet<>();
        state.files().forEach(file -> keys.add(file.key()));
        return keys;
    }

    @Test
    void rewritesFilesThoughTheStatementAddsAColumn() {
        create(Map.of("delta.enableDeletionVectors", "false"));
        append(numbers(0, 6));
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.MERGE))) {
                List<List<@Nullable Object>> rows = reader.rows(change.addressed());
                change.alter(
                        new TableAlteration.AddColumn(
                                List.of(), ChangedTable.column("more", ScalarType.BIGINT), null));
                try (Batch gone =
                        batch(
                                Schema.of(RowAddress.FILE, RowAddress.ROW),
                                List.of(rows.getFirst().subList(2, 4)))) {
                    change.delete(gone);
                }
                change.stage();
            }
            transaction.commit();
        }
        assertThat(read()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(table.open().schema().size()).isEqualTo(3);
    }

    @Test
    void appendsDeletesAndUpdates() {
        create(Map.of());
        append(numbers(0, 6));
        append(numbers(6, 10));
        assertThat(read()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n % 3 == 0, null);
            transaction.commit();
        }
        assertThat(read()).containsExactly(1L, 2L, 4L, 5L, 7L, 8L);
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n < 3, 100L);
            transaction.commit();
        }
        assertThat(read()).containsExactly(4L, 5L, 7L, 8L, 101L, 102L);
        assertThat(reader.rows(table.open())).contains(row(101L, "v1"));
        assertThat(table.commit(4).getFirst())
                .contains("\"operation\":\"UPDATE\"")
                .contains("\"numDeletedRows\":\"2\"");
        assertThat(new ChangedTable(table.folder).open().state().fileCount())
                .isEqualTo(table.open().state().fileCount());
        assertThat(read(new ChangedTable(table.folder).open())).isEqualTo(read());
    }

    @Test
    void statementsSeeEachOther() {
        create(Map.of());
        append(numbers(0, 4));
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, numbers(4, 8));
            change(transaction, n -> n % 2 == 0, null);
            change(transaction, n -> n > 3, 10L);
            change(transaction, n -> n == 1, null);
            try (TableChange look = transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
                assertThat(read(look.snapshot())).containsExactly(3L, 15L, 17L);
            }
            assertThat(read()).as("nobody else does").containsExactly(0L, 1L, 2L, 3L);
            assertThat(transaction.commit()).isEqualTo(2);
        }
        assertThat(read()).containsExactly(3L, 15L, 17L);
        assertThat(read(new ChangedTable(table.folder).open())).containsExactly(3L, 15L, 17L);
    }

    @Test
    void fileOfWhichNoRowIsLeftGoes() {
        create(Map.of());
        append(numbers(0, 3));
        append(numbers(3, 5));
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n < 3, null);
            transaction.commit();
        }
        assertThat(table.open().state().fileCount()).isEqualTo(1);
        assertThat(table.commit(3)).hasSize(2);
        assertThat(read()).containsExactly(3L, 4L);
    }

    @Test
    void whatIsNotCommittedLeavesNoFiles() {
        create(Map.of());
        append(numbers(0, 300));
        long before = dataFiles();
        try (DeltaTransaction transaction = table.begin()) {
            append(transaction, numbers(3, 5));
            change(transaction, n -> n % 2 == 0, null);
            try (TableChange unstaged =
                    transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
                append(unstaged, numbers(7, 8));
            }
        }
        assertThat(dataFiles()).isEqualTo(before);
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n == 7, null);
            try (DeltaTransaction faster = table.begin()) {
                change(faster, n -> n == 8, null);
                faster.commit();
            }
            before = dataFiles();
            append(transaction, numbers(3, 5));
            assertThatThrownBy(transaction::commit)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT));
        }
        assertThat(dataFiles()).isLessThanOrEqualTo(before);
        assertThat(read()).hasSize(299);
    }

    @Test
    void conflictsAreFoundByWhatScansRead() {
        create(Map.of());
        append(numbers(0, 3));
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
                assertThat(reader.rows(change.snapshot())).hasSize(3);
                append(change, numbers(100, 101));
                change.stage();
            }
            append(numbers(50, 51));
            assertThatThrownBy(transaction::commit).hasMessageContaining("added rows");
        }
        assertThat(read()).containsExactly(0L, 1L, 2L, 50L);
    }

    @Test
    void overwriteReplacesAllRows() {
        create(Map.of());
        append(numbers(0, 3));
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.OVERWRITE))) {
                assertThat(change.deleteAll()).isEqualTo(3);
                append(change, numbers(7, 9));
                change.stage();
            }
            transaction.commit();
        }
        assertThat(read()).containsExactly(7L, 8L);
        assertThat(table.commit(2).getFirst()).contains("\"mode\":\"Overwrite\"");
    }

    @Test
    void newColumnsCanBeWrittenByTheStatementThatAddsThem() {
        create(Map.of());
        append(numbers(0, 1));
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
                change.alter(
                        new TableAlteration.AddColumn(
                                List.of(), ChangedTable.column("b", ScalarType.BOOLEAN), null));
                Schema wider =
                        Schema.of(
                                Field.of("n", ScalarType.BIGINT),
                                Field.of("s", ScalarType.VARCHAR),
                                Field.of("b", ScalarType.BOOLEAN));
                try (Batch batch = batch(wider, List.of(row(5L, "x", true)))) {
                    change.append(batch);
                }
                change.stage();
            }
            transaction.commit();
        }
        assertThat(reader.rows(table.open()))
                .containsExactlyInAnyOrder(row(0L, "v0", null), row(5L, "x", true));
    }

    @Test
    void renamedColumnsKeepTheirRows() {
        create(Map.of());
        append(numbers(0, 2));
        table.alter(new TableAlteration.RenameColumn(List.of("s"), "text"));
        table.alter(new TableAlteration.DropColumn(List.of("n")));
        assertThat(reader.rows(table.open())).containsExactlyInAnyOrder(row("v0"), row("v1"));
    }

    @Test
    void restoresAnOlderVersion() {
        create(Map.of());
        append(numbers(0, 4));
        append(numbers(4, 8));
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n % 2 == 0, null);
            transaction.commit();
        }
        table.alter(new TableAlteration.RenameColumn(List.of("s"), "text"));
        table.alter(
                new TableAlteration.AddColumn(
                        List.of(), ChangedTable.column("b", ScalarType.BOOLEAN), null));
        assertThat(restore(2)).isEqualTo(6);
        assertThat(read()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(table.open().schema().fields())
                .extracting(Field::name)
                .containsExactly("n", "s");
        assertThat(table.reread().metadata().properties())
                .containsEntry("delta.columnMapping.maxColumnId", "3");
        assertThat(table.commit(6).getFirst()).contains("\"operation\":\"RESTORE\"");
        assertThat(restore(0)).isEqualTo(7);
        assertThat(read()).isEmpty();
        assertThat(restore(3)).isEqualTo(8);
        assertThat(read()).containsExactly(1L, 3L, 5L, 7L);
    }

    private long restore(long version) {
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.RESTORE))) {
                change.restore(new TableVersion.Number(version));
                change.stage();
            }
            return transaction.commit();
        }
    }

    @Test
    void versionWhoseFilesAreGoneCannotBeRestored() throws IOException {
        create(Map.of());
        append(numbers(0, 2));
        String gone = table.open().state().files().iterator().next().path();
        append(numbers(2, 4));
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n < 2, null);
            transaction.commit();
        }
        append(numbers(4, 6));
        append(numbers(6, 8));
        Files.delete(table.folder.resolve(gone));
        assertThatThrownBy(() -> restore(2))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
                .hasMessageContaining(gone)
                .hasMessageEndingWith("the oldest that can be is 3");
        assertThatThrownBy(() -> restore(17))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
        assertThat(restore(3)).isEqualTo(6);
        assertThat(read()).containsExactly(2L, 3L);
    }

    @Test
    void vectorsInUseSurviveVacuum() {
        create(
                Map.of(
                        "delta.deletedFileRetentionDuration",
                        "interval 0 seconds",
                        "delta.enableDeletionVectors",
                        "true"));
        append(numbers(0, 5000));
        for (long gone = 0; gone < 3; gone++) {
            long left = gone;
            try (DeltaTransaction transaction = table.begin()) {
                change(transaction, n -> n % 4 == left, null);
                transaction.commit();
            }
        }
        ageFiles();
        assertThat(table.open().vacuum(null, false)).hasSize(2).allMatch(p -> p.endsWith(".bin"));
        assertThat(read()).hasSize(1250).allMatch(n -> n % 4 == 3);
    }

    private void ageFiles() {
        try (Stream<Path> files = Files.list(table.folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void restoreYieldsToVacuum() {
        create(Map.of("delta.deletedFileRetentionDuration", "interval 0 seconds"));
        append(numbers(0, 2));
        try (DeltaTransaction transaction = table.begin();
                TableChange change =
                        transaction.change(ChangedTable.info(ChangeOperation.DELETE))) {
            change.deleteAll();
            change.stage();
            change.close();
            transaction.commit();
        }
        ageFiles();
        try (DeltaTransaction late = table.begin()) {
            try (TableChange change = late.change(ChangedTable.info(ChangeOperation.RESTORE))) {
                change.restore(new TableVersion.Number(1));
                change.stage();
            }
            assertThat(table.open().vacuum(null, false)).hasSize(1);
            assertThatThrownBy(late::commit)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT));
        }
        assertThat(read()).isEmpty();
    }

    @Test
    void filesThatVanishAreNotRestored() throws IOException {
        create(Map.of());
        append(numbers(0, 2));
        String path = table.paths().getFirst();
        assertThat(restore(0)).isEqualTo(2);
        try (DeltaTransaction late = table.begin()) {
            try (TableChange change = late.change(ChangedTable.info(ChangeOperation.RESTORE))) {
                change.restore(new TableVersion.Number(1));
                change.stage();
            }
            Files.delete(table.folder.resolve(path));
            assertThatThrownBy(late::commit)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
                    .hasMessageContaining(path);
        }
        assertThat(read()).isEmpty();
    }

    @Test
    void nothingIsRestoredWhileFilesAreDeleted() throws IOException {
        create(Map.of());
        append(numbers(0, 2));
        assertThat(restore(0)).isEqualTo(2);
        Path start = table.folder.resolve("_delta_log/00000000000000000003.json");
        Files.writeString(start, "{\"commitInfo\":{\"operation\":\"VACUUM START\"}}\n");
        assertThatThrownBy(() -> restore(1)).hasMessageContaining("while VACUUM deletes files");
        Files.writeString(
                table.folder.resolve("_delta_log/00000000000000000004.json"),
                "{\"commitInfo\":{\"operation\":\"VACUUM END\"}}\n");
        assertThat(restore(1)).isEqualTo(5);
        assertThat(read()).containsExactly(0L, 1L);
    }

    @Test
    void tablesWithoutDeletionVectorsGetNewFiles() {
        create(Map.of("delta.enableDeletionVectors", "false"));
        append(numbers(0, 6));
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n % 2 == 0, null);
            transaction.commit();
        }
        assertThat(read()).containsExactly(1L, 3L, 5L);
        assertThat(table.commit(2).toString()).doesNotContain("deletionVector");
    }

    @Test
    void compactsSmallFiles() {
        create(Map.of());
        append(numbers(0, 6));
        append(numbers(6, 9));
        append(numbers(9, 12));
        try (DeltaTransaction transaction = table.begin()) {
            change(transaction, n -> n == 7, null);
            transaction.commit();
        }
        try (DeltaTransaction transaction = table.begin()) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.OPTIMIZE))) {
                Compaction compaction = change.compaction(new CompactionOptions(null, List.of()));
                assertThat(compaction.groups()).hasSize(1);
                try (Batch rows =
                        batch(
                                change.snapshot().schema(),
                                reader.rows(compaction.groups().getFirst()))) {
                    compaction.append(0, rows);
                }
                compaction.replace(0);
                assertThat(compaction.result().filesRemoved()).isEqualTo(3);
                assertThat(compaction.result().filesAdded()).isEqualTo(1);
                change.stage();
            }
            append(numbers(20, 21));
            assertThat(transaction.commit()).isEqualTo(6);
        }
        assertThat(read()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 8L, 9L, 10L, 11L, 20L);
        assertThat(table.open().state().fileCount()).isEqualTo(2);
        assertThat(table.commit(6).getFirst()).contains("\"isolationLevel\":\"SnapshotIsolation\"");
        assertThat(table.commit(6).toString()).doesNotContain("\"dataChange\":true");
    }

    @Test
    void groupsThatOthersChangeAreNotCounted() {
        create(Map.of());
        append(numbers(0, 3));
        append(numbers(3, 6));
        try (DeltaTransaction transaction = table.begin()) {
            Compaction compaction = compact(transaction, null);
            assertThat(compaction.result().filesRemoved()).isEqualTo(2);
            try (DeltaTransaction other = table.begin()) {
                change(other, n -> n == 4, null);
                other.commit();
            }
            transaction.commit();
            assertThat(compaction.result()).isEqualTo(new Compaction.Result(0, 0, 0, 0));
            assertThat(compaction.isPartial()).isTrue();
        }
        assertThat(read()).containsExactly(0L, 1L, 2L, 3L, 5L);
    }

    @Test
    void filesThatOthersHaveChangedAreLeftApartAtTheNextAttempt() {
        create(Map.of());
        append(numbers(0, 3));
        append(numbers(3, 6));
        append(numbers(6, 9));
        Compaction first;
        try (DeltaTransaction transaction = table.begin()) {
            first = compact(transaction, null);
            try (DeltaTransaction other = table.begin()) {
                change(other, n -> n == 4, 100L);
                other.commit();
            }
            transaction.commit();
        }
        assertThat(first.isPartial()).isTrue();
        try (DeltaTransaction transaction = table.begin()) {
            Compaction second = compact(transaction, first);
            try (DeltaTransaction other = table.begin()) {
                change(other, n -> n == 104, 100L);
                other.commit();
            }
            transaction.commit();
            assertThat(second.isPartial()).isFalse();
            assertThat(second.result().filesRemoved()).isEqualTo(2);
        }
        assertThat(read()).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 204L);
    }

    private Compaction compact(DeltaTransaction transaction, @Nullable Compaction earlier) {
        try (TableChange change = transaction.change(ChangedTable.info(ChangeOperation.OPTIMIZE))) {
            Compaction compaction =
                    change.compaction(new CompactionOptions(null, List.of(), earlier, 2));
            try (Batch rows =
                    batch(
                            change.snapshot().schema(),
                            reader.rows(compaction.groups().getFirst()))) {
                compaction.append(0, rows);
            }
            compaction.replace(0);
            change.stage();
            return compaction;
        }
    }

    @Test
    void compactsThePartitionsThatAreAskedFor() {
        create(Map.of(), List.of("s"));
        for (long n = 0; n < 3; n++) {
            append(List.of(row(n, "a"), row(n + 10, "b")));
        }
        ScanPredicate isB =
                new ScanPredicate.Comparison(ColumnPath.of(1), ScanPredicate.Operator.EQUAL, "b");
        try (DeltaTransaction transaction = table.begin();
                TableChange change =
                        transaction.change(ChangedTable.info(ChangeOperation.OPTIMIZE))) {
            List<TableSnapshot> groups =
                    change.compaction(new CompactionOptions(isB, List.of())).groups();
            assertThat(groups).hasSize(1);
            assertThat(reader.rows(groups.getFirst()))
                    .hasSize(3)
                    .allSatisfy(row -> assertThat(row.get(1)).isEqualTo("b"));
            assertThat(change.compaction(new CompactionOptions(null, List.of())).groups())
                    .hasSize(2);
        }
    }

    @Test
    void compactionThatLosesRowsFails() {
        create(Map.of());
        append(numbers(0, 6));
        append(numbers(6, 9));
        long before = dataFiles();
        try (DeltaTransaction transaction = table.begin();
                TableChange change =
                        transaction.change(ChangedTable.info(ChangeOperation.OPTIMIZE))) {
            Compaction compaction = change.compaction(new CompactionOptions(null, List.of()));
            try (Batch rows = batch(change.snapshot().schema(), numbers(0, 6))) {
                compaction.append(0, rows);
            }
            assertThatThrownBy(() -> compaction.replace(0))
                    .hasMessageContaining("number of rows from 9 to 6");
        }
        assertThat(dataFiles()).isEqualTo(before);
    }

    @Test
    void tableIsMadeWithItsRows() {
        try (DeltaTransaction transaction =
                (DeltaTransaction)
                        table.format.create(
                                ChangedTable.NAME,
                                table.folder.toString(),
                                ChangedTable.definition(
                                        ChangedTable.column("n", ScalarType.BIGINT)),
                                io.neuralake.spi.change.SupportsTableChanges.CreateMode
                                        .CREATE_OR_REPLACE)) {
            try (TableChange change =
                    transaction.change(ChangedTable.info(ChangeOperation.CREATE_TABLE_AS_SELECT))) {
                append(change, List.of(row(1L), row(2L)));
                change.stage();
            }
            assertThat(transaction.commit()).isZero();
        }
        assertThat(read()).containsExactly(1L, 2L);
        assertThat(table.commit(0).getFirst()).contains("\"operation\":\"CREATE TABLE AS SELECT\"");
        assertThat(table.open().state().version()).isZero();
    }
}
