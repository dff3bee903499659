package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Function;

/// Functions between text and dates or times by patterns.
final class DateFormatFunctions {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private DateFormatFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put(
                "strftime",
                site -> {
                    int value = site.argumentType(0) == ScalarType.VARCHAR ? 1 : 0;
                    return in -> write(in, site, value, DateFormat::ofStrftime);
                });
        binders.put("to_char", site -> in -> write(in, site, 0, DateFormat::ofTemplate));
        binders.put(
                "strptime",
                site -> in -> read(in, site.resultType(), false, DateFormat::ofStrftime, site));
        binders.put(
                "try_strptime",
                site -> in -> read(in, site.resultType(), true, DateFormat::ofStrftime, site));
        binders.put(
                "to_date",
                site ->
                        site.arity() == 1
                                ? Casts.bind(
                                        ScalarType.VARCHAR, ScalarType.DATE, false, site.zoneId())
                                : in ->
                                        read(
                                                in,
                                                ScalarType.DATE,
                                                false,
                                                DateFormatFunctions::either,
                                                site));
        binders.put("to_timestamp", DateFormatFunctions::toTimestamp);
        binders.put("dayname", site -> in -> name(in, site, false));
        binders.put("monthname", site -> in -> name(in, site, true));
    }

    /// Takes a pattern with % as strftime's, others as PostgreSQL's.
    private static DateFormat either(String pattern) {
        return pattern.indexOf('%') >= 0
                ? DateFormat.ofStrftime(pattern)
                : DateFormat.ofTemplate(pattern);
    }

    private static long local(Type type, MemorySegment values, int row, ZoneId zone) {
        long value = values.get(LONG, (long) row << 3);
        return type == ScalarType.TIME ? value : TemporalFunctions.toLocal(type, value, zone);
    }

    private static Column write(
            FunctionInput in, FunctionSite site, int value, Function<String, DateFormat> parse) {
        Type type = site.argumentType(value);
        ZoneId zone = site.zoneId();
        MemorySegment values = Int64Arguments.of(in, value);
        TextArgument patterns = new TextArgument(in, 1 - value);
        TextBuilder builder = new TextBuilder(in);
        StringBuilder text = new StringBuilder();
        DateFormat format = null;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (format == null || !in.isConstant(1 - value)) {
                format = parse.apply(patterns.string(i));
            }
            int row = i & in.mask(value);
            int offset =
                    type == ScalarType.TIMESTAMP_TZ
                            ? TemporalText.offsetSeconds(values.get(LONG, (long) row << 3), zone)
                            : 0;
            text.setLength(0);
            format.write(text, local(type, values, row, zone), offset, zone);
            builder.append(text);
            builder.finishRow(i);
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    private static Column read(
            FunctionInput in,
            Type type,
            boolean orNull,
            Function<String, DateFormat> parse,
            FunctionSite site) {
        TextArgument texts = new TextArgument(in, 0);
        TextArgument patterns = new TextArgument(in, 1);
        CastOutput output = new CastOutput(in, orNull);
        int width = type.physical().width();
        DataBuffer buffer = in.memory().scratchZeroed((long) width * in.rowCount());
        DateFormat format = null;
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (orNull && (in.argument(0).isNull(i) || in.argument(1).isNull(i))) {
                output.setNull(i);
                continue;
            }
            if (format == null || !in.isConstant(1)) {
                format = parse.apply(patterns.string(i));
            }
            String text = texts.string(i);
            try {
                long micros = format.read(text);
                if (type == ScalarType.DATE) {
                    long days = Math.floorDiv(micros, Calendar.MICROS_PER_DAY);
                    buffer.segment().set(INT, 4L * i, (int) days);
                } else {
                    buffer.segment()
                            .set(
                                    LONG,
                                    8L * i,
                                    type == ScalarType.TIMESTAMP_TZ
                                            ? TemporalText.toInstant(micros, site.zoneId())
                                            : micros);
                }
            } catch (DateTimeException e) {
                String pattern = patterns.string(i);
                output.reject(
                        i,
                        () ->
                                new NeuralakeException(
                                        ErrorCode.INVALID_DATETIME,
                                        "Text does not fit the pattern "
                                                + pattern
                                                + ": '"
                                                + text
                                                + "'"));
            }
        }
        return output.flat(type, buffer);
    }

    private static ScalarImplementation toTimestamp(FunctionSite site) {
        if (site.arity() == 2) {
            return in ->
                    read(in, ScalarType.TIMESTAMP_TZ, false, DateFormatFunctions::either, site);
        }
        return in -> {
            MemorySegment seconds = in.values(0);
            DataBuffer buffer = in.memory().scratchZeroed(8L * in.rowCount());
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                double value =
                        seconds.get(
                                ValueLayout.JAVA_DOUBLE_UNALIGNED, (long) (i & in.mask(0)) << 3);
                double micros = Math.rint(value * Calendar.MICROS_PER_SECOND);
                if (!(Math.abs(micros) < 0x1p63)) {
                    throw TemporalArithmetic.outOfRange(ScalarType.TIMESTAMP_TZ);
                }
                buffer.segment().set(LONG, 8L * i, (long) micros);
            }
            return in.result(ScalarType.TIMESTAMP_TZ, buffer);
        };
    }

    private static Column name(FunctionInput in, FunctionSite site, boolean month) {
        Type type = site.argumentType(0);
        MemorySegment values = Int64Arguments.of(in, 0);
        TextBuilder builder = new TextBuilder(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long micros = local(type, values, i & in.mask(0), site.zoneId());
            long days = Math.floorDiv(micros, Calendar.MICROS_PER_DAY);
            builder.append(
                    month
                            ? DateFormat.monthName(Calendar.month(Calendar.civil(days)))
                            : DateFormat.dayName(Calendar.isoDayOfWeek(days)));
            builder.finishRow(i);
        }
        return builder.finish(ScalarType.VARCHAR);
    }
}
