package io.neuralake.connector.delta.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

class DataFileWriterTest {
    private static final String TYPES =
            Stream.of(
                            "boolean",
                            "byte",
                            "short",
                            "integer",
                            "long",
                            "float",
                            "double",
                            "string",
                            "binary",
                            "date",
                            "timestamp",
                            "timestamp_ntz",
                            "decimal(5,2)",
                            "decimal(15,3)",
                            "decimal(38,4)")
                    .map(type -> WrittenTable.field("c_" + type.replaceAll("\\W", "_"), type))
                    .reduce((left, right) -> left + "," + right)
                    .orElseThrow();

    @TempDir private Path folder;

    private static List<@Nullable Object> row(int i) {
        return Arrays.asList(
                i % 2 == 0,
                (long) (i % 100) - 50,
                (long) i - 3000,
                (long) i * 7,
                (long) i << 33,
                (double) (i / 8f),
                i / 3.0,
                "text " + i % 13,
                ("b" + i).getBytes(StandardCharsets.UTF_8),
                19_000L + i % 50,
                1_700_000_000_123_456L + i,
                -1_700_000_000_123_456L + i,
                BigDecimal.valueOf(i % 1000, 2),
                BigDecimal.valueOf(i * 1_000_003L, 3),
                new BigDecimal("123456789012345678901234567890.0001")
                        .multiply(BigDecimal.valueOf(i % 2 == 0 ? 1 : -1)));
    }

    private static List<List<@Nullable Object>> rows(int count, int nullEach) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<@Nullable Object> row = row(i);
            for (int c = 0; c < row.size(); c++) {
                if ((i + c) % nullEach == 0) {
                    row.set(c, null);
                }
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<List<@Nullable Object>> comparable(
            List<? extends List<? extends @Nullable Object>> rows) {
        List<List<@Nullable Object>> copies = new ArrayList<>();
        for (List<? extends @Nullable Object> row : rows) {
            List<@Nullable Object> copy = new ArrayList<>();
            for (Object value : row) {
                copy.add(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
            }
            copies.add(copy);
        }
        return copies;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("_delta_log"))
                    .toList();
        }
    }

    @Test
    void readsBackEveryType() throws IOException {
        try (ChangedTable table = new ChangedTable(folder, TYPES, "", "")) {
            List<List<@Nullable Object>> rows = rows(3000, 5);
            List<AddFile> files = table.append(1 << 30, rows);
            assertThat(files).hasSize(1);
            assertThat(files.getFirst().size()).isEqualTo(Files.size(files().getFirst()));
            assertThat(files.getFirst().path())
                    .matches("part-00000-[-0-9a-f]{36}\\.zstd\\.parquet");
            assertThat(comparable(table.table.rows())).isEqualTo(comparable(rows));
        }
    }

