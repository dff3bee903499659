package io.neuralake.connector.parquet;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
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
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Reads tables under an allocator whose closing fails on a leak.
final class ParquetScan implements ScanContext, AutoCloseable {
    private final RootAllocator root = new RootAllocator();
    private final ArrowAllocator allocator;
    private final ParquetFormat format;
    final ScanMetrics metrics = new ScanMetrics();
    int batchRows = 2048;
    Set<Integer> unread = Set.of();
    List<RowFilter> filters = List.of();
    List<ScanPredicate> predicates = List.of();
    List<ScanPredicate> dynamicPredicates = List.of();

    ParquetScan() {
        this(Long.MAX_VALUE);
    }

    ParquetScan(long limit) {
        this(limit, new ParquetFormat());
    }

    ParquetScan(ParquetFormat format) {
        this(Long.MAX_VALUE, format);
    }

    private ParquetScan(long limit, ParquetFormat format) {
        this.format = format;
        allocator = new ArrowAllocator(root, new LimitedReservation("test", limit, null));
    }

    TableSnapshot open(Path location) {
        return format.open(
                new QualifiedName("lake", "main", location.getFileName().toString()),
                location.toString());
    }

    static List<ScanColumn> allColumns(TableSnapshot table) {
        List<ScanColumn> columns = new ArrayList<>();
        for (int i = 0; i < table.schema().size(); i++) {
            Field field = table.schema().field(i);
            columns.add(new ScanColumn(field.name(), ColumnPath.of(i), field.type()));
        }
        return columns;
    }

    List<List<@Nullable Object>> rows(Path location) {
        TableSnapshot table = open(location);
        return rows(table, allColumns(table));
    }

    List<List<@Nullable Object>> rows(TableSnapshot table, List<ScanColumn> columns) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        batches(table, columns, batch -> collect(batch, rows));
        return rows;
    }

    private static void collect(Batch batch, List<List<@Nullable Object>> rows) {
        DataBuffer selection = batch.selection();
        for (int row = 0; row < batch.rowCount(); row++) {
            if (selection == null || Bitmap.get(selection.segment(), row)) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int c = 0; c < batch.columnCount(); c++) {
                    values.add(comparable(batch.column(c).value(row)));
                }
                rows.add(values);
            }
        }
    }

    /// Replaces arrays, which do not equal each other, by buffers.
    static @Nullable Object comparable(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> ByteBuffer.wrap(bytes);
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>();
                for (Object element : list) {
                    copy.add(comparable(element));
                }
                yield copy;
            }
            case null, default -> value;
        };
    }

    void batches(TableSnapshot table, List<ScanColumn> columns, Consumer<Batch> use) {
        ScanRequest request = new ScanRequest(table, columns, predicates);
        try (SplitSource splits = table.connector().splits(request, metrics)) {
            for (Optional<? extends Split> split = splits.next();
                    split.isPresent();
                    split = splits.next()) {
                try (BatchSource source = table.connector().open(split.get(), request, this)) {
                    while (source.read() instanceof ReadResult.Ready ready) {
                        try (Batch batch = ready.batch()) {
                            use.accept(batch);
                        }
                    }
                }
            }
        }
    }

    @Override
    public MemoryAllocator allocator() {
        return allocator;
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
    public boolean isRead(int column) {
        return !unread.contains(column);
    }

    @Override
    public List<ScanPredicate> dynamicPredicates() {
        return dynamicPredicates;
    }

    @Override
    public ScanMetrics metrics() {
        return metrics;
    }

    @Override
    public void checkCancelled() {}

    @Override
    public void close() {
        root.close();
    }
}
