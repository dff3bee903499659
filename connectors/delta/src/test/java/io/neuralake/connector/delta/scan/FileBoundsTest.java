package io.neuralake.connector.delta.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.spi.expression.ColumnPath;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// What is remembered of a file that versions with other columns share, as those within a transaction do.
class FileBoundsTest {
    private static final String STATISTICS =
            "{\"numRecords\":3,\"minValues\":{\"a\":1,\"b\":100,\"d\":\"2024-01-01\"},"
                    + "\"maxValues\":{\"a\":9,\"b\":900,\"d\":\"2024-01-02\"},"
                    + "\"nullCount\":{\"a\":0,\"b\":1,\"d\":0}}";

    @TempDir private Path temporary;

    private final AddFile file = new AddFile("x", Map.of(), 10, 1, STATISTICS, null);

    private TableSchema schema(String... fields) {
        Path folder = temporary.resolve(String.valueOf(fields.length) + fields[0].hashCode());
        try (WrittenTable table = new WrittenTable(folder)) {
            table.commit(
                    0,
                    WrittenTable.PROTOCOL,
                    WrittenTable.metadata(String.join(",", fields), "", ""));
            return ((DeltaTable) table.open()).state().metadata().schema();
        }
    }

    private ValueBounds bounds(TableSchema schema, int ordinal) {
        return Objects.requireNonNull(new FileBounds(schema).of(file, ColumnPath.of(ordinal)));
    }

    @Test
    void columnsAreToldByTheirPlaceInFiles() {
        String a = WrittenTable.field("a", "long");
        String b = WrittenTable.field("b", "long");
        assertThat(bounds(schema(a, b), 0).maximum()).isEqualTo(9L);
        assertThat(bounds(schema(b), 0).maximum()).as("a was dropped").isEqualTo(900L);
        assertThat(bounds(schema(b), 0).nulls()).isEqualTo(1);
        assertThat(bounds(schema(a, b), 0).maximum()).isEqualTo(9L);
    }

    @Test
    void boundsAreThoseOfTheTypeThatIsRead() {
        assertThat(bounds(schema(WrittenTable.field("d", "date")), 0).minimum()).isEqualTo(19_723L);
        TableSchema text = schema(WrittenTable.field("d", "string"));
        assertThat(bounds(text, 0).minimum())
                .isEqualTo("2024-01-01".getBytes(StandardCharsets.UTF_8));
    }
}
