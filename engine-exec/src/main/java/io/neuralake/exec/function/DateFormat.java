package io.neuralake.exec.function;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A parsed pattern for dates and times, in the style of strftime (`%Y-%m-%d`) or of PostgreSQL's
/// to_char (`YYYY-MM-DD`). Writes and reads local times in microseconds. Immutable.
final class DateFormat {
    private static final List<String> MONTHS =
            List.of(
                    "January",
                    "February",
                    "March",
                    "April",
                    "May",
                    "June",
                    "July",
                    "August",
                    "September",
                    "October",
                    "November",
                    "December");
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
    private static final int SHORT_NAME = 3;

    /// The patterns of to_char with their strftime specifiers, longest first.
    private static final String[][] TEMPLATES = {
        {"YYYY", "Y"}, {"IYYY", "G"}, {"HH24", "H"}, {"HH12", "I"}, {"Month", "B"}, {"MONTH", "1"},
        {"month", "2"}, {"DDD", "j"}, {"Day", "A"}, {"DAY", "3"}, {"day", "4"}, {"Mon", "b"},
        {"MON", "5"}, {"mon", "6"}, {"YY", "y"}, {"MM", "m"}, {"MI", "M"}, {"MS", "g"},
        {"SS", "S"}, {"US", "f"}, {"DD", "d"}, {"Dy", "a"}, {"DY", "7"}, {"dy", "8"},
        {"HH", "I"}, {"IW", "V"}, {"AM", "p"}, {"PM", "p"}, {"am", "9"}, {"pm", "9"},
        {"ID", "u"}, {"TZ", "Z"}, {"Q", "q"}, {"D", "0"},
    };

    /// A literal text, or a specifier.
    private record Part(String text, char specifier, boolean padded) {}

    private final String pattern;
    private final List<Part> parts;

    private DateFormat(String pattern, List<Part> parts) {
        this.pattern = pattern;
        this.parts = parts;
    }

