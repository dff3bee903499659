package io.neuralake.exec.function;

import io.neuralake.spi.type.ScalarType;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// Writes and reads dates, times, timestamps and intervals in the text forms of DuckDB and
/// PostgreSQL: `2024-02-29`, `12:30:00.5`, `2024-02-29 12:30:00`, `... +00`, `3 days 04:05:06`.
public final class TemporalText {
    private TemporalText() {}

    /// Writes a date, given in days since 1970-01-01.
    public static void date(StringBuilder text, long days) {
        long civil = Calendar.civil(days);
        long year = Calendar.year(civil);
        boolean beforeChrist = year <= 0;
        pad(text, beforeChrist ? 1 - year : year, 4);
        text.append('-');
        pad(text, Calendar.month(civil), 2);
        text.append('-');
        pad(text, Calendar.day(civil), 2);
        if (beforeChrist) {
            text.append(" (BC)");
        }
    }

    /// Writes a time of day, given in microseconds.
    public static void time(StringBuilder text, long micros) {
        pad(text, micros / Calendar.MICROS_PER_HOUR, 2);
        text.append(':');
        pad(text, micros / Calendar.MICROS_PER_MINUTE % 60, 2);
        text.append(':');
        pad(text, micros / Calendar.MICROS_PER_SECOND % 60, 2);
        fraction(text, micros % Calendar.MICROS_PER_SECOND);
    }

    private static void fraction(StringBuilder text, long micros) {
        if (micros == 0) {
            return;
        }
        text.append('.');
        pad(text, micros, 6);
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        text.setLength(end);
    }

    /// Writes a timestamp, given in microseconds since 1970-01-01.
    public static void timestamp(StringBuilder text, long micros) {
        date(text, Math.floorDiv(micros, Calendar.MICROS_PER_DAY));
        text.append(' ');
        time(text, Math.floorMod(micros, Calendar.MICROS_PER_DAY));
    }

    /// Writes an instant, given in microseconds since 1970-01-01, as the zone's clocks show it.
    public static void instant(StringBuilder text, long micros, ZoneId zone) {
        int offset = offsetSeconds(micros, zone);
        timestamp(text, micros + offset * Calendar.MICROS_PER_SECOND);
        text.append(offset < 0 ? '-' : '+');
        int magnitude = Math.abs(offset);
        pad(text, magnitude / 3600, 2);
        if (magnitude % 3600 != 0) {
            text.append(':');
            pad(text, magnitude / 60 % 60, 2);
        }
        if (magnitude % 60 != 0) {
            text.append(':');
            pad(text, magnitude % 60, 2);
        }
    }

    /// Returns the zone's offset at an instant.
    static int offsetSeconds(long micros, ZoneId zone) {
        if (zone instanceof ZoneOffset fixed) {
            return fixed.getTotalSeconds();
        }
        return zone.getRules()
                .getOffset(Instant.ofEpochSecond(Math.floorDiv(micros, Calendar.MICROS_PER_SECOND)))
                .getTotalSeconds();
    }

    /// Returns the instant of a local time in a zone, the later one where there are two; in a gap the
    /// time moves forward by the gap.
    static long toInstant(long local, ZoneId zone) {
        if (zone instanceof ZoneOffset fixed) {
            return local - fixed.getTotalSeconds() * Calendar.MICROS_PER_SECOND;
        }
        long seconds = Math.floorDiv(local, Calendar.MICROS_PER_SECOND);
        LocalDateTime time = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
        long instant = time.atZone(zone).withLaterOffsetAtOverlap().toEpochSecond();
        return instant * Calendar.MICROS_PER_SECOND
                + Math.floorMod(local, Calendar.MICROS_PER_SECOND);
    }

    /// Returns the local time of an instant in a zone.
    static long toLocal(long instant, ZoneId zone) {
        return instant + offsetSeconds(instant, zone) * Calendar.MICROS_PER_SECOND;
    }

    /// Writes an interval of months.
    public static void months(StringBuilder text, long months) {
        long years = months / 12;
        long rest = months % 12;
        if (years != 0 || rest == 0) {
            unit(text, years, years == 0 ? "month" : "year");
        }
        if (rest != 0) {
            if (years != 0) {
                text.append(' ');
            }
            unit(text, rest, "month");
        }
    }

    private static void unit(StringBuilder text, long count, String name) {
        text.append(count).append(' ').append(name);
        if (count != 1 && count != -1) {
            text.append('s');
        }
    }

    /// Writes an interval of microseconds.
    public static void interval(StringBuilder text, long micros) {
        long days = micros / Calendar.MICROS_PER_DAY;
        long rest = micros % Calendar.MICROS_PER_DAY;
        if (days != 0) {
            unit(text, days, "day");
            if (rest == 0) {
                return;
            }
            text.append(' ');
        }
        if (rest < 0) {
            text.append('-');
        }
        time(text, Math.abs(rest));
    }

    static void pad(StringBuilder text, long value, int width) {
        String digits = Long.toString(value);
        for (int i = digits.length(); i < width; i++) {
            text.append('0');
        }
        text.append(digits);
    }

    /// Reads text as a temporal type. Returns the value, or throws DateTimeException.
    static long read(String text, ScalarType type, ZoneId zone) {
        TemporalReader reader = new TemporalReader(text.strip());
        return switch (type) {
            case DATE -> reader.dateOnly();
            case TIME -> reader.timeOnly();
            case TIMESTAMP -> reader.timestamp(null);
            case TIMESTAMP_TZ -> reader.timestamp(zone);
            case INTERVAL_YEAR_MONTH -> IntervalText.months(text);
            case INTERVAL_DAY_TIME -> IntervalText.micros(text);
            default -> throw new DateTimeException("Not a temporal type: " + type);
        };
    }
}
