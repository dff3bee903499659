package io.neuralake.exec.function;

/// Converts between days since 1970-01-01 and the proleptic Gregorian calendar without objects. From
/// Howard Hinnant, "chrono-compatible low-level date algorithms".
final class Calendar {
    static final long MICROS_PER_SECOND = 1_000_000L;
    static final long MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
    static final long MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;
    static final long MICROS_PER_DAY = 24 * MICROS_PER_HOUR;
    static final int MIN_YEAR = -290_000;
    static final int MAX_YEAR = 290_000;

    private static final int DAYS_PER_ERA = 146_097;
    private static final int EPOCH_SHIFT = 719_468;

    private Calendar() {}

    /// Returns year, month and day packed: see [#year], [#month], [#day].
    static long civil(long days) {
        long z = days + EPOCH_SHIFT;
        long era = Math.floorDiv(z, (long) DAYS_PER_ERA);
        int dayOfEra = (int) (z - era * DAYS_PER_ERA);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shifted = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * shifted + 2) / 5 + 1;
        int month = shifted < 10 ? shifted + 3 : shifted - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return year << 16 | (long) month << 8 | day;
    }

    static int year(long civil) {
        return (int) (civil >> 16);
    }

    static int month(long civil) {
        return (int) (civil >> 8 & 0xFF);
    }

    static int day(long civil) {
        return (int) (civil & 0xFF);
    }

    /// Returns the days since 1970-01-01 of a valid date.
    static long days(long year, int month, int day) {
        long y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400L);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * DAYS_PER_ERA + dayOfEra - EPOCH_SHIFT;
    }

    static boolean isLeap(long year) {
        return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    static int daysInMonth(long year, int month) {
        return switch (month) {
            case 2 -> isLeap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /// Moves a day by months, to the last day of a shorter month at most.
    static long addMonths(long days, long months) {
        long civil = civil(days);
        long total = (long) year(civil) * 12 + month(civil) - 1 + months;
        long year = Math.floorDiv(total, 12L);
        int month = (int) Math.floorMod(total, 12L) + 1;
        return days(year, month, Math.min(day(civil), daysInMonth(year, month)));
    }

    /// Returns the whole months from one instant to another, both in microseconds.
    static long monthsBetween(long from, long to) {
        long fromDays = Math.floorDiv(from, MICROS_PER_DAY);
        long toDays = Math.floorDiv(to, MICROS_PER_DAY);
        long a = civil(fromDays);
        long b = civil(toDays);
        long months = (year(b) - (long) year(a)) * 12 + month(b) - month(a);
        long moved =
                addMonths(fromDays, months) * MICROS_PER_DAY + Math.floorMod(from, MICROS_PER_DAY);
        if (months > 0 && moved > to) {
            months--;
        } else if (months < 0 && moved < to) {
            months++;
        }
        return months;
    }

    /// Returns Monday = 1 to Sunday = 7.
    static int isoDayOfWeek(long days) {
        return (int) Math.floorMod(days + 3, 7L) + 1;
    }

    /// Returns the day's number within its year, from 1.
    static int dayOfYear(long days) {
        return (int) (days - days(year(civil(days)), 1, 1)) + 1;
    }

    /// Returns the year of the ISO week that the day belongs to.
    static int isoYear(long days) {
        return year(civil(days - isoDayOfWeek(days) + 4));
    }

    /// Returns the number of the ISO week.
    static int isoWeek(long days) {
        return (dayOfYear(days - isoDayOfWeek(days) + 4) - 1) / 7 + 1;
    }
}
