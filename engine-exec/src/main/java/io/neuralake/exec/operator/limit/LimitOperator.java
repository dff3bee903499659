package io.neuralake.exec.operator.limit;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps `limit` rows after skipping `offset`. All workers draw on one counter, so which rows are
/// kept is open unless one worker brings them in order.
public final class LimitOperator implements StreamingOperator {
    private final long offset;
    private final long end;
    private final AtomicLong seen = new AtomicLong();

    /// Keeps rows number `offset` up to `offset + limit`.
    ///
    /// @param limit at least 0; Long.MAX_VALUE for all
    /// @param offset at least 0
    public LimitOperator(long limit, long offset) {
        this.offset = offset;
        long sum = offset + limit;
        this.end = sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public StreamingWorker newWorker(WorkerContext context) {
        return new Worker(context.allocator());
    }

    private final class Worker implements StreamingWorker {
        private final MemoryAllocator allocator;

        private Worker(MemoryAllocator allocator) {
            this.allocator = allocator;
        }

        @Override
        public boolean isDone() {
            return seen.get() >= end;
        }

        @Override
        public Status process(Batch input, BatchConsumer output) {
            int count = input.selectedCount();
            long first = isDone() ? end : seen.getAndAdd(count);
            int skip = Math.clamp(offset - first, 0, count);
            int keep = Math.clamp(end - first - skip, 0, count - skip);
            if (keep == count && count > 0) {
                output.accept(input);
            } else if (keep <= 0) {
                input.close();
            } else {
                output.accept(slice(input, skip, keep));
            }
            return isDone() ? Status.DONE : Status.NEED_INPUT;
        }

        /// Selects `keep` of the selected rows after the first `skip`.
        private Batch slice(Batch input, int skip, int keep) {
            try (input) {
                int rows = input.rowCount();
                DataBuffer selection = allocator.allocateZeroed(Bitmap.bytes(rows));
                select(input, skip, keep, selection.segment());
                return BatchSelection.select(input, selection, keep);
            }
        }

        private static void select(Batch input, int skip, int keep, MemorySegment selection) {
            DataBuffer old = input.selection();
            int rank = 0;
            for (int row = 0; row < input.rowCount() && rank < skip + keep; row++) {
                if (old == null || Bitmap.get(old.segment(), row)) {
                    if (rank >= skip) {
                        Bitmap.set(selection, row, true);
                    }
                    rank++;
                }
            }
        }

        @Override
        public void close() {}
    }
}
