package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The executor's own evaluator folds what the tests' evaluator folds.
class EvaluatorAgreementTest {
    @ParameterizedTest
    @ValueSource(
            ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void plansTpchAlike(int query) {
        String sql = TestPlanner.tpch(query);
        assertThat(
                        PlanLines.of(
                                new RelOptimizer()
                                        .plan(TestPlanner.root(sql), PlannerSettings.DEFAULT)))
                .isEqualTo(PlanLines.of(TestPlanner.plan(sql)));
    }
}
