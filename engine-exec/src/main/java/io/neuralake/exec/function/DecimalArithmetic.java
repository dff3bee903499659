package io.neuralake.exec.function;

import io.neuralake.exec.function.IntegerArithmetic.Operation;
import io.neuralake.exec.kernel.Int128;
import io.neuralake.exec.kernel.Int128Kernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

/// Computes with decimals, exactly, halves rounded away from zero. Operands are decimals of any
/// precision and scale, or integers. Paths, by what the precisions prove: all in 64 bits; 64-bit
/// operands with 128-bit result; all in 128 bits with overflow flags. Where a flag was raised, rows
/// are settled one by one with big integers.
final class DecimalArithmetic implements ScalarImplementation {
    private static final int SHORT_DIGITS = DecimalType.MAX_SHORT_PRECISION;
    private static final int SAFE_DIGITS = DecimalType.MAX_PRECISION;

    private final Operation operation;
    private final DecimalType type;
    private final DecimalOperand left;
    private final DecimalOperand right;

    private DecimalArithmetic(Operation operation, DecimalType type, Type left, Type right) {
        this.operation = operation;
        this.type = type;
        this.left = DecimalOperand.of(0, left);
        this.right = DecimalOperand.of(1, right);
    }

    static ScalarImplementation bind(Operation operation, FunctionSite site) {
        return new DecimalArithmetic(
                operation,
                (DecimalType) site.resultType(),
                site.argumentType(0),
                site.argumentType(1));
    }

    @Override
    public Column evaluate(FunctionInput in) {
        return switch (operation) {
            case ADD, SUBTRACT -> sum(in);
            case MULTIPLY -> product(in);
            case DIVIDE -> DecimalDivision.divide(in, left, right, type);
            case MODULUS -> remainder(in);
        };
    }

    private Column sum(FunctionInput in) {
        int scale = Math.max(left.scale(), right.scale());
        if (scale != type.scale()) {
            return settle(in);
        }
        int digits = Math.max(left.digitsAt(scale), right.digitsAt(scale));
        if (!left.wide() && !right.wide() && digits <= SHORT_DIGITS) {
            return narrowSum(in, scale, digits + 1);
        }
        MemorySegment l = wideRows(in, left).segment();
        MemorySegment r = wideRows(in, right).segment();
        long overflow = left.wide(in, scale, l) | right.wide(in, scale, r);
        DataBuffer to = in.memory().scratch((long) Int128.BYTES * in.rowCount());
        overflow |=
                operation == Operation.ADD
                        ? Int128Kernels.add(
                                l, in.mask(0), r, in.mask(1), in.rowCount(), to.segment())
                        : Int128Kernels.subtract(
                                l, in.mask(0), r, in.mask(1), in.rowCount(), to.segment());
        return finishWide(in, to, overflow, digits + 1);
    }

    private static DataBuffer wideRows(FunctionInput in, DecimalOperand operand) {
        return in.memory().scratch((long) Int128.BYTES * in.rows(operand.argument()).rowCount());
    }

    private Column narrowSum(FunctionInput in, int scale, int digits) {
        MemorySegment l = left.narrow(in, scale);
        MemorySegment r = right.narrow(in, scale);
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        int rows = in.rowCount();
        DataBuffer buffer = in.memory().scratch(8L * rows);
        MemorySegment to = buffer.segment();
        if (operation == Operation.ADD) {
            for (int i = 0; i < rows; i++) {
                long a = NativeMemory.getLong(l, (long) (i & leftMask) << 3);
                NativeMemory.setLong(
                        to,
                        (long) i << 3,
                        a + NativeMemory.getLong(r, (long) (i & rightMask) << 3));
            }
        } else {
            for (int i = 0; i < rows; i++) {
                long a = NativeMemory.getLong(l, (long) (i & leftMask) << 3);
                NativeMemory.setLong(
                        to,
                        (long) i << 3,
                        a - NativeMemory.getLong(r, (long) (i & rightMask) << 3));
            }
        }
        return finishNarrow(in, buffer, digits);
    }

    /// Makes the result of 64-bit values of at most so many digits.
    private Column finishNarrow(FunctionInput in, DataBuffer values, int digits) {
        int rows = in.rowCount();
        if (type.isShort()) {
            if (digits > type.precision()
                    && exceeds(values.segment(), Int128.power10(type.precision()), rows)) {
                return settle(in);
            }
            return in.result(type, values);
        }
        DataBuffer to = in.memory().scratch((long) Int128.BYTES * rows);
        Int128Kernels.widen(values.segment(), rows, to.segment());
        return in.result(type, to);
    }

    static boolean exceeds(MemorySegment values, long limit, int rows) {
        long exceeds = 0;
        for (int i = 0; i < rows; i++) {
            long value = NativeMemory.getLong(values, (long) i << 3);
            exceeds |= (limit - 1 - value) | (limit - 1 + value);
        }
        return exceeds < 0;
    }

