package io.neuralake.exec.function;

import io.neuralake.spi.type.ScalarType;

import java.util.Locale;

/// A field of dates and times, or a unit of time.
enum TemporalField {
    MILLENNIUM,
    CENTURY,
    DECADE,
    YEAR,
    ISOYEAR,
    QUARTER,
    MONTH,
    WEEK,
    DAY,
    DOW,
    ISODOW,
    DOY,
    HOUR,
    MINUTE,
    SECOND,
    MILLISECOND,
    MICROSECOND,
    EPOCH;

    /// Finds a field by one of its names. Throws INVALID_PARAMETER.
    static TemporalField of(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "millennium", "millennia", "mil" -> MILLENNIUM;
            case "century", "centuries", "c" -> CENTURY;
            case "decade", "decades", "dec" -> DECADE;
            case "year", "years", "yr", "yrs", "y", "yyyy" -> YEAR;
            case "isoyear" -> ISOYEAR;
            case "quarter", "quarters", "qtr", "q" -> QUARTER;
            case "month", "months", "mon", "mons" -> MONTH;
            case "week", "weeks", "weekofyear", "w" -> WEEK;
            case "day", "days", "dayofmonth", "d" -> DAY;
            case "dow", "dayofweek", "weekday" -> DOW;
            case "isodow" -> ISODOW;
            case "doy", "dayofyear" -> DOY;
            case "hour", "hours", "hr", "hrs", "h" -> HOUR;
            case "minute", "minutes", "min", "mins", "m" -> MINUTE;
            case "second", "seconds", "sec", "secs", "s" -> SECOND;
            case "millisecond", "milliseconds", "ms", "msec" -> MILLISECOND;
            case "microsecond", "microseconds", "us", "usec" -> MICROSECOND;
            case "epoch" -> EPOCH;
            default -> throw RowErrors.argument("Unit of time not known: " + name);
        };
    }

    /// Returns the field of a day and a time of day in microseconds, both local.
    long get(long days, long micros) {
        return switch (this) {
            case MILLENNIUM -> period(year(days), 1000);
            case CENTURY -> period(year(days), 100);
            case DECADE -> Math.floorDiv(year(days), 10);
            case YEAR -> year(days);
            case ISOYEAR -> Calendar.isoYear(days);
            case QUARTER -> (Calendar.month(Calendar.civil(days)) + 2) / 3;
            case MONTH -> Calendar.month(Calendar.civil(days));
            case WEEK -> Calendar.isoWeek(days);
            case DAY -> Calendar.day(Calendar.civil(days));
            case DOW -> Calendar.isoDayOfWeek(days) % 7;
            case ISODOW -> Calendar.isoDayOfWeek(days);
            case DOY -> Calendar.dayOfYear(days);
            case HOUR -> micros / Calendar.MICROS_PER_HOUR;
            case MINUTE -> micros / Calendar.MICROS_PER_MINUTE % 60;
            case SECOND -> micros / Calendar.MICROS_PER_SECOND % 60;
            case MILLISECOND -> micros % Calendar.MICROS_PER_MINUTE / 1000;
            case MICROSECOND -> micros % Calendar.MICROS_PER_MINUTE;
            case EPOCH -> days * 86_400 + micros / Calendar.MICROS_PER_SECOND;
        };
    }

    private static int year(long days) {
        return Calendar.year(Calendar.civil(days));
    }

    private static long period(int year, int length) {
        return year > 0 ? (year - 1) / length + 1 : -((-(long) year) / length + 1);
    }

    /// Returns the field of an interval.
    long ofInterval(ScalarType type, long value) {
        if (type == ScalarType.INTERVAL_YEAR_MONTH) {
            return switch (this) {
                case MILLENNIUM -> value / 12_000;
                case CENTURY -> value / 1200;
                case DECADE -> value / 120;
                case YEAR -> value / 12;
                case QUARTER -> value % 12 / 3 + 1;
                case MONTH -> value % 12;
                case EPOCH -> value / 12 * 31_557_600 + value % 12 * 2_592_000;
                default -> 0;
            };
        }
        long rest = value % Calendar.MICROS_PER_DAY;
        return switch (this) {
            case DAY -> value / Calendar.MICROS_PER_DAY;
            case HOUR -> rest / Calendar.MICROS_PER_HOUR;
            case MINUTE -> rest / Calendar.MICROS_PER_MINUTE % 60;
            case SECOND -> rest / Calendar.MICROS_PER_SECOND % 60;
            case MILLISECOND -> rest % Calendar.MICROS_PER_MINUTE / 1000;
            case MICROSECOND -> rest % Calendar.MICROS_PER_MINUTE;
            case EPOCH -> value / Calendar.MICROS_PER_SECOND;
            default -> 0;
        };
    }

    /// Returns the beginning of the unit that holds a local time in microseconds.
    long truncate(long micros) {
        long days = Math.floorDiv(micros, Calendar.MICROS_PER_DAY);
        return switch (this) {
            case MICROSECOND -> micros;
            case MILLISECOND -> micros - Math.floorMod(micros, 1000L);
            case SECOND, EPOCH -> micros - Math.floorMod(micros, Calendar.MICROS_PER_SECOND);
            case MINUTE -> micros - Math.floorMod(micros, Calendar.MICROS_PER_MINUTE);
            case HOUR -> micros - Math.floorMod(micros, Calendar.MICROS_PER_HOUR);
            default -> truncateDays(days) * Calendar.MICROS_PER_DAY;
        };
    }

    /// Returns the first day of the unit that holds a day.
    long truncateDays(long days) {
        long civil = Calendar.civil(days);
        int year = Calendar.year(civil);
        return switch (this) {
            case MILLENNIUM -> Calendar.days(firstYear(year, 1000), 1, 1);
            case CENTURY -> Calendar.days(firstYear(year, 100), 1, 1);
            case DECADE -> Calendar.days(Math.floorDiv(year, 10) * 10L, 1, 1);
            case YEAR -> Calendar.days(year, 1, 1);
            case QUARTER -> Calendar.days(year, (Calendar.month(civil) - 1) / 3 * 3 + 1, 1);
            case MONTH -> days - Calendar.day(civil) + 1;
            case WEEK -> days - Calendar.isoDayOfWeek(days) + 1;
            case ISOYEAR -> {
                long fourth = Calendar.days(Calendar.isoYear(days), 1, 4);
                yield fourth - Calendar.isoDayOfWeek(fourth) + 1;
            }
            default -> days;
        };
    }

    private static long firstYear(int year, int length) {
        return Math.floorDiv(year - 1L, (long) length) * length + 1;
    }

    /// Returns the months of a unit, or 0 when it is not made of months.
    int months() {
        return switch (this) {
            case MILLENNIUM -> 12_000;
            case CENTURY -> 1200;
            case DECADE -> 120;
            case YEAR, ISOYEAR -> 12;
            case QUARTER -> 3;
            case MONTH -> 1;
            default -> 0;
        };
    }

    /// Returns the microseconds of a unit of days or less, or 0.
    long micros() {
        return switch (this) {
            case WEEK -> 7 * Calendar.MICROS_PER_DAY;
            case DAY, DOW, ISODOW, DOY -> Calendar.MICROS_PER_DAY;
            case HOUR -> Calendar.MICROS_PER_HOUR;
            case MINUTE -> Calendar.MICROS_PER_MINUTE;
            case SECOND, EPOCH -> Calendar.MICROS_PER_SECOND;
            case MILLISECOND -> 1000;
            case MICROSECOND -> 1;
            default -> 0;
        };
    }
}
