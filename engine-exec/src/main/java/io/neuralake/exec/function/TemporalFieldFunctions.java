package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.time.ZoneId;
import java.util.Map;

/// Fields of dates, times and intervals: `extract_...` and date_part.
final class TemporalFieldFunctions {

    private TemporalFieldFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        for (String field : TemporalSignatures.FIELDS.keySet()) {
            binders.put("extract_" + field, site -> extract(site, field));
        }
        binders.put("date_part", TemporalFieldFunctions::datePart);
        binders.put("epoch_ms", site -> epoch(site, 1000));
        binders.put("epoch_us", site -> epoch(site, 1));
    }

    private static ScalarImplementation extract(FunctionSite site, String name) {
        TemporalField field = TemporalField.of(name);
        ScalarType type = (ScalarType) site.argumentType(0);
        ZoneId zone = site.zoneId();
        return in -> {
            MemorySegment values = Int64Arguments.of(in, 0);
            int mask = in.mask(0);
            DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
            MemorySegment to = buffer.segment();
            if (type == ScalarType.DATE && field == TemporalField.YEAR && in.live() == null) {
                years(values, mask, in.rowCount(), to);
                return in.result(ScalarType.BIGINT, buffer);
            }
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long value = NativeMemory.getLong(values, (long) (i & mask) << 3);
                NativeMemory.setLong(to, (long) i << 3, get(field, type, value, zone));
            }
            return in.result(ScalarType.BIGINT, buffer);
        };
    }

    private static void years(MemorySegment days, int mask, int rows, MemorySegment to) {
        for (int i = 0; i < rows; i++) {
            long civil = Calendar.civil(NativeMemory.getLong(days, (long) (i & mask) << 3));
            NativeMemory.setLong(to, (long) i << 3, Calendar.year(civil));
        }
    }

    private static long get(TemporalField field, ScalarType type, long value, ZoneId zone) {
        return switch (type) {
            case DATE -> field.get(value, 0);
            case TIME -> field.get(0, value);
            case TIMESTAMP_TZ -> {
                long local =
                        field == TemporalField.EPOCH ? value : TemporalText.toLocal(value, zone);
                yield timestamp(field, local);
            }
            case INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> field.ofInterval(type, value);
            default -> timestamp(field, value);
        };
    }

    private static long timestamp(TemporalField field, long micros) {
        return field.get(
                Math.floorDiv(micros, Calendar.MICROS_PER_DAY),
                Math.floorMod(micros, Calendar.MICROS_PER_DAY));
    }

    private static ScalarImplementation datePart(FunctionSite site) {
        Type type = site.argumentType(1);
        return in -> {
            TextArgument names = new TextArgument(in, 0);
            MemorySegment values = Int64Arguments.of(in, 1);
            int mask = in.mask(1);
            DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
            TemporalField field = null;
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                if (field == null || !in.isConstant(0)) {
                    field = TemporalField.of(names.string(i));
                }
                long value = NativeMemory.getLong(values, (long) (i & mask) << 3);
                NativeMemory.setLong(
                        buffer.segment(),
                        8L * i,
                        get(field, (ScalarType) type, value, site.zoneId()));
            }
            return in.result(ScalarType.BIGINT, buffer);
        };
    }

    private static ScalarImplementation epoch(FunctionSite site, int divisor) {
        boolean date = site.argumentType(0) == ScalarType.DATE;
        return in -> epoch(in, date, divisor);
    }

    private static Column epoch(FunctionInput in, boolean date, int divisor) {
        MemorySegment values = Int64Arguments.of(in, 0);
        int mask = in.mask(0);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long value = NativeMemory.getLong(values, (long) (i & mask) << 3);
            long micros = date ? TemporalCasts.dayMicros(value) : value;
            NativeMemory.setLong(buffer.segment(), 8L * i, Math.floorDiv(micros, (long) divisor));
        }
        return in.result(ScalarType.BIGINT, buffer);
    }
}
