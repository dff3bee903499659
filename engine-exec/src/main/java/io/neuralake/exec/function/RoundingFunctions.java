package io.neuralake.exec.function;

import io.neuralake.exec.kernel.Int128;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/// abs, sign and the functions that round, over integers, decimals and doubles. Halves are rounded
/// away from zero.
final class RoundingFunctions {
    private static final int MAX_DIGITS = 400;
    private static final double INTEGRAL = 0x1p52;

    private RoundingFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("abs", site -> in -> absolute(in, site.resultType()));
        binders.put("sign", site -> in -> sign(in, site.argumentType(0)));
        binders.put("ceil", site -> in -> round(in, site, RoundingMode.CEILING));
        binders.put("floor", site -> in -> round(in, site, RoundingMode.FLOOR));
        binders.put("round", site -> in -> round(in, site, RoundingMode.HALF_UP));
        binders.put("trunc", site -> in -> round(in, site, RoundingMode.DOWN));
    }

    private static boolean isFloating(Type type) {
        return type == ScalarType.DOUBLE || type == ScalarType.REAL;
    }

    private static boolean isWide(Type type) {
        return type instanceof DecimalType decimal && !decimal.isShort();
    }

    private static Column absolute(FunctionInput in, Type type) {
        int mask = in.mask(0);
        if (isFloating(type)) {
            MemorySegment values = NumberCasts.doubles(in, 0);
            DataBuffer buffer = in.memory().scratch(8L * in.rowCount());
            for (int i = 0; i < in.rowCount(); i++) {
                double value = NativeMemory.getDouble(values, (long) (i & mask) << 3);
                NativeMemory.setDouble(buffer.segment(), (long) i << 3, Math.abs(value));
            }
            return floating(in, type, buffer);
        }
        if (isWide(type)) {
            MemorySegment values = in.values(0);
            DataBuffer buffer = in.memory().scratch(16L * in.rowCount());
            for (int i = 0; i < in.rowCount(); i++) {
                long low = Int128.low(values, i & mask);
                long high = Int128.high(values, i & mask);
                long sign = high >> 63;
                long l = (low ^ sign) - sign;
                long h = (high ^ sign) + (sign != 0 && l == 0 ? 1 : 0);
                Int128.set(buffer.segment(), i, l, h);
            }
            return in.result(type, buffer);
        }
        MemorySegment values = Int64Arguments.of(in, 0);
        DataBuffer buffer = in.memory().scratch(8L * in.rowCount());
        for (int i = 0; i < in.rowCount(); i++) {
            long value = NativeMemory.getLong(values, (long) (i & mask) << 3);
            NativeMemory.setLong(buffer.segment(), (long) i << 3, Math.abs(value));
        }
        if (type.physical().width() < 8) {
            return IntegerNarrowing.narrow(in, type, buffer.segment(), "abs");
        }
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (NativeMemory.getLong(buffer.segment(), (long) i << 3) < 0) {
                throw RowErrors.overflow(type, "abs(" + Long.MIN_VALUE + ")");
            }
        }
        return in.result(type, buffer);
    }

    /// Lends a column of doubles, or of floats.
    private static Column floating(FunctionInput in, Type type, DataBuffer doubles) {
        if (type == ScalarType.DOUBLE) {
            return in.result(type, doubles);
        }
        DataBuffer buffer = in.memory().scratch(4L * in.rowCount());
        for (int i = 0; i < in.rowCount(); i++) {
            NativeMemory.setFloat(
                    buffer.segment(),
                    (long) i << 2,
                    (float) NativeMemory.getDouble(doubles.segment(), 8L * i));
        }
        return in.result(type, buffer);
    }

    private static Column sign(FunctionInput in, Type type) {
        int mask = in.mask(0);
        DataBuffer buffer = in.memory().scratchZeroed(in.rowCount());
        MemorySegment values =
                isFloating(type)
                        ? NumberCasts.doubles(in, 0)
                        : isWide(type) ? in.values(0) : Int64Arguments.of(in, 0);
        for (int i = 0; i < in.rowCount(); i++) {
            int at = i & mask;
            int sign;
            if (isFloating(type)) {
                double value = NativeMemory.getDouble(values, (long) at << 3);
                sign = value > 0 ? 1 : value < 0 ? -1 : 0;
            } else if (isWide(type)) {
                long high = Int128.high(values, at);
                sign = high < 0 ? -1 : (high | Int128.low(values, at)) == 0 ? 0 : 1;
            } else {
                sign = Long.signum(NativeMemory.getLong(values, (long) at << 3));
            }
            NativeMemory.setByte(buffer.segment(), i, (byte) sign);
        }
        return in.result(ScalarType.TINYINT, buffer);
    }

    private static Column round(FunctionInput in, FunctionSite site, RoundingMode mode) {
        Type from = site.argumentType(0);
        Type to = site.resultType();
        if (isFloating(from)) {
            return doubles(in, to, mode);
        }
        if (from instanceof DecimalType source && to instanceof DecimalType target) {
            return decimals(in, source, target, mode);
        }
        return in.arguments().size() == 1 ? in.argument(0) : integers(in, to, mode);
    }

    private static int digits(FunctionInput in, int row) {
        if (in.arguments().size() == 1) {
            return 0;
        }
        long digits = NativeMemory.getLong(in.values(1), (long) (row & in.mask(1)) << 3);
        return Math.clamp(digits, -MAX_DIGITS, MAX_DIGITS);
    }

    private static Column doubles(FunctionInput in, Type type, RoundingMode mode) {
        MemorySegment values = NumberCasts.doubles(in, 0);
        int mask = in.mask(0);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            double value = NativeMemory.getDouble(values, (long) (i & mask) << 3);
            int digits = digits(in, i);
            double result = digits == 0 ? whole(value, mode) : atDigits(value, digits, mode);
            NativeMemory.setDouble(buffer.segment(), (long) i << 3, result);
        }
        return floating(in, type, buffer);
    }

    private static double whole(double value, RoundingMode mode) {
        if (!(Math.abs(value) < INTEGRAL)) {
            return value;
        }
        return switch (mode) {
            case CEILING -> Math.ceil(value);
            case FLOOR -> Math.floor(value);
            case DOWN -> value < 0 ? Math.ceil(value) : Math.floor(value);
            default -> Math.copySign(Math.floor(Math.abs(value) + half(value)), value);
        };
    }

    /// Returns one half, or 0 for the greatest double below it, whose sum would round up.
    private static double half(double value) {
        return Math.abs(value) == 0.49999999999999994 ? 0 : 0.5;
    }

    private static double atDigits(double value, int digits, RoundingMode mode) {
        return Double.isFinite(value)
                ? new BigDecimal(Double.toString(value)).setScale(digits, mode).doubleValue()
                : value;
    }

    private static Column integers(FunctionInput in, Type type, RoundingMode mode) {
        MemorySegment values = Int64Arguments.of(in, 0);
        int mask = in.mask(0);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long value = NativeMemory.getLong(values, (long) (i & mask) << 3);
            int digits = digits(in, i);
            if (digits < 0) {
                BigInteger rounded =
                        BigDecimal.valueOf(value).setScale(digits, mode).toBigInteger();
                if (rounded.bitLength() > 63) {
                    throw RowErrors.overflow(type, "round(" + value + ")");
                }
                value = rounded.longValue();
            }
            NativeMemory.setLong(buffer.segment(), (long) i << 3, value);
        }
        return type.physical().width() == 8
                ? in.result(type, buffer)
                : IntegerNarrowing.narrow(in, type, buffer.segment(), "round");
    }

    private static Column decimals(
            FunctionInput in, DecimalType from, DecimalType to, RoundingMode mode) {
        MemorySegment values = in.values(0);
        int mask = in.mask(0);
        DataBuffer buffer = in.memory().scratchZeroed((long) to.physical().width() * in.rowCount());
        boolean fast =
                in.arguments().size() == 1 && from.isShort() && to.isShort() && to.scale() == 0;
        long divisor = fast ? Int128.power10(from.scale()) : 1;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int at = i & mask;
            if (fast) {
                long value = NativeMemory.getLong(values, (long) at << 3);
                NativeMemory.setLong(
                        buffer.segment(), (long) i << 3, divided(value, divisor, mode));
                continue;
            }
            BigDecimal value =
                    new BigDecimal(DecimalCasts.unscaled(from, values, at), from.scale());
            int digits = Math.min(digits(in, i), to.scale());
            BigInteger result = value.setScale(digits, mode).setScale(to.scale()).unscaledValue();
            DecimalArithmetic.store(to, buffer.segment(), i, result, "round");
        }
        return in.result(to, buffer);
    }

    private static long divided(long value, long divisor, RoundingMode mode) {
        return switch (mode) {
            case CEILING -> -Math.floorDiv(-value, divisor);
            case FLOOR -> Math.floorDiv(value, divisor);
            case DOWN -> value / divisor;
            default -> DecimalCasts.divideRounded(value, divisor);
        };
    }
}
