package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/// Emits the build rows that were matched (BUILD_SEMI) or were not (RIGHT, FULL, BUILD_ANTI). Workers
/// take ranges of rows from a counter.
final class UnmatchedBuildRows implements SourceOperator {
    private static final int RANGE_ROWS = 1 << 16;

    private final boolean matched;
    private final Supplier<BuildRows> build;
    private final Function<WorkerContext, JoinOutput> output;
    private final AtomicInteger nextRange = new AtomicInteger();

    UnmatchedBuildRows(
            boolean matched,
            Supplier<BuildRows> build,
            Function<WorkerContext, JoinOutput> output) {
        this.matched = matched;
        this.build = build;
        this.output = output;
    }

    @Override
    public SourceWorker newWorker(WorkerContext context) {
        return new Worker(context);
    }

    private final class Worker implements SourceWorker {
        private final WorkerContext context;
        private final JoinOutput batches;
        private final Scratch rows;
        private int at;
        private int end;

        private Worker(WorkerContext context) {
            this.context = context;
            this.batches = output.apply(context);
            this.rows = new Scratch(context.allocator());
        }

        @Override
        public ReadResult produce() {
            BuildRows side = build.get();
            int rowCount = side.rows().rowCount();
            int capacity = context.batchRows();
            MemorySegment picked = rows.get(4L * capacity);
            int wanted = matched ? 1 : 0;
            int count = 0;
            MemorySegment marks = side.marks();
            while (count < capacity) {
                if (at == end) {
                    context.checkCancelled();
                    long from = (long) nextRange.getAndIncrement() * RANGE_ROWS;
                    if (from >= rowCount) {
                        nextRange.decrementAndGet();
                        break;
                    }
                    at = (int) from;
                    end = (int) Math.min(rowCount, from + RANGE_ROWS);
                }
                for (; at < end && count < capacity; at++) {
                    Rows.set(picked, count, at);
                    count += NativeMemory.getByte(marks, at) == wanted ? 1 : 0;
                }
            }
            return count == 0
                    ? ReadResult.Finished.INSTANCE
                    : new ReadResult.Ready(batches.buildRows(side.rows(), picked, count));
        }

        @Override
        public void close() {
            rows.close();
            batches.close();
        }
    }
}
