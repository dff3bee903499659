package io.neuralake.exec.operator.single;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

/// Yields the one row of a scalar sub-query, or nulls when it has none; more rows are
/// CARDINALITY_VIOLATION (21000). One instance an execution.
public final class SingleRowOperation implements AutoCloseable {
    private final Schema schema;
    private @Nullable Batch row;

    /// Enforces one row of the node's input.
    public SingleRowOperation(PhysicalPlan.EnforceSingleRow node) {
        this.schema = node.schema();
    }

    /// Returns what takes the input.
    public SinkOperator sink() {
        return new Sink();
    }

    /// Returns what yields the row after the sink was finished.
    public SourceOperator source() {
        return new Source();
    }

    private synchronized void keep(Batch batch) {
        if (batch.selectedCount() == 0) {
            batch.close();
            return;
        }
        boolean tooMany = row != null || batch.selectedCount() > 1;
        if (tooMany) {
            batch.close();
            throw new NeuralakeException(
                    ErrorCode.CARDINALITY_VIOLATION,
                    "More than one row returned by a subquery used as an expression");
        }
        row = batch;
    }

    private synchronized @Nullable Batch take() {
        Batch taken = row;
        row = null;
        return taken;
    }

    @Override
    public void close() {
        Batch left = take();
        if (left != null) {
            left.close();
        }
    }

    private final class Sink implements SinkOperator {
        @Override
        public SinkWorker newWorker(WorkerContext context) {
            return new SinkWorker() {
                @Override
                public Status consume(Batch input) {
                    keep(input);
                    return Status.NEED_INPUT;
                }

                @Override
                public void combine() {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }

    private final class Source implements SourceOperator {
        @Override
        public int maxWorkers() {
            return 1;
        }

        @Override
        public SourceWorker newWorker(WorkerContext context) {
            return new Reader(context);
        }
    }

    private final class Reader implements SourceWorker {
        private final WorkerContext context;
        private boolean done;

        private Reader(WorkerContext context) {
            this.context = context;
        }

        @Override
        public ReadResult produce() {
            if (done) {
                return ReadResult.Finished.INSTANCE;
            }
            done = true;
            Batch found = take();
            return new ReadResult.Ready(found == null ? nulls() : found);
        }

        private Batch nulls() {
            try (Ownership owned = new Ownership()) {
                Column[] columns = new Column[schema.size()];
                for (int i = 0; i < columns.length; i++) {
                    columns[i] =
                            owned.hold(
                                    ConstantColumns.nulls(
                                            schema.field(i).type(), 1, context.allocator()));
                }
                Batch batch = Batch.of(1, columns);
                owned.transfer();
                return batch;
            }
        }

        @Override
        public void close() {}
    }
}
