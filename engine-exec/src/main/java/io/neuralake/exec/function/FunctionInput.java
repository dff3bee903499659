package io.neuralake.exec.function;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.ViewColumn;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// What one call of a function works on. Arguments are flat, view, list or struct columns without
/// dictionaries, or constants; loops read row `i & mask(argument)` of [#values], so that a constant
/// needs no loop of its own.
///
/// @param memory lends the result and scratch
/// @param arguments stay the caller's
/// @param rowCount rows of the result
/// @param validity rows on which no argument is null, as a lent buffer; null for all. Only for
///     functions that propagate nulls
/// @param live rows whose values and errors count; null for all. Bits behind are clear
public record FunctionInput(
        EvaluationMemory memory,
        List<Column> arguments,
        int rowCount,
        @Nullable DataBuffer validity,
        @Nullable MemorySegment live) {
    /// Returns an argument.
    public Column argument(int index) {
        return arguments.get(index);
    }

    /// Returns the column that holds an argument's rows, a single one for a constant.
    public Column rows(int index) {
        return arguments.get(index) instanceof ConstantColumn constant
                ? constant.single()
                : arguments.get(index);
    }

    /// Tells whether an argument is constant.
    public boolean isConstant(int index) {
        return arguments.get(index) instanceof ConstantColumn;
    }

    /// Returns 0 for a constant argument, else -1.
    public int mask(int index) {
        return isConstant(index) ? 0 : -1;
    }

    /// Returns the values of a flat argument, the views of a string, the offsets of a list.
    public MemorySegment values(int index) {
        return switch (rows(index)) {
            case FlatColumn flat -> flat.values();
            case ViewColumn view -> view.views();
            case ListColumn list -> list.offsets();
            default -> throw new IllegalStateException("No values: " + rows(index).type().sql());
        };
    }

    /// Returns the first live row from `row` on, or -1.
    public int next(int row) {
        if (live == null) {
            return row < rowCount ? row : -1;
        }
        return BitmapKernels.next(live, row, rowCount);
    }

    /// Makes a result of fixed width with the rows' validity.
    public Column result(io.neuralake.spi.type.Type type, DataBuffer values) {
        return memory.flat(type, rowCount, values, validity);
    }
}
