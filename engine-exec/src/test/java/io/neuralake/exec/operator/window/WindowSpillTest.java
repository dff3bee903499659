package io.neuralake.exec.operator.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.MemoryTable;
import io.neuralake.exec.SpillRunner;
import io.neuralake.exec.SpillRunner.Outcome;
import io.neuralake.exec.plan.PhysicalPlan.BoundKind;
import io.neuralake.exec.plan.PhysicalPlan.Exclusion;
import io.neuralake.exec.plan.PhysicalPlan.Frame;
import io.neuralake.exec.plan.PhysicalPlan.FrameBound;
import io.neuralake.exec.plan.PhysicalPlan.FrameUnit;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

@Timeout(300)
class WindowSpillTest {
    private static final Schema INPUT =
            new Schema(
                    List.of(
                            Field.of("key", ScalarType.VARCHAR),
                            Field.of("id", ScalarType.BIGINT),
                            Field.of("value", ScalarType.BIGINT)));

    private static List<List<Object>> rows(int count, int partitions, long seed) {
        Random random = new Random(seed);
        List<List<Object>> rows = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            int partition = random.nextInt(partitions);
            List<Object> row = new ArrayList<>();
            row.add(partition == 3 ? null : "the partition of number " + partition);
            row.add(i * 7919 % 1_000_003);
            row.add(random.nextInt(8) == 0 ? null : (long) random.nextInt(1000));
            rows.add(row);
        }
        return rows;
    }

    private static WindowCall call(String function, Type type, Integer... arguments) {
        Frame frame =
                new Frame(
                        FrameUnit.ROWS,
                        new FrameBound(BoundKind.UNBOUNDED_PRECEDING, -1),
                        new FrameBound(BoundKind.CURRENT_ROW, -1),
                        Exclusion.NO_OTHERS);
        return new WindowCall(
                function,
                List.of(arguments),
                List.of(),
                false,
                -1,
                false,
                frame,
                Field.of(function, type));
    }

    private static Window plan(List<List<Object>> rows, List<Integer> partitionKeys) {
        List<WindowCall> calls =
                List.of(
                        call("row_number", ScalarType.BIGINT),
                        call("lag", ScalarType.BIGINT, 1),
                        call("sum", ScalarType.BIGINT, 2),
                        call("max", ScalarType.VARCHAR, 0));
        List<Field> output = new ArrayList<>(INPUT.fields());
        calls.forEach(call -> output.add(call.output()));
        return new Window(
                new MemoryTable(INPUT, rows, 10_000).scan(),
                partitionKeys,
                List.of(new SortKey(1, false, false)),
                calls,
                new Schema(output));
    }

    private static List<List<Object>> byId(Outcome outcome) {
        return outcome.rows().stream()
                .sorted(Comparator.comparing(row -> (Long) row.get(1)))
                .toList();
    }

    private static void assertSame(Outcome actual, Outcome expected) {
        List<List<Object>> left = byId(actual);
        List<List<Object>> right = byId(expected);
        assertThat(left).hasSameSizeAs(right);
        for (int i = 0; i < left.size(); i++) {
            assertThat(left.get(i)).isEqualTo(right.get(i));
        }
    }

    @Test
    void computesUnderAThirdOfItsMemory() {
        Window plan = plan(rows(100_000, 10_000, 1), List.of(0));
        try (SpillRunner runner = SpillRunner.of(2)) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            assertSame(runner.underPart(plan, 3), expected);
        }
    }

    @Test
    void resultsThatWaitForTheReaderLeaveMemoryToCompute() {
        Window plan = plan(rows(100_000, 10_000, 5), List.of(0));
        try (SpillRunner runner = SpillRunner.of(2);
                SpillRunner late = SpillRunner.of(2).readingLate()) {
            Outcome expected = runner.run(plan, Long.MAX_VALUE);
            assertSame(late.run(plan, expected.peakBytes() / 3), expected);
        }
    }

    @Test
    void computesWhenEverythingSpills() {
        try (SpillRunner memory = SpillRunner.of(1);
                SpillRunner runner = SpillRunner.everything(2)) {
            for (List<Integer> keys : List.of(List.of(0), List.of(0, 2), List.of(2))) {
                Window plan = plan(rows(2000, 100, 3), keys);
                Outcome outcome = runner.run(plan, Long.MAX_VALUE, 100);
                assertThat(outcome.spilledBytes()).isPositive();
                assertSame(outcome, memory.run(plan, Long.MAX_VALUE));
            }
        }
    }

    @Test
    void aPartitionThatDoesNotFitFailsCleanly() {
        try (SpillRunner runner = SpillRunner.of(2)) {
            for (List<Integer> keys : List.of(List.<Integer>of(), List.of(0))) {
                Window plan = plan(rows(50_000, 1, 4), keys);
                assertThatThrownBy(() -> runner.run(plan, 2 << 20))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
                runner.checkNothingIsLeft();
            }
        }
    }
}
