package io.neuralake.exec.operator.filter;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

/// Keeps the rows for which a predicate is TRUE: as a selection, or, when few are left, compacted.
public final class FilterOperator implements StreamingOperator {
    private final RowExpression predicate;

    /// Filters by the node's predicate.
    public FilterOperator(PhysicalPlan.Filter node) {
        this.predicate = node.predicate();
    }

    @Override
    public StreamingWorker newWorker(WorkerContext context) {
        return new Worker(
                context.allocator(),
                new ExpressionCompiler(context.settings())
                        .predicate(predicate, context.allocator()));
    }

    private static final class Worker implements StreamingWorker {
        private final MemoryAllocator allocator;
        private final PredicateEvaluator evaluator;

        private Worker(MemoryAllocator allocator, PredicateEvaluator evaluator) {
            this.allocator = allocator;
            this.evaluator = evaluator;
        }

        @Override
        public Status process(Batch input, BatchConsumer output) {
            DataBuffer passed = null;
            int count;
            try {
                passed = allocator.allocate(Bitmap.bytes(input.rowCount()));
                count = evaluator.evaluate(input, passed.segment());
            } catch (RuntimeException | Error e) {
                input.close();
                if (passed != null) {
                    passed.release();
                }
                throw e;
            }
            if (count == input.selectedCount()) {
                passed.release();
                forward(input, output);
            } else if (count == 0) {
                passed.release();
                input.close();
            } else {
                output.accept(BatchSelection.narrow(input, passed, count, allocator));
            }
            return Status.NEED_INPUT;
        }

        private static void forward(Batch batch, BatchConsumer output) {
            if (batch.selectedCount() == 0) {
                batch.close();
            } else {
                output.accept(batch);
            }
        }

        @Override
        public void close() {
            evaluator.close();
        }
    }
}
