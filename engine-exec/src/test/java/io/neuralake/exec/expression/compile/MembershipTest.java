package io.neuralake.exec.expression.compile;

import static io.neuralake.exec.expression.compile.Expressions.lit;
import static io.neuralake.exec.expression.compile.Expressions.ref;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.RowExpression.In;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.compile.Expressions.Form;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// IN over lists of every length at which another way begins, for each way to compare.
class MembershipTest {
    private static final int ROWS = 200;
    private static final int VALUES = 40;

    private final Expressions x = new Expressions();

    @AfterEach
    void close() {
        x.close();
    }

    /// Values of which some differ in their last byte, in their length or in their sign alone.
    static Stream<Arguments> types() {
        IntFunction<Object> shorts = i -> i < VALUES / 2 ? "a".repeat(i % 13) : "a" + (char) i;
        IntFunction<Object> longs = i -> "more than twelve " + i;
        IntFunction<Object> integers = i -> (long) (i - VALUES / 2);
        IntFunction<Object> bigints = i -> (long) (i - VALUES / 2) << i;
        IntFunction<Object> decimals = i -> BigDecimal.valueOf(i - 20, 2);
        return Stream.of(
                Arguments.of(ScalarType.VARCHAR, shorts),
                Arguments.of(ScalarType.VARCHAR, longs),
                Arguments.of(ScalarType.INTEGER, integers),
                Arguments.of(ScalarType.SMALLINT, integers),
                Arguments.of(ScalarType.BIGINT, bigints),
                Arguments.of(ScalarType.DATE, integers),
                Arguments.of(ScalarType.DOUBLE, (IntFunction<Object>) i -> i / 8.0 - 1),
                Arguments.of(new DecimalType(10, 2), decimals),
                Arguments.of(new DecimalType(30, 2), decimals));
    }

    @ParameterizedTest
    @MethodSource("types")
    void isThatOfAHashSet(Type type, IntFunction<Object> value) {
        SplittableRandom random = new SplittableRandom(1);
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(random.nextInt(10) == 0 ? null : value.apply(random.nextInt(VALUES)));
        }
        for (int candidates : List.of(1, 4, 5, 8, 9, 20)) {
            for (Form form : Form.values()) {
                Set<Object> set = new HashSet<>();
                while (set.size() < candidates) {
                    set.add(value.apply(random.nextInt(VALUES)));
                }
                List<Literal> literals = set.stream().map(c -> lit(c, type)).toList();
                assertThat(
                                x.pass(
                                        new In(ref(0, type), literals),
                                        x.batch(x.column(form, type, rows))))
                        .as("%s of %s as %s", set, type, form)
                        .isEqualTo(
                                IntStream.range(0, ROWS)
                                        .filter(i -> set.contains(rows.get(i)))
                                        .boxed()
                                        .toList());
            }
        }
    }
}
