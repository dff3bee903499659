package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.DirectScan;
import io.neuralake.spi.connector.DirectScanContext;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/// Reads one file outside of queries, such as a checkpoint of a log, from its first row to its last.
/// Its memory is not counted against a query. For one thread.
public final class ParquetFileReader implements AutoCloseable {
    private final DirectScanContext context = new DirectScanContext("file");
    private final DirectScan scan;

    /// Opens a file.
    ///
    /// @param schema what to read: fields are found by name, and null where the file lacks them
    public ParquetFileReader(ParquetConnector connector, FileId file, Schema schema) {
        List<ScanColumn> columns = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            Field field = schema.field(i);
            columns.add(new ScanColumn(field.name(), ColumnPath.of(i), field.type()));
        }
        ScanRequest request =
                new ScanRequest(new FileTable(file, schema, connector), columns, List.of());
        ParquetPart part = new PlainPart(connector.footer(file), schema, List.of(), null);
        Queue<Split> splits = new ArrayDeque<>(connector.splits(part, request, context.metrics()));
        this.scan =
                new DirectScan(
                        connector, request, () -> Optional.ofNullable(splits.poll()), context);
    }

    /// Returns the next rows, without selection, which the caller closes; null at the end.
    public @Nullable Batch read() {
        return scan.read();
    }

    @Override
    public void close() {
        scan.close();
        context.close();
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
}
