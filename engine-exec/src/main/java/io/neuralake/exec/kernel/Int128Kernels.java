package io.neuralake.exec.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Computes on columns of 128-bit integers, branch-free where HotSpot allows. Kernels that can
/// overflow return a negative number when any row did, null and unselected rows included. Masks are
/// 0 for a constant operand (one row) and -1 for a column.
public final class Int128Kernels {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private Int128Kernels() {}

    /// Extends int64 by its sign.
    public static void widen(MemorySegment from, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long value = from.get(LONG, (long) i << 3);
            Int128.set(to, i, value, value >> 63);
        }
    }

    /// Multiplies int64 with an int64 factor into 128 bits, which cannot overflow.
    public static void widenScaled(
            MemorySegment from, long factor, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long value = from.get(LONG, (long) i << 3);
            Int128.set(to, i, value * factor, Math.multiplyHigh(value, factor));
        }
    }

    /// Multiplies two columns of int64 into 128 bits, which cannot overflow.
    public static void multiplyWide(
            MemorySegment left,
            int leftMask,
            MemorySegment right,
            int rightMask,
            int rowCount,
            MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            long a = left.get(LONG, (long) (i & leftMask) << 3);
            long b = right.get(LONG, (long) (i & rightMask) << 3);
            Int128.set(to, i, a * b, Math.multiplyHigh(a, b));
        }
    }

    /// Adds.
    public static long add(
            MemorySegment left,
            int leftMask,
            MemorySegment right,
            int rightMask,
            int rowCount,
            MemorySegment to) {
        long overflow = 0;
        for (int i = 0; i < rowCount; i++) {
            int l = i & leftMask;
            int r = i & rightMask;
            long leftHigh = Int128.high(left, l);
            long rightHigh = Int128.high(right, r);
            long leftLow = Int128.low(left, l);
            long low = leftLow + Int128.low(right, r);
            int carry = Long.compareUnsigned(low, leftLow) >>> 31;
            long high = leftHigh + rightHigh + carry;
            overflow |= (leftHigh ^ high) & (rightHigh ^ high);
            Int128.set(to, i, low, high);
        }
        return overflow;
    }

    /// Subtracts.
    public static long subtract(
            MemorySegment left,
            int leftMask,
            MemorySegment right,
            int rightMask,
            int rowCount,
            MemorySegment to) {
        long overflow = 0;
        for (int i = 0; i < rowCount; i++) {
            int l = i & leftMask;
            int r = i & rightMask;
            long leftHigh = Int128.high(left, l);
            long rightHigh = Int128.high(right, r);
            long leftLow = Int128.low(left, l);
            long rightLow = Int128.low(right, r);
            int borrow = Long.compareUnsigned(leftLow, rightLow) >>> 31;
            long high = leftHigh - rightHigh - borrow;
            overflow |= (leftHigh ^ rightHigh) & (leftHigh ^ high);
            Int128.set(to, i, leftLow - rightLow, high);
        }
        return overflow;
    }

    /// Multiplies. Reports an overflow of 127 bits; it may report one for products whose magnitude
    /// is at least 2 to the power of 126.
    public static long multiply(
            MemorySegment left,
            int leftMask,
            MemorySegment right,
            int rightMask,
            int rowCount,
            MemorySegment to) {
        long overflow = 0;
        for (int i = 0; i < rowCount; i++) {
            int l = i & leftMask;
            int r = i & rightMask;
            long aLow = Int128.low(left, l);
            long aHigh = Int128.high(left, l);
            long bLow = Int128.low(right, r);
            long bHigh = Int128.high(right, r);
            long low = aLow * bLow;
            long high = Math.unsignedMultiplyHigh(aLow, bLow) + aHigh * bLow + aLow * bHigh;
            int bits = bits(aLow, aHigh) + bits(bLow, bHigh);
            overflow |= 126L - bits;
            Int128.set(to, i, low, high);
        }
        return overflow;
    }

    /// Returns the bits of a magnitude, one's complement for negative numbers.
    private static int bits(long low, long high) {
        long sign = high >> 63;
        long h = high ^ sign;
        long l = low ^ sign;
        return h != 0 ? 128 - Long.numberOfLeadingZeros(h) : 64 - Long.numberOfLeadingZeros(l);
    }

    /// Returns a negative number when a magnitude reaches 10 to the power of `precision`.
    public static long exceeds(MemorySegment values, int precision, int rowCount) {
        long limitLow = Int128.power10Low(precision);
        long limitHigh = Int128.power10High(precision);
        long exceeds = 0;
        for (int i = 0; i < rowCount; i++) {
            long high = Int128.high(values, i);
            long low = Int128.low(values, i);
            long sign = high >> 63;
            // magnitude less one for negative numbers: their limit differs by one and is exact too
            long borrow = low == 0 ? sign : 0;
            long h = high + borrow ^ sign;
            long l = low + sign ^ sign;
            boolean less = h < limitHigh | (h == limitHigh & Long.compareUnsigned(l, limitLow) < 0);
            exceeds |= less ? 0 : -1;
        }
        return exceeds;
    }

    /// Takes the low halves, where the values fit.
    public static void narrow(MemorySegment from, int rowCount, MemorySegment to) {
        for (int i = 0; i < rowCount; i++) {
            to.set(LONG, (long) i << 3, Int128.low(from, i));
        }
    }
}
