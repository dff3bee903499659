package io.neuralake.exec;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterTarget;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
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
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// A table of Java values for tests: splits of some rows, read in batches of the asked size.
public class MemoryTable implements TableSnapshot, Connector {
    private final Schema schema;
    private final List<? extends List<?>> rows;
    private final int splitRows;
    public final AtomicInteger openSources = new AtomicInteger();
    public final AtomicInteger batchesRead = new AtomicInteger();
    public final AtomicInteger splitsOpened = new AtomicInteger();
    public volatile List<ScanPredicate> lastPredicates = List.of();

    /// Holds rows in Java form.
    public MemoryTable(Schema schema, List<? extends List<?>> rows, int splitRows) {
        this.schema = schema;
        this.rows = rows;
        this.splitRows = splitRows;
    }

    /// Plans a scan of all columns.
    public PhysicalPlan.TableScan scan(RowExpression... filters) {
        return scan(List.of(filters), List.of());
    }

    /// Plans a scan of all columns with dynamic filters.
    public PhysicalPlan.TableScan scan(
            List<RowExpression> filters, List<DynamicFilterTarget> dynamic) {
        List<ScanColumn> columns = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            Field f = schema.field(i);
            columns.add(new ScanColumn(f.name(), ColumnPath.of(i), f.type()));
        }
        return new PhysicalPlan.TableScan(
                new ScanRequest(this, columns, List.of()), filters, dynamic, schema, rows.size());
    }

    @Override
    public QualifiedName name() {
        return new QualifiedName("test", "main", "memory");
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public TableStatistics statistics() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Object version() {
        return this;
    }

    @Override
    public Connector connector() {
        return this;
    }

    private record RowRange(int from, int to) implements Split {
        @Override
        public long rowCount() {
            return to - from;
        }

        @Override
        public long bytes() {
            return to - from;
        }
    }

    @Override
    public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
        lastPredicates = request.predicates();
        AtomicInteger next = new AtomicInteger();
        return () -> {
            int from = next.getAndAdd(splitRows);
            return from >= rows.size() || from < 0
                    ? Optional.empty()
                    : Optional.of(new RowRange(from, Math.min(rows.size(), from + splitRows)));
        };
    }

    /// Called before each batch: throws or blocks for tests.
    protected @Nullable CompletableFuture<?> beforeRead(int batchNumber) {
        return null;
    }

    /// Builds a column; tests may choose another form.
    protected Column column(MemoryAllocator allocator, Type type, List<Object> values) {
        return ColumnBuilder.of(allocator, type, values);
    }

    @Override
    public BatchSource open(Split split, ScanRequest request, ScanContext context) {
        openSources.incrementAndGet();
        splitsOpened.incrementAndGet();
        return new Source((RowRange) split, context);
    }

    private final class Source implements BatchSource {
        private final RowRange range;
        private final ScanContext context;
        private int at;
        private boolean asked;
        private boolean closed;

        private Source(RowRange range, ScanContext context) {
            this.range = range;
            this.context = context;
            this.at = range.from();
        }

        @Override
        public ReadResult read() {
            if (at >= range.to()) {
                return ReadResult.Finished.INSTANCE;
            }
            if (!asked) {
                asked = true;
                CompletableFuture<?> block = beforeRead(batchesRead.getAndIncrement());
                if (block != null) {
                    return new ReadResult.Blocked(block);
                }
            }
            asked = false;
            int count = Math.min(context.batchRows(), range.to() - at);
            Batch batch = batch(at, count);
            at += count;
            context.metrics().add(ScanMetrics.Counter.ROWS_READ, count);
            for (RowFilter filter : context.rowFilters()) {
                batch = apply(batch, filter);
            }
            return new ReadResult.Ready(batch);
        }

        private Batch batch(int from, int count) {
            try (Ownership owned = new Ownership()) {
                Column[] columns = new Column[schema.size()];
                for (int c = 0; c < columns.length; c++) {
                    List<Object> values = new ArrayList<>(count);
                    for (int i = 0; i < count; i++) {
                        values.add(rows.get(from + i).get(c));
                    }
                    columns[c] =
                            owned.hold(column(context.allocator(), schema.field(c).type(), values));
                }
                owned.transfer();
                return Batch.of(count, columns);
            }
        }

        private Batch apply(Batch batch, RowFilter filter) {
            DataBuffer passed;
            try {
                passed = context.allocator().allocate(Bitmap.bytes(batch.rowCount()));
            } catch (RuntimeException e) {
                batch.close();
                throw e;
            }
            boolean done = false;
            try (batch) {
                int[] positions = filter.columns();
                Column[] narrow = new Column[positions.length];
                for (int i = 0; i < narrow.length; i++) {
                    narrow[i] = batch.column(positions[i]).retain();
                }
                DataBuffer selection = batch.selection();
                int count;
                try (Batch input =
                        selection == null
                                ? Batch.of(batch.rowCount(), narrow)
                                : Batch.selected(
                                        batch.rowCount(),
                                        narrow,
                                        selection.retain(),
                                        batch.selectedCount())) {
                    count = filter.apply(input, passed.segment());
                }
                Column[] all = new Column[batch.columnCount()];
                for (int i = 0; i < all.length; i++) {
                    all[i] = batch.column(i).retain();
                }
                done = true;
                return Batch.selected(batch.rowCount(), all, passed, count);
            } finally {
                if (!done) {
                    passed.release();
                }
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                openSources.decrementAndGet();
            }
        }
    }
}
