package io.neuralake.exec.operator.aggregate;

import static io.neuralake.exec.operator.aggregate.AggregationCase.constants;
import static io.neuralake.exec.operator.aggregate.AggregationCase.distinct;
import static io.neuralake.exec.operator.aggregate.AggregationCase.filtered;
import static io.neuralake.exec.operator.aggregate.AggregationCase.ordered;
import static io.neuralake.exec.operator.aggregate.AggregationCase.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.exec.MemoryTable;
import io.neuralake.exec.SpillRunner;
import io.neuralake.exec.SpillRunner.Outcome;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

@Timeout(300)
@ResourceLock(HashKernels.HASH_ZERO_PROPERTY)
class AggregationSpillTest {
    private static final DecimalType WIDE = new DecimalType(30, 2);
    private static final Schema INPUT =
            new Schema(
                    List.of(
                            Field.of("long", ScalarType.BIGINT),
                            Field.of("text", ScalarType.VARCHAR),
                            Field.of("value", ScalarType.BIGINT),
                            Field.of("real", ScalarType.DOUBLE),
                            Field.of("name", ScalarType.VARCHAR),
                            Field.of("wide", WIDE),
                            Field.of("flag", ScalarType.BOOLEAN),
                            Field.of("list", new ListType(ScalarType.BIGINT))));

