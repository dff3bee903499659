package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.expression.ScanPredicate.Comparison;
import io.neuralake.spi.expression.ScanPredicate.Operator;

import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Checks that skipping loses no row, and that it happens.
class ParquetPruningTest {
    private static final int ROWS = 20_000;
    private static final String SCHEMA =
            """
            message t {
              required int64 id;
              optional int32 noise;
              optional binary word (STRING);
              optional double measure;
              optional int32 big (INTEGER(32, false));
              optional fixed_len_byte_array(6) price (DECIMAL(14, 2));
              optional group s { optional int32 x; repeated int32 many; }
            }
            """;

    @TempDir static Path folder;

    @BeforeAll
    static void write() throws IOException {
        for (WriterVersion version : WriterVersion.values()) {
            GroupFile.write(
                    folder.resolve(version + ".parquet"),
                    SCHEMA,
                    ROWS,
                    builder ->
                            builder.withWriterVersion(version)
                                    .withRowGroupRowCountLimit(6000)
                                    .withPageRowCountLimit(500)
                                    .withBloomFilterEnabled("id", true)
                                    .withBloomFilterNDV("id", 6000L)
                                    .withDictionaryEncoding("id", false),
                    ParquetPruningTest::fill);
        }
    }

    private static void fill(Group row, int i) {
        Random random = new Random(i);
        row.append("id", 10L * i);
        if (i % 10 != 3) {
            row.append("noise", random.nextInt(1000) - 500);
        }
        if (i / 500 % 3 != 1) {
            row.append("word", "w" + (char) ('a' + random.nextInt(8) * 3) + "ord");
        }
        if (i % 4 != 0) {
            row.append("measure", i % 97 == 1 ? Double.NaN : i % 5 == 0 ? -0.0 : i / 10.0 - 500);
        }
        row.append("big", i * 400_000);
        if (i % 3 != 0) {
            row.append("price", Binary.fromConstantByteArray(sixBytes(i * 7L - 50_000)));
        }
        Group s = row.addGroup("s");
        if (i % 2 == 0) {
            s.append("x", i / 4);
        }
        for (int k = 0; k < i % 3; k++) {
            s.append("many", k);
        }
    }

    private static byte[] sixBytes(long value) {
        byte[] all = ByteBuffer.allocate(8).putLong(value).array();
        return Arrays.copyOfRange(all, 2, 8);
    }

    private static List<List<@Nullable Object>> read(
            ParquetScan scan, Path file, Predicate<List<@Nullable Object>> keep) {
        TableSnapshot table = scan.open(file);
        List<List<@Nullable Object>> kept = new ArrayList<>();
        for (List<@Nullable Object> row : scan.rows(table, ParquetScan.allColumns(table))) {
            if (keep.test(row)) {
                kept.add(row);
            }
        }
        return kept;
    }

