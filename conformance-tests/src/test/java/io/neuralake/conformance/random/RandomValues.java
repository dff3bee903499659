package io.neuralake.conformance.random;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;

/// Literals out of small domains, so that rows meet, with the odd ones of each type among them.
/// Sums of the doubles are exact in any order.
final class RandomValues {
    private static final String[] TEXTS = {
        "",
        "a",
        "A",
        "b",
        "ab",
        "abc",
        "ABC",
        "ba",
        " a ",
        "  ",
        "%",
        "_",
        "a_b",
        "10",
        "-1",
        "äöü",
        "ÄÖÜ",
        "é",
        "日本語",
        "日本",
        "😀",
        "a😀b",
        "exactly 12 b",
        "more than twelve",
        "more than twelve bytes",
        "more than twelvf",
        "it''s",
        "x,y"
    };

    private RandomValues() {}

    /// Returns a literal of the type, never NULL.
    static String literal(Kind kind, RandomSource random) {
        return switch (kind) {
            case BOOLEAN -> random.percent(50) ? "TRUE" : "FALSE";
            case INTEGER -> integer(random);
            case BIGINT -> "CAST(" + bigint(random) + " AS BIGINT)";
            case DECIMAL -> "CAST(" + decimal(random) + " AS DECIMAL(10, 2))";
            case DOUBLE -> doubleLiteral(random);
            case VARCHAR -> "'" + random.one(TEXTS) + "'";
            case DATE -> "DATE '" + date(random) + "'";
            case TIMESTAMP -> "TIMESTAMP '" + timestamp(random) + "'";
        };
    }

    static String integer(RandomSource random) {
        return Integer.toString(
                random.percent(90) ? random.between(-9, 20) : random.between(-2000, 2000));
    }

    static String bigint(RandomSource random) {
        return Integer.toString(
                random.percent(80) ? random.between(-50, 50) : random.between(-9999999, 9999999));
    }

    static String decimal(RandomSource random) {
        return String.format(
                Locale.ROOT,
                "%.2f",
                (random.percent(70) ? random.between(-40, 40) * 25 : random.between(-99999, 99999))
                        / 100.0);
    }

    private static String doubleLiteral(RandomSource random) {
        if (random.percent(12)) {
            String odd = random.one("NaN", "Infinity", "-Infinity", "-0.0");
            return "CAST('" + odd + "' AS DOUBLE)";
        }
        double value = random.between(-40, 40) * (random.percent(80) ? 0.5 : 1024.25);
        return String.format(Locale.ROOT, "%.3fe0", value);
    }

    private static LocalDate date(RandomSource random) {
        return switch (random.below(4)) {
            case 0 -> LocalDate.of(1970, 1, 1).plusDays(random.between(-400, 400));
            case 1 -> LocalDate.of(2024, 2, 29).plusYears(random.between(-8, 8));
            case 2 -> LocalDate.of(1900, 12, 31).plusDays(random.between(0, 3));
            default -> LocalDate.of(2020, random.between(1, 12), random.one(1, 15, 28));
        };
    }

    private static String timestamp(RandomSource random) {
        LocalDateTime day = date(random).atStartOfDay();
        LocalDateTime time =
                switch (random.below(4)) {
                    case 0 -> day;
                    case 1 -> day.plusHours(random.below(24));
                    case 2 -> day.plusSeconds(random.below(86_400));
                    default -> day.plusNanos(random.below(86_400) * 1_000_000_000L + 123_456_000);
                };
        return time.toString().replace('T', ' ');
    }
}