    private static List<List<Object>> rows(int count, int groups, long seed) {
        Random random = new Random(seed);
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long group = random.nextInt(groups);
            List<Object> row = new ArrayList<>();
            row.add(group % 50 == 7 ? null : group);
            row.add(group % 3 == 0 ? null : "the text of group number " + group);
            row.add(random.nextInt(5) == 0 ? null : (long) random.nextInt(20));
            row.add(random.nextInt(9) == 0 ? null : (double) random.nextInt(1000));
            row.add(random.nextInt(4) == 0 ? null : "a name to keep " + random.nextInt(1000));
            row.add(BigDecimal.valueOf(random.nextLong(), 2));
            row.add(random.nextInt(3) == 0 ? null : random.nextBoolean());
            row.add(List.of(group % 1000));
            rows.add(row);
        }
        return rows;
    }

    /// One of each kind of state; those whose result depends on the order of rows are ordered.
    private static List<AggregateCall> everyKind() {
        return List.of(
                plain("count", ScalarType.BIGINT),
                plain("sum", ScalarType.BIGINT, 2),
                plain("avg", ScalarType.DOUBLE, 3),
                plain("stddev_pop", ScalarType.DOUBLE, 3),
                plain("covar_pop", ScalarType.DOUBLE, 3, 3),
                plain("min", ScalarType.VARCHAR, 4),
                plain("max", WIDE, 5),
                plain("max", ScalarType.BIGINT, 2),
                filtered(plain("count", ScalarType.BIGINT, 2), 6),
                distinct(plain("count", ScalarType.BIGINT, 2)),
                distinct(plain("count", ScalarType.BIGINT, 4)),
                filtered(distinct(plain("sum", ScalarType.BIGINT, 2)), 6),
                plain("arg_max", WIDE, 5, 5),
                plain("arg_min", ScalarType.BIGINT, 2, 2),
                plain("approx_count_distinct", ScalarType.BIGINT, 4),
                constants(
                        plain("approx_quantile", ScalarType.DOUBLE, 3),
                        new Literal(0.5, ScalarType.DOUBLE)),
                plain("median", ScalarType.DOUBLE, 3),
                plain("max", new ListType(ScalarType.BIGINT), 7),
                ordered(plain("array_agg", new ListType(WIDE), 5), new SortKey(5, false, false)),
                ordered(
                        constants(
                                plain("string_agg", ScalarType.VARCHAR, 4),
                                new Literal(", ", ScalarType.VARCHAR)),
                        new SortKey(4, true, false)));
    }

    private static HashAggregate plan(
            List<List<Object>> rows,
            List<Integer> keys,
            List<List<Integer>> sets,
            List<AggregateCall> calls) {
        MemoryTable table = new MemoryTable(INPUT, rows, 10_000);
        List<Field> output = new ArrayList<>();
        keys.forEach(key -> output.add(INPUT.field(key)));
        calls.forEach(call -> output.add(call.output()));
        return new HashAggregate(table.scan(), keys, sets, calls, new Schema(output), Double.NaN);
    }

    private static List<List<Integer>> oneSet(int keys) {
        return List.of(IntStream.range(0, keys).boxed().toList());
    }

    /// Compares rows in any order. Doubles may differ by what the order of additions makes of them.
    private static void assertSame(Outcome actual, Outcome expected) {
        List<List<Object>> left = sorted(actual.rows());
        List<List<Object>> right = sorted(expected.rows());
        assertThat(left).hasSameSizeAs(right);
        for (int i = 0; i < left.size(); i++) {
            for (int c = 0; c < left.get(i).size(); c++) {
                Object value = left.get(i).get(c);
                if (value instanceof Double d && right.get(i).get(c) instanceof Double e) {
                    assertThat(d).isCloseTo(e, within(1e-6 * Math.abs(e) + 1e-6));
                } else {
                    assertThat(value)
                            .as("column %s of %s", c, right.get(i))
                            .isEqualTo(right.get(i).get(c));
                }
            }
        }
    }

    private static List<List<Object>> sorted(List<List<Object>> rows) {
        return rows.stream()
                .sorted(
                        Comparator.comparing(
                                row ->
                                        row.stream()
                                                .filter(value -> !(value instanceof Double))
                                                .toList()
                                                .toString()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void groupsUnderATenthOfItsMemory(int threads) {
        List<AggregateCall> calls =
                List.of(
                        plain("count", ScalarType.BIGINT),
                        plain("sum", ScalarType.BIGINT, 2),
                        plain("avg", ScalarType.DOUBLE, 3),
                        plain("min", ScalarType.VARCHAR, 4));
        HashAggregate plan = plan(rows(150_000, 120_000, 1), List.of(1, 0), oneSet(2), calls);
        try (SpillRunner runner = SpillRunner.of(threads)) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            assertSame(runner.underPart(plan, 10), expected);
        }
    }

    @Test
    void distinctRowsUnderAThirdOfTheirMemory() {
        // Neighbouring keys take so little that a tenth would be less than what is fixed.
        HashAggregate plan = plan(rows(200_000, 150_000, 2), List.of(0), oneSet(1), List.of());
        try (SpillRunner runner = SpillRunner.of(2)) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            assertSame(runner.underPart(plan, 3), expected);
        }
    }

    /// So many pairs, each once, that workers just list them.
    @ParameterizedTest
    @ValueSource(ints = {100, 20_000})
    void distinctArgumentsUnderAPartOfTheirMemory(int groups) {
        List<List<Object>> rows = rows(200_000, groups, 9);
        for (int i = 0; i < rows.size(); i++) {
            rows.get(i).set(2, i % 3 == 0 ? null : (long) i / 2);
        }
        List<AggregateCall> calls = List.of(distinct(plain("count", ScalarType.BIGINT, 2)));
        HashAggregate plan = plan(rows, List.of(0), oneSet(1), calls);
        try (SpillRunner runner = SpillRunner.of(2)) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            assertSame(runner.underPart(plan, 3), expected);
        }
    }

    @Test
    void everyKindOfStateUnderALimit() {
        HashAggregate plan = plan(rows(30_000, 10_000, 3), List.of(0), oneSet(1), everyKind());
        try (SpillRunner runner = SpillRunner.of(2)) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            assertSame(runner.underPart(plan, 4), expected);
        }
    }

    @Test
    void everyKindOfStateAndKeyWhenEverythingSpills() {
        List<List<Object>> rows = rows(1500, 300, 4);
        try (SpillRunner memory = SpillRunner.of(1);
                SpillRunner runner = SpillRunner.everything(2)) {
            for (List<Integer> keys :
                    List.of(
                            List.of(0),
                            List.of(1),
                            List.of(5),
                            List.of(6),
                            List.of(7),
                            List.of(7, 1, 0))) {
                HashAggregate plan = plan(rows, keys, oneSet(keys.size()), everyKind());
                Outcome expected = memory.run(plan, Long.MAX_VALUE);
                Outcome outcome = runner.run(plan, Long.MAX_VALUE, 100);
                assertThat(outcome.spilledBytes()).isPositive();
                assertSame(outcome, expected);
            }
        }
    }

    @Test
    void groupingSetsSpillOneByOne() {
        HashAggregate plan =
                plan(
                        rows(1000, 200, 5),
                        List.of(0, 1),
                        List.of(List.of(0, 1), List.of(1), List.of(), List.of(0)),
                        everyKind());
        try (SpillRunner memory = SpillRunner.of(1);
                SpillRunner runner = SpillRunner.everything(4)) {
            Outcome expected = memory.run(plan, Long.MAX_VALUE);
            assertSame(runner.run(plan, Long.MAX_VALUE, 50), expected);
        }
    }

    /// States that are all in the groups' rows: sets are made of the groups of others.
    private static List<AggregateCall> derivableKinds() {
        return everyKind().subList(0, 9);
    }

    @Test
    void derivedSetsUnderATenthOfTheirMemory() {
        HashAggregate plan =
                plan(
                        rows(150_000, 120_000, 10),
                        List.of(1, 0, 6),
                        List.of(List.of(0, 1, 2), List.of(0, 1), List.of(2), List.of()),
                        derivableKinds().subList(0, 3));
        try (SpillRunner runner = SpillRunner.of(2)) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            assertThat(expected.spilledBytes()).isZero();
            assertSame(runner.underPart(plan, 10), expected);
        }
    }

    @Test
    void derivedSetsSpillWhenEverythingDoes() {
        HashAggregate plan =
                plan(
                        rows(1000, 200, 5),
                        List.of(7, 0, 1),
                        List.of(
                                List.of(0, 1, 2),
                                List.of(1, 2),
                                List.of(),
                                List.of(0),
                                List.of(2),
                                List.of()),
                        derivableKinds());
        try (SpillRunner memory = SpillRunner.of(1);
                SpillRunner runner = SpillRunner.everything(4)) {
            Outcome expected = memory.run(plan, Long.MAX_VALUE);
            assertSame(runner.run(plan, Long.MAX_VALUE, 50), expected);
        }
    }

    @Test
    void valuesKeepTheirOrderWithOneWorker() {
        List<AggregateCall> calls =
                List.of(
                        plain("array_agg", new ListType(ScalarType.BIGINT), 2),
                        plain("first", ScalarType.VARCHAR, 4),
                        plain("last", ScalarType.VARCHAR, 4));
        HashAggregate plan = plan(rows(2000, 100, 6), List.of(0), oneSet(1), calls);
        try (SpillRunner memory = SpillRunner.of(1);
                SpillRunner runner = SpillRunner.everything(1)) {
            Outcome expected = memory.run(plan, Long.MAX_VALUE);
            assertSame(runner.run(plan, Long.MAX_VALUE, 50), expected);
        }
    }

    @Test
    void hashesThatAllAgreeEndInTheMemoryErrorOrTheResult() {
        System.setProperty(HashKernels.HASH_ZERO_PROPERTY, "true");
        try (SpillRunner runner = SpillRunner.of(2)) {
            HashAggregate plan =
                    plan(
                            rows(4000, 3000, 7),
                            List.of(0),
                            oneSet(1),
                            List.of(plain("array_agg", new ListType(ScalarType.VARCHAR), 4)));
            Outcome unlimited = runner.run(plan, Long.MAX_VALUE);
            assertThatThrownBy(() -> runner.run(plan, unlimited.peakBytes() / 4))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
            runner.checkNothingIsLeft();
        } finally {
            System.clearProperty(HashKernels.HASH_ZERO_PROPERTY);
        }
    }

    @Test
    void aGroupThatDoesNotFitFailsCleanly() {
        HashAggregate plan =
                plan(
                        rows(60_000, 1, 8),
                        List.of(0),
                        oneSet(1),
                        List.of(plain("array_agg", new ListType(ScalarType.VARCHAR), 4)));
        try (SpillRunner runner = SpillRunner.of(2)) {
            assertThatThrownBy(() -> runner.run(plan, 1 << 20))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
            runner.checkNothingIsLeft();
        }
    }
}
