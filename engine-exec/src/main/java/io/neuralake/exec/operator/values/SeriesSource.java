package io.neuralake.exec.operator.values;

import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// Yields `start`, `start + step`, ... up to `stop` inclusive. Workers take turns, so the order of
/// batches is open with more than one.
public final class SeriesSource implements SourceOperator {
    private final long start;
    private final long step;

    /// Number of values less one, unsigned; meaningless when empty.
    private final long last;

    private final boolean empty;
    private final AtomicLong nextBatch = new AtomicLong();

    /// Checks the bounds; throws INVALID_PARAMETER for a step of 0.
    public SeriesSource(long start, long stop, long step) {
        if (step == 0) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "Step of a series must not be 0");
        }
        this.start = start;
        this.step = step;
        this.empty = step > 0 ? start > stop : start < stop;
        this.last =
                step > 0
                        ? Long.divideUnsigned(stop - start, step)
                        : Long.divideUnsigned(start - stop, -step);
    }

    @Override
    public SourceWorker newWorker(WorkerContext context) {
        return new Worker(context);
    }

    private final class Worker implements SourceWorker {
        private final WorkerContext context;

        private Worker(WorkerContext context) {
            this.context = context;
        }

        @Override
        public ReadResult produce() {
            int batchRows = context.batchRows();
            long batch = nextBatch.getAndIncrement();
            if (empty || Long.compareUnsigned(batch, Long.divideUnsigned(last, batchRows)) > 0) {
                return ReadResult.Finished.INSTANCE;
            }
            long first = batch * batchRows;
            long left = last - first; // unsigned
            int rows = Long.compareUnsigned(left, batchRows) < 0 ? (int) left + 1 : batchRows;
            DataBuffer values = context.allocator().allocate(8L * rows);
            fill(values.segment(), rows, start + first * step);
            return new ReadResult.Ready(
                    Batch.of(rows, new FlatColumn(ScalarType.BIGINT, rows, values, null)));
        }

        private void fill(MemorySegment values, int rows, long from) {
            for (int i = 0; i < rows; i++) {
                NativeMemory.setLong(values, 8L * i, from + i * step);
            }
        }

        @Override
        public void close() {}
    }
}
