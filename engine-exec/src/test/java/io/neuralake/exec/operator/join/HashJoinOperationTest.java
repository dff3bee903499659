package io.neuralake.exec.operator.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.operator.join.JoinFixture.Operators;
import io.neuralake.exec.operator.join.JoinFixture.Spilled;
import io.neuralake.exec.operator.join.JoinOracle.Truth;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.spill.SpillFixture;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

@ResourceLock(HashKernels.HASH_ZERO_PROPERTY)
class HashJoinOperationTest {
    /// Key types of the probe and the build side.
    private record Keys(List<Type> probe, List<Type> build, List<Boolean> nullsEqual) {
        static Keys of(Type... types) {
            return new Keys(
                    List.of(types), List.of(types), Stream.of(types).map(_ -> false).toList());
        }
    }

    private static final List<Keys> KEYS =
            List.of(
                    Keys.of(ScalarType.BIGINT),
                    Keys.of(ScalarType.INTEGER),
                    Keys.of(ScalarType.VARCHAR),
                    Keys.of(ScalarType.BOOLEAN),
                    Keys.of(ScalarType.DOUBLE),
                    Keys.of(new DecimalType(15, 2)),
                    Keys.of(new DecimalType(38, 10)),
                    Keys.of(new ListType(ScalarType.VARCHAR)),
                    Keys.of(ScalarType.INTEGER, ScalarType.SMALLINT),
                    Keys.of(ScalarType.INTEGER, ScalarType.VARCHAR),
                    Keys.of(ScalarType.DATE, ScalarType.BIGINT, ScalarType.TINYINT),
                    new Keys(
                            List.of(ScalarType.INTEGER),
                            List.of(ScalarType.INTEGER),
                            List.of(true)),
                    new Keys(
                            List.of(ScalarType.VARCHAR),
                            List.of(ScalarType.VARCHAR),
                            List.of(true)),
                    new Keys(
                            List.of(ScalarType.SMALLINT, ScalarType.INTEGER),
                            List.of(ScalarType.SMALLINT, ScalarType.INTEGER),
                            List.of(true, false)),
                    new Keys(
                            List.of(ScalarType.VARCHAR, ScalarType.DATE),
                            List.of(ScalarType.VARCHAR, ScalarType.DATE),
                            List.of(false, true)),
                    new Keys(
                            List.of(new DecimalType(20, 2)),
                            List.of(new DecimalType(15, 2)),
                            List.of(false)),
                    new Keys(
                            List.of(new DecimalType(20, 3)),
                            List.of(new DecimalType(15, 2)),
                            List.of(false)),
                    Keys.of());

