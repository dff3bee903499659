package io.neuralake.exec.function;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.ZoneId;

/// Reads dates and times from text, strictly: `2024-2-9`, `2024-02-09T10:00:00.123456Z`,
/// `10:00`, offsets such as `+02`, `+02:30`, zone names after a blank. Throws DateTimeException.
final class TemporalReader {
    private final String text;
    private int at;

    TemporalReader(String text) {
        this.text = text;
    }

    private DateTimeException wrong() {
        return new DateTimeException("Not a date or time: " + text);
    }

    private boolean peek(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private boolean take(char c) {
        if (peek(c)) {
            at++;
            return true;
        }
        return false;
    }

    private boolean digit() {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private int number(int maxDigits) {
        int from = at;
        int value = 0;
        while (digit() && at - from < maxDigits) {
            value = value * 10 + text.charAt(at++) - '0';
        }
        if (at == from) {
            throw wrong();
        }
        return value;
    }

    private void end() {
        if (at != text.length()) {
            throw wrong();
        }
    }

    private long date() {
        boolean negative = take('-');
        int year = number(6);
        char separator = peek('/') ? '/' : '-';
        if (!take(separator)) {
            throw wrong();
        }
        int month = number(2);
        if (!take(separator)) {
            throw wrong();
        }
        int day = number(2);
        if (text.startsWith(" (BC)", at)) {
            at += 5;
            year = 1 - year;
        }
        return checkedDays(negative ? -year : year, month, day);
    }

    /// Returns the days of a date, which may be invalid.
    static long checkedDays(long year, long month, long day) {
        if (year < Calendar.MIN_YEAR
                || year > Calendar.MAX_YEAR
                || month < 1
                || month > 12
                || day < 1
                || day > Calendar.daysInMonth(year, (int) month)) {
            throw new DateTimeException("No such date: " + year + "-" + month + "-" + day);
        }
        return Calendar.days(year, (int) month, (int) day);
    }

    private long time() {
        int hour = number(2);
        if (!take(':')) {
            throw wrong();
        }
        int minute = number(2);
        int second = 0;
        long micros = 0;
        if (take(':')) {
            second = number(2);
            if (take('.') || take(',')) {
                micros = fraction();
            }
        }
        boolean midnight = hour == 24 && minute == 0 && second == 0 && micros == 0;
        if (hour > 23 && !midnight || minute > 59 || second > 59) {
            throw wrong();
        }
        return ((hour * 60L + minute) * 60 + second) * Calendar.MICROS_PER_SECOND + micros;
    }

    private long fraction() {
        long micros = 0;
        int digits = 0;
        while (digit()) {
            if (digits < 6) {
                micros = micros * 10 + text.charAt(at) - '0';
            }
            digits++;
            at++;
        }
        for (int i = digits; i < 6; i++) {
            micros *= 10;
        }
        return micros;
    }

    /// Reads a date; a time behind it is read and dropped.
    long dateOnly() {
        long days = date();
        if (at < text.length()) {
            at = 0;
            return Math.floorDiv(timestamp(null), Calendar.MICROS_PER_DAY);
        }
        return days;
    }

    /// Reads a time of day; a date in front of it is read and dropped.
    long timeOnly() {
        if (text.indexOf('-') > 0) {
            return Math.floorMod(timestamp(null), Calendar.MICROS_PER_DAY);
        }
        long time = time();
        end();
        return time;
    }

    /// Reads a timestamp. With a zone the result is an instant: an offset in the text counts, else
    /// the zone does. Without a zone, an offset or zone in the text is read and dropped.
    long timestamp(@Nullable ZoneId zone) {
        long micros = Math.multiplyExact(date(), Calendar.MICROS_PER_DAY);
        if (at == text.length()) {
            return zone == null ? micros : TemporalText.toInstant(micros, zone);
        }
        if (!take('T') && !take('t') && !take(' ')) {
            throw wrong();
        }
        while (take(' ')) {
            continue;
        }
        micros += time();
        boolean blank = take(' ');
        if (at == text.length()) {
            return zone == null ? micros : TemporalText.toInstant(micros, zone);
        }
        if (take('Z') || take('z')) {
            end();
            return micros;
        }
        if (peek('+') || peek('-')) {
            long seconds = offset();
            return zone == null ? micros : micros - seconds * Calendar.MICROS_PER_SECOND;
        }
        if (!blank) {
            throw wrong();
        }
        ZoneId named = TimeZones.named(text.substring(at)).orElseThrow(this::wrong);
        return zone == null ? micros : TemporalText.toInstant(micros, named);
    }

    private long offset() {
        boolean negative = peek('-');
        at++;
        long seconds = number(2) * 3600L;
        if (take(':') || digit()) {
            seconds += number(2) * 60L;
            if (take(':')) {
                seconds += number(2);
            }
        }
        end();
        return negative ? -seconds : seconds;
    }
}
