package io.neuralake.connector.delta.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.delta.WrittenTable;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/// Addresses of rows on every way of leaving out rows: the values of a row tell where it is.
class RowAddressTest {
    private static final int ROWS = 300_000;
    private static final int SECOND = 1_000_000;

    @TempDir private Path folder;
    private WrittenTable table;
    private final Set<Integer> deleted = new HashSet<>();

    /// Two files: one of three row groups in order, with a deletion vector, and a small one.
    @BeforeEach
    void write() throws Exception {
        table = new WrittenTable(folder);
        Schema schema =
                Schema.of(
                        Field.of("v", ScalarType.BIGINT),
                        Field.of("t", ScalarType.VARCHAR),
                        Field.of("m", ScalarType.BIGINT));
        table.write("big.parquet", schema, rows(0, ROWS));
        table.write("small.parquet", schema, rows(SECOND, SECOND + 10));
        RoaringBitmap rows = new RoaringBitmap();
        for (int i = 0; i < ROWS; i += 7) {
            rows.add(i);
            deleted.add(i);
        }
        for (int i = 50_000; i < 90_000; i++) {
            rows.add(i);
            deleted.add(i);
        }
        byte[] vector = RowBitmap.of(List.of(rows)).serialize();
        java.util.zip.CRC32 checksum = new java.util.zip.CRC32();
        checksum.update(vector);
        java.nio.ByteBuffer stored = java.nio.ByteBuffer.allocate(vector.length + 9);
        stored.put((byte) 1).putInt(vector.length).put(vector).putInt((int) checksum.getValue());
        Files.write(folder.resolve("v.bin"), stored.array());
        table.commit(
                0,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,"
                    + "\"readerFeatures\":[\"deletionVectors\"],\"writerFeatures\":[\"deletionVectors\"]}}",
                WrittenTable.metadata(
                        WrittenTable.field("v", "long")
                                + ","
                                + WrittenTable.field("t", "string")
                                + ","
                                + WrittenTable.field("m", "long"),
                        "",
                        ""),
                table.add(
                        "big.parquet",
                        "",
                        ",\"stats\":\"{\\\"numRecords\\\":"
                                + ROWS
                                + ",\\\"minValues\\\":{\\\"v\\\":0},\\\"maxValues\\\":{\\\"v\\\":"
                                + (ROWS - 1)
                                + "}}\",\"deletionVector\":{\"storageType\":\"p\",\"pathOrInlineDv\":\"file://"
                                + folder.resolve("v.bin")
                                + "\",\"offset\":1,\"sizeInBytes\":"
                                + vector.length
                                + ",\"cardinality\":"
                                + rows.getCardinality()
                                + "}"),
                table.add("small.parquet", "", ""));
    }

    @AfterEach
    void close() {
        table.close();
    }

