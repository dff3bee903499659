package io.neuralake.connector.delta.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.spi.batch.Batch;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class RewrittenFilesTest {
    private static final String FIELDS =
            WrittenTable.field("v", "long") + "," + WrittenTable.field("p", "string");

    @TempDir private Path folder;

    private static List<List<@Nullable Object>> rows(int from, int to, @Nullable String partition) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (long i = from; i < to; i++) {
            rows.add(Arrays.asList(i, partition));
        }
        return rows;
    }

    @Test
    void keepsTheOtherRowsInTheirOrder() {
        try (ChangedTable table = new ChangedTable(folder, FIELDS, "\"p\"", "")) {
            table.append(1 << 30, rows(0, 10_000, "a"));
            table.append(1 << 30, rows(10_000, 10_010, "b"));
            table.append(1 << 30, rows(20_000, 20_010, null));
            RowDeletions vector = new RowDeletions();
            vector.add(0, 0);
            vector.add(2, 9);
            DeltaTable before = table.open();
            DeletionResult marked =
                    new DeletionVectorWriter(before, table.target(1)).write(before.files(), vector);
            table.commit(marked.removed(), marked.added());

            DeltaTable read = table.open();
            List<AddFile> files = read.files();
            int a = number(files, "a");
            int b = number(files, "b");
            RowDeletions deletions = new RowDeletions();
            for (int i = 1; i < 10_000; i += 3) {
                deletions.add(a, i);
            }
            for (int i = 0; i < 10; i++) {
                deletions.add(b, i);
            }
            DeletionResult result;
            try (RewrittenFiles rewritten =
                    new RewrittenFiles(read, table.target(1 << 30), RowKind.NEW, null)) {
                result = rewritten.write(files, deletions, deletions.files());
            }
            table.commit(result.removed(), result.added());

            assertThat(result.removed()).hasSize(2);
            assertThat(result.added()).hasSize(1);
            assertThat(result.deletedRows()).isEqualTo(3333 + 10);
            List<List<@Nullable Object>> left = rows(1, 10_000, "a");
            left.removeIf(row -> (Long) row.getFirst() % 3 == 1);
            List<List<@Nullable Object>> found = table.table.rows();
            assertThat(found.stream().filter(row -> "a".equals(row.get(1))).toList())
                    .isEqualTo(left);
            assertThat(found.stream().filter(row -> row.get(1) == null).toList())
                    .isEqualTo(rows(20_000, 20_009, null));
            assertThat(found).hasSize(left.size() + 9);
        }
    }

    private static int number(List<AddFile> files, String partition) {
        for (int i = 0; i < files.size(); i++) {
            if (partition.equals(files.get(i).partitionValues().get("p"))) {
                return i;
            }
        }
        throw new AssertionError(partition);
    }

    @Test
    void deletesItsFilesWhenTheChangeDoesNotHappen() throws java.io.IOException {
        try (ChangedTable table = new ChangedTable(folder, FIELDS, "\"p\"", "")) {
            table.append(1 << 30, rows(0, 100, "a"));
            RowDeletions deletions = new RowDeletions();
            deletions.add(0, 5);
            RewrittenFiles rewritten =
                    new RewrittenFiles(table.open(), table.target(1 << 30), RowKind.NEW, null);
            rewritten.write(table.open().files(), deletions, deletions.files());
            try (var files = Files.list(folder.resolve("p=a"))) {
                assertThat(files).hasSize(2);
            }
            rewritten.discard();
            try (var files = Files.list(folder.resolve("p=a"))) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @Test
    void packsSmallFilesOfOnePartition() {
        try (ChangedTable table = new ChangedTable(folder, FIELDS, "\"p\"", "")) {
            for (int i = 0; i < 5; i++) {
                table.append(1 << 30, rows(i * 100, i * 100 + 100, "a"));
            }
            table.append(1 << 30, rows(900, 1000, "b"));
            List<AddFile> all = table.open().files();
            List<FileSet> groups = BinPacking.small(table.open(), all, 1 << 20);
            assertThat(groups).hasSize(1);
            assertThat(groups.getFirst().files()).hasSize(5);
            assertThat(table.table.rows(groups.getFirst()))
                    .containsExactlyInAnyOrderElementsOf(rows(0, 500, "a"));
            assertThat(groups.getFirst().statistics().rowCount()).isEqualTo(500);

            long two = all.getFirst().size() * 5 / 2;
            assertThat(BinPacking.small(table.open(), all, two))
                    .extracting(group -> group.files().size())
                    .containsExactly(2, 2);
            List<AddFile> ofB =
                    all.stream().filter(f -> "b".equals(f.partitionValues().get("p"))).toList();
            assertThat(BinPacking.small(table.open(), ofB, 1 << 20)).isEmpty();
            assertThat(BinPacking.small(table.open(), all, 1 << 20, 5)).hasSize(1);
            assertThat(BinPacking.small(table.open(), all, 1 << 20, 6)).isEmpty();
            assertThat(BinPacking.small(table.open(), all, two * 3, 3))
                    .extracting(group -> group.files().size())
                    .containsExactly(5);
            assertThat(BinPacking.all(table.open(), ofB)).hasSize(1);
            assertThat(BinPacking.all(table.open(), all)).hasSize(2);
            assertThat(BinPacking.small(table.open(), all, 1)).isEmpty();
        }
    }

    @Test
    void packsFilesWithDeletedRows() {
        try (ChangedTable table = new ChangedTable(folder, FIELDS, "\"p\"", "")) {
            table.append(1 << 30, rows(0, 100, "a"));
            for (int deleted = 5; deleted < 7; deleted++) {
                RowDeletions deletions = new RowDeletions();
                for (int i = 0; i < deleted; i++) {
                    deletions.add(0, i);
                }
                DeltaTable read = table.open();
                DeletionResult result =
                        new DeletionVectorWriter(read, table.target(1))
                                .write(read.files(), deletions);
                table.commit(result.removed(), result.added());
                assertThat(BinPacking.small(table.open(), table.open().files(), 1))
                        .hasSize(deleted == 5 ? 0 : 1);
            }
        }
    }

    @Test
    void appendsGroupsInTheOrderOfTheirRows() {
        try (ChangedTable table = new ChangedTable(folder, FIELDS, "\"p\"", "")) {
            table.append(1 << 30, rows(0, 5000, "a"));
            table.append(1 << 30, rows(5000, 5010, "a"));
            FileSet group =
                    BinPacking.small(table.open(), table.open().files(), 1 << 20).getFirst();
            try (DataFileWriter writer = new DataFileWriter(table.target(1 << 20));
                    FileRows reader = new FileRows()) {
                reader.read(group, (Batch rows) -> writer.append(rows));
                List<AddFile> added = writer.finish();
                table.commit(group.files(), added);
            }
            assertThat(table.table.rows()).isEqualTo(rows(0, 5010, "a"));
        }
    }
}
