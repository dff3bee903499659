package io.neuralake.connector.delta.write;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Turns bounds into what statistics have of them. Timestamps are cut to milliseconds and texts to a prefix, so
/// that upper bounds have to be raised; what cannot be raised, or written so that all readers understand it, is
/// left out.
final class StatisticsValue {
    private static final int MAX_CHARACTERS = 32;
    private static final long MICROS_A_MILLI = 1000;
    private static final int MAX_YEAR = 9999;
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS", Locale.ROOT);

    private StatisticsValue() {}

    /// A number, written without quotes.
    record Number(String text) {}

    static @Nullable Object lower(Type type, @Nullable Object bound) {
        return value(type, bound, false);
    }

    static @Nullable Object upper(Type type, @Nullable Object bound) {
        return value(type, bound, true);
    }

    private static @Nullable Object value(Type type, @Nullable Object bound, boolean upper) {
        if (bound == null) {
            return null;
        }
        if (type instanceof DecimalType) {
            return new Number(((BigDecimal) bound).toPlainString());
        }
        if (!(type instanceof ScalarType scalar)) {
            return null;
        }
        return switch (scalar) {
            case TINYINT, SMALLINT, INTEGER, BIGINT -> bound;
            // A float is written with the digits of the same double, whichever a reader takes it
            // for.
            case REAL, DOUBLE ->
                    Double.isFinite((Double) bound) ? new Number(bound.toString()) : null;
            case VARCHAR -> text((byte[]) bound, upper);
            case DATE -> date((Long) bound);
            case TIMESTAMP, TIMESTAMP_TZ -> timestamp((Long) bound, scalar, upper);
            case NULL, BOOLEAN, VARBINARY, TIME, INTERVAL_YEAR_MONTH, INTERVAL_DAY_TIME -> null;
        };
    }

    private static @Nullable String date(long days) {
        LocalDate date = LocalDate.ofEpochDay(days);
        return isWritable(date.getYear()) ? date.toString() : null;
    }

    private static boolean isWritable(int year) {
        return year > 0 && year <= MAX_YEAR;
    }

    private static @Nullable String timestamp(long micros, ScalarType type, boolean upper) {
        long millis =
                upper
                        ? Math.ceilDiv(micros, MICROS_A_MILLI)
                        : Math.floorDiv(micros, MICROS_A_MILLI);
        LocalDateTime time =
                LocalDateTime.ofInstant(
                        Instant.EPOCH.plus(millis, ChronoUnit.MILLIS), ZoneOffset.UTC);
        return isWritable(time.getYear())
                ? time.format(MILLIS) + (type == ScalarType.TIMESTAMP_TZ ? "Z" : "")
                : null;
    }

    private static @Nullable String text(byte[] utf8, boolean upper) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException noText) {
            return null;
        }
        if (text.codePointCount(0, text.length()) <= MAX_CHARACTERS) {
            return text;
        }
        String prefix = text.substring(0, text.offsetByCodePoints(0, MAX_CHARACTERS));
        return upper ? raised(prefix) : prefix;
    }

    /// Returns a text above all that begin with the prefix, in the order of code points.
    private static @Nullable String raised(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            end -= Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                int next =
                        last + 1 == Character.MIN_SURROGATE
                                ? Character.MAX_SURROGATE + 1
                                : last + 1;
                return prefix.substring(0, end) + Character.toString(next);
            }
        }
        return null;
    }
}
