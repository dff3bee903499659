package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FileDetails;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.ReadSet;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.TableAlteration;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Commits a transaction behind another that won, one test for each pair.
class ConflictCheckTest {
    private static final Consumer<DeltaTransaction> APPEND =
            transaction -> ChangedTable.append(transaction, "mine");

    /// Compacts the files `a` and `b`.
    private static final Consumer<DeltaTransaction> OPTIMIZE =
            transaction -> optimize(transaction, "ab", "a", "b");

    /// Deletes rows of `a`, having read it alone.
    private static final Consumer<DeltaTransaction> DELETE_FROM_A =
            transaction -> deleteFrom(transaction, "a");

    /// Writes the file `c` anew, having read the whole table.
    private static final Consumer<DeltaTransaction> UPDATE_C_HAVING_READ_ALL =
            transaction -> {
                readAll(transaction);
                deleteFrom(transaction, "c");
            };

    private static final Consumer<DeltaTransaction> ALTER = transaction -> alter(transaction, "x");

    private final ChangedTable table;

    ConflictCheckTest(@TempDir Path temporary) {
        table = new ChangedTable(temporary.resolve("t"));
    }

    private static AddFile find(DeltaTransaction transaction, String path) {
        for (AddFile file : ((DeltaTable) transactionState(transaction)).state().files()) {
            if (file.path().equals(path)) {
                return file;
            }
        }
        throw new AssertionError("no file " + path);
    }

    private static Object transactionState(DeltaTransaction transaction) {
        try (DeltaChange change =
                (DeltaChange) transaction.change(ChangedTable.info(ChangeOperation.APPEND))) {
            return change.snapshot();
        }
    }

    private static void optimize(DeltaTransaction transaction, String into, String... from) {
        FileDetails arranged = FileDetails.DATA.withDataChange(false);
        List<AddFile> removed =
                List.of(from).stream()
                        .map(path -> find(transaction, path).withDetails(arranged))
                        .toList();
        StagedChanges.FileGroup group =
                new StagedChanges.FileGroup(
                        removed, List.of(ChangedTable.file(into).withDetails(arranged)));
        try (DeltaChange change =
                (DeltaChange) transaction.change(ChangedTable.info(ChangeOperation.OPTIMIZE))) {
            transaction.stage(
                    new StagedChanges.Statement(
                            ChangedTable.info(ChangeOperation.OPTIMIZE),
                            "OPTIMIZE",
                            TableDraft.of(((DeltaTable) change.snapshot()).state()),
                            new FileChanges(),
                            List.of(group),
                            Map.of(),
                            0),
                    List.of(),
                    List.of());
        }
    }

    private static void deleteFrom(DeltaTransaction transaction, String path) {
        AddFile file = find(transaction, path);
        FileChanges files = new FileChanges();
        files.remove(file);
        files.add(
                file.withDeletions(
                        new DeletionVector("i", "x" + System.nanoTime(), null, 4, 1),
                        file.statistics()));
        transactionReads(transaction).add(file);
        ChangedTable.stage(transaction, ChangeOperation.DELETE, files);
    }

    private static ReadSet transactionReads(DeltaTransaction transaction) {
        ReadSet reads = new ReadSet();
        transaction.staged().read(reads);
        return reads;
    }

    private static void readAll(DeltaTransaction transaction) {
        transactionReads(transaction).addTable();
    }

    private static void alter(DeltaTransaction transaction, String column) {
        try (DeltaChange change =
                (DeltaChange) transaction.change(ChangedTable.info(ChangeOperation.ALTER))) {
            change.alter(
                    new TableAlteration.AddColumn(
                            List.of(), ChangedTable.column(column, ScalarType.DATE), null));
            change.stage();
        }
    }

    /// Begins one transaction, commits another, then the first.
    private void race(Consumer<DeltaTransaction> loser, Consumer<DeltaTransaction> winner) {
        race(Map.of(), loser, winner);
    }

    private void race(
            Map<String, String> properties,
            Consumer<DeltaTransaction> loser,
            Consumer<DeltaTransaction> winner) {
        table.create(
                ChangedTable.definition(properties, ChangedTable.column("n", ScalarType.BIGINT)));
        table.append("a", "b", "c");
        try (DeltaTransaction first = table.begin()) {
            loser.accept(first);
            try (DeltaTransaction second = table.begin()) {
                winner.accept(second);
                assertThat(second.commit()).isEqualTo(2);
            }
            assertThat(first.commit()).isEqualTo(3);
        }
        assertThat(ChangedTable.paths(table.reread())).isEqualTo(table.paths());
    }

