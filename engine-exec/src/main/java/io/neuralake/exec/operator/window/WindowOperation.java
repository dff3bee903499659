package io.neuralake.exec.operator.window;

import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.row.BatchAppender;
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.exec.spill.SpillableRows;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs one [Window]. The sink collects the input; the source's first worker puts it together and
/// divides it by the hash of the partition keys, then all workers sort divisions, compute and emit.
/// When memory is short rows are spilled by that hash, and each part is an input of its own.
/// One per execution: run the sink to its end, then the source; close it when both are done.
public final class WindowOperation implements AutoCloseable {
    /// Bytes a row that computing takes beside the rows: order, partitions, peers, results.
    static final long COMPUTING_BYTES = 80;

    private final Window node;
    private final List<SpillableRows> buffers = new ArrayList<>();
    private final List<SpillTurn> turns = new ArrayList<>();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final CompletableFuture<WindowInput> input = new CompletableFuture<>();
    private final AtomicInteger nextDivision = new AtomicInteger();
    private final AtomicInteger nextPart = new AtomicInteger();
    private @Nullable SpilledPartitions spilled;
    private List<SpilledPart> parts = List.of();
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

    /// Tells whether rows may be spilled: those of one partition must fit into memory anyway.
    boolean isDivisible() {
        return !node.partitionKeys().isEmpty();
    }

    /// Returns where rows are spilled.
    synchronized SpilledPartitions open(WorkerContext context) {
        SpilledPartitions made = spilled;
        if (made == null) {
            made =
                    new SpilledPartitions(
                            new PartitionDivision(node),
                            0,
                            context.spill(),
                            bytes -> context.count(NodeMetrics.SPILLED_BYTES, bytes),
                            context::checkCancelled);
            spilled = made;
        }
        return made;
    }

    /// Takes ownership of a worker's rows and their turn.
    synchronized void take(SpillableRows rows, SpillTurn turn) {
        buffers.add(rows);
        turns.add(turn);
    }

    /// Puts the input together if no other worker does; after that, [#input] is or will be done. If
    /// anything was spilled, or computing would not fit, all rows are on disk then.
    void prepare(WorkerContext context) {
        if (!claimed.compareAndSet(false, true)) {
            return;
        }
        try (BatchAppender all = new BatchAppender(node.input().schema(), context.allocator())) {
            gather(all, context);
            if (all.rowCount() > Integer.MAX_VALUE - 64) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED, "Too many rows for a window: " + all.rowCount());
            }
            input.complete(new WindowInput(node, all.finish(), context.allocator()));
        } catch (RuntimeException | Error e) {
            input.completeExceptionally(e);
            throw e;
        }
    }

    private synchronized void gather(BatchAppender all, WorkerContext context) {
        SpillArbiter arbiter = context.spill().arbiter();
        long bytes = 0;
        for (SpillableRows rows : buffers) {
            bytes += rows.bytes() + COMPUTING_BYTES * rows.rowCount();
        }
        if (bytes > 0 && !arbiter.fits(bytes)) {
            arbiter.makeRoom(bytes);
        }
        turns.forEach(SpillTurn::close);
        turns.clear();
        SpilledPartitions onDisk = spilled;
        if (onDisk != null
                && isDivisible()
                && (onDisk.isUsed() || bytes > 0 && !arbiter.fits(bytes))) {
            buffers.forEach(arbiter::spillNow);
            parts = SpilledPart.of(onDisk, Long.MAX_VALUE);
        } else {
            buffers.forEach(rows -> rows.moveTo(all));
        }
    }

    /// Returns the next part of what was spilled, or null.
    @Nullable SpilledPart nextPart() {
        int index = nextPart.getAndIncrement();
        return index < parts.size() ? parts.get(index) : null;
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
        turns.forEach(SpillTurn::close);
        turns.clear();
        buffers.forEach(SpillableRows::close);
        buffers.clear();
        if (spilled != null) {
            spilled.close();
        }
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
