package io.neuralake.exec.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Computes one value at a time in plain loops.
public final class ScalarArithmeticKernels implements ArithmeticKernels {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    @Override
    public long addInt64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        long overflow = 0;
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            long a = left.get(LONG, at);
            long b = right.get(LONG, at);
            long r = a + b;
            overflow |= (a ^ r) & (b ^ r);
            to.set(LONG, at, r);
        }
        return overflow;
    }

    @Override
    public long addInt64(MemorySegment left, long right, int rowCount, MemorySegment to) {
        long overflow = 0;
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            long a = left.get(LONG, at);
            long b = right;
            long r = a + b;
            overflow |= (a ^ r) & (b ^ r);
            to.set(LONG, at, r);
        }
        return overflow;
    }

    @Override
    public long subtractInt64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        long overflow = 0;
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            long a = left.get(LONG, at);
            long b = right.get(LONG, at);
            long r = a - b;
            overflow |= (a ^ b) & (a ^ r);
            to.set(LONG, at, r);
        }
        return overflow;
    }

    @Override
    public long subtractInt64(long left, MemorySegment right, int rowCount, MemorySegment to) {
        long overflow = 0;
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            long a = left;
            long b = right.get(LONG, at);
            long r = a - b;
            overflow |= (a ^ b) & (a ^ r);
            to.set(LONG, at, r);
        }
        return overflow;
    }

    @Override
    public void multiplyInt64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            long a = left.get(LONG, at);
            long b = right.get(LONG, at);
            long r = a * b;
            to.set(LONG, at, r);
        }
    }

    @Override
    public void multiplyInt64(MemorySegment left, long right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            long a = left.get(LONG, at);
            long b = right;
            long r = a * b;
            to.set(LONG, at, r);
        }
    }

    @Override
    public void addFloat64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            double a = left.get(DOUBLE, at);
            double b = right.get(DOUBLE, at);
            double r = a + b;
            to.set(DOUBLE, at, r);
        }
    }

    @Override
    public void addFloat64(MemorySegment left, double right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            double a = left.get(DOUBLE, at);
            double b = right;
            double r = a + b;
            to.set(DOUBLE, at, r);
        }
    }

    @Override
    public void subtractFloat64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            double a = left.get(DOUBLE, at);
            double b = right.get(DOUBLE, at);
            double r = a - b;
            to.set(DOUBLE, at, r);
        }
    }

    @Override
    public void subtractFloat64(double left, MemorySegment right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            double a = left;
            double b = right.get(DOUBLE, at);
            double r = a - b;
            to.set(DOUBLE, at, r);
        }
    }

    @Override
    public void multiplyFloat64(
            MemorySegment left, MemorySegment right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            double a = left.get(DOUBLE, at);
            double b = right.get(DOUBLE, at);
            double r = a * b;
            to.set(DOUBLE, at, r);
        }
    }

    @Override
    public void multiplyFloat64(MemorySegment left, double right, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long at = (long) i << 3;
            double a = left.get(DOUBLE, at);
            double b = right;
            double r = a * b;
            to.set(DOUBLE, at, r);
        }
    }
}