    private void assertConflict(
            String why, Consumer<DeltaTransaction> loser, Consumer<DeltaTransaction> winner) {
        assertThatThrownBy(() -> race(loser, winner))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT))
                .hasMessageContaining(why);
        assertThat(table.open().state().version()).isEqualTo(2);
    }

    private static Consumer<DeltaTransaction> append(String path) {
        return transaction -> ChangedTable.append(transaction, path);
    }

    @Test
    void appendBehindAppend() {
        race(APPEND, append("theirs"));
        assertThat(table.paths()).containsExactly("a", "b", "c", "mine", "theirs");
    }

    @Test
    void appendBehindOptimize() {
        race(APPEND, OPTIMIZE);
        assertThat(table.paths()).containsExactly("ab", "c", "mine");
    }

    @Test
    void appendBehindDelete() {
        race(APPEND, DELETE_FROM_A);
        assertThat(table.paths()).containsExactly("a", "b", "c", "mine");
    }

    @Test
    void appendBehindAlter() {
        assertConflict("definition", APPEND, ALTER);
    }

    private static Consumer<DeltaTransaction> alteration(TableAlteration alteration) {
        return transaction -> {
            try (DeltaChange change =
                    (DeltaChange) transaction.change(ChangedTable.info(ChangeOperation.ALTER))) {
                change.alter(alteration);
                change.stage();
            }
        };
    }

    private static final Consumer<DeltaTransaction> COMMENT =
            alteration(new TableAlteration.SetComment(List.of("n"), "a number"));

    @Test
    void changesOfRowsBehindComments() {
        race(APPEND, COMMENT);
        assertThat(table.paths()).containsExactly("a", "b", "c", "mine");
        assertThat(table.open().state().metadata().schemaString()).contains("a number");
        try (DeltaTransaction first = table.begin()) {
            DELETE_FROM_A.accept(first);
            table.alter(new TableAlteration.SetComment(List.of(), "a table"));
            table.alter(
                    new TableAlteration.SetProperties(
                            Map.of("owner", "me", "delta.logRetentionDuration", "1 day")));
            first.commit();
        }
        assertThat(table.reread().metadata().properties()).containsEntry("owner", "me");
        assertThat(table.reread().metadata().description()).isEqualTo("a table");
    }

    @Test
    void definitionsBehindComments() {
        assertConflict("definition", ALTER, COMMENT);
    }

    @Test
    void appendBehindPropertiesThatConcernRows() {
        assertConflict(
                "definition",
                APPEND,
                alteration(new TableAlteration.SetProperties(Map.of("delta.appendOnly", "true"))));
    }

    @Test
    void appendOfWhatWasReadBehindAppend() {
        assertConflict(
                "added rows",
                transaction -> {
                    readAll(transaction);
                    APPEND.accept(transaction);
                },
                append("theirs"));
    }

    @Test
    void optimizeBehindAppend() {
        race(OPTIMIZE, append("theirs"));
        assertThat(table.paths()).containsExactly("ab", "c", "theirs");
    }

    @Test
    void optimizeBehindOptimizeOfOtherFiles() {
        race(OPTIMIZE, transaction -> optimize(transaction, "c2", "c"));
        assertThat(table.paths()).containsExactly("ab", "c2");
    }

    @Test
    void optimizeBehindOptimizeOfTheSameFilesLetsThemBe() {
        table.create();
        table.append("a", "b", "c");
        try (DeltaTransaction first = table.begin()) {
            optimize(first, "mine", "a");
            optimize(first, "other", "c");
            try (DeltaTransaction second = table.begin()) {
                optimize(second, "theirs", "a", "b");
                second.commit();
            }
            // The first group was merged by the second statement.
            assertThatThrownBy(first::commit).hasMessageContaining("same file");
        }
        try (DeltaTransaction first = table.begin()) {
            optimize(first, "mine", "c");
            try (DeltaTransaction second = table.begin()) {
                optimize(second, "theirs2", "c");
                second.commit();
            }
            assertThat(first.commit()).as("nothing is left to do").isEqualTo(3);
        }
        assertThat(table.paths()).containsExactly("theirs", "theirs2");
    }

    @Test
    void optimizeBehindDeleteFromOtherFiles() {
        race(OPTIMIZE, transaction -> deleteFrom(transaction, "c"));
        assertThat(table.paths()).containsExactly("ab", "c");
    }

    @Test
    void optimizeBehindDeleteDropsTheGroup() {
        table.create();
        table.append("a", "b", "c");
        try (DeltaTransaction first = table.begin()) {
            OPTIMIZE.accept(first);
            try (DeltaTransaction second = table.begin()) {
                DELETE_FROM_A.accept(second);
                second.commit();
            }
            assertThat(first.commit()).isEqualTo(2);
        }
        assertThat(table.paths()).containsExactly("a", "b", "c");
    }

    @Test
    void optimizeBehindAlter() {
        assertConflict("definition", OPTIMIZE, ALTER);
    }

    @Test
    void deleteBehindAppendToWhatWasRead() {
        assertConflict("added rows", UPDATE_C_HAVING_READ_ALL, append("theirs"));
    }

    @Test
    void deleteBehindAppendToOtherRows() {
        race(DELETE_FROM_A, append("theirs"));
    }

    @Test
    void deleteBehindBlindAppendWhereWritesAloneAreSerial() {
        race(
                Map.of("delta.isolationLevel", "WriteSerializable"),
                UPDATE_C_HAVING_READ_ALL,
                append("theirs"));
    }

    @Test
    void deleteBehindAppendOfWhatWasReadWhereWritesAloneAreSerial() {
        assertThatThrownBy(
                        () ->
                                race(
                                        Map.of("delta.isolationLevel", "WriteSerializable"),
                                        UPDATE_C_HAVING_READ_ALL,
                                        transaction -> {
                                            readAll(transaction);
                                            ChangedTable.append(transaction, "theirs");
                                        }))
                .hasMessageContaining("added rows");
    }

    @Test
    void deleteBehindOptimizeOfTheSameFile() {
        assertConflict("same file", DELETE_FROM_A, OPTIMIZE);
    }

    @Test
    void deleteBehindOptimizeOfFilesThatWereOnlyRead() {
        race(UPDATE_C_HAVING_READ_ALL, OPTIMIZE);
        assertThat(table.paths()).containsExactly("ab", "c");
    }

    @Test
    void deleteBehindDeleteFromTheSameFile() {
        assertConflict("same file", DELETE_FROM_A, DELETE_FROM_A);
    }

    @Test
    void deleteBehindDeleteFromAFileThatWasRead() {
        // What the winner leaves of the file counts as new rows, too.
        assertConflict("of what was read", UPDATE_C_HAVING_READ_ALL, DELETE_ALL_OF_A);
    }

    /// Takes the file `a` out.
    private static final Consumer<DeltaTransaction> DELETE_ALL_OF_A =
            transaction ->
                    ChangedTable.remove(
                            transaction, ChangeOperation.DELETE, find(transaction, "a"));

    @Test
    void deleteBehindDeleteFromAnotherFile() {
        race(DELETE_FROM_A, transaction -> deleteFrom(transaction, "b"));
    }

    @Test
    void deleteBehindAlter() {
        assertConflict("definition", DELETE_FROM_A, ALTER);
    }

    @Test
    void alterBehindAppend() {
        race(ALTER, append("theirs"));
        assertThat(table.open().schema().size()).isEqualTo(2);
    }

    @Test
    void alterBehindDelete() {
        race(ALTER, DELETE_FROM_A);
    }

    @Test
    void alterBehindAlter() {
        assertConflict("definition", ALTER, transaction -> alter(transaction, "y"));
    }

    @Test
    void sameApplication() {
        assertConflict(
                "same application: app",
                transaction -> {
                    assertThat(transaction.identify("app", 7)).isTrue();
                    APPEND.accept(transaction);
                },
                transaction -> {
                    assertThat(transaction.identify("app", 5)).isTrue();
                    ChangedTable.append(transaction, "theirs");
                });
        try (DeltaTransaction late = table.begin()) {
            assertThat(late.identify("app", 5)).isFalse();
            assertThat(late.identify("app", 6)).isTrue();
        }
    }

    @Test
    void otherApplications() {
        race(
                transaction -> {
                    assertThat(transaction.identify("mine", 1)).isTrue();
                    APPEND.accept(transaction);
                },
                transaction -> {
                    assertThat(transaction.identify("theirs", 1)).isTrue();
                    ChangedTable.append(transaction, "theirs");
                });
        assertThat(table.reread().transactions()).isEqualTo(Map.of("mine", 1L, "theirs", 1L));
    }

    @Test
    void sameDomain() {
        Consumer<DeltaTransaction> cluster =
                transaction -> {
                    try (DeltaChange change =
                            (DeltaChange)
                                    transaction.change(ChangedTable.info(ChangeOperation.ALTER))) {
                        change.alter(new TableAlteration.ClusterBy(List.of("n")));
                        change.stage();
                    }
                };
        assertConflict("asks of writers", cluster, cluster);
    }

    @Test
    void droppedAndMadeAnew() {
        table.create();
        try (DeltaTransaction transaction = table.begin()) {
            APPEND.accept(transaction);
            assertThat(table.format.drop(table.folder.toString())).isTrue();
            assertThatThrownBy(transaction::commit)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT))
                    .hasMessageContaining("dropped");
        }
        table.create();
        try (DeltaTransaction transaction = table.begin()) {
            APPEND.accept(transaction);
            table.format.drop(table.folder.toString());
            new ChangedTable(table.folder).create();
            assertThatThrownBy(transaction::commit).hasMessageContaining("made anew");
        }
        assertThat(table.open().state().fileCount()).isZero();
    }
}