    @ParameterizedTest
    @EnumSource(JoinType.class)
    void agreesWithTheDefinition(JoinType type) {
        for (int k = 0; k < KEYS.size(); k++) {
            for (boolean residual : new boolean[] {false, true}) {
                compare(type, KEYS.get(k), residual, 1000L * k + k + (residual ? 3 : 1), false);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(JoinType.class)
    void agreesWithTheDefinitionWhenEverythingSpills(JoinType type) {
        for (int k = 0; k < KEYS.size(); k++) {
            compare(type, KEYS.get(k), k % 2 == 1, 1000L * k + k + 2, true);
            compare(type, KEYS.get(k), k % 2 == 0, 1000L * k + k + 4, true);
        }
    }

    @ParameterizedTest
    @EnumSource(JoinType.class)
    void agreesWithTheDefinitionWhenAllHashesCollide(JoinType type) {
        System.setProperty(HashKernels.HASH_ZERO_PROPERTY, "true");
        try {
            for (int k = 0; k < KEYS.size(); k++) {
                compare(type, KEYS.get(k), k % 2 == 0, 77L * k + 5, k % 4 < 2);
            }
        } finally {
            System.clearProperty(HashKernels.HASH_ZERO_PROPERTY);
        }
    }

    private void compare(JoinType type, Keys keys, boolean residual, long seed, boolean spills) {
        int[][] sizes = {{0, 0}, {0, 20}, {20, 0}, {90, 5}, {30, 80}};
        int[] batchRows = {1, 7, 2048};
        for (int s = 0; s < sizes.length; s++) {
            for (int batch : batchRows) {
                for (int workers : new int[] {1, 4}) {
                    for (int distinct : s < 3 ? new int[] {4} : new int[] {4, 1000}) {
                        long caseSeed = seed + s * 31L + batch * 7L + workers + distinct;
                        if (caseSeed % (spills ? 20 : 5) != 0) {
                            continue; // every fifth of the matrix, another one for each key
                        }
                        boolean unique = type == JoinType.SINGLE;
                        compareOne(
                                new Case(
                                        type,
                                        keys,
                                        residual,
                                        caseSeed,
                                        sizes[s][0],
                                        unique ? Math.min(8, sizes[s][1]) : sizes[s][1],
                                        batch,
                                        workers,
                                        distinct,
                                        spills));
                    }
                }
            }
        }
    }

    private record Case(
            JoinType type,
            Keys keys,
            boolean residual,
            long seed,
            int probeRows,
            int buildRows,
            int batchRows,
            int workers,
            int distinct,
            boolean spills) {}

    private static Schema schema(List<Type> keys) {
        List<Field> fields = new ArrayList<>();
        fields.add(new Field("id", ScalarType.BIGINT, false));
        keys.forEach(t -> fields.add(Field.of("k", t)));
        fields.add(Field.of("text", ScalarType.VARCHAR));
        fields.add(Field.of("x", ScalarType.INTEGER));
        return new Schema(fields);
    }

    private static HashJoin node(Case c, List<Integer> output) {
        Schema probe = schema(c.keys.probe);
        Schema build = schema(c.keys.build);
        List<Integer> positions = Stream.iterate(1, i -> i + 1).limit(c.keys.probe.size()).toList();
        RowExpression residual = Literal.TRUE;
        if (c.residual) {
            residual =
                    new Call(
                            "lt",
                            List.of(
                                    new InputRef(probe.size() - 1, ScalarType.INTEGER),
                                    new InputRef(
                                            probe.size() + build.size() - 1, ScalarType.INTEGER)),
                            ScalarType.BOOLEAN);
        }
        return new HashJoin(
                new PhysicalPlan.Values(List.of(), probe),
                new PhysicalPlan.Values(List.of(), build),
                c.type,
                positions,
                positions,
                c.keys.nullsEqual,
                residual,
                output,
                List.of(),
                Double.NaN);
    }

    private static List<Integer> output(Case c) {
        int width =
                (c.type.hasProbeColumns() ? c.keys.probe.size() + 3 : 0)
                        + (c.type.hasBuildColumns() ? c.keys.build.size() + 3 : 0)
                        + (c.type == JoinType.MARK || c.type == JoinType.MARK_NULL_AWARE ? 1 : 0);
        List<Integer> output = new ArrayList<>();
        for (int i = width - 1; i >= 0; i--) {
            if (i != 1 || c.seed % 2 == 0) {
                output.add(i);
            }
        }
        return output;
    }

    private static Truth compareKeys(
            HashJoin node, List<@Nullable Object> probe, List<@Nullable Object> build) {
        Truth truth = Truth.TRUE;
        for (int k = 0; k < node.probeKeys().size(); k++) {
            Object l = probe.get(node.probeKeys().get(k));
            Object r = build.get(node.buildKeys().get(k));
            if (l instanceof BigDecimal a && r instanceof BigDecimal b) {
                l = a.stripTrailingZeros();
                r = b.stripTrailingZeros();
            }
            boolean unknown = !node.nullsEqual().get(k) && (l == null || r == null);
            if (!unknown && !Objects.equals(l, r)) {
                return Truth.FALSE;
            }
            truth = unknown ? Truth.UNKNOWN : truth;
        }
        if (truth == Truth.FALSE || node.residual().equals(Literal.TRUE)) {
            return truth;
        }
        List<@Nullable Object> combined = new ArrayList<>(probe);
        combined.addAll(build);
        return Boolean.TRUE.equals(RowInterpreter.evaluateRow(node.residual(), combined))
                ? truth
                : Truth.FALSE;
    }

    private static Operators operators(HashJoinOperation join) {
        return new Operators(
                join.buildSink(),
                join.probe(),
                join.unmatchedBuildRows(),
                Optional.of(new Spilled(join.spilledRows(), join.spilledProbe())));
    }

    private void compareOne(Case c) {
        HashJoin node = node(c, output(c));
        SpillFixture spill = c.spills ? SpillFixture.everything() : SpillFixture.asConfigured();
        try (JoinFixture fixture = new JoinFixture(c.seed, Long.MAX_VALUE, spill)) {
            double nulls = new Random(c.seed).nextInt(3) * 0.1;
            List<Batch> probe =
                    fixture.batches(
                            node.probe().schema(), c.probeRows, c.batchRows, nulls, c.distinct);
            List<Batch> build =
                    fixture.batches(
                            node.build().schema(), c.buildRows, c.batchRows, nulls, c.distinct);
            List<List<@Nullable Object>> expected = null;
            try {
                expected =
                        JoinOracle.join(
                                c.type,
                                JoinFixture.rows(probe),
                                node.probe().schema().size(),
                                JoinFixture.rows(build),
                                node.build().schema().size(),
                                node.output(),
                                (p, b) -> compareKeys(node, p, b));
            } catch (JoinOracle.SecondMatch e) {
                assertThatThrownBy(
                                () ->
                                        fixture.run(
                                                operators(
                                                        new HashJoinOperation(
                                                                node, new RowInterpreter())),
                                                probe,
                                                build,
                                                c.batchRows,
                                                c.workers))
                        .as("%s", c)
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                x -> assertThat(x.code().sqlState()).isEqualTo("21000"));
                return;
            }
            HashJoinOperation join = new HashJoinOperation(node, new RowInterpreter());
            List<List<@Nullable Object>> actual =
                    fixture.run(operators(join), probe, build, c.batchRows, c.workers);
            assertThat(sorted(actual)).as("%s", c).isEqualTo(sorted(expected));
            boolean dividesKeys =
                    c.type != JoinType.ANTI_NULL_AWARE && c.type != JoinType.MARK_NULL_AWARE;
            // A worker's rows spill when it begins with its next batch.
            boolean hasNext = c.buildRows > 2 * c.batchRows * c.workers;
            if (c.spills && dividesKeys && hasNext) {
                assertThat(spill.writtenBytes()).as("%s", c).isPositive();
            }
        }
    }

    private static List<String> sorted(List<List<@Nullable Object>> rows) {
        return rows.stream().map(String::valueOf).sorted(Comparator.naturalOrder()).toList();
    }

    @Test
    void failsCleanlyAtEveryMemoryLimit() {
        for (JoinType type : List.of(JoinType.FULL, JoinType.MARK_NULL_AWARE)) {
            Case c =
                    new Case(
                            type,
                            Keys.of(ScalarType.INTEGER, ScalarType.VARCHAR),
                            true,
                            5,
                            60,
                            60,
                            16,
                            1,
                            10,
                            false);
            HashJoin node = node(c, output(c));
            boolean done = false;
            for (long limit = 40_000; !done; limit += 3000) {
                try (JoinFixture data = new JoinFixture(9, Long.MAX_VALUE)) {
                    List<Batch> probe = data.batches(node.probe().schema(), 60, 16, 0.1, 10);
                    List<Batch> build = data.batches(node.build().schema(), 60, 16, 0.1, 10);
                    try (JoinFixture tight = new JoinFixture(9, limit)) {
                        HashJoinOperation join = new HashJoinOperation(node, new RowInterpreter());
                        try {
                            tight.run(operators(join), probe, build, 16, 1);
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
