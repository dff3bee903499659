package io.neuralake.planner.rule.physical;

import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterTarget;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.TableScan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Lets joins tell the scans of their probe side what keys the build side has. A filter travels down
/// from a probe key as long as rows with other keys cannot reach the join's result, and ends in a
/// scan's column. Parts that several readers share take no filters from one of them.
@SuppressWarnings("ReferenceEquality") // A plan that was not copied did not take the filter.
public final class DynamicFilterPlacement {
    private final Map<Integer, PhysicalPlan> shared = new HashMap<>();
    private int ids;

    /// Rewrites a plan.
    public PhysicalPlan apply(PhysicalPlan plan) {
        PhysicalPlan result =
                PlanInputs.rewrite(
                        plan,
                        input ->
                                input instanceof PhysicalPlan.Shared part
                                        ? shared(part)
                                        : apply(input));
        return result instanceof HashJoin join && narrowsProbe(join.type()) ? place(join) : result;
    }

    private PhysicalPlan shared(PhysicalPlan.Shared part) {
        PhysicalPlan known = shared.get(part.id());
        if (known == null) {
            known = new PhysicalPlan.Shared(part.id(), apply(part.input()));
            shared.put(part.id(), known);
        }
        return known;
    }

    /// Tells whether probe rows without match are of no use.
    private static boolean narrowsProbe(JoinType type) {
        return switch (type) {
            case INNER, SEMI, RIGHT, BUILD_SEMI, BUILD_ANTI -> true;
            case LEFT, FULL, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE, SINGLE -> false;
        };
    }

    private PhysicalPlan place(HashJoin join) {
        PhysicalPlan probe = join.probe();
        List<DynamicFilterSource> sources = new ArrayList<>(join.dynamicFilters());
        for (int key = 0; key < join.probeKeys().size(); key++) {
            if (join.nullsEqual().get(key)) {
                continue;
            }
            PhysicalPlan pushed = push(probe, join.probeKeys().get(key), ids);
            if (pushed != probe) {
                probe = pushed;
                sources.add(new DynamicFilterSource(ids++, key));
            }
        }
        return probe == join.probe()
                ? join
                : new HashJoin(
                        probe,
                        join.build(),
                        join.type(),
                        join.probeKeys(),
                        join.buildKeys(),
                        join.nullsEqual(),
                        join.residual(),
                        join.output(),
                        sources,
                        join.estimatedRows());
    }

    /// Gives the filter on a column to the scans that it comes from; the same plan when there is no
    /// way.
    private static PhysicalPlan push(PhysicalPlan plan, int column, int id) {
        return switch (plan) {
            case TableScan scan -> target(scan, column, id);
            case PhysicalPlan.Filter filter -> through(filter, 0, column, id);
            case PhysicalPlan.Project project ->
                    project.expressions().get(column) instanceof InputRef reference
                            ? through(project, 0, reference.column(), id)
                            : plan;
            case PhysicalPlan.HashAggregate aggregate ->
                    isKeyOfAll(aggregate, column)
                            ? through(aggregate, 0, aggregate.keys().get(column), id)
                            : plan;
            case HashJoin join -> pushJoin(join, join.type(), join.output().get(column), id);
            case PhysicalPlan.NestedLoopJoin join ->
                    pushJoin(join, join.type(), join.output().get(column), id);
            case PhysicalPlan.Sort sort -> through(sort, 0, column, id);
            case PhysicalPlan.Union union -> pushUnion(union, column, id);
            case PhysicalPlan.Window window ->
                    window.partitionKeys().contains(column) ? through(window, 0, column, id) : plan;
            case PhysicalPlan.Unnest unnest ->
                    column < unnest.kept().size()
                            ? through(unnest, 0, unnest.kept().get(column), id)
                            : plan;
            case PhysicalPlan.AsofJoin join ->
                    column < join.probe().schema().size() ? through(join, 0, column, id) : plan;
            case PhysicalPlan.Values values -> plan;
            case PhysicalPlan.TopN topN -> plan;
            case PhysicalPlan.Limit limit -> plan;
            case PhysicalPlan.EnforceSingleRow single -> plan;
            case PhysicalPlan.Shared shared -> plan;
            case PhysicalPlan.Series series -> plan;
            case PhysicalPlan.RecursiveUnion recursion -> plan; // rows lead to others
            case PhysicalPlan.WorkTableScan scan -> plan;
        };
    }

    private static PhysicalPlan target(TableScan scan, int column, int id) {
        List<DynamicFilterTarget> targets = new ArrayList<>(scan.dynamicFilters());
        targets.add(new DynamicFilterTarget(id, column));
        return new TableScan(
                scan.request(), scan.filters(), targets, scan.schema(), scan.estimatedRows());
    }

    private static boolean isKeyOfAll(PhysicalPlan.HashAggregate aggregate, int column) {
        return column < aggregate.keys().size()
                && aggregate.groupingSets().stream().allMatch(set -> set.contains(column));
    }

    private static PhysicalPlan through(PhysicalPlan plan, int child, int column, int id) {
        PhysicalPlan input = plan.inputs().get(child);
        PhysicalPlan pushed = push(input, column, id);
        if (pushed == input) {
            return plan;
        }
        List<PhysicalPlan> inputs = new ArrayList<>(plan.inputs());
        inputs.set(child, pushed);
        return PlanInputs.replace(plan, inputs);
    }

    /// Pushes into the side that the column comes from, unless rows of it are also needed to decide
    /// on rows of the other side.
    private static PhysicalPlan pushJoin(PhysicalPlan join, JoinType type, int combined, int id) {
        int probeWidth = join.inputs().getFirst().schema().size();
        boolean fromProbe = type.hasProbeColumns() && combined < probeWidth;
        if (fromProbe) {
            return switch (type) {
                case INNER, LEFT, SEMI, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE, SINGLE ->
                        through(join, 0, combined, id);
                case RIGHT, FULL, BUILD_SEMI, BUILD_ANTI -> join;
            };
        }
        int column = type.hasProbeColumns() ? combined - probeWidth : combined;
        return switch (type) {
            case INNER, RIGHT, BUILD_SEMI, BUILD_ANTI -> through(join, 1, column, id);
            default -> join;
        };
    }

    private static PhysicalPlan pushUnion(PhysicalPlan.Union union, int column, int id) {
        List<PhysicalPlan> inputs = new ArrayList<>();
        boolean changed = false;
        for (PhysicalPlan input : union.inputs()) {
            PhysicalPlan pushed = push(input, column, id);
            changed |= pushed != input;
            inputs.add(pushed);
        }
        return changed ? PlanInputs.replace(union, inputs) : union;
    }
}
