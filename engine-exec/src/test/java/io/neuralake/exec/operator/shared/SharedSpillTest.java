package io.neuralake.exec.operator.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.MemoryTable;
import io.neuralake.exec.SpillRunner;
import io.neuralake.exec.SpillRunner.Outcome;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.Shared;
import io.neuralake.exec.plan.PhysicalPlan.Union;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

@Timeout(300)
class SharedSpillTest {
    private static final Schema SCHEMA =
            new Schema(
                    List.of(
                            Field.of("id", ScalarType.BIGINT),
                            Field.of("text", ScalarType.VARCHAR)));

    private static List<List<Object>> rows(int count) {
        List<List<Object>> rows = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            rows.add(List.of(i, "a text that makes row number " + i + " larger"));
        }
        return rows;
    }

    /// Reads one sub-plan three times.
    private static PhysicalPlan plan(List<List<Object>> rows) {
        PhysicalPlan shared = new Shared(1, new MemoryTable(SCHEMA, rows, 10_000).scan());
        return new Union(List.of(shared, shared, shared), SCHEMA, Double.NaN);
    }

    private static List<String> sorted(List<List<Object>> rows) {
        return rows.stream().map(String::valueOf).sorted().toList();
    }

    private static void assertThreeTimes(Outcome outcome, List<List<Object>> rows) {
        List<List<Object>> expected = new ArrayList<>(rows);
        expected.addAll(rows);
        expected.addAll(rows);
        assertThat(sorted(outcome.rows())).isEqualTo(sorted(expected));
    }

    @Test
    void readsThriceUnderAFifthOfItsMemory() {
        List<List<Object>> rows = rows(60_000);
        try (SpillRunner runner = SpillRunner.of(2)) {
            assertThreeTimes(runner.underPart(plan(rows), 5, 256), rows);
        }
    }

    @Test
    void readsThriceWhenEverythingSpills() {
        List<List<Object>> rows = rows(3000);
        try (SpillRunner runner = SpillRunner.everything(2)) {
            Outcome outcome = runner.run(plan(rows), Long.MAX_VALUE, 100);
            assertThat(outcome.spilledBytes()).isPositive();
            assertThreeTimes(outcome, rows);
        }
    }
}
