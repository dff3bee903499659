package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
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
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Reads files of a table outside of a query, in their order, a batch at a time, which is all the memory that it takes.
/// For one thread.
final class FileRows implements ScanContext, AutoCloseable {
    private static final int BATCH_ROWS = 4096;

    private final RootAllocator root = new RootAllocator();
    private final MemoryAllocator allocator =
            new ArrowAllocator(root, new LimitedReservation("rewrite", Long.MAX_VALUE, null));
    private final ScanMetrics metrics = new ScanMetrics();

    /// Reads all columns of all rows.
    ///
    /// @param use gets batches, which are closed afterwards
    void read(FileSet files, Consumer<Batch> use) {
        Schema schema = files.schema();
        List<ScanColumn> columns = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            Field field = schema.field(i);
            columns.add(new ScanColumn(field.name(), ColumnPath.of(i), field.type()));
        }
        ScanRequest request = new ScanRequest(files, columns, List.of());
        Connector connector = files.connector();
        try (SplitSource splits = connector.splits(request, metrics)) {
            for (Optional<? extends Split> split = splits.next();
                    split.isPresent();
                    split = splits.next()) {
                try (BatchSource source = connector.open(split.get(), request, this)) {
                    while (source.read() instanceof ReadResult.Ready(Batch batch)) {
                        try (batch) {
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
        return BATCH_ROWS;
    }

    @Override
    public List<RowFilter> rowFilters() {
        return List.of();
    }

    @Override
    public List<ScanPredicate> dynamicPredicates() {
        return List.of();
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
