package io.neuralake.exec.kernel;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;

/// Reads, writes and tables of 128-bit integers: two's complement, low 64 bits first. Rows are not checked,
/// see [NativeMemory]: no compiler vectorizes sums with a carry, and checks took two thirds of an addition.
public final class Int128 {
    /// Bytes of a value.
    public static final int BYTES = 16;

    private static final int MAX_DIGITS = 38;
    private static final long[] POWERS = new long[19];
    private static final long[] POWERS_LOW = new long[MAX_DIGITS + 1];
    private static final long[] POWERS_HIGH = new long[MAX_DIGITS + 1];

    static {
        BigInteger power = BigInteger.ONE;
        for (int i = 0; i <= MAX_DIGITS; i++) {
            if (i < POWERS.length) {
                POWERS[i] = power.longValueExact();
            }
            POWERS_LOW[i] = power.longValue();
            POWERS_HIGH[i] = power.shiftRight(64).longValue();
            power = power.multiply(BigInteger.TEN);
        }
    }

    private Int128() {}

    /// Returns 10 to the power of 0 to 18.
    public static long power10(int exponent) {
        return POWERS[exponent];
    }

    /// Returns the low half of 10 to the power of 0 to 38.
    public static long power10Low(int exponent) {
        return POWERS_LOW[exponent];
    }

    /// Returns the high half of 10 to the power of 0 to 38.
    public static long power10High(int exponent) {
        return POWERS_HIGH[exponent];
    }

    /// Returns the low half of a row.
    public static long low(MemorySegment values, int row) {
        return NativeMemory.getLong(values, (long) row << 4);
    }

    /// Returns the high half of a row.
    public static long high(MemorySegment values, int row) {
        return NativeMemory.getLong(values, ((long) row << 4) + 8);
    }

    /// Stores a row.
    public static void set(MemorySegment values, int row, long low, long high) {
        NativeMemory.setLong(values, (long) row << 4, low);
        NativeMemory.setLong(values, ((long) row << 4) + 8, high);
    }

    /// Returns a row as a big integer. Slow path.
    public static BigInteger get(MemorySegment values, int row) {
        return of(low(values, row), high(values, row));
    }

    /// Joins two halves. Slow path.
    public static BigInteger of(long low, long high) {
        BigInteger upper = BigInteger.valueOf(high).shiftLeft(64);
        BigInteger lower =
                BigInteger.valueOf(low >>> 1).shiftLeft(1).or(BigInteger.valueOf(low & 1));
        return upper.or(lower);
    }

    /// Compares two values by their halves.
    public static int compare(long low, long high, long otherLow, long otherHigh) {
        return high != otherHigh
                ? Long.compare(high, otherHigh)
                : Long.compareUnsigned(low, otherLow);
    }

    /// Tells whether the magnitude is below 10 to the power of `precision`.
    public static boolean fits(long low, long high, int precision) {
        long limitLow = POWERS_LOW[precision];
        long limitHigh = POWERS_HIGH[precision];
        return compare(low, high, limitLow, limitHigh) < 0
                && compare(low, high, -limitLow, limitLow == 0 ? -limitHigh : ~limitHigh) > 0;
    }

    /// Returns the nearest double.
    public static double toDouble(long low, long high) {
        if (high == low >> 63) {
            return low;
        }
        return of(low, high).doubleValue();
    }
}
