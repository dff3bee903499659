package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Map;

/// `timezone(zone, time)`, which is `time AT TIME ZONE zone`: a timestamp becomes the instant at which
/// the zone's clocks show it, an instant becomes what they show.
final class ZoneFunctions {

    private ZoneFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("timezone", TimeZone::new);
    }

    /// One call: holds the zone seen last.
    private static final class TimeZone implements ScalarImplementation {
        private final boolean named;
        private final boolean toInstant;
        private final Type result;
        private String name = "";
        private long seconds;
        private @Nullable ZoneClock clock;

        TimeZone(FunctionSite site) {
            this.named = site.argumentType(0) != ScalarType.INTERVAL_DAY_TIME;
            this.toInstant = site.argumentType(1) != ScalarType.TIMESTAMP_TZ;
            this.result = site.resultType();
        }

        @Override
        public Column evaluate(FunctionInput in) {
            TextArgument names = named ? new TextArgument(in, 0) : null;
            MemorySegment offsets = in.values(0);
            MemorySegment times = in.values(1);
            int mask = in.mask(1);
            boolean constant = in.isConstant(0);
            DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
            ZoneClock current = null;
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                if (current == null || !constant) {
                    current =
                            names == null
                                    ? fixed(
                                            NativeMemory.getLong(
                                                    offsets, (long) (i & in.mask(0)) << 3))
                                    : byName(names.string(i));
                }
                long time = NativeMemory.getLong(times, (long) (i & mask) << 3);
                try {
                    NativeMemory.setLong(
                            buffer.segment(),
                            (long) i << 3,
                            toInstant ? current.toInstant(time) : current.toLocal(time));
                } catch (ArithmeticException e) {
                    throw TemporalArithmetic.outOfRange(result);
                }
            }
            return in.result(result, buffer);
        }

        private ZoneClock byName(String wanted) {
            ZoneClock known = clock;
            if (known == null || !wanted.equals(name)) {
                known = new ZoneClock(TimeZones.of(wanted));
                clock = known;
                name = wanted;
            }
            return known;
        }

        private ZoneClock fixed(long micros) {
            ZoneClock known = clock;
            if (known == null || micros != seconds * Calendar.MICROS_PER_SECOND) {
                seconds = micros / Calendar.MICROS_PER_SECOND;
                known = new ZoneClock(TimeZones.ofSeconds(seconds));
                clock = known;
            }
            return known;
        }
    }
}
