package io.neuralake.planner.rule.join;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.AggregateParts;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.logical.KnownConditions;
import io.neuralake.planner.rule.logical.RelRewriter;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Fetches columns of the groups of a top-N after it, where they come from relations that neither
/// the aggregates nor the order read, such as the name and address of the customers that bought most.
/// No key has to be declared ([LateTopN]).
public final class LateColumns {
    /// Groups for each row of the result, at least, that make it worth it.
    private static final double GROUPS_PER_ROW = 10;

    private final CardinalityEstimator estimator;
    private final KnownConditions known;
    private final UnaryOperator<RelNode> order;

    /// Creates a pass.
    ///
    /// @param known decides conditions without columns
    /// @param order pushes conditions down and orders joins
    public LateColumns(
            CardinalityEstimator estimator, KnownConditions known, UnaryOperator<RelNode> order) {
        this.estimator = estimator;
        this.known = known;
        this.order = order;
    }

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        if (!rel.equals(root)) {
            estimator.setRows(rel, estimator.rows(root));
        }
        if (!(rel instanceof Sort sort) || sort.getCollation().getFieldCollations().isEmpty()) {
            return rel;
        }
        RelNode rewritten = rewritten(sort);
        if (rewritten == null) {
            return rel;
        }
        estimator.setRows(rewritten, estimator.rows(rel));
        return rewritten;
    }

    private @Nullable RelNode rewritten(Sort sort) {
        List<Project> projects = new ArrayList<>();
        RelNode node = sort.getInput();
        while (node instanceof Project project && isPlain(project)) {
            projects.add(project);
            node = project.getInput();
        }
        if (!(node instanceof Aggregate aggregate) || !isPossible(sort, aggregate)) {
            return null;
        }
        List<RexNode> outputs = Expressions.references(aggregate);
        for (Project project : projects.reversed()) {
            outputs = Expressions.substitute(project.getProjects(), outputs);
        }
        List<RexNode> keys = new ArrayList<>();
        for (int key : sort.getCollation().getKeys()) {
            keys.add(outputs.get(key));
        }
        LateTopN late = late(aggregate, keys);
        if (late == null) {
            return null;
        }
        RelNode result = late.build(sort, keys);
        for (Project project : projects.reversed()) {
            result = project.copy(project.getTraitSet(), List.of(result));
        }
        return sort.copy(sort.getTraitSet(), List.of(result));
    }

    private static boolean isPlain(Project project) {
        return !project.containsOver()
                && project.getProjects().stream().allMatch(RexUtil::isDeterministic);
    }

    private boolean isPossible(Sort sort, Aggregate aggregate) {
        return aggregate.getGroupSets().size() == 1
                && aggregate.getGroupCount() > 1
                && AggregateParts.arePossible(aggregate)
                && aggregate.getAggCallList().stream()
                        .noneMatch(call -> call.getAggregation().getKind() == SqlKind.GROUPING)
                && estimator.rows(aggregate) >= GROUPS_PER_ROW * limit(sort);
    }

    /// Returns how many rows are kept; infinitely many where that is not known.
    private static double limit(Sort sort) {
        if (!(sort.fetch instanceof RexLiteral fetch)
                || !(sort.offset == null || sort.offset instanceof RexLiteral)) {
            return Double.POSITIVE_INFINITY;
        }
        double offset = sort.offset == null ? 0 : RexLiteral.numberValue(sort.offset).doubleValue();
        return offset + RexLiteral.numberValue(fetch).doubleValue();
    }

    /// Finds out what can be late.
    ///
    /// @param keys what is ordered by, over the aggregation's columns
    private @Nullable LateTopN late(Aggregate aggregate, List<RexNode> keys) {
        JoinFlattening flattening = new JoinFlattening(known);
        List<RexNode> columns = flattening.flatten(aggregate.getInput(), List.of());
        Optional<List<RexNode>> open = known.open(flattening.predicates(), aggregate);
        if (open.isEmpty() || flattening.factors().size() < 2) {
            return null;
        }
        JoinGraph graph =
                JoinGraphAnalysis.analyze(aggregate.getInput(), flattening.factors(), open.get());
        for (JoinFactor factor : graph.factors()) {
            RelNode filtered = Expressions.filter(factor.rel(), factor.pushed());
            factor.setRel(filtered, estimator.of(filtered));
        }
        GroupedJoin join = new GroupedJoin(graph, aggregate, columns);
        LateSplit split = LateSplit.of(graph, join.groups(), join.read(keys));
        if (split == null) {
            return null;
        }
        LateCost cost = new LateCost(join, new JoinCardinality(graph, estimator), split);
        LateTopN late = new LateTopN(join, split, estimator, order);
        return late.isPossible(keys) && cost.isWorthIt(estimator.rows(aggregate)) ? late : null;
    }
}
