package io.neuralake.exec.operator.sort;

import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.type.Schema;

/// Collects one worker's rows.
class SortCollector implements SinkWorker {
    /// Takes over what a worker collected.
    @FunctionalInterface
    interface Receiver {
        /// Takes ownership of the rows and their turn.
        void accept(SortBuffer rows, SpillTurn turn);
    }

    final SortBuffer buffer;
    private final SpillTurn turn;
    private final Receiver receiver;
    private boolean combined;

    SortCollector(Schema schema, WorkerContext context, SpilledRuns runs, Receiver receiver) {
        this.buffer = new SortBuffer(schema, context.allocator(), runs);
        this.turn = context.spill().register(buffer);
        this.receiver = receiver;
    }

    @Override
    public final Status consume(Batch input) {
        try (input) {
            if (isDone()) {
                return Status.DONE;
            }
            turn.begin(buffer.sortingBytes() + RowBytes.estimate(input, input.selectedCount()));
            try {
                take(input);
            } finally {
                turn.end();
            }
        }
        return Status.NEED_INPUT;
    }

    /// Tells whether no input can change the result.
    boolean isDone() {
        return false;
    }

    /// Collects the rows of a batch, which stays the caller's.
    void take(Batch input) {
        buffer.add(input, input.selection(), input.selectedCount());
    }

    @Override
    public void combine() {
        combined = true;
        receiver.accept(buffer, turn);
    }

    @Override
    public void close() {
        if (!combined) {
            turn.close();
            buffer.close();
        }
    }
}
