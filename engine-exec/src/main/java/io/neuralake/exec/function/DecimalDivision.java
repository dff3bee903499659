package io.neuralake.exec.function;

import io.neuralake.exec.function.IntegerArithmetic.Operation;
import io.neuralake.exec.kernel.Int128;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

/// Divides decimals, halves rounded away from zero. A row whose dividend and divisor fit 64 bits and
/// whose scaled dividend fits 126 is divided in machine words; others with big integers.
final class DecimalDivision {

    private DecimalDivision() {}

    static Column divide(
            FunctionInput in, DecimalOperand left, DecimalOperand right, DecimalType type) {
        MemorySegment l = left.own(in);
        MemorySegment r = right.own(in);
        int shift = type.scale() - left.scale() + right.scale();
        boolean machine = shift >= 0 && shift <= DecimalType.MAX_SHORT_PRECISION;
        long factor = machine ? Int128.power10(shift) : 0;
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        DataBuffer buffer =
                in.memory().scratchZeroed((long) type.physical().width() * in.rowCount());
        MemorySegment to = buffer.segment();
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int a = i & leftMask;
            int b = i & rightMask;
            if (machine && fits64(left, l, a) && fits64(right, r, b)) {
                long dividend =
                        left.wide() ? Int128.low(l, a) : NativeMemory.getLong(l, (long) a << 3);
                long divisor =
                        right.wide() ? Int128.low(r, b) : NativeMemory.getLong(r, (long) b << 3);
                if (divisor == 0) {
                    throw RowErrors.divisionByZero();
                }
                store(type, to, i, dividend, factor, divisor);
            } else {
                BigInteger result =
                        DecimalMath.exact(
                                Operation.DIVIDE,
                                left.exact(in, l, i),
                                left.scale(),
                                right.exact(in, r, i),
                                right.scale(),
                                type.scale());
                DecimalArithmetic.store(type, to, i, result, "/");
            }
        }
        return in.result(type, buffer);
    }

    private static boolean fits64(DecimalOperand operand, MemorySegment values, int row) {
        return !operand.wide() || Int128.high(values, row) == Int128.low(values, row) >> 63;
    }

    private static void store(
            DecimalType type, MemorySegment to, int row, long dividend, long factor, long divisor) {
        long magnitude = Math.abs(dividend);
        long by = Math.abs(divisor);
        long high = Math.unsignedMultiplyHigh(magnitude, factor);
        long low = magnitude * factor;
        long quotientHigh = Long.divideUnsigned(high, by);
        long rest = high - quotientHigh * by;
        long quotientLow = DecimalMath.divideUnsigned(rest, low, by);
        long remainder = low - quotientLow * by;
        if (DecimalMath.atLeastHalf(remainder, by)) {
            quotientLow++;
            quotientHigh += quotientLow == 0 ? 1 : 0;
        }
        if ((dividend ^ divisor) < 0) {
            quotientLow = -quotientLow;
            quotientHigh = ~quotientHigh + (quotientLow == 0 ? 1 : 0);
        }
        if (!Int128.fits(quotientLow, quotientHigh, type.precision())) {
            throw RowErrors.overflow(type, "/");
        }
        if (type.isShort()) {
            NativeMemory.setLong(to, (long) row << 3, quotientLow);
        } else {
            Int128.set(to, row, quotientLow, quotientHigh);
        }
    }
}
