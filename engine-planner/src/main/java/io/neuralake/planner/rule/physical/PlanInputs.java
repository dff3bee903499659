package io.neuralake.planner.rule.physical;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.AsofJoin;
import io.neuralake.exec.plan.PhysicalPlan.EnforceSingleRow;
import io.neuralake.exec.plan.PhysicalPlan.Filter;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.Limit;
import io.neuralake.exec.plan.PhysicalPlan.NestedLoopJoin;
import io.neuralake.exec.plan.PhysicalPlan.Project;
import io.neuralake.exec.plan.PhysicalPlan.Series;
import io.neuralake.exec.plan.PhysicalPlan.Shared;
import io.neuralake.exec.plan.PhysicalPlan.Sort;
import io.neuralake.exec.plan.PhysicalPlan.TableScan;
import io.neuralake.exec.plan.PhysicalPlan.TopN;
import io.neuralake.exec.plan.PhysicalPlan.Union;
import io.neuralake.exec.plan.PhysicalPlan.Unnest;
import io.neuralake.exec.plan.PhysicalPlan.Values;
import io.neuralake.exec.plan.PhysicalPlan.Window;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Copies plan nodes with other inputs.
final class PlanInputs {
    private PlanInputs() {}

    /// Rewrites the inputs of a node; the node itself where none is another afterwards.
    @SuppressWarnings("ReferenceEquality") // Comparing plans would take long.
    static PhysicalPlan rewrite(PhysicalPlan plan, UnaryOperator<PhysicalPlan> rewrite) {
        List<PhysicalPlan> inputs = new ArrayList<>();
        boolean changed = false;
        for (PhysicalPlan input : plan.inputs()) {
            PhysicalPlan rewritten = rewrite.apply(input);
            changed |= rewritten != input;
            inputs.add(rewritten);
        }
        return changed ? replace(plan, inputs) : plan;
    }

    static PhysicalPlan replace(PhysicalPlan plan, List<PhysicalPlan> inputs) {
        return switch (plan) {
            case TableScan scan -> scan;
            case Values values -> values;
            case Series series -> series;
            case PhysicalPlan.WorkTableScan scan -> scan;
            case PhysicalPlan.RecursiveUnion r ->
                    new PhysicalPlan.RecursiveUnion(
                            r.id(),
                            inputs.get(0),
                            inputs.get(1),
                            r.distinct(),
                            r.schema(),
                            r.estimatedRows());
            case Filter f -> new Filter(inputs.get(0), f.predicate(), f.estimatedRows());
            case Project p -> new Project(inputs.get(0), p.expressions(), p.schema());
            case HashAggregate a ->
                    new HashAggregate(
                            inputs.get(0),
                            a.keys(),
                            a.groupingSets(),
                            a.aggregates(),
                            a.schema(),
                            a.estimatedRows());
            case HashJoin j ->
                    new HashJoin(
                            inputs.get(0),
                            inputs.get(1),
                            j.type(),
                            j.probeKeys(),
                            j.buildKeys(),
                            j.nullsEqual(),
                            j.residual(),
                            j.output(),
                            j.dynamicFilters(),
                            j.estimatedRows());
            case NestedLoopJoin j ->
                    new NestedLoopJoin(
                            inputs.get(0),
                            inputs.get(1),
                            j.type(),
                            j.condition(),
                            j.output(),
                            j.estimatedRows());
            case AsofJoin j ->
                    new AsofJoin(
                            inputs.get(0),
                            inputs.get(1),
                            j.type(),
                            j.probeKeys(),
                            j.buildKeys(),
                            j.probeValue(),
                            j.buildValue(),
                            j.operator(),
                            j.estimatedRows());
            case Sort s -> new Sort(inputs.get(0), s.keys());
            case TopN t ->
                    new TopN(inputs.get(0), t.keys(), t.limit(), t.offset(), t.estimatedRows());
            case Limit l -> new Limit(inputs.get(0), l.limit(), l.offset(), l.estimatedRows());
            case Window w ->
                    new Window(
                            inputs.get(0),
                            w.partitionKeys(),
                            w.orderKeys(),
                            w.functions(),
                            w.schema());
            case Union u -> new Union(inputs, u.schema(), u.estimatedRows());
            case Unnest u ->
                    new Unnest(
                            inputs.get(0),
                            u.kept(),
                            u.lists(),
                            u.ordinality(),
                            u.outer(),
                            u.schema(),
                            u.estimatedRows());
            case EnforceSingleRow e -> new EnforceSingleRow(inputs.get(0));
            case Shared s -> new Shared(s.id(), inputs.get(0));
        };
    }
}
