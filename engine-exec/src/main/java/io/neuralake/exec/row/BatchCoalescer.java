package io.neuralake.exec.row;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import java.util.function.Consumer;

/// Gathers the rows of batches with few rows selected into larger ones, so that what comes after a
/// selective filter does not pay the cost of a batch for a handful of rows. The order of rows stays.
/// Belongs to one worker.
public final class BatchCoalescer implements AutoCloseable {
    /// Batches with fewer than one in this many of a batch's rows are gathered.
    private static final int SMALL_FRACTION = 8;

    /// Batches with fewer than one in this many of their rows selected are compacted.
    private static final int SPARSE_FRACTION = 5;

    private final MemoryAllocator allocator;
    private final BatchAppender pending;
    private final int smallRows;
    private final int enoughRows;

    /// Gathers rows of `schema` into batches of about half to all of `batchRows`.
    public BatchCoalescer(Schema schema, MemoryAllocator allocator, int batchRows) {
        this.allocator = allocator;
        this.pending = new BatchAppender(schema, allocator);
        this.smallRows = batchRows / SMALL_FRACTION;
        this.enoughRows = batchRows / 2;
    }

    /// Takes ownership of a batch; hands it on, or keeps its rows for later.
    public void add(Batch batch, Consumer<Batch> output) {
        if (batch.selectedCount() >= smallRows) {
            try {
                flush(output);
            } catch (RuntimeException | Error e) {
                batch.close();
                throw e;
            }
            output.accept(compact(batch));
            return;
        }
        try (batch) {
            if (batch.selectedCount() > 0) {
                pending.append(batch);
            }
        }
        if (pending.rowCount() >= enoughRows) {
            flush(output);
        }
    }

    /// Applies the selection of a large but sparse batch. Takes ownership.
    private Batch compact(Batch batch) {
        if (batch.selectedCount() >= batch.rowCount() / SPARSE_FRACTION) {
            return batch;
        }
        try (batch) {
            return BatchCompactor.compact(batch, allocator);
        }
    }

    /// Hands on what was kept.
    public void flush(Consumer<Batch> output) {
        if (pending.rowCount() > 0) {
            output.accept(pending.finish());
        }
    }

    /// Releases what was kept; idempotent.
    @Override
    public void close() {
        pending.close();
    }
}
