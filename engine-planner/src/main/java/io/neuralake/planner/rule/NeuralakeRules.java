package io.neuralake.planner.rule;

import io.neuralake.planner.PlannerSettings;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.join.LateColumns;
import io.neuralake.planner.rule.logical.ConstantFolding;
import io.neuralake.planner.rule.logical.GroupingSetSplit;
import io.neuralake.planner.rule.logical.KnownConditions;
import io.neuralake.planner.rule.logical.RedundantDistinct;
import io.neuralake.planner.rule.logical.RedundantSort;
import io.neuralake.planner.rule.logical.SubQueryRemoval;
import io.neuralake.planner.rule.logical.UnusedJoin;
import io.neuralake.planner.rule.pushdown.AggregatePushDown;
import io.neuralake.planner.rule.pushdown.LimitPushDown;
import io.neuralake.planner.rule.pushdown.PredicatePushDown;

import java.util.List;

/// Lists the rewriting passes in their order. Each runs once.
public final class NeuralakeRules {
    private NeuralakeRules() {}

    /// Returns the passes for one query. Without optimization only those are left without which a
    /// query does not run, or only as a product of its tables.
    public static List<RelRule> of(
            PlannerSettings settings, CardinalityEstimator estimator, ConstantEvaluator evaluator) {
        RelRule subQueries = new SubQueryRemoval()::apply;
        if (!settings.optimize()) {
            return List.of(subQueries, PredicatePushDown.inOrder(estimator)::apply);
        }
        ConstantFolding folding = new ConstantFolding(evaluator);
        KnownConditions known = new KnownConditions(folding);
        PredicatePushDown pushDown = new PredicatePushDown(estimator, known);
        return List.of(
                subQueries,
                folding::apply,
                new RedundantSort()::apply,
                new UnusedJoin()::apply,
                pushDown::apply,
                new RedundantDistinct(estimator)::apply,
                new LateColumns(estimator, known, pushDown::apply)::apply,
                new AggregatePushDown(estimator)::apply,
                new GroupingSetSplit(estimator)::apply,
                new LimitPushDown()::apply);
    }
}
