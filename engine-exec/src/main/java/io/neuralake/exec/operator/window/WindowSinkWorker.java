package io.neuralake.exec.operator.window;

import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.type.Field;

import java.util.ArrayList;
import java.util.List;

/// Collects the batches of one worker.
final class WindowSinkWorker implements SinkWorker {
    private final WindowOperation operation;
    private final WorkerContext context;
    private final List<ColumnAppender> appenders = new ArrayList<>();
    private long rowCount;

    WindowSinkWorker(WindowOperation operation, WorkerContext context) {
        this.operation = operation;
        this.context = context;
        for (Field field : operation.node().input().schema().fields()) {
            appenders.add(new ColumnAppender(field.type(), context.allocator()));
        }
    }

    @Override
    public Status consume(Batch input) {
        try (input) {
            context.checkCancelled();
            if (input.selectedCount() > 0) {
                rowCount += input.selectedCount();
                try (Batch compact = BatchCompactor.compact(input, context.allocator())) {
                    for (int c = 0; c < appenders.size(); c++) {
                        appenders.get(c).append(compact.column(c));
                    }
                }
            }
            return Status.NEED_INPUT;
        }
    }

    @Override
    public void combine() {
        operation.take(appenders, rowCount);
        appenders.clear();
    }

    @Override
    public void close() {
        appenders.forEach(ColumnAppender::close);
        appenders.clear();
    }
}
