package io.neuralake.exec.expression.compile;

import static io.neuralake.exec.expression.compile.Expressions.call;
import static io.neuralake.exec.expression.compile.Expressions.date;
import static io.neuralake.exec.expression.compile.Expressions.dec;
import static io.neuralake.exec.expression.compile.Expressions.lit;
import static io.neuralake.exec.expression.compile.Expressions.ref;
import static io.neuralake.exec.expression.compile.Expressions.timestamp;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Arrays.asList;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.Expressions.Form;
import io.neuralake.spi.type.ScalarType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.math.BigDecimal;
import java.util.List;

class FunctionValuesTest {
    private final Expressions x = new Expressions();

    @AfterEach
    void nothingLeaks() {
        x.close();
    }

    private void is(@Nullable Object expected, RowExpression expression) {
        assertThat(x.constant(expression)).as("%s", expression).isEqualTo(expected);
    }

    @Test
    void text() {
        is("ÄBC", call("upper", lit("äbc")));
        is("abc", call("lower", lit("ABC")));
        is(3L, call("length", lit("äbc")));
        is(4L, call("octet_length", lit("äbc")));
        is("abcdefghijklmnop", call("concat", lit("abcdefgh"), lit("ijklmnop")));
        is("a-c", call("concat_ws", lit("-"), lit("a"), lit(null, ScalarType.VARCHAR), lit("c")));
        is("a b", call("trim", lit("  a b ")));
        is("b", call("trim", lit("xxbxy"), lit("xy")));
        is("a ", call("ltrim", lit(" a ")));
        is(" a", call("rtrim", lit(" a ")));
        is("aXcX", call("replace", lit("abcb"), lit("b"), lit("X")));
        is(3L, call("strpos", lit("äbc"), lit("c")));
        is(0L, call("position", lit("z"), lit("abc")));
        is(true, call("starts_with", lit("abc"), lit("ab")));
        is(true, call("ends_with", lit("abc"), lit("bc")));
        is(true, call("contains", lit("abc"), lit("b")));
        is("00042", call("lpad", lit("42"), lit(5), lit("0")));
        is("abx", call("rpad", lit("ab"), lit(3), lit("xy")));
        is("cba", call("reverse", lit("abc")));
        is("ababab", call("repeat", lit("ab"), lit(3)));
        is("b", call("split_part", lit("a,b,c"), lit(","), lit(2)));
        is("c", call("split_part", lit("a,b,c"), lit(","), lit(-1)));
        is("", call("split_part", lit("a,b,c"), lit(","), lit(4)));
        is("Hello World", call("initcap", lit("hELLO wORLD")));
        is("A", call("chr", lit(65)));
        is(65L, call("ascii", lit("A")));
        is("xbyd", call("translate", lit("abcd"), lit("ac"), lit("xy")));
        is("aXYd", call("overlay", lit("abcd"), lit("XY"), lit(2)));
    }

    @Test
    void numbers() {
        is(5L, call("abs", lit(-5)));
        is(new BigDecimal("1.50"), call("abs", dec("-1.50")));
        is(-1L, call("sign", lit(-0.5)));
        is(-3.0, call("round", lit(-2.5)));
        is(2.35, call("round", lit(2.345), lit(2)));
        is(new BigDecimal("3"), call("ceil", dec("2.10")));
        is(new BigDecimal("-3"), call("floor", dec("-2.10")));
        is(new BigDecimal("2.40"), call("round", dec("2.35"), lit(1)));
        is(200L, call("round", lit(150), lit(-2)));
        is(-2.0, call("trunc", lit(-2.9)));
        is(3.0, call("sqrt", lit(9)));
        is(8.0, call("power", lit(2), lit(3)));
        is(3.0, call("log10", lit(1000)));
        is(3.0, call("log2", lit(8)));
        is(Math.PI, call("pi"));
        is(true, call("isnan", lit(Double.NaN)));
        is(4L, call("bitwise_and", lit(12), lit(6)));
        is(6L, call("gcd", lit(12), lit(18)));
    }

    @Test
    void times() {
        is(Expressions.NOW.toEpochMilli(), call("epoch_ms", call("current_timestamp")));
        is(date("2026-11-23").value(), call("current_date"));
        is(
                timestamp("2024-02-01T00:00:00").value(),
                call("date_trunc", lit("month"), timestamp("2024-02-29T10:11:12")));
        is(date("2024-02-29").value(), call("last_day", date("2024-02-03")));
        is(date("2024-02-29").value(), call("make_date", lit(2024), lit(2), lit(29)));
        is(2L, call("date_diff", lit("month"), date("2024-01-31"), date("2024-03-01")));
        is("Thursday", call("dayname", date("2024-02-29")));
        is("February", call("monthname", date("2024-02-29")));
    }

    @Test
    void lists() {
        RowExpression list = call("list_value", lit(3), lit(1), lit(2));
        is(List.of(3L, 1L, 2L), list);
        is(3L, call("cardinality", list));
        is(1L, call("element_at", list, lit(2)));
        is(2L, call("element_at", list, lit(-1)));
        is(null, call("element_at", list, lit(4)));
        is(true, call("list_contains", list, lit(2)));
        is(3L, call("list_position", list, lit(2)));
        is(0L, call("list_position", list, lit(9)));
        is(List.of(3L, 1L, 2L, 3L, 1L, 2L), call("list_concat", list, list));
        is(1L, call("list_min", list));
        is(3L, call("list_max", list));
        is("3-1-2", call("array_to_string", list, lit("-")));
        is(List.of(1L, "a"), call("row", lit(1), lit("a")));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void overColumns(Form form) {
        RowExpression text = ref(0, ScalarType.VARCHAR);
        RowExpression number = ref(1, ScalarType.BIGINT);
        RowExpression list = call("list_value", number, call("length", text));
        assertThat(
                        x.evaluate(
                                call(
                                        "concatenate",
                                        call("upper", text),
                                        call("element_at", list, lit(1))),
                                x.batch(
                                        x.column(
                                                form,
                                                ScalarType.VARCHAR,
                                                asList("a", null, "some longer text")),
                                        x.column(form, ScalarType.BIGINT, asList(1L, 2L, 3L)))))
                .isEqualTo(asList("A1", null, "SOME LONGER TEXT3"));
    }
}
