package io.neuralake.connector.delta.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.commit.FailingStore.Fault;
import io.neuralake.spi.change.SupportsTableChanges.CreateMode;
import io.neuralake.spi.change.TableTransaction;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.lake.LakeCatalog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Commits to a store that fails.
class CommitFaultTest {
    private final Path folder;
    private final FailingStore store = new FailingStore();
    private final ChangedTable table;

    CommitFaultTest(@TempDir Path temporary) {
        folder = temporary.resolve("t");
        table = new ChangedTable(folder, store);
        table.create();
    }

    private void assertFails(ErrorCode code, List<String> undone) {
        try (DeltaTransaction transaction = table.begin()) {
            ChangedTable.append(transaction, "a");
            transaction.whenUndone(() -> undone.add("a"));
            assertThatThrownBy(transaction::commit)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code));
        }
    }

    @Test
    void lostAnswerIsFoundOut() {
        store.fail(Fault.AFTER);
        assertThat(table.append("a")).isEqualTo(1);
        assertThat(ChangedTable.paths(table.reread())).containsExactly("a");
        assertThat(table.logFiles()).hasSize(2);
    }

    @Test
    void refusalAndBreakdownAfterTheFileIsThereAreCommits() {
        store.fail(Fault.AFTER_AS_REFUSED);
        assertThat(table.append("a")).isEqualTo(1);
        store.fail(Fault.AFTER_AS_BROKEN);
        assertThat(table.append("b")).isEqualTo(2);
        assertThat(ChangedTable.paths(table.reread())).containsExactly("a", "b");
    }

    @Test
    void breakdownThatCannotBeFoundOutDeletesNothing() {
        store.fail(Fault.AFTER_AS_BROKEN).unreadable(true);
        List<String> undone = new ArrayList<>();
        assertFails(ErrorCode.COMMIT_UNKNOWN, undone);
        assertThat(undone).isEmpty();
    }

    @Test
    void commitDoesNotBringADroppedTableBack() {
        table.append("a");
        store.fail(Fault.DROP_FOLDERLESS);
        List<String> undone = new ArrayList<>();
        assertFails(ErrorCode.TRANSACTION_CONFLICT, undone);
        assertThat(undone).containsExactly("a");
        assertThat(table.logFiles()).isEmpty();
    }

    @Test
    void commitDoesNotGoIntoTheLogOfASuccessor() {
        table.append("x");
        table.append("y");
        store.fail(Fault.REPLACE_FOLDERLESS);
        assertFails(ErrorCode.TRANSACTION_CONFLICT, new ArrayList<>());
        assertThat(table.logFiles()).containsExactly("00000000000000000000.json");
    }

    @Test
    void ownFileIsNoConflict() {
        store.fail(Fault.AFTER_AS_EXISTING);
        assertThat(table.append("a")).isEqualTo(1);
        assertThat(table.logFiles()).hasSize(2);
    }

    @Test
    void passingFaultIsTriedAgain() {
        store.fail(Fault.BEFORE, Fault.BEFORE);
        assertThat(table.append("a")).isEqualTo(1);
        assertThat(table.paths()).containsExactly("a");
    }

    @Test
    void anotherCommitAfterALostAnswerIsAConflictToGoBehind() {
        try (DeltaTransaction transaction = table.begin()) {
            ChangedTable.append(transaction, "a");
            new ChangedTable(folder).append("theirs");
            store.fail(Fault.BEFORE);
            assertThat(transaction.commit()).isEqualTo(2);
        }
        assertThat(table.paths()).containsExactly("a", "theirs");
    }

    @Test
    void faultThatStaysIsUnknownAndDeletesNothing() {
        store.fail(Fault.BEFORE, Fault.BEFORE, Fault.BEFORE);
        List<String> undone = new ArrayList<>();
        assertFails(ErrorCode.COMMIT_UNKNOWN, undone);
        assertThat(undone).isEmpty();
        assertThat(table.append("b")).isEqualTo(1);
    }

    @Test
    void answerThatCannotBeFoundOutIsUnknownAndDeletesNothing() {
        store.fail(Fault.AFTER).unreadable(true);
        List<String> undone = new ArrayList<>();
        assertFails(ErrorCode.COMMIT_UNKNOWN, undone);
        assertThat(undone).isEmpty();
        store.unreadable(false);
        assertThat(table.paths()).as("it was committed").containsExactly("a");
    }

    @Test
    void fullDiskCommitsNothingAndClearsAway() {
        store.fail(Fault.FULL);
        List<String> undone = new ArrayList<>();
        assertFails(ErrorCode.DISK_FULL, undone);
        assertThat(undone).containsExactly("a");
        assertThat(table.append("b")).isEqualTo(1);
        assertThat(table.paths()).containsExactly("b");
    }

    @Test
    void droppedTableDoesNotComeBack() {
        store.fail(Fault.DROP);
        List<String> undone = new ArrayList<>();
        assertFails(ErrorCode.TRANSACTION_CONFLICT, undone);
        assertThat(undone).containsExactly("a");
        assertThat(folder).doesNotExist();
    }

    @Test
    void deathLeavesTheTableAsItWas() {
        store.fail(Fault.DEATH);
        assertFails(ErrorCode.COMMIT_UNKNOWN, new ArrayList<>());
        ChangedTable later = new ChangedTable(folder);
        assertThat(later.open().state().version()).isZero();
        assertThat(later.append("b")).isEqualTo(1);
    }

    @Test
    void deathWhileATableIsMadeLeavesNoTable() {
        Path other = folder.resolveSibling("u");
        LakeCatalog lake =
                new LakeCatalog(
                        "lake",
                        new LocalStore(),
                        folder.getParent().toString(),
                        List.of(new ChangedTable(other).format));
        try (TableTransaction transaction =
                table.format.create(
                        ChangedTable.NAME,
                        other.toString(),
                        ChangedTable.definition(ChangedTable.column("n", ScalarType.BIGINT)),
                        CreateMode.CREATE)) {
            assertThat(lake.tables("main")).containsExactly("t");
            store.fail(Fault.DEATH);
            assertThatThrownBy(transaction::commit)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.COMMIT_UNKNOWN));
        }
        assertThat(lake.tables("main")).containsExactly("t");
        assertThat(lake.table("main", "u")).isEmpty();
        try (TableTransaction again =
                lake.create(
                        "main",
                        "u",
                        ChangedTable.definition(ChangedTable.column("n", ScalarType.BIGINT)),
                        CreateMode.CREATE)) {
            assertThat(again.commit()).isZero();
        }
        assertThat(lake.tables("main")).containsExactly("t", "u");
        assertThat(lake.drop("main", "u")).isTrue();
        assertThat(lake.tables("main")).containsExactly("t");
        assertThat(lake.drop("main", "u")).isFalse();
    }

    @Test
    void commitsNeverListTheLog() {
        table.append("a");
        int before = store.listings();
        for (int i = 0; i < 10; i++) {
            table.append("f" + i);
            new ChangedTable(folder).append("g" + i);
        }
        assertThat(store.listings()).isEqualTo(before);
    }
}
