package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.math.BigDecimal;
import java.math.BigInteger;

/// Arithmetic of 128-bit integers held as two words.
final class Int128 {
    private static final double TWO_64 = 0x1p64;

    private Int128() {}

    static int compare(long leftHigh, long leftLow, long rightHigh, long rightLow) {
        return leftHigh != rightHigh
                ? Long.compare(leftHigh, rightHigh)
                : Long.compareUnsigned(leftLow, rightLow);
    }

    /// Returns the nearest double; exact for values of up to 53 bits.
    static double toDouble(long high, long low) {
        if (high == low >> 63) {
            return low;
        }
        return toBigInteger(high, low).doubleValue();
    }

    /// Returns an approximation, good enough to tell whether a value fits.
    static double magnitude(long high, long low) {
        return Math.abs(high * TWO_64 + (low >>> 1) * 2.0);
    }

    static BigInteger toBigInteger(long high, long low) {
        BigInteger unsignedLow =
                BigInteger.valueOf(low >>> 1).shiftLeft(1).or(BigInteger.valueOf(low & 1));
        return BigInteger.valueOf(high).shiftLeft(64).or(unsignedLow);
    }

    /// Returns the double nearest to the exact quotient of a sum of decimals and a count.
    static double average(long high, long low, int scale, long count) {
        if (high == low >> 63 && Math.abs(low) < 1L << 53 && scale == 0) {
            return (double) low / count;
        }
        if (high == low >> 63 && scale <= 22 && Math.abs(low) < 1L << 53) {
            double divisor = Math.pow(10, scale) * count;
            if (divisor < 1L << 53) {
                return low / divisor; // both exact, so that one rounding is left
            }
        }
        return new BigDecimal(toBigInteger(high, low), scale)
                .divide(BigDecimal.valueOf(count), java.math.MathContext.DECIMAL128)
                .doubleValue();
    }

    static NeuralakeException overflow(String what) {
        return new NeuralakeException(
                ErrorCode.NUMERIC_OUT_OF_RANGE, "Number out of range: " + what);
    }
}
