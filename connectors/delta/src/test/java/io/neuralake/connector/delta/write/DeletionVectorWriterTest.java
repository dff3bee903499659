package io.neuralake.connector.delta.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.connector.delta.scan.ReadSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

class DeletionVectorWriterTest {
    @TempDir private Path folder;

    private ChangedTable table() {
        return new ChangedTable(folder, WrittenTable.field("v", "long"), "", "");
    }

    private static List<List<@Nullable Object>> numbers(int from, int to) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (long i = from; i < to; i++) {
            rows.add(List.of(i));
        }
        return rows;
    }

    private static DeletionResult delete(ChangedTable table, RowDeletions deletions) {
        DeltaTable read = table.open();
        DeletionResult result =
                new DeletionVectorWriter(read, table.target(1)).write(read.files(), deletions);
        table.commit(result.removed(), result.added());
        return result;
    }

    private long vectorFiles() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".bin")).count();
        }
    }

    /// Deletes the rows whose values are given, by their addresses.
    private static RowDeletions addresses(ChangedTable table, Set<Long> values) {
        FileSet addressed = table.open().addressed(new ReadSet());
        RowDeletions deletions = new RowDeletions();
        for (List<@Nullable Object> row : table.table.rows(addressed)) {
            if (values.contains((Long) row.get(0))) {
                assertThat(
                                deletions.add(
                                        ((Long) Objects.requireNonNull(row.get(1))).intValue(),
                                        (Long) Objects.requireNonNull(row.get(2))))
                        .isZero();
            }
        }
        return deletions;
    }

    @Test
    void deletesAgainAndAgain() throws IOException {
        try (ChangedTable table = table()) {
            table.append(1 << 30, numbers(0, 5000));
            table.append(1 << 30, numbers(5000, 10_000));
            Set<Long> left = new HashSet<>();
            numbers(0, 10_000).forEach(row -> left.add((Long) row.get(0)));
            Random random = new Random(3);
            for (int round = 0; round < 4; round++) {
                Set<Long> gone = new HashSet<>();
                for (int i = 0; i < 700; i++) {
                    gone.add((long) random.nextInt(10_000));
                }
                gone.retainAll(left);
                left.removeAll(gone);
                DeletionResult result = delete(table, addresses(table, gone));
                assertThat(result.deletedRows()).isEqualTo(gone.size());
                assertThat(result.added()).hasSize(2);
                assertThat(table.table.rows())
                        .extracting(row -> (Long) row.get(0))
                        .containsExactlyInAnyOrderElementsOf(left);
            }
            assertThat(vectorFiles()).isEqualTo(4); // both vectors of a change in one file
            AddFile file = table.open().files().getFirst();
            assertThat(file.statistics()).contains("\"numRecords\":5000", "\"tightBounds\":false");
            assertThat(Objects.requireNonNull(file.deletionVector()).storageType()).isEqualTo("u");
        }
    }

    @Test
    void keepsTinyVectorsInTheLog() throws IOException {
        try (ChangedTable table = table()) {
            table.append(1 << 30, numbers(0, 1000));
            RowDeletions deletions = new RowDeletions();
            deletions.add(0, 3);
            deletions.add(0, 999);
            assertThat(deletions.add(0, 3)).isEqualTo(1);
            DeletionResult result = delete(table, deletions);
            assertThat(result.added().getFirst().deletionVector())
                    .satisfies(v -> assertThat(v.storageType()).isEqualTo("i"));
            assertThat(vectorFiles()).isZero();
            assertThat(table.table.rows()).hasSize(998).doesNotContain(List.of(3L), List.of(999L));
        }
    }

    @Test
    void removesFilesOfWhichNothingIsLeft() throws IOException {
        try (ChangedTable table = table()) {
            table.append(1 << 30, numbers(0, 100));
            table.append(1 << 30, numbers(100, 200));
            RowDeletions half = new RowDeletions();
            for (int i = 0; i < 100; i += 2) {
                half.add(0, i);
            }
            delete(table, half);
            RowDeletions rest = addresses(table, new HashSet<>(values(numbers(0, 100))));
            assertThat(rest.count()).isEqualTo(50);
            DeletionResult result = delete(table, rest);
            assertThat(result.added()).isEmpty();
            assertThat(result.removed()).hasSize(1);
            assertThat(result.deletedRows()).isEqualTo(50);
            assertThat(table.table.rows()).isEqualTo(numbers(100, 200));
        }
    }

    private static List<Long> values(List<List<@Nullable Object>> rows) {
        return rows.stream().map(row -> (Long) Objects.requireNonNull(row.get(0))).toList();
    }
}
