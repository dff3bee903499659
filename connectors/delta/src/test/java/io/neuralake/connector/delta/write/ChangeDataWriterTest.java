package io.neuralake.connector.delta.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.write.ChangeDataWriter.ChangeType;
import io.neuralake.connector.parquet.ParquetFormat;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class ChangeDataWriterTest {
    @TempDir private Path folder;

    @Test
    void writesWhatHappenedToRows() {
        String fields = WrittenTable.field("v", "long") + "," + WrittenTable.field("p", "string");
        try (ChangedTable table = new ChangedTable(folder, fields, "\"p\"", "")) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            for (long i = 0; i < 100; i++) {
                rows.add(List.of(i, "a"));
            }
            table.append(1 << 30, rows);
            List<AddFile> files;
            try (ChangeDataWriter writer =
                            new ChangeDataWriter(table.open(), table.target(1 << 30));
                    Batch updated = table.batch(List.of(List.of(7L, "a")))) {
                writer.append(
                        table.open().files().getFirst(),
                        row -> row == 3 || row == 99 ? ChangeType.DELETE : null);
                writer.append(ChangeType.UPDATE_POSTIMAGE, updated);
                files = writer.finish();
            }
            assertThat(files).hasSize(1);
            assertThat(files.getFirst().path())
                    .matches("_change_data/p=a/cdc-00000-[-0-9a-f]{36}\\.zstd\\.parquet");
            assertThat(files.getFirst().partitionValues()).containsEntry("p", "a");
            Path file = folder.resolve(files.getFirst().path());
            TableSnapshot found =
                    new ParquetFormat().open(new QualifiedName("c", "s", "t"), file.toString());
            assertThat(table.table.rows(found))
                    .isEqualTo(
                            List.of(
                                    List.of(3L, "delete"),
                                    List.of(99L, "delete"),
                                    List.of(7L, "update_postimage")));
        }
    }
}