    /// Makes the result of 128-bit values of at most so many digits.
    private Column finishWide(FunctionInput in, DataBuffer values, long overflow, int digits) {
        int rows = in.rowCount();
        boolean suspect = overflow < 0;
        if (!suspect && (digits > type.precision() || digits > SAFE_DIGITS)) {
            suspect = Int128Kernels.exceeds(values.segment(), type.precision(), rows) < 0;
        }
        if (suspect) {
            return settle(in);
        }
        if (!type.isShort()) {
            return in.result(type, values);
        }
        DataBuffer to = in.memory().scratch(8L * rows);
        Int128Kernels.narrow(values.segment(), rows, to.segment());
        return in.result(type, to);
    }

    private Column product(FunctionInput in) {
        if (left.scale() + right.scale() != type.scale()) {
            return settle(in);
        }
        int digits = left.digits() + right.digits();
        int rows = in.rowCount();
        if (left.wide() || right.wide()) {
            DataBuffer to = in.memory().scratch((long) Int128.BYTES * rows);
            long overflow =
                    Int128Kernels.multiply(
                            left.wide(in),
                            in.mask(0),
                            right.wide(in),
                            in.mask(1),
                            rows,
                            to.segment());
            return finishWide(in, to, overflow, digits);
        }
        MemorySegment l = left.narrow(in);
        MemorySegment r = right.narrow(in);
        if (digits > SHORT_DIGITS) {
            DataBuffer to = in.memory().scratch((long) Int128.BYTES * rows);
            Int128Kernels.multiplyWide(l, in.mask(0), r, in.mask(1), rows, to.segment());
            return finishWide(in, to, 0, digits);
        }
        DataBuffer buffer = in.memory().scratch(8L * rows);
        MemorySegment to = buffer.segment();
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        for (int i = 0; i < rows; i++) {
            long a = NativeMemory.getLong(l, (long) (i & leftMask) << 3);
            NativeMemory.setLong(
                    to, (long) i << 3, a * NativeMemory.getLong(r, (long) (i & rightMask) << 3));
        }
        return finishNarrow(in, buffer, digits);
    }

    private Column remainder(FunctionInput in) {
        int scale = Math.max(left.scale(), right.scale());
        if (scale != type.scale()
                || !type.isShort()
                || left.wide()
                || right.wide()
                || left.digitsAt(scale) > SHORT_DIGITS
                || right.digitsAt(scale) > SHORT_DIGITS) {
            return settle(in);
        }
        MemorySegment l = left.narrow(in, scale);
        MemorySegment r = right.narrow(in, scale);
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        MemorySegment to = buffer.segment();
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long divisor = NativeMemory.getLong(r, (long) (i & rightMask) << 3);
            if (divisor == 0) {
                throw RowErrors.divisionByZero();
            }
            NativeMemory.setLong(
                    to,
                    (long) i << 3,
                    NativeMemory.getLong(l, (long) (i & leftMask) << 3) % divisor);
        }
        return finishNarrow(in, buffer, SHORT_DIGITS);
    }

    /// Computes every live row with big integers. Throws 22003 for one that does not fit.
    private Column settle(FunctionInput in) {
        MemorySegment l = left.own(in);
        MemorySegment r = right.own(in);
        DataBuffer to = in.memory().scratchZeroed((long) type.physical().width() * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            BigInteger a = left.exact(in, l, i);
            BigInteger b = right.exact(in, r, i);
            BigInteger result =
                    DecimalMath.exact(operation, a, left.scale(), b, right.scale(), type.scale());
            store(to.segment(), i, result);
        }
        return in.result(type, to);
    }

    private void store(MemorySegment to, int row, BigInteger value) {
        store(type, to, row, value, operation.symbol());
    }

    /// Stores an unscaled value. Throws 22003 when it has too many digits.
    static void store(
            DecimalType type, MemorySegment to, int row, BigInteger value, String expression) {
        if (!DecimalMath.fits(value, type.precision())) {
            throw RowErrors.overflow(type, expression);
        }
        if (type.isShort()) {
            NativeMemory.setLong(to, (long) row << 3, value.longValue());
        } else {
            Int128.set(to, row, value.longValue(), value.shiftRight(64).longValue());
        }
    }

    /// Computes `-x`.
    static ScalarImplementation negate(DecimalType type) {
        return in -> {
            int rows = in.rowCount();
            int mask = in.mask(0);
            MemorySegment from = in.values(0);
            DataBuffer buffer = in.memory().scratch((long) rows * type.physical().width());
            MemorySegment to = buffer.segment();
            for (int i = 0; i < rows; i++) {
                int at = i & mask;
                if (type.isShort()) {
                    NativeMemory.setLong(
                            to, (long) i << 3, -NativeMemory.getLong(from, (long) at << 3));
                } else {
                    long low = -Int128.low(from, at);
                    long high = ~Int128.high(from, at) + (low == 0 ? 1 : 0);
                    Int128.set(to, i, low, high);
                }
            }
            return in.result(type, buffer);
        };
    }
}
