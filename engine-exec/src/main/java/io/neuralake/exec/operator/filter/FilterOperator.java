package io.neuralake.exec.operator.filter;

import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.row.BatchCoalescer;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

/// Keeps the rows for which a predicate is TRUE: as a selection, or, when few are left, gathered into
/// fuller batches.
public final class FilterOperator implements StreamingOperator {
    private final PhysicalPlan.Filter node;

    /// Filters by the node's predicate.
    public FilterOperator(PhysicalPlan.Filter node) {
        this.node = node;
    }

    @Override
    public StreamingWorker newWorker(WorkerContext context) {
        return new Worker(
                context.allocator(),
                new ExpressionCompiler(context.settings())
                        .predicate(node.predicate(), context.allocator()),
                new BatchCoalescer(node.schema(), context.allocator(), context.batchRows()));
    }

    private static final class Worker implements StreamingWorker {
        private final MemoryAllocator allocator;
        private final PredicateEvaluator evaluator;

        private final BatchCoalescer coalescer;

        private Worker(
                MemoryAllocator allocator, PredicateEvaluator evaluator, BatchCoalescer coalescer) {
            this.allocator = allocator;
            this.evaluator = evaluator;
            this.coalescer = coalescer;
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
                coalescer.add(input, output::accept);
            } else if (count == 0) {
                passed.release();
                input.close();
            } else {
                Batch narrowed;
                try (input) {
                    narrowed = BatchSelection.select(input, passed, count);
                }
                coalescer.add(narrowed, output::accept);
            }
            return Status.NEED_INPUT;
        }

        @Override
        public void finish(BatchConsumer output) {
            coalescer.flush(output::accept);
        }

        @Override
        public void close() {
            coalescer.close();
            evaluator.close();
        }
    }
}
