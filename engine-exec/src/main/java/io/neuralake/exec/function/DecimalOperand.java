package io.neuralake.exec.function;

import io.neuralake.exec.kernel.Int128;
import io.neuralake.exec.kernel.Int128Kernels;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

/// One operand of decimal arithmetic: a decimal or an integer.
///
/// @param wide whether values are 128 bits, not 64
/// @param digits the most digits of a value
record DecimalOperand(int argument, boolean wide, int digits, int scale) {

    static DecimalOperand of(int argument, Type type) {
        DecimalType decimal = CommonTypes.decimalOf(type);
        boolean wide = type instanceof DecimalType && !decimal.isShort();
        return new DecimalOperand(argument, wide, decimal.precision(), decimal.scale());
    }

    /// Returns the digits of values brought to a larger scale.
    int digitsAt(int newScale) {
        return digits + newScale - scale;
    }

    /// Returns the rows as they are: 64 bits.
    MemorySegment narrow(FunctionInput in) {
        return Int64Arguments.of(in, argument);
    }

    /// Returns the rows brought to a larger scale, in 64 bits, where they fit.
    MemorySegment narrow(FunctionInput in, int newScale) {
        MemorySegment from = narrow(in);
        if (newScale == scale) {
            return from;
        }
        long factor = Int128.power10(newScale - scale);
        int rows = in.rows(argument).rowCount();
        MemorySegment to = in.memory().scratch(8L * rows).segment();
        for (int i = 0; i < rows; i++) {
            NativeMemory.setLong(
                    to, (long) i << 3, NativeMemory.getLong(from, (long) i << 3) * factor);
        }
        return to;
    }

    /// Returns the rows as 128 bits.
    MemorySegment wide(FunctionInput in) {
        if (wide) {
            return in.values(argument);
        }
        int rows = in.rows(argument).rowCount();
        MemorySegment to = in.memory().scratch((long) Int128.BYTES * rows).segment();
        Int128Kernels.widen(narrow(in), rows, to);
        return to;
    }

    /// Stores the rows, brought to a larger scale, as 128 bits and returns a negative number when one
    /// may not fit.
    long wide(FunctionInput in, int newScale, MemorySegment to) {
        int rows = in.rows(argument).rowCount();
        int shift = newScale - scale;
        if (shift == 0 && wide) {
            MemorySegment.copy(in.values(argument), 0, to, 0, (long) Int128.BYTES * rows);
            return 0;
        }
        if (!wide && shift <= DecimalType.MAX_SHORT_PRECISION) {
            Int128Kernels.widenScaled(narrow(in), Int128.power10(shift), rows, to);
            return 0;
        }
        MemorySegment factor = in.memory().scratch(Int128.BYTES).segment();
        Int128.set(factor, 0, Int128.power10Low(shift), Int128.power10High(shift));
        return Int128Kernels.multiply(wide(in), -1, factor, 0, rows, to);
    }

    /// Returns one row. Slow path.
    BigInteger exact(FunctionInput in, MemorySegment own, int row) {
        int at = row & in.mask(argument);
        return wide
                ? Int128.get(own, at)
                : BigInteger.valueOf(NativeMemory.getLong(own, (long) at << 3));
    }

    /// Returns the rows in their own layout, for [#exact].
    MemorySegment own(FunctionInput in) {
        return wide ? in.values(argument) : narrow(in);
    }
}
