package io.neuralake.exec.function;

import java.time.DateTimeException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads intervals from text: `1 year 2 months`, `1-2`, `3 days 04:05:06.5`, `-90 minutes`.
final class IntervalText {
    private static final Pattern UNIT =
            Pattern.compile("\\s*([+-]?\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]+)\\s*(?:ago)?");
    private static final Pattern CLOCK =
            Pattern.compile("\\s*([+-]?)(\\d+):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,9}))?)?\\s*");
    private static final Pattern YEAR_MONTH = Pattern.compile("\\s*([+-]?)(\\d+)-(\\d+)\\s*");

    private IntervalText() {}

    static long months(String text) {
        Matcher pair = YEAR_MONTH.matcher(text);
        if (pair.matches()) {
            long months = Long.parseLong(pair.group(2)) * 12 + Long.parseLong(pair.group(3));
            return pair.group(1).equals("-") ? -months : months;
        }
        long months = 0;
        Matcher unit = UNIT.matcher(text);
        int at = 0;
        while (at < text.length() && unit.find(at) && unit.start() == at) {
            long count = (long) Double.parseDouble(unit.group(1));
            months += Math.multiplyExact(count, monthsOf(unit.group(2)));
            at = unit.end();
        }
        return complete(text, at, months);
    }

    private static long complete(String text, int at, long value) {
        if (at == 0 || !text.substring(at).isBlank()) {
            throw new DateTimeException("Not an interval: " + text);
        }
        return value;
    }

    private static long monthsOf(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "month", "months", "mon", "mons" -> 1;
            case "quarter", "quarters" -> 3;
            case "year", "years", "y", "yr", "yrs" -> 12;
            case "decade", "decades" -> 120;
            case "century", "centuries" -> 1200;
            default -> throw new DateTimeException("Not a unit of months: " + unit);
        };
    }

    static long micros(String text) {
        double micros = 0;
        long whole = 0;
        Matcher unit = UNIT.matcher(text);
        int at = 0;
        while (at < text.length() && unit.find(at) && unit.start() == at) {
            long per = microsOf(unit.group(2));
            String count = unit.group(1);
            if (count.indexOf('.') < 0) {
                whole = Math.addExact(whole, Math.multiplyExact(Long.parseLong(count), per));
            } else {
                micros += Double.parseDouble(count) * per;
            }
            at = unit.end();
        }
        Matcher clock = CLOCK.matcher(text);
        if (at < text.length() && clock.find(at) && clock.start() == at) {
            long time =
                    Long.parseLong(clock.group(2)) * Calendar.MICROS_PER_HOUR
                            + Long.parseLong(clock.group(3)) * Calendar.MICROS_PER_MINUTE;
            if (clock.group(4) != null) {
                time += Long.parseLong(clock.group(4)) * Calendar.MICROS_PER_SECOND;
            }
            if (clock.group(5) != null) {
                time += Long.parseLong((clock.group(5) + "000000").substring(0, 6));
            }
            whole += clock.group(1).equals("-") ? -time : time;
            at = clock.end();
        }
        return complete(text, at, whole + Math.round(micros));
    }

    private static long microsOf(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "microsecond", "microseconds", "us" -> 1;
            case "millisecond", "milliseconds", "ms" -> 1000;
            case "second", "seconds", "sec", "secs", "s" -> Calendar.MICROS_PER_SECOND;
            case "minute", "minutes", "min", "mins", "m" -> Calendar.MICROS_PER_MINUTE;
            case "hour", "hours", "h", "hr", "hrs" -> Calendar.MICROS_PER_HOUR;
            case "day", "days", "d" -> Calendar.MICROS_PER_DAY;
            case "week", "weeks", "w" -> 7 * Calendar.MICROS_PER_DAY;
            default -> throw new DateTimeException("Not a unit of days or time: " + unit);
        };
    }
}
