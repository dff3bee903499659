package io.neuralake.planner;

import io.neuralake.exec.plan.PhysicalPlan;

import org.apache.calcite.rel.RelRoot;

/// Turns a converted query into a physical plan: decorrelation, rewriting, join order, lowering.
/// Thread-safe.
public interface RelPlanner {
    /// Plans a query. Columns of the plan are the root's visible fields, in order, under their names.
    /// Dynamic parameters become parameters of the plan. The plan may be run many times, so calls of
    /// the statement's time stay calls.
    PhysicalPlan plan(RelRoot root, PlannerSettings settings);
}
