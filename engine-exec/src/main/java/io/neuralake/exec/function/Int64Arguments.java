package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Reads arguments of any integer layout as int64, and any number as double.
final class Int64Arguments {

    private Int64Arguments() {}

    /// Returns the argument's rows (one for a constant) as int64.
    static MemorySegment of(FunctionInput input, int argument) {
        return of(input.rows(argument), input.memory());
    }

    /// Returns the rows of a flat column as int64; the column's own memory where it is so already.
    static MemorySegment of(Column column, EvaluationMemory memory) {
        int rows = column.rowCount();
        MemorySegment from = ((FlatColumn) column).values();
        switch (column.type().physical()) {
            case INT64 -> {
                return from;
            }
            case INT32 -> {
                MemorySegment to = memory.scratch(8L * rows).segment();
                for (int i = 0; i < rows; i++) {
                    NativeMemory.setLong(
                            to, (long) i << 3, NativeMemory.getInt(from, (long) i << 2));
                }
                return to;
            }
            case INT16 -> {
                MemorySegment to = memory.scratch(8L * rows).segment();
                for (int i = 0; i < rows; i++) {
                    NativeMemory.setLong(
                            to, (long) i << 3, NativeMemory.getShort(from, (long) i << 1));
                }
                return to;
            }
            case INT8 -> {
                MemorySegment to = memory.scratch(8L * rows).segment();
                for (int i = 0; i < rows; i++) {
                    NativeMemory.setLong(to, (long) i << 3, NativeMemory.getByte(from, i));
                }
                return to;
            }
            default ->
                    throw new IllegalStateException(
                            "Not an integer layout: " + column.type().sql());
        }
    }
}
