package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Compares the plans of TPC-H, with estimates, with those last reviewed. With
/// `-Dneuralake.test.record-plans=FOLDER` it writes them instead: review every difference.
class GoldenPlanTest {
    @ParameterizedTest
    @ValueSource(
            ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void tpchPlanIsAsReviewed(int query) throws IOException {
        String plan = PlanLines.of(TestPlanner.plan(TestPlanner.tpch(query)));
        String name = "q%02d.txt".formatted(query);
        String folder = System.getProperty("neuralake.test.record-plans");
        if (folder != null) {
            Files.writeString(Path.of(folder, name), plan);
        }
        assertThat(plan).isEqualTo(TestPlanner.resource("tpch/" + name));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void tpchPlansWithoutOptimization(int query) {
        PlannerSettings plain = new PlannerSettings(java.time.ZoneOffset.UTC, false);
        assertThat(TestPlanner.plan(TestPlanner.tpch(query), plain).schema())
                .isEqualTo(TestPlanner.plan(TestPlanner.tpch(query)).schema());
    }
}
