package io.neuralake.exec.operator.values;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Yields constant rows, in order.
public final class ValuesSource implements SourceOperator {
    private final PhysicalPlan.Values node;

    /// Yields the node's rows.
    public ValuesSource(PhysicalPlan.Values node) {
        this.node = node;
    }

    @Override
    public int maxWorkers() {
        return 1;
    }

    @Override
    public SourceWorker newWorker(WorkerContext context) {
        return new Worker(context);
    }

    private final class Worker implements SourceWorker {
        private final WorkerContext context;
        private final ExpressionCompiler compiler;
        private int next;

        private Worker(WorkerContext context) {
            this.context = context;
            this.compiler = new ExpressionCompiler(context.settings());
        }

        @Override
        public ReadResult produce() {
            int rows = Math.min(context.batchRows(), node.rows().size() - next);
            if (rows <= 0) {
                return ReadResult.Finished.INSTANCE;
            }
            List<List<RowExpression>> part = node.rows().subList(next, next + rows);
            next += rows;
            Column[] columns = new Column[node.schema().size()];
            int done = 0;
            try {
                for (; done < columns.length; done++) {
                    columns[done] = column(part, done);
                }
            } catch (RuntimeException | Error e) {
                for (int i = 0; i < done; i++) {
                    columns[i].release();
                }
                throw e;
            }
            return new ReadResult.Ready(Batch.of(rows, columns));
        }

        private Column column(List<List<RowExpression>> rows, int index) {
            List<@Nullable Object> values = new ArrayList<>(rows.size());
            for (List<RowExpression> row : rows) {
                values.add(
                        row.get(index) instanceof RowExpression.Literal literal
                                ? literal.value()
                                : compiler.constant(row.get(index)));
            }
            return ColumnBuilder.of(context.allocator(), node.schema().field(index).type(), values);
        }

        @Override
        public void close() {}
    }
}