    @Test
    void readsBackPartitionsOfEveryType() {
        List<String> types =
                List.of(
                        "boolean",
                        "byte",
                        "long",
                        "float",
                        "double",
                        "string",
                        "binary",
                        "date",
                        "timestamp",
                        "timestamp_ntz",
                        "decimal(38,4)");
        List<List<Object>> values =
                List.of(
                        List.of(true, false),
                        List.of(-7L, 7L),
                        List.of(Long.MAX_VALUE, 0L),
                        List.of(0.5, (double) 0.1f),
                        List.of(1e300, -0.1),
                        List.of("a/b=c %41:?\"ü", "e\u0301 \u212B"),
                        List.of("bytes".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2}),
                        List.of(-1L, 19_000L),
                        List.of(1_700_000_000_123_456L, -1L),
                        List.of(1_700_000_000_000_000L, -999_999L),
                        List.of(
                                new BigDecimal("-12345678901234567890.1234"),
                                new BigDecimal("0.0000")));
        for (int t = 0; t < types.size(); t++) {
            try (ChangedTable table =
                    new ChangedTable(
                            folder.resolve("t" + t),
                            WrittenTable.field("v", "long")
                                    + ","
                                    + WrittenTable.field("p", types.get(t)),
                            "\"p\"",
                            "")) {
                List<List<@Nullable Object>> rows = new ArrayList<>();
                for (int i = 0; i < 9; i++) {
                    rows.add(Arrays.asList((long) i, i % 3 == 2 ? null : values.get(t).get(i % 3)));
                }
                assertThat(table.append(1 << 30, rows)).hasSize(3);
                assertThat(comparable(table.table.rows()))
                        .as(types.get(t))
                        .containsExactlyInAnyOrderElementsOf(comparable(rows));
            }
        }
    }

    @Test
    void mapsColumnsAndNestsThem() throws IOException {
        String fields =
                "{\"name\":\"s\",\"type\":{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\","
                    + "\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":2,"
                    + "\"delta.columnMapping.physicalName\":\"col-a\"}}]},\"nullable\":true,\"metadata\":{"
                    + "\"delta.columnMapping.id\":1,\"delta.columnMapping.physicalName\":\"col-s\"}},"
                    + "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"elementType\":\"string\",\"containsNull\":true},"
                    + "\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":3,"
                    + "\"delta.columnMapping.physicalName\":\"col-l\"}},"
                    + "{\"name\":\"m\",\"type\":{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":{\"type\":\"array\","
                    + "\"elementType\":\"long\",\"containsNull\":true},\"valueContainsNull\":true},"
                    + "\"nullable\":true,\"metadata\":{\"delta.columnMapping.id\":4,"
                    + "\"delta.columnMapping.physicalName\":\"col-m\"}}";
        for (String mode : List.of("name", "id")) {
            Path place = folder.resolve(mode);
            try (ChangedTable table =
                    new ChangedTable(
                            place, fields, "", "\"delta.columnMapping.mode\":\"" + mode + "\"")) {
                List<List<@Nullable Object>> rows = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    rows.add(
                            Arrays.asList(
                                    i % 7 == 0
                                            ? null
                                            : Arrays.asList(i % 3 == 0 ? null : (Object) (long) i),
                                    i % 5 == 0
                                            ? null
                                            : i % 5 == 1
                                                    ? List.of()
                                                    : Arrays.asList("x" + i, null, "y"),
                                    i % 4 == 0
                                            ? null
                                            : List.of(
                                                    Arrays.asList(
                                                            "k" + i,
                                                            i % 2 == 0
                                                                    ? null
                                                                    : List.of((long) i, 1L)))));
                }
                List<AddFile> files = table.append(1 << 30, rows);
                assertThat(table.table.rows()).isEqualTo(rows);
                assertThat(files.getFirst().statistics())
                        .contains(
                                "\"minValues\":{\"col-s\":{\"col-a\":1}}",
                                "\"maxValues\":{\"col-s\":{\"col-a\":499}}",
                                "\"col-l\":100",
                                "\"col-m\":125");
            }
        }
    }

    @Test
    void rollsFilesAndKeepsTheOrder() {
        try (ChangedTable table =
                        new ChangedTable(folder, WrittenTable.field("v", "long"), "", "");
                DataFileWriter writer = new DataFileWriter(table.target(100_000))) {
            List<List<@Nullable Object>> all = new ArrayList<>();
            java.util.Random random = new java.util.Random(7);
            for (int b = 0; b < 20; b++) {
                List<List<@Nullable Object>> rows = new ArrayList<>();
                for (int i = 0; i < 5000; i++) {
                    rows.add(List.of(random.nextLong()));
                }
                all.addAll(rows);
                try (Batch batch = table.batch(rows)) {
                    writer.append(batch);
                }
            }
            List<AddFile> files = writer.finish();
            assertThat(files.size()).isBetween(3, 10);
            assertThat(writer.rowCount()).isEqualTo(100_000);
            table.commit(List.of(), files);
            assertThat(table.table.rows()).isEqualTo(all);
        }
    }

    @Test
    void closesFilesOfManyPartitions() throws IOException {
        try (ChangedTable table =
                new ChangedTable(
                        folder,
                        WrittenTable.field("v", "long") + "," + WrittenTable.field("p", "long"),
                        "\"p\"",
                        "")) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                rows.add(List.of((long) i, (long) i % 250));
            }
            assertThat(table.append(1 << 30, rows)).hasSize(250);
            assertThat(files()).hasSize(250);
            assertThat(table.table.rows()).containsExactlyInAnyOrderElementsOf(rows);
        }
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        String fields =
                WrittenTable.field("v", "string")
                        + ",{\"name\":\"n\",\"type\":\"long\",\"nullable\":false,\"metadata\":{}}";
        try (ChangedTable table = new ChangedTable(folder, fields, "", "")) {
            try (DataFileWriter writer = new DataFileWriter(table.target(1))) {
                try (Batch good = table.batch(List.of(List.of("a", 1L)));
                        Batch bad =
                                table.batch(
                                        List.of(
                                                List.of("a", 1L),
                                                Arrays.asList("b", (Object) null)))) {
                    writer.append(good);
                    assertThatThrownBy(() -> writer.append(bad))
                            .isInstanceOfSatisfying(
                                    NeuralakeException.class,
                                    e ->
                                            assertThat(e.code())
                                                    .isEqualTo(ErrorCode.NOT_NULL_VIOLATION))
                            .hasMessage("Column must not be null: n");
                }
            }
            assertThat(files()).isEmpty();
            try (DataFileWriter writer = new DataFileWriter(table.target(1));
                    Batch good = table.batch(List.of(List.of("a", 1L)))) {
                writer.append(good);
                assertThat(writer.finish()).hasSize(1);
                assertThat(files()).hasSize(1);
                writer.discard();
                assertThat(files()).isEmpty();
            }
        }
    }

    @Test
    void failsWithoutFolder() throws IOException {
        try (ChangedTable table =
                new ChangedTable(
                        folder.resolve("t"),
                        WrittenTable.field("v", "long") + "," + WrittenTable.field("p", "long"),
                        "\"p\"",
                        "")) {
            Files.writeString(folder.resolve("t/p=1"), "no folder");
            try (DataFileWriter writer = new DataFileWriter(table.target(1));
                    Batch batch = table.batch(List.of(List.of(1L, 2L), List.of(1L, 1L)))) {
                assertThatThrownBy(() -> writer.append(batch))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR));
            }
            assertThat(files()).containsExactly(folder.resolve("t/p=1"));
        }
    }

    @Test
    void statisticsBoundTheValues() {
        String fields =
                WrittenTable.field("d", "double")
                        + ","
                        + WrittenTable.field("f", "float")
                        + ","
                        + WrittenTable.field("t", "timestamp")
                        + ","
                        + WrittenTable.field("s", "string")
                        + ","
                        + WrittenTable.field("b", "boolean")
                        + ","
                        + WrittenTable.field("n", "integer");
        String longText = "x".repeat(31) + "\uD83D\uDE00" + "tail";
        try (ChangedTable table = new ChangedTable(folder, fields, "", "")) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            rows.add(Arrays.asList(1.5, (double) 0.1f, 1_000_001L, longText, true, null));
            rows.add(Arrays.asList(Double.NaN, -2.0, -1L, longText, false, null));
            String statistics =
                    Objects.requireNonNull(table.append(1, rows).getFirst().statistics());
            assertThat(statistics)
                    .isEqualTo(
                            "{\"numRecords\":2,\"minValues\":{\"f\":-2.0,\"t\":\"1969-12-31T23:59:59.999Z\","
                                + "\"s\":\""
                                    + "x".repeat(31)
                                    + "\uD83D\uDE00\"},\"maxValues\":{\"f\":0.10000000149011612,"
                                    + "\"t\":\"1970-01-01T00:00:01.001Z\",\"s\":\""
                                    + "x".repeat(31)
                                    + "\uD83D\uDE01\"},\"nullCount\":{\"d\":0,\"f\":0,\"t\":0,\"s\":0,\"b\":0,\"n\":2},"
                                    + "\"tightBounds\":true}");
        }
    }

    @Test
    void statisticsAreOfTheColumnsThatTheTableWants() {
        String fields =
                WrittenTable.field("a", "long")
                        + ",{\"name\":\"s\",\"type\":{\"type\":\"struct\",\"fields\":["
                        + WrittenTable.field("x", "long")
                        + ","
                        + WrittenTable.field("y", "long")
                        + "]},\"nullable\":true,\"metadata\":{}},"
                        + WrittenTable.field("c", "long");
        List<List<@Nullable Object>> rows = List.of(List.of(1L, List.of(2L, 3L), 4L));
        Object[][] cases = {
            {"\"delta.dataSkippingNumIndexedCols\":\"2\"", "{\"a\":1,\"s\":{\"x\":2}}"},
            {"\"delta.dataSkippingNumIndexedCols\":\"0\"", "{}"},
            {
                "\"delta.dataSkippingNumIndexedCols\":\"-1\"",
                "{\"a\":1,\"s\":{\"x\":2,\"y\":3},\"c\":4}"
            },
            {"\"delta.dataSkippingStatsColumns\":\"`c`, s.y\"", "{\"s\":{\"y\":3},\"c\":4}"},
            {"\"delta.dataSkippingStatsColumns\":\"S\"", "{\"s\":{\"x\":2,\"y\":3}}"}
        };
        for (int i = 0; i < cases.length; i++) {
            try (ChangedTable table =
                    new ChangedTable(folder.resolve("t" + i), fields, "", (String) cases[i][0])) {
                assertThat(table.append(1, rows).getFirst().statistics())
                        .contains("\"minValues\":" + cases[i][1] + ",");
            }
        }
    }
}
