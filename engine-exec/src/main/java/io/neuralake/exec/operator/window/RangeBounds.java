package io.neuralake.exec.operator.window;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.LocalDate;

/// Finds the ends of RANGE frames with an offset, by binary search for the order key's value plus or
/// minus the offset. The frame of a row with a null key is its peers.
final class RangeBounds {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final SortedRows rows;
    private final Column keys;
    private final boolean descending;
    private final boolean nullsFirst;

    RangeBounds(SortedRows rows, SortKey key) {
        this.rows = rows;
        this.keys = rows.sorted(key.column());
        this.descending = key.descending();
        this.nullsFirst = key.nullsFirst();
    }

    /// Returns the first position of the frame, or the one behind its last.
    int bound(int position, Column offsets, boolean preceding, boolean isStart) {
        Object key = keys.value(position);
        if (key == null) {
            return isStart ? rows.peerStart(position) : rows.peerEnd(position);
        }
        Object offset = offsets.value(position);
        if (offset == null || isNegative(offset)) {
            throw Frames.invalid(offset);
        }
        boolean minus = preceding != descending;
        Number bound = shifted(key, offset, offsets.type(), minus);
        boolean scaled =
                keys.type() == ScalarType.DATE && offsets.type() == ScalarType.INTERVAL_DAY_TIME;
        int low = rows.partitionStart(position);
        int high = rows.partitionEnd(position);
        if (nullsFirst) {
            low = firstThat(low, position, p -> keys.value(p) != null);
        } else {
            high = firstThat(position, high, p -> keys.value(p) == null);
        }
        return firstThat(
                low,
                high,
                p -> {
                    int order = compare(number(keys.value(p), scaled), bound);
                    int directed = descending ? -order : order;
                    return isStart ? directed >= 0 : directed > 0;
                });
    }

    private static int firstThat(int from, int to, java.util.function.IntPredicate test) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = low + high >>> 1;
            if (test.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private static boolean isNegative(Object offset) {
        return switch (offset) {
            case Long l -> l < 0;
            case Double d -> d < 0 || d.isNaN();
            case BigDecimal d -> d.signum() < 0;
            default -> true;
        };
    }

    private Number shifted(Object key, Object offset, Type offsetType, boolean minus) {
        if (offsetType == ScalarType.INTERVAL_YEAR_MONTH) {
            long months = (Long) offset * (minus ? -1 : 1);
            if (keys.type() == ScalarType.DATE) {
                return LocalDate.ofEpochDay((Long) key).plusMonths(months).toEpochDay();
            }
            long days = Math.floorDiv((Long) key, MICROS_PER_DAY);
            long rest = Math.floorMod((Long) key, MICROS_PER_DAY);
            long shifted = LocalDate.ofEpochDay(days).plusMonths(months).toEpochDay();
            return saturated(shifted * MICROS_PER_DAY, rest);
        }
        boolean scaled =
                keys.type() == ScalarType.DATE && offsetType == ScalarType.INTERVAL_DAY_TIME;
        Number from = number(key, scaled);
        if (from instanceof Long a && offset instanceof Long b) {
            return saturated(a, minus ? -b : b);
        }
        if (from instanceof Double || offset instanceof Double) {
            double distance = ((Number) offset).doubleValue();
            return from.doubleValue() + (minus ? -distance : distance);
        }
        BigDecimal a = decimal(from);
        BigDecimal b = decimal((Number) offset);
        return minus ? a.subtract(b) : a.add(b);
    }

    private static Number number(@Nullable Object key, boolean scaled) {
        if (key instanceof Number number) {
            return scaled ? Long.valueOf(number.longValue() * MICROS_PER_DAY) : number;
        }
        throw new NeuralakeException(
                ErrorCode.WINDOWING_ERROR,
                "RANGE with an offset needs an order by number, date or time");
    }

    private static int compare(Number left, Number right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Long.compare(a, b);
        }
        if (left instanceof Double || right instanceof Double) {
            return Double.compare(left.doubleValue() + 0.0, right.doubleValue() + 0.0);
        }
        return decimal(left).compareTo(decimal(right));
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal d ? d : BigDecimal.valueOf(number.longValue());
    }

    private static long saturated(long a, long b) {
        long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
    }
}
