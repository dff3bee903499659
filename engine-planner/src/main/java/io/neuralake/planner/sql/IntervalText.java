package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads intervals such as `1 year 2 months` or `3 days 04:05:06`. Years and months make one kind of
/// interval, days and times the other; both make a [MixedInterval].
final class IntervalText {
    private static final Pattern PART =
            Pattern.compile(
                    "\\s*(?:([+-]?)\\s*(\\d+):(\\d{1,2})(?::(\\d{1,2}(?:\\.\\d+)?))?"
                        + "|([+-]?\\s*\\d+(?:\\.\\d*)?|[+-]?\\s*\\.\\d+)\\s*([A-Za-z]+))\\s*,?");

    private static final BigDecimal SECOND = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal MINUTE = BigDecimal.valueOf(60_000_000L);
    private static final BigDecimal HOUR = BigDecimal.valueOf(3_600_000_000L);
    private static final BigDecimal DAY = BigDecimal.valueOf(86_400_000_000L);

    private static final Map<String, Integer> MONTHS =
            Map.of(
                    "month",
                    1,
                    "mon",
                    1,
                    "quarter",
                    3,
                    "year",
                    12,
                    "yr",
                    12,
                    "y",
                    12,
                    "decade",
                    120,
                    "century",
                    1200,
                    "millennium",
                    12000);
    private static final Map<String, BigDecimal> MICROS =
            Map.ofEntries(
                    Map.entry("microsecond", BigDecimal.ONE),
                    Map.entry("us", BigDecimal.ONE),
                    Map.entry("millisecond", BigDecimal.valueOf(1000)),
                    Map.entry("ms", BigDecimal.valueOf(1000)),
                    Map.entry("second", SECOND),
                    Map.entry("sec", SECOND),
                    Map.entry("s", SECOND),
                    Map.entry("minute", MINUTE),
                    Map.entry("min", MINUTE),
                    Map.entry("m", MINUTE),
                    Map.entry("hour", HOUR),
                    Map.entry("hr", HOUR),
                    Map.entry("h", HOUR),
                    Map.entry("day", DAY),
                    Map.entry("d", DAY),
                    Map.entry("week", DAY.multiply(BigDecimal.valueOf(7))),
                    Map.entry("w", DAY.multiply(BigDecimal.valueOf(7))));

    private IntervalText() {}

    /// Parses an interval. Throws INVALID_DATETIME for text that is none.
    static SqlNode parse(String text, boolean negative, SqlParserPos pos) {
        BigDecimal months = BigDecimal.ZERO;
        BigDecimal micros = BigDecimal.ZERO;
        Matcher matcher = PART.matcher(text);
        int at = 0;
        boolean hasMonths = false;
        boolean hasMicros = false;
        while (at < text.length() && matcher.find(at) && matcher.start() == at) {
            if (matcher.group(2) != null) {
                hasMicros = true;
                micros = micros.add(clock(matcher));
            } else {
                BigDecimal number = new BigDecimal(matcher.group(5).replaceAll("\\s", ""));
                String unit = singular(matcher.group(6).toLowerCase(Locale.ROOT));
                if (MONTHS.containsKey(unit)) {
                    hasMonths = true;
                    months = months.add(number.multiply(BigDecimal.valueOf(MONTHS.get(unit))));
                } else if (MICROS.containsKey(unit)) {
                    hasMicros = true;
                    micros = micros.add(number.multiply(MICROS.get(unit)));
                } else {
                    throw invalid("Interval unit not known: " + matcher.group(6), pos);
                }
            }
            at = matcher.end();
        }
        if (!text.substring(at).isBlank() || !hasMonths && !hasMicros) {
            throw invalid("Not an interval: " + text, pos);
        }
        if (hasMonths && hasMicros) {
            return MixedInterval.of(
                    months(months, negative, pos), micros(micros, negative, pos), pos);
        }
        return hasMonths ? months(months, negative, pos) : micros(micros, negative, pos);
    }

    private static BigDecimal clock(Matcher matcher) {
        BigDecimal time =
                HOUR.multiply(new BigDecimal(matcher.group(2)))
                        .add(MINUTE.multiply(new BigDecimal(matcher.group(3))));
        if (matcher.group(4) != null) {
            time = time.add(SECOND.multiply(new BigDecimal(matcher.group(4))));
        }
        return "-".equals(matcher.group(1)) ? time.negate() : time;
    }

    private static String singular(String unit) {
        if (unit.equals("centuries")) {
            return "century";
        }
        if (unit.equals("millennia")) {
            return "millennium";
        }
        boolean plural = unit.length() > 2 && unit.endsWith("s");
        return plural ? unit.substring(0, unit.length() - 1) : unit;
    }

    private static SqlNode months(BigDecimal months, boolean negative, SqlParserPos pos) {
        BigDecimal whole = months.setScale(0, RoundingMode.HALF_UP);
        return literal(whole, negative, TimeUnit.MONTH, pos);
    }

    private static SqlNode micros(BigDecimal micros, boolean negative, SqlParserPos pos) {
        BigDecimal whole = micros.setScale(0, RoundingMode.HALF_UP);
        if (whole.remainder(DAY).signum() == 0) {
            return literal(whole.divide(DAY), negative, TimeUnit.DAY, pos);
        }
        if (whole.remainder(BigDecimal.valueOf(1000)).signum() != 0) {
            long value = negative ? -whole.longValueExact() : whole.longValueExact();
            return Calls.of("to_microseconds", pos, Calls.number(value, pos));
        }
        BigDecimal seconds = whole.divide(SECOND).stripTrailingZeros();
        return literal(seconds, negative, TimeUnit.SECOND, pos);
    }

    private static SqlNode literal(
            BigDecimal value, boolean negative, TimeUnit unit, SqlParserPos pos) {
        int sign = value.signum() < 0 != negative ? -1 : 1;
        SqlIntervalQualifier qualifier =
                unit == TimeUnit.SECOND
                        ? new SqlIntervalQualifier(unit, 10, null, 6, pos)
                        : new SqlIntervalQualifier(
                                unit, 10, null, RelDataType.PRECISION_NOT_SPECIFIED, pos);
        return SqlLiteral.createInterval(sign, value.abs().toPlainString(), qualifier, pos);
    }

    private static NeuralakeException invalid(String message, SqlParserPos pos) {
        return new NeuralakeException(ErrorCode.INVALID_DATETIME, message, Positions.of(pos), null);
    }
}