    private static List<List<@Nullable Object>> rows(int from, int to) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (long i = from; i < to; i++) {
            rows.add(List.of(i, "text " + i % 1000, i % 10));
        }
        return rows;
    }

    /// Scans, and checks that each row is where its address says; returns the values.
    private List<Long> scan(
            ReadSet reads, List<ScanPredicate> predicates, List<RowFilter> filters, int batchRows) {
        FileSet addressed = ((DeltaTable) table.open()).addressed(reads);
        int big = addressed.files().get(0).path().equals("big.parquet") ? 0 : 1;
        List<ScanColumn> columns = new ArrayList<>();
        for (int i : new int[] {3, 0, 4, 1}) {
            Field field = addressed.schema().field(i);
            columns.add(new ScanColumn(field.name(), ColumnPath.of(i), field.type()));
        }
        ScanRequest request = new ScanRequest(addressed, columns, predicates);
        Context context = new Context(filters, predicates, batchRows);
        List<Long> found = new ArrayList<>();
        try (SplitSource splits = addressed.connector().splits(request, context.metrics())) {
            for (Optional<? extends Split> split = splits.next();
                    split.isPresent();
                    split = splits.next()) {
                try (BatchSource source =
                        addressed.connector().open(split.get(), request, context)) {
                    while (source.read() instanceof ReadResult.Ready(Batch batch)) {
                        try (batch) {
                            check(batch, big, found);
                        }
                    }
                }
            }
        }
        Collections.sort(found);
        return found;
    }

    private static void check(Batch batch, int big, List<Long> found) {
        DataBuffer selection = batch.selection();
        for (int i = 0; i < batch.rowCount(); i++) {
            if (selection == null || Bitmap.get(selection.segment(), i)) {
                long value = (Long) Objects.requireNonNull(batch.column(1).value(i));
                boolean first = value < SECOND;
                List<@Nullable Object> row = new ArrayList<>();
                for (int c : new int[] {0, 2, 3}) {
                    row.add(batch.column(c).value(i));
                }
                List<@Nullable Object> expected =
                        List.of(
                                (long) (first ? big : 1 - big),
                                first ? value : value - SECOND,
                                "text " + value % 1000);
                if (!row.equals(expected)) {
                    assertThat(row).isEqualTo(expected);
                }
                found.add(value);
            }
        }
    }

    private List<Long> expected(LongPredicate condition) {
        List<Long> values = new ArrayList<>();
        for (long i = 0; i < ROWS; i++) {
            if (!deleted.contains((int) i) && condition.test(i)) {
                values.add(i);
            }
        }
        for (long i = SECOND; i < SECOND + 10; i++) {
            if (condition.test(i)) {
                values.add(i);
            }
        }
        return values;
    }

    private static ScanPredicate compare(int column, ScanPredicate.Operator operator, long value) {
        return new ScanPredicate.Comparison(ColumnPath.of(column), operator, value);
    }

    @Test
    void withoutConditions() {
        ReadSet reads = new ReadSet();
        assertThat(reads.isEmpty()).isTrue();
        assertThat(scan(reads, List.of(), List.of(), 1000)).isEqualTo(expected(v -> true));
        assertThat(reads.isEmpty()).isFalse();
        DeltaTable read = (DeltaTable) table.open();
        for (AddFile file : read.files()) {
            assertThat(reads.mayHaveRead(file, read.state().metadata().schema())).isTrue();
            assertThat(reads.hasRead(FileKey.of(file.path(), file.deletionVector()))).isTrue();
        }
    }

    @Test
    void withPagesAndRowGroupsLeftOut() {
        ReadSet reads = new ReadSet();
        List<ScanPredicate> between =
                List.of(
                        compare(0, ScanPredicate.Operator.GREATER_OR_EQUAL, 131_000),
                        compare(0, ScanPredicate.Operator.LESS, 131_500));
        List<Long> found = scan(reads, between, List.of(), 777);
        assertThat(found).hasSizeLessThan(100_000);
        assertThat(new HashSet<>(found).containsAll(expected(v -> v >= 131_000 && v < 131_500)))
                .isTrue();
        DeltaTable read = (DeltaTable) table.open();
        AddFile inside =
                file(
                        "{\"numRecords\":1,\"minValues\":{\"v\":131400},\"maxValues\":{\"v\":200000}}");
        AddFile outside =
                file(
                        "{\"numRecords\":1,\"minValues\":{\"v\":131500},\"maxValues\":{\"v\":200000}}");
        assertThat(reads.mayHaveRead(inside, read.state().metadata().schema())).isTrue();
        assertThat(reads.mayHaveRead(outside, read.state().metadata().schema())).isFalse();
        assertThat(reads.hasRead(FileKey.of("other.parquet", null))).isFalse();
    }

    private static AddFile file(String statistics) {
        return new AddFile("new.parquet", java.util.Map.of(), 1, 1, statistics, null);
    }

    @Test
    void withFiltersAndFewRows() {
        for (int each : new int[] {2, 50, 9973}) {
            assertThat(
                            scan(
                                    new ReadSet(),
                                    List.of(),
                                    List.of(new Each(each)),
                                    each == 2 ? 8192 : 100))
                    .isEqualTo(expected(v -> v % each == 0));
        }
    }

    @Test
    void withConditionsOnAddresses() {
        ReadSet reads = new ReadSet();
        FileSet set = ((DeltaTable) table.open()).addressed(new ReadSet());
        long big = set.files().get(0).path().equals("big.parquet") ? 0 : 1;
        assertThat(
                        scan(
                                reads,
                                List.of(compare(3, ScanPredicate.Operator.EQUAL, 1 - big)),
                                List.of(),
                                100))
                .isEqualTo(expected(v -> v >= SECOND));
        Set<Long> behind =
                new HashSet<>(
                        scan(
                                reads,
                                List.of(compare(4, ScanPredicate.Operator.GREATER, 280_000)),
                                List.of(),
                                100));
        assertThat(behind.containsAll(expected(v -> v > 280_000 && v < SECOND))).isTrue();
        assertThat(behind.contains(1L) || behind.contains((long) SECOND)).isFalse();
        assertThat(reads.hasRead(FileKey.of("any", null))).isTrue();
    }

    @Test
    void olderVersionsAreNotNoted() {
        ReadSet reads = new ReadSet();
        DeltaTable tracked = ((DeltaTable) table.open()).tracked(reads);
        assertThat(tracked.version()).isNotEqualTo(table.open().version());
        assertThat(table.rows(tracked)).hasSize(expected(v -> true).size());
        assertThat(reads.isEmpty()).isFalse();
    }

    /// Passes rows whose value is divisible.
    private record Each(int divisor) implements RowFilter {
        @Override
        public int[] columns() {
            return new int[] {1};
        }

        @Override
        public int apply(Batch input, MemorySegment passed) {
            DataBuffer selection = input.selection();
            passed.fill((byte) 0);
            int count = 0;
            for (int i = 0; i < input.rowCount(); i++) {
                long value = (Long) Objects.requireNonNull(input.column(0).value(i));
                if ((selection == null || Bitmap.get(selection.segment(), i))
                        && value % divisor == 0) {
                    Bitmap.set(passed, i, true);
                    count++;
                }
            }
            return count;
        }
    }

    private final class Context implements ScanContext {
        private final List<RowFilter> filters;
        private final List<ScanPredicate> learned;
        private final int batchRows;
        private final ScanMetrics metrics = new ScanMetrics();

        Context(List<RowFilter> filters, List<ScanPredicate> learned, int batchRows) {
            this.filters = filters;
            this.learned = learned;
            this.batchRows = batchRows;
        }

        @Override
        public MemoryAllocator allocator() {
            return table.allocator();
        }

        @Override
        public int batchRows() {
            return batchRows;
        }

        @Override
        public List<RowFilter> rowFilters() {
            return filters;
        }

        @Override
        public List<ScanPredicate> dynamicPredicates() {
            return learned;
        }

        @Override
        public ScanMetrics metrics() {
            return metrics;
        }

        @Override
        public void checkCancelled() {}
    }
}
