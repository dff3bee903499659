package io.neuralake.planner.rule.physical;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.RecursiveUnion;
import io.neuralake.exec.plan.PhysicalPlan.Shared;
import io.neuralake.exec.plan.PhysicalPlan.WorkTableScan;

/// Lets the parts of a recursion's step that do not read its work table run once for all rounds, as
/// common sub-plans. For one plan.
public final class InvariantParts {
    /// Parts with more rows run anew in each round rather than stay in memory.
    private static final double MOST_KEPT_ROWS = 4_000_000;

    private int nextId;

    /// Rewrites a plan.
    public PhysicalPlan apply(PhysicalPlan plan) {
        nextId = greatestSharedId(plan) + 1;
        return rewrite(plan);
    }

    private PhysicalPlan rewrite(PhysicalPlan plan) {
        PhysicalPlan result = PlanInputs.rewrite(plan, this::rewrite);
        return result instanceof RecursiveUnion recursion
                ? new RecursiveUnion(
                        recursion.id(),
                        recursion.seed(),
                        kept(recursion.step(), recursion.id()),
                        recursion.distinct(),
                        recursion.schema(),
                        recursion.estimatedRows())
                : result;
    }

    /// Keeps the greatest parts.
    private PhysicalPlan kept(PhysicalPlan plan, int recursion) {
        if (plan instanceof Shared || !reads(plan, recursion)) {
            return isWorthIt(plan) ? new Shared(nextId++, plan) : plan;
        }
        return PlanInputs.rewrite(plan, input -> kept(input, recursion));
    }

    private static boolean isWorthIt(PhysicalPlan plan) {
        boolean cheap =
                plan instanceof PhysicalPlan.Values
                        || plan instanceof PhysicalPlan.Series
                        || plan instanceof Shared;
        return !cheap && plan.estimatedRows() <= MOST_KEPT_ROWS;
    }

    private static boolean reads(PhysicalPlan plan, int recursion) {
        return plan instanceof WorkTableScan scan && scan.id() == recursion
                || plan.inputs().stream().anyMatch(input -> reads(input, recursion));
    }

    private static int greatestSharedId(PhysicalPlan plan) {
        int greatest = plan instanceof Shared shared ? shared.id() : -1;
        for (PhysicalPlan input : plan.inputs()) {
            greatest = Math.max(greatest, greatestSharedId(input));
        }
        return greatest;
    }
}
