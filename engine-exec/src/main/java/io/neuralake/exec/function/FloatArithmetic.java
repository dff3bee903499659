package io.neuralake.exec.function;

import io.neuralake.exec.function.IntegerArithmetic.Operation;
import io.neuralake.exec.kernel.ArithmeticKernels;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Computes with REAL and DOUBLE by IEEE 754; a zero divisor is an error, as in PostgreSQL. Operands
/// have the result's type.
final class FloatArithmetic {
    private static final ArithmeticKernels KERNELS =
            ArithmeticKernels.best(SimdCapabilities.detected());

    private FloatArithmetic() {}

    static ScalarImplementation bind(Operation operation, Type type) {
        return type == ScalarType.REAL
                ? input -> real(input, operation)
                : input -> evaluate(input, operation);
    }

    private static Column evaluate(FunctionInput in, Operation operation) {
        MemorySegment left = in.values(0);
        MemorySegment right = in.values(1);
        int rows = in.rowCount();
        DataBuffer buffer = in.memory().scratch(8L * rows);
        MemorySegment to = buffer.segment();
        switch (operation) {
            case ADD -> {
                if (in.isConstant(0)) {
                    KERNELS.addFloat64(right, NativeMemory.getDouble(left, 0), rows, to);
                } else if (in.isConstant(1)) {
                    KERNELS.addFloat64(left, NativeMemory.getDouble(right, 0), rows, to);
                } else {
                    KERNELS.addFloat64(left, right, rows, to);
                }
            }
            case SUBTRACT -> {
                if (in.isConstant(0)) {
                    KERNELS.subtractFloat64(NativeMemory.getDouble(left, 0), right, rows, to);
                } else if (in.isConstant(1)) {
                    KERNELS.addFloat64(left, -NativeMemory.getDouble(right, 0), rows, to);
                } else {
                    KERNELS.subtractFloat64(left, right, rows, to);
                }
            }
            case MULTIPLY -> {
                if (in.isConstant(0)) {
                    KERNELS.multiplyFloat64(right, NativeMemory.getDouble(left, 0), rows, to);
                } else if (in.isConstant(1)) {
                    KERNELS.multiplyFloat64(left, NativeMemory.getDouble(right, 0), rows, to);
                } else {
                    KERNELS.multiplyFloat64(left, right, rows, to);
                }
            }
            case DIVIDE -> divide(in, left, right, to);
            case MODULUS -> modulus(in, left, right, to);
        }
        return in.result(ScalarType.DOUBLE, buffer);
    }

    private static void divide(
            FunctionInput in, MemorySegment left, MemorySegment right, MemorySegment to) {
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        boolean zero = false;
        for (int i = 0; i < in.rowCount(); i++) {
            double divisor = NativeMemory.getDouble(right, (long) (i & rightMask) << 3);
            zero |= divisor == 0;
            NativeMemory.setDouble(
                    to,
                    (long) i << 3,
                    NativeMemory.getDouble(left, (long) (i & leftMask) << 3) / divisor);
        }
        if (zero) {
            requireDivisor(in, right, rightMask);
        }
    }

    private static void modulus(
            FunctionInput in, MemorySegment left, MemorySegment right, MemorySegment to) {
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        requireDivisor(in, right, rightMask);
        for (int i = 0; i < in.rowCount(); i++) {
            double divisor = NativeMemory.getDouble(right, (long) (i & rightMask) << 3);
            NativeMemory.setDouble(
                    to,
                    (long) i << 3,
                    NativeMemory.getDouble(left, (long) (i & leftMask) << 3) % divisor);
        }
    }

    private static void requireDivisor(FunctionInput in, MemorySegment right, int mask) {
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (NativeMemory.getDouble(right, (long) (i & mask) << 3) == 0) {
                throw RowErrors.divisionByZero();
            }
        }
    }

    private static Column real(FunctionInput in, Operation operation) {
        MemorySegment left = in.values(0);
        MemorySegment right = in.values(1);
        int leftMask = in.mask(0);
        int rightMask = in.mask(1);
        DataBuffer buffer = in.memory().scratch(4L * in.rowCount());
        MemorySegment to = buffer.segment();
        boolean divides = operation == Operation.DIVIDE || operation == Operation.MODULUS;
        for (int i = in.next(0); divides && i >= 0; i = in.next(i + 1)) {
            if (NativeMemory.getFloat(right, (long) (i & rightMask) << 2) == 0) {
                throw RowErrors.divisionByZero();
            }
        }
        for (int i = 0; i < in.rowCount(); i++) {
            float a = NativeMemory.getFloat(left, (long) (i & leftMask) << 2);
            float b = NativeMemory.getFloat(right, (long) (i & rightMask) << 2);
            float result =
                    switch (operation) {
                        case ADD -> a + b;
                        case SUBTRACT -> a - b;
                        case MULTIPLY -> a * b;
                        case DIVIDE -> a / b;
                        case MODULUS -> a % b;
                    };
            NativeMemory.setFloat(to, (long) i << 2, result);
        }
        return in.result(ScalarType.REAL, buffer);
    }

    /// Computes `-x`.
    static ScalarImplementation negate(Type type) {
        return input -> {
            int rows = input.rowCount();
            int mask = input.mask(0);
            MemorySegment from = input.values(0);
            DataBuffer buffer = input.memory().scratch((long) rows * type.physical().width());
            MemorySegment to = buffer.segment();
            for (int i = 0; i < rows; i++) {
                if (type == ScalarType.REAL) {
                    NativeMemory.setFloat(
                            to,
                            (long) i << 2,
                            -NativeMemory.getFloat(from, (long) (i & mask) << 2));
                } else {
                    NativeMemory.setDouble(
                            to,
                            (long) i << 3,
                            -NativeMemory.getDouble(from, (long) (i & mask) << 3));
                }
            }
            return input.result(type, buffer);
        };
    }
}
