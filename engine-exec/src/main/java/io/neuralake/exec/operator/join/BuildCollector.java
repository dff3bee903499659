package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchAppender;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

/// Collects the batches of all workers of a build side. Thread-safe.
final class BuildCollector implements AutoCloseable {
    private final Schema schema;
    private @Nullable BatchAppender all;
    private @Nullable MemoryAllocator allocator;

    BuildCollector(Schema schema) {
        this.schema = schema;
    }

    /// Opens one worker's collection.
    ///
    /// @param keys computes columns that are put behind the schema's; is taken over
    synchronized SinkWorker newWorker(WorkerContext context, KeyColumns keys) {
        if (allocator == null) {
            allocator = context.allocator();
            all = new BatchAppender(schema, context.allocator());
        }
        return new Worker(new BatchAppender(schema, context.allocator()), keys);
    }

    /// Returns the allocator of the first worker, for what is made of the collected rows.
    synchronized MemoryAllocator allocator() {
        if (allocator == null) {
            throw new IllegalStateException("The build side has had no worker");
        }
        return allocator;
    }

    /// Returns all rows as one batch, which the caller owns.
    synchronized Batch finish() {
        if (all == null) {
            throw new IllegalStateException("The build side has had no worker");
        }
        return all.finish();
    }

    @Override
    public synchronized void close() {
        if (all != null) {
            all.close();
        }
    }

    private synchronized void add(BatchAppender rows) {
        if (all != null) {
            all.appendAll(rows);
        }
    }

    private final class Worker implements SinkWorker {
        private final BatchAppender rows;
        private final KeyColumns keys;

        private Worker(BatchAppender rows, KeyColumns keys) {
            this.rows = rows;
            this.keys = keys;
        }

        @Override
        public Status consume(Batch input) {
            try (input;
                    Batch extended = keys.extend(input)) {
                rows.append(extended);
            }
            return Status.NEED_INPUT;
        }

        @Override
        public void combine() {
            add(rows);
        }

        @Override
        public void close() {
            rows.close();
            keys.close();
        }
    }
}
