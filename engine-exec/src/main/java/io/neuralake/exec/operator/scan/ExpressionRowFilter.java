package io.neuralake.exec.operator.scan;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.memory.MemoryAllocator;

import java.lang.foreign.MemorySegment;

/// A conjunct of a scan, over just the columns that it reads. Belongs to one worker.
final class ExpressionRowFilter implements RowFilter, AutoCloseable {
    private final int[] columns;
    private final PredicateEvaluator evaluator;

    ExpressionRowFilter(
            RowExpression conjunct, ExpressionCompiler compiler, MemoryAllocator allocator) {
        this.columns = ColumnReferences.of(conjunct);
        this.evaluator =
                compiler.predicate(ColumnReferences.renumber(conjunct, columns), allocator);
    }

    @Override
    public int[] columns() {
        return columns.clone();
    }

    @Override
    public int apply(Batch input, MemorySegment passed) {
        return evaluator.evaluate(input, passed);
    }

    @Override
    public void close() {
        evaluator.close();
    }
}
