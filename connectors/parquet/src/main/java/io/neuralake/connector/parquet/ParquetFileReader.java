package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// Reads one file outside of queries, such as a checkpoint of a log, from its first row to its last.
/// Its memory is not counted against a query. For one thread.
public final class ParquetFileReader implements AutoCloseable {
    private static final int BATCH_ROWS = 4096;

    private final ParquetConnector connector;
    private final ScanRequest request;
    private final Context context = new Context();
    private final Queue<Split> splits;
    private @Nullable BatchSource source;

    /// Opens a file.
    ///
    /// @param schema what to read: fields are found by name, and null where the file lacks them
    public ParquetFileReader(ParquetConnector connector, FileId file, Schema schema) {
        this.connector = connector;
        List<ScanColumn> columns = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            Field field = schema.field(i);
            columns.add(new ScanColumn(field.name(), ColumnPath.of(i), field.type()));
        }
        this.request = new ScanRequest(new FileTable(file, schema, connector), columns, List.of());
        ParquetPart part = new PlainPart(connector.footer(file), schema, List.of(), null);
        this.splits = new ArrayDeque<>(connector.splits(part, request, context.metrics()));
    }

    /// Returns the next rows, without selection, which the caller closes; null at the end.
    public @Nullable Batch read() {
        while (true) {
            BatchSource open = source;
            if (open == null) {
                Split split = splits.poll();
                if (split == null) {
                    return null;
                }
                open = connector.open(split, request, context);
                source = open;
            }
            switch (open.read()) {
                case ReadResult.Ready ready -> {
                    return ready.batch();
                }
                case ReadResult.Blocked blocked -> blocked.until().join();
                case ReadResult.Finished _ -> {
                    open.close();
                    source = null;
                }
            }
        }
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
            source = null;
        }
        splits.clear();
        context.root.close();
    }

    /// The file as a table.
    private record FileTable(FileId version, Schema schema, Connector connector)
            implements TableSnapshot {
        @Override
        public QualifiedName name() {
            return new QualifiedName("", "", version.path());
        }

        @Override
        public TableStatistics statistics() {
            return TableStatistics.UNKNOWN;
        }
    }

    private static final class Context implements ScanContext {
        private final RootAllocator root = new RootAllocator();
        private final MemoryAllocator allocator =
                new ArrowAllocator(root, new LimitedReservation("file", Long.MAX_VALUE, null));
        private final ScanMetrics metrics = new ScanMetrics();

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
    }
}
