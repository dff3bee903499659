package io.neuralake.exec.operator.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.operator.join.JoinFixture.Operators;
import io.neuralake.exec.operator.join.JoinOracle.Truth;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.NestedLoopJoin;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

class NestedLoopJoinOperationTest {
    private static final Schema SCHEMA =
            Schema.of(
                    new Field("id", ScalarType.BIGINT, false),
                    Field.of("x", ScalarType.INTEGER),
                    Field.of("text", ScalarType.VARCHAR));

    private static RowExpression compare(String function, int left, int right) {
        return new Call(
                function,
                List.of(
                        new InputRef(left, SCHEMA.field(left).type()),
                        new InputRef(SCHEMA.size() + right, SCHEMA.field(right).type())),
                ScalarType.BOOLEAN);
    }

    private static final List<RowExpression> CONDITIONS =
            List.of(
                    Literal.TRUE,
                    compare("eq", 1, 1),
                    compare("lt", 1, 1),
                    compare("ge", 2, 2),
                    compare("ne", 0, 0));

    private static NestedLoopJoin node(JoinType type, RowExpression condition, long seed) {
        int width =
                (type.hasProbeColumns() ? 3 : 0)
                        + (type.hasBuildColumns() ? 3 : 0)
                        + (type == JoinType.MARK || type == JoinType.MARK_NULL_AWARE ? 1 : 0);
        List<Integer> output =
                IntStream.range(0, width).filter(i -> i != 1 || seed % 2 == 0).boxed().toList();
        return new NestedLoopJoin(
                new PhysicalPlan.Values(List.of(), SCHEMA),
                new PhysicalPlan.Values(List.of(), SCHEMA),
                type,
                condition,
                output,
                Double.NaN);
    }

    @ParameterizedTest
    @EnumSource(JoinType.class)
    void agreesWithTheDefinition(JoinType type) {
        int[][] sizes = {{0, 0}, {0, 5}, {5, 0}, {40, 1}, {40, 9}, {9, 40}};
        for (int c = 0; c < CONDITIONS.size(); c++) {
            for (int[] size : sizes) {
                for (int batch : new int[] {1, 7, 2048}) {
                    for (int workers : new int[] {1, 4}) {
                        run(type, c, size[0], size[1], batch, workers);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(JoinType.class)
    void buildSidesOfSeveralChunks(JoinType type) {
        run(type, 1, 10, 5000, 2048, 1);
        run(type, 2, 3, 4096, 2048, 2);
    }

    private void run(
            JoinType type, int condition, int probeRows, int buildRows, int batch, int workers) {
        long seed = 31L * condition + 7L * probeRows + buildRows + batch + workers;
        NestedLoopJoin node = node(type, CONDITIONS.get(condition), seed);
        try (JoinFixture fixture = new JoinFixture(seed, Long.MAX_VALUE)) {
            List<Batch> probe = fixture.batches(SCHEMA, probeRows, batch, 0.1, 20);
            List<Batch> build = fixture.batches(SCHEMA, buildRows, batch, seed % 3 * 0.05, 20);
            NestedLoopJoinOperation join = new NestedLoopJoinOperation(node, new RowInterpreter());
            Operators operators =
                    new Operators(join.buildSink(), join.probe(), join.unmatchedBuildRows());
            List<List<@Nullable Object>> expected;
            try {
                expected =
                        JoinOracle.join(
                                type,
                                JoinFixture.rows(probe),
                                3,
                                JoinFixture.rows(build),
                                3,
                                node.output(),
                                (p, b) -> truth(node, p, b));
            } catch (JoinOracle.SecondMatch e) {
                assertThatThrownBy(() -> fixture.run(operators, probe, build, batch, workers))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                x -> assertThat(x.code().sqlState()).isEqualTo("21000"));
                return;
            }
            assertThat(sorted(fixture.run(operators, probe, build, batch, workers)))
                    .as("%s %s seed %s", type, node.condition(), seed)
                    .isEqualTo(sorted(expected));
        }
    }

    private static Truth truth(
            NestedLoopJoin node, List<@Nullable Object> probe, List<@Nullable Object> build) {
        List<@Nullable Object> combined = new ArrayList<>(probe);
        combined.addAll(build);
        Object value = RowInterpreter.evaluateRow(node.condition(), combined);
        return value == null ? Truth.UNKNOWN : (Boolean) value ? Truth.TRUE : Truth.FALSE;
    }

    private static List<String> sorted(List<List<@Nullable Object>> rows) {
        return rows.stream().map(String::valueOf).sorted().toList();
    }

    @Test
    void failsCleanlyAtEveryMemoryLimit() {
        for (JoinType type : List.of(JoinType.FULL, JoinType.MARK_NULL_AWARE)) {
            for (int[] size : new int[][] {{30, 5}, {5, 30}}) {
                boolean done = false;
                for (long limit = 5_000; !done; limit += 2000) {
                    try (JoinFixture data = new JoinFixture(9, Long.MAX_VALUE);
                            JoinFixture tight = new JoinFixture(9, limit)) {
                        List<Batch> probe = data.batches(SCHEMA, size[0], 16, 0.1, 10);
                        List<Batch> build = data.batches(SCHEMA, size[1], 16, 0.1, 10);
                        NestedLoopJoinOperation join =
                                new NestedLoopJoinOperation(
                                        node(type, CONDITIONS.get(2), 1), new RowInterpreter());
                        try {
                            tight.run(
                                    new Operators(
                                            join.buildSink(),
                                            join.probe(),
                                            join.unmatchedBuildRows()),
                                    probe,
                                    build,
                                    16,
                                    1);
                            done = true;
                        } catch (NeuralakeException e) {
                            assertThat(e.code().sqlState()).isEqualTo("53200");
                        }
                    }
                }
            }
        }
    }
}
