package io.neuralake.exec.operator.window;

import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.exec.spill.SpillableRows;
import io.neuralake.spi.batch.Batch;

/// Collects the batches of one worker.
final class WindowSinkWorker implements SinkWorker {
    private final WindowOperation operation;
    private final WorkerContext context;
    private final SpillableRows buffer;
    private final SpillTurn turn;
    private boolean combined;

    WindowSinkWorker(WindowOperation operation, WorkerContext context) {
        this.operation = operation;
        this.context = context;
        this.buffer =
                new SpillableRows(
                        operation.open(context),
                        operation.isDivisible(),
                        (_, _) -> {},
                        context.allocator());
        this.turn = context.spill().register(buffer);
    }

    @Override
    public Status consume(Batch input) {
        try (input) {
            context.checkCancelled();
            if (input.selectedCount() > 0) {
                turn.begin(RowBytes.estimate(input, input.selectedCount()));
                try {
                    buffer.add(input);
                } finally {
                    turn.end();
                }
            }
            return Status.NEED_INPUT;
        }
    }

    @Override
    public void combine() {
        turn.begin(0);
        try {
            if (operation.open(context).isUsed() && buffer.rowCount() > 0) {
                context.spill().arbiter().spillNow(buffer);
            }
        } finally {
            turn.end();
        }
        combined = true;
        operation.take(buffer, turn);
    }

    @Override
    public void close() {
        if (!combined) {
            turn.close();
            buffer.close();
        }
    }
}