    /// Parses a strftime pattern. Throws INVALID_PARAMETER for a specifier that is not known.
    static DateFormat ofStrftime(String pattern) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            if (c != '%') {
                parts.add(new Part(String.valueOf(c), ' ', true));
                continue;
            }
            boolean padded = true;
            char specifier = at < pattern.length() ? pattern.charAt(at++) : ' ';
            if (specifier == '-' && at < pattern.length()) {
                padded = false;
                specifier = pattern.charAt(at++);
            }
            switch (specifier) {
                case '%' -> parts.add(new Part("%", ' ', true));
                case 'D' -> parts.addAll(ofStrftime("%m/%d/%y").parts);
                case 'F', 'x' -> parts.addAll(ofStrftime("%Y-%m-%d").parts);
                case 'T', 'X' -> parts.addAll(ofStrftime("%H:%M:%S").parts);
                case 'R' -> parts.addAll(ofStrftime("%H:%M").parts);
                case 'c' -> parts.addAll(ofStrftime("%Y-%m-%d %H:%M:%S").parts);
                default -> {
                    if ("aAbBdfgGHIjmMnpqSuUVwWyYzZ".indexOf(specifier) < 0) {
                        throw RowErrors.argument(
                                "Specifier not known: %" + specifier + " in " + pattern);
                    }
                    parts.add(new Part("", specifier, padded));
                }
            }
        }
        return new DateFormat(pattern, parts);
    }

    /// Parses a pattern of to_char. Text in double quotes and other characters stand for themselves.
    static DateFormat ofTemplate(String pattern) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        boolean padded = true;
        while (at < pattern.length()) {
            if (pattern.charAt(at) == '"') {
                int end = pattern.indexOf('"', at + 1);
                end = end < 0 ? pattern.length() : end;
                for (char c : pattern.substring(at + 1, end).toCharArray()) {
                    parts.add(new Part(String.valueOf(c), ' ', true));
                }
                at = Math.min(pattern.length(), end + 1);
                continue;
            }
            if (pattern.startsWith("FM", at)) {
                padded = false;
                at += 2;
                continue;
            }
            String[] found = template(pattern, at);
            if (found.length == 0) {
                parts.add(new Part(String.valueOf(pattern.charAt(at++)), ' ', true));
            } else {
                parts.add(new Part("", found[1].charAt(0), padded));
                padded = true;
                at += found[0].length();
            }
        }
        return new DateFormat(pattern, parts);
    }

    private static String[] template(String pattern, int at) {
        for (String[] template : TEMPLATES) {
            if (pattern.startsWith(template[0], at)) {
                return template;
            }
        }
        String upper = pattern.substring(at).toUpperCase(Locale.ROOT);
        for (String[] template : TEMPLATES) {
            if (template[0].equals(template[0].toUpperCase(Locale.ROOT))
                    && upper.startsWith(template[0])
                    && template[0].length() > 1) {
                return template;
            }
        }
        return new String[0];
    }

    static String monthName(int month) {
        return MONTHS.get(month - 1);
    }

    static String dayName(int isoDay) {
        return DAYS.get(isoDay - 1);
    }

    /// Writes a local time.
    ///
    /// @param offsetSeconds the zone's offset, for %z
    void write(StringBuilder text, long local, int offsetSeconds, ZoneId zone) {
        long days = Math.floorDiv(local, Calendar.MICROS_PER_DAY);
        long time = Math.floorMod(local, Calendar.MICROS_PER_DAY);
        long civil = Calendar.civil(days);
        int isoDay = Calendar.isoDayOfWeek(days);
        String month = MONTHS.get(Calendar.month(civil) - 1);
        String day = DAYS.get(isoDay - 1);
        long hour = time / Calendar.MICROS_PER_HOUR;
        for (Part part : parts) {
            switch (part.specifier()) {
                case ' ' -> text.append(part.text());
                case 'a' -> text.append(day, 0, SHORT_NAME);
                case 'A' -> text.append(day);
                case '3' -> text.append(day.toUpperCase(Locale.ROOT));
                case '4' -> text.append(day.toLowerCase(Locale.ROOT));
                case '7' -> text.append(day.substring(0, SHORT_NAME).toUpperCase(Locale.ROOT));
                case '8' -> text.append(day.substring(0, SHORT_NAME).toLowerCase(Locale.ROOT));
                case 'b' -> text.append(month, 0, SHORT_NAME);
                case 'B' -> text.append(month);
                case '1' -> text.append(month.toUpperCase(Locale.ROOT));
                case '2' -> text.append(month.toLowerCase(Locale.ROOT));
                case '5' -> text.append(month.substring(0, SHORT_NAME).toUpperCase(Locale.ROOT));
                case '6' -> text.append(month.substring(0, SHORT_NAME).toLowerCase(Locale.ROOT));
                case 'd' -> number(text, part, Calendar.day(civil), 2);
                case 'm' -> number(text, part, Calendar.month(civil), 2);
                case 'y' -> number(text, part, Math.floorMod(Calendar.year(civil), 100), 2);
                case 'Y' -> number(text, part, Calendar.year(civil), 4);
                case 'G' -> number(text, part, Calendar.isoYear(days), 4);
                case 'H' -> number(text, part, hour, 2);
                case 'I' -> number(text, part, (hour + 11) % 12 + 1, 2);
                case 'M' -> number(text, part, time / Calendar.MICROS_PER_MINUTE % 60, 2);
                case 'S' -> number(text, part, time / Calendar.MICROS_PER_SECOND % 60, 2);
                case 'f' -> number(text, part, time % Calendar.MICROS_PER_SECOND, 6);
                case 'g' -> number(text, part, time % Calendar.MICROS_PER_SECOND / 1000, 3);
                case 'n' -> number(text, part, time % Calendar.MICROS_PER_SECOND * 1000, 9);
                case 'p' -> text.append(hour < 12 ? "AM" : "PM");
                case '9' -> text.append(hour < 12 ? "am" : "pm");
                case 'j' -> number(text, part, Calendar.dayOfYear(days), 3);
                case 'q' -> text.append((Calendar.month(civil) + 2) / 3);
                case 'u' -> text.append(isoDay);
                case 'w' -> text.append(isoDay % 7);
                case '0' -> text.append(isoDay % 7 + 1);
                case 'V' -> number(text, part, Calendar.isoWeek(days), 2);
                case 'U' -> number(text, part, (Calendar.dayOfYear(days) + 6 - isoDay % 7) / 7, 2);
                case 'W' -> number(text, part, (Calendar.dayOfYear(days) + 7 - isoDay) / 7, 2);
                case 'z' -> offset(text, offsetSeconds);
                case 'Z' -> text.append(zone.getId());
                default -> throw new IllegalStateException("Specifier: " + part.specifier());
            }
        }
    }

    private static void offset(StringBuilder text, int seconds) {
        text.append(seconds < 0 ? '-' : '+');
        TemporalText.pad(text, Math.abs(seconds) / 3600, 2);
        if (seconds % 3600 != 0) {
            text.append(':');
            TemporalText.pad(text, Math.abs(seconds) / 60 % 60, 2);
        }
    }

    private static void number(StringBuilder text, Part part, long value, int width) {
        if (value < 0) {
            text.append('-');
        }
        TemporalText.pad(text, Math.abs(value), part.padded() ? width : 1);
    }

    /// Reads a local time; an offset (%z) makes it UTC. Throws DateTimeException.
    long read(String text) {
        return new Reading(text).read();
    }

    /// One text being read.
    private final class Reading {
        private final String text;
        private int at;
        private long year = 1900;
        private long month = 1;
        private long day = 1;
        private long dayOfYear;
        private long hour;
        private long minute;
        private long second;
        private long micros;
        private long offsetSeconds;
        private boolean afternoon;
        private boolean half;

        Reading(String text) {
            this.text = text;
        }

        private DateTimeException wrong() {
            return new DateTimeException("Text does not fit " + pattern + ": " + text);
        }

        private long number(int maxDigits) {
            int from = at;
            long value = 0;
            while (at < text.length()
                    && at - from < maxDigits
                    && text.charAt(at) >= '0'
                    && text.charAt(at) <= '9') {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == from) {
                throw wrong();
            }
            return value;
        }

        private long fraction() {
            int from = at;
            long value = number(9);
            for (int read = at - from; read < 9; read++) {
                value *= 10;
            }
            return value / 1000;
        }

        private int name(List<String> names) {
            for (int length : new int[] {Integer.MAX_VALUE, SHORT_NAME}) {
                for (int i = 0; i < names.size(); i++) {
                    String name = names.get(i);
                    int count = Math.min(length, name.length());
                    if (text.regionMatches(true, at, name, 0, count)) {
                        at += count;
                        return i + 1;
                    }
                }
            }
            throw wrong();
        }

        long read() {
            for (Part part : parts) {
                part(part);
            }
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            if (at != text.length() || hour > 23 || minute > 59 || second > 59) {
                throw wrong();
            }
            if (half) {
                if (hour < 1 || hour > 12) {
                    throw wrong();
                }
                hour = hour % 12 + (afternoon ? 12 : 0);
            }
            long days =
                    dayOfYear > 0
                            ? TemporalReader.checkedDays(year, 1, 1) + dayOfYear - 1
                            : TemporalReader.checkedDays(year, month, day);
            long seconds = (hour * 60 + minute) * 60 + second - offsetSeconds;
            return days * Calendar.MICROS_PER_DAY + seconds * Calendar.MICROS_PER_SECOND + micros;
        }

        private void part(Part part) {
            switch (part.specifier()) {
                case ' ' -> {
                    if (part.text().isBlank()) {
                        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                            at++;
                        }
                    } else if (text.startsWith(part.text(), at)) {
                        at += part.text().length();
                    } else {
                        throw wrong();
                    }
                }
                case 'Y', 'G' -> {
                    boolean negative = at < text.length() && text.charAt(at) == '-';
                    at += negative ? 1 : 0;
                    year = number(4);
                    year = negative ? -year : year;
                }
                case 'y' -> {
                    year = number(2);
                    year += year < 69 ? 2000 : 1900;
                }
                case 'm' -> month = number(2);
                case 'b', 'B', '1', '2', '5', '6' -> month = name(MONTHS);
                case 'a', 'A', '3', '4', '7', '8' -> name(DAYS);
                case 'd' -> day = number(2);
                case 'j' -> dayOfYear = number(3);
                case 'H' -> hour = number(2);
                case 'I' -> {
                    hour = number(2);
                    half = true;
                }
                case 'M' -> minute = number(2);
                case 'S' -> second = number(2);
                case 'f', 'g', 'n' -> micros = fraction();
                case 'p', '9' -> {
                    half = true;
                    afternoon = text.regionMatches(true, at, "PM", 0, 2);
                    if (!afternoon && !text.regionMatches(true, at, "AM", 0, 2)) {
                        throw wrong();
                    }
                    at += 2;
                }
                case 'z' -> offset();
                default -> throw new DateTimeException("Specifier is for writing only: " + pattern);
            }
        }

        private void offset() {
            if (at < text.length() && text.charAt(at) == 'Z') {
                at++;
                return;
            }
            if (at >= text.length() || text.charAt(at) != '+' && text.charAt(at) != '-') {
                throw wrong();
            }
            boolean negative = text.charAt(at++) == '-';
            offsetSeconds = number(2) * 3600;
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
            }
            if (at < text.length() && Character.isDigit(text.charAt(at))) {
                offsetSeconds += number(2) * 60;
            }
            offsetSeconds = negative ? -offsetSeconds : offsetSeconds;
        }
    }
}
