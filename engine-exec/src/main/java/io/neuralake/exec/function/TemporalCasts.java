package io.neuralake.exec.function;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.time.ZoneId;

/// Converts between DATE, TIME, TIMESTAMP and TIMESTAMP WITH TIME ZONE; local times are those of the
/// session's zone.
final class TemporalCasts {

    private TemporalCasts() {}

    /// Tells whether a cast between the types is of this kind.
    static boolean handles(Type from, Type to) {
        boolean fromPoint = TypeFamily.DATETIME.contains(from);
        return fromPoint && TypeFamily.DATETIME.contains(to)
                || fromPoint && from != ScalarType.DATE && to == ScalarType.TIME;
    }

    static ScalarImplementation bind(Type from, Type to, ZoneId zone) {
        return in -> {
            int rows = in.rowCount();
            int mask = in.mask(0);
            MemorySegment values = in.values(0);
            int width = to.physical().width();
            DataBuffer buffer = in.memory().scratchZeroed((long) rows * width);
            MemorySegment target = buffer.segment();
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long local = local(values, i & mask, from, to, zone);
                if (to == ScalarType.DATE) {
                    NativeMemory.setInt(
                            target,
                            (long) i << 2,
                            (int) Math.floorDiv(local, Calendar.MICROS_PER_DAY));
                } else if (to == ScalarType.TIME) {
                    NativeMemory.setLong(
                            target, (long) i << 3, Math.floorMod(local, Calendar.MICROS_PER_DAY));
                } else {
                    NativeMemory.setLong(target, (long) i << 3, local);
                }
            }
            return in.result(to, buffer);
        };
    }

    /// Returns a value as microseconds in the sense of the target: an instant for TIMESTAMP_TZ, local
    /// time for the others.
    private static long local(MemorySegment values, int row, Type from, Type to, ZoneId zone) {
        if (from == ScalarType.DATE) {
            long micros = dayMicros(NativeMemory.getInt(values, (long) row << 2));
            return to == ScalarType.TIMESTAMP_TZ ? TemporalText.toInstant(micros, zone) : micros;
        }
        long micros = NativeMemory.getLong(values, (long) row << 3);
        boolean instant = from == ScalarType.TIMESTAMP_TZ;
        if (to == ScalarType.TIMESTAMP_TZ) {
            return instant ? micros : TemporalText.toInstant(micros, zone);
        }
        return instant ? TemporalText.toLocal(micros, zone) : micros;
    }

    /// Returns the microseconds of a day's beginning. Throws 22008 beyond the range of timestamps.
    static long dayMicros(long days) {
        long micros = days * Calendar.MICROS_PER_DAY;
        if (Math.multiplyHigh(days, Calendar.MICROS_PER_DAY) != micros >> 63) {
            throw RowErrors.datetime("Date out of range for TIMESTAMP: " + days + " days");
        }
        return micros;
    }
}
