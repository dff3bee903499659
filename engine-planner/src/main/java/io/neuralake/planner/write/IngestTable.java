package io.neuralake.planner.write;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanContext;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;
import io.neuralake.spi.type.Schema;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Batches that come once, as a table. A scan of it asks for whole columns and has no filters.
record IngestTable(QualifiedName name, Schema schema, BatchSource rows) implements TableSnapshot {
    @Override
    public TableStatistics statistics() {
        return TableStatistics.UNKNOWN;
    }

    @Override
    public Object version() {
        return rows;
    }

    @Override
    public Connector connector() {
        return new Once(rows);
    }

    /// All that comes.
    private record Whole() implements Split {
        @Override
        public long rowCount() {
            return 1;
        }

        @Override
        public long bytes() {
            return 1;
        }
    }

    private record Once(BatchSource rows) implements Connector {
        @Override
        public SplitSource splits(ScanRequest request, ScanMetrics metrics) {
            AtomicBoolean taken = new AtomicBoolean();
            return () -> taken.getAndSet(true) ? Optional.empty() : Optional.of(new Whole());
        }

        @Override
        public BatchSource open(Split split, ScanRequest request, ScanContext context) {
            if (!context.rowFilters().isEmpty()
                    || request.columns().stream().anyMatch(c -> !c.path().members().isEmpty())) {
                throw new IllegalStateException("Batches that come once are read as they are");
            }
            return new Columns(rows, request, context);
        }
    }

    /// Picks the columns that are asked for.
    private record Columns(BatchSource rows, ScanRequest request, ScanContext context)
            implements BatchSource {
        @Override
        public ReadResult read() {
            context.checkCancelled();
            ReadResult read = rows.read();
            if (!(read instanceof ReadResult.Ready(Batch batch))) {
                return read;
            }
            context.metrics().add(ScanMetrics.Counter.ROWS_READ, batch.selectedCount());
            try (batch) {
                Column[] columns = new Column[request.columns().size()];
                int at = 0;
                for (ScanColumn column : request.columns()) {
                    columns[at++] = batch.column(column.path().ordinal()).retain();
                }
                return new ReadResult.Ready(
                        batch.selection() == null
                                ? Batch.of(batch.rowCount(), columns)
                                : Batch.selected(
                                        batch.rowCount(),
                                        columns,
                                        batch.selection().retain(),
                                        batch.selectedCount()));
            }
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
