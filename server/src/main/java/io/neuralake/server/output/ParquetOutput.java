package io.neuralake.server.output;

import io.neuralake.connector.parquet.write.ParquetBatchWriter;
import io.neuralake.spi.arrow.ArrowImport;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writes one Parquet file. It is made in a temporary file, since its footer needs the whole, and
/// copied out at the end.
final class ParquetOutput implements ResultWriter {
    private final OutputStream out;
    private final BufferAllocator arrow = new RootAllocator();
    private final ArrowAllocator allocator =
            new ArrowAllocator(arrow, new LimitedReservation("parquet", Long.MAX_VALUE, null));
    private List<Field> columns = List.of();
    private @Nullable Path file;
    private @Nullable ParquetBatchWriter writer;

    ParquetOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void begin(List<Field> columns) throws IOException {
        file = Files.createTempFile("neuralake-", ".parquet");
        file.toFile().deleteOnExit(); // should a signal end the process
        writer = new ParquetBatchWriter(file, ArrowImport.schema(new Schema(columns)));
        this.columns = columns;
    }

    @Override
    public void batch(List<FieldVector> vectors, int rowCount) {
        if (writer == null) {
            throw new IllegalStateException("begin was not called");
        }
        VectorSchemaRoot root = new VectorSchemaRoot(columns, vectors, rowCount);
        try (Batch batch = ArrowImport.batch(root, allocator)) {
            writer.append(batch);
        }
    }

    @Override
    public void end() throws IOException {
        if (writer == null || file == null) {
            throw new IllegalStateException("begin was not called");
        }
        writer.finish();
        Files.copy(file, out);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
        if (file != null) {
            Files.deleteIfExists(file);
        }
        arrow.close();
    }
}
