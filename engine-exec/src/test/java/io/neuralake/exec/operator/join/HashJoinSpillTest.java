package io.neuralake.exec.operator.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.MemoryTable;
import io.neuralake.exec.PlanRunner;
import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.SpillRunner;
import io.neuralake.exec.SpillRunner.Outcome;
import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.spill.SpillSettings;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Joins whose build sides do not fit into memory. What they give is compared with the same join in
/// memory, which [HashJoinOperationTest] compares with the definition.
@Timeout(300)
class HashJoinSpillTest {
    private static final Schema SCHEMA =
            new Schema(
                    List.of(
                            Field.of("key", ScalarType.BIGINT),
                            Field.of("text", ScalarType.VARCHAR),
                            Field.of("value", ScalarType.BIGINT)));

    /// Makes rows whose keys are below `keys`, some null, with a text that tells the key.
    private static PhysicalPlan rows(int count, int keys, long seed) {
        Random random = new Random(seed);
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long key = random.nextInt(keys);
            List<Object> row = new ArrayList<>();
            row.add(i % 97 == 13 ? null : key);
            row.add(i % 89 == 7 ? null : "the text of key number " + key);
            row.add((long) random.nextInt(1000));
            rows.add(row);
        }
        return new MemoryTable(SCHEMA, rows, 10_000).scan();
    }

    private static HashJoin join(
            JoinType type,
            PhysicalPlan probe,
            PhysicalPlan build,
            int key,
            RowExpression residual) {
        int width =
                (type.hasProbeColumns() ? 3 : 0)
                        + (type.hasBuildColumns() ? 3 : 0)
                        + (type == JoinType.MARK || type == JoinType.MARK_NULL_AWARE ? 1 : 0);
        return new HashJoin(
                probe,
                build,
                type,
                List.of(key),
                List.of(key),
                List.of(false),
                residual,
                IntStream.range(0, width).boxed().toList(),
                List.of(new DynamicFilterSource(1, 0)),
                Double.NaN);
    }

    private static RowExpression smallerValue() {
        return new Call(
                "lt",
                List.of(new InputRef(2, ScalarType.BIGINT), new InputRef(5, ScalarType.BIGINT)),
                ScalarType.BOOLEAN);
    }

    private static void assertSame(Outcome actual, Outcome expected) {
        assertThat(expected.rows()).isNotEmpty();
        assertThat(sorted(actual)).isEqualTo(sorted(expected));
    }

    private static List<String> sorted(Outcome outcome) {
        return outcome.rows().stream().map(String::valueOf).sorted().toList();
    }

    @ParameterizedTest
    @EnumSource(JoinType.class)
    void joinsUnderATenthOfItsMemory(JoinType type) {
        boolean unique = type == JoinType.SINGLE;
        PhysicalPlan probe = rows(20_000, 200_000, 1);
        PhysicalPlan build = unique ? distinctKeys(100_000) : rows(100_000, 150_000, 2);
        HashJoin plan = join(type, probe, build, 1, Literal.TRUE);
        try (SpillRunner runner = SpillRunner.of(2)) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            if (type != JoinType.ANTI_NULL_AWARE) { // the build side has a null, so that is empty
                assertThat(expected.rows()).isNotEmpty();
            }
            assertThat(sorted(runner.underPart(plan, 10, 256))).isEqualTo(sorted(expected));
        }
    }

    private static PhysicalPlan distinctKeys(int count) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(List.of((long) i, "the text of key number " + i, 1L));
        }
        return new MemoryTable(SCHEMA, rows, 10_000).scan();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aResidualConditionUnderATenthOfItsMemory(int threads) {
        HashJoin plan =
                join(
                        JoinType.FULL,
                        rows(50_000, 20_000, 3),
                        rows(60_000, 20_000, 4),
                        0,
                        smallerValue());
        try (SpillRunner runner = SpillRunner.of(threads)) {
            assertSame(runner.underPart(plan, 10, 256), runner.run(plan, Long.MAX_VALUE));
        }
    }

    @Test
    void joinsOfJoinsShareTheLimit() {
        HashJoin lower =
                join(
                        JoinType.INNER,
                        rows(40_000, 60_000, 5),
                        rows(60_000, 60_000, 6),
                        0,
                        Literal.TRUE);
        HashJoin plan =
                new HashJoin(
                        lower,
                        rows(60_000, 60_000, 7),
                        JoinType.LEFT,
                        List.of(4),
                        List.of(1),
                        List.of(true),
                        Literal.TRUE,
                        List.of(0, 4, 5, 8),
                        List.of(),
                        Double.NaN);
        try (SpillRunner runner = SpillRunner.of(2)) {
            assertSame(runner.underPart(plan, 5, 256), runner.run(plan, Long.MAX_VALUE));
        }
    }

    @Test
    void manyBuildRowsOfOneKeyAreJoinedInParts() {
        HashJoin plan = join(JoinType.RIGHT, rows(5, 1, 8), rows(60_000, 1, 9), 0, Literal.TRUE);
        try (SpillRunner runner = SpillRunner.of(2)) {
            Outcome spilled = runner.run(plan, 2 << 20, 256);
            assertThat(spilled.spilledBytes()).isPositive();
            assertSame(spilled, runner.run(plan, Long.MAX_VALUE));
        }
    }

    @Test
    void manyBuildRowsOfOneKeyFailCleanlyWhereTheyCountTogether() {
        HashJoin plan = join(JoinType.LEFT, rows(5, 1, 8), rows(100_000, 1, 9), 0, Literal.TRUE);
        try (SpillRunner runner = SpillRunner.of(2)) {
            long peak = runner.run(plan, Long.MAX_VALUE).peakBytes();
            assertThatThrownBy(() -> runner.run(plan, peak / 10))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
            runner.checkNothingIsLeft();
        }
    }

    @Test
    void closingEarlyDeletesTheFiles() {
        HashJoin plan =
                join(JoinType.LEFT, rows(20_000, 100, 10), rows(2000, 100, 11), 0, Literal.TRUE);
        SpillSettings settings = SpillSettings.defaults().withEverything(true);
        try (LocalQueryEngine engine =
                new LocalQueryEngine(new EngineSettings(2, 1L << 30, settings))) {
            try (QueryResult result = engine.execute(plan, QueryOptions.DEFAULT)) {
                if (result.take() instanceof ReadResult.Ready ready) {
                    ready.batch().close();
                }
                result.cancel();
            }
            assertThat(engine.spilledBytes()).isPositive();
            assertThat(engine.spillFileBytes()).isZero();
            assertThat(engine.reservedBytes()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 300_000, 1_000_000})
    void aFullDiskFailsTheQueryAlone(int diskBytes, @TempDir Path folder) {
        HashJoin plan =
                join(
                        JoinType.FULL,
                        rows(30_000, 30_000, 12),
                        rows(30_000, 30_000, 13),
                        1,
                        Literal.TRUE);
        SpillSettings settings = new SpillSettings(folder, diskBytes, true);
        try (LocalQueryEngine engine =
                new LocalQueryEngine(new EngineSettings(2, 1L << 30, settings))) {
            try (QueryResult result = engine.execute(plan, QueryOptions.DEFAULT)) {
                assertThatThrownBy(() -> PlanRunner.drain(result))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
            }
            assertThat(engine.spillFileBytes()).isZero();
            assertThat(engine.reservedBytes()).isZero();
        }
    }
}
