package io.neuralake.planner;

import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.check.PlanCheck;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.lower.Lowering;
import io.neuralake.planner.rule.ConstantEvaluator;
import io.neuralake.planner.rule.NeuralakeRules;
import io.neuralake.planner.rule.RelRule;
import io.neuralake.planner.rule.physical.CommonExpressions;
import io.neuralake.planner.rule.physical.DecimalNarrowing;
import io.neuralake.planner.rule.physical.DynamicFilterPlacement;
import io.neuralake.planner.rule.physical.InvariantParts;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/// Plans by the passes of [NeuralakeRules], lowering, and dynamic filters. Thread-safe.
public final class RelOptimizer implements RelPlanner {
    private final Function<PlannerSettings, ConstantEvaluator> evaluators;
    private final boolean dynamicFilters;

    /// Creates a planner that folds constants with the executor's compiler.
    public RelOptimizer() {
        this(
                settings ->
                        new ExpressionCompiler(
                                        new EvaluationSettings(
                                                List.of(), settings.zoneId(), Instant.EPOCH))
                                ::constant);
    }

    /// Creates a planner.
    ///
    /// @param evaluators makes the evaluator of constants for a session's settings
    public RelOptimizer(Function<PlannerSettings, ConstantEvaluator> evaluators) {
        this(evaluators, true);
    }

    private RelOptimizer(
            Function<PlannerSettings, ConstantEvaluator> evaluators, boolean dynamicFilters) {
        this.evaluators = evaluators;
        this.dynamicFilters = dynamicFilters;
    }

    /// Returns a planner whose joins do not narrow the scans of their probe sides. Operators then
    /// yield the rows that estimates are about, which do not know of such filters.
    public RelOptimizer withoutDynamicFilters() {
        return new RelOptimizer(evaluators, false);
    }

    @Override
    public PhysicalPlan plan(RelRoot root, PlannerSettings settings) {
        CardinalityEstimator estimator = new CardinalityEstimator();
        RelNode rel = root.project();
        for (RelRule rule : NeuralakeRules.of(settings, estimator, evaluators.apply(settings))) {
            rel = rule.apply(rel);
        }
        PhysicalPlan plan = new Lowering(estimator).lower(rel);
        if (settings.optimize()) {
            plan = new DecimalNarrowing().apply(plan);
            plan = new CommonExpressions().apply(plan);
            plan = new InvariantParts().apply(plan);
            plan = dynamicFilters ? new DynamicFilterPlacement().apply(plan) : plan;
        }
        assert PlanCheck.isValid(plan);
        return plan;
    }
}
