package io.neuralake.planner.catalog;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.catalog.ColumnStatistics;
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
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A small table held as Java values: the information schema, and tables of tests. Immutable.
public final class MemoryTable implements TableSnapshot {
    private final QualifiedName name;
    private final Schema schema;
    private final List<List<@Nullable Object>> rows;

    /// Makes a table. Rows hold the Java forms of the column types.
    public MemoryTable(QualifiedName name, Schema schema, List<List<@Nullable Object>> rows) {
        this.name = name;
        this.schema = schema;
        this.rows = new ArrayList<>(rows);
    }

    @Override
    public QualifiedName name() {
        return name;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public TableStatistics statistics() {
        List<ColumnStatistics> columns = new ArrayList<>(schema.size());
        for (int c = 0; c < schema.size(); c++) {
            int column = c;
            double nulls = rows.stream().filter(row -> row.get(column) == null).count();
            double distinct = rows.stream().map(row -> row.get(column)).distinct().count();
            columns.add(new ColumnStatistics(null, null, nulls, distinct, Double.NaN));
        }
        return new TableStatistics(rows.size(), Double.NaN, columns);
    }

    /// Returns the rows themselves: equal content is an equal version.
    @Override
    public Object version() {
        return rows;
    }

    @Override
    public Connector connector() {
        return RowsConnector.INSTANCE;
    }

    /// The whole table.
    private record WholeTable(long rowCount) implements Split {
        @Override
        public long bytes() {
            return rowCount * 64;
        }
    }

    private static final class RowsConnector implements Connector {
        static final RowsConnector INSTANCE = new RowsConnector();

        @Override
        public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
            MemoryTable table = (MemoryTable) request.table();
            AtomicBoolean taken = new AtomicBoolean();
            return () ->
                    taken.getAndSet(true)
                            ? Optional.empty()
                            : Optional.of(new WholeTable(table.rows.size()));
        }

        @Override
        public BatchSource open(Split split, ScanRequest request, ScanContext context) {
            return new RowsSource((MemoryTable) request.table(), request, context);
        }
    }

    private static final class RowsSource implements BatchSource {
        private final MemoryTable table;
        private final ScanRequest request;
        private final ScanContext context;
        private int next;

        RowsSource(MemoryTable table, ScanRequest request, ScanContext context) {
            this.table = table;
            this.request = request;
            this.context = context;
        }

        @Override
        public ReadResult read() {
            context.checkCancelled();
            int count = Math.min(context.batchRows(), table.rows.size() - next);
            if (count <= 0) {
                return ReadResult.Finished.INSTANCE;
            }
            List<List<@Nullable Object>> rows = table.rows.subList(next, next + count);
            next += count;
            context.metrics().add(ScanMetrics.Counter.ROWS_READ, count);
            return new ReadResult.Ready(filtered(batch(rows)));
        }

        private Batch batch(List<List<@Nullable Object>> rows) {
            Column[] columns = new Column[request.columns().size()];
            int built = 0;
            try {
                for (ScanColumn column : request.columns()) {
                    columns[built] = column(column, rows);
                    built++;
                }
                return Batch.of(rows.size(), columns);
            } catch (RuntimeException | Error e) {
                for (int i = 0; i < built; i++) {
                    columns[i].release();
                }
                throw e;
            }
        }

        private Column column(ScanColumn column, List<List<@Nullable Object>> rows) {
            List<@Nullable Object> values = new ArrayList<>(rows.size());
            for (List<@Nullable Object> row : rows) {
                values.add(value(column.path(), row));
            }
            return ColumnBuilder.of(context.allocator(), column.type(), values);
        }

        /// Follows a path through structs.
        private @Nullable Object value(ColumnPath path, List<@Nullable Object> row) {
            Object value = row.get(path.ordinal());
            Type type = table.schema.field(path.ordinal()).type();
            for (String member : path.members()) {
                if (!(value instanceof List<?> members) || !(type instanceof StructType struct)) {
                    return null;
                }
                int index = new Schema(struct.fields()).indexOf(member).orElseThrow();
                value = members.get(index);
                type = struct.fields().get(index).type();
            }
            return value;
        }

        /// Applies the row filters one after the other. Takes ownership of `batch`.
        private Batch filtered(Batch batch) {
            Batch current = batch;
            try {
                for (RowFilter filter : context.rowFilters()) {
                    Batch narrowed = narrow(current, filter);
                    current.close();
                    current = narrowed;
                }
                return current;
            } catch (RuntimeException | Error e) {
                current.close();
                throw e;
            }
        }

        private Batch narrow(Batch batch, RowFilter filter) {
            int[] positions = filter.columns();
            Column[] inputs = new Column[positions.length];
            for (int i = 0; i < positions.length; i++) {
                inputs[i] = batch.column(positions[i]).retain();
            }
            DataBuffer selection = batch.selection();
            Batch input =
                    selection == null
                            ? Batch.of(batch.rowCount(), inputs)
                            : Batch.selected(
                                    batch.rowCount(),
                                    inputs,
                                    selection.retain(),
                                    batch.selectedCount());
            try (input) {
                DataBuffer passed =
                        context.allocator().allocateZeroed(Bitmap.bytes(batch.rowCount()));
                try {
                    int count = filter.apply(input, passed.segment());
                    Column[] kept = new Column[batch.columnCount()];
                    for (int i = 0; i < kept.length; i++) {
                        kept[i] = batch.column(i).retain();
                    }
                    return Batch.selected(batch.rowCount(), kept, passed, count);
                } catch (RuntimeException | Error e) {
                    passed.release();
                    throw e;
                }
            }
        }

        @Override
        public void close() {}
    }
}
