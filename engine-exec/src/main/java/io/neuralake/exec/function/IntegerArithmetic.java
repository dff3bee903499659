package io.neuralake.exec.function;

import io.neuralake.exec.kernel.ArithmeticKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Computes with integers. Operands have the result's type. BIGINT by kernels; narrower types in
/// int64 with a range check. An overflow anywhere in the batch makes the batch run again row by row,
/// which raises it only for a live row.
final class IntegerArithmetic {
    private static final ArithmeticKernels KERNELS =
            ArithmeticKernels.best(SimdCapabilities.detected());

    /// Names the operations.
    enum Operation {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        MODULUS("%");

        private final String symbol;

        Operation(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    private IntegerArithmetic() {}

    static ScalarImplementation bind(Operation operation, Type type) {
        return input -> evaluate(input, operation, type);
    }

    private static Column evaluate(FunctionInput input, Operation operation, Type type) {
        MemorySegment left = Int64Arguments.of(input, 0);
        MemorySegment right = Int64Arguments.of(input, 1);
        int rows = input.rowCount();
        DataBuffer buffer = input.memory().scratch(8L * rows);
        MemorySegment to = buffer.segment();
        boolean suspect =
                switch (operation) {
                    case ADD -> add(input, left, right, to) < 0;
                    case SUBTRACT -> subtract(input, left, right, to) < 0;
                    case MULTIPLY -> multiply(input, left, right, to) != 0;
                    case DIVIDE, MODULUS -> true;
                };
        if (suspect) {
            exact(input, operation, type, left, right, to);
        }
        return type.physical().width() == 8
                ? input.result(type, buffer)
                : IntegerNarrowing.narrow(input, type, to, operation.symbol());
    }

    private static long add(
            FunctionInput in, MemorySegment left, MemorySegment right, MemorySegment to) {
        int rows = in.rowCount();
        if (in.isConstant(0)) {
            return in.isConstant(1)
                    ? KERNELS.addInt64(left, right, rows, to)
                    : KERNELS.addInt64(right, NativeMemory.getLong(left, 0), rows, to);
        }
        return in.isConstant(1)
                ? KERNELS.addInt64(left, NativeMemory.getLong(right, 0), rows, to)
                : KERNELS.addInt64(left, right, rows, to);
    }

    private static long subtract(
            FunctionInput in, MemorySegment left, MemorySegment right, MemorySegment to) {
        int rows = in.rowCount();
        if (in.isConstant(1)
                && !in.isConstant(0)
                && NativeMemory.getLong(right, 0) != Long.MIN_VALUE) {
            return KERNELS.addInt64(left, -NativeMemory.getLong(right, 0), rows, to);
        }
        if (in.isConstant(0) && !in.isConstant(1)) {
            return KERNELS.subtractInt64(NativeMemory.getLong(left, 0), right, rows, to);
        }
        return in.isConstant(0) == in.isConstant(1)
                ? KERNELS.subtractInt64(left, right, rows, to)
                : -1;
    }

    /// Multiplies and returns bits that are set where a product does not fit 64 bits.
    private static long multiply(
            FunctionInput in, MemorySegment left, MemorySegment right, MemorySegment to) {
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        int rows = in.rowCount();
        long overflow = 0;
        for (int i = 0; i < rows; i++) {
            long a = NativeMemory.getLong(left, (long) (i & leftMask) << 3);
            long b = NativeMemory.getLong(right, (long) (i & rightMask) << 3);
            long product = a * b;
            overflow |= Math.multiplyHigh(a, b) ^ product >> 63;
            NativeMemory.setLong(to, (long) i << 3, product);
        }
        return overflow;
    }

    private static void exact(
            FunctionInput in,
            Operation operation,
            Type type,
            MemorySegment left,
            MemorySegment right,
            MemorySegment to) {
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long a = NativeMemory.getLong(left, (long) (i & leftMask) << 3);
            long b = NativeMemory.getLong(right, (long) (i & rightMask) << 3);
            NativeMemory.setLong(to, (long) i << 3, exact(operation, type, a, b));
        }
    }

    private static long exact(Operation operation, Type type, long a, long b) {
        try {
            return switch (operation) {
                case ADD -> Math.addExact(a, b);
                case SUBTRACT -> Math.subtractExact(a, b);
                case MULTIPLY -> Math.multiplyExact(a, b);
                case DIVIDE -> {
                    if (b == 0) {
                        throw RowErrors.divisionByZero();
                    }
                    yield Math.divideExact(a, b);
                }
                case MODULUS -> {
                    if (b == 0) {
                        throw RowErrors.divisionByZero();
                    }
                    yield a % b;
                }
            };
        } catch (ArithmeticException e) {
            throw RowErrors.overflow(type, a + " " + operation.symbol() + " " + b);
        }
    }

    /// Computes `-x` of integers and INTERVALs.
    static ScalarImplementation negate(Type type) {
        return input -> {
            MemorySegment from = Int64Arguments.of(input, 0);
            DataBuffer buffer = input.memory().scratch(8L * input.rowCount());
            MemorySegment to = buffer.segment();
            int mask = input.mask(0);
            for (int i = 0; i < input.rowCount(); i++) {
                NativeMemory.setLong(
                        to, (long) i << 3, -NativeMemory.getLong(from, (long) (i & mask) << 3));
            }
            if (type.physical().width() < 8) {
                return IntegerNarrowing.narrow(input, type, to, "-");
            }
            for (int i = input.next(0); i >= 0; i = input.next(i + 1)) {
                if (NativeMemory.getLong(to, (long) i << 3) == Long.MIN_VALUE) {
                    throw RowErrors.overflow(type, "-(" + Long.MIN_VALUE + ")");
                }
            }
            return input.result(type, buffer);
        };
    }

    /// Tells whether a type is an integer.
    static boolean isInteger(Type type) {
        return type instanceof ScalarType
                && TypeFamily.INTEGER.contains(type)
                && type != ScalarType.NULL;
    }
}