    @ParameterizedTest
    @ValueSource(strings = {"PARQUET_1_0", "PARQUET_2_0"})
    void randomPredicatesLoseNoRow(String version) {
        Path file = folder.resolve(version + ".parquet");
        List<List<@Nullable Object>> all;
        try (ParquetScan scan = new ParquetScan()) {
            all = read(scan, file, row -> true);
        }
        assertThat(all).hasSize(ROWS);
        Random random = new Random(42);
        for (int run = 0; run < 120; run++) {
            ScanPredicate predicate = random(random, all, 0);
            List<List<@Nullable Object>> expected = new ArrayList<>(all);
            expected.removeIf(row -> !holds(predicate, row));
            for (boolean filtered : new boolean[] {false, true}) {
                try (ParquetScan scan = new ParquetScan()) {
                    scan.batchRows = 100 + random.nextInt(4000);
                    if (random.nextBoolean()) {
                        scan.predicates = List.of(predicate);
                    } else {
                        scan.dynamicPredicates = List.of(predicate);
                    }
                    if (filtered) {
                        scan.filters = List.of(filter(predicate));
                        assertThat(read(scan, file, row -> true))
                                .as("%s", predicate)
                                .isEqualTo(expected);
                    } else {
                        assertThat(read(scan, file, row -> holds(predicate, row)))
                                .as("%s", predicate)
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static ScanPredicate random(
            Random random, List<List<@Nullable Object>> all, int depth) {
        int kind = random.nextInt(depth < 2 ? 8 : 6);
        if (kind == 6) {
            return new ScanPredicate.And(
                    List.of(random(random, all, depth + 1), random(random, all, depth + 1)));
        }
        if (kind == 7) {
            return new ScanPredicate.Or(
                    List.of(random(random, all, depth + 1), random(random, all, depth + 1)));
        }
        int column = random.nextInt(7);
        ColumnPath path = column == 6 ? new ColumnPath(6, List.of("x")) : ColumnPath.of(column);
        Object value = null;
        while (value == null) {
            value = value(path, all.get(random.nextInt(all.size())));
        }
        if (kind == 0) {
            return new ScanPredicate.NullTest(path, random.nextBoolean());
        }
        if (kind == 1) {
            Object second = value(path, all.get(random.nextInt(all.size())));
            return new ScanPredicate.In(
                    path, second == null ? List.of(value) : List.of(value, second));
        }
        if (kind == 2 && column == 2) {
            return new ScanPredicate.Prefix(
                    path, ((String) value).substring(0, 1 + random.nextInt(2)));
        }
        Operator[] operators = Operator.values();
        return new Comparison(path, operators[random.nextInt(operators.length)], value);
    }

    private static @Nullable Object value(ColumnPath path, List<@Nullable Object> row) {
        Object value = row.get(path.ordinal());
        return path.members().isEmpty() || value == null ? value : ((List<?>) value).getFirst();
    }

    /// The SQL meaning of a predicate: NaN is above all numbers and equals itself.
    private static boolean holds(ScanPredicate predicate, List<@Nullable Object> row) {
        return switch (predicate) {
            case ScanPredicate.And and -> and.parts().stream().allMatch(p -> holds(p, row));
            case ScanPredicate.Or or -> or.parts().stream().anyMatch(p -> holds(p, row));
            case ScanPredicate.NullTest n -> (value(n.column(), row) == null) == n.isNull();
            case ScanPredicate.Prefix p ->
                    value(p.column(), row) instanceof String s && s.startsWith(p.prefix());
            case ScanPredicate.In in -> {
                Object value = value(in.column(), row);
                yield value != null && in.values().stream().anyMatch(v -> compare(value, v) == 0);
            }
            case Comparison c -> {
                Object value = value(c.column(), row);
                if (value == null) {
                    yield false;
                }
                int order = compare(value, c.value());
                yield switch (c.operator()) {
                    case EQUAL -> order == 0;
                    case NOT_EQUAL -> order != 0;
                    case LESS -> order < 0;
                    case LESS_OR_EQUAL -> order <= 0;
                    case GREATER -> order > 0;
                    case GREATER_OR_EQUAL -> order >= 0;
                };
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object left, Object right) {
        return left instanceof Double l && right instanceof Double r
                ? Double.compare(l == 0 ? 0.0 : l, r == 0 ? 0.0 : r)
                : ((Comparable<Object>) left).compareTo(right);
    }

    /// Evaluates the predicate on whole rows, reading all columns.
    private static RowFilter filter(ScanPredicate predicate) {
        int[] positions = {0, 1, 2, 3, 4, 5, 6};
        return new RowFilter() {
            @Override
            public int[] columns() {
                return positions;
            }

            @Override
            public int apply(Batch input, MemorySegment passed) {
                passed.fill((byte) 0);
                int count = 0;
                for (int i = 0; i < input.rowCount(); i++) {
                    List<@Nullable Object> row = new ArrayList<>();
                    for (int c = 0; c < input.columnCount(); c++) {
                        row.add(input.column(c).value(i));
                    }
                    if (holds(predicate, row)) {
                        Bitmap.set(passed, i, true);
                        count++;
                    }
                }
                return count;
            }
        };
    }

    /// Passes rows whose id is one of the values.
    private static RowFilter idFilter(long... ids) {
        return new RowFilter() {
            @Override
            public int[] columns() {
                return new int[] {0};
            }

            @Override
            public int apply(Batch input, MemorySegment passed) {
                passed.fill((byte) 0);
                int count = 0;
                for (int i = 0; i < input.rowCount(); i++) {
                    long id = (Long) input.column(0).value(i);
                    if (Arrays.stream(ids).anyMatch(wanted -> wanted == id)) {
                        Bitmap.set(passed, i, true);
                        count++;
                    }
                }
                return count;
            }
        };
    }

    @Test
    void decodesLateOnlyWhereRowsSurvive() {
        Path file = folder.resolve("PARQUET_2_0.parquet");
        List<List<@Nullable Object>> expected;
        try (ParquetScan scan = new ParquetScan()) {
            expected =
                    read(
                            scan,
                            file,
                            row -> List.of(70L, 91_110L, 199_990L).contains(row.getFirst()));
        }
        try (ParquetScan scan = new ParquetScan()) {
            scan.batchRows = 250;
            scan.filters = List.of(idFilter(70, 91_110, 199_990));
            assertThat(read(scan, file, row -> true)).isEqualTo(expected).hasSize(3);
            assertThat(scan.metrics.get(Counter.PAGES_PRUNED)).isGreaterThan(50);
        }
    }

    /// The dictionary of a filtered column fills up in the middle of a batch, so that codes have to
    /// become values there.
    @ParameterizedTest
    @ValueSource(ints = {16, 250, 8192})
    void filteredColumnsKeepTheirValuesWhereTheDictionaryEnds(int batchRows) throws IOException {
        int windowRows = Math.min(8192, 4 * batchRows);
        Path file = folder.resolve("mixed-" + batchRows + ".parquet");
        GroupFile.write(
                file,
                "message t { optional int64 number; optional int32 day (DATE); }",
                ROWS,
                builder -> builder.withPageRowCountLimit(700).withDictionaryPageSize(8000),
                (row, i) -> {
                    if (i % 7 != 0) {
                        row.append("number", i < 2000 ? i % 50 : (long) i);
                    }
                    if (i % 11 != 0) {
                        row.append("day", i < 2000 ? i % 20 : i);
                    }
                });
        try (ParquetScan scan = new ParquetScan()) {
            scan.batchRows = batchRows;
            Set<String> forms = new TreeSet<>();
            scan.filters = List.of(everyThird(forms));
            List<List<@Nullable Object>> rows = read(scan, file, row -> true);
            List<List<@Nullable Object>> expected = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                if (i % windowRows % 3 == 0) {
                    long value = i;
                    expected.add(
                            Arrays.asList(
                                    i % 7 == 0 ? null : i < 2000 ? Long.valueOf(i % 50) : value,
                                    i % 11 == 0 ? null : i < 2000 ? Long.valueOf(i % 20) : value));
                }
            }
            assertThat(rows).isEqualTo(expected);
            assertThat(forms).contains("FlatColumn");
            if (windowRows < 2000) {
                assertThat(forms).contains("DictionaryColumn");
            }
        }
    }

    /// Rows are selected where many pass the filter, and copied where few do.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40})
    void columnsThatOnlyFiltersReadAreNulls(int step) {
        Path file = folder.resolve(WriterVersion.PARQUET_1_0 + ".parquet");
        try (ParquetScan scan = new ParquetScan()) {
            scan.unread = Set.of(0, 2, 4);
            scan.filters = List.of(every(step, new TreeSet<>()));
            List<List<@Nullable Object>> found = read(scan, file, row -> true);
            scan.unread = Set.of();
            List<List<@Nullable Object>> rows = read(scan, file, row -> true);
            rows.forEach(row -> List.of(0, 2, 4).forEach(column -> row.set(column, null)));
            assertThat(found).isEqualTo(rows).hasSizeGreaterThan(ROWS / 50);
        }
    }

    private static RowFilter everyThird(Set<String> forms) {
        return every(3, forms);
    }

    private static RowFilter every(int step, Set<String> forms) {
        return new RowFilter() {
            @Override
            public int[] columns() {
                return new int[] {0, 1};
            }

            @Override
            public int apply(Batch input, MemorySegment passed) {
                passed.fill((byte) 0);
                for (int c = 0; c < input.columnCount(); c++) {
                    forms.add(input.column(c).getClass().getSimpleName());
                }
                for (int i = 0; i < input.rowCount(); i += step) {
                    Bitmap.set(passed, i, true);
                }
                return (input.rowCount() + step - 1) / step;
            }
        };
    }

    @Test
    void statisticsPruneRowGroups() {
        assertPruned(
                new Comparison(ColumnPath.of(0), Operator.LESS, 1000L),
                Counter.ROW_GROUPS_PRUNED_BY_STATISTICS,
                3);
    }

    @Test
    void unsignedStatisticsPrune() {
        assertPruned(
                new Comparison(
                        ColumnPath.of(4), Operator.EQUAL, 19_999L * 400_000 % (1L << 32) + 1),
                Counter.ROW_GROUPS_PRUNED_BY_STATISTICS,
                0);
    }

    @Test
    void bloomFilterPrunesWhatStatisticsCannot() {
        assertPruned(
                new Comparison(ColumnPath.of(0), Operator.EQUAL, 60_005L),
                Counter.ROW_GROUPS_PRUNED_BY_BLOOM_FILTER,
                1);
    }

    @Test
    void dictionaryPrunesWhatStatisticsCannot() {
        assertPruned(
                new Comparison(ColumnPath.of(2), Operator.EQUAL, "wbord"),
                Counter.ROW_GROUPS_PRUNED_BY_DICTIONARY,
                1);
    }

    @Test
    void pageIndexPrunesPages() {
        try (ParquetScan scan = new ParquetScan()) {
            scan.predicates =
                    List.of(
                            new Comparison(ColumnPath.of(0), Operator.GREATER_OR_EQUAL, 90_000L),
                            new Comparison(ColumnPath.of(0), Operator.LESS, 90_010L));
            int rows = read(scan, folder.resolve("PARQUET_1_0.parquet"), row -> true).size();
            assertThat(rows).isEqualTo(500);
            assertThat(scan.metrics.get(Counter.ROWS_READ)).isEqualTo(500);
            assertThat(scan.metrics.get(Counter.ROWS_PRUNED)).isEqualTo(ROWS - 500);
        }
    }

    private static void assertPruned(ScanPredicate predicate, Counter counter, int atLeast) {
        try (ParquetScan scan = new ParquetScan()) {
            scan.predicates = List.of(predicate);
            read(scan, folder.resolve("PARQUET_1_0.parquet"), row -> true);
            assertThat(scan.metrics.get(counter)).isGreaterThanOrEqualTo(atLeast);
            assertThat(scan.metrics.get(Counter.ROWS_READ) + scan.metrics.get(Counter.ROWS_PRUNED))
                    .isEqualTo(ROWS);
        }
    }

    @Test
    void statisticsDescribeTheTable() {
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(folder.resolve("PARQUET_1_0.parquet"));
            var statistics = table.statistics();
            assertThat(statistics.rowCount()).isEqualTo(ROWS);
            assertThat(statistics.column(0).minimum()).isEqualTo(0L);
            assertThat(statistics.column(0).maximum()).isEqualTo(199_990L);
            assertThat(statistics.column(0).nullCount()).isZero();
            assertThat(statistics.column(1).nullCount()).isEqualTo(ROWS / 10.0);
            assertThat(statistics.column(1).distinctCount()).isBetween(900.0, 1100.0);
            assertThat(statistics.column(2).minimum()).isEqualTo("waord");
            assertThat(statistics.column(2).distinctCount()).isEqualTo(8.0);
            assertThat("waord".getBytes(StandardCharsets.UTF_8)).hasSize(5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsEveryEncodingOfParquetHadoop(boolean dictionary) throws IOException {
        for (WriterVersion version : WriterVersion.values()) {
            for (boolean split : new boolean[] {true, false}) {
                Path file = folder.resolve("encodings" + dictionary + version + split);
                GroupFile.write(
                        file,
                        "message t { required int32 a; optional int64 b; optional float c; required"
                            + " double d; optional binary e (STRING); required"
                            + " fixed_len_byte_array(5) f; optional boolean g; optional int96 h; }",
                        3000,
                        builder ->
                                builder.withWriterVersion(version)
                                        .withByteStreamSplitEncoding(split)
                                        .withByteStreamSplitEncoding("a", split)
                                        .withByteStreamSplitEncoding("b", split)
                                        .withByteStreamSplitEncoding("f", split)
                                        .withPageRowCountLimit(700)
                                        .withDictionaryEncoding(dictionary),
                        ParquetPruningTest::fillEncodings);
                try (ParquetScan scan = new ParquetScan()) {
                    List<List<@Nullable Object>> rows = scan.rows(file);
                    for (int i = 0; i < 3000; i++) {
                        assertThat(rows.get(i)).as("%s row %s", file, i).isEqualTo(encoded(i));
                    }
                }
            }
        }
    }

    private static void fillEncodings(Group row, int i) {
        row.append("a", i * 31 % 1000 - 500);
        if (i % 3 != 0) {
            row.append("b", (long) i * i * i - 7);
            row.append("c", i / 3f);
        }
        row.append("d", -i / 7.0);
        if (i % 4 != 1) {
            row.append("e", "prefix" + i / 10 + "-" + i % 13);
        }
        row.append("f", Binary.fromString("%05d".formatted(i * 17 % 99_999)));
        if (i % 5 != 0) {
            row.append("g", i % 2 == 0);
            ByteBuffer time = ByteBuffer.allocate(12).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            time.putLong(1_000_000L * i + 999).putInt(2_440_588 + i - 100);
            row.append("h", Binary.fromConstantByteArray(time.array()));
        }
    }

    private static List<@Nullable Object> encoded(int i) {
        return Arrays.asList(
                (long) (i * 31 % 1000 - 500),
                i % 3 != 0 ? (long) i * i * i - 7 : null,
                i % 3 != 0 ? (Double) (double) (i / 3f) : null,
                -i / 7.0,
                i % 4 != 1 ? "prefix" + i / 10 + "-" + i % 13 : null,
                ByteBuffer.wrap("%05d".formatted(i * 17 % 99_999).getBytes(StandardCharsets.UTF_8)),
                i % 5 != 0 ? i % 2 == 0 : null,
                i % 5 != 0 ? (i - 100) * 86_400_000_000L + 1000L * i : null);
    }
}
