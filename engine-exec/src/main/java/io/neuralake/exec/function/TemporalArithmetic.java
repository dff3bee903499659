package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.ZoneId;

/// Adds, subtracts, multiplies and divides dates, times and intervals.
final class TemporalArithmetic {

    /// Computes one row of int64 values. Throws ArithmeticException beyond 64 bits.
    @FunctionalInterface
    private interface RowOperation {
        long apply(long left, long right);
    }

    private TemporalArithmetic() {}

    static ScalarImplementation add(FunctionSite site) {
        Type left = site.argumentType(0);
        Type right = site.argumentType(1);
        boolean swap =
                isInterval(left) && !isInterval(right)
                        || IntegerArithmetic.isInteger(left) && right == ScalarType.DATE;
        if (swap) {
            RowOperation operation = move(right, left, site.resultType(), site.zoneId(), 1);
            return rows(site.resultType(), (a, b) -> operation.apply(b, a));
        }
        if (left == ScalarType.DATE && right == ScalarType.TIME) {
            return rows(site.resultType(), (a, b) -> Math.addExact(TemporalCasts.dayMicros(a), b));
        }
        return rows(site.resultType(), move(left, right, site.resultType(), site.zoneId(), 1));
    }

    static ScalarImplementation subtract(FunctionSite site) {
        Type left = site.argumentType(0);
        Type right = site.argumentType(1);
        Type result = site.resultType();
        boolean points = TypeFamily.TEMPORAL.contains(left) && TypeFamily.TEMPORAL.contains(right);
        if (points) {
            return rows(
                    result,
                    result == ScalarType.INTERVAL_YEAR_MONTH
                            ? (a, b) -> Calendar.monthsBetween(b, a)
                            : Math::subtractExact);
        }
        return rows(result, move(left, right, result, site.zoneId(), -1));
    }

    private static boolean isInterval(Type type) {
        return TypeFamily.INTERVAL.contains(type);
    }

    /// Returns the operation that moves a point in time, or adds intervals.
    private static RowOperation move(Type point, Type by, Type result, ZoneId zone, int sign) {
        if (isInterval(point)) {
            if (!point.equals(by)) {
                throw unsupported(point, by);
            }
            return sign > 0 ? Math::addExact : Math::subtractExact;
        }
        if (point == ScalarType.TIME) {
            return (a, b) ->
                    Math.floorMod(
                            a + sign * (b % Calendar.MICROS_PER_DAY), Calendar.MICROS_PER_DAY);
        }
        boolean months = by == ScalarType.INTERVAL_YEAR_MONTH;
        if (point == ScalarType.DATE) {
            if (IntegerArithmetic.isInteger(by)) {
                return (a, b) -> Math.addExact(a, Math.multiplyExact(sign, b));
            }
            if (result == ScalarType.DATE) {
                return months
                        ? (a, b) -> Calendar.addMonths(a, sign * b)
                        : (a, b) ->
                                Math.floorDiv(
                                        Math.addExact(a * Calendar.MICROS_PER_DAY, sign * b),
                                        Calendar.MICROS_PER_DAY);
            }
            return months
                    ? (a, b) -> TemporalCasts.dayMicros(Calendar.addMonths(a, sign * b))
                    : (a, b) -> Math.addExact(TemporalCasts.dayMicros(a), sign * b);
        }
        if (!months) {
            return (a, b) -> Math.addExact(a, sign * b);
        }
        if (point == ScalarType.TIMESTAMP_TZ) {
            return (a, b) ->
                    TemporalText.toInstant(
                            moveMonths(TemporalText.toLocal(a, zone), sign * b), zone);
        }
        return (a, b) -> moveMonths(a, sign * b);
    }

    /// Moves a local time by months.
    static long moveMonths(long micros, long months) {
        long days = Math.floorDiv(micros, Calendar.MICROS_PER_DAY);
        long moved = Calendar.addMonths(days, months);
        return Math.addExact(
                TemporalCasts.dayMicros(moved), Math.floorMod(micros, Calendar.MICROS_PER_DAY));
    }

    private static NeuralakeException unsupported(Type left, Type right) {
        return new NeuralakeException(
                ErrorCode.TYPE_MISMATCH,
                "No arithmetic between " + left.sql() + " and " + right.sql());
    }

    private static ScalarImplementation rows(Type type, RowOperation operation) {
        return in -> {
            MemorySegment left = Int64Arguments.of(in, 0);
            MemorySegment right = Int64Arguments.of(in, 1);
            int leftMask = in.mask(0);
            int rightMask = in.mask(1);
            boolean narrow = type.physical().width() == 4;
            DataBuffer buffer =
                    in.memory().scratchZeroed((long) in.rowCount() * type.physical().width());
            MemorySegment to = buffer.segment();
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long a = NativeMemory.getLong(left, (long) (i & leftMask) << 3);
                long b = NativeMemory.getLong(right, (long) (i & rightMask) << 3);
                long result;
                try {
                    result = operation.apply(a, b);
                } catch (ArithmeticException e) {
                    throw outOfRange(type);
                }
                if (!narrow) {
                    NativeMemory.setLong(to, (long) i << 3, result);
                } else if (result == (int) result) {
                    NativeMemory.setInt(to, (long) i << 2, (int) result);
                } else {
                    throw outOfRange(type);
                }
            }
            return in.result(type, buffer);
        };
    }

    static NeuralakeException outOfRange(Type type) {
        return RowErrors.datetime("Result out of range for " + type.sql());
    }

    /// Multiplies or divides an interval by a number.
    static ScalarImplementation scale(FunctionSite site, boolean divide) {
        int interval = isInterval(site.argumentType(0)) ? 0 : 1;
        Type number = site.argumentType(1 - interval);
        Type type = site.argumentType(interval);
        return in -> scale(in, interval, number, type, divide);
    }

    private static Column scale(
            FunctionInput in, int interval, Type number, Type type, boolean divide) {
        MemorySegment values = Int64Arguments.of(in, interval);
        int mask = in.mask(interval);
        Column numbers = in.rows(1 - interval);
        int numberMask = in.mask(1 - interval);
        boolean floating = TypeFamily.FLOATING.contains(number);
        DataBuffer buffer =
                in.memory().scratchZeroed((long) in.rowCount() * type.physical().width());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            BigDecimal value =
                    BigDecimal.valueOf(NativeMemory.getLong(values, (long) (i & mask) << 3));
            Object factor = numbers.value(i & numberMask);
            BigDecimal by;
            try {
                by =
                        floating && factor != null
                                ? new BigDecimal((Double) factor)
                                : number instanceof DecimalType
                                        ? (BigDecimal) java.util.Objects.requireNonNull(factor)
                                        : BigDecimal.valueOf(
                                                (Long) java.util.Objects.requireNonNull(factor));
            } catch (NumberFormatException e) {
                throw outOfRange(type);
            }
            if (divide && by.signum() == 0) {
                throw RowErrors.divisionByZero();
            }
            BigDecimal result =
                    divide
                            ? value.divide(by, 0, RoundingMode.HALF_UP)
                            : value.multiply(by).setScale(0, RoundingMode.HALF_UP);
            boolean narrow = type.physical().width() == 4;
            if (result.unscaledValue().bitLength() > (narrow ? 31 : 63)) {
                throw outOfRange(type);
            }
            if (narrow) {
                NativeMemory.setInt(buffer.segment(), (long) i << 2, result.intValue());
            } else {
                NativeMemory.setLong(buffer.segment(), (long) i << 3, result.longValue());
            }
        }
        return in.result(type, buffer);
    }
}
