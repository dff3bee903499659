package io.neuralake.exec.operator.project;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.expression.compile.ExpressionEvaluator;
import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import java.util.List;

/// Computes columns; the selection of the input stays.
public final class ProjectOperator implements StreamingOperator {
    private final List<RowExpression> expressions;

    /// Computes the node's expressions.
    public ProjectOperator(PhysicalPlan.Project node) {
        this.expressions = node.expressions();
    }

    @Override
    public StreamingWorker newWorker(WorkerContext context) {
        ExpressionCompiler compiler = new ExpressionCompiler(context.settings());
        ExpressionEvaluator[] evaluators = new ExpressionEvaluator[expressions.size()];
        try {
            for (int i = 0; i < evaluators.length; i++) {
                evaluators[i] = compiler.evaluator(expressions.get(i), context.allocator());
            }
        } catch (RuntimeException | Error e) {
            close(evaluators);
            throw e;
        }
        return new Worker(evaluators);
    }

    private static void close(ExpressionEvaluator[] evaluators) {
        for (ExpressionEvaluator evaluator : evaluators) {
            if (evaluator != null) {
                evaluator.close();
            }
        }
    }

    private static final class Worker implements StreamingWorker {
        private final ExpressionEvaluator[] evaluators;

        private Worker(ExpressionEvaluator[] evaluators) {
            this.evaluators = evaluators;
        }

        @Override
        public Status process(Batch input, BatchConsumer output) {
            Batch projected;
            try (input) {
                projected = project(input);
            }
            output.accept(projected);
            return Status.NEED_INPUT;
        }

        private Batch project(Batch input) {
            Column[] columns = new Column[evaluators.length];
            int done = 0;
            try {
                for (; done < columns.length; done++) {
                    columns[done] = evaluators[done].evaluate(input);
                }
            } catch (RuntimeException | Error e) {
                for (int i = 0; i < done; i++) {
                    columns[i].release();
                }
                throw e;
            }
            DataBuffer selection = input.selection();
            return selection == null
                    ? Batch.of(input.rowCount(), columns)
                    : Batch.selected(
                            input.rowCount(), columns, selection.retain(), input.selectedCount());
        }

        @Override
        public void close() {
            ProjectOperator.close(evaluators);
        }
    }
}
