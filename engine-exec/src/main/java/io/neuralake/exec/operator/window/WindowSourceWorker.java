package io.neuralake.exec.operator.window;

import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Takes divisions of the input, sorts them, and emits them with the functions' results.
final class WindowSourceWorker implements SourceWorker {
    private final WindowOperation operation;
    private final Window node;
    private final WorkerContext context;
    private final List<WindowEvaluator> evaluators = new ArrayList<>();
    private @Nullable SortedRows rows;
    private int position;

    WindowSourceWorker(WindowOperation operation, WorkerContext context) {
        this.operation = operation;
        this.node = operation.node();
        this.context = context;
    }

    @Override
    public ReadResult produce() {
        context.checkCancelled();
        operation.prepare(context.allocator());
        if (!operation.input().isDone()) {
            return new ReadResult.Blocked(operation.input());
        }
        if (operation.input().isCompletedExceptionally()) {
            // the worker that failed raises the error
            return ReadResult.Finished.INSTANCE;
        }
        WindowInput input = operation.input().join();
        SortedRows current = rows;
        while (current == null || position >= current.count()) {
            release();
            int division = operation.nextDivision();
            if (division >= input.divisions()) {
                return ReadResult.Finished.INSTANCE;
            }
            if (input.rowCount(division) > 0) {
                current = begin(input, division);
            }
        }
        int count = Math.min(context.batchRows(), current.count() - position);
        Batch batch = emit(current, count);
        position += count;
        return new ReadResult.Ready(batch);
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
    }
}
