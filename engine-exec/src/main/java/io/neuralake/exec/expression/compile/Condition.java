package io.neuralake.exec.expression.compile;

import io.neuralake.spi.type.ScalarType;

import java.lang.foreign.MemorySegment;

/// A compiled Boolean expression, which can also narrow a bitmap without making a column.
abstract class Condition extends Node {
    Condition() {
        super(ScalarType.BOOLEAN);
    }

    /// Narrows `bits` to the rows for which the condition is TRUE, or FALSE. Only the rows set on
    /// entry count. Works in place; bits behind the row count stay clear.
    ///
    /// @param want the value to look for
    abstract void select(Frame frame, MemorySegment bits, boolean want);
}
