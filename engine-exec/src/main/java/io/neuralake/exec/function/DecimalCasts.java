package io.neuralake.exec.function;

import io.neuralake.exec.kernel.Int128;
import io.neuralake.exec.kernel.Int128Kernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// Converts decimals to decimals and integers, halves rounded away from zero.
final class DecimalCasts {

    private DecimalCasts() {}

    static Column rescale(FunctionInput in, DecimalType from, DecimalType to, boolean orNull) {
        int shift = to.scale() - from.scale();
        int rows = in.rowCount();
        if (shift == 0 && from.isShort() && to.isShort()) {
            Column same = sameDigits(in, from, to);
            if (same != null) {
                return same;
            }
        }
        DataBuffer buffer = in.memory().scratch((long) rows * to.physical().width());
        MemorySegment target = buffer.segment();
        boolean fits = from.precision() + shift <= to.precision();
        if (shift >= 0 && fits) {
            raise(in, from, to, shift, target);
            return in.result(to, buffer);
        }
        CastOutput output = new CastOutput(in, orNull);
        int mask = in.mask(0);
        MemorySegment values = in.values(0);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int at = i & mask;
            if (from.isShort() && to.isShort()) {
                long value = NativeMemory.getLong(values, (long) at << 3);
                if (shift <= 0) {
                    long rounded = divideRounded(value, Int128.power10(-shift));
                    if (Math.abs(rounded) < Int128.power10(to.precision())) {
                        NativeMemory.setLong(target, (long) i << 3, rounded);
                        continue;
                    }
                } else if (Math.abs(value) < Int128.power10(Math.max(0, to.precision() - shift))) {
                    NativeMemory.setLong(target, (long) i << 3, value * Int128.power10(shift));
                    continue;
                }
            }
            BigDecimal value = new BigDecimal(unscaled(from, values, at), from.scale());
            BigInteger result = value.setScale(to.scale(), RoundingMode.HALF_UP).unscaledValue();
            storeOrReject(output, to, target, i, result, value);
        }
        return output.flat(to, buffer);
    }

    /// Returns the argument's own values under another precision, or null when some do not fit. Looks
    /// at rows that are null or not live too: what lies there is rarely out of range.
    private static @Nullable Column sameDigits(FunctionInput in, DecimalType from, DecimalType to) {
        if (!(in.argument(0) instanceof FlatColumn flat)) {
            return null;
        }
        if (from.precision() > to.precision()
                && !within(flat.values(), in.rowCount(), Int128.power10(to.precision()))) {
            return null;
        }
        return in.result(to, flat.valuesBuffer());
    }

    /// Tells whether all values are below `limit` by magnitude, without a branch a row.
    private static boolean within(MemorySegment values, int rows, long limit) {
        long outside = 0;
        for (int i = 0; i < rows; i++) {
            long value = NativeMemory.getLong(values, (long) i << 3);
            outside |= limit - 1 - value | limit - 1 + value;
        }
        return outside >= 0;
    }

    private static void raise(
            FunctionInput in, DecimalType from, DecimalType to, int shift, MemorySegment target) {
        int rows = in.rows(0).rowCount();
        MemorySegment values = in.values(0);
        if (to.isShort()) {
            long factor = Int128.power10(shift);
            for (int i = 0; i < rows; i++) {
                NativeMemory.setLong(
                        target,
                        (long) i << 3,
                        NativeMemory.getLong(values, (long) i << 3) * factor);
            }
        } else if (from.isShort() && shift <= DecimalType.MAX_SHORT_PRECISION) {
            Int128Kernels.widenScaled(values, Int128.power10(shift), rows, target);
        } else {
            MemorySegment wide = values;
            if (from.isShort()) {
                wide = in.memory().scratch((long) Int128.BYTES * rows).segment();
                Int128Kernels.widen(values, rows, wide);
            }
            MemorySegment factor = in.memory().scratch(Int128.BYTES).segment();
            Int128.set(factor, 0, Int128.power10Low(shift), Int128.power10High(shift));
            Int128Kernels.multiply(wide, -1, factor, 0, rows, target);
        }
        if (in.isConstant(0)) {
            repeat(target, to, in.rowCount());
        }
    }

    /// Copies the first row to all others.
    static void repeat(MemorySegment target, Type type, int rows) {
        int width = type.physical().width();
        for (int i = 1; i < rows; i++) {
            MemorySegment.copy(target, 0, target, (long) i * width, width);
        }
    }

    /// Divides by a power of ten, halves away from zero.
    static long divideRounded(long value, long divisor) {
        long quotient = value / divisor;
        long rest = Math.abs(value - quotient * divisor);
        return rest >= divisor - rest && divisor > 1 ? quotient + (value < 0 ? -1 : 1) : quotient;
    }

    static Column toInteger(FunctionInput in, DecimalType from, Type to, boolean orNull) {
        int rows = in.rowCount();
        int mask = in.mask(0);
        int width = to.physical().width();
        MemorySegment values = in.values(0);
        CastOutput output = new CastOutput(in, orNull);
        DataBuffer wide = in.memory().scratchZeroed(8L * rows);
        MemorySegment target = wide.segment();
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int at = i & mask;
            long result;
            if (from.isShort()) {
                result =
                        divideRounded(
                                NativeMemory.getLong(values, (long) at << 3),
                                Int128.power10(from.scale()));
            } else {
                BigInteger big =
                        new BigDecimal(Int128.get(values, at), from.scale())
                                .setScale(0, RoundingMode.HALF_UP)
                                .unscaledValue();
                if (big.bitLength() > 63) {
                    output.reject(i, () -> RowErrors.outOfRange(to, big));
                    continue;
                }
                result = big.longValue();
            }
            if (!IntegerNarrowing.fits(result, width)) {
                output.reject(i, () -> RowErrors.outOfRange(to, result));
            }
            NativeMemory.setLong(target, (long) i << 3, result);
        }
        if (width == 8) {
            return output.flat(to, wide);
        }
        DataBuffer buffer = in.memory().scratch((long) rows * width);
        IntegerNarrowing.store(target, rows, width, buffer.segment());
        return output.flat(to, buffer);
    }

    static BigInteger unscaled(DecimalType type, MemorySegment values, int row) {
        return type.isShort()
                ? BigInteger.valueOf(NativeMemory.getLong(values, (long) row << 3))
                : Int128.get(values, row);
    }

    /// Stores an unscaled value, or rejects the row when it has too many digits.
    static void storeOrReject(
            CastOutput output,
            DecimalType type,
            MemorySegment target,
            int row,
            BigInteger unscaled,
            Object shown) {
        if (!DecimalMath.fits(unscaled, type.precision())) {
            output.reject(row, () -> RowErrors.outOfRange(type, shown));
        } else if (type.isShort()) {
            NativeMemory.setLong(target, (long) row << 3, unscaled.longValue());
        } else {
            Int128.set(target, row, unscaled.longValue(), unscaled.shiftRight(64).longValue());
        }
    }
}
