package io.neuralake.exec.expression.compile;

import static io.neuralake.exec.expression.compile.Expressions.call;
import static io.neuralake.exec.expression.compile.Expressions.cast;
import static io.neuralake.exec.expression.compile.Expressions.lit;
import static io.neuralake.exec.expression.compile.Expressions.ref;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.Arrays.asList;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.And;
import io.neuralake.exec.expression.RowExpression.Case;
import io.neuralake.exec.expression.RowExpression.Member;
import io.neuralake.exec.expression.RowExpression.Or;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.exec.expression.compile.Expressions.Form;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

class RowFunctionsTest {
    private static final Type BIGINT = ScalarType.BIGINT;
    private static final Type BOOLEAN = ScalarType.BOOLEAN;
    private static final Type VARCHAR = ScalarType.VARCHAR;

    private final Expressions x = new Expressions();

    @AfterEach
    void nothingLeaks() {
        x.close();
    }

    private List<@Nullable Object> over(
            Form form, RowExpression expression, Type type, @Nullable Object... values) {
        return x.evaluate(expression, x.batch(x.column(form, type, asList(values))));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void computesRowByRow(Form form) {
        String longText = "a text of more than twelve bytes, ";
        assertThat(
                        over(
                                form,
                                call("concatenate", ref(0, VARCHAR), lit("!")),
                                VARCHAR,
                                longText,
                                null,
                                "x"))
                .containsExactly(longText + "!", null, "x!");
        assertThat(
                        over(
                                form,
                                call("concat", ref(0, VARCHAR), lit("!")),
                                VARCHAR,
                                longText,
                                null,
                                "x"))
                .containsExactly(longText + "!", "!", "x!");
        assertThat(over(form, call("trim", ref(0, VARCHAR)), VARCHAR, " " + longText, null, "x "))
                .containsExactly(longText.strip(), null, "x");
        assertThat(over(form, call("length", ref(0, VARCHAR)), VARCHAR, longText, null, ""))
                .containsExactly((long) longText.length(), null, 0L);
        assertThat(over(form, call("abs", ref(0, BIGINT)), BIGINT, -5L, null, 5L))
                .containsExactly(5L, null, 5L);
        assertThat(
                        over(
                                form,
                                cast(ref(0, VARCHAR), new DecimalType(30, 2)),
                                VARCHAR,
                                "12345678901234567890.125",
                                null,
                                "-1"))
                .containsExactly(
                        new BigDecimal("12345678901234567890.13"), null, new BigDecimal("-1.00"));
        assertThat(
                        over(
                                form,
                                Expressions.tryCast(ref(0, VARCHAR), BIGINT),
                                VARCHAR,
                                "1",
                                null,
                                "x"))
                .containsExactly(1L, null, null);
        assertThat(
                        over(
                                form,
                                call("concat_ws", lit("-"), ref(0, VARCHAR), lit("z")),
                                VARCHAR,
                                "a",
                                null,
                                "c"))
                .containsExactly("a-z", "z", "c-z");
        assertThat(
                        over(
                                form,
                                call("string_split", ref(0, VARCHAR), lit(",")),
                                VARCHAR,
                                "a,b",
                                null,
                                "c"))
                .containsExactly(List.of("a", "b"), null, List.of("c"));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void readsListsAndStructs(Form form) {
        Type list = new ListType(BIGINT);
        assertThat(
                        over(
                                form,
                                call("list_sum", ref(0, list)),
                                list,
                                List.of(1L, 2L),
                                null,
                                List.of(),
                                asList(5L, null)))
                .containsExactly(new BigDecimal(3), null, null, new BigDecimal(5));
        assertThat(
                        over(
                                form,
                                call("element_at", ref(0, list), lit(2L)),
                                list,
                                List.of(1L, 2L),
                                null,
                                List.of()))
                .containsExactly(2L, null, null);
        assertThat(
                        over(
                                form,
                                call("list_append", ref(0, list), lit(9L)),
                                list,
                                List.of(1L, 2L),
                                List.of()))
                .containsExactly(List.of(1L, 2L, 9L), List.of(9L));
        StructType struct = new StructType(List.of(Field.of("a", BIGINT), Field.of("b", VARCHAR)));
        assertThat(
                        over(
                                form,
                                new Member(ref(0, struct), 1, VARCHAR),
                                struct,
                                List.of(1L, "x"),
                                null,
                                asList(2L, null)))
                .containsExactly("x", null, null);
        assertThat(
                        over(
                                form,
                                call("eq", ref(0, list), ref(0, list)),
                                list,
                                List.of(1L),
                                null,
                                asList(1L, null)))
                .containsExactly(true, null, true);
    }

    @Test
    void followsThreeValuedLogic() {
        List<@Nullable Boolean> values = asList(true, false, null);
        List<@Nullable Boolean> left = new ArrayList<>();
        List<@Nullable Boolean> right = new ArrayList<>();
        for (Boolean l : values) {
            for (Boolean r : values) {
                left.add(l);
                right.add(r);
            }
        }
        RowExpression a = ref(0, BOOLEAN);
        RowExpression b = ref(1, BOOLEAN);
        for (Form form : Form.values()) {
            assertThat(logic(new And(List.of(a, b)), form, left, right))
                    .containsExactly(true, false, null, false, false, false, null, false, null);
            assertThat(logic(new Or(List.of(a, b)), form, left, right))
                    .containsExactly(true, true, true, true, false, null, true, null, null);
            assertThat(logic(call("not", new And(List.of(a, b))), form, left, right))
                    .containsExactly(false, true, null, true, true, true, null, true, null);
            assertThat(logic(call("is_distinct_from", a, b), form, left, right))
                    .containsExactly(false, true, true, true, false, true, true, true, false);
            assertThat(
                            x.pass(
                                    call("not", new Or(List.of(a, b))),
                                    x.batch(
                                            x.column(form, BOOLEAN, left),
                                            x.column(form, BOOLEAN, right))))
                    .containsExactly(4);
        }
    }

    private List<@Nullable Object> logic(RowExpression e, Form form, List<?> left, List<?> right) {
        return x.evaluate(
                e, x.batch(x.column(form, BOOLEAN, left), x.column(form, BOOLEAN, right)));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void agreesOverWholeBatches(Form form) {
        int rows = 2049;
        List<@Nullable Object> numbers = new ArrayList<>();
        List<@Nullable Object> texts = new ArrayList<>();
        List<@Nullable Object> expected = new ArrayList<>();
        List<Integer> passing = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            Long n = i % 7 == 3 ? null : (long) i % 50;
            String t = "row number " + i % 40;
            numbers.add(n);
            texts.add(t);
            expected.add(n == null ? "none" : n < 10 ? t : "many");
            if (n != null && n >= 10 && t.contains("3")) {
                passing.add(i);
            }
        }
        RowExpression number = ref(0, BIGINT);
        RowExpression cases =
                new Case(
                        List.of(
                                new When(call("is_null", number), lit("none")),
                                new When(call("lt", number, lit(10L)), ref(1, VARCHAR))),
                        lit("many"),
                        VARCHAR);
        assertThat(
                        x.evaluate(
                                cases,
                                x.batch(
                                        x.column(form, BIGINT, numbers),
                                        x.column(form, VARCHAR, texts))))
                .isEqualTo(expected);
        assertThat(
                        x.pass(
                                new And(
                                        List.of(
                                                call("ge", number, lit(10L)),
                                                call("like", ref(1, VARCHAR), lit("%3%")))),
                                x.batch(
                                        x.column(form, BIGINT, numbers),
                                        x.column(form, VARCHAR, texts))))
                .isEqualTo(passing);
    }

    @Test
    void acceptsConstantColumns() {
        Column constant = x.constantColumn(BIGINT, 4L, 3);
        assertThat(x.evaluate(call("add", ref(0, BIGINT), lit(1L)), x.batch(constant)))
                .containsExactly(5L, 5L, 5L);
        Column flat = x.column(Form.FLAT, BIGINT, asList(1L, 4L, null));
        Column same = x.constantColumn(BIGINT, 4L, 3);
        assertThat(x.pass(call("eq", ref(0, BIGINT), ref(1, BIGINT)), x.batch(flat, same)))
                .containsExactly(1);
        assertThat(
                        x.evaluate(
                                call("add", ref(0, BIGINT), ref(1, BIGINT)),
                                x.batch(
                                        x.column(Form.FLAT, BIGINT, asList(1L, 4L, null)),
                                        x.constantColumn(BIGINT, null, 3))))
                .containsExactly(null, null, null);
    }

    @Test
    void leaksNothingWhenARowFails() {
        assertThatThrownBy(
                        () ->
                                over(
                                        Form.FLAT,
                                        call(
                                                "concat",
                                                ref(0, VARCHAR),
                                                cast(ref(0, VARCHAR), BIGINT)),
                                        VARCHAR,
                                        "1",
                                        "not a number at all"))
                .isInstanceOf(NeuralakeException.class)
                .hasMessageContaining("not a number at all");
    }
}
