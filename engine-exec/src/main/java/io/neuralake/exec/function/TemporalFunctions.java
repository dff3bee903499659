package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/// Functions that cut, move and make dates and times.
final class TemporalFunctions {

    /// Computes one row: the unit of a constant or changing name, and int64 arguments.
    @FunctionalInterface
    private interface UnitOperation {
        long apply(TemporalField unit, long first, long second);
    }

    private TemporalFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("date_trunc", site -> truncate(site, false));
        binders.put("date_ceil", site -> truncate(site, true));
        binders.put("date_diff", TemporalFunctions::difference);
        binders.put("date_add", TemporalFunctions::add);
        binders.put("date_add_months", TemporalFunctions::addMonths);
        binders.put("last_day", TemporalFunctions::lastDay);
        binders.put("age", _ -> TemporalFunctions::age);
        binders.put("make_date", _ -> TemporalFunctions::makeDate);
        binders.put("make_time", _ -> TemporalFunctions::makeTime);
        binders.put("make_timestamp", _ -> TemporalFunctions::makeTimestamp);
        for (String unit :
                List.of(
                        "years",
                        "months",
                        "weeks",
                        "days",
                        "hours",
                        "minutes",
                        "seconds",
                        "milliseconds",
                        "microseconds")) {
            binders.put("to_" + unit, site -> interval(site, TemporalField.of(unit)));
        }
        binders.put("current_date", site -> now(site, ScalarType.DATE));
        binders.put("current_time", site -> now(site, ScalarType.TIME));
        binders.put("current_timestamp", site -> now(site, ScalarType.TIMESTAMP_TZ));
        binders.put("localtimestamp", site -> now(site, ScalarType.TIMESTAMP));
    }

    private static void store(Type type, MemorySegment to, int row, long value) {
        if (type.physical().width() == 8) {
            NativeMemory.setLong(to, (long) row << 3, value);
        } else if (value == (int) value) {
            NativeMemory.setInt(to, (long) row << 2, (int) value);
        } else {
            throw TemporalArithmetic.outOfRange(type);
        }
    }

    private static Column units(
            FunctionInput in, Type type, int first, int second, UnitOperation operation) {
        TextArgument names = new TextArgument(in, 0);
        MemorySegment a = Int64Arguments.of(in, first);
        MemorySegment b = Int64Arguments.of(in, second);
        DataBuffer buffer =
                in.memory().scratchZeroed((long) type.physical().width() * in.rowCount());
        TemporalField unit = null;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (unit == null || !in.isConstant(0)) {
                unit = TemporalField.of(names.string(i));
            }
            long x = NativeMemory.getLong(a, (long) (i & in.mask(first)) << 3);
            long y = NativeMemory.getLong(b, (long) (i & in.mask(second)) << 3);
            try {
                store(type, buffer.segment(), i, operation.apply(unit, x, y));
            } catch (ArithmeticException e) {
                throw TemporalArithmetic.outOfRange(type);
            }
        }
        return in.result(type, buffer);
    }

    private static ScalarImplementation truncate(FunctionSite site, boolean up) {
        Type type = site.argumentType(1);
        ZoneId zone = site.zoneId();
        UnitOperation operation =
                (unit, value, _) -> {
                    long local = toLocal(type, value, zone);
                    long cut = unit.truncate(local);
                    if (up && cut != local) {
                        cut = move(cut, unit, 1);
                    }
                    return fromLocal(type, cut, zone);
                };
        return in -> units(in, type, 1, 1, operation);
    }

    /// Returns local microseconds of a date or timestamp.
    static long toLocal(Type type, long value, ZoneId zone) {
        return type == ScalarType.DATE
                ? TemporalCasts.dayMicros(value)
                : type == ScalarType.TIMESTAMP_TZ ? TemporalText.toLocal(value, zone) : value;
    }

    private static long fromLocal(Type type, long local, ZoneId zone) {
        return type == ScalarType.DATE
                ? Math.floorDiv(local, Calendar.MICROS_PER_DAY)
                : type == ScalarType.TIMESTAMP_TZ ? TemporalText.toInstant(local, zone) : local;
    }

    /// Moves local microseconds by units.
    private static long move(long local, TemporalField unit, long count) {
        return unit.months() > 0
                ? TemporalArithmetic.moveMonths(local, Math.multiplyExact(count, unit.months()))
                : Math.addExact(local, Math.multiplyExact(count, unit.micros()));
    }

    private static ScalarImplementation add(FunctionSite site) {
        Type type = site.argumentType(2);
        ZoneId zone = site.zoneId();
        UnitOperation operation =
                (unit, count, value) ->
                        fromLocal(type, move(toLocal(type, value, zone), unit, count), zone);
        return in -> units(in, type, 1, 2, operation);
    }

    /// Counts the boundaries of a unit between two points, as DuckDB's date_diff.
    private static ScalarImplementation difference(FunctionSite site) {
        Type type = site.argumentType(1);
        ZoneId zone = site.zoneId();
        UnitOperation operation =
                (unit, from, to) -> {
                    long a = unit.truncate(toLocal(type, from, zone));
                    long b = unit.truncate(toLocal(type, to, zone));
                    return unit.months() > 0
                            ? monthNumber(b, unit) - monthNumber(a, unit)
                            : (b - a) / unit.micros();
                };
        return in -> units(in, ScalarType.BIGINT, 1, 2, operation);
    }

    private static long monthNumber(long local, TemporalField unit) {
        long civil = Calendar.civil(Math.floorDiv(local, Calendar.MICROS_PER_DAY));
        return Math.floorDiv(Calendar.year(civil) * 12L + Calendar.month(civil) - 1, unit.months());
    }

    private static ScalarImplementation addMonths(FunctionSite site) {
        Type type = site.argumentType(0);
        ZoneId zone = site.zoneId();
        return in -> {
            MemorySegment values = Int64Arguments.of(in, 0);
            MemorySegment months = in.values(1);
            DataBuffer buffer =
                    in.memory().scratchZeroed((long) type.physical().width() * in.rowCount());
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long value = NativeMemory.getLong(values, (long) (i & in.mask(0)) << 3);
                long by = NativeMemory.getLong(months, (long) (i & in.mask(1)) << 3);
                long result =
                        type == ScalarType.DATE
                                ? Calendar.addMonths(value, by)
                                : fromLocal(
                                        type,
                                        TemporalArithmetic.moveMonths(
                                                toLocal(type, value, zone), by),
                                        zone);
                store(type, buffer.segment(), i, result);
            }
            return in.result(type, buffer);
        };
    }

    private static ScalarImplementation lastDay(FunctionSite site) {
        Type type = site.argumentType(0);
        return in -> {
            MemorySegment values = Int64Arguments.of(in, 0);
            DataBuffer buffer = in.memory().scratchZeroed(4L * in.rowCount());
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long value = NativeMemory.getLong(values, (long) (i & in.mask(0)) << 3);
                long days =
                        type == ScalarType.DATE
                                ? value
                                : Math.floorDiv(
                                        toLocal(type, value, site.zoneId()),
                                        Calendar.MICROS_PER_DAY);
                long civil = Calendar.civil(days);
                int length = Calendar.daysInMonth(Calendar.year(civil), Calendar.month(civil));
                store(ScalarType.DATE, buffer.segment(), i, days - Calendar.day(civil) + length);
            }
            return in.result(ScalarType.DATE, buffer);
        };
    }

    private static Column age(FunctionInput in) {
        boolean dates = in.rows(0).type() == ScalarType.DATE;
        MemorySegment to = Int64Arguments.of(in, 0);
        MemorySegment from = Int64Arguments.of(in, 1);
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long difference =
                    NativeMemory.getLong(to, (long) (i & in.mask(0)) << 3)
                            - NativeMemory.getLong(from, (long) (i & in.mask(1)) << 3);
            NativeMemory.setLong(
                    buffer.segment(),
                    8L * i,
                    dates ? difference * Calendar.MICROS_PER_DAY : difference);
        }
        return in.result(ScalarType.INTERVAL_DAY_TIME, buffer);
    }

    private static long number(FunctionInput in, int argument, int row) {
        return NativeMemory.getLong(in.values(argument), (long) (row & in.mask(argument)) << 3);
    }

    private static long checkedDate(FunctionInput in, int row) {
        long year = number(in, 0, row);
        long month = number(in, 1, row);
        long day = number(in, 2, row);
        try {
            return TemporalReader.checkedDays(year, month, day);
        } catch (DateTimeException e) {
            throw RowErrors.datetime("Date out of range: " + year + "-" + month + "-" + day);
        }
    }

    private static long checkedTime(FunctionInput in, int first, int row) {
        long hour = number(in, first, row);
        long minute = number(in, first + 1, row);
        double second =
                NativeMemory.getDouble(
                        in.values(first + 2), (long) (row & in.mask(first + 2)) << 3);
        if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(second >= 0 && second <= 60)) {
            throw RowErrors.datetime("Time out of range: " + hour + ":" + minute + ":" + second);
        }
        return hour * Calendar.MICROS_PER_HOUR
                + minute * Calendar.MICROS_PER_MINUTE
                + Math.round(second * Calendar.MICROS_PER_SECOND);
    }

    private static Column makeDate(FunctionInput in) {
        DataBuffer buffer = in.memory().scratchZeroed(4L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            store(ScalarType.DATE, buffer.segment(), i, checkedDate(in, i));
        }
        return in.result(ScalarType.DATE, buffer);
    }

    private static Column makeTime(FunctionInput in) {
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            NativeMemory.setLong(buffer.segment(), 8L * i, checkedTime(in, 0, i));
        }
        return in.result(ScalarType.TIME, buffer);
    }

    private static Column makeTimestamp(FunctionInput in) {
        DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long micros = TemporalCasts.dayMicros(checkedDate(in, i)) + checkedTime(in, 3, i);
            NativeMemory.setLong(buffer.segment(), 8L * i, micros);
        }
        return in.result(ScalarType.TIMESTAMP, buffer);
    }

    private static ScalarImplementation interval(FunctionSite site, TemporalField unit) {
        Type type = site.resultType();
        long factor = unit.months() > 0 ? unit.months() : unit.micros();
        return in -> {
            DataBuffer buffer =
                    in.memory().scratchZeroed((long) type.physical().width() * in.rowCount());
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                try {
                    long value = Math.multiplyExact(number(in, 0, i), factor);
                    store(type, buffer.segment(), i, value);
                } catch (ArithmeticException e) {
                    throw TemporalArithmetic.outOfRange(type);
                }
            }
            return in.result(type, buffer);
        };
    }

    private static ScalarImplementation now(FunctionSite site, ScalarType type) {
        long instant =
                site.now().getEpochSecond() * Calendar.MICROS_PER_SECOND
                        + site.now().getNano() / 1000;
        long local = TemporalText.toLocal(instant, site.zoneId());
        long value =
                switch (type) {
                    case DATE -> Math.floorDiv(local, Calendar.MICROS_PER_DAY);
                    case TIME -> Math.floorMod(local, Calendar.MICROS_PER_DAY);
                    case TIMESTAMP -> local;
                    default -> instant;
                };
        return in -> {
            Column single = in.memory().keep(ColumnBuilder.of(in.memory(), type, List.of(value)));
            return in.memory().constant(in.rowCount(), single);
        };
    }
}
