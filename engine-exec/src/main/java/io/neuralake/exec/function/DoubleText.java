package io.neuralake.exec.function;

import java.math.BigDecimal;

/// Writes doubles in the shortest form that reads back the same: plain from 1e-4 to below 1e16, else
/// with an exponent of two or more digits, as DuckDB does.
public final class DoubleText {
    private static final int MAX_PLAIN_EXPONENT = 16;
    private static final int MIN_PLAIN_EXPONENT = -4;

    private DoubleText() {}

    /// Writes a double.
    public static String of(double value) {
        if (!Double.isFinite(value) || value == 0) {
            return special(value);
        }
        return format(new BigDecimal(Double.toString(value)));
    }

    /// Writes a float.
    public static String of(float value) {
        if (!Float.isFinite(value) || value == 0) {
            return special(value);
        }
        return format(new BigDecimal(Float.toString(value)));
    }

    private static String special(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        return value > 0 ? "inf" : "-inf";
    }

    private static String format(BigDecimal exact) {
        BigDecimal value = exact.stripTrailingZeros();
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= MIN_PLAIN_EXPONENT && exponent < MAX_PLAIN_EXPONENT) {
            return value.scale() <= 0 ? value.toBigInteger() + ".0" : value.toPlainString();
        }
        String digits = value.unscaledValue().abs().toString();
        StringBuilder text = new StringBuilder();
        if (value.signum() < 0) {
            text.append('-');
        }
        text.append(digits.charAt(0));
        if (digits.length() > 1) {
            text.append('.').append(digits, 1, digits.length());
        }
        text.append('e').append(exponent < 0 ? '-' : '+');
        int magnitude = Math.abs(exponent);
        if (magnitude < 10) {
            text.append('0');
        }
        return text.append(magnitude).toString();
    }
}
