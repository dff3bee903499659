package io.neuralake.exec.function;

import io.neuralake.exec.function.IntegerArithmetic.Operation;
import io.neuralake.exec.kernel.Int128;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// Exact decimal arithmetic on big integers, the slow path that settles rows on which the fast ones
/// do not suffice, and the division of 128 by 64 bits.
final class DecimalMath {
    private static final long LOW_HALF = 0xFFFF_FFFFL;

    private DecimalMath() {}

    /// Computes an operation on unscaled values exactly, rounding halves away from zero.
    ///
    /// @param scale the scale of the result
    static BigInteger exact(
            Operation operation,
            BigInteger left,
            int leftScale,
            BigInteger right,
            int rightScale,
            int scale) {
        BigDecimal a = new BigDecimal(left, leftScale);
        BigDecimal b = new BigDecimal(right, rightScale);
        BigDecimal result =
                switch (operation) {
                    case ADD -> a.add(b);
                    case SUBTRACT -> a.subtract(b);
                    case MULTIPLY -> a.multiply(b);
                    case DIVIDE -> {
                        if (b.signum() == 0) {
                            throw RowErrors.divisionByZero();
                        }
                        yield a.divide(b, scale, RoundingMode.HALF_UP);
                    }
                    case MODULUS -> {
                        if (b.signum() == 0) {
                            throw RowErrors.divisionByZero();
                        }
                        yield a.remainder(b);
                    }
                };
        return result.setScale(scale, RoundingMode.HALF_UP).unscaledValue();
    }

    /// Tells whether the magnitude has at most so many digits.
    static boolean fits(BigInteger value, int precision) {
        return value.bitLength() <= 127
                && Int128.fits(value.longValue(), value.shiftRight(64).longValue(), precision);
    }

    /// Divides an unsigned 128-bit number by an unsigned 64-bit one, when the quotient fits 64 bits
    /// (`high < divisor`). From Hacker's Delight, second edition, figure 9-3.
    static long divideUnsigned(long high, long low, long divisor) {
        if (high == 0) {
            return Long.divideUnsigned(low, divisor);
        }
        int shift = Long.numberOfLeadingZeros(divisor);
        long v = divisor << shift;
        long v1 = v >>> 32;
        long v0 = v & LOW_HALF;
        long u = shift == 0 ? high : high << shift | low >>> (64 - shift);
        long rest = low << shift;
        long q1 = digit(u, rest >>> 32, v1, v0);
        u = (u << 32 | rest >>> 32) - q1 * v;
        long q0 = digit(u, rest & LOW_HALF, v1, v0);
        return (q1 << 32) + q0;
    }

    private static long digit(long u, long next, long v1, long v0) {
        long q = Long.divideUnsigned(u, v1);
        long r = u - q * v1;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * v0, r << 32 | next) > 0) {
            q--;
            r += v1;
            if (r >>> 32 != 0) {
                break;
            }
        }
        return q;
    }

    /// Rounds half up: tells whether the remainder of an unsigned division is at least half.
    static boolean atLeastHalf(long remainder, long divisor) {
        return Long.compareUnsigned(remainder, divisor - remainder) >= 0;
    }
}
