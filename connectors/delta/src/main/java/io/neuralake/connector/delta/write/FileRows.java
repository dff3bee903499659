package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.scan.FileSet;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.connector.DirectScan;
import io.neuralake.spi.connector.DirectScanContext;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Reads files of a table outside of a query, in their order, a batch at a time, which is all the memory that it takes.
/// For one thread.
final class FileRows implements AutoCloseable {
    private final DirectScanContext context = new DirectScanContext("rewrite");

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
        try (DirectScan scan =
                new DirectScan(
                        connector,
                        request,
                        connector.splits(request, context.metrics()),
                        context)) {
            for (Batch next = scan.read(); next != null; next = scan.read()) {
                try (Batch batch = next) {
                    use.accept(batch);
                }
            }
        }
    }

    /// Returns where what is made of the rows can be allocated, to be freed before this is closed.
    MemoryAllocator allocator() {
        return context.allocator();
    }

    @Override
    public void close() {
        context.close();
    }
}
