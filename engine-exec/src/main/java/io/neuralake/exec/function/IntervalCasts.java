package io.neuralake.exec.function;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Converts between the two kinds of intervals, a month counting 30 days, and integers to days or
/// months.
final class IntervalCasts {
    private static final long MONTH = 30 * Calendar.MICROS_PER_DAY;

    private IntervalCasts() {}

    /// Tells whether a cast between the types is of this kind.
    static boolean handles(Type from, Type to) {
        boolean fromInterval = TypeFamily.INTERVAL.contains(from);
        boolean toInterval = TypeFamily.INTERVAL.contains(to);
        return fromInterval && toInterval
                || from == ScalarType.TIME && to == ScalarType.INTERVAL_DAY_TIME
                || IntegerArithmetic.isInteger(from) && toInterval
                || fromInterval && to == ScalarType.BIGINT;
    }

    static ScalarImplementation bind(Type from, Type to) {
        boolean toMonths = to == ScalarType.INTERVAL_YEAR_MONTH;
        long factor =
                from == ScalarType.INTERVAL_YEAR_MONTH && to == ScalarType.INTERVAL_DAY_TIME
                        ? MONTH
                        : 1;
        long divisor = from == ScalarType.INTERVAL_DAY_TIME && toMonths ? MONTH : 1;
        return in -> {
            MemorySegment values = Int64Arguments.of(in, 0);
            int mask = in.mask(0);
            DataBuffer buffer =
                    in.memory().scratchZeroed((long) in.rowCount() * to.physical().width());
            MemorySegment target = buffer.segment();
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long value = NativeMemory.getLong(values, (long) (i & mask) << 3);
                long result = value * factor / divisor;
                if (toMonths) {
                    if (result != (int) result) {
                        throw RowErrors.outOfRange(to, value);
                    }
                    NativeMemory.setInt(target, (long) i << 2, (int) result);
                } else {
                    NativeMemory.setLong(target, (long) i << 3, result);
                }
            }
            return in.result(to, buffer);
        };
    }
}
