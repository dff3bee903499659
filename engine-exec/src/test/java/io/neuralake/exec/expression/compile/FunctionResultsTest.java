package io.neuralake.exec.expression.compile;

import static io.neuralake.exec.expression.compile.Expressions.call;
import static io.neuralake.exec.expression.compile.Expressions.cast;
import static io.neuralake.exec.expression.compile.Expressions.date;
import static io.neuralake.exec.expression.compile.Expressions.dec;
import static io.neuralake.exec.expression.compile.Expressions.lit;
import static io.neuralake.exec.expression.compile.Expressions.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;

class FunctionResultsTest {
    private static final Type VARCHAR = ScalarType.VARCHAR;

    private final Expressions x = new Expressions("Europe/Berlin");

    @AfterEach
    void nothingLeaks() {
        x.close();
    }

    private void is(@Nullable Object expected, RowExpression expression) {
        assertThat(x.constant(expression)).as(expression.toString()).isEqualTo(expected);
    }

    private void fails(String sqlState, RowExpression expression) {
        assertThatThrownBy(() -> x.constant(expression))
                .as(expression.toString())
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code().sqlState()).isEqualTo(sqlState));
    }

    private static RowExpression text(RowExpression value) {
        return cast(value, VARCHAR);
    }

    @Test
    void text() {
        is("ÄÖ", call("upper", lit("äö")));
        is("Hello World", call("initcap", lit("hELLO wORLD")));
        is("xyabc", call("lpad", lit("abc"), lit(5L), lit("xyz")));
        is("ab", call("rpad", lit("abc"), lit(2L)));
        is("abc", call("trim", lit("  abc ")));
        is("b", call("trim", lit("xxbyx"), lit("xy")));
        is(3L, call("length", lit("äöü")));
        is(6L, call("octet_length", lit("äöü")));
        is("a-c-d", call("replace", lit("abcbd"), lit("b"), lit("-")));
        is("lo", call("substring", lit("hello"), lit(-2L)));
        is("he", call("substring", lit("hello"), lit(0L), lit(3L)));
        is("hel", call("left", lit("hello"), lit(-2L)));
        is("llo", call("right", lit("hello"), lit(3L)));
        is("b", call("split_part", lit("a,b,c"), lit(","), lit(2L)));
        is("c", call("split_part", lit("a,b,c"), lit(","), lit(-1L)));
        is(List.of("a", "", "c"), call("string_split", lit("a,,c"), lit(",")));
        is(3L, call("strpos", lit("äöü"), lit("ü")));
        is(0L, call("position", lit("z"), lit("abc")));
        is("cba", call("reverse", lit("abc")));
        is("ababab", call("repeat", lit("ab"), lit(3L)));
        is("12", call("translate", lit("abc"), lit("abc"), lit("12")));
        is("a4c", call("concat", lit("a"), lit(4L), lit("c")));
        is("a-c", call("concat_ws", lit("-"), lit("a"), lit(null, VARCHAR), lit("c")));
        is("€", call("chr", lit(8364L)));
        is(8364L, call("ascii", lit("€")));
        is("Tomas", call("overlay", lit("Txxxxas"), lit("om"), lit(2L), lit(4L)));
        is(true, call("starts_with", lit("hello"), lit("he")));
        is(true, call("ends_with", lit("hello"), lit("lo")));
        is(true, call("contains", lit("hello"), lit("ell")));
        is("900150983cd24fb0d6963f7d28e17f72", call("md5", lit("abc")));
        is("616263", call("hex", lit("abc")));
        is("YWJj", call("to_base64", lit("abc")));
        is("abc", call("decode", call("from_base64", lit("YWJj"))));
        is(true, call("ilike", lit("HELLO Ä"), lit("h%ä")));
        is(true, call("like", lit("10%"), lit("10!%"), lit("!")));
        fails("22025", call("like", lit("10%"), lit("10!"), lit("!")));
    }

    @Test
    void regularExpressions() {
        is(true, call("regexp_like", lit("abc123"), lit("[0-9]+")));
        is(true, call("regexp_like", lit("ABC"), lit("b"), lit("i")));
        is("a-b2", call("regexp_replace", lit("a1b2"), lit("[0-9]"), lit("-")));
        is("a-b-", call("regexp_replace", lit("a1b2"), lit("[0-9]"), lit("-"), lit("g")));
        is("ba", call("regexp_replace", lit("ab"), lit("(a)(b)"), lit("\\2\\1")));
        is("12", call("regexp_extract", lit("x12y"), lit("x([0-9]+)"), lit(1L)));
        is("", call("regexp_extract", lit("xy"), lit("[0-9]+")));
        is(List.of("1", "22"), call("regexp_extract_all", lit("1a22"), lit("[0-9]+")));
        is(true, call("similar_to", lit("abd"), lit("(a|b)+[c-e]")));
        is(false, call("similar_to", lit("a.c"), lit("a.")));
        fails("2201B", call("regexp_like", lit("a"), lit("(")));
    }

    @Test
    void numbers() {
        is(3.0, call("sqrt", lit(9L)));
        fails("22003", call("sqrt", lit(-1.0)));
        fails("22003", call("ln", lit(0.0)));
        is(8.0, call("power", lit(2L), lit(3L)));
        is(3.0, call("log2", lit(8.0)));
        is(2.0, call("log", lit(100.0)));
        is(new BigDecimal("3"), call("round", dec("2.50")));
        is(new BigDecimal("-3"), call("round", dec("-2.50")));
        is(new BigDecimal("2.400"), call("round", dec("2.351"), lit(1L)));
        is(3.0, call("round", lit(2.5)));
        is(2.35, call("round", lit(2.345), lit(2L)));
        is(1200L, call("round", lit(1234L), lit(-2L)));
        is(new BigDecimal("-2"), call("ceil", dec("-2.5")));
        is(new BigDecimal("-3"), call("floor", dec("-2.5")));
        is(2.0, call("trunc", lit(2.9)));
        is(-1L, call("sign", dec("-0.01")));
        is(new BigDecimal("1.5"), call("abs", dec("-1.5")));
        is(3L, call("greatest", lit(1L), lit(3L), lit(null, ScalarType.BIGINT)));
        is(null, call("nullif", lit(1L), lit(1L)));
        is(6L, call("bitwise_xor", lit(5L), lit(3L)));
        is(4L, call("gcd", lit(12L), lit(8L)));
        is(new BigDecimal("120"), call("factorial", lit(5L)));
        is(2L, call("width_bucket", lit(3.0), lit(0.0), lit(10.0), lit(5L)));
        is(true, call("isnan", lit(Double.NaN)));
    }

    @Test
    void decimals() {
        is(
                new BigDecimal("-0.6"),
                cast(call("divide", dec("2"), dec("-3.5")), new DecimalType(5, 1)));
        is(new BigDecimal("0.1"), call("modulus", dec("2.1"), dec("0.4")));
        String nines = "9".repeat(38);
        fails("22003", call("add", dec(nines), dec("1")));
        fails("22003", call("multiply", dec(nines), dec("10")));
        is(new BigDecimal(nines), call("add", dec(nines), dec("0")));
        is(
                new BigDecimal("99999999999999999998000000000000000000.01".substring(0, 20) + "0")
                        .subtract(new BigDecimal("1")),
                call("subtract", dec("99999999999999999998".substring(0, 20) + "0"), dec("1")));
        fails("22012", call("divide", dec("1.0"), dec("0")));
        fails("22012", call("divide", lit(1.0), lit(0.0)));
        fails("22003", cast(dec("1000"), new DecimalType(3, 0)));
    }

    @Test
    void casts() {
        is("1.0", text(lit(1.0)));
        is("1e+20", text(lit(1e20)));
        is("1e-05", text(lit(0.00001)));
        is("nan", text(lit(Double.NaN)));
        is("2024-02-29", text(date("2024-02-29")));
        is("2024-02-29 12:30:00.5", text(timestamp("2024-02-29T12:30:00.5")));
        is(
                "2024-06-01 14:30:00+02",
                text(lit(timestamp("2024-06-01T12:30:00").value(), ScalarType.TIMESTAMP_TZ)));
        is(
                timestamp("2024-06-01T10:30:00").value(),
                cast(timestamp("2024-06-01T12:30:00"), ScalarType.TIMESTAMP_TZ));
        is(date("2024-02-29").value(), cast(lit(" 2024-02-29 "), ScalarType.DATE));
        fails("22007", cast(lit("2024-02-30"), ScalarType.DATE));
        fails("22P02", cast(lit("12x"), ScalarType.INTEGER));
        fails("22003", cast(lit("300"), ScalarType.TINYINT));
        fails("22003", cast(lit(300L), ScalarType.TINYINT));
        is(null, Expressions.tryCast(lit("12x"), ScalarType.INTEGER));
        is(2L, cast(lit(2.5), ScalarType.INTEGER));
        is(3L, cast(dec("2.5"), ScalarType.INTEGER));
        is(true, cast(lit("yes"), ScalarType.BOOLEAN));
        is("[1, NULL, 3]", text(lit(Arrays.asList(1L, null, 3L), list())));
        is("3 days 04:05:06", text(cast(lit("3 days 4:05:06"), ScalarType.INTERVAL_DAY_TIME)));
        is(14L, cast(lit("1 year 2 months"), ScalarType.INTERVAL_YEAR_MONTH));
        is(List.of(1.0, 2.0), cast(lit(List.of(1L, 2L), list()), new ListType(ScalarType.DOUBLE)));
    }

    private static Type list() {
        return new ListType(ScalarType.INTEGER);
    }

    @Test
    void datesAndTimes() {
        is(
                timestamp("2024-02-01T00:00:00").value(),
                call("date_trunc", lit("month"), timestamp("2024-02-29T12:30:00")));
        is(date("2024-02-26").value(), call("date_trunc", lit("week"), date("2024-02-29")));
        is(9L, call("extract_week", date("2024-02-29")));
        is(2009L, call("extract_isoyear", date("2010-01-03")));
        is(53L, call("extract_week", date("2010-01-03")));
        is(60L, call("extract_doy", date("2024-02-29")));
        is(4L, call("date_part", lit("dow"), date("2024-02-29")));
        is(21L, call("extract_century", date("2024-02-29")));
        is(date("2024-02-29").value(), call("last_day", date("2024-02-01")));
        is(date("2024-02-29").value(), call("date_add_months", date("2024-01-31"), lit(1L)));
        is(2L, call("date_diff", lit("month"), date("2024-01-31"), date("2024-03-01")));
        is(30L, call("subtract", date("2024-03-01"), date("2024-01-31")));
        is(date("2024-02-29").value(), call("make_date", lit(2024L), lit(2L), lit(29L)));
        fails("22008", call("make_date", lit(2023L), lit(2L), lit(29L)));
        is(
                "Thu 29 February 2024, 060",
                call("strftime", date("2024-02-29"), lit("%a %d %B %Y, %j")));
        is(
                "2024/02/29 07:05 PM",
                call("to_char", timestamp("2024-02-29T19:05:00"), lit("YYYY/MM/DD HH12:MI AM")));
        is(
                timestamp("2024-02-29T19:05:00.25").value(),
                call("strptime", lit("29.02.2024 19:05:00.25"), lit("%d.%m.%Y %H:%M:%S.%f")));
        is(null, call("try_strptime", lit("x"), lit("%Y")));
        fails("22007", call("strptime", lit("x"), lit("%Y")));
        is(date("2026-11-23").value(), call("current_date"));
        is(timestamp("2026-11-23T23:30:00.5").value(), call("localtimestamp"));
        is("Thursday", call("dayname", date("2024-02-29")));
    }

    @Test
    void listsAndMaps() {
        RowExpression spikes = lit(Arrays.asList(3L, null, 1L, 3L), list());
        is(4L, call("cardinality", spikes));
        is(7L, call("list_sum", spikes));
        is(7.0 / 3, call("list_avg", spikes));
        is(1L, call("list_min", spikes));
        is(3L, call("list_max", spikes));
        is(3L, call("element_at", spikes, lit(-1L)));
        is(null, call("element_at", spikes, lit(9L)));
        is(true, call("list_contains", spikes, lit(1L)));
        is(3L, call("list_position", spikes, lit(1L)));
        is(List.of(1L, 3L), call("list_distinct", spikes));
        is(Arrays.asList(1L, 3L, 3L, null), call("list_sort", spikes));
        is(Arrays.asList(null, 1L), call("list_slice", spikes, lit(2L), lit(3L)));
        is("3|1|3", call("array_to_string", spikes, lit("|")));
        is(Arrays.asList(1L, null), call("list_value", lit(1L), lit(null, ScalarType.BIGINT)));
        is(List.of(1L, "a"), call("row", lit(1L), lit("a")));
        is(List.of(0L, 1L, 2L), call("range", lit(3L)));
        RowExpression map = call("map_value", lit("a"), lit(1L), lit("b"), lit(2L));
        is(2L, call("element_at", map, lit("b")));
        is(null, call("element_at", map, lit("c")));
        is(List.of("a", "b"), call("map_keys", map));
        is(List.of(1L, 2L), call("map_values", map));
        is("{a=1, b=2}", text(map));
        is("BIGINT", call("typeof", lit(1L)));
    }
}
