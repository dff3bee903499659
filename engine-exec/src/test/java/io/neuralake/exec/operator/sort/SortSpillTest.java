package io.neuralake.exec.operator.sort;

import static io.neuralake.exec.Expressions.bigint;
import static io.neuralake.exec.operator.sort.SortOperationTest.assertSorted;
import static io.neuralake.exec.operator.sort.SortOperationTest.order;
import static io.neuralake.exec.operator.sort.SortOperationTest.rows;
import static io.neuralake.exec.operator.sort.SortOperationTest.schema;

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
import io.neuralake.exec.plan.PhysicalPlan.Sort;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.TopN;
import io.neuralake.exec.spill.SpillSettings;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

@Timeout(300)
class SortSpillTest {
    private static final List<Type> WIDE =
            List.of(ScalarType.BIGINT, ScalarType.VARCHAR, ScalarType.DOUBLE, ScalarType.VARCHAR);

    private static MemoryTable table(List<Type> types, List<List<Object>> rows) {
        return new MemoryTable(schema(types), rows, 20_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void sortsUnderATenthOfItsMemory(int threads) {
        List<List<Object>> rows = rows(WIDE, 150_000, 5, new Random(threads));
        List<SortKey> keys =
                List.of(
                        new SortKey(1, false, true),
                        new SortKey(0, true, false),
                        new SortKey(4, false, false));
        Sort plan = new Sort(table(WIDE, rows).scan(), keys);
        try (SpillRunner runner = SpillRunner.of(threads)) {
            Outcome spilled = runner.underPart(plan, 10);
            assertThat(spilled.rows()).isEqualTo(rows.stream().sorted(order(keys)).toList());
        }
    }

    @Test
    void mergesInSeveralPassesUnderAVeryTightLimit() {
        List<List<Object>> rows = rows(WIDE, 100_000, 0, new Random(3));
        List<SortKey> keys = List.of(new SortKey(4, true, false));
        Sort plan = new Sort(table(WIDE, rows).scan(), keys);
        try (SpillRunner runner = SpillRunner.of(2)) {
            assertThat(runner.run(plan, 2 << 20).rows()).isEqualTo(rows.reversed());
        }
    }

    @Test
    void findsTheFirstRowsUnderALimit() {
        List<List<Object>> rows = rows(WIDE, 150_000, 5, new Random(4));
        List<SortKey> keys = List.of(new SortKey(2, false, false), new SortKey(4, false, false));
        TopN plan =
                new TopN(table(WIDE, rows).scan(), keys, bigint(60_000L), bigint(1234L), 60_000);
        try (SpillRunner runner = SpillRunner.of(2)) {
            assertThat(runner.underPart(plan, 6).rows())
                    .isEqualTo(rows.stream().sorted(order(keys)).skip(1234).limit(60_000).toList());
        }
    }

    @Test
    void sortsEveryTypeWhenEverythingSpills() {
        Random random = new Random(5);
        try (SpillRunner runner = SpillRunner.everything(2)) {
            for (Type type : SortOperationTest.TYPES) {
                List<List<Object>> rows = rows(List.of(type), 700, 15, random);
                for (int direction = 0; direction < 4; direction++) {
                    List<SortKey> keys =
                            List.of(new SortKey(0, (direction & 1) != 0, (direction & 2) != 0));
                    List<List<Object>> expected = rows.stream().sorted(order(keys)).toList();
                    MemoryTable table = new MemoryTable(schema(List.of(type)), rows, 80);
                    Outcome outcome = runner.run(new Sort(table.scan(), keys), Long.MAX_VALUE, 50);
                    assertThat(outcome.spilledBytes()).isPositive();
                    assertSorted(outcome.rows(), expected, keys);
                    TopN top = new TopN(table.scan(), keys, bigint(100L), bigint(5L), 100);
                    assertSorted(
                            runner.run(top, Long.MAX_VALUE, 50).rows(),
                            expected.subList(5, 105),
                            keys);
                }
            }
        }
    }

    @Test
    void closingEarlyDeletesTheFiles() {
        List<List<Object>> rows = rows(WIDE, 20_000, 0, new Random(6));
        Sort plan = new Sort(table(WIDE, rows).scan(), List.of(new SortKey(0, false, false)));
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

    @Test
    void aFullDiskFailsTheQueryAlone(@TempDir Path folder) {
        List<List<Object>> rows = rows(WIDE, 20_000, 0, new Random(7));
        Sort plan = new Sort(table(WIDE, rows).scan(), List.of(new SortKey(0, false, false)));
        SpillSettings settings = new SpillSettings(folder, 100_000, true);
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
            TopN few =
                    new TopN(
                            table(WIDE, rows.subList(0, 100)).scan(),
                            plan.keys(),
                            bigint(3L),
                            bigint(0L),
                            3);
            try (QueryResult result = engine.execute(few, QueryOptions.DEFAULT)) {
                assertThat(PlanRunner.drain(result)).hasSize(3);
            }
        }
    }
}
