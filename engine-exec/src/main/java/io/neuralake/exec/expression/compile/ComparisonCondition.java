package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.ColumnComparison;
import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Compares two operands of one type.
final class ComparisonCondition extends Condition {
    private final Comparison comparison;
    private final Node left;
    private final Node right;
    private final DictionaryComparison dictionaries = new DictionaryComparison();

    ComparisonCondition(Comparison comparison, Node left, Node right) {
        this.comparison = comparison;
        this.left = left;
        this.right = right;
    }

    @Override
    Column evaluate(Frame frame) {
        Column l = frame.memory().flatten(left.evaluate(frame));
        Column r = frame.memory().flatten(right.evaluate(frame));
        DataBuffer values = frame.bitmap();
        Bitmap.fill(values.segment(), frame.rowCount());
        ColumnComparison.narrow(
                comparison, l, r, frame.rowCount(), values.segment(), frame.memory());
        return BooleanColumns.of(frame, values, validity(frame, l, r));
    }

    /// Lends the rows on which neither column is null; null for all.
    static @Nullable DataBuffer validity(Frame frame, Column left, Column right) {
        boolean constants =
                left instanceof ConstantColumn l && l.isNull()
                        || right instanceof ConstantColumn r && r.isNull();
        if (!constants && left.validity() == null && right.validity() == null) {
            return null;
        }
        DataBuffer validity = frame.bitmap();
        Bitmap.fill(validity.segment(), frame.rowCount());
        ColumnComparison.narrowToValid(left, frame.rowCount(), validity.segment());
        ColumnComparison.narrowToValid(right, frame.rowCount(), validity.segment());
        return validity;
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        Frame inner = frame.narrowed(bits);
        int rows = frame.rowCount();
        EvaluationMemory memory = frame.memory();
        Column l = withoutNullCodes(left.evaluate(inner), memory);
        ColumnComparison.narrowToValid(l, rows, bits);
        if (BitmapKernels.isEmpty(bits, rows)) {
            return;
        }
        Column r = withoutNullCodes(right.evaluate(inner), memory);
        ColumnComparison.narrowToValid(r, rows, bits);
        Comparison holds = want ? comparison : comparison.negated();
        if (!dictionaries.narrow(holds, l, r, bits)) {
            ColumnComparison.narrow(
                    holds, memory.flatten(l), memory.flatten(r), rows, bits, memory);
        }
    }

    /// Returns a column whose validity tells of all nulls.
    private static Column withoutNullCodes(Column column, EvaluationMemory memory) {
        return column instanceof DictionaryColumn coded && coded.dictionaryHasNulls()
                ? memory.flatten(column)
                : column;
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
