package io.neuralake.exec.operator.window;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs one [Window]. The sink collects the input; the source's first worker puts it together and
/// divides it by the hash of the partition keys, then all workers sort divisions, compute and emit.
/// One per execution: run the sink to its end, then the source; close it when both are done.
public final class WindowOperation implements AutoCloseable {
    private final Window node;
    private final List<ColumnAppender> appenders = new ArrayList<>();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final CompletableFuture<WindowInput> input = new CompletableFuture<>();
    private final AtomicInteger nextDivision = new AtomicInteger();
    private long rowCount;
    private boolean closed;

    /// Prepares the execution; allocates nothing.
    public WindowOperation(Window node) {
        this.node = node;
    }

    /// Returns what takes the input.
    public SinkOperator sink() {
        return new Sink();
    }

    /// Returns what emits the input with the functions' columns, after the sink has finished.
    public SourceOperator source() {
        return new Source();
    }

    Window node() {
        return node;
    }

    /// Takes a worker's columns, and leaves its appenders empty. The input may have no columns.
    synchronized void take(List<ColumnAppender> worker, long rows) {
        rowCount += rows;
        if (appenders.isEmpty()) {
            appenders.addAll(worker);
            return;
        }
        for (int c = 0; c < worker.size(); c++) {
            appenders.get(c).appendAll(worker.get(c));
            worker.get(c).close();
        }
    }

    /// Puts the input together if no other worker does; after that, [#input] is or will be done.
    void prepare(MemoryAllocator allocator) {
        if (!claimed.compareAndSet(false, true)) {
            return;
        }
        try {
            long rows = rowCount();
            if (rows > Integer.MAX_VALUE - 64) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED, "Too many rows for a window: " + rows);
            }
            input.complete(new WindowInput(node, appenders, (int) rows, allocator));
        } catch (RuntimeException | Error e) {
            input.completeExceptionally(e);
            throw e;
        }
    }

    private synchronized long rowCount() {
        return rowCount;
    }

    CompletableFuture<WindowInput> input() {
        return input;
    }

    /// Returns the next division to compute; the caller checks whether there is one.
    int nextDivision() {
        return nextDivision.getAndIncrement();
    }

    /// Frees the input; idempotent.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        appenders.forEach(ColumnAppender::close);
        @Nullable WindowInput made =
                input.isDone() && !input.isCompletedExceptionally() ? input.join() : null;
        if (made != null) {
            made.close();
        }
    }

    private final class Sink implements SinkOperator {
        @Override
        public SinkWorker newWorker(WorkerContext context) {
            return new WindowSinkWorker(WindowOperation.this, context);
        }

        @Override
        public void finish() {}

        @Override
        public void close() {
            WindowOperation.this.close();
        }
    }

    private final class Source implements SourceOperator {
        @Override
        public SourceWorker newWorker(WorkerContext context) {
            return new WindowSourceWorker(WindowOperation.this, context);
        }

        @Override
        public int maxWorkers() {
            return node.partitionKeys().isEmpty() ? 1 : Integer.MAX_VALUE;
        }

        @Override
        public void close() {
            WindowOperation.this.close();
        }
    }
}
