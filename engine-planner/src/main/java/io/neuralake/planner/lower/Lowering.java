package io.neuralake.planner.lower;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rel.LateralUnnest;
import io.neuralake.planner.rel.SingleRow;
import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Spool;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Values;

/// Lowers relations to plans, top down with what is read of each, so that columns which nobody reads
/// are never produced. One class a node family does the work. For one query; not thread-safe.
public final class Lowering {
    private final CardinalityEstimator estimator;
    private final SharedPlans shared;
    private final WorkTables workTables = new WorkTables();

    /// Prepares for one query.
    public Lowering(CardinalityEstimator estimator) {
        this.estimator = estimator;
        this.shared = new SharedPlans(estimator);
    }

    /// Lowers a query, whose columns come out all, in order, under their names.
    public PhysicalPlan lower(RelNode root) {
        shared.find(root);
        PhysicalPlan plan = pass(root);
        while (shared.restart()) {
            plan = pass(root);
        }
        return plan;
    }

    private PhysicalPlan pass(RelNode root) {
        return lower(root, Uses.all(root)).arranged(root.getRowType());
    }

    CardinalityEstimator estimator() {
        return estimator;
    }

    WorkTables workTables() {
        return workTables;
    }

    double rows(RelNode rel) {
        return estimator.rows(rel);
    }

    /// Lowers a relation; the plan has at least the columns used.
    Lowered lower(RelNode rel, Uses uses) {
        return shared.contains(rel)
                ? shared.lower(rel, uses, union -> unshared(rel, union).narrow(union))
                : unshared(rel, uses);
    }

    private Lowered unshared(RelNode rel, Uses uses) {
        return switch (rel) {
            case TableScan scan when WorkTables.reads(scan) ->
                    RecursionLowering.workTable(this, scan);
            case TableScan scan -> new ScanLowering(this, scan).lower(uses);
            case Filter filter
                    when filter.getInput() instanceof TableScan scan && !WorkTables.reads(scan) ->
                    new ScanLowering(this, scan).lower(filter, uses);
            case Filter filter -> ProjectLowering.filter(this, filter, uses);
            case Project project when project.containsOver() ->
                    new WindowLowering(this, project).lower(uses);
            case Project project -> ProjectLowering.project(this, project, uses);
            case Aggregate aggregate -> new AggregateLowering(this, aggregate).lower(uses);
            case AsofJoin join -> new AsofLowering(this, join).lower(uses);
            case Join join -> new JoinLowering(this, join).lower(uses);
            case SubQueryJoin join -> new JoinLowering(this, join).lower(uses);
            case Sort sort -> new SortLowering(this, sort).lower(uses);
            case SetOp setOp -> new SetOperationLowering(this, setOp).lower(uses);
            case RepeatUnion recursion -> new RecursionLowering(this, recursion).lower();
            case Spool spool -> lower(spool.getInput(), uses);
            case Values values -> SourceLowering.values(values, uses);
            case TableFunctionScan scan -> SourceLowering.function(scan);
            case SingleRow single -> {
                Lowered input = lower(single.getInput(), uses).narrow(uses);
                yield new Lowered(new PhysicalPlan.EnforceSingleRow(input.plan()), input.layout());
            }
            case LateralUnnest unnest -> UnnestLowering.lower(this, unnest, uses);
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Operator not supported: " + rel.getRelTypeName());
        };
    }
}
