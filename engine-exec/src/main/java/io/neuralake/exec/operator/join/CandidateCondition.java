package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.compile.ExpressionEvaluator;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Evaluates a nested-loop join's condition over candidate rows, three-valued if asked. Belongs to one
/// worker.
final class CandidateCondition implements AutoCloseable {
    private final @Nullable PredicateEvaluator predicate;
    private final @Nullable ExpressionEvaluator expression;
    private final MemoryAllocator allocator;

    CandidateCondition(
            RowExpression condition,
            boolean threeValued,
            ConditionCompiler compiler,
            WorkerContext context) {
        this.allocator = context.allocator();
        boolean always = condition.equals(Literal.TRUE);
        this.predicate =
                always || threeValued
                        ? null
                        : compiler.predicate(condition, context.settings(), context.allocator());
        this.expression =
                always || !threeValued
                        ? null
                        : compiler.evaluator(condition, context.settings(), context.allocator());
    }

    /// Finds the selected candidates for which the condition is TRUE, and with three values those for
    /// which it is UNKNOWN.
    ///
    /// @return the number of candidates that are TRUE
    int evaluate(Batch candidates, MemorySegment isTrue, MemorySegment isUnknown) {
        int rowCount = candidates.rowCount();
        long bytes = Bitmap.bytes(rowCount);
        if (predicate != null) {
            return predicate.evaluate(candidates, isTrue);
        }
        Rows.copySelection(candidates.selection(), rowCount, isTrue);
        isUnknown.asSlice(0, bytes).fill((byte) 0);
        if (expression == null) {
            return candidates.selectedCount();
        }
        Column result = expression.evaluate(candidates);
        try {
            Column flat = ColumnFlatten.flatten(result, allocator);
            try {
                return split((FlatColumn) flat, isTrue, isUnknown);
            } finally {
                flat.release();
            }
        } finally {
            result.release();
        }
    }

    private static int split(FlatColumn truth, MemorySegment isTrue, MemorySegment isUnknown) {
        int words = (truth.rowCount() + 63) >>> 6;
        DataBuffer validity = truth.validity();
        int count = 0;
        for (int w = 0; w < words; w++) {
            long selected = Bitmap.word(isTrue, w);
            long valid = validity == null ? -1L : Bitmap.word(validity.segment(), w);
            long passed = selected & valid & Bitmap.word(truth.values(), w);
            Bitmap.setWord(isTrue, w, passed);
            Bitmap.setWord(isUnknown, w, selected & ~valid);
            count += Long.bitCount(passed);
        }
        return count;
    }

    @Override
    public void close() {
        if (predicate != null) {
            predicate.close();
        }
        if (expression != null) {
            expression.close();
        }
    }
}
