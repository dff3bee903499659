package io.neuralake.exec.expression.compile;

import static io.neuralake.exec.expression.compile.Expressions.call;
import static io.neuralake.exec.expression.compile.Expressions.cast;
import static io.neuralake.exec.expression.compile.Expressions.date;
import static io.neuralake.exec.expression.compile.Expressions.days;
import static io.neuralake.exec.expression.compile.Expressions.dec;
import static io.neuralake.exec.expression.compile.Expressions.lit;
import static io.neuralake.exec.expression.compile.Expressions.months;
import static io.neuralake.exec.expression.compile.Expressions.ref;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.Arrays.asList;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.And;
import io.neuralake.exec.expression.RowExpression.Case;
import io.neuralake.exec.expression.RowExpression.Coalesce;
import io.neuralake.exec.expression.RowExpression.In;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.Or;
import io.neuralake.exec.expression.RowExpression.Parameter;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.exec.expression.compile.Expressions.Form;
import io.neuralake.exec.kernel.Comparison;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class ExpressionCompilerTest {
    private static final Type BOOLEAN = ScalarType.BOOLEAN;
    private static final Type INTEGER = ScalarType.INTEGER;
    private static final Type BIGINT = ScalarType.BIGINT;
    private static final Type VARCHAR = ScalarType.VARCHAR;
    private static final Type MONEY = new DecimalType(15, 2);

    private final Expressions x = new Expressions();

    @AfterEach
    void nothingLeaks() {
        x.close();
    }

    private static BigDecimal money(String value) {
        return new BigDecimal(value);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void computesDiscountedPrice(Form form) {
        RowExpression price = ref(0, MONEY);
        RowExpression discount = ref(1, MONEY);
        RowExpression expression =
                call("multiply", price, call("subtract", lit(1L, INTEGER), discount));
        assertThat(expression.type()).isEqualTo(new DecimalType(31, 4));
        assertThat(
                        x.evaluate(
                                expression,
                                x.batch(
                                        x.column(
                                                form,
                                                MONEY,
                                                asList(
                                                        money("901.00"),
                                                        null,
                                                        money("-9999999999999.99"))),
                                        x.column(
                                                form,
                                                MONEY,
                                                asList(
                                                        money("0.05"),
                                                        money("0.01"),
                                                        money("0.10"))))))
                .containsExactly(money("855.9500"), null, money("-8999999999999.9910"));
    }

    private static Literal lit(long value, Type type) {
        return Expressions.lit(value, type);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void filtersLikeQ6(Form form) {
        RowExpression shipped = ref(0, ScalarType.DATE);
        RowExpression discount = ref(1, MONEY);
        RowExpression quantity = ref(2, MONEY);
        RowExpression expression =
                new And(
                        List.of(
                                call("ge", shipped, date("1994-01-01")),
                                call("lt", shipped, call("add", date("1994-01-01"), months(12))),
                                call("ge", discount, call("subtract", dec("0.06"), dec("0.01"))),
                                call("le", discount, call("add", dec("0.06"), dec("0.01"))),
                                call("lt", quantity, lit(24, INTEGER))));
        List<Long> dates =
                List.of("1993-12-31", "1994-01-01", "1994-12-31", "1995-01-01").stream()
                        .map(d -> LocalDate.parse(d).toEpochDay())
                        .toList();
        assertThat(
                        x.pass(
                                expression,
                                x.batch(
                                        x.column(form, ScalarType.DATE, dates),
                                        x.column(
                                                form,
                                                MONEY,
                                                asList(
                                                        money("0.06"),
                                                        money("0.07"),
                                                        money("0.05"),
                                                        money("0.06"))),
                                        x.column(
                                                form,
                                                MONEY,
                                                asList(
                                                        money("1.00"),
                                                        money("23.99"),
                                                        money("23.00"),
                                                        null)))))
                .containsExactly(1, 2);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void matchesPatterns(Form form) {
        List<String> texts =
                asList(
                        "special packages requests",
                        "requests special",
                        null,
                        "",
                        "the specialrequests of a long comment line, which is not inline",
                        "PROMO BRUSHED");
        assertThat(like(form, texts, "%special%requests%")).containsExactly(0, 4);
        assertThat(like(form, texts, "PROMO%")).containsExactly(5);
        assertThat(like(form, texts, "%special")).containsExactly(1);
        assertThat(like(form, texts, "%")).containsExactly(0, 1, 3, 4, 5);
        assertThat(like(form, texts, "")).containsExactly(3);
        assertThat(like(form, texts, "PROM_ BRUSHE_")).containsExactly(5);
        assertThat(like(form, texts, "%_ine")).containsExactly(4);
    }

    private List<Integer> like(Form form, List<String> texts, String pattern) {
        return x.pass(
                call("like", ref(0, VARCHAR), Expressions.lit(pattern)),
                x.batch(x.column(form, VARCHAR, texts)));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void takesPartsOfTextAndDates(Form form) {
        assertThat(
                        x.evaluate(
                                call("substring", ref(0, VARCHAR), lit(1, BIGINT), lit(2, BIGINT)),
                                x.batch(
                                        x.column(
                                                form,
                                                VARCHAR,
                                                asList("13-702-694-4520", null, "3", "äöü")))))
                .containsExactly("13", null, "3", "äö");
        assertThat(
                        x.evaluate(
                                call("extract_year", ref(0, ScalarType.DATE)),
                                x.batch(
                                        x.column(
                                                form,
                                                ScalarType.DATE,
                                                asList(
                                                        LocalDate.of(1995, 12, 31).toEpochDay(),
                                                        null,
                                                        LocalDate.of(1969, 1, 1).toEpochDay())))))
                .containsExactly(1995L, null, 1969L);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void testsMembership(Form form) {
        List<Literal> few = List.of(Expressions.lit("AIR"), Expressions.lit("AIR REG BY LONG"));
        List<String> modes = asList("AIR", "RAIL", null, "AIR REG BY LONG", "AIR REG BY LONh");
        assertThat(
                        x.evaluate(
                                new In(ref(0, VARCHAR), few),
                                x.batch(x.column(form, VARCHAR, modes))))
                .containsExactly(true, false, null, true, false);
        List<Literal> many =
                List.of(
                        lit(1, INTEGER),
                        lit(3, INTEGER),
                        lit(5, INTEGER),
                        lit(7, INTEGER),
                        lit(9, INTEGER),
                        Expressions.lit(null, INTEGER));
        List<Long> numbers = asList(1L, 2L, 9L, null);
        assertThat(
                        x.evaluate(
                                new In(ref(0, INTEGER), many),
                                x.batch(x.column(form, INTEGER, numbers))))
                .containsExactly(true, null, true, null);
        assertThat(
                        x.pass(
                                call("not", new In(ref(0, INTEGER), many)),
                                x.batch(x.column(form, INTEGER, numbers))))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void raisesErrorsOfReachedRowsOnly(Form form) {
        List<Long> divisors = asList(0L, 2L, null, -1L);
        RowExpression divisor = ref(0, BIGINT);
        RowExpression quotient = call("divide", lit(10, BIGINT), divisor);
        RowExpression guarded =
                new Case(
                        List.of(new When(call("ne", divisor, lit(0, BIGINT)), quotient)),
                        lit(-1, BIGINT),
                        BIGINT);
        assertThat(x.evaluate(guarded, x.batch(x.column(form, BIGINT, divisors))))
                .containsExactly(-1L, 5L, -1L, -10L);
        RowExpression conjunction =
                new And(
                        List.of(
                                call("ne", divisor, lit(0, BIGINT)),
                                call("gt", quotient, lit(0, BIGINT))));
        assertThat(x.pass(conjunction, x.batch(x.column(form, BIGINT, divisors))))
                .containsExactly(1);
        assertThat(x.evaluate(conjunction, x.batch(x.column(form, BIGINT, divisors))))
                .containsExactly(false, true, null, false);
        RowExpression disjunction =
                new Or(
                        List.of(
                                call("eq", divisor, lit(0, BIGINT)),
                                call("gt", quotient, lit(0, BIGINT))));
        assertThat(x.pass(disjunction, x.batch(x.column(form, BIGINT, divisors))))
                .containsExactly(0, 1);
        assertThat(
                        x.evaluate(
                                quotient,
                                x.selected(
                                        new Column[] {x.column(form, BIGINT, divisors)},
                                        false,
                                        true,
                                        true,
                                        true)))
                .containsExactly("-", 5L, null, -10L);
        assertError(
                ErrorCode.DIVISION_BY_ZERO,
                () -> x.evaluate(quotient, x.batch(x.column(form, BIGINT, divisors))));
    }

    private static void assertError(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void detectsIntegerOverflow() {
        for (String operation : List.of("add", "multiply")) {
            RowExpression e = call(operation, ref(0, BIGINT), ref(0, BIGINT));
            assertError(
                    ErrorCode.NUMERIC_OUT_OF_RANGE,
                    () ->
                            x.evaluate(
                                    e,
                                    x.batch(
                                            x.column(
                                                    Form.FLAT,
                                                    BIGINT,
                                                    List.of(1L, Long.MAX_VALUE)))));
            RowExpression small = call(operation, ref(0, INTEGER), ref(0, INTEGER));
            assertError(
                    ErrorCode.NUMERIC_OUT_OF_RANGE,
                    () ->
                            x.evaluate(
                                    small,
                                    x.batch(
                                            x.column(
                                                    Form.FLAT,
                                                    INTEGER,
                                                    List.of(1L, 2_000_000_000L)))));
        }
    }

    @Test
    void divisionOfDecimalsRoundsHalfUp() {
        assertThat(x.constant(call("divide", dec("2.00"), dec("3.00"))))
                .isEqualTo(
                        new BigDecimal("2")
                                .divide(
                                        new BigDecimal("3"),
                                        ((DecimalType)
                                                        call("divide", dec("2.00"), dec("3.00"))
                                                                .type())
                                                .scale(),
                                        java.math.RoundingMode.HALF_UP));
        assertError(
                ErrorCode.DIVISION_BY_ZERO,
                () -> x.constant(call("divide", dec("2.00"), dec("0.00"))));
    }

    @Test
    void comparesMixedScalesExactly() {
        assertThat(x.constant(call("lt", dec("0.0999"), dec("0.1")))).isEqualTo(true);
        assertThat(x.constant(call("eq", dec("1.50"), dec("1.5")))).isEqualTo(true);
        assertThat(x.constant(call("eq", lit(1, INTEGER), dec("1.000")))).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void looksDatesUpInAnyForm(boolean nulls) {
        List<@Nullable Object> days = new ArrayList<>();
        for (long i = 0; i < 300; i++) {
            days.add(nulls && i % 7 == 0 ? null : i * 13 % 40);
        }
        RowExpression day = ref(0, ScalarType.DATE);
        RowExpression isLate = call("gt", day, lit(20L, ScalarType.DATE));
        RowExpression isAny =
                new Coalesce(
                        List.of(isLate, new Literal(true, ScalarType.BOOLEAN)), ScalarType.BOOLEAN);
        RowExpression isNone =
                new Coalesce(
                        List.of(isLate, new Literal(false, ScalarType.BOOLEAN)),
                        ScalarType.BOOLEAN);
        for (Form form : Form.values()) {
            List<Integer> late = x.pass(isLate, x.batch(x.column(form, ScalarType.DATE, days)));
            assertThat(late).as("%s", form).isNotEmpty();
            for (int i = 0; i < days.size(); i++) {
                assertThat(late.contains(i)).isEqualTo(days.get(i) instanceof Long d && d > 20);
            }
            assertThat(x.pass(isNone, x.batch(x.column(form, ScalarType.DATE, days))))
                    .isEqualTo(late);
            List<Integer> any = x.pass(isAny, x.batch(x.column(form, ScalarType.DATE, days)));
            for (int i = 0; i < days.size(); i++) {
                assertThat(any.contains(i)).isEqualTo(!(days.get(i) instanceof Long d && d <= 20));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void comparesDatesInAnyForm(boolean nulls) {
        List<@Nullable Object> left = new ArrayList<>();
        List<@Nullable Object> right = new ArrayList<>();
        for (long i = 0; i < 300; i++) {
            left.add(nulls && i % 7 == 0 ? null : i * 13 % 40);
            right.add(nulls && i % 11 == 0 ? null : i * 17 % 50 - 5);
        }
        Map<String, Comparison> functions =
                Map.of(
                        "lt", Comparison.LESS,
                        "le", Comparison.LESS_OR_EQUAL,
                        "gt", Comparison.GREATER,
                        "ge", Comparison.GREATER_OR_EQUAL,
                        "eq", Comparison.EQUAL,
                        "ne", Comparison.NOT_EQUAL);
        functions.forEach(
                (function, comparison) -> {
                    List<Integer> expected = new ArrayList<>();
                    for (int i = 0; i < left.size(); i++) {
                        if (left.get(i) instanceof Long l
                                && right.get(i) instanceof Long r
                                && comparison.test(Long.compare(l, r))) {
                            expected.add(i);
                        }
                    }
                    RowExpression e =
                            call(function, ref(0, ScalarType.DATE), ref(1, ScalarType.DATE));
                    for (Form l : Form.values()) {
                        for (Form r : Form.values()) {
                            assertThat(
                                            x.pass(
                                                    e,
                                                    x.batch(
                                                            x.column(l, ScalarType.DATE, left),
                                                            x.column(r, ScalarType.DATE, right))))
                                    .as("%s of %s and %s", function, l, r)
                                    .isEqualTo(expected);
                        }
                    }
                });
    }

    @Test
    void foldsAndBinds() {
        try (Expressions bound = new Expressions("UTC", lit(7, INTEGER))) {
            assertThat(bound.constant(call("add", new Parameter(0, INTEGER), lit(1, INTEGER))))
                    .isEqualTo(8L);
        }
        assertThat(x.constant(call("subtract", date("1998-12-01"), days(90))))
                .isEqualTo(Expressions.timestamp("1998-09-02T00:00:00").value());
        assertThat(
                        x.constant(
                                cast(
                                        call("subtract", date("1998-12-01"), days(90)),
                                        ScalarType.DATE)))
                .isEqualTo(LocalDate.of(1998, 9, 2).toEpochDay());
    }

    @Test
    void coalescesAndTestsNulls() {
        RowExpression e = new Coalesce(List.of(ref(0, VARCHAR), ref(1, VARCHAR)), VARCHAR);
        assertThat(
                        x.evaluate(
                                e,
                                x.batch(
                                        x.column(Form.DICTIONARY, VARCHAR, asList("a", null, null)),
                                        x.column(
                                                Form.FLAT,
                                                VARCHAR,
                                                asList("x", "a very long string indeed", null)))))
                .containsExactly("a", "a very long string indeed", null);
        assertThat(
                        x.evaluate(
                                call("is_null", ref(0, VARCHAR)),
                                x.batch(
                                        x.column(
                                                Form.DICTIONARY,
                                                VARCHAR,
                                                asList("a", null, null)))))
                .containsExactly(false, true, true);
        assertThat(
                        x.evaluate(
                                call("is_not_true", ref(0, BOOLEAN)),
                                x.batch(x.column(Form.FLAT, BOOLEAN, asList(true, false, null)))))
                .containsExactly(false, true, true);
    }

    @Test
    void evaluatesEmptyBatches() {
        assertThat(
                        x.evaluate(
                                call("add", ref(0, BIGINT), lit(1, BIGINT)),
                                x.batch(x.column(Form.FLAT, BIGINT, List.of()))))
                .isEmpty();
        assertThat(
                        x.pass(
                                call("gt", ref(0, BIGINT), lit(1, BIGINT)),
                                x.batch(x.column(Form.FLAT, BIGINT, List.of()))))
                .isEmpty();
    }
}
