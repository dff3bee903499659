package io.neuralake.exec.operator.window;

import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Takes divisions of the input, sorts them, and emits them with the functions' results.
final class WindowSourceWorker implements SourceWorker {
    private final WindowOperation operation;
    private final Window node;
    private final WorkerContext context;
    private final List<WindowEvaluator> evaluators = new ArrayList<>();
    private @Nullable SortedRows rows;
    private final Deque<Divided> divided = new ArrayDeque<>();
    private @Nullable WindowInput part;
    private int nextDivision;
    private int position;

    /// A part that was spilled again, and what is left of it.
    private record Divided(SpilledPartitions input, Deque<SpilledPart> left) {}

    WindowSourceWorker(WindowOperation operation, WorkerContext context) {
        this.operation = operation;
        this.node = operation.node();
        this.context = context;
    }

    @Override
    public ReadResult produce() {
        context.checkCancelled();
        operation.prepare(context);
        if (!operation.input().isDone()) {
            return new ReadResult.Blocked(operation.input());
        }
        if (operation.input().isCompletedExceptionally()) {
            // the worker that failed raises the error
            return ReadResult.Finished.INSTANCE;
        }
        SortedRows current = rows;
        while (current == null || position >= current.count()) {
            release();
            current = next();
            if (current == null) {
                return ReadResult.Finished.INSTANCE;
            }
        }
        int count = Math.min(context.batchRows(), current.count() - position);
        Batch batch = emit(current, count);
        position += count;
        return new ReadResult.Ready(batch);
    }

    /// Sorts the next division of the shared input, then of parts that were spilled; null at the end.
    private @Nullable SortedRows next() {
        WindowInput shared = operation.input().join();
        for (int d = operation.nextDivision();
                d < shared.divisions();
                d = operation.nextDivision()) {
            if (shared.rowCount(d) > 0) {
                return begin(shared, d);
            }
        }
        while (true) {
            WindowInput own = part;
            while (own != null && nextDivision < own.divisions()) {
                int division = nextDivision++;
                if (own.rowCount(division) > 0) {
                    return begin(own, division);
                }
            }
            closePart();
            SpilledPart next = nextPart();
            if (next == null) {
                return null;
            }
            if (next.isTooLarge(context)) {
                SpilledPartitions again = next.divide(context);
                List<SpilledPart> left = SpilledPart.of(again, next.rows().rowCount());
                divided.push(new Divided(again, new ArrayDeque<>(left)));
            } else {
                part = next.read(node, context);
            }
        }
    }

    private @Nullable SpilledPart nextPart() {
        while (!divided.isEmpty()) {
            Divided last = divided.peek();
            SpilledPart next = last.left().poll();
            if (next != null) {
                return next;
            }
            divided.pop().input().close();
        }
        return operation.nextPart();
    }

    private void closePart() {
        if (part != null) {
            part.close();
            part = null;
        }
        nextDivision = 0;
    }

    private SortedRows begin(WindowInput input, int division) {
        SortedRows sorted = input.sort(node, division, context.allocator());
        rows = sorted;
        position = 0;
        for (WindowCall call : node.functions()) {
            context.checkCancelled();
            evaluators.add(WindowEvaluators.of(node, call, sorted, context.allocator()));
        }
        return sorted;
    }

    private Batch emit(SortedRows sorted, int count) {
        List<Column> columns = new ArrayList<>();
        try {
            for (int c = 0; c < node.input().schema().size(); c++) {
                columns.add(sorted.gather(c, position, count, context.allocator()));
            }
            for (WindowEvaluator evaluator : evaluators) {
                columns.add(evaluator.evaluate(position, count, context.allocator()));
            }
        } catch (RuntimeException | Error e) {
            columns.forEach(Column::release);
            throw e;
        }
        return Batch.of(count, columns.toArray(Column[]::new));
    }

    private void release() {
        evaluators.forEach(WindowEvaluator::close);
        evaluators.clear();
        if (rows != null) {
            rows.close();
            rows = null;
        }
    }

    @Override
    public void close() {
        release();
        closePart();
        divided.forEach(each -> each.input().close());
        divided.clear();
    }
}
